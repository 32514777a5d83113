import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Page } from "../../api/types";
import { note, noted } from "../../offline/db";
import { useKept } from "../../ui/kept";
import type { PlaceItem } from "../../api/places";

/** Who takes the boxes: a laboratory of the list, or someone who is named. */
export interface Recipient {
  /** The name that is said; empty while nobody is named. */
  name: string;
  laboratories: readonly PlaceItem[];
  /** A laboratory's place; `other` for someone else. */
  pick: string;
  setPick: (place: string) => void;
  other: string;
  setOther: (name: string) => void;
}

export const OTHER = "other";

const KEY = "laboratories";

/** The list of laboratories; without a line the one that was read last. */
async function laboratoriesOf(signal: AbortSignal): Promise<Page<PlaceItem>> {
  try {
    const page = await get<Page<PlaceItem>>("/v1/places", { kind: "laboratory", limit: 200 }, signal);
    await note(KEY, page).catch(() => undefined);
    return page;
  } catch (e) {
    const kept = await noted<Page<PlaceItem>>(KEY).catch(() => undefined);
    if (kept && e instanceof Problem && e.passing) return kept;
    throw e;
  }
}

export function useRecipient(): Recipient {
  const places = useQuery({ queryKey: ["/v1/places?kind=laboratory"], networkMode: "always", queryFn: ({ signal }) => laboratoriesOf(signal), staleTime: 600_000 });
  const laboratories = places.data?.items ?? [];
  const [kept, setPick] = useKept("recipient");
  const [other, setOther] = useState("");
  const known = kept === OTHER || laboratories.some((l) => l.place === kept);
  const pick = known ? kept : (laboratories[0]?.place ?? OTHER);
  const name = pick === OTHER ? other.trim() : (laboratories.find((l) => l.place === pick)?.name ?? "");
  return { name, laboratories, pick, setPick, other, setOther };
}
