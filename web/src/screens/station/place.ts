/** Round and station: chosen once, remembered on the device. */
import { useSyncExternalStore } from "react";
import { last } from "../../offline/lasting";

export interface Place {
  round: { round: string; name: string; pool_size: number | null } | null;
  station: string;
  stationName: string;
  /** Whose people the device takes with it. */
  area: string;
  areaName: string;
  boxPrefix: string;
  /** Without a round: the round whose list of people is taken along, for names and codes. */
  list?: string | null;
}

/** The round whose people the device takes with it. */
export const listOf = (p: Place | null): string | null => p?.round?.round ?? p?.list ?? null;

const KEY = "quell.station";
const listeners = new Set<() => void>();
let now: Place | null = read();

function read(): Place | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as Place | null;
  } catch {
    return null;
  }
}

export const place = (): Place | null => now;

export function settleAt(p: Place): void {
  now = p;
  last(KEY, JSON.stringify(p));
  for (const l of listeners) l();
}

export function usePlace(): Place | null {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => now,
  );
}
