/** What happens when something is scanned: one scan is one deed, and the next waits until it is on the disk. */
import { ask, get } from "../../api/client";
import { Problem } from "../../api/problem";
import { newId } from "../../api/say";
import type { Fact, Page, Schemas } from "../../api/types";
import { note, noted, type Tube } from "../../offline/db";
import { lineNow } from "../../offline/sender";
import { enqueue } from "../../offline/queue";
import { recognise, type Scanned } from "../../scan/recognise";
import { term } from "../../words/terms";
import { fillBox, takeBox } from "./boxes";
import { closer } from "./closer";
import { change, desk, inTurn, keepTube, makeCurrent, type Match, matchesOf, matchOfHit, moment, seenOf, showTube, strangerOf, tell, whoOf } from "./desk";
import { place } from "./place";
import { isDone, isFull, judge, living, type Said, type Who } from "./rules";
import { w } from "./words";

type Mode = Schemas["TubeMode"];

/** A scanner fires twice on one label now and then. */
const TWICE_MS = 700;
/** How long a second scan of the same person means "all the same". */
const CONFIRM_MS = 20_000;
/** Nobody stands at the table for longer because of a weak line. */
const LOOK_MS = 5_000;

let last = { text: "", at: 0 };

/** Takes what a scanner typed, a camera read or a person wrote. In the order in which it came. */
export function take(text: string, scanned = false): Promise<void> {
  const twice = text === last.text && performance.now() - last.at < TWICE_MS;
  last = { text, at: performance.now() };
  return twice ? Promise.resolve() : inTurn(() => deed(text, scanned)).catch(notStored);
}

const notStored = (e: unknown): void => tell("bad", [w.storageFull], { detail: e instanceof Error ? e.message : String(e) });

/** A whole telephone or identity number, which may be on a card with a barcode. */
const isNumber = (text: string): boolean => /^\d{11}$|^\d{17}[\dXx]$/.test(text);

export function understand(text: string): Scanned {
  const d = desk();
  return recognise(text, { boxPrefix: place()?.boxPrefix ?? "", isTube: (c) => d.tubes.has(c), isBox: (c) => d.boxes.has(c) });
}

async function deed(text: string, scanned: boolean): Promise<void> {
  const s = understand(text);
  change({ matches: null });
  switch (s.kind) {
    case "nothing":
      return;
    case "tube":
      return desk().filling ? fillBox(s.code) : takeTube(s.code);
    case "box":
      return takeBox(s.code);
    case "person":
      return takeCode(s.code);
    case "person_id":
      return takePerson(s.id);
    case "search":
      // A scanner types no names: this is what was left of a code.
      return scanned && !isNumber(s.text) ? tell("bad", [w.cut], { who: s.text }) : search(s.text);
  }
}

// -- Tubes -----------------------------------------------------------------------------------------------------------

async function takeTube(code: string): Promise<void> {
  const known = desk().tubes.get(code);
  if (known && code === desk().current) return living(known).length === 0 ? tell("warn", [w.tubeEmpty]) : seal(known);
  if (known && known.state !== "open") {
    return known.box ? tell("warn", [w.tubePacked, { box: known.box }]) : tell("bad", [w.tubeUsed, { state: term("TubeState", known.state) }]);
  }
  const before = desk().current === null ? undefined : desk().tubes.get(desk().current ?? "");
  if (before && isDone(before)) await seal(before, true);
  if (known) {
    await makeCurrent(code);
    return tell("good", [w.resumed, { tube: code }], { more: [w.people, { n: living(known).length }] });
  }
  const round = place()?.round?.round ?? null;
  await keepTube({ tube: code, round, mode: null, capacity: null, household: null, members: [], state: "open", openedAt: moment().ms });
  await makeCurrent(code);
  tell("good", [w.opened, { tube: code }], { more: [w.openedMore] });
  void askTube(code);
}

/** What the server knows of a tube that this device sees for the first time. Nobody waits for it. */
async function askTube(code: string): Promise<void> {
  if (lineNow().up === false) return;
  const t = await get<Schemas["TubeView"]>(`/v1/tubes/${encodeURIComponent(code)}`).catch(() => null);
  if (t) await inTurn(() => learnTube(code, t));
}

