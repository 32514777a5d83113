/** How far the round is, when it will end if it goes on like that, and where it will end last. */
import { Link } from "wouter";
import { bookNow } from "../../api/clock";
import type { Schemas } from "../../api/types";
import { Fault, View } from "../../ui/State";
import { hour, number, percent, time } from "../../words/format";
import { useText } from "../../words/language";
import { named } from "../../api/places";
import { over, piledUp } from "./forecast";
import { TUBE_LINKS } from "./Links";
import { itemsAt, listAt, type RoundPlace, useAnswer, wallAt } from "./data";
import { w } from "./words";

export function Round({ place, round }: { place: string; round: string | null }) {
  const t = useText();
  const view = useAnswer<Schemas["RoundView"]>(`/v1/rounds/${round ?? ""}`, { place }, round !== null);
  const places = useAnswer<{ items: RoundPlace[] }>(`/v1/rounds/${round ?? ""}/places`, { place }, round !== null);
  const speed = useAnswer<Schemas["ChainSpeed"]>(`/v1/rounds/${round ?? ""}/links`, { place }, round !== null);
  if (round === null) return <section className="b-card"><h2>{t(w.round)}</h2><p className="b-muted">{t(w.noRound)}</p></section>;
  return (
    <section className="b-card" data-part="round">
      <View of={view}>
        {(r) => {
          const p = r.progress;
          const jam = piledUp(speed.data?.links.slice(0, TUBE_LINKS) ?? [], r.pace.last_result, bookNow());
          return (
            <>
              <h2>
                {t(w.round)} <span data-typed>{r.name}</span> <small className="b-muted">{r.state === "closed" ? t(w.closedRound) : t(w.dueBy, { at: time(r.due) })}</small>
              </h2>
              <div className="b-figures">
                <Figure href={itemsAt({ state: "done", kind: "sample", place, round })} value={percent(p.sampled, p.should - p.waived - p.superseded + p.missed)} label={t(w.sampled)} />
                {r.state === "closed" ? (
                  <Figure href={itemsAt({ state: "missed", kind: "sample", place, round })} value={number(p.missed)} label={t(w.missed)} bad={p.missed > 0} />
                ) : (
                  <Figure href={itemsAt({ kind: "sample", place, round })} value={number(p.open)} label={t(w.toSample)} />
                )}
                <Ends at={r.pace.sampling_ends} due={r.due} open={p.open} href={listAt("round", { place, round })} />
              </div>
              <Link className="b-sub num" href={itemsAt({ kind: "result", place, round })}>
                {t(w.pending)} {number(r.results.pending)}
                {r.results.pending > 0 && (jam ? ` · ${t(w.backlog)}` : r.pace.last_result && ` · ${t(w.lastResult)} ${hour(r.pace.last_result)}`)}
              </Link>
              {places.error && !places.data ? <Fault error={places.error} /> : places.data && <Slowest items={places.data.items} english={r.below} due={r.due} place={place} round={round} />}
            </>
          );
        }}
      </View>
    </section>
  );
}

export function Figure({ href, value, label, bad }: { href: string; value: string; label: string; bad?: boolean }) {
  return (
    <Link href={href} className="b-fig">
      <span className={`b-figure num ${bad ? "b-bad" : ""}`}>{value}</span>
      <span className="b-label">{label}</span>
    </Link>
  );
}

/** When sampling ends if it goes on like that. */
function Ends({ at, due, open, href }: { at: string | null | undefined; due: string; open: number; href: string }) {
  const t = useText();
  const late = at ? Date.parse(at) > Date.parse(due) : false;
  return (
    <Link href={href} className="b-fig">
      <span className={`b-figure num ${late || (!at && open > 0) ? "b-bad" : ""}`}>{at ? hour(at) : open === 0 ? "✓" : "–"}</span>
      <span className="b-label">
        {t(w.samplingEnds)}
        {!at && open > 0 && ` · ${t(w.stuck)}`}
      </span>
    </Link>
  );
}

/** Where it will end last: first the places where people wait and nobody samples. */
export function byForecast(a: RoundPlace, b: RoundPlace): number {
  const weight = (p: RoundPlace): number => (p.open > 0 ? (p.sampling_ends ? Date.parse(p.sampling_ends) : Infinity) : p.pending > 0 ? (p.last_result ? Date.parse(p.last_result) / 1e6 : 1e6) : 0);
  const [x, y] = [weight(a), weight(b)];
  return x === y ? b.open - a.open || b.pending - a.pending || (a.place < b.place ? -1 : 1) : y - x;
}

function Slowest({ items, english, due, place, round }: { items: readonly RoundPlace[]; english: readonly Schemas["PlaceProgress"][]; due: string; place: string; round: string }) {
  const t = useText();
  const names = new globalThis.Map(english.map((e) => [e.place, named(e)]));
  const rows = items.filter((p) => p.should > 0).sort(byForecast);
  return (
    <div className="b-slow">
      <h3>
        {t(w.townships)} · <Link href={listAt("round", { place, round })}>{t(w.allPlaces, { n: rows.length })}</Link>
      </h3>
      <ul>
        {rows.slice(0, 5).map((p) => (
          <li key={p.place}>
            <Link href={wallAt(p.place)} data-typed className="b-name">
              {names.get(p.place) ?? p.name}
            </Link>
            <span className="b-bar" aria-hidden="true">
              <span style={{ width: `${p.should === 0 ? 100 : ((p.should - p.open) / p.should) * 100}%` }} />
            </span>
            <Link className="num" href={itemsAt(p.open > 0 ? { kind: "sample", place: p.place, round } : { kind: "result", place: p.place, round })}>
              {p.open > 0 ? number(p.open) : p.pending > 0 ? number(p.pending) : "0"} <small>{p.open > 0 ? t(w.toSample) : t(w.pending)}</small>
            </Link>
            <Forecast of={p} due={due} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** When a place will be done. */
export function Forecast({ of: p, due }: { of: RoundPlace; due: string }) {
  const t = useText();
  if (p.open > 0 && !p.sampling_ends) return <span className="b-bad bad">{t(w.stuck)}</span>;
  const at = p.open > 0 ? p.sampling_ends : p.pending > 0 ? p.last_result : null;
  if (over(at, bookNow())) return <span className="b-muted muted">{t(w.unclear)}</span>;
  if (!at) return <span className="b-good good">{p.pending > 0 ? "–" : "✓"}</span>;
  return <span className={`num ${p.open > 0 && Date.parse(at) > Date.parse(due) ? "b-bad bad" : ""}`}>{hour(at)}</span>;
}
