import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { Page } from "../../api/types";
import { useKept } from "../../ui/kept";
import type { PlaceItem } from "../../api/places";

/** The laboratories that this account may speak for: its own place, if it is one, and those below it. */
async function laboratories(place: string, signal: AbortSignal): Promise<PlaceItem[]> {
  const below = await get<Page<PlaceItem>>("/v1/places", { kind: "laboratory", limit: 500 }, signal);
  if (below.items.length > 0) return below.items;
  const own = await get<PlaceItem>(`/v1/places/${encodeURIComponent(place)}`, {}, signal);
  return own.kind === "laboratory" ? [own] : [];
}

/** Which laboratory this bench belongs to: the device remembers it. */
export function useLaboratory() {
  const place = useSession()?.place ?? "";
  const [kept, pick] = useKept("laboratory");
  const list = useQuery({ queryKey: ["laboratories", place], queryFn: ({ signal }) => laboratories(place, signal), staleTime: 600_000 });
  const now = list.data?.find((l) => l.place === kept) ?? list.data?.[0];
  return { list, now, pick };
}
