/** The area of the place as tiles: no outlines of townships are known, so it shows the place tree and says so. */
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { Schemas } from "../../api/types";
import { linesOf } from "../../draw/lettering";
import { squarify, type Tile } from "../../draw/squarify";
import { Button } from "../../ui/Button";
import { Fault } from "../../ui/State";
import { useSize } from "../../ui/size";
import { number, percent } from "../../words/format";
import { useText } from "../../words/language";
import { named } from "../../api/places";
import { listAt, useAnswer, wallAt, within, type Zone } from "./data";
import { w } from "./words";

type Measure = "openShare" | "overdueDuties" | "newCases";
const MEASURES: readonly Measure[] = ["openShare", "overdueDuties", "newCases"];
/** Up to where each step of colour goes; what is more has the last one. */
const STEPS: Record<Measure, readonly number[]> = { openShare: [0, 0.05, 0.25, 0.5], overdueDuties: [0, 5, 20, 100], newCases: [0, 1, 3, 10] };
const COLOURS = ["#1c3f38", "#23527a", "#76601a", "#9c4a17", "#b3261e"] as const;

interface Spot {
  place: string;
  name: string;
  should: number;
  open: number;
  overdue: number;
  cases: number;
  zones: Zone[];
}

export function Map({ place, round, shoulds }: { place: string; round: string | null; shoulds: Schemas["Shoulds"] | undefined }) {
  const t = useText();
  const [measure, setMeasure] = useState<Measure>("openShare");
  const [equal, setEqual] = useState(false);
  const view = useAnswer<Schemas["RoundView"]>(`/v1/rounds/${round ?? ""}`, { place }, round !== null);
  const indicators = useAnswer<Schemas["Indicators"]>("/v1/indicators", { place });
  const zones = useAnswer<{ items: Zone[] }>("/v1/zones", { in_force: true, place, limit: 1000 });
  const spots = joined(shoulds, view.data, indicators.data, zones.data?.items ?? []);
  const force = spots.reduce((n, s) => n + s.zones.length, 0);
  const label: Record<Measure, string> = { openShare: t(w.openShare), overdueDuties: t(w.overdueDuties), newCases: t(w.newCases) };
  return (
    <section className="b-card b-map" data-part="map">
      <div className="b-maphead">
        <h2>{t(w.map)}</h2>
        <Link className="b-link num" href={listAt("zones", { place })}>
          <svg width="1em" height="1em" viewBox="0 0 10 10" aria-hidden="true">
            <circle cx="5" cy="5" r="4" fill="#ff5a4f" stroke="#fff" strokeWidth="1.5" />
          </svg>{" "}
          {t(w.zones, { n: zones.data ? number(force) : "–" })}
        </Link>
      </div>
      {zones.error && !zones.data && <Fault error={zones.error} />}
      <div className="b-choice" role="group" aria-label={t(w.measure)}>
        {MEASURES.map((m) => (
          <Button key={m} aria-pressed={m === measure} onClick={() => setMeasure(m)}>
            {label[m]}
          </Button>
        ))}
        <Button aria-pressed={equal} onClick={() => setEqual(!equal)}>
          {t(w.equal)}
        </Button>
      </div>
      {shoulds && spots.length === 0 ? <p className="b-muted">{t(w.noPlaces)}</p> : <Tiles spots={spots} measure={measure} label={label[measure]} equal={equal} />}
      <p className="b-small">
        <Scale measure={measure} /> {t(equal ? w.notGeographyEqual : w.notGeography)}
      </p>
    </section>
  );
}

/** Children of a place that have people to sample; without a round, those that have any duty. */
function joined(shoulds: Schemas["Shoulds"] | undefined, round: Schemas["RoundView"] | undefined, indicators: Schemas["Indicators"] | undefined, zones: readonly Zone[]): Spot[] {
  const cases = new globalThis.Map(indicators?.below.map((b) => [b.place, b.cases.cases]));
  const rounds = new globalThis.Map(round?.below.map((b) => [b.place, b]));
  const known = new globalThis.Map([...(round?.below ?? []), ...(shoulds?.below ?? [])].map((b) => [b.place, named(b)]));
  const lines = new globalThis.Map(shoulds?.below.map((b) => [b.place, b.shoulds]));
  return [...known].flatMap(([place, name]): Spot[] => {
    const [r, own] = [rounds.get(place), lines.get(place) ?? []];
    const test = own.find((l) => l.should_what === "test");
    const should = r?.should ?? (round ? 0 : (test?.should ?? 0));
    const spot = { place, name, should, open: r?.open ?? test?.open ?? 0, overdue: own.reduce((n, l) => n + l.overdue, 0), cases: cases.get(place) ?? 0, zones: zones.filter((z) => within(z.place, place)) };
    return should > 0 || spot.zones.length > 0 ? [spot] : [];
  });
}

