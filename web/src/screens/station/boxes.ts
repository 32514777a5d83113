/** Boxes: scanned to be filled, scanned again when they are full, then handed over. */
import type { Fact } from "../../api/types";
import { type Box, db, type Tube } from "../../offline/db";
import { enqueue } from "../../offline/queue";
import { change, desk, keepBox, moment, showBox, showTube, tell } from "./desk";
import { living } from "./rules";
import { w } from "./words";

/** A box was scanned: begun, or, being filled, finished. */
export async function takeBox(code: string): Promise<void> {
  const d = desk();
  const box = d.boxes.get(code);
  if (d.filling && d.filling !== code) return tell("bad", [w.boxFirst]);
  if (box?.state === "filling") return box.tubes.length === 0 ? tell("warn", [w.boxEmpty]) : pack(box);
  if (box?.state === "packed") return tell("warn", [w.boxPacked, { box: code }], { more: [w.boxPackedMore, { n: box.tubes.length }] });
  if (box) return tell("warn", [w.boxLeft, { to: box.to ?? "–" }]);
  await keepBox({ box: code, tubes: [], state: "filling", at: moment().ms });
  change({ filling: code, pending: null });
  tell("good", [w.boxOpened, { box: code }], { more: [w.boxOpenedMore] });
}

/** A tube was scanned while a box is being filled. One that is still open is closed by being put in. */
export async function fillBox(code: string): Promise<void> {
  const d = desk();
  const box = d.filling === null ? undefined : d.boxes.get(d.filling);
  if (!box) return;
  const tube = d.tubes.get(code);
  if (box.tubes.includes(code)) return tell("warn", [w.boxedAlready]);
  if (tube?.box) return tell("warn", [w.tubePacked, { box: tube.box }]);
  if (tube?.state === "spoilt") return tell("bad", [w.spoiltDone, { tube: code }]);
  if (tube?.state === "open") {
    if (living(tube).length === 0) return tell("bad", [w.tubeEmpty]);
    await close(tube);
  }
  const fuller = { ...box, tubes: [...box.tubes, code] };
  await keepBox(fuller);
  tell("good", [w.boxed, { n: fuller.tubes.length }]);
}

async function close(tube: Tube): Promise<void> {
  const { at, ms } = moment();
  const closed: Tube = { ...tube, state: "sealed", sealedAt: ms };
  await enqueue([{ tube_sealed: { tube: tube.tube, at } }], { kind: "tube_sealed", tube: tube.tube }, { tubes: [closed] });
  showTube(closed);
  if (desk().current === tube.tube) change({ current: null });
}

/** Everything that is sealed and in no box. */
export async function putAllIn(box: Box): Promise<void> {
  const loose = looseTubes().filter((t) => !box.tubes.includes(t.tube));
  const fuller = { ...box, tubes: [...box.tubes, ...loose.map((t) => t.tube)] };
  await keepBox(fuller);
  tell("good", [w.boxed, { n: fuller.tubes.length }]);
}

export function looseTubes(): Tube[] {
  const d = desk();
  const inBox = new Set([...d.boxes.values()].flatMap((b) => b.tubes));
  return [...d.tubes.values()].filter((t) => t.state === "sealed" && !t.box && !inBox.has(t.tube));
}

export async function pack(box: Box): Promise<void> {
  const fact: Fact = { box_packed: { box: box.box, tubes: box.tubes, at: moment().at } };
  const packed: Box = { ...box, state: "packed" };
  const tubes = box.tubes.flatMap((c) => desk().tubes.get(c) ?? []).map((t): Tube => ({ ...t, state: "packed", box: box.box }));
  await enqueue([fact], { kind: "box_packed", box: box.box }, { boxes: [packed], tubes });
  tubes.forEach(showTube);
  showBox(packed);
  change({ filling: null });
  tell("good", [w.boxPacked, { box: box.box }], { more: [w.boxPackedMore, { n: box.tubes.length }] });
}

/** Gives up filling: the tubes stay where they were. */
export async function unfill(box: Box): Promise<void> {
  await (await db()).delete("boxes", box.box);
  const boxes = new Map(desk().boxes);
  boxes.delete(box.box);
  change({ boxes, filling: null });
}

export async function handOver(box: Box, from: string, to: string, temperature: number | null): Promise<void> {
  const fact: Fact = { handed_over: { box: box.box, from, to, at: moment().at, ...(temperature === null ? {} : { temperature }) } };
  const gone: Box = { ...box, state: "left", to };
  const tubes = box.tubes.flatMap((c) => desk().tubes.get(c) ?? []).map((t): Tube => ({ ...t, state: "left" }));
  await enqueue([fact], { kind: "handed_over", box: box.box }, { boxes: [gone], tubes });
  tubes.forEach(showTube);
  showBox(gone);
  tell("good", [w.handedOver, { box: box.box }]);
}
