import { useState } from "react";

/** A choice that this device remembers: the driver's vehicle, the bench's laboratory. */
export function useKept(key: string): [string, (value: string) => void] {
  const at = `quell.kept.${key}`;
  const [value, set] = useState(() => localStorage.getItem(at) ?? "");
  const keep = (next: string) => {
    localStorage.setItem(at, next);
    set(next);
  };
  return [value, keep];
}
