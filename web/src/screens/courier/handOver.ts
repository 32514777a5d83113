/** Hand-overs go through the queue of this device: with a network they are in the book at once, without one when it is back. */
import { stamp } from "../../api/clock";
import type { Queued } from "../../offline/db";
import { enqueue, outcome } from "../../offline/queue";
import { lineNow } from "../../offline/sender";
import { language } from "../../words/language";
import type { BoxItem } from "./shapes";

/** How long one stands there for the server's answer; after that it is as without a network. */
const ANSWER_MS = 4_000;

/** Writes down that boxes passed into other hands: `sent` if the book has it all, `kept` if some of it waits on this device. Throws what was refused. */
export async function handOver(boxes: readonly BoxItem[], to: string, celsius: number | null): Promise<"sent" | "kept"> {
  const at = stamp();
  const records: Queued[] = [];
  for (const b of boxes) {
    const fact = { handed_over: { box: b.box, from: b.holder ?? b.place_name ?? b.place, to, at, ...(celsius === null ? {} : { temperature: celsius }) } };
    records.push(await enqueue([fact], { kind: "handed_over", box: b.box }));
  }
  if (lineNow().up === false) return "kept";
  const ends = await Promise.all(records.map((r) => outcome(r.id, ANSWER_MS)));
  const refused = ends.find((e) => e?.state === "refused" || e?.state === "unproven");
  if (refused) throw new Error((language() === "zh" ? refused.problem?.zh : refused.problem?.en) ?? refused.problem?.detail ?? refused.state);
  return ends.every((e) => e?.state === "done") ? "sent" : "kept";
}

/** Who holds which box by what this device has said and the server does not know yet. */
export function heldBy(items: readonly Queued[] | null): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const i of items ?? []) {
    if (i.state !== "waiting") continue;
    for (const f of i.facts) if ("handed_over" in f && f.handed_over.box) out.set(f.handed_over.box, f.handed_over.to);
  }
  return out;
}
