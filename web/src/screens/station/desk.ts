/** The table at which people are swabbed: what is open, what was said last. Everything here is on the device's disk, too. */
import { useSyncExternalStore } from "react";
import { bookNow, stamp } from "../../api/clock";
import { newId } from "../../api/say";
import type { Schemas } from "../../api/types";
import { type Box, db, note, noted, type Tube } from "../../offline/db";
import { type Freshness, freshness, homeOf, noSuchList, People, peopleOf, readPeople } from "../../offline/people";
import { onQueue } from "../../offline/queue";
import { type Signal, signal } from "../../scan/signal";
import { listOf, type Place, place } from "./place";
import { living, type Said, type Seen, type Who } from "./rules";
import { w } from "./words";

/** What was understood, large and loud. */
export interface Feedback {
  signal: Signal;
  head: Said;
  /** A name: typed data. */
  who?: string;
  more?: Said;
  /** The server's own words, in the user's language. */
  detail?: string;
  /** So that the same words twice are seen as two. */
  n: number;
}

/** Someone found by name or number. */
export interface Match {
  who: Who;
  home: string;
  /** The home's code, where its name is not on the device. */
  place?: string;
  phoneEnd: string | null;
}

export interface Desk {
  loaded: boolean;
  people: People;
  list: Freshness | null;
  /** Pages of the list on their way: people read so far. */
  reading: number | null;
  listFault: "missing" | Error | null;
  tubes: ReadonlyMap<string, Tube>;
  boxes: ReadonlyMap<string, Box>;
  current: string | null;
  filling: string | null;
  said: Feedback | null;
  matches: readonly Match[] | null;
  /** Records that the server has refused, or whose receipt does not prove them: someone has to see to them. */
  refused: number;
  /** Whom the server has refused in a tube with others. */
  single: ReadonlySet<string>;
  /** Registered if scanned again at once. */
  pending: { person: string; tube: string; until: number } | null;
}

let now: Desk = { loaded: false, people: new People([]), list: null, reading: null, listFault: null, tubes: new Map(), boxes: new Map(), current: null, filling: null, said: null, matches: null, refused: 0, single: new Set(), pending: null };
const listeners = new Set<() => void>();

export const desk = (): Desk => now;
export function change(next: Partial<Desk>): void {
  now = { ...now, ...next };
  for (const l of listeners) l();
}
export function useDesk(): Desk {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => now,
  );
}

let chain: Promise<void> = Promise.resolve();
/**
 * One change at the table after the other: each sees what the one before has written, whether a scan, a finger or an answer of the server
 * caused it. Nothing that runs in here waits for another turn.
 */
export function inTurn(work: () => Promise<void> | void): Promise<void> {
  const done = chain.then(work);
  chain = done.catch(() => undefined);
  return done;
}

/** A tube as it is now: what a screen was drawn with may be older. */
export const tubeNow = (t: Tube): Tube => now.tubes.get(t.tube) ?? t;
export const boxNow = (b: Box): Box => now.boxes.get(b.box) ?? b;

let n = 0;
/** Says something by sound, colour and words. */
export function tell(s: Signal, head: Said, rest: Omit<Partial<Feedback>, "signal" | "head" | "n"> = {}): void {
  n += 1;
  change({ said: { signal: s, head, n, ...rest } });
  signal(s);
}

/** Tubes older than this that have left are not kept in view. */
const VIEW_MS = 3 * 86_400_000;

let loading: Promise<void> | undefined;
/** Reads what the device has; again does nothing. */
export function load(): Promise<void> {
  loading ??= read();
  return loading;
}

async function read(): Promise<void> {
  const d = await db();
  const list = (await freshness()) ?? null;
  const round = listOf(place()) ?? list?.round;
  const since = bookNow() - VIEW_MS;
  const tubes = (await d.getAll("tubes")).filter((t) => t.openedAt > since || t.state === "open" || t.state === "sealed");
  const boxes = (await d.getAll("boxes")).filter((b) => b.at > since || b.state !== "left");
  const current = (await noted<string>("current")) ?? null;
  change({
    loaded: true,
    people: round === undefined ? new People([]) : await peopleOf(round),
    list,
    tubes: new Map(tubes.map((t) => [t.tube, t])),
    boxes: new Map(boxes.map((b) => [b.box, b])),
    current: tubes.some((t) => t.tube === current && t.state === "open") ? current : null,
    filling: boxes.find((b) => b.state === "filling")?.box ?? null,
  });
  onQueue((c) => {
    if (c === "settled") void reconcile();
    void countRefused();
  });
  await countRefused();
  await reconcile();
}

/** Reads the list of people anew, if there is one. */
export async function refreshList(p: Place): Promise<void> {
  const round = listOf(p);
  if (round === null || now.reading !== null) return;
  change({ reading: 0, listFault: null });
  try {
    const list = await readPeople(round, p.area, bookNow(), (read) => change({ reading: read }));
    change({ list, people: await peopleOf(round) });
  } catch (e) {
    change({ listFault: noSuchList(e) ? "missing" : e instanceof Error ? e : new Error(String(e)) });
  } finally {
    change({ reading: null });
  }
}

