/** What is on the bench during an intake, and the facts that it comes to. No screen in here: it can be reasoned about by itself. */
import type { Fact, Schemas } from "../../api/types";
import type { BoxTube, BoxView } from "../courier/shapes";

/** How a tube was found. Without an entry it is fit. */
export type Finding = { missing: true } | { missing: false; reason: string };

/** A box, or tubes without one, being taken in. */
export interface Bench {
  /** The box; none for loose tubes. */
  box: BoxView | null;
  /** What the box should hold, and what else lay in it. */
  tubes: BoxTube[];
  findings: ReadonlyMap<string, Finding>;
}

const WAITING: readonly Schemas["TubeState"][] = ["open", "sealed", "in_transit"];
/** A tube that can still be taken in. */
export const waits = (t: { state: Schemas["TubeState"] }): boolean => WAITING.includes(t.state);

/** The tubes that can be taken in, by how they were found. */
export function sorted(b: Bench): { fit: string[]; odd: [tube: string, reason: string][]; missing: string[] } {
  const out: ReturnType<typeof sorted> = { fit: [], odd: [], missing: [] };
  for (const t of b.tubes.filter(waits)) {
    const f = b.findings.get(t.tube);
    if (!f) out.fit.push(t.tube);
    else if (f.missing) out.missing.push(t.tube);
    else out.odd.push([t.tube, f.reason]);
  }
  return out;
}

/** One `received` for what is fit, and one for each reason why some are not. Missing tubes are in none: they stay owed. */
export function intakeFacts(b: Bench, laboratory: string, celsius: number | null, at: string): Fact[] {
  const { fit, odd } = sorted(b);
  const common = { laboratory, at, ...(b.box ? { box: b.box.box } : {}), ...(celsius === null ? {} : { temperature: celsius }) };
  const facts: Fact[] = fit.length > 0 ? [{ received: { ...common, tubes: fit, condition: "adequate" } }] : [];
  for (const reason of new Set(odd.map((o) => o[1]))) {
    const tubes = odd.filter((o) => o[1] === reason).map((o) => o[0]);
    facts.push({ received: { ...common, tubes, condition: "not_adequate", reason } });
  }
  return facts;
}
