import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { named } from "./named";
import type { PlaceItem } from "./shapes";

/** How many names above it are told with a place: a door is found by its compound and building. */
const ABOVE = 3;

/** A place by its name, with the nearest names above it; its code until that is known. */
export function PlaceName({ place }: { place: string }) {
  const found = useQuery({ queryKey: [`/v1/places/${place}`], queryFn: ({ signal }) => get<PlaceItem>(`/v1/places/${encodeURIComponent(place)}`, {}, signal), staleTime: Infinity, retry: false });
  const p = found.data;
  return <span data-typed>{p ? [...p.names.slice(-ABOVE), named(p)].join(" ") : place}</span>;
}
