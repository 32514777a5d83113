/** What the board asks, and the addresses of the lists behind its numbers. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { address, get, type Query } from "../../api/client";
import type { Schemas } from "../../api/types";

/** The round at one of the children of a place, with its forecast. */
export type RoundPlace = Schemas["RoundPlace"];

/** Overdue duties by who is responsible. */
export type OwnerLine = Schemas["OwnerLine"];

/** A zone. */
export type Zone = Schemas["ZoneItem"];

/** Deadlines pass also when nothing is said: the board is read again so often. */
const AGAIN_MS = 30_000;

/** One answer of the server, kept on the screen while another is read. */
export function useAnswer<T>(path: string, query: Query, enabled = true) {
  return useQuery({ queryKey: [path, query], enabled, refetchInterval: AGAIN_MS, placeholderData: keepPreviousData, queryFn: ({ signal }) => get<T>(path, query, signal) });
}

/** The list of duties behind a number. */
export const itemsAt = (query: { state?: "open" | "done" | "waived" | "missed"; should?: string; kind?: string; place?: string | null; round?: string | null; overdue?: boolean }): string =>
  address("/items", { ...query, overdue: query.overdue ? true : null, state: query.state === "open" ? null : query.state });

/** Another list behind a number. */
export const listAt = (what: string, query: Query): string => address(`/wall/list/${what}`, query);

/** The board of a place. */
export const wallAt = (place: string | null): string => address("/wall", { place });

/** The place above. */
export const above = (place: string): string => place.split(".").slice(0, -1).join(".");

/** True if a place is another one or below it. */
export const within = (place: string, upper: string): boolean => place === upper || place.startsWith(`${upper}.`);