async function learnTube(code: string, t: Schemas["TubeView"]): Promise<void> {
  const mine = desk().tubes.get(code);
  if (!mine || mine.members.length > 0) return;
  if (t.state !== "open") {
    await keepTube({ ...mine, state: t.state === "sealed" && !t.box ? "sealed" : "left", mode: t.mode, box: t.box ?? undefined });
    if (desk().current === code) await makeCurrent(null);
    return tell("bad", [w.tubeUsed, { state: term("TubeState", t.state) }], { more: [w.readyTube] });
  }
  const members = (t.who ?? []).filter((m) => m.void_seq == null).map((m) => ({ person: m.person_id, name: m.name ?? "–", at: Date.parse(m.sampled_at), id: "" }));
  await keepTube({ ...mine, round: t.round ?? null, mode: t.mode, capacity: t.capacity, household: t.household ?? null, members });
}

/** Closes a tube: nobody can be added any more. */
export async function seal(tube: Tube, quiet = false): Promise<void> {
  const { at, ms } = moment();
  const closed: Tube = { ...tube, state: "sealed", sealedAt: ms };
  await enqueue([{ tube_sealed: { tube: tube.tube, at } }], { kind: "tube_sealed", tube: tube.tube }, { tubes: [closed] });
  showTube(closed);
  if (desk().current === tube.tube) await makeCurrent(null);
  if (!quiet) tell("good", [w.sealed, { tube: tube.tube }], { more: [w.sealedMore, { n: living(tube).length }] });
}

/** Gives a tube up: whoever is in it is sampled again. */
export async function spoil(tube: Tube, reason: string): Promise<void> {
  const gone: Tube = { ...tube, state: "spoilt" };
  if (living(tube).length === 0) await keepTube(gone);
  else {
    await enqueue([{ tube_spoilt: { tube: tube.tube, reason, at: moment().at } }], { kind: "tube_spoilt", tube: tube.tube }, { tubes: [gone] });
    showTube(gone);
  }
  if (desk().current === tube.tube) await makeCurrent(null);
  tell("warn", [w.spoiltDone, { tube: tube.tube }], living(tube).length > 0 ? { more: [w.spoiltMore] } : {});
}

// -- People ----------------------------------------------------------------------------------------------------------

function takePerson(person: string): Promise<void> | void {
  const who = whoOf(person);
  return who ? admit(who) : tell("warn", [w.notListed], { more: [w.notListedMore] });
}

/** A code that no list of this device has is asked of the server; without a line it is taken as it is, and looked up when there is one. */
async function takeCode(code: string): Promise<void> {
  const p = desk().people.ofCode(code);
  if (p) return takePerson(p.person_id);
  if (lineNow().up !== false) {
    const response = await ask(`/v1/persons?limit=2&text=${encodeURIComponent(code)}`, { patience: LOOK_MS }).catch(passing);
    const hit = response === null ? undefined : ((await response.json()) as Page<Schemas["PersonHit"]>).items[0];
    if (hit) return admit(matchOfHit(hit).who);
    if (response !== null) return tell("warn", [w.codeUnknown], { more: [w.notListedMore] });
  }
  await admit(strangerOf(code));
}

/** No answer, or none that says anything of the person. */
function passing(e: unknown): null {
  if (e instanceof Problem && (e.passing || e.status === 401)) return null;
  throw e;
}

/** Takes someone who was chosen from those found. */
export function choose(m: Match): Promise<void> {
  return inTurn(() => admit(m.who)).catch(notStored);
}

async function admit(whom: Who): Promise<void> {
  const d = desk();
  if (d.filling) return tell("bad", [w.boxFirst]);
  const who = await closer(whom);
  const tube = d.current === null ? undefined : d.tubes.get(d.current);
  if (!tube) return tell("bad", [w.noTube], { who: who.name, more: mustSay(who) });
  const verdict = judge(who, tube, seenOf(who.person, tube.round));
  if (verdict.kind === "refuse") return tell(verdict.why[0] === w.inTube ? "warn" : "bad", verdict.why, { who: who.name });
  const again = d.pending?.person === who.person && d.pending.tube === tube.tube && d.pending.until > performance.now();
  if (verdict.kind === "confirm" && !again) {
    change({ pending: { person: who.person, tube: tube.tube, until: performance.now() + CONFIRM_MS } });
    // The same code read again at once is a scanner's stutter, not a confirmation: `take` has dropped it.
    return tell("warn", verdict.why, { who: who.name, more: verdict.more ?? [w.again] });
  }
  const outside = verdict.kind === "take" && verdict.outside === true;
  await register(who, outside ? { ...tube, round: null } : tube, verdict.mode, { more: verdict.kind === "take" ? verdict.more : undefined });
}

