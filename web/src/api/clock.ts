/** The book's time. The server's clock counts: a phone's may be wrong, and a demo lives in another year. */
import { useEffect, useState } from "react";
import { last } from "../offline/lasting";
import { get } from "./client";
import type { Schemas } from "./types";
import { offset, setZone, wall } from "./zone";

const KEY = "quell.clock";
const kept = Number(localStorage.getItem(KEY) ?? Number.NaN);
let known = Number.isFinite(kept);
let ahead = known ? kept : 0;

/** Learns how far the server's clock is from this device's. */
export async function setClock(): Promise<Schemas["Health"]> {
  const before = Date.now();
  const h = await get<Schemas["Health"]>("/v1/health");
  ahead = Math.round(Date.parse(h.now) - (before + Date.now()) / 2);
  known = true;
  setZone(h.offset_minutes);
  // A device without a network opens the page again and goes on by the server's clock.
  last(KEY, String(ahead));
  return h;
}

/** Milliseconds since 1970 by the server's clock. */
export const bookNow = (): number => Date.now() + ahead;

/** How far this device's clock is behind the server's, in milliseconds. */
export const skew = (): number => ahead;

/** A moment of this device's clock by the server's. */
export const bookTime = (device: number): number => device + ahead;
/** False until this device has heard the server's clock once. */
export const clockKnown = (): boolean => known;

/** A time as the facts want it: ISO 8601 with the book's offset. */
export const stamp = (at: number = bookNow()): string => `${wall(at)}${offset()}`;

/** The book's time, again every `every` milliseconds. */
export function useNow(every = 30_000): number {
  const [now, set] = useState(bookNow);
  useEffect(() => {
    const t = setInterval(() => set(bookNow()), every);
    return () => clearInterval(t);
  }, [every]);
  return now;
}
