/**
 * Whose records wait on this device: a few bytes that the log-in and the log-out read without opening the database.
 * While an account has records here its token must live, for a revoked account may hand in only what its old token presents.
 */
import { useSyncExternalStore } from "react";

const KEY = "quell.held";
const listeners = new Set<() => void>();
let text = localStorage.getItem(KEY) ?? "{}";
let parsed: Record<string, number> = read();

function read(): Record<string, number> {
  try {
    return JSON.parse(text) as Record<string, number>;
  } catch {
    return {};
  }
}

function take(next: string): void {
  if (next === text) return;
  text = next;
  parsed = read();
  for (const l of listeners) l();
}

window.addEventListener("storage", (e) => {
  if (e.key === KEY) take(e.newValue ?? "{}");
});

/** Accounts and how many of their records the server has not confirmed. */
export const held = (): Readonly<Record<string, number>> => parsed;

/** True while records of this account wait here. */
export const holds = (account: string): boolean => (parsed[account] ?? 0) > 0;

/** What the queue counted. */
export function setHeld(counts: Record<string, number>): void {
  const next = JSON.stringify(counts);
  localStorage.setItem(KEY, next);
  take(next);
}

export function useHeld(): Readonly<Record<string, number>> {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => parsed,
  );
}
