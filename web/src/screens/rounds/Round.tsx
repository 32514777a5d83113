/** One round at a place: how far, how fast, until when, who is missing. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "wouter";
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { View } from "../../ui/State";
import { toast } from "../../ui/toast";
import { number, percent, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Decide } from "../admin/Decide";
import { Crumbs, ownPlace } from "../admin/Place";
import { type Panel, Panels } from "../admin/Panels";
import { Links } from "./Links";
import { ByPlace } from "./ByPlace";
import { People, type RoundList } from "./People";
import { roundWords as w } from "./words";

type RoundView = Schemas["RoundView"];

export default function Round() {
  const { round = "" } = useParams<{ round: string }>();
  const [place, setPlace] = useState(ownPlace);
  const path = `/v1/rounds/${encodeURIComponent(round)}`;
  const view = useQuery({ queryKey: [path, place], queryFn: ({ signal }) => get<RoundView>(path, { place }, signal), placeholderData: (before) => before });
  return <View of={view}>{(v) => <Shown view={v} place={place} onGo={setPlace} />}</View>;
}

function Shown({ view: v, place, onGo }: { view: RoundView; place: string; onGo: (p: string) => void }) {
  const t = useText();
  const closed = v.state === "closed";
  const [list, setList] = useState<RoundList>(closed ? "missed" : "open");
  const [panel, setPanel] = useState("places");
  const left = closed ? v.progress.missed : v.progress.open;
  const panels: Panel[] = [
    { key: "places", title: t(w.byPlace), body: <ByPlace round={v.round} due={v.due} below={v.below} closed={closed} place={place} onGo={onGo} /> },
    { key: "lists", title: t(w.lists), badge: left > 0 ? number(left) : null, body: <People round={v.round} closed={closed} place={place} progress={v.progress} list={list} onList={setList} />, screenOnly: true },
    { key: "links", title: t(w.links), body: <Links round={v.round} place={place} /> },
  ];
  const show = (l: RoundList) => {
    setList(l);
    setPanel("lists");
  };
  return (
    <>
      <div className="row spread">
        <h1>
          <span data-typed>{v.name}</span> <span className={`badge ${v.state === "open" ? "good" : ""}`}>{term("RoundState", v.state)}</span>
        </h1>
        <span className="muted">
          {t(w.fromTo, { from: time(v.starts), to: time(v.closed_at ?? v.due) })}
          {v.pool_size && ` · ${t(w.poolOf, { n: v.pool_size })}`}
        </span>
        <CloseRound view={v} />
      </div>
      <Crumbs place={place} top={ownPlace()} onGo={onGo} />
      <Progress view={v} onList={show} />
      <Forecast view={v} />
      <Panels label={t(w.round)} panels={panels} chosen={panel} onChoose={setPanel} />
    </>
  );
}

/** The figures of people; each that has a list chooses it. */
function Progress({ view: v, onList }: { view: RoundView; onList: (l: RoundList) => void }) {
  const t = useText();
  const p = v.progress;
  const closed = v.state === "closed";
  const done = p.should - p.waived - p.superseded + p.missed;
  const left = closed ? p.missed : p.open;
  const parts: [string, string, string, RoundList | null][] = [
    [percent(p.sampled, done), t(w.rate), "", null],
    [number(p.should), t(w.should), "", null],
    [number(p.sampled), t(w.sampled), "good", "done"],
    [number(left), t(closed ? w.missed : w.toGo), left > 0 ? "bad" : "", closed ? "missed" : "open"],
    [number(p.waived), t(w.waived), "", "waived"],
    [number(v.results.resulted), t(w.resulted), "", null],
    [number(v.results.pending), t(w.pending), v.results.pending > 0 ? "warn" : "", null],
  ];
  return (
    <div className="figures">
      {parts.map(([n, text, tone, list]) => {
        const inside = (
          <>
            <span className={`big ${tone}`}>{n}</span>
            <span className="small">{text}</span>
          </>
        );
        return list ? (
          <button key={text} type="button" className="figure opens" onClick={() => onList(list)}>
            {inside}
          </button>
        ) : (
          <div key={text} className="figure">
            {inside}
          </div>
        );
      })}
    </div>
  );
}

function Forecast({ view: v }: { view: RoundView }) {
  const t = useText();
  if (v.state === "closed") return null;
  const end = (at: string | null | undefined) => (at ? time(at) : t(w.noForecast));
  const late = v.pace.sampling_ends && v.pace.sampling_ends > v.due;
  return (
    <p className={`note row ${late ? "warn" : ""}`}>
      <span>{t(w.pace, { n: v.pace.minutes, p: number(Math.round(v.pace.per_hour)) })}</span>
      <span>
        {t(w.samplingEnds)} <strong>{end(v.pace.sampling_ends)}</strong> {late && <span className="badge bad">{t(w.late)}</span>}
      </span>
      <span>
        {t(w.lastResult)} <strong>{end(v.pace.last_result)}</strong>
      </span>
    </p>
  );
}

function CloseRound({ view: v }: { view: RoundView }) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  // How many will be missed is asked of the whole round, whatever place one looks at.
  const whole = useQuery({ queryKey: [`/v1/rounds/${v.round}`, "whole"], enabled: asked, queryFn: ({ signal }) => get<RoundView>(`/v1/rounds/${encodeURIComponent(v.round)}`, {}, signal) });
  if (useSession()?.role !== "commander" || v.state === "closed") return null;
  const close = async () => {
    await say({ round_closed: { round: v.round, at: stamp() } });
    toast("good", t(w.closed, { name: v.name }));
    await queries.invalidateQueries();
  };
  return (
    <>
      <Button danger onClick={() => setAsked(true)}>
        {t(w.close)}
      </Button>
      {asked && (
        <Decide title={t(w.close)} confirm={t(w.close)} danger withoutReason withoutDecider onClose={() => setAsked(false)} onDecide={close}>
          <p className="note warn">{t(w.closeMeans, { n: whole.data ? number(whole.data.progress.open) : "…" })}</p>
        </Decide>
      )}
    </>
  );
}
