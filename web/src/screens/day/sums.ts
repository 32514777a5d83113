/** Sums over the lines of a day's sheet: by kind of duty, by place, and beside the day before. */
import type { Schemas } from "../../api/types";

export type Line = Schemas["Balance"];
export type Kind = Schemas["DutyKind"];

/** The numbers of some lines. */
export interface Sums {
  carriedIn: number;
  opened: number;
  discharged: number;
  waived: number;
  superseded: number;
  carriedOut: number;
  overdue: number;
}

const none = (): Sums => ({ carriedIn: 0, opened: 0, discharged: 0, waived: 0, superseded: 0, carriedOut: 0, overdue: 0 });

function add(s: Sums, l: Line): Sums {
  s.carriedIn += l.carried_in;
  s.opened += l.opened + l.reopened;
  s.discharged += l.discharged;
  s.waived += l.waived;
  s.superseded += l.superseded;
  s.carriedOut += l.carried_out;
  s.overdue += l.overdue;
  return s;
}

/** By how much the numbers do not balance: 0 in a sound book. */
export const difference = (s: Sums): number => s.carriedIn + s.opened - s.discharged - s.waived - s.superseded - s.carriedOut;

export const total = (lines: readonly Line[]): Sums => lines.reduce(add, none());

/** Sums by a name that each line has; in the order of first appearance. */
export function sumsBy(lines: readonly Line[], name: (l: Line) => string): Map<string, Sums> {
  const all = new Map<string, Sums>();
  for (const l of lines) all.set(name(l), add(all.get(name(l)) ?? none(), l));
  return all;
}

export const within = (place: string, top: string): boolean => place === top || place.startsWith(`${top}.`);

/** The child of `top` above a place below it; `top` itself for what is counted there. */
export function childOf(place: string, top: string): string {
  if (place === top) return top;
  const segment = place.slice(top.length + 1).split(".")[0] ?? "";
  return `${top}.${segment}`;
}

/** The lowest place above all of these. */
export function commonPlace(places: readonly string[]): string {
  const [first, ...rest] = places.map((p) => p.split("."));
  if (!first) return "";
  let n = first.length;
  for (const p of rest) {
    let same = 0;
    while (same < n && p[same] === first[same]) same += 1;
    n = same;
  }
  return first.slice(0, n).join(".");
}

/** Who owned a kind at a place on a day: as the close has it, the one named for the nearest place above it, or for itself. */
export function ownerOf(owned: readonly Schemas["OwnedLine"][], kind: Kind, place: string): Schemas["OwnedLine"] | undefined {
  return owned.filter((o) => o.kind === kind && within(place, o.place)).reduce<Schemas["OwnedLine"] | undefined>((near, o) => (near && near.place.length >= o.place.length ? near : o), undefined);
}

/** The day before. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
