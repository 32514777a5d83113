import { named, usePlace } from "../api/places";

/** How many names above it are told with a place: a door is found by its compound and building. */
const ABOVE = 3;

/** A place by its name, with the nearest names above it; its code until that is known. */
export function PlaceName({ place }: { place: string }) {
  const p = usePlace(place).data;
  return <span data-typed>{p ? [...p.names.slice(-ABOVE), named(p)].join(" ") : place}</span>;
}
