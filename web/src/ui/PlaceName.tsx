import { named, usePlace } from "../api/places";

/** A door is found by its compound, building and stairwell. */
const NEAR = 3;

interface Props {
  place: string | null | undefined;
  /** With how many of the names above it: none, the nearest, or all. */
  names?: "own" | "near" | "all";
  /** What is known of it already. */
  known?: string | null | undefined;
}

/** A place by its name in the user's language; what is known of it, or its code, until the name has come. */
export function PlaceName({ place, names = "own", known }: Props) {
  const { data } = usePlace(place ?? "");
  if (!place) return <>–</>;
  const above = !data || names === "own" ? [] : names === "near" ? data.names.slice(-NEAR) : data.names;
  return (
    <span data-typed title={place}>
      {data ? [...above, named(data)].join(" ") : (known ?? place)}
    </span>
  );
}