function mustSay({ mode, recalled }: Who): Said | undefined {
  if (recalled) return [w.recallSingle];
  return mode === "single" ? [w.mustSingle] : mode === "household" ? [w.mustHousehold] : undefined;
}

/** Says of a tube in which nobody is yet that one person goes into it; said again, that it is a tube as any other. */
export async function turnSingle(tube: Tube): Promise<void> {
  if (living(tube).length > 0) return;
  await keepTube(tube.mode === "single" ? { ...tube, mode: null, capacity: null } : { ...tube, mode: "single", capacity: 1, household: null });
}

/** Writes the swab down. `listing`: someone who has to be listed first, in the same record; `more`: what is said besides. */
export async function register(who: Who, tube: Tube, mode: Mode, { listing = [], more }: { listing?: Fact[]; more?: Said | undefined } = {}): Promise<void> {
  const p = place();
  if (!p) return;
  const { at, ms } = moment();
  // Without a line nobody can say "take another tube" in time: the swab will be in it, and what is wrong is flagged, not refused.
  const swabbed = lineNow().up === false || who.code !== undefined;
  const fact: Fact = { registered: { tube: tube.tube, person: who.person, station: p.station, at, ...(tube.round === null ? {} : { round: tube.round }), mode, ...(swabbed ? { already_swabbed: true } : {}) } };
  const capacity = tube.capacity ?? (await capacityOf(mode, tube.round));
  const begun: Tube = { ...tube, mode, capacity, household: mode === "household" ? (tube.household ?? who.home) : null };
  const about = { kind: "registered", tube: tube.tube, person: who.person, name: who.name, ...(tube.round === null ? {} : { round: tube.round }) };
  const id = newId(ms);
  const filled: Tube = { ...begun, members: [...tube.members, { person: who.person, name: who.name, at: ms, id, ...(who.code === undefined ? {} : { code: who.code }) }] };
  await enqueue([...listing, fact], about, { id, tubes: [filled], ...(who.code === undefined ? {} : { code: who.code }) });
  showTube(filled);
  change({ pending: null, matches: null });
  const count = `${living(filled).length}${capacity === null ? "" : `/${capacity}`}`;
  if (who.code === undefined) tell("good", [w.registered, { n: count }], { who: who.name, more: more ?? (isFull(filled) ? [w.full] : undefined) });
  else tell("warn", [w.registered, { n: count }], { who: who.name, more: [isFull(filled) ? w.unlistedFull : w.unlisted] });
  if (capacity === null) setTimeout(() => void learnCapacity(tube.tube, mode), 1_500);
}

/** How many a tube of this kind holds, as far as this device has heard. */
async function capacityOf(mode: Mode, round: string | null): Promise<number | null> {
  if (mode === "single") return 1;
  if (mode === "pooled" && place()?.round?.pool_size) return place()?.round?.pool_size ?? null;
  return mode === "pooled" ? ((await noted<number>(`capacity ${round ?? ""}`)) ?? null) : null;
}

/** The protocol decides how large a pool is: the first tube that the server has tells it. */
async function learnCapacity(code: string, mode: Mode): Promise<void> {
  if (lineNow().up === false) return;
  const t = await get<Schemas["TubeView"]>(`/v1/tubes/${encodeURIComponent(code)}`).catch(() => null);
  if (!t) return;
  await inTurn(async () => {
    const mine = desk().tubes.get(code);
    if (!mine) return;
    if (mode === "pooled") await note(`capacity ${mine.round ?? ""}`, t.capacity);
    await keepTube({ ...mine, capacity: t.capacity });
  });
}

async function search(text: string): Promise<void> {
  let found = matchesOf(text);
  if (found.length === 0 && lineNow().up !== false) {
    const page = await get<Page<Schemas["PersonHit"]>>("/v1/persons", { text, limit: 20 }).catch(() => null);
    found = page?.items.map(matchOfHit) ?? [];
  }
  change({ matches: found });
  // Letters and digits were meant as a code: what codes look like here is told.
  const more: Said = /^[\x21-\x7e]*\d[\x21-\x7e]*$/.test(text) && !/^\d{4}$/.test(text) && !isNumber(text) ? [w.codeForms, { prefix: place()?.boxPrefix ?? "" }] : [w.notListedMore];
  if (found.length === 0) tell("warn", [w.nobody], { more });
  else tell("warn", [w.found, { n: found.length }]);
}
