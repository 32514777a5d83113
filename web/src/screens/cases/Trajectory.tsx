/** Where the case has been: the time line, each visit, a new one, one that was wrong. */
import { useEffect, useMemo, useRef, useState } from "react";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select } from "../../ui/Field";
import { Nothing } from "../../ui/State";
import { core } from "../../words/core";
import { span, time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { type Asked, RequestForm } from "../messages/Request";
import { m } from "../messages/words";
import { Choice } from "./parts/Choice";
import { useDecision } from "./parts/decision";
import { Form } from "./parts/Form";
import type { PlaceItem } from "../../api/places";
import { PlaceSearch } from "./parts/search";
import { type Moment, momentNow, said } from "./parts/time";
import { When } from "./parts/When";
import { TimeLine, whereOf } from "./TimeLine";
import { TrajectoryMap } from "./TrajectoryMap";
import { w } from "./words";

type Visit = Schemas["VisitRecord"];

interface Props {
  case: string;
  visits: readonly Visit[];
  /** The community in which the case lives. */
  home: string | null;
}

/** By time; of what began together, what ended first. */
const inOrder = (visits: readonly Visit[]): Visit[] => [...visits].sort((a, b) => Date.parse(a.starts) - Date.parse(b.starts) || Date.parse(a.ends) - Date.parse(b.ends));

export function TrajectoryTab({ case: id, visits, home }: Props) {
  const t = useText();
  const [form, setForm] = useState<"add" | Visit | null>(null);
  const [elsewhere, setElsewhere] = useState<Visit | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const standing = useMemo(() => inOrder(visits.filter((v) => !v.withdrawn)), [visits]);
  const withdrawn = visits.filter((v) => v.withdrawn);
  const role = session()?.role;
  const mayWrite = role === "investigator";
  const ask = mayWrite || role === "commander" ? setElsewhere : null;
  return (
    <div className="stack">
      {mayWrite && (
        <div className="row">
          <Button first onClick={() => setForm("add")}>
            {t(w.addVisit)}
          </Button>
        </div>
      )}
      {standing.length > 0 ? (
        <div className="two">
          <div className="stack">
            <TrajectoryMap visits={standing} home={home} chosen={chosen} onChoose={setChosen} />
            <TimeLine visits={standing} />
          </div>
          <ol className="stack" aria-label={t(w.inOrder)}>
            {standing.map((v, i) => (
              <Stop key={v.visit_id} visit={v} n={i + 1} chosen={v.visit_id === chosen} onChoose={() => setChosen(v.visit_id === chosen ? null : v.visit_id)} onElsewhere={ask && !v.at_place ? () => ask(v) : null} onWithdraw={mayWrite ? () => setForm(v) : null} />
            ))}
          </ol>
        </div>
      ) : (
        <Nothing>{t(w.noVisits)}</Nothing>
      )}
      <ul className="stack">
        {withdrawn.map((v) => (
          <li key={v.visit_id} className="card">
            <VisitWords visit={v} />
          </li>
        ))}
      </ul>
      {elsewhere && <RequestForm of={asked(id, elsewhere)} onClose={() => setElsewhere(null)} />}
      {form === "add" && <AddVisit case={id} onClose={() => setForm(null)} />}
      {form !== null && form !== "add" && <Withdraw visit={form} onClose={() => setForm(null)} />}
    </div>
  );
}

interface StopProps {
  visit: Visit;
  n: number;
  chosen: boolean;
  onChoose: () => void;
  onElsewhere: (() => void) | null;
  onWithdraw: (() => void) | null;
}

/** One stop of the list, with the number that it has on the map. */
function Stop({ visit: v, n, chosen, onChoose, onElsewhere, onWithdraw }: StopProps) {
  const t = useText();
  const ref = useRef<HTMLLIElement>(null);
  // Whoever touches it on the map sees its line, where both have room.
  useEffect(() => {
    if (chosen && window.matchMedia("(min-width: 1280px)").matches) ref.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li ref={ref} className="card row spread" style={chosen ? { borderColor: "var(--bad)" } : undefined}>
      <div className="row stop">
        <button type="button" className="button stop-number num" aria-pressed={chosen} aria-label={t(w.showStop, { n })} onClick={onChoose}>
          {n}
        </button>
        <VisitWords visit={v} />
      </div>
      <span className="row" style={{ gap: 8 }}>
        {onElsewhere && <Button onClick={onElsewhere}>{t(m.ask)}</Button>}
        {onWithdraw && <Button onClick={onWithdraw}>{t(w.withdraw)}</Button>}
      </span>
    </li>
  );
}

/** What another jurisdiction is told of a place there: when, and nobody's name. */
const asked = (id: string, v: Visit): Asked => ({ case: id, matter: { about: "exposure", place: whereOf(v), first_exposure: stamp(Date.parse(v.starts)), last_exposure: stamp(Date.parse(v.ends)) } });

function VisitWords({ visit: v }: { visit: Visit }) {
  const t = useText();
  return (
    <div className="line-main">
      <span className="row" style={{ gap: 8 }}>
        <strong data-typed style={v.withdrawn ? { textDecoration: "line-through" } : undefined}>
          {whereOf(v)}
        </strong>
        {v.withdrawn && (
          <span className="badge warn">
            {t(w.withdrawn)} · <span data-typed>{v.withdrawn}</span>
          </span>
        )}
      </span>
      <span className="num">
        {time(v.starts)} – {time(v.ends)} <span className="badge">{v.margin_s > 0 ? t(w.margin, { span: span(v.margin_s * 1000) }) : t(w.exact)}</span>
      </span>
      <span className="muted">
        {term("VisitSource", v.source)}
        {v.companions.length > 0 && (
          <>
            {" "}
            · {t(w.with)} <span data-typed>{v.companions.join("、")}</span>
          </>
        )}
        {v.description && v.description !== whereOf(v) && (
          <>
            {" "}
            · <span data-typed>{v.description}</span>
          </>
        )}
      </span>
    </div>
  );
}

type Where = "place" | "vehicle" | "words";

function AddVisit({ case: id, onClose }: { case: string; onClose: () => void }) {
  const t = useText();
  const [where, setWhere] = useState<Where>("place");
  const [place, setPlace] = useState<PlaceItem | null>(null);
  const [vehicle, setVehicle] = useState("");
  const [description, setDescription] = useState("");
  const [companions, setCompanions] = useState("");
  const [source, setSource] = useState<Schemas["VisitSource"]>("told");
  const [from, setFrom] = useState<Moment>(() => ({ ...momentNow(86_400_000), precision: "hour" }));
  const [to, setTo] = useState(from);
  const [a, b] = [said(from), said(to)];
  const known = where === "place" ? place !== null : where === "vehicle" ? vehicle.trim() !== "" : description.trim() !== "";
  const send = () =>
    say({
      visited: {
        visit: newId(),
        case: id,
        from: a ?? "",
        to: b ?? "",
        source,
        companions: companions.split(/[、,，]/).map((x) => x.trim()).filter(Boolean),
        at: stamp(),
        ...(where === "place" && place ? { place: place.place } : {}),
        ...(where === "vehicle" ? { vehicle: vehicle.trim() } : {}),
        ...(description.trim() ? { description: description.trim() } : {}),
      },
    });
  return (
    <Dialog title={t(w.addVisit)} onClose={onClose}>
      <Form action={t(core.save)} onSend={send} onDone={onClose} ready={known && !!a && !!b}>
        <Choice label={t(w.where)} value={where} onChoose={setWhere} options={[["place", t(w.inPlace)], ["vehicle", t(w.inVehicle)], ["words", t(w.inWords)]]} />
        {where === "place" && <PlaceSearch value={place} onChoose={setPlace} />}
        {where === "vehicle" && <Input label={t(w.vehicle)} value={vehicle} onChange={(e) => setVehicle(e.target.value)} />}
        <Input label={t(w.describe)} value={description} onChange={(e) => setDescription(e.target.value)} />
        <When
          label={t(w.from)}
          value={from}
          onChange={(m) => {
            setFrom(m);
            // Most visits end on the day on which they begin.
            if (to.day === from.day) setTo({ ...to, day: m.day, precision: to.precision === from.precision ? m.precision : to.precision });
          }}
        />
        <When label={t(w.to)} value={to} onChange={setTo} />
        <Select label={t(w.source)} value={source} onChange={(e) => setSource(e.target.value as Schemas["VisitSource"])} options={termsOf("VisitSource").map((x) => [x, term("VisitSource", x)] as const)} />
        <Input label={t(w.companions)} value={companions} onChange={(e) => setCompanions(e.target.value)} />
      </Form>
    </Dialog>
  );
}

function Withdraw({ visit, onClose }: { visit: Visit; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const send = async () => {
    await say({ visit_withdrawn: { visit: visit.visit_id, decision: decision.value, at: stamp() } });
    decision.remember();
  };
  return (
    <Dialog title={t(w.withdrawVisit)} onClose={onClose}>
      <Form action={t(w.withdraw)} onSend={send} onDone={onClose} ready={decision.complete} danger>
        <VisitWords visit={visit} />
        {decision.fields}
      </Form>
    </Dialog>
  );
}
