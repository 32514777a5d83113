/** Contacts who are known only by a name, a number or as a group: open work until they are persons. */
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { stamp } from "../../api/clock";
import { say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { List, usePages } from "../../ui/List";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { ResolveLead } from "./ResolveLead";
import { c } from "./words";
import "../cases/cases.css";

type Lead = Schemas["LeadItem"];
const STATES = ["open", "resolved", "closed"] as const;

export default function LeadsScreen() {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const ofCase = params.get("case");
  const [state, setState] = useState<(typeof STATES)[number]>("open");
  const [form, setForm] = useState<{ what: "resolve" | "close"; lead: Lead } | null>(null);
  const pages = usePages<Lead>("/v1/leads", { state, case: ofCase });
  const mayWrite = session()?.role === "investigator";
  const close = () => setForm(null);
  return (
    <>
      <h1>{t(c.leads)}</h1>
      {ofCase && (
        <div className="note row spread">
          {t(c.forCase)}
          <Button onClick={() => setParams({})}>{t(c.showAll)}</Button>
        </div>
      )}
      <div className="tabs" role="group" aria-label={t(c.leads)}>
        {STATES.map((s) => (
          <button key={s} type="button" aria-current={s === state ? "page" : undefined} onClick={() => setState(s)}>
            {t(c[s])}
          </button>
        ))}
      </div>
      <List pages={pages} id={(l) => l.lead_id} label={t(c.leads)} empty={t(c.leadsEmpty)} line={130}>
        {(l) => (
          <div className="line stack">
            <LeadWords lead={l} />
            <div className="row">
              {mayWrite && l.state === "open" && (
                <>
                  <Button first onClick={() => setForm({ what: "resolve", lead: l })}>
                    {t(c.resolve)}
                  </Button>
                  <Button onClick={() => setForm({ what: "close", lead: l })}>{t(c.close)}</Button>
                </>
              )}
              {l.phone && (
                <a className="button" href={`tel:${l.phone}`}>
                  ☎ <span className="num">{l.phone}</span>
                </a>
              )}
              <Link href={`/cases/${l.case_id}/contacts`} className="button">
                {t(c.toCase)} →
              </Link>
            </div>
          </div>
        )}
      </List>
      {form?.what === "resolve" && <ResolveLead lead={form.lead} onClose={close} />}
      {form?.what === "close" && <CloseLead lead={form.lead} onClose={close} />}
    </>
  );
}

export function LeadWords({ lead: l }: { lead: Lead }) {
  const t = useText();
  return (
    <div className="line-main">
      <span className="row spread">
        <span className="row" style={{ gap: 8 }}>
          <span className="badge">{term("LeadKind", l.kind)}</span>
          <span className={`badge num ${l.unknown > 0 ? "warn" : "good"}`}>{t(c.identified, { n: l.identified, all: l.expected })}</span>
        </span>
        {l.state === "open" && <Due at={l.due} />}
      </span>
      <span className="line-name" data-typed>
        {l.description}
      </span>
      <span className="muted">
        {t(c.lastExposure, { time: time(l.last_exposure) })}
        {(l.venue_name ?? l.venue) && (
          <>
            {" "}
            · <span data-typed>{l.venue_name ?? l.venue}</span>
          </>
        )}
      </span>
      {l.persons.length > 0 && (
        <span data-typed>{l.persons.map((p) => p.name ?? p.person_id.slice(0, 8)).join("、")}</span>
      )}
      {l.reason && (
        <span className="muted" data-typed>
          {l.decider}: {l.reason}
        </span>
      )}
    </div>
  );
}

function CloseLead({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const send = async () => {
    await say({ lead_closed: { lead: lead.lead_id, decision: decision.value, at: stamp() } });
    decision.remember();
  };
  return (
    <Dialog title={t(c.close)} onClose={onClose}>
      <Form action={t(c.close)} onSend={send} onDone={onClose} ready={decision.complete} danger>
        <LeadWords lead={lead} />
        <p className="note warn">{t(c.closeHint)}</p>
        {decision.fields}
      </Form>
    </Dialog>
  );
}