/** People of whom only the code was known get their names when the server has told them. */
async function learnNames(): Promise<void> {
  const d = await db();
  for (const code of [...now.tubes.keys()]) {
    await inTurn(async () => {
      const tube = now.tubes.get(code);
      if (!tube?.members.some((m) => m.code !== undefined)) return;
      const members = await Promise.all(
        tube.members.map(async (m) => {
          const record = m.code === undefined ? undefined : await d.getFromIndex("queue", "id", m.id);
          if (!record || record.code !== undefined || record.state === "refused") return m;
          const { code: _, ...known } = m;
          return { ...known, person: record.about.person ?? m.person, name: record.about.name ?? m.name };
        }),
      );
      await keepTube({ ...tube, members });
    });
  }
}

async function countRefused(): Promise<void> {
  const d = await db();
  const [refused, unproven] = await Promise.all((["refused", "unproven"] as const).map((s) => d.countFromIndex("queue", "state", s)));
  change({ refused: (refused ?? 0) + (unproven ?? 0) });
}

/** What the server refused is not in the tube: said loudly, once. */
async function reconcile(): Promise<void> {
  await learnNames();
  const refused = await (await db()).getAllFromIndex("queue", "state", "refused");
  const together = refused.flatMap((i) => (i.problem?.rule === "tube.wrong_mode" && i.about.person !== undefined ? [i.about.person] : []));
  if (together.some((p) => !now.single.has(p))) change({ single: new Set([...now.single, ...together]) });
  for (const item of refused) {
    await inTurn(async () => {
      const tube = item.about.tube === undefined ? undefined : now.tubes.get(item.about.tube);
      const member = tube?.members.find((m) => m.id === item.id && !m.refused);
      if (!tube || !member) return;
      await keepTube(unbegun({ ...tube, members: tube.members.map((m) => (m === member ? { ...m, refused: true } : m)) }));
      tell("bad", [w.refusedNow], { who: member.name, detail: item.problem?.detail });
    });
  }
}

/** A tube in which nobody is left may be begun in another way. */
const unbegun = (t: Tube): Tube => (living(t).length > 0 ? t : { ...t, mode: null, capacity: null, household: null });

/** Puts a tube into view; its disk copy was written with the record that changed it. */
export function showTube(t: Tube): void {
  change({ tubes: new Map(now.tubes).set(t.tube, t) });
}

export async function keepTube(t: Tube): Promise<void> {
  await (await db()).put("tubes", t);
  showTube(t);
}

export function showBox(b: Box): void {
  change({ boxes: new Map(now.boxes).set(b.box, b) });
}

export async function keepBox(b: Box): Promise<void> {
  await (await db()).put("boxes", b);
  showBox(b);
}

export async function makeCurrent(tube: string | null): Promise<void> {
  change({ current: tube, pending: null, matches: null });
  await note("current", tube);
}

/** The swab of this round that the device or the list knows of. */
export function seenOf(person: string, round: string | null): Seen | null {
  for (const t of now.tubes.values()) {
    if (t.round !== round || t.state === "spoilt" || round === null) continue;
    const m = living(t).find((x) => x.person === person);
    if (m) return { at: m.at, tube: t.tube };
  }
  const listed = round === null ? undefined : now.people.byId.get(person);
  return listed?.sampled_at ? { at: Date.parse(listed.sampled_at), tube: listed.tube ?? null } : null;
}

export function whoOf(person: string): Who | null {
  const p = now.people.byId.get(person);
  return p ? { person, name: p.name, home: p.home, mode: p.tube_mode, standing: p.standing, waived: p.waived ?? null, recalled: p.exposure === "recalled" } : null;
}

/** Someone with a code that no list of this device has: always the same id for the same code, until the server tells whose it is. */
export function strangerOf(code: string): Who {
  for (const t of now.tubes.values()) {
    const m = t.members.find((x) => x.code === code && !x.refused);
    if (m) return { person: m.person, name: m.name, home: null, mode: null, standing: null, waived: null, code };
  }
  return { person: newId(), name: `…${code.slice(-6)}`, home: null, mode: null, standing: null, waived: null, code };
}

/** People of the list as they are shown to choose from. */
export function matchesOf(text: string): Match[] {
  return now.people.find(text).flatMap((p) => {
    const who = whoOf(p.person_id);
    return who ? [{ who, home: homeOf(p), phoneEnd: p.phone_end ?? null }] : [];
  });
}

function whereOf(h: Schemas["PersonHit"]): { home: string; place?: string } {
  const listed = now.people.byId.get(h.same_as ?? h.person_id);
  return listed ? { home: homeOf(listed) } : { home: h.home, place: h.home };
}

/** A person found by the server; which tube they need, it says when they are registered. */
export const matchOfHit = (h: Schemas["PersonHit"]): Match => ({
  who: whoOf(h.same_as ?? h.person_id) ?? { person: h.same_as ?? h.person_id, name: h.name, home: h.home, mode: null, standing: h.standing, waived: null },
  ...whereOf(h),
  phoneEnd: h.phone?.slice(-4) ?? null,
});

/** The time of a fact, and the same in milliseconds as it will be read back: to the second. */
export function moment(): { at: string; ms: number } {
  const at = stamp();
  return { at, ms: Date.parse(at) };
}
