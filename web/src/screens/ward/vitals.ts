/** What a nurse types, as numbers; and what is out of range, at once. */
import type { Text } from "../../words/language";
import { w } from "./words";

export interface Reading {
  value: number | null;
  /** Not a value that a body has. */
  wrong?: Text;
  /** A value that someone should act on. */
  flag?: { tone: "warn" | "bad"; text: Text };
}

const NOTHING: Reading = { value: null };
/** Fever by China's plan for COVID-19, and what wards call a high one. */
const [COLD, FEVER, HIGH_FEVER] = [35, 37.3, 39];
/** At rest, on room air: at or below the first a patient is severe by the plan; below the second someone looks again. */
const [SEVERE, WATCH] = [93, 95];

const plain = (text: string): string => text.trim().replace(/[。．，,]/g, ".");

/** `36.5`, `36,5` and `365` are the same. */
export function temperature(text: string): Reading {
  const t = plain(text);
  if (t === "") return NOTHING;
  const n = /^\d{3}$/.test(t) ? Number(t) / 10 : Number(t);
  const value = Math.round(n * 10) / 10;
  // The door refuses what lies outside; here it is said before the nurse has left the bed.
  if (!(value >= 30 && value <= 45)) return { value: null, wrong: w.wrongTemperature };
  if (value >= HIGH_FEVER) return { value, flag: { tone: "bad", text: w.highFever } };
  if (value >= FEVER) return { value, flag: { tone: "warn", text: w.fever } };
  if (value < COLD) return { value, flag: { tone: "bad", text: w.cold } };
  return { value };
}

export function oxygen(text: string): Reading {
  const t = plain(text).replace(/%$/, "");
  if (t === "") return NOTHING;
  const value = Number(t);
  if (!Number.isInteger(value) || value < 50 || value > 100) return { value: null, wrong: w.wrongOxygen };
  if (value <= SEVERE) return { value, flag: { tone: "bad", text: w.lowOxygen } };
  if (value < WATCH) return { value, flag: { tone: "warn", text: w.watchOxygen } };
  return { value };
}

/** By the plan this saturation alone makes a patient severe. */
export const severeByOxygen = (value: number | null): boolean => value !== null && value <= SEVERE;
