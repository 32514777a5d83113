/**
 * Sends the queue in order, in bundles, under the same ids until there is a receipt. A record counts as delivered only when its receipt
 * proves it: by the hash that this device computed, or, where it cannot compute it, by a repeat, for the server compares the contents of
 * the two and refuses the id if they differ.
 */
import { clockKnown, setClock, skew, stamp } from "../api/clock";
import { Problem } from "../api/problem";
import { session } from "../api/session";
import type { Fact, Receipt, Schemas } from "../api/types";
import { language } from "../words/language";
import { contentHash } from "./canonical";
import { db, type Queued } from "./db";
import { holds } from "./held";
import { count, forgetToken, onQueue, settle, tokenOf, waiting } from "./queue";
import { whose } from "./whose";

const BUNDLE = 200;
const PATIENCE_MS = 30_000;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** How the line to the server is, and whose records cannot be sent until they log in again. */
export interface Line {
  up: boolean | null;
  sending: boolean;
  logInAgain: string[];
}

let line: Line = { up: null, sending: false, logInAgain: [] };
const listeners = new Set<() => void>();

export const lineNow = (): Line => line;
export function onLine(l: () => void): () => void {
  listeners.add(l);
  return () => listeners.delete(l);
}
function set(next: Partial<Line>): void {
  line = { ...line, ...next };
  for (const l of listeners) l();
}

let started = false;
/** Something was added, or the line came back, since the last turn began. */
let asked = false;
let rise: () => void = () => undefined;
function wake(): void {
  asked = true;
  rise();
}

/** Begins to send, once a page. Only one window of the browser sends at a time. */
export function startSending(): void {
  if (started) return;
  started = true;
  onQueue((c) => {
    if (c === "added") wake();
  });
  window.addEventListener("online", wake);
  window.addEventListener("offline", () => set({ up: false }));
  if (!navigator.onLine) set({ up: false });
  const locks = navigator.locks as LockManager | undefined;
  if (locks) void locks.request("quell.sender", () => run());
  else void run();
}

/** Sends now instead of after the pause. */
export const sendNow = wake;

async function run(): Promise<never> {
  let pause = PAUSE_MS;
  await keepToken();
  await count();
  for (;;) {
    asked = false;
    const more = await turn().catch(() => null);
    pause = more === null ? Math.min(pause * 2, LONGEST_PAUSE_MS) : PAUSE_MS;
    if (more === true || (asked && more === false)) continue;
    await new Promise<void>((r) => {
      const t = setTimeout(r, more === null ? pause : LONGEST_PAUSE_MS);
      rise = () => {
        clearTimeout(t);
        r();
      };
    });
  }
}

/** Who is logged in now may have a newer token than the one that was kept with the records. */
async function keepToken(): Promise<void> {
  const who = session();
  if (who && holds(who.account)) await (await db()).put("tokens", { account: who.account, token: who.token });
}

/** Sends one bundle of each account. True: there may be more; false: nothing is left to send; null: the server was not reached. */
async function turn(): Promise<boolean | null> {
  const items = await waiting();
  if (items.length === 0) {
    await tidy();
    return false;
  }
  let sent = false;
  const shut: string[] = [];
  for (const account of new Set(items.map((i) => i.account))) {
    const own = items.filter((i) => i.account === account).slice(0, BUNDLE);
    const token = await tokenOf(account);
    const outcome = token === null ? "token" : await sendBundle(own, token);
    if (outcome === "away") {
      set({ up: false, sending: false });
      return null;
    }
    if (outcome === "token") shut.push(account);
    else sent = true;
  }
  set({ up: true, sending: false, logInAgain: shut });
  return sent;
}

type Answer = Schemas["BundleAnswer"];