const valueOf = (s: Spot, m: Measure): number => (m === "openShare" ? (s.should === 0 ? 0 : s.open / s.should) : m === "overdueDuties" ? s.overdue : s.cases);
const shown = (s: Spot, m: Measure): string => (m === "openShare" ? percent(s.open, s.should) : number(valueOf(s, m)));
const colour = (s: Spot, m: Measure): string => {
  const at = STEPS[m].findIndex((top) => valueOf(s, m) <= top);
  return COLOURS[at === -1 ? 4 : at] ?? COLOURS[4];
};

function Tiles({ spots, measure, label, equal }: { spots: readonly Spot[]; measure: Measure; label: string; equal: boolean }) {
  const t = useText();
  const [, go] = useLocation();
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const at = new globalThis.Map(spots.map((s) => [s.place, s]));
  const tiles = squarify(spots.map((s) => ({ id: s.place, size: equal ? 1 : s.should })), width, height, 0.014);
  return (
    <div ref={ref} className="b-tiles">
      <svg width={width} height={height} role="group" aria-label={t(w.map)}>
        {tiles.map((tile) => {
          const s = at.get(tile.id);
          return (
            s && (
              <a
                key={s.place}
                href={wallAt(s.place)}
                data-place={s.place}
                aria-label={t(w.tile, { place: s.name, measure: label, value: shown(s, measure), should: number(s.should), open: number(s.open), overdue: number(s.overdue), zones: s.zones.length })}
                onClick={(e) => (e.preventDefault(), go(wallAt(s.place)))}
              >
                <OneTile tile={tile} spot={s} value={shown(s, measure)} fill={colour(s, measure)} />
              </a>
            )
          );
        })}
      </svg>
    </div>
  );
}

function OneTile({ tile: r, spot: s, value, fill }: { tile: Tile; spot: Spot; value: string; fill: string }) {
  const { lines, wide } = linesOf(s.name, r.width, r.height);
  const name = Math.min((r.height * 0.4) / (lines.length + 1), (r.width - 8) / wide, Math.sqrt(r.width * r.height) * 0.16);
  const figure = Math.min(r.height * 0.32, (r.width - 8) / (value.length * 0.62), name * 1.5);
  const dot = Math.max(2.5, Math.min(r.height, r.width) * 0.055);
  const room = Math.max(1, Math.floor((r.width - 8) / (dot * 2.6)));
  const dots = s.zones.slice(0, Math.min(room, 12));
  return (
    <>
      <rect x={r.x + 1} y={r.y + 1} width={Math.max(0, r.width - 2)} height={Math.max(0, r.height - 2)} rx={3} fill={fill} />
      {lines.map((l, i) => (
        <text key={l} x={r.x + r.width / 2} y={r.y + r.height / 2 - name * (0.1 + 1.05 * (lines.length - 1 - i))} fontSize={name} textAnchor="middle" fill="#fff" data-typed>
          {l}
        </text>
      ))}
      <text x={r.x + r.width / 2} y={r.y + r.height / 2 + figure * 0.95} fontSize={figure} fontWeight="700" textAnchor="middle" fill="#fff" className="num">
        {value}
      </text>
      {dots.map((z, i) => (
        <circle key={z.place} cx={r.x + r.width - 5 - dot - i * dot * 2.6} cy={r.y + 5 + dot} r={dot} fill={z.level === "high" ? "#ff5a4f" : "#ffc266"} stroke="#fff" strokeWidth={Math.max(1, dot * 0.2)}>
          <title data-typed>{z.place_name}</title>
        </circle>
      ))}
      {s.zones.length > dots.length && (
        <text x={r.x + r.width - 5} y={r.y + dot * 2 + 5 + name * 0.8} fontSize={name * 0.7} textAnchor="end" fill="#fff">
          +{s.zones.length - dots.length}
        </text>
      )}
    </>
  );
}

/** What the colours mean. */
function Scale({ measure }: { measure: Measure }) {
  const put = (n: number): string => (measure === "openShare" ? `${n * 100}%` : number(n));
  const steps = STEPS[measure];
  return (
    <span className="b-scale num">
      {COLOURS.map((c, i) => (
        <span key={c} style={{ background: c }}>
          {i === 0 ? put(0) : i < steps.length ? `≤${put(steps[i] ?? 0)}` : `>${put(steps.at(-1) ?? 0)}`}
        </span>
      ))}
    </span>
  );
}
