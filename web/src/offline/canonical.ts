/**
 * The hash by which a receipt proves what is in the book: SHA-256 of the facts as the server keeps them, which is their compact JSON
 * with the fields in the order of the program's declarations (crates/book/src/fact) and without those that say nothing.
 * Only facts that a station says are known here; for others there is no hash, and the server is asked to compare (see `sender.ts`).
 */
import type { Fact } from "../api/types";

type Value = string | number | boolean | null | undefined | readonly Value[];
type Fields = Record<string, Value>;

const ORDER: Record<string, readonly string[]> = {
  person_listed: ["person", "name", "sex", "born", "home", "id_number", "identity", "phone", "occupation", "tags", "seen"],
  registered: ["tube", "person", "station", "at", "round", "mode", "already_swabbed"],
  registration_voided: ["tube", "person", "reason", "at"],
  registration_reassigned: ["tube", "from", "to", "reason", "at"],
  tube_sealed: ["tube", "at"],
  tube_spoilt: ["tube", "reason", "at"],
  box_packed: ["box", "tubes", "at"],
  handed_over: ["box", "tube", "from", "to", "at", "temperature"],
};

/** Said even if the sender left them out. */
const DEFAULTS: Record<string, Fields> = { person_listed: { occupation: "general" } };

/** Sets are kept in the order of the program's list. */
const TAGS = ["elderly", "lives_alone", "pregnant", "infant", "dialysis", "chemotherapy", "disabled", "mental_disorder", "bedridden", "chronic_medicine", "walk_in", "visitor"];

/** The facts as the server keeps them, or null if this device cannot know that form: an identity number is replaced under a key of the book. */
export function canonical(facts: readonly Fact[]): string | null {
  const parts: string[] = [];
  for (const fact of facts) {
    const text = one(fact);
    if (text === null) return null;
    parts.push(text);
  }
  return `[${parts.join(",")}]`;
}

function one(fact: Fact): string | null {
  const [kind, given] = Object.entries(fact as unknown as Record<string, Fields>)[0] ?? ["", {}];
  const order = ORDER[kind];
  if (!order) return null;
  const fields: Fields = { ...DEFAULTS[kind], ...given };
  if (Object.keys(fields).some((k) => !order.includes(k))) return null;
  if (kind === "person_listed" && (said(fields["id_number"]) || said(fields["identity"]))) return null;
  const body = order.filter((k) => said(fields[k])).map((k) => `${JSON.stringify(k)}:${written(k, fields[k])}`);
  return `{${JSON.stringify(kind)}:{${body.join(",")}}}`;
}

const said = (v: Value): boolean => v !== null && v !== undefined && v !== false && !(Array.isArray(v) && v.length === 0);

function written(key: string, v: Value): string {
  if (key === "temperature") return decimal(Number(v));
  if (key === "tags" && Array.isArray(v)) return JSON.stringify([...(v as string[])].sort((a, b) => TAGS.indexOf(a) - TAGS.indexOf(b)));
  return JSON.stringify(v);
}

/** A temperature is kept in tenths and written with its point: 4.0, not 4. */
function decimal(v: number): string {
  const tenths = Math.sign(v) * Math.round(Math.abs(v) * 10);
  return tenths === 0 ? "0.0" : (tenths / 10).toFixed(1);
}

/** The content hash of a submission, or null if this device cannot compute it: see {@link canonical}; or the page came without TLS. */
export async function contentHash(facts: readonly Fact[]): Promise<string | null> {
  const text = canonical(facts);
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  if (text === null || !subtle) return null;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}
