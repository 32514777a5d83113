import { memo, useState } from "react";
import { bookNow } from "../../api/clock";
import { Button } from "../../ui/Button";
import { hour, time, yearsOld } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { type Cell, faults, type Row } from "./draft";
import { type Bed, isCase, whereOf } from "./facility";
import { oxygen, type Reading, severeByOxygen, temperature } from "./vitals";
import { w } from "./words";

const SYMPTOMS: readonly Text[] = [w.noSymptoms, w.cough, w.soreThroat, w.tired, w.headache, w.breathless, w.chestPain, w.diarrhoea, w.noTaste];

/** What is said most often, offered while one types. */
export function SymptomWords() {
  const t = useText();
  return (
    <datalist id="symptom-words">
      {SYMPTOMS.map((s) => (
        <option key={s[1]} value={t(s)} />
      ))}
    </datalist>
  );
}

interface Props {
  bed: Bed;
  row: Row | undefined;
  due: boolean;
  refused: string | undefined;
  set: (person: string, cell: Cell, value: string) => void;
  save: (persons: string[]) => Promise<void>;
}

/** One patient's line. */
export const Line = memo(function Line({ bed, row, due, refused, set, save }: Props) {
  const t = useText();
  const { person_id: person, last_observation: last } = bed;
  const whose = `${whereOf(bed)} ${bed.name ?? ""}`;
  const [heat, o2] = [temperature(row?.temperature ?? ""), oxygen(row?.oxygen ?? "")];
  const lastHeat = last?.temperature ?? null;
  const lastO2 = last?.oxygen ?? null;
  const severe = severeByOxygen(o2.value) && !["severe", "critical"].includes(row?.severity || bed.severity || "");
  return (
    <div className={`round-line ${due ? "due" : ""} ${row ? "typed" : ""}`} role="group" aria-label={whose}>
      <Who bed={bed} due={due} />
      <Number cell="temperature" label={`${whose} ${t(w.temperature)}`} short="℃" value={row?.temperature ?? ""} reading={heat} last={lastHeat === null ? null : lastHeat.toFixed(1)} lastFlag={flagOf(temperature(String(lastHeat ?? "")))} onValue={(v) => set(person, "temperature", v)} />
      <Number cell="oxygen" label={`${whose} ${t(w.oxygen)}`} short="%" value={row?.oxygen ?? ""} reading={o2} last={lastO2 === null ? null : String(lastO2)} lastFlag={flagOf(oxygen(String(lastO2 ?? "")))} onValue={(v) => set(person, "oxygen", v)} />
      <span className="cell severity">
        {isCase(bed) && (
          <>
            <select className="input" data-cell="severity" aria-label={`${whose} ${t(w.severity)}`} value={row?.severity ?? ""} onChange={(e) => set(person, "severity", e.target.value)}>
              <option value="">{`= ${term("Severity", bed.severity)}`}</option>
              {termsOf("Severity").map((s) => (
                <option key={s} value={s}>
                  {term("Severity", s)}
                </option>
              ))}
            </select>
            {severe && <span className="flag bad">{t(w.isSevere)}</span>}
          </>
        )}
      </span>
      <span className="cell symptoms">
        <input className="input" data-cell="symptoms" list="symptom-words" autoComplete="off" aria-label={`${whose} ${t(w.symptoms)}`} placeholder={t(w.symptoms)} value={row?.symptoms ?? ""} onChange={(e) => set(person, "symptoms", e.target.value)} />
        {last?.symptoms && (
          <span className="last" data-typed>
            {last.symptoms}
          </span>
        )}
      </span>
      <Button className="save" disabled={!row || faults(row) > 0} aria-label={`${whose} ${t(w.saveRow)}`} title={t(w.saveRow)} onClick={() => save([person])}>
        ✓
      </Button>
      {refused && (
        <span className="refused bad" role="alert">
          {refused}
        </span>
      )}
    </div>
  );
});

const flagOf = (r: Reading): string => r.flag?.tone ?? "";

function Who({ bed, due }: { bed: Bed; due: boolean }) {
  const t = useText();
  const age = bed.born ? yearsOld(bed.born, bookNow()) : null;
  return (
    <span className="patient">
      <strong className="bed-number num">{bed.bed}</strong>
      <span>
        <span className="name" data-typed>
          {bed.name ?? "–"}
        </span>
        <br />
        {age !== null && <span className="last num">{t(w.age, { n: age })} </span>}
        <span className={`last num ${due ? "is-due" : ""}`}>
          {due ? "● " : "✓ "}
          {bed.last_observed_at ? (Date.parse(bed.last_observed_at) > bookNow() - 86_400_000 ? hour(bed.last_observed_at) : time(bed.last_observed_at)) : t(w.never)}
        </span>
      </span>
    </span>
  );
}

interface NumberProps {
  cell: Cell;
  label: string;
  short: string;
  value: string;
  reading: Reading;
  last: string | null;
  lastFlag: string;
  onValue: (v: string) => void;
}

/** A measured value: flagged as soon as one leaves the field or it is complete, never while half of it is typed. */
function Number({ cell, label, short, value, reading, last, lastFlag, onValue }: NumberProps) {
  const t = useText();
  const [typing, setTyping] = useState(false);
  const wrong = reading.wrong && !typing ? reading.wrong : undefined;
  const flag = reading.flag;
  return (
    <span className={`cell ${cell}`}>
      <input
        className={`input num ${wrong ? "bad" : (flag?.tone ?? "")}`}
        data-cell={cell}
        inputMode="decimal"
        enterKeyHint="next"
        autoComplete="off"
        aria-label={label}
        aria-invalid={wrong ? true : undefined}
        placeholder={short}
        value={value}
        onFocus={() => setTyping(true)}
        onBlur={() => {
          setTyping(false);
          // What was meant is shown, so that it can be seen to be right.
          if (reading.value !== null) onValue(cell === "temperature" ? reading.value.toFixed(1) : String(reading.value));
        }}
        onChange={(e) => onValue(e.target.value)}
      />
      {wrong || flag ? <span className={`flag ${wrong ? "bad" : flag?.tone}`} role="status">{t(wrong ?? flag?.text ?? w.fever)}</span> : last && <span className={`last num ${lastFlag}`}>{t(w.last, { v: last })}</span>}
    </span>
  );
}
