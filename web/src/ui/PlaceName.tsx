import { useEffect, useState } from "react";
import { above, named, usePlace } from "../api/places";

/** A door is found by its compound, building and stairwell. */
const NEAR = 3;

interface Props {
  place: string | null | undefined;
  /** With how many of the names above it: none, the nearest, or all. */
  names?: "own" | "near" | "all";
  /** What is known of it already. */
  known?: string | null | undefined;
}

/** A line that flies by while a long list is scrolled asks nobody. */
const STANDS_MS = 200;

/** A place by its name in the user's language; what is known of it, or its code, until the name has come. */
export function PlaceName(p: Props) {
  const [stands, setStands] = useState(!p.known);
  useEffect(() => {
    if (stands) return;
    const timer = setTimeout(() => setStands(true), STANDS_MS);
    return () => clearTimeout(timer);
  }, [stands]);
  return stands ? <Named {...p} /> : <span data-typed>{p.known}</span>;
}

function Named({ place, names = "own", known }: Props) {
  const { data } = usePlace(place ?? "");
  if (!place) return <>–</>;
  const over = !data || names === "own" ? [] : names === "near" ? above(data).slice(-NEAR) : above(data);
  return (
    <span data-typed title={place}>
      {data ? [...over, named(data)].join(" ") : (known ?? place)}
    </span>
  );
}
