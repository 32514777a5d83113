import { useId } from "react";
import { useText, words } from "../../../words/language";
import { type Moment, type Precision } from "./time";
import "../cases.css";

const w = words({
  day: ["{label}：日期", "{label}: day"],
  clock: ["{label}：时刻", "{label}: time"],
  hour: ["{label}：钟点", "{label}: hour"],
  precision: ["{label}：精确到", "{label}: known to"],
  toMinute: ["精确到分", "to the minute"],
  toHour: ["精确到小时", "to the hour"],
  toDay: ["精确到天", "to the day"],
});

const HOURS = Array.from({ length: 24 }, (_, h) => String(h).padStart(2, "0"));

/** A time and how exactly it is known: nobody is made to invent minutes. */
export function When({ label, value, onChange }: { label: string; value: Moment; onChange: (m: Moment) => void }) {
  const t = useText();
  const id = useId();
  const precisions: readonly (readonly [Precision, string])[] = [
    ["minute", t(w.toMinute)],
    ["hour", t(w.toHour)],
    ["day", t(w.toDay)],
  ];
  return (
    <fieldset className="plain field" aria-labelledby={id}>
      <span className="label" id={id}>
        {label}
      </span>
      <div className="when">
        <input type="date" className="input" aria-label={t(w.day, { label })} value={value.day} onChange={(e) => onChange({ ...value, day: e.target.value })} />
        {value.precision === "minute" && <input type="time" className="input" aria-label={t(w.clock, { label })} value={value.clock} onChange={(e) => onChange({ ...value, clock: e.target.value })} />}
        {value.precision === "hour" && (
          <select className="input" aria-label={t(w.hour, { label })} value={value.clock.slice(0, 2)} onChange={(e) => onChange({ ...value, clock: `${e.target.value}:00` })}>
            <option value="" />
            {HOURS.map((h) => (
              <option key={h} value={h}>
                {h}:00–{h}:59
              </option>
            ))}
          </select>
        )}
        <select className="input" aria-label={t(w.precision, { label })} value={value.precision} onChange={(e) => onChange({ ...value, precision: e.target.value as Precision })}>
          {precisions.map(([v, text]) => (
            <option key={v} value={v}>
              {text}
            </option>
          ))}
        </select>
      </div>
    </fieldset>
  );
}
