/** The queue of records: everything said at a station goes in here first, and stays until the server has proved that it is in the book. */
import { bookNow, clockKnown, skew } from "../api/clock";
import { session } from "../api/session";
import { newId } from "../api/say";
import type { Fact } from "../api/types";
import { contentHash } from "./canonical";
import { type About, type Box, db, type Queued, type Tube } from "./db";
import { device } from "./device";
import { setHeld } from "./held";

/** Delivered records are kept this long, to be looked up. */
const KEEP_MS = 3 * 86_400_000;

type Change = "added" | "settled";
const listeners = new Set<(c: Change) => void>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("quell.queue");
channel?.addEventListener("message", (e) => {
  for (const l of listeners) l(e.data as Change);
});

/** Called when the queue has changed, here or in another window: records were added, or what became of some is known. */
export function onQueue(l: (c: Change) => void): () => void {
  listeners.add(l);
  return () => listeners.delete(l);
}

function tell(c: Change): void {
  for (const l of listeners) l(c);
  channel?.postMessage(c);
}

/** What changes on the device together with a record. */
interface With {
  /** The record's id, if what changes on the device names it. */
  id?: string;
  tubes?: Tube[];
  boxes?: Box[];
  /** Records that this one replaces. */
  replaces?: Queued;
  /** The code of someone whom this device does not know. */
  code?: string;
}

/** Puts one record into the queue, with what it changes on the device: both or neither, and on the disk before this returns. */
export async function enqueue(facts: Fact[], about: About, also: With = {}): Promise<Queued> {
  const who = session();
  if (!who) throw new Error("nobody is logged in");
  const at = bookNow();
  const item: Queued = { id: also.id ?? newId(at), account: who.account, device: device(), facts, hash: also.code === undefined ? await contentHash(facts) : null, about, ...(also.code === undefined ? {} : { code: also.code }), at, ahead: clockKnown() ? skew() : null, state: "waiting", tried: false };
  const tx = (await db()).transaction(["queue", "tubes", "boxes", "tokens"], "readwrite", { durability: "strict" });
  item.n = await tx.objectStore("queue").add(item);
  // The token by which this account hands in what it took, whoever is logged in by then.
  await tx.objectStore("tokens").put({ account: who.account, token: who.token });
  for (const t of also.tubes ?? []) await tx.objectStore("tubes").put(t);
  for (const b of also.boxes ?? []) await tx.objectStore("boxes").put(b);
  if (also.replaces) await tx.objectStore("queue").put({ ...also.replaces, state: "aside", replacedBy: item.id });
  await tx.done;
  await count();
  tell("added");
  return item;
}

/** Everything in the queue, in order. */
export async function all(): Promise<Queued[]> {
  return (await db()).getAll("queue");
}

/** What is to be sent, in order. */
export async function waiting(): Promise<Queued[]> {
  return (await db()).getAllFromIndex("queue", "state", "waiting");
}

/** What became of a record, if that is known within this time; else null. */
export function outcome(id: string, within: number): Promise<Queued | null> {
  return new Promise((resolve) => {
    const end = (item: Queued | null) => {
      stop();
      clearTimeout(timer);
      resolve(item);
    };
    const look = async () => {
      const item = await (await db()).getFromIndex("queue", "id", id);
      if (item && item.state !== "waiting") end(item);
    };
    const stop = onQueue(() => void look());
    const timer = setTimeout(() => end(null), within);
    void look();
  });
}

/** Writes what became of records. */
export async function settle(items: Queued[]): Promise<void> {
  const tx = (await db()).transaction("queue", "readwrite", { durability: "strict" });
  for (const i of items) await tx.store.put(i);
  await tx.done;
  await count();
  tell(items.some((i) => i.state === "waiting" && !i.tried) ? "added" : "settled");
}

/** Counts what each account has here that the server has not confirmed; delivered records of long ago go. */
export async function count(): Promise<void> {
  const d = await db();
  const counts: Record<string, number> = {};
  const old: number[] = [];
  for (const i of await d.getAll("queue")) {
    if (i.state === "waiting" || i.state === "refused" || i.state === "unproven") counts[i.account] = (counts[i.account] ?? 0) + 1;
    else if (i.state === "done" && i.n !== undefined && clockKnown() && i.at < bookNow() - KEEP_MS) old.push(i.n);
  }
  setHeld(counts);
  for (const n of old) await d.delete("queue", n);
}

/** The token that an account last had on this device. */
export async function tokenOf(account: string): Promise<string | null> {
  const now = session();
  if (now?.account === account) return now.token;
  return (await (await db()).get("tokens", account))?.token ?? null;
}

/** Forgets the token of an account that has nothing here any more. */
export async function forgetToken(account: string): Promise<void> {
  await (await db()).delete("tokens", account);
}
