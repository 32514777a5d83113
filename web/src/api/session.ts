/** Who is logged in on this device: kept over reloads until the token ends or the user logs out. */
import { useSyncExternalStore } from "react";
import { last } from "../offline/lasting";
import type { Schemas } from "./types";

export type Session = Schemas["Session"];

const KEY = "quell.session";
const REVOKED = "quell.revoked";
const listeners = new Set<() => void>();
let now: Session | null = read();

function read(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as Session | null;
  } catch {
    return null;
  }
}

function set(s: Session | null): void {
  now = s;
  last(KEY, s && JSON.stringify(s));
  for (const l of listeners) l();
}

// Another window of the same browser has logged in or out.
window.addEventListener("storage", (e) => {
  if (e.key === KEY) {
    now = read();
    for (const l of listeners) l();
  }
});

export const session = (): Session | null => now;
export function sessionBegun(s: Session): void {
  localStorage.removeItem(REVOKED);
  set(s);
}
/** The token is no longer good: back to the log-in, with whatever waits on this device kept. `why`: the kind of the server's answer. */
export function sessionEnded(why?: string): void {
  if (why === "revoked" && now) localStorage.setItem(REVOKED, now.account);
  set(null);
}
/** The account that was thrown out of this device because it was revoked; its device hands in what it holds from before all the same. */
export const revokedHere = (): string | null => localStorage.getItem(REVOKED);

export function useSession(): Session | null {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => now,
  );
}
