/** What a result file will do, before it is confirmed. */
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Fault } from "../../ui/State";
import { number } from "../../words/format";
import { type Text, useLanguage, useText } from "../../words/language";
import { inWordsOfForm } from "../../words/options";
import { term } from "../../words/terms";
import { PlateMap } from "./PlateMap";
import type { Effect, PlateControl, PlateLine, PlatePreview, RefusedRow } from "./shapes";
import { laboratory as w } from "./words";

const EFFECTS: readonly Effect[] = ["case", "recall", "retest", "unknown_tube", "release"];

/** What the form calls the options that advice names. */
const OPTIONS = { "controls-ok": w.vouchNow };

interface Props {
  of: PlatePreview;
  fault: Error | null;
  onConfirm: () => Promise<void>;
  /** Someone answers for controls that the file does not hold. */
  onVouch: () => Promise<void>;
}

export function Preview({ of: p, fault, onConfirm, onVouch }: Props) {
  const t = useText();
  const [only, setOnly] = useState<Effect | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const zh = useLanguage() === "zh";
  const whole = p.refused.filter((r) => r.row == null);
  const rows = p.refused.filter((r) => r.row != null).sort((a, b) => (a.row ?? 0) - (b.row ?? 0));
  const lines = only ? p.lines.filter((l) => l.effect === only) : p.lines;
  return (
    <div className="stack">
      <div className="row spread">
        <h2>
          {t(w.plate)} <span className="code" data-typed>{p.plate}</span>
        </h2>
        <span className="badge warn">{t(w.notYet)}</span>
      </div>
      {(p.valid || p.controls.length > 0) && <Controls of={p} />}
      {p.valid && <Totals of={p} now={only} onPick={(e) => setOnly(e === only ? null : e)} />}
      {whole.map((r) => (
        <p key={r.rule} className="note bad big" role="alert" data-typed>
          {inWordsOfForm(zh ? r.zh : r.en, OPTIONS)}
        </p>
      ))}
      {whole.some((r) => r.en.includes("--controls-ok")) && (
        <Button wide onClick={onVouch}>
          {t(w.vouchNow)}
        </Button>
      )}
      {rows.length > 0 && <Refused rows={rows} />}
      {p.waiting && p.waiting.length > 0 && (
        <details className="note warn">
          <summary>{t(w.stillWaiting, { n: p.waiting.length })}</summary>
          <p data-typed>{p.waiting.join("  ")}</p>
        </details>
      )}
      <div className="plate-view">
        <PlateMap lines={p.lines} controls={p.controls} chosen={chosen} onChoose={setChosen} />
        <Lines lines={lines} counts={p.valid} chosen={chosen} onChoose={setChosen} />
      </div>
      {fault && <Fault error={fault} />}
      <div className="say-it">
        {p.facts.length === 0 ? (
          <p className="note bad">{t(rows.length > 0 ? w.nothingToSay : w.nothingInFile)}</p>
        ) : (
          <Button first wide className="tall" onClick={onConfirm}>
            {p.valid ? t(w.confirmPlate, { n: p.facts.filter((f) => "result_read" in f).length }) : t(w.confirmFailed)}
          </Button>
        )}
      </div>
    </div>
  );
}

const CONTROL: Record<string, Text> = { positive: w.control_positive, negative: w.control_negative };

function Controls({ of: p }: { of: PlatePreview }) {
  const t = useText();
  const zh = useLanguage() === "zh";
  const line = (c: PlateControl) => (
    <li key={`${c.well ?? ""} ${c.kind}`} className={c.passed ? "" : "bad"}>
      <strong>{CONTROL[c.kind] ? t(CONTROL[c.kind] ?? w.allLines) : c.kind}</strong>
      {c.well && <span className="num"> {c.well}</span>}: {t(c.passed ? w.passed : w.failedWord)}
      {!c.passed && <span data-typed> · {zh ? c.zh : c.en}</span>}
    </li>
  );
  return (
    <div className={`note ${p.valid ? "good" : "bad"}`} role={p.valid ? "status" : "alert"}>
      <strong className={p.valid ? "" : "big"}>{t(p.valid ? w.controlsPassed : w.controlsFailed)}</strong>
      <ul>{p.controls.map(line)}</ul>
    </div>
  );
}

