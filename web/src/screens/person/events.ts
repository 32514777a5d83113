/** Everything known of a person as one row of events. */
import type { Schemas } from "../../api/types";
import { time } from "../../words/format";
import { type Text, translate } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";

type Person = Schemas["PersonView"];
type Order = Schemas["OrderItem"];
export type Kind = "test" | "case" | "contact" | "care" | "order" | "duty";

export interface Happening {
  at: string;
  kind: Kind;
  /** What happened, in the page's words. */
  what: string;
  /** More of it, in the page's words. */
  more?: string;
  /** What someone typed: names, reasons. */
  typed?: string | null;
  tone?: "bad" | "warn" | "good";
  /** The page of the thing. */
  to?: string;
}

const join = (...parts: (string | null | undefined | false)[]): string => parts.filter(Boolean).join(" · ");
const t = (text: Text, values: Record<string, string | number> = {}): string => translate(text, values);
const bed = (s: Schemas["StayRecord"]): string => t(w.eBed, { ward: s.ward, bed: s.bed });

function tests(p: Person): Happening[] {
  const swabs = (p.registrations ?? []).flatMap((r): Happening[] => {
    const to = `/tubes/${encodeURIComponent(r.tube)}`;
    const mode = r.mode ? term("TubeMode", r.mode) : "";
    const taken: Happening = { at: r.sampled_at, kind: "test", what: t(r.void_seq ? w.eVoided : w.eSampled), more: join(mode, !r.counts && r.round && t(w.eNotCounted), r.flag && t(w.flagged)), typed: join(r.tube, r.round), to };
    if (r.flag || r.void_seq) taken.tone = "warn";
    if (!r.result || !r.resulted_at) return [taken];
    const cts = (r.targets ?? []).map((x) => `${x.target} ${x.ct ?? "–"}`).join(", ");
    const tone = r.result === "negative" ? "good" : r.result === "positive" ? "bad" : "warn";
    return [taken, { at: r.resulted_at, kind: "test", what: `${t(w.eResult)} ${term("TestResult", r.result)}`, more: mode, typed: join(r.tube, cts && `Ct ${cts}`), tone, to }];
  });
  // Whoever need not come by a rule (a case, someone in a bed) is told of by what made it so.
  const rosters = (p.rosters ?? []).filter((r) => r.missed || (r.waived && r.decider)).map((r): Happening => ({ at: r.due, kind: "test", what: t(r.missed ? w.eMissed : w.eWaived), typed: join(r.round, r.waived, r.decider), ...(r.missed ? { tone: "warn" as const } : {}) }));
  return [...swabs, ...rosters];
}

function cases(p: Person, linked: boolean): Happening[] {
  return (p.cases ?? []).flatMap((c) => {
    const to = linked ? { to: `/cases/${c.case_id}` } : {};
    const out: Happening[] = [{ at: c.found_at, kind: "case", what: t(w.eFound), more: join(term("Classification", c.classification), c.severity && term("Severity", c.severity), term("Setting", c.setting), c.control && term("Control", c.control)), typed: join(c.number, c.tube, c.note), tone: "bad", ...to }];
    if (c.onset) out.push({ at: c.onset, kind: "case", what: t(w.eOnset), tone: "bad", ...to });
    if (c.reported_at) out.push({ at: c.reported_at, kind: "case", what: t(w.eReported), typed: c.receipt, ...to });
    if (c.ended_at) out.push({ at: c.ended_at, kind: "case", what: t(w.eCaseEnded), more: term("CaseState", c.state), tone: c.state === "died" ? "bad" : "good", ...to });
    return out;
  });
}

function contacts(p: Person): Happening[] {
  const named = (p.contacts ?? []).map((c): Happening => ({ at: c.named_at, kind: "contact", what: `${t(w.eContact)} ${term("ContactCategory", c.category)}`, more: join(c.context && term("ExposureContext", c.context), t(w.eExposure, { t: time(c.last_exposure) }), term("ContactState", c.state), c.until && t(w.until, { t: time(c.until) })), typed: join(c.reason, c.decider), tone: "warn" }));
  const seen = (p.follow_ups ?? []).map((f): Happening => ({ at: f.at, kind: "contact", what: `${t(w.eFollowUp)} ${term("FollowUpOutcome", f.outcome)}`, more: join(f.self_reported && t(w.eSelf), f.temperature != null && `${f.temperature} °C`), typed: join(f.symptoms.join(", "), f.note, f.by), ...(f.outcome === "seen_not_ok" ? { tone: "bad" as const } : f.outcome === "missed" ? { tone: "warn" as const } : {}) }));
  const given = (p.prophylaxes ?? []).map((x): Happening => ({ at: x.at, kind: "contact", what: t(w.eProphylaxis), more: x.in_time ? "" : t(w.eLate), typed: join(x.prophylaxis, x.note), tone: x.in_time ? "good" : "warn" }));
  return [...named, ...seen, ...given];
}

