/** Who the case is, what runs out when, and the decisions about the case itself. */
import { useState } from "react";
import { Link } from "wouter";
import { stamp } from "../../api/clock";
import { say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { Input, Select } from "../../ui/Field";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { type Asked, RequestForm } from "../messages/Request";
import { m } from "../messages/words";
import { Choice } from "./parts/Choice";
import { useDecision } from "./parts/decision";
import { Form } from "./parts/Form";
import { type Moment, momentNow, said } from "./parts/time";
import { When } from "./parts/When";
import { w } from "./words";

type Case = Schemas["CaseRecord"];
const CLOCKS = ["report", "report_correction", "investigate_core", "investigate_full"];

export function Head({ case: id, person }: { case: string; person: Schemas["PersonView"] }) {
  const t = useText();
  const [form, setForm] = useState<"classify" | "judge" | "file" | "ask" | null>(null);
  const c = person.cases?.find((x) => x.case_id === id);
  const clocks = (person.duties ?? []).filter((d) => d.state === "open" && d.subject === id && CLOCKS.includes(d.kind));
  const close = () => setForm(null);
  const mayWrite = session()?.role === "investigator";
  // Where there is little room the task comes first, and what is known of the case is folded away.
  const roomy = window.matchMedia("(min-width: 960px) and (min-height: 900px)").matches;
  const actions = (
    <div className="row" style={{ paddingTop: 12 }}>
      <Button onClick={() => setForm("classify")}>{t(w.classify)}</Button>
      <Button onClick={() => setForm("judge")}>{t(w.judge)}</Button>
      <Link href={`/orders?issue=${person.person_id}`} className="button">
        {t(w.isolateOrder)}
      </Link>
      <Button onClick={() => setForm("ask")}>{t(m.ask)}</Button>
    </div>
  );
  return (
    <section className="card stack case-head" aria-label={t(w.caseTitle)}>
      <div className="row spread">
        <div className="row">
          <h1 data-typed>
            {person.name} {c?.number ?? ""}
          </h1>
          {person.phone && (
            <a className="button" href={`tel:${person.phone}`}>
              ☎ <span className="num">{person.phone}</span>
            </a>
          )}
        </div>
        <div className="row">
          {clocks.map((d) => (
            <span key={d.duty_id}>
              {term("DutyKind", d.kind)} <Due at={d.due} />
            </span>
          ))}
          {clocks.length === 0 && <span className="badge good">{t(w.noClocks)}</span>}
          {mayWrite && clocks.some((d) => d.kind.startsWith("report")) && <Button onClick={() => setForm("file")}>{t(w.file)}</Button>}
        </div>
      </div>
      {c && (
        <details open={roomy} className="stack">
          <summary>{t(w.about)}</summary>
          <Facts of={c} person={person} />
          {mayWrite && actions}
        </details>
      )}
      {c && form === "classify" && <Classify of={c} onClose={close} />}
      {c && form === "judge" && <Judge of={c} onClose={close} />}
      {form === "ask" && <RequestForm of={elsewhere(id, person, c?.number)} onClose={close} />}
      {form === "file" && <FileReport case={id} onClose={close} />}
    </section>
  );
}

/** What another jurisdiction is told of a case whose household, work or travels are there. */
function elsewhere(id: string, p: Schemas["PersonView"], number: string | null | undefined): Asked {
  const who = { name: p.name, sex: p.sex, ...(p.phone ? { phone: p.phone } : p.born ? { born: p.born } : {}) };
  return { case: id, person: p.person_id, matter: { about: "case_elsewhere", who, ...(number ? { case_number: number } : {}) } };
}

function Facts({ of: c, person }: { of: Case; person: Schemas["PersonView"] }) {
  const t = useText();
  return (
    <dl className="known">
      <Pair name={t(w.classification)}>
        {term("Classification", c.classification)} · {term("CaseState", c.state)}
      </Pair>
      <Pair name={t(w.severity)}>{term("Severity", c.severity)}</Pair>
      <Pair name={t(w.channel)}>
        {term("Control", c.control)} · {term("Setting", c.setting)}
      </Pair>
      <Pair name={t(w.found)}>{time(c.found_at)}</Pair>
      <Pair name={t(w.onset)}>{time(c.onset)}</Pair>
      <Pair name={t(w.reported)}>
        {time(c.reported_at)} <span data-typed>{c.receipt ?? ""}</span>
      </Pair>
      <Pair name={t(w.standing)}>{term("Standing", person.standing)}</Pair>
      <Pair name={t(w.home)} far>
        <span data-typed>{person.home_names.join(" ")}</span>
      </Pair>
    </dl>
  );
}

function Pair({ name, far, children }: { name: string; far?: boolean; children: React.ReactNode }) {
  return (
    <div className={far ? "far" : undefined}>
      <dt className="muted" style={{ fontSize: "0.85rem" }}>
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Classify({ of: c, onClose }: { of: Case; onClose: () => void }) {
  const t = useText();
  const [classification, setClassification] = useState(c.classification);
  const [severity, setSeverity] = useState<Schemas["Severity"] | null>(c.severity ?? null);
  const [onset, setOnset] = useState<Moment | null>(null);
  const [decider, setDecider] = useState("");
  const at = onset && said(onset);
  const send = () =>
    say({ case_classified: { case: c.case_id, classification, severity: severity ?? "asymptomatic", ...(at ? { onset: at } : {}), at: stamp(), decider: decider.trim() } });
  return (
    <Dialog title={t(w.classify)} onClose={onClose}>
      <Form action={t(core.confirm)} onSend={send} onDone={onClose} ready={decider.trim() !== "" && severity !== null && (!onset || !!at)} danger={classification === "not_a_case"}>
        <Choice label={t(w.classification)} value={classification} onChoose={setClassification} options={terms("Classification")} />
        <Choice label={t(w.severity)} value={severity} onChoose={setSeverity} options={terms("Severity")} />
        {onset ? <When label={t(w.onset)} value={onset} onChange={setOnset} /> : <Button onClick={() => setOnset({ ...momentNow(), precision: "day" })}>{t(w.onsetKnown)}</Button>}
        <Input label={t(core.decider)} value={decider} onChange={(e) => setDecider(e.target.value)} required />
      </Form>
    </Dialog>
  );
}

function Judge({ of: c, onClose }: { of: Case; onClose: () => void }) {
  const t = useText();
  const [control, setControl] = useState<Schemas["Control"]>(c.control === "community_found" ? "controlled" : "community_found");
  const decision = useDecision();
  const send = async () => {
    await say({ channel_judged: { case: c.case_id, control, ...decision.value, at: stamp() } });
    decision.remember();
  };
  return (
    <Dialog title={t(w.judge)} onClose={onClose}>
      <Form action={t(core.confirm)} onSend={send} onDone={onClose} ready={decision.complete}>
        <Select label={t(w.channel)} value={control} onChange={(e) => setControl(e.target.value as Schemas["Control"])} options={terms("Control")} />
        {decision.fields}
      </Form>
    </Dialog>
  );
}

function FileReport({ case: id, onClose }: { case: string; onClose: () => void }) {
  const t = useText();
  const [receipt, setReceipt] = useState("");
  return (
    <Dialog title={t(w.file)} onClose={onClose}>
      <Form action={t(core.confirm)} onSend={() => say({ report_filed: { case: id, receipt: receipt.trim(), at: stamp() } })} onDone={onClose} ready={receipt.trim() !== ""}>
        <Input label={t(w.receipt)} hint={t(w.fileHint)} value={receipt} onChange={(e) => setReceipt(e.target.value)} autoFocus required />
      </Form>
    </Dialog>
  );
}

/** The words of a list with what is shown for each. */
function terms<L extends "Classification" | "Severity" | "Control">(list: L): (readonly [Schemas[L], string])[] {
  return termsOf(list).map((x) => [x as Schemas[L], term(list, x)] as const);
}
