/** The book's local time, whatever zone the device is set to: its days end by that, and people at the place live by it. */
import { last } from "../offline/lasting";

const KEY = "quell.zone";
const MINUTE_MS = 60_000;
/** Until a device has heard from its server once. */
const CHINA = 480;
/** Pictures of chains are laid out beside the page, too. */
const store = typeof localStorage === "undefined" ? null : localStorage;
const kept = Number(store?.getItem(KEY) ?? Number.NaN);
let minutes = Number.isFinite(kept) ? kept : CHINA;

/** What the server says. A device without a network goes on by it. */
export function setZone(of: number): void {
  minutes = of;
  if (store) last(KEY, String(of));
}

/** By how much local time is ahead of UTC, in milliseconds. */
export const ahead = (): number => minutes * MINUTE_MS;

/** As facts say it: `+08:00`. */
export function offset(): string {
  const [h, m] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`;
}

/** The clock on the wall at a moment: 2022-11-27T16:15:00. */
export const wall = (at: number): string => new Date(at + ahead()).toISOString().slice(0, 19);

/** The moment at which a day begins there, or began. */
export const dayStart = (at: number): number => Math.floor((at + ahead()) / 86_400_000) * 86_400_000 - ahead();
