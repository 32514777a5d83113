/** Two languages, side by side: a text without its translation cannot be written. */
import { useSyncExternalStore } from "react";

export type Language = "zh" | "en";
/** Simplified Chinese and English. `{name}` is filled in; `{name:one|many}` is the word that fits its number: `{n} {n:zone|zones}`. */
export type Text = readonly [zh: string, en: string];
type Values = Record<string, string | number>;

const KEY = "quell.language";
const listeners = new Set<() => void>();
// Without a browser (tests read the table of screens) there is nothing to remember and nobody to speak to.
const browser = typeof document !== "undefined";
const kept = browser ? localStorage.getItem(KEY) : null;
let now: Language = kept === "zh" || kept === "en" ? kept : browser && !navigator.language.startsWith("zh") ? "en" : "zh";
if (browser) document.documentElement.lang = now === "zh" ? "zh-CN" : "en";

export const language = (): Language => now;

export function speak(l: Language): void {
  now = l;
  localStorage.setItem(KEY, l);
  document.documentElement.lang = l === "zh" ? "zh-CN" : "en";
  for (const f of listeners) f();
}

/** The texts of one area of the page. */
export const words = <K extends string>(w: Record<K, Text>): Record<K, Text> => w;

export function translate(text: Text, values: Values = {}): string {
  return text[now === "zh" ? 0 : 1].replace(/\{(\w+)(?::([^|{}]*)\|([^{}]*))?\}/g, (whole, k: string, one?: string, many?: string) =>
    one === undefined ? String(values[k] ?? whole) : ((String(values[k]) === "1" ? one : many) ?? whole),
  );
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => now,
  );
}

/** `const t = useText(); t(station.title)`. The component is drawn again when the language changes. */
export function useText(): (text: Text, values?: Values) => string {
  useLanguage();
  return translate;
}
