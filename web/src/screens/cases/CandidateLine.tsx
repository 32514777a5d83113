import type { MouseEvent } from "react";
import type { Schemas } from "../../api/types";
import { PlaceName } from "../../ui/PlaceName";
import { span, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";

interface Props {
  candidate: Schemas["Candidate"];
  case: string;
  chosen: boolean;
  /** Nothing is left to decide about this one. */
  fixed: boolean;
  onPress: (e: MouseEvent) => void;
}

/** One candidate with the evidence, and the rule that makes of it what is proposed. */
export function CandidateLine({ candidate: c, case: id, chosen, fixed, onPress }: Props) {
  const t = useText();
  const own = c.contacts.find((k) => k.case_id === id);
  const other = c.contacts.some((k) => k.case_id !== id && k.state === "active");
  return (
    <button type="button" role="checkbox" aria-checked={chosen} aria-disabled={fixed || undefined} className={`line candidate ${chosen ? "chosen" : ""}`} onClick={onPress}>
      <span className="tick" aria-hidden="true" style={fixed ? { visibility: "hidden" } : undefined}>
        {chosen ? "✓" : ""}
      </span>
      <span className="line-main">
        <span className="row" style={{ gap: 8 }}>
          <span className="line-name" data-typed>
            {c.name ?? c.person_id.slice(0, 8)}
          </span>
          <span className={`badge ${c.proposal === "close" ? "bad" : c.proposal === "none" ? "" : "warn"}`}>{term("Proposal", c.proposal)}</span>
          <span className="badge">{t(w.certainty, { c: term("Certainty", c.certainty) })}</span>
          {own && <span className="badge good">{t(w.already, { c: term("ContactCategory", own.category) })}</span>}
          {!own && other && <span className="badge">{t(w.alsoContact)}</span>}
          {c.cases.length > 0 && <span className="badge bad">{t(w.isCase)}</span>}
        </span>
        <span className="muted">
          {t(w.lastExposure, { time: time(c.last_exposure) })}
          {c.meetings > 1 && <> · {t(w.meetings, { n: c.meetings })}</>} · <PlaceName place={c.home} names="near" />
        </span>
        {c.evidence.map((e, i) => (
          <EvidenceWords key={i} of={e} />
        ))}
      </span>
    </button>
  );
}

function EvidenceWords({ of: e }: { of: Schemas["Evidence"] }) {
  const t = useText();
  return (
    <span style={{ fontSize: "0.9rem" }}>
      <strong>{term("Register", e.register)}</strong> <Where of={e} /> · <span className="num">{time(e.starts)}–{time(e.ends)}</span>
      {e.overlap_min !== null && e.overlap_min !== undefined && <> · {t(w.together, { n: span(e.overlap_min * 60_000) })}</>}
      {e.gap_min !== null && e.gap_min !== undefined && <> · {t(w.apart, { n: e.gap_min })}</>}
      {e.rows_apart !== null && e.rows_apart !== undefined && <> · {t(w.rows, { n: e.rows_apart })}</>}
      {e.unsure && <> · {t(w.unsure)}</>} · <code data-typed>{e.rule}</code>
    </span>
  );
}

/** What brought them together, by its name: a place, a ward of one (its code, a space and the ward's own name), a vehicle, or a tube. */
function Where({ of: e }: { of: Schemas["Evidence"] }) {
  const [, code, ward] = /^(\d+(?:\.\w+)+)( .+)?$/.exec(e.place ?? "") ?? [];
  if (e.event_name || !code) return <span data-typed>{e.event_name ?? e.place?.replace(/^vehicle:/, "") ?? "–"}</span>;
  return (
    <>
      <PlaceName place={code} names="near" />
      {ward && <span data-typed>{ward}</span>}
    </>
  );
}
