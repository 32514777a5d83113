/** The last sealed day: what the open one is compared with, and whose owners it may take over. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { Schemas } from "../../api/types";
import { usePages } from "../../ui/List";

/** `last` is undefined where no day was sealed, or while it is not known. */
export function useLastSealed() {
  const place = useSession()?.place;
  const last = usePages<Schemas["SealedDayLine"]>("/v1/days", { limit: 1 }).data?.pages[0]?.items[0]?.day;
  const before = useQuery({ queryKey: ["/v1/days", last, place], enabled: last !== undefined, queryFn: ({ signal }) => get<Schemas["SealedDayView"]>(`/v1/days/${last}`, { place }, signal) });
  return { last, before };
}
