/** New cases: found in the community against found under control, and the curve of the days. */
import { useLocation } from "wouter";
import type { Schemas } from "../../api/types";
import { dayPlus, stackedBars } from "../../draw/bars";
import { View } from "../../ui/State";
import { useSize } from "../../ui/size";
import { date, day, number } from "../../words/format";
import { useText } from "../../words/language";
import { listAt, useAnswer } from "./data";
import { Figure } from "./Round";
import { w } from "./words";

/** Days on the curve. */
const DAYS = 28;
const SERIES = ["community", "unknown", "controlled"] as const;

export function Cases({ place, summary }: { place: string; summary: Schemas["CaseSummary"] }) {
  const t = useText();
  const today = summary.today;
  const counts = useAnswer<Schemas["CaseCounts"]>("/v1/cases/counts", { place });
  const of = (control: string): string => listAt("cases", { place, from: today.day, to: today.day, control });
  return (
    <section className="b-card" data-part="cases">
      <h2>
        {t(w.cases)} <small className="b-muted">{day(today.day)}</small>
      </h2>
      <div className="b-figures">
        <Figure href={of("community_found")} value={number(today.community_found)} label={t(w.community)} bad={today.community_found > 0} />
        <Figure href={listAt("cases", { place, control: "community_found" })} value={summary.days_since_community == null ? "–" : number(summary.days_since_community)} label={summary.days_since_community == null ? t(w.never) : t(w.daysSince)} />
        {today.unknown_channel > 0 && <Figure href={listAt("cases", { place, from: today.day, to: today.day })} value={number(today.unknown_channel)} label={t(w.unknown)} bad />}
        <Figure href={of("controlled")} value={number(today.controlled)} label={t(w.controlled)} />
        <Figure href={listAt("cases", { place, state: "active" })} value={number(summary.active)} label={t(w.active)} />
      </div>
      <View of={counts}>{(c) => <Curve place={place} days={c.days} to={today.day} />}</View>
    </section>
  );
}

function Curve({ place, days, to }: { place: string; days: readonly Schemas["CaseDay"][]; to: string }) {
  const t = useText();
  const [, go] = useLocation();
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const em = Math.max(11, Math.min(width / 26, height / 7));
  const from = dayPlus(to, 1 - DAYS);
  const values = new globalThis.Map(days.map((d) => [d.day, [d.community_found, d.unknown_channel, d.controlled]]));
  const [left, below] = [em * 2, em * 1.4];
  // Each day's label stands in the middle under its bar: the last one needs half of itself beside it.
  const [long, high] = [Math.max(10, width - left - em * 1.5), Math.max(10, height - below - em)];
  const curve = stackedBars(values, 3, from, to, long, high);
  return (
    <figure className="b-curve">
      <figcaption className="b-small">
        {t(w.curve)}{" "}
        {SERIES.map((s, i) => (
          <span key={s} className="b-key">
            <span className={`b-swatch b-s${i}`} aria-hidden="true" /> {t(w[s])}
          </span>
        ))}
      </figcaption>
      <div ref={ref} className="b-plot">
        {width > 0 && (
          <svg width={width} height={height} role="group" aria-label={t(w.curve)} fontSize={em}>
            <g transform={`translate(${left} ${em})`}>
              {curve.ticks.map((k) => (
                <g key={k.value}>
                  <path d={`M0 ${k.y}H${long}`} stroke="var(--line)" />
                  <text x={-em * 0.3} y={k.y + em * 0.35} textAnchor="end" fill="var(--ink-2)">
                    {number(k.value)}
                  </text>
                </g>
              ))}
              <path d={`M0 ${high}H${long}`} stroke="var(--ink-2)" />
              {curve.bars.map((b, i) => {
                const href = listAt("cases", { place, from: b.day, to: b.day });
                return (
                  <g key={b.day}>
                    {b.total > 0 && (
                      <a href={href} aria-label={`${day(b.day)}: ${SERIES.map((s, n) => `${t(w[s])} ${b.parts[n]?.value ?? 0}`).join(", ")}`} onClick={(e) => (e.preventDefault(), go(href))}>
                        <rect x={b.x - 2} y={0} width={b.width + 4} height={high} fill="transparent" />
                        {b.parts.map((p, n) => p.value > 0 && <rect key={SERIES[n]} className={`b-s${n}`} x={b.x} y={p.y} width={b.width} height={Math.max(1, p.height - 1)} />)}
                      </a>
                    )}
                    {(DAYS - 1 - i) % 7 === 0 && (
                      <text x={b.x + b.width / 2} y={high + em * 1.2} textAnchor="middle" fill="var(--ink-2)">
                        {date(b.day)}
                      </text>
                    )}
                  </g>
                );
              })}
            </g>
          </svg>
        )}
      </div>
    </figure>
  );
}