function care(p: Person): Happening[] {
  const ways = (p.transfers ?? []).flatMap((x) => {
    const steps: [string | null | undefined, Text][] = [[x.requested_at, w.eRequested], [x.assigned_at, w.eAssigned], [x.picked_up_at, w.ePickedUp], [x.arrived_at, w.eArrived]];
    const out = steps.flatMap(([at, what], i): Happening[] => (at ? [{ at, kind: "care", what: t(what), typed: i > 0 ? join(x.vehicle, x.facility_name) : null }] : []));
    if (x.state === "called_off") out.push({ at: x.picked_up_at ?? x.assigned_at ?? x.requested_at, kind: "care", what: t(w.eCalledOff), typed: x.reason, tone: "warn" });
    return out;
  });
  const stays = (p.stays ?? []).flatMap((s) => {
    const out: Happening[] = [{ at: s.admitted_at, kind: "care", what: t(w.eAdmitted), more: bed(s), typed: join(s.facility_name ?? s.facility, s.override_reason) }];
    if (s.left_at) out.push({ at: s.left_at, kind: "care", what: t(w.eLeft), more: bed(s), typed: s.facility_name ?? s.facility, tone: "good" });
    return out;
  });
  const seen = (p.observations ?? []).map((o): Happening => ({ at: o.at, kind: "care", what: t(w.eObserved), more: join(o.temperature != null && `${o.temperature.toFixed(1)} °C`, o.oxygen != null && `${o.oxygen}%`, o.severity && term("Severity", o.severity)), typed: o.symptoms }));
  return [...ways, ...stays, ...seen];
}

function orders(p: Person, list: Order[]): Happening[] {
  const own = list.flatMap((o) => {
    const what = term("OrderKind", o.kind);
    const out: Happening[] = [{ at: o.decided_at, kind: "order", what: `${t(w.eOrder)} ${what}`, more: t(w.until, { t: time(o.ends) }), typed: join(o.reason, o.decider), tone: "warn" }];
    if (o.ended_at) out.push({ at: o.ended_at, kind: "order", what: `${t(w.eOrderEnded)} ${what}`, more: term("OrderState", o.state), typed: join(o.end_reason, o.end_decider), tone: "good" });
    for (const a of o.appeals) {
      out.push({ at: a.made_at, kind: "order", what: t(w.eAppeal), typed: join(a.by, a.text), tone: "warn" });
      if (a.answered_at) out.push({ at: a.answered_at, kind: "order", what: `${t(w.eAppealAnswered)} ${term("AppealState", a.state)}`, typed: join(a.answer, a.decider) });
    }
    return out;
  });
  const zones = (p.zones ?? []).flatMap((z) => {
    const level = term("ZoneLevel", z.level);
    const out: Happening[] = [{ at: z.designated_at, kind: "order", what: `${t(w.eZone)} ${level}`, typed: join(z.reason, z.decider), tone: "warn" }];
    if (z.lifted_at) out.push({ at: z.lifted_at, kind: "order", what: `${t(w.eZoneLifted)} ${level}`, tone: "good" });
    return out;
  });
  return [...own, ...zones];
}

/** What was owed and how it ended; what is still open stands above the timeline. */
function duties(p: Person): Happening[] {
  return (p.duties ?? []).flatMap((d): Happening[] => (d.ended_at ? [{ at: d.ended_at, kind: "duty", what: `${term("DutyKind", d.kind)} ${term("DutyState", d.state)}`, more: join(term("Role", d.responsible), d.in_time === true && t(w.inTime), d.in_time === false && t(w.late)), typed: join(d.reason, d.decider), ...(d.in_time === false ? { tone: "warn" as const } : {}) }] : []));
}

/** All of it, the newest first. `linked`: the reader has a page for cases. */
export function happenings(p: Person, list: Order[], linked: boolean): Happening[] {
  const all = [...tests(p), ...cases(p, linked), ...contacts(p), ...care(p), ...orders(p, list), ...duties(p)];
  return all.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