function Totals({ of: p, now, onPick }: { of: PlatePreview; now: Effect | null; onPick: (e: Effect) => void }) {
  const t = useText();
  const people: Partial<Record<Effect, number>> = { release: p.totals.people_released, recall: p.totals.people_recalled };
  return (
    <section className="stack">
      <h2>{t(w.will)}</h2>
      <div className="totals">
        {EFFECTS.map((e) => {
          const n = p.totals[e];
          const who = people[e];
          return (
            <button key={e} type="button" className={`total ${n > 0 ? e : ""}`} aria-pressed={now === e} disabled={n === 0} onClick={() => onPick(e)}>
              <strong className="num">{number(n)}</strong>
              <span>{t(w[e])}</span>
              {who !== undefined && n > 0 && <span className="muted num">{t(w.tubesPeople, { n, people: who })}</span>}
            </button>
          );
        })}
        <a className={`total ${p.refused.length > 0 ? "refused" : ""}`} href="#refused" style={{ color: "inherit", textDecoration: "none" }}>
          <strong className="num">{number(p.refused.length)}</strong>
          <span>{t(w.refused)}</span>
        </a>
      </div>
    </section>
  );
}

function Refused({ rows }: { rows: readonly RefusedRow[] }) {
  const t = useText();
  const zh = useLanguage() === "zh";
  return (
    <section className="stack" id="refused">
      <h2 className="bad">
        {t(w.refused)} <span className="num">{rows.length}</span>
      </h2>
      <div className="lines" tabIndex={0} role="region" aria-label={t(w.refused)}>
        <table>
          <thead>
            <tr>
              <th>{t(w.row)}</th>
              <th>{t(w.column)}</th>
              <th>{t(w.stands)}</th>
              <th>{t(w.advice)}</th>
              <th>{t(w.rule)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr key={`${r.row} ${r.column ?? ""} ${r.rule} ${r.value ?? ""}`}>
                <td className="num">{r.row}</td>
                <td data-typed>{r.column ?? "–"}</td>
                <td className="code" data-typed>
                  {r.value ?? "–"}
                </td>
                <td data-typed>{inWordsOfForm(zh ? r.zh : r.en, OPTIONS)}</td>
                <td className="muted" data-typed>
                  {r.rule}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What the instrument saw: nothing is told where nothing was amplified. */
const ctText = (l: PlateLine): string => (l.cts.some((c) => c.ct != null) ? l.cts.map((c) => `${c.gene} ${c.ct ?? "–"}`).join(" · ") : "");

function Lines({ lines, counts, chosen, onChoose }: { lines: readonly PlateLine[]; counts: boolean; chosen: string | null; onChoose: (tube: string) => void }) {
  const t = useText();
  return (
    <div className="lines" tabIndex={0} role="region" aria-label={t(w.effect)}>
      <table>
        <thead>
          <tr>
            <th>{t(w.well)}</th>
            <th>{t(w.tube)}</th>
            <th>{t(w.result)}</th>
            <th className="follows">{t(w.effect)}</th>
            <th>{t(w.peopleWord)}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr key={l.tube} className={l.tube === chosen ? "chosen" : ""} onClick={() => onChoose(l.tube)}>
              <td className="num" data-typed>
                {l.well ?? "–"}
              </td>
              <td className="code" data-typed>
                {l.tube}
              </td>
              <td>
                {term("TestResult", l.result)}
                <br />
                <span className="muted num" data-typed>
                  {ctText(l)}
                </span>
              </td>
              <td>{counts ? t(w[l.effect] ?? w.effect) : "–"}</td>
              <td className="num">{l.people}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
