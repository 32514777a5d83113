/** How a tube may be found, each with its number: a key does for a finger. */
import { type Text, translate } from "../../words/language";
import type { Finding } from "./intake";
import { laboratory as w } from "./words";

/** In the order of their numbers, from 0. */
export const CONDITIONS: readonly { kind: "fit" | "odd" | "missing"; text: Text }[] = [
  { kind: "fit", text: w.fit },
  ...[w.leaking, w.unlabelled, w.tooWarm, w.tooOld, w.tooLittle, w.wrongTube].map((text) => ({ kind: "odd" as const, text })),
  { kind: "missing", text: w.missing },
];

/** The finding of a number: null for fit, undefined if there is no such number. */
export function findingOf(typed: string): Finding | null | undefined {
  const c = /^\d$/.test(typed) ? CONDITIONS[Number(typed)] : undefined;
  if (!c) return undefined;
  if (c.kind === "fit") return null;
  return c.kind === "missing" ? { missing: true } : { missing: false, reason: translate(c.text) };
}
