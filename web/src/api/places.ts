/** Places: what they are called, and looking one up by its code. */
import { useQuery } from "@tanstack/react-query";
import { language } from "../words/language";
import { get } from "./client";
import { queries } from "./live";
import type { Schemas } from "./types";

/** A listed place as `/v1/places` tells it. */
export type PlaceItem = Schemas["PlaceItem"];

/** The name of a place in the user's language, as far as it has one; else its code. */
export const named = (p: { place?: string; name?: string | null; name_en?: string | null }): string => (language() === "en" && p.name_en ? p.name_en : p.name) ?? p.place ?? "";

/** The names of the places above it, from the top, in the user's language as far as they have one. */
export const above = (p: Pick<PlaceItem, "names" | "names_en">): readonly string[] => (language() === "en" ? p.names_en : p.names);

/** A place by its code. Names change seldom: what is known is not asked for again, whatever else changes. */
export function usePlace(place: string) {
  const key = ["/v1/places", place];
  const known = queries.getQueryData<PlaceItem>(key);
  return useQuery({
    queryKey: key,
    enabled: place !== "" && known === undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 3_600_000,
    retry: false,
    queryFn: ({ signal }) => get<PlaceItem>(`/v1/places/${encodeURIComponent(place)}`, {}, signal),
  });
}
