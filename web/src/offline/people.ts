/** The list of the people of a round, on the device: read page by page while there is a line, looked up without one. */
import { get, type Query } from "../api/client";
import { Problem } from "../api/problem";
import { newId } from "../api/say";
import type { Page } from "../api/types";
import { db, type Listed, note, noted, type RosterItem } from "./db";

const PAGE = 1_000;

/** How fresh the list on the device is. */
export interface Freshness {
  round: string;
  place: string;
  at: number;
  people: number;
}

/** People by id and by the code of their door, with what is looked for in them. */
export class People {
  readonly byId = new Map<string, Listed>();
  private readonly byCode = new Map<string, Listed>();

  constructor(all: Iterable<Listed>) {
    for (const p of all) {
      this.byId.set(p.person_id, p);
      this.byCode.set(p.code, p);
    }
  }
  get size(): number {
    return this.byId.size;
  }
  ofCode(code: string): Listed | undefined {
    return this.byCode.get(code);
  }
  /** By the last four digits of a telephone, or by a part of the name or home. */
  find(text: string, most = 20): Listed[] {
    const found: Listed[] = [];
    const end = /^\d{4}$/.test(text);
    const phone = /^1\d{10}$/.test(text) ? text.slice(-4) : null;
    for (const p of this.byId.values()) {
      const hit = end || phone ? p.phone_end === (phone ?? text) : p.name.includes(text) || homeOf(p).includes(text);
      if (hit && found.push(p) >= most) break;
    }
    return found;
  }
}

/** The part of a home by which neighbours tell each other apart: compound, building, unit, room. */
export const homeOf = (p: { home_names: string[]; home: string }): string => (p.home_names.length > 0 ? p.home_names.slice(-4).join(" ") : p.home);

/** The list as it is on the device. */
export async function peopleOf(round: string): Promise<People> {
  return new People(await (await db()).getAllFromIndex("people", "round", round));
}

export const freshness = (): Promise<Freshness | undefined> => noted<Freshness>("people");

/**
 * Reads the list anew. The old one stays until the new one is whole; then those who are on it no more go, and lists of other rounds.
 * Calls `page` after each page, so that the first people can be found while the others are on their way.
 */
export async function readPeople(round: string, place: string, now: number, page: (n: number) => void): Promise<Freshness> {
  const reading = newId();
  let after: string | null | undefined;
  let n = 0;
  do {
    const query: Query = { place, after, limit: PAGE };
    const got: Page<RosterItem> = await get<Page<RosterItem>>(`/v1/rounds/${encodeURIComponent(round)}/people`, query);
    const tx = (await db()).transaction("people", "readwrite");
    for (const p of got.items) await tx.store.put({ ...p, round, reading });
    await tx.done;
    n += got.items.length;
    page(n);
    after = got.next;
  } while (after);
  await dropOthers(reading);
  const fresh = { round, place, at: now, people: n };
  await note("people", fresh);
  return fresh;
}

async function dropOthers(reading: string): Promise<void> {
  const tx = (await db()).transaction("people", "readwrite");
  for (let c = await tx.store.openCursor(); c; c = await c.continue()) if (c.value.reading !== reading) await c.delete();
  await tx.done;
}

/** True if the server has no such list: an older program. */
export const noSuchList = (e: unknown): boolean => e instanceof Problem && e.status === 404;
