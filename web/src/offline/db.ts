/** What a station keeps on the device: its people, its tubes and boxes, and every record until the server has proved that it has it. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Fact, Receipt, Schemas } from "../api/types";

/** A person of the round, as the station takes them with it (`GET /v1/rounds/{round}/people`). */
export type RosterItem = Schemas["RosterItem"];

/** A person of the list of a round, with the reading of the list that brought them last. */
export interface Listed extends RosterItem {
  round: string;
  reading: string;
}

/** Why a record waits: `waiting` to be sent, `refused` by the server, `unproven` if its receipt does not prove it, `aside` when handed to a supervisor. */
export type QueueState = "waiting" | "refused" | "unproven" | "aside" | "done";

/** What a record is about, for people to read. */
export interface About {
  kind: string;
  tube?: string;
  box?: string;
  person?: string;
  name?: string;
  round?: string;
}

export interface Queued {
  /** Order of sending; given by the database. */
  n?: number;
  id: string;
  account: string;
  device: string;
  facts: Fact[];
  /** SHA-256 as the receipt must have it; null if this device cannot compute it. */
  hash: string | null;
  about: About;
  /** The code of someone whom this device did not know: `about.person` stands for them until the server has told who it is (`whose.ts`). */
  code?: string;
  /** When it was said: milliseconds of the book's clock, as far as it was known. */
  at: number;
  /** How far the server's clock was known to be ahead; null if it had never been heard. */
  ahead: number | null;
  state: QueueState;
  /** True once it may have reached the server: from then on its content must stay what it is. */
  tried: boolean;
  problem?: { kind: string; detail: string; rule?: string; zh?: string; en?: string };
  receipt?: Receipt;
  /** The record that was said instead. */
  replacedBy?: string;
  asideTo?: string;
}

export interface Member {
  person: string;
  name: string;
  at: number;
  /** Its record in the queue. */
  id: string;
  /** By what they were registered, of someone whom this device did not know. */
  code?: string;
  void?: boolean;
  refused?: boolean;
}

export interface Tube {
  tube: string;
  round: string | null;
  mode: Schemas["TubeMode"] | null;
  /** How many it holds, as far as this device knows. */
  capacity: number | null;
  household: string | null;
  members: Member[];
  state: "open" | "sealed" | "packed" | "left" | "spoilt";
  openedAt: number;
  sealedAt?: number;
  box?: string;
}

export interface Box {
  box: string;
  tubes: string[];
  state: "filling" | "packed" | "left";
  at: number;
  to?: string;
}

interface Kept extends DBSchema {
  people: { key: [string, string]; value: Listed; indexes: { round: string } };
  queue: { key: number; value: Queued; indexes: { id: string; state: string } };
  tubes: { key: string; value: Tube; indexes: { openedAt: number } };
  boxes: { key: string; value: Box };
  tokens: { key: string; value: { account: string; token: string } };
  notes: { key: string; value: unknown };
}

export type Stores = "people" | "queue" | "tubes" | "boxes" | "tokens" | "notes";

let opened: Promise<IDBPDatabase<Kept>> | undefined;

/** The device's database. Asks once that the browser does not clear it when space is short. */
export function db(): Promise<IDBPDatabase<Kept>> {
  opened ??= open();
  return opened;
}

async function open(): Promise<IDBPDatabase<Kept>> {
  void navigator.storage?.persist?.().catch(() => false);
  return openDB<Kept>("quell-station", 1, {
    upgrade(d) {
      d.createObjectStore("people", { keyPath: ["round", "person_id"] }).createIndex("round", "round");
      const queue = d.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
      queue.createIndex("id", "id", { unique: true });
      queue.createIndex("state", "state");
      d.createObjectStore("tubes", { keyPath: "tube" }).createIndex("openedAt", "openedAt");
      d.createObjectStore("boxes", { keyPath: "box" });
      d.createObjectStore("tokens", { keyPath: "account" });
      d.createObjectStore("notes");
    },
    terminated: () => {
      opened = undefined;
    },
  });
}

/** A small thing that the device remembers. */
export async function noted<T>(key: string): Promise<T | undefined> {
  return (await (await db()).get("notes", key)) as T | undefined;
}

export async function note(key: string, value: unknown): Promise<void> {
  await (await db()).put("notes", value, key);
}
