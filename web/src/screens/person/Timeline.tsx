import { useMemo, useState } from "react";
import { Link } from "wouter";
import { useSession } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { core } from "../../words/core";
import { Written } from "../../ui/Written";
import { number, time } from "../../words/format";
import { type Text, useLanguage, useText } from "../../words/language";
import { type Happening, happenings, type Kind } from "./events";
import { w } from "./words";

const STEP = 60;
const KINDS: readonly (readonly [Kind, Text])[] = [
  ["test", w.fTest],
  ["case", w.fCase],
  ["contact", w.fContact],
  ["care", w.fCare],
  ["order", w.fOrder],
  ["duty", w.fDuty],
];

/** One timeline, the newest first. Duties are each told by what happened, too: they are shown only when asked for. */
export function Timeline({ person, orders }: { person: Schemas["PersonView"]; orders: Schemas["OrderItem"][] }) {
  const t = useText();
  const language = useLanguage();
  const [kind, setKind] = useState<Kind | null>(null);
  const [most, setMost] = useState(STEP);
  // The texts are of the language in which they were made.
  const role = useSession()?.role;
  const linked = role === "investigator" || role === "commander";
  const all = useMemo(() => happenings(person, orders, linked), [person, orders, linked, language]);
  const of = (k: Kind | null) => all.filter((h) => (k === null ? h.kind !== "duty" : h.kind === k));
  const chosen = of(kind);
  const choices: (readonly [Kind | null, Text])[] = [[null, core.all], ...KINDS.filter(([k]) => of(k).length > 0)];
  return (
    <section className="stack">
      <h2>{t(w.timeline)}</h2>
      <div className="row choices no-print" role="group" aria-label={t(w.timeline)}>
        {choices.map(([k, text]) => (
          <button key={text[1]} type="button" className="button" aria-pressed={kind === k} onClick={() => setKind(k)}>
            {t(text)} <span className="num">{number(of(k).length)}</span>
          </button>
        ))}
      </div>
      {chosen.length === 0 && <p className="note">{t(w.noEvents)}</p>}
      <ol className="events">
        {chosen.slice(0, most).map((h, i) => (
          <One key={`${h.at} ${h.what} ${i}`} of={h} />
        ))}
      </ol>
      {chosen.length > most && <Button onClick={() => setMost(most + STEP)}>{t(w.showMore, { n: number(Math.min(STEP, chosen.length - most)) })}</Button>}
    </section>
  );
}

function One({ of: h }: { of: Happening }) {
  return (
    <li className={h.tone ?? ""}>
      <time className="num muted" dateTime={h.at}>
        {time(h.at)}
      </time>
      <div>
        {h.to ? <Link href={h.to}>{h.what}</Link> : <strong>{h.what}</strong>} {h.more && <span>{h.more}</span>}
        {h.typed && (
          <p className="muted">
            <Written text={h.typed} />
          </p>
        )}
      </div>
    </li>
  );
}
