/**
 * What a phone must still know after its battery was pulled: who is logged in, at which table it stands, what the server's clock was.
 * Browsers write localStorage to the disk seconds later, and a station that lost it could not go on without a network; IndexedDB is on the
 * disk when it says so.
 */
import { db } from "./db";

const keyOf = (key: string): string => `lasting ${key}`;

/** Keeps a value of localStorage, or null for none. */
export function last(key: string, value: string | null): void {
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, value);
  void write(key, value).catch(() => undefined);
}

async function write(key: string, value: string | null): Promise<void> {
  const tx = (await db()).transaction("notes", "readwrite", { durability: "strict" });
  if (value === null) await tx.store.delete(keyOf(key));
  else await tx.store.put(value, keyOf(key));
  await tx.done;
}

/** Gives localStorage back what it has lost; true if there was something. */
export async function restore(): Promise<boolean> {
  const store = (await db()).transaction("notes").store;
  let found = false;
  for (const k of await store.getAllKeys(IDBKeyRange.bound(keyOf(""), keyOf("\uffff")))) {
    const value: unknown = await store.get(k);
    const key = k.slice(keyOf("").length);
    if (typeof value !== "string" || localStorage.getItem(key) !== null) continue;
    localStorage.setItem(key, value);
    found = true;
  }
  return found;
}
