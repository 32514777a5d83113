import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { View } from "../../ui/State";
import { Written } from "../../ui/Written";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";

type Restriction = Schemas["Restriction"];

const KINDS: Record<string, Text> = {
  case: w.rCase,
  isolation: w.rIsolation,
  awaiting_isolation: w.rAwaiting,
  home_isolation: w.rHomeIsolation,
  home_monitoring: w.rHomeMonitoring,
  recall: w.rRecall,
  zone: w.rZone,
};

/** Where the person stands: restricted or not, why, by whom, and until when. */
export function Standing({ person }: { person: string }) {
  const t = useText();
  const status = useQuery({ queryKey: ["/v1/persons", person, "status"], queryFn: ({ signal }) => get<Schemas["PersonStatus"]>(`/v1/persons/${encodeURIComponent(person)}/status`, {}, signal) });
  return (
    <View of={status}>
      {(s) => {
        const clear = s.restrictions.length === 0;
        return (
          <section className={`card stack standing ${clear ? "good" : "bad"}`}>
            <p className="row">
              <strong className={`big ${clear ? "good" : "bad"}`}>
                {clear ? "✓" : "✕"} {t(clear ? w.clear : w.restricted)}
              </strong>
              <span className="badge">{term("Standing", s.standing)}</span>
              {s.standing_since && <span className="muted">{t(w.since, { t: time(s.standing_since) })}</span>}
            </p>
            <ul className="stack">
              {s.restrictions.map((r, i) => (
                <One key={i} of={r} />
              ))}
            </ul>
            <p className="muted">{s.last_negative ? t(w.lastNegative, { t: time(s.last_negative.sampled_at), h: Math.floor(s.negative_age_h ?? 0) }) : t(w.noNegative)}</p>
          </section>
        );
      }}
    </View>
  );
}

function One({ of: r }: { of: Restriction }) {
  const t = useText();
  const kind = KINDS[r.kind];
  const [words, typed] = reasonOf(r);
  const end = r.until ? t(w.until, { t: time(r.until) }) : r.kind === "case" || r.kind === "recall" ? t(w.untilTests) : t(w.untilOpen);
  return (
    <li className="restriction">
      <strong>{kind ? t(kind) : r.kind}</strong> {words} <span className="num">{end}</span>
      {typed && (
        <p>
          <Written text={typed} />
        </p>
      )}
      {r.decider && (
        <p className="muted">
          {t(core.decider)} <span data-typed>{r.decider}</span>
        </p>
      )}
    </li>
  );
}

/** A reason is a word of a closed list, such a word and a text, or a text. */
function reasonOf(r: Restriction): [words: string, typed: string] {
  if (r.kind === "case") return [term("Classification", r.reason), ""];
  if (r.kind === "zone") {
    const [level = "", ...text] = r.reason.split(": ");
    return [term("ZoneLevel", level), text.join(": ")];
  }
  return ["", r.reason];
}