async function sendBundle(items: Queued[], token: string): Promise<"sent" | "token" | "away"> {
  if (!clockKnown() && items.some((i) => i.ahead === null)) await setClock().catch(() => undefined);
  const known = await whose(items, token);
  if (known === "away" || known === "token") return known;
  if (known.length === 0) return "sent";
  const bundle = await Promise.all(known.map(inTime));
  // On the disk first: whatever has perhaps left this device is never changed again.
  const sent = bundle.map((i) => ({ ...i, tried: true }));
  if (bundle.some((i) => !i.tried)) await settle(sent);
  set({ sending: true });
  try {
    const answers = await post(sent, token);
    const after = sent.map((i, k) => became(i, answers[k]));
    await settle(after);
    // A busy server has taken nothing: later again.
    return after.some((i, k) => i !== sent[k]) ? "sent" : "away";
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    if (e.status === 401) return "token";
    if (e.passing || e.kind === "foreign") return "away";
    // The bundle as such was refused: nothing of it is in the book, and a person has to look.
    await settle(sent.map((i) => ({ ...i, state: "refused" as const, problem: { kind: e.kind, detail: e.message } })));
    return "sent";
  }
}

async function post(items: Queued[], token: string): Promise<Answer[]> {
  const timer = new AbortController();
  const out = setTimeout(() => timer.abort(), PATIENCE_MS);
  try {
    const response = await fetch("/v1/submissions", {
      method: "POST",
      signal: timer.signal,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "accept-language": language() === "zh" ? "zh-CN" : "en" },
      body: JSON.stringify(items.map((i) => ({ id: i.id, device: i.device, facts: i.facts }))),
    });
    if (!response.ok) throw await Problem.of(response);
    return (await response.json()) as Answer[];
  } catch (e) {
    throw e instanceof Problem ? e : new Problem({ status: 0, kind: "offline", detail: "" });
  } finally {
    clearTimeout(out);
  }
}

/** What the server's answer makes of a record. */
export function became(item: Queued, answer: Answer | undefined): Queued {
  if (answer && "accepted" in answer) return proved(item, answer.accepted);
  const p = answer?.refused;
  if (!p || p.status === 429 || p.status >= 500) return item;
  const kind = p.type.split("/").pop() ?? "";
  return { ...item, state: "refused", problem: { kind, detail: p.detail, rule: p.refusal?.rule, zh: p.refusal?.zh, en: p.refusal?.en } };
}

function proved(item: Queued, receipt: Receipt): Queued {
  const ok = item.hash === null ? receipt.repeat === true : item.hash === receipt.content_hash;
  if (ok) return { ...item, facts: withoutIdentity(item.facts), state: "done", receipt };
  // Without a hash of our own: said once more under the same id, and the server compares.
  return item.hash === null ? { ...item, receipt } : { ...item, state: "unproven", receipt };
}

/** A delivered identity number has no business on the device. */
function withoutIdentity(facts: Fact[]): Fact[] {
  return facts.map((f) => ("person_listed" in f ? { person_listed: { ...f.person_listed, id_number: undefined } } : f));
}

/** A record of a device that had never heard the server's clock is put right once, before it leaves. */
async function inTime(item: Queued): Promise<Queued> {
  if (item.ahead !== null || item.tried || !clockKnown()) return item;
  const facts = item.facts.map((f) => shifted(f, skew()));
  return { ...item, facts, hash: await contentHash(facts), ahead: skew(), at: item.at + skew() };
}

function shifted(fact: Fact, ms: number): Fact {
  const [kind, fields] = Object.entries(fact as unknown as Record<string, { at?: string }>)[0] ?? ["", {}];
  return (fields.at === undefined ? fact : { [kind]: { ...fields, at: stamp(Date.parse(fields.at) + ms) } }) as Fact;
}

/** Ends, on the server too, the tokens of those who have logged out and whose records have all arrived. */
async function tidy(): Promise<void> {
  for (const { account, token } of await (await db()).getAll("tokens")) {
    if (holds(account) || session()?.account === account) continue;
    await fetch("/v1/session/end", { method: "DELETE", headers: { authorization: `Bearer ${token}` } }).catch(() => undefined);
    await forgetToken(account);
  }
  if (line.up === null && navigator.onLine) set({ up: true });
}
