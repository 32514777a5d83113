import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "wouter";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { PlaceName } from "../../ui/PlaceName";
import { Due } from "../../ui/Due";
import { GiveUpTube } from "../../ui/GiveUpTube";
import { View } from "../../ui/State";
import { time } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";
import "./person.css";

type TubeView = Schemas["TubeView"];
type Step = { at: string; what: Text; more?: string; from?: string; to?: string; typed?: string; tone?: string };

const resultTone = (r: Schemas["TestResult"]): string => (r === "negative" ? "good" : r === "positive" ? "bad" : "warn");

/** One tube: who is in it, through whose hands it went, what was found. */
export default function Tube() {
  const { tube = "" } = useParams<{ tube: string }>();
  const view = useQuery({ queryKey: ["/v1/tubes", tube], queryFn: ({ signal }) => get<TubeView>(`/v1/tubes/${encodeURIComponent(tube)}`, {}, signal) });
  return <View of={view}>{(v) => <Known tube={v} />}</View>;
}

function Known({ tube: v }: { tube: TubeView }) {
  const t = useText();
  const due = v.resulted_at ? null : v.received_at ? v.test_due : v.sealed_at ? v.deliver_due : v.seal_due;
  return (
    <div className="person">
      <div className="stack">
        <section className="card stack">
          <h1 data-typed>{v.tube}</h1>
          <p className="row">
            <span className="badge">{term("TubeState", v.state)}</span>
            {v.result && <strong className={`badge ${resultTone(v.result)}`}>{term("TestResult", v.result)}</strong>}
            {due && <Due at={due} />}
          </p>
          <dl className="facts">
            <Pair name={w.mode}>
              {term("TubeMode", v.mode)} <span className="num">{t(w.membersOf, { n: v.members, of: v.capacity })}</span>
            </Pair>
            <Pair name={w.station}>
              <PlaceName place={v.place} known={v.place_name} />
            </Pair>
            {v.round && (
              <Pair name={w.round}>
                <span data-typed>{v.round}</span>
              </Pair>
            )}
            {v.box && (
              <Pair name={w.box}>
                <span data-typed>{v.box}</span>
              </Pair>
            )}
            {v.holder && (
              <Pair name={w.holder}>
                <Holder of={v.holder} />
              </Pair>
            )}
            {v.laboratory && (
              <Pair name={w.laboratory}>
                <PlaceName place={v.laboratory} known={v.laboratory_name} />
              </Pair>
            )}
          </dl>
          <div>
            <GiveUpTube tube={v.tube} people={v.members} state={v.state} />
          </div>
        </section>
        <Members tube={v} />
      </div>
      <Way tube={v} />
    </div>
  );
}

function Pair({ name, children }: { name: Text; children: React.ReactNode }) {
  const t = useText();
  return (
    <div>
      <dt>{t(name)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who has it: a laboratory or a station is known by its code, a courier by name. */
function Holder({ of }: { of: string }) {
  return /^\d+(\.\w+)+$/.test(of) ? <PlaceName place={of} /> : <span data-typed>{of}</span>;
}

function Members({ tube: v }: { tube: TubeView }) {
  const t = useText();
  return (
    <section className="card stack">
      <h2>{t(w.members)}</h2>
      <ul className="members">
        {(v.who ?? []).map((m) => (
          <li key={m.person_id}>
            {m.name ? (
              <Link href={`/persons/${m.person_id}`} className="button" data-typed>
                {m.name}
              </Link>
            ) : (
              <span className="muted">{t(w.outside)}</span>
            )}
            <span className="num muted">{time(m.sampled_at)}</span>
            {m.void_seq && <span className="badge warn">{t(w.takenBack)}</span>}
            {m.flag && <span className="badge warn">{t(w.flagged)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function stepsOf(v: TubeView, t: (text: Text, values?: Record<string, string | number>) => string): Step[] {
  const at: [string | null | undefined, Text][] = [
    [v.opened_at, w.tOpened],
    [v.sealed_at, w.tSealed],
    [v.packed_at, w.tPacked],
    [v.left_at, w.tLeft],
    [v.received_at, w.tReceived],
  ];
  const steps = at.flatMap(([x, what]): Step[] => (x ? [{ at: x, what }] : []));
  for (const h of v.custody ?? []) steps.push({ at: h.at, what: w.tHanded, from: h.given_by, to: h.taken_by, typed: [h.box, h.temperature != null && `${h.temperature} °C`].filter(Boolean).join(" · ") });
  for (const r of v.results ?? []) {
    const cts = r.targets.map((x) => `${x.target} ${x.ct ?? "–"}`).join(", ");
    steps.push({
      at: r.at,
      what: w.tResult,
      more: [term("TestResult", r.result), r.correction && t(w.tCorrected), r.plate_valid === false && t(w.tPlateBad)].filter(Boolean).join(" · "),
      typed: [cts && `Ct ${cts}`, r.plate && t(w.tPlate, { plate: r.plate }), r.correction].filter(Boolean).join(" · "),
      tone: resultTone(r.result),
    });
  }
  return steps.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function Way({ tube }: { tube: TubeView }) {
  const t = useText();
  return (
    <section className="stack">
      <h2>{t(w.way)}</h2>
      <ol className="events">
        {stepsOf(tube, t).map((s, i) => (
          <li key={`${s.at} ${i}`} className={s.tone ?? ""}>
            <time className="num muted" dateTime={s.at}>
              {time(s.at)}
            </time>
            <div>
              <strong>{t(s.what)}</strong> {s.more}
              {(s.typed || s.to) && (
                <p className="muted">
                  {s.from && s.to && (
                    <>
                      <Holder of={s.from} /> → <Holder of={s.to} />{" "}
                    </>
                  )}
                  <span data-typed>{s.typed}</span>
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
