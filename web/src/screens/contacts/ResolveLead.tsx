import { useState } from "react";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import type { Fact, Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Choice } from "../cases/parts/Choice";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { PersonSearch } from "../cases/parts/search";
import { LeadWords } from "./LeadsScreen";
import { NewPerson } from "./NewPerson";
import { c } from "./words";

type Lead = Schemas["LeadItem"];
type Category = "close" | "secondary" | "general";

/** Who they are; and, if someone decides so, contacts at once: in one submission. */
export function ResolveLead({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const t = useText();
  const [people, setPeople] = useState<readonly { person_id: string; name: string }[]>([]);
  const [expected, setExpected] = useState("");
  const [category, setCategory] = useState<Category | "">("close");
  const [listing, setListing] = useState(false);
  const decision = useDecision();
  const add = (p: { person_id: string; name: string }) => {
    setPeople([...people.filter((x) => x.person_id !== p.person_id), p]);
    setListing(false);
  };
  const send = async () => {
    const resolved: Fact = { lead_resolved: { lead: lead.lead_id, persons: people.map((p) => p.person_id), at: stamp(), ...(expected ? { expected: Number(expected) } : {}) } };
    const contact = (person: string): Fact => ({ contact_named: { contact: newId(), person, case: lead.case_id, category: category || "close", last_exposure: lead.last_exposure, decision: decision.value, at: stamp() } });
    await say(resolved, ...(category ? people.map((p) => contact(p.person_id)) : []));
    if (category) decision.remember();
  };
  const named = category !== "" && people.length > 0;
  return (
    <Dialog title={t(c.resolve)} onClose={onClose} broad>
      <LeadWords lead={lead} />
      <PersonSearch onChoose={add} />
      {listing ? <NewPerson phone={lead.phone ?? ""} onListed={add} /> : <Button onClick={() => setListing(true)}>{t(c.listNew)}</Button>}
      <Form action={t(c.resolve)} onSend={send} onDone={onClose} ready={(people.length > 0 || expected !== "") && (!named || decision.complete)}>
        {people.length > 0 && (
          <>
            <h3>{t(c.whoAreThey)}</h3>
            <ul className="stack">
              {people.map((p) => (
                <li key={p.person_id} className="row spread">
                  <strong data-typed>{p.name}</strong>
                  <Button onClick={() => setPeople(people.filter((x) => x !== p))}>{t(c.remove)}</Button>
                </li>
              ))}
            </ul>
            <Choice label={t(c.asContact)} value={category} onChoose={setCategory} options={[...(["close", "secondary", "general"] as const).map((x) => [x, term("ContactCategory", x)] as const), ["", t(c.noContact)]]} />
            {named && decision.fields}
          </>
        )}
        {lead.kind === "group" && <Input label={t(c.correct)} type="number" min={1} max={10000} value={expected} onChange={(e) => setExpected(e.target.value)} placeholder={String(lead.expected)} />}
      </Form>
    </Dialog>
  );
}
