/** Risk zones: what is in force, until when; the commander designates and lifts. */
import { useState } from "react";
import { Link } from "wouter";
import { bookNow } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { Input, Select } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { toast } from "../../ui/toast";
import { Written } from "../../ui/Written";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { Decide } from "../admin/Decide";
import { ofField, toField } from "../admin/local";
import { PlacePicker } from "../admin/Place";
import { roundWords as w } from "./words";

type Zone = Schemas["ZoneItem"];

const nameOf = (z: Zone): string => [...z.names, z.place_name ?? z.place].join(" ");

export default function Zones() {
  const t = useText();
  const commander = useSession()?.role === "commander";
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState(false);
  const [lifting, setLifting] = useState<Zone | null>(null);
  const pages = usePages<Zone>("/v1/zones", { in_force: all ? null : true });
  return (
    <>
      <div className="row spread">
        <h1>{t(w.zones)}</h1>
        <div className="row">
          <Link href="/rounds" className="button">
            {t(w.seeRounds)}
          </Link>
          {commander && (
            <Button first onClick={() => setOpen(true)}>
              {t(w.designate)}
            </Button>
          )}
        </div>
      </div>
      <div className="tabs" role="tablist" aria-label={t(w.zones)}>
        {[false, true].map((a) => (
          <button key={String(a)} type="button" role="tab" aria-selected={all === a} onClick={() => setAll(a)}>
            {t(a ? w.everAll : w.inForce)}
          </button>
        ))}
      </div>
      <List pages={pages} id={(z) => `${z.place} ${z.designated_at}`} label={t(w.zones)} line={110} empty={t(w.zonesNone)}>
        {(z) => <Line zone={z} onLift={commander && !z.lifted_at ? () => setLifting(z) : null} />}
      </List>
      {open && <Designate onClose={() => setOpen(false)} />}
      {lifting && <Lift zone={lifting} onClose={() => setLifting(null)} />}
    </>
  );
}

const tone = (l: Zone["level"]): string => (l === "high" ? "bad" : l === "low" ? "" : "warn");

function Line({ zone: z, onLift }: { zone: Zone; onLift: (() => void) | null }) {
  const t = useText();
  return (
    <div className="line row spread">
      <span className="grow stack" style={{ gap: 2 }}>
        <span>
          <strong data-typed>{nameOf(z)}</strong> <span className={`badge ${tone(z.level)}`}>{term("ZoneLevel", z.level)}</span>
        </span>
        <span className="muted">
          {t(w.since, { time: time(z.designated_at) })} · <span data-typed>{z.decider}</span> · <Written text={z.reason} />
        </span>
      </span>
      {z.lifted_at ? (
        <span className="muted">
          {t(w.lifted)} {time(z.lifted_at)}
        </span>
      ) : (
        z.lift_due && (
          <span className="row" style={{ gap: 8 }}>
            <span className="muted">{t(w.liftDue)} {time(z.lift_due)}</span>
            <Due at={z.lift_due} />
          </span>
        )
      )}
      {onLift && <Button onClick={onLift}>{t(w.lift)}</Button>}
    </div>
  );
}

function Designate({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [place, setPlace] = useState("");
  const [level, setLevel] = useState<Zone["level"]>("high");
  const [at, setAt] = useState(() => toField());
  const designate = async (d: { decider: string; reason: string }) => {
    await say({ zone_designated: { place, level, at: ofField(at) ?? "", ...d } });
    toast("good", t(w.designated, { level: term("ZoneLevel", level) }));
    await queries.invalidateQueries();
  };
  return (
    <Decide title={t(w.designate)} confirm={t(w.designate)} unready={place === ""} onClose={onClose} onDecide={designate}>
      <p className="muted">{t(w.designateMeans)}</p>
      <PlacePicker label={t(w.zoneScope)} value={place} onPick={setPlace} />
      <Select label={t(w.level)} value={level} onChange={(e) => setLevel(e.target.value as Zone["level"])} options={termsOf("ZoneLevel").map((l) => [l, term("ZoneLevel", l)])} />
      <Input label={t(w.from)} type="datetime-local" value={at} onChange={(e) => setAt(e.target.value)} required />
    </Decide>
  );
}

function Lift({ zone: z, onClose }: { zone: Zone; onClose: () => void }) {
  const t = useText();
  const [at, setAt] = useState(() => toField());
  // It may be lifted in the course of its last day; before that it is a decision against the rule.
  const early = z.lift_due ? Date.parse(z.lift_due) - bookNow() > 86_400_000 : false;
  const [sure, setSure] = useState(false);
  const lift = async (d: { decider: string; reason: string }) => {
    await say({ zone_lifted: { place: z.place, at: ofField(at) ?? "", ...(early && sure ? { early: true } : {}), ...d } });
    toast("good", t(w.lifted));
    await queries.invalidateQueries();
  };
  return (
    <Decide title={t(w.liftTitle)} confirm={t(w.lift)} onClose={onClose} onDecide={lift}>
      <p>
        <strong data-typed>{nameOf(z)}</strong> <span className={`badge ${tone(z.level)}`}>{term("ZoneLevel", z.level)}</span>
      </p>
      {early && (
        <>
          <p className="note warn">{t(w.earlyMeans, { time: time(z.lift_due) })}</p>
          <label className="check">
            <input type="checkbox" checked={sure} onChange={(e) => setSure(e.target.checked)} required />
            <span>{t(w.early)}</span>
          </label>
        </>
      )}
      <Input label={t(w.from)} type="datetime-local" value={at} onChange={(e) => setAt(e.target.value)} required />
    </Decide>
  );
}
