/** The contacts of a case, those it knows only by a name or as a group, and naming one by hand. */
import { useState } from "react";
import { Link } from "wouter";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { ProphylaxisDue, Protection } from "../contacts/Protection";
import { type Asked, RequestForm } from "../messages/Request";
import { m } from "../messages/words";
import { NoteLead } from "./NoteLead";
import { Choice } from "./parts/Choice";
import { useDecision } from "./parts/decision";
import { Form } from "./parts/Form";
import { PersonSearch } from "./parts/search";
import { momentNow, said } from "./parts/time";
import { When } from "./parts/When";
import { w } from "./words";

type Contact = Schemas["ContactItem"];
const STATES = ["active", "covered", "converted", "released", "dropped", "handed_over"] as const;

interface Props {
  case: string;
  /** What people call the case. */
  number: string | null;
  leads: readonly Schemas["LeadSummary"][];
  visits: readonly Schemas["VisitRecord"][];
}

export function ContactsTab({ case: id, number: caseNumber, leads, visits }: Props) {
  const t = useText();
  const [state, setState] = useState<(typeof STATES)[number]>("active");
  const [form, setForm] = useState<"lead" | "contact" | Contact | null>(null);
  const [elsewhere, setElsewhere] = useState<Contact | null>(null);
  const pages = usePages<Contact>("/v1/contacts", { case: id, state });
  const mayWrite = session()?.role === "investigator";
  const mayAsk = mayWrite || session()?.role === "commander";
  const open = (c: Contact) => c.state === "active" || c.state === "covered";
  const close = () => setForm(null);
  return (
    <div className="stack">
      <div className="row spread">
        <h2>{t(w.contactsOfCase)}</h2>
        {mayWrite && (
          <span className="row">
            <Button onClick={() => setForm("contact")}>{t(w.nameContact)}</Button>
            <Button onClick={() => setForm("lead")}>{t(w.noteLead)}</Button>
          </span>
        )}
      </div>
      <Choice label={t(w.state)} value={state} onChoose={setState} options={STATES.map((s) => [s, term("ContactState", s)] as const)} />
      <List pages={pages} id={(c) => c.contact_id} label={t(w.contactsOfCase)} empty={t(w.noContacts)} line={100}>
        {(c) => <ContactLine contact={c} onDrop={mayWrite && open(c) ? () => setForm(c) : null} onElsewhere={mayAsk && open(c) ? () => setElsewhere(c) : null} />}
      </List>
      {leads.length > 0 && (
        <>
          <h2>{t(w.leads)}</h2>
          <ul className="stack">
            {leads.map((l) => (
              <li key={l.lead_id} className="card row spread">
                <span data-typed>{l.description}</span>
                <span className="row">
                  <span className={`badge ${l.state === "open" ? "warn" : "good"}`}>{term("LeadState", l.state)}</span>
                  <span className="num">
                    {l.expected - l.unknown} / {l.expected}
                  </span>
                  <Link href={`/leads?case=${id}`} className="button">
                    {t(w.leads)} →
                  </Link>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {elsewhere && <RequestForm of={asked(elsewhere, caseNumber)} onClose={() => setElsewhere(null)} />}
      {form === "lead" && <NoteLead case={id} visits={visits.filter((v) => !v.withdrawn)} onClose={close} />}
      {form === "contact" && <NameContact case={id} onClose={close} />}
      {form !== null && typeof form === "object" && <Drop contact={form} onClose={close} />}
    </div>
  );
}

/** What another jurisdiction is told of a contact who is there: whoever has a telephone is found by it, without the date of birth. */
function asked(c: Contact, caseNumber: string | null): Asked {
  const who = { name: c.name ?? "", ...(c.sex ? { sex: c.sex } : {}), ...(c.phone ? { phone: c.phone } : c.born ? { born: c.born } : {}) };
  const matter = { about: "contact" as const, who, category: c.category, last_exposure: stamp(Date.parse(c.last_exposure)), ...(caseNumber ? { case_number: caseNumber } : {}) };
  return { matter, person: c.person_id, ...(c.case_id ? { case: c.case_id } : {}) };
}

function ContactLine({ contact: c, onDrop, onElsewhere }: { contact: Contact; onDrop: (() => void) | null; onElsewhere: (() => void) | null }) {
  const t = useText();
  return (
    <div className="line row spread">
      <span className="line-main">
        <span className="row" style={{ gap: 8 }}>
          <span className="line-name" data-typed>
            {c.name ?? c.person_id.slice(0, 8)}
          </span>
          <span className="badge">{term("ContactCategory", c.category)}</span>
          <span className="badge">{term("Standing", c.standing)}</span>
          {c.lost_since && <span className="badge bad">{term("DutyKind", "trace_lost")}</span>}
          <ProphylaxisDue at={c.prophylaxis_due} />
        </span>
        <span className="muted">
          {c.context && <>{term("ExposureContext", c.context)} · </>}
          {t(w.lastExposure, { time: time(c.last_exposure) })} · {t(w.until, { time: time(c.until) })}
        </span>
        <span className="muted" data-typed>
          {c.home_names.slice(1).join(" ")}
        </span>
      </span>
      <span className="row" style={{ gap: 8 }}>
        {onDrop && <Protection of={c} contact={c.state === "active"} />}
        {onElsewhere && <Button onClick={onElsewhere}>{t(m.ask)}</Button>}
        {onDrop && <Button onClick={onDrop}>{t(w.drop)}</Button>}
      </span>
    </div>
  );
}

function Drop({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const send = async () => {
    await say({ contact_dropped: { contact: contact.contact_id, decision: decision.value, at: stamp() } });
    decision.remember();
  };
  return (
    <Dialog title={t(w.dropTitle)} onClose={onClose}>
      <Form action={t(w.drop)} onSend={send} onDone={onClose} ready={decision.complete} danger>
        <p className="line-name" data-typed>
          {contact.name}
        </p>
        {decision.fields}
      </Form>
    </Dialog>
  );
}

function NameContact({ case: id, onClose }: { case: string; onClose: () => void }) {
  const t = useText();
  const [person, setPerson] = useState<Schemas["PersonHit"] | null>(null);
  const [category, setCategory] = useState<Schemas["ContactCategory"]>("close");
  const [context, setContext] = useState<Schemas["ExposureContext"]>("household");
  const [relation, setRelation] = useState("");
  const [last, setLast] = useState(() => momentNow());
  const decision = useDecision();
  const at = said(last);
  const send = async () => {
    if (!person || !at) return;
    await say({ contact_named: { contact: newId(), person: person.person_id, case: id, category, context, last_exposure: at, decision: decision.value, at: stamp(), ...(relation.trim() ? { relation: relation.trim() } : {}) } });
    decision.remember();
  };
  return (
    <Dialog title={t(w.nameContact)} onClose={onClose}>
      <Form action={t(w.confirmAs, { n: 1, what: term("ContactCategory", category) })} onSend={send} onDone={onClose} ready={person !== null && !!at && decision.complete}>
        <PersonSearch onChoose={setPerson} />
        {person && (
          <p className="note good" data-typed>
            {person.name} {person.born ?? ""}
          </p>
        )}
        <Choice label={t(w.category)} value={category} onChoose={setCategory} options={termsOf("ContactCategory").map((c) => [c as Schemas["ContactCategory"], term("ContactCategory", c)] as const)} />
        <Select label={t(w.context)} value={context} onChange={(e) => setContext(e.target.value as Schemas["ExposureContext"])} options={termsOf("ExposureContext").map((c) => [c, term("ExposureContext", c)] as const)} />
        <Input label={t(w.relation)} value={relation} onChange={(e) => setRelation(e.target.value)} />
        <When label={t(w.lastMet)} value={last} onChange={setLast} />
        {decision.fields}
      </Form>
    </Dialog>
  );
}
