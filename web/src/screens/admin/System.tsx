/** How the server is, as it says itself. */
import { useQuery } from "@tanstack/react-query";
import { skew, useNow } from "../../api/clock";
import { ask, get } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { PlaceName } from "../../ui/PlaceName";
import { View } from "../../ui/State";
import { day as dayOf, number, span, time } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { admin as w } from "./words";

/** A server that is not ready says so with 503 and the same answer. */
async function readiness(signal: AbortSignal): Promise<Schemas["Readiness"]> {
  try {
    return (await (await ask("/readyz", { signal })).json()) as Schemas["Readiness"];
  } catch (e) {
    if (e instanceof Problem && e.status === 503) return { ready: false, database: false, door: false, waiting: 0, reason: e.message };
    throw e;
  }
}

export default function System() {
  const t = useText();
  const health = useQuery({ queryKey: ["/v1/health"], refetchInterval: 10_000, queryFn: ({ signal }) => get<Schemas["Health"]>("/v1/health", {}, signal) });
  const ready = useQuery({ queryKey: ["/readyz"], refetchInterval: 10_000, retry: false, queryFn: ({ signal }) => readiness(signal) });
  return (
    <>
      <h1>{t(w.system_)}</h1>
      <View of={ready}>{(r) => <Ready of={r} />}</View>
      <View of={health}>{(h) => <Facts of={h} />}</View>
    </>
  );
}

function Ready({ of: r }: { of: Schemas["Readiness"] }) {
  const t = useText();
  const parts: [Text, boolean][] = [[w.database, r.database], [w.door, r.door]];
  return (
    <div className="figures">
      <div className="figure">
        <span className={`big ${r.ready ? "good" : "bad"}`}>{t(r.ready ? w.ready : w.notReady)}</span>
        {r.reason && <span className="small" data-typed>{r.reason}</span>}
      </div>
      {parts.map(([text, well]) => (
        <div key={text[1]} className="figure">
          <span className={`big ${well ? "" : "bad"}`}>{t(well ? w.well : w.faulty)}</span>
          <span className="small">{t(text)}</span>
        </div>
      ))}
      <div className="figure">
        <span className="big">{number(r.waiting)}</span>
        <span className="small">{t(w.waiting)}</span>
      </div>
    </div>
  );
}

/** A clock that is off by less is right. */
const CLOCK_MS = 60_000;

function Facts({ of: h }: { of: Schemas["Health"] }) {
  const t = useText();
  const now = useNow(1_000);
  const off = skew();
  const clock = Math.abs(off) < CLOCK_MS ? t(w.clockRight) : t(off > 0 ? w.clockBehind : w.clockAhead, { span: span(off) });
  const rows: [Text, React.ReactNode][] = [
    [w.book, <span data-typed>{h.book} <PlaceName place={h.root} /></span>],
    [w.protocol, <span data-typed>{h.protocol}</span>],
    [w.openDay, h.open_day ? dayOf(h.open_day) : "–"],
    [w.position, number(h.seq)],
    [w.serverTime, time(now)],
    [w.deviceClock, clock],
    [w.version, <span data-typed>{h.version}</span>],
  ];
  return (
    <dl className="card grid">
      {rows.map(([text, value]) => (
        <div key={text[1]}>
          <dt className="muted">{t(text)}</dt>
          <dd style={{ fontWeight: 600, overflowWrap: "anywhere" }}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
