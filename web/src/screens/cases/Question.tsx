/** One question of the protocol, asked by large buttons where there is a choice. "Unknown" answers every question. */
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { core } from "../../words/core";
import { language, translate, useText } from "../../words/language";
import type { Answer } from "./draft";
import { type Moment, momentOf, readable, said } from "./parts/time";
import { When } from "./parts/When";
import { w } from "./words";

type Question = Schemas["QuestionItem"];

export const UNKNOWN = "unknown";
export const named = (q: { zh: string; en: string }): string => (language() === "zh" ? q.zh : q.en);

/** An answer in words. */
export function inWords(q: Question, a: Answer | undefined): string {
  if (a === null || a === undefined) return "–";
  if (a === UNKNOWN) return translate(w.unknown);
  if (typeof a === "boolean") return translate(a ? core.yes : core.no);
  const option = (id: string): string => {
    const o = q.options.find((x) => x.id === id);
    return o ? named(o) : id;
  };
  if (Array.isArray(a)) return a.map(option).join(language() === "zh" ? "、" : ", ") || "–";
  if (q.kind === "date") return readable(String(a));
  return q.kind === "choice" ? option(String(a)) : String(a);
}

interface Props {
  question: Question;
  kept: Schemas["AnswerKept"] | undefined;
  /** What the draft says; undefined: nothing. */
  drafted: Answer | undefined;
  conflict: boolean;
  onAnswer: (a: Answer) => void;
  onSettle: (mine: boolean) => void;
  readOnly: boolean;
}

export function Asked({ question: q, kept, drafted, conflict, onAnswer, onSettle, readOnly }: Props) {
  const t = useText();
  const value = drafted === undefined ? kept?.value : drafted;
  return (
    <fieldset className="plain question" disabled={readOnly} data-question={q.id}>
      <legend>
        {named(q)} {q.required && <span className="bad">*</span>} {drafted !== undefined && <span className="badge warn">{t(w.notSaved)}</span>}
      </legend>
      {conflict && (
        <div className="note bad row spread" role="alert">
          <span>
            {t(w.otherSaid)} · <span data-typed>{kept?.by}</span>: <strong data-typed>{inWords(q, kept?.value)}</strong>
          </span>
          <span className="row">
            <Button onClick={() => onSettle(false)}>{t(w.theirs)}</Button>
            <Button onClick={() => onSettle(true)}>{t(w.mine)}</Button>
          </span>
        </div>
      )}
      <Answered q={q} value={value ?? null} onAnswer={onAnswer} />
      {drafted === undefined && kept?.value !== undefined && kept.value !== null && (
        <span className="muted" style={{ fontSize: "0.85rem" }} data-typed>
          {t(w.by, { who: kept.by })}
        </span>
      )}
    </fieldset>
  );
}

function Answered({ q, value, onAnswer }: { q: Question; value: Answer; onAnswer: (a: Answer) => void }) {
  const t = useText();
  const unknown = value === UNKNOWN;
  const rest = (
    <>
      <Pick text={t(w.unknown)} on={unknown} onPick={() => onAnswer(unknown ? null : UNKNOWN)} />
      {value !== null && !unknown && <Button onClick={() => onAnswer(null)}>{t(w.takeBack)}</Button>}
    </>
  );
  if (q.kind === "yes_no") {
    return (
      <div className="choices">
        <Pick text={t(core.yes)} on={value === true} onPick={() => onAnswer(true)} />
        <Pick text={t(core.no)} on={value === false} onPick={() => onAnswer(false)} />
        {rest}
      </div>
    );
  }
  if (q.kind === "choice") {
    return (
      <div className="choices">
        {q.options.map((o) => (
          <Pick key={o.id} text={named(o)} on={value === o.id} onPick={() => onAnswer(o.id)} />
        ))}
        {rest}
      </div>
    );
  }
  if (q.kind === "choices") return <Several q={q} value={value} onAnswer={onAnswer} rest={rest} />;
  return (
    <>
      {!unknown && <Written q={q} value={value} onAnswer={onAnswer} />}
      <div className="choices">{rest}</div>
    </>
  );
}

function Several({ q, value, onAnswer, rest }: { q: Question; value: Answer; onAnswer: (a: Answer) => void; rest: React.ReactNode }) {
  const t = useText();
  const chosen = Array.isArray(value) ? value : [];
  const toggle = (id: string) => onAnswer(q.options.map((o) => o.id).filter((o) => (o === id ? !chosen.includes(o) : chosen.includes(o))));
  return (
    <div className="choices">
      {q.options.map((o) => (
        <Pick key={o.id} text={named(o)} on={chosen.includes(o.id)} onPick={() => toggle(o.id)} />
      ))}
      <Pick text={t(w.noneOfThem)} on={Array.isArray(value) && value.length === 0} onPick={() => onAnswer([])} />
      {rest}
    </div>
  );
}

/** A number, a text or a time. */
function Written({ q, value, onAnswer }: { q: Question; value: Answer; onAnswer: (a: Answer) => void }) {
  if (q.kind === "number") {
    const change = (text: string) => onAnswer(text === "" || Number.isNaN(Number(text)) ? null : Number(text));
    return <input className="input" inputMode="decimal" type="number" step="any" aria-label={named(q)} value={typeof value === "number" ? value : ""} onChange={(e) => change(e.target.value)} />;
  }
  if (q.kind === "date") {
    const given: Moment = (typeof value === "string" && momentOf(value)) || { day: "", clock: "", precision: "day" };
    // Without minutes yet it is a day: what is not complete is not lost.
    const change = (m: Moment) => onAnswer(said(m) ?? said({ ...m, precision: "day" }));
    return <Dated label={named(q)} given={given} onChange={change} />;
  }
  return <textarea className="input" rows={2} aria-label={named(q)} value={typeof value === "string" ? value : ""} onChange={(e) => onAnswer(e.target.value.trim() === "" ? null : e.target.value)} />;
}

function Dated({ label, given, onChange }: { label: string; given: Moment; onChange: (m: Moment) => void }) {
  const [open, setOpen] = useState<Moment | null>(null);
  const shown = open ?? given;
  return (
    <When
      label={label}
      value={shown}
      onChange={(m) => {
        // The precision that is wanted is remembered until the time is there.
        setOpen(said(m) ? null : m);
        if (m.day !== "" || given.day !== "") onChange(m);
      }}
    />
  );
}

function Pick({ text, on, onPick }: { text: string; on: boolean; onPick: () => void }) {
  return (
    <button type="button" className="button" aria-pressed={on} onClick={onPick}>
      {text}
    </button>
  );
}
