/** Where a case has been, by place and hour: solid where it was certainly there, striped where the time is known only roughly. */
import { ahead, wall } from "../../api/zone";
import { useMemo } from "react";
import type { Schemas } from "../../api/types";
import { time } from "../../words/format";
import { translate, useText } from "../../words/language";
import { w } from "./words";
import "./cases.css";

type Visit = Schemas["VisitRecord"];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** China's midnight lies 16 hours after that of UTC. */

export const whereOf = (v: Visit): string => v.place_name ?? v.vehicle ?? v.description ?? v.at_place ?? "–";

export function TimeLine({ visits }: { visits: readonly Visit[] }) {
  const t = useText();
  const { rows, from, to, marks } = useMemo(() => laidOut(visits), [visits]);
  const at = (ms: number): number => ((ms - from) / (to - from)) * 100;
  return (
    <figure className="card stack" aria-label={t(w.timeline)}>
      <div className="timeline">
        <strong className="num">{days(from, to)}</strong>
        <div className="scale" aria-hidden="true">
          {marks.map((m) => (
            <span key={m.at} style={{ insetInlineStart: `${at(m.at)}%`, width: `${(m.width / (to - from)) * 100}%` }} className="num">
              {m.text}
            </span>
          ))}
        </div>
        {rows.map(([where, list]) => (
          <div key={where}>
            <div data-typed>{where}</div>
            <div className="track">
              {marks.map((m) => (
                <i key={m.at} className="grid-line" style={{ insetInlineStart: `${at(m.at)}%` }} />
              ))}
              {list.map((v) => (
                <Bar key={v.visit_id} visit={v} at={at} />
              ))}
            </div>
          </div>
        ))}
      </div>
      <figcaption className="muted">{t(w.legend)}</figcaption>
    </figure>
  );
}

/** Both ends are intervals as wide as the stated precision: what lies between them is certain. */
function Bar({ visit: v, at }: { visit: Visit; at: (ms: number) => number }) {
  const [starts, ends, margin] = [Date.parse(v.starts), Date.parse(v.ends), v.margin_s * 1000];
  const [sureFrom, sureTo] = [starts + margin, ends - margin];
  const width = Math.max(ends - starts, 1);
  const text = translate(w.trackOf, { where: whereOf(v), from: time(v.starts), to: time(v.ends) });
  return (
    <span role="img" aria-label={text} title={text} className="bar" style={{ insetInlineStart: `${at(starts)}%`, width: `${at(ends) - at(starts)}%` }}>
      {(sureTo > sureFrom || margin === 0) && <span className="sure" style={{ insetInlineStart: `${((sureFrom - starts) / width) * 100}%`, insetInlineEnd: `${((ends - sureTo) / width) * 100}%` }} />}
    </span>
  );
}

/** The day, or the first and the last, of what is shown. */
function days(from: number, to: number): string {
  const [a, b] = [from, to - 1].map((ms) => wall(ms).slice(0, 10));
  return a === b ? (a ?? "") : `${a ?? ""} – ${b ?? ""}`;
}

interface Mark {
  at: number;
  width: number;
  text: string;
}

/** One row a place, in the order of the first visit; a scale of hours for a day or two, of days for more. */
function laidOut(visits: readonly Visit[]): { rows: [string, Visit[]][]; from: number; to: number; marks: Mark[] } {
  const rows = new Map<string, Visit[]>();
  for (const v of visits) rows.set(whereOf(v), [...(rows.get(whereOf(v)) ?? []), v]);
  const first = Math.min(...visits.map((v) => Date.parse(v.starts)));
  const last = Math.max(...visits.map((v) => Date.parse(v.ends)), first + HOUR);
  const step = last - first <= 12 * HOUR ? HOUR : last - first <= 2 * DAY ? 6 * HOUR : DAY;
  const down = (ms: number) => Math.floor((ms + ahead()) / step) * step - ahead();
  const [from, to] = [down(first), down(last - 1) + step];
  const count = Math.round((to - from) / step);
  const every = Math.ceil(count / 6);
  const marks = Array.from({ length: Math.ceil(count / every) }, (_, i): Mark => {
    const at = from + i * every * step;
    const local = wall(at);
    const midnight = local.slice(11, 16) === "00:00";
    return { at, width: every * step, text: step === DAY || midnight ? local.slice(5, 10) : local.slice(11, 16) };
  });
  return { rows: [...rows], from, to, marks };
}
