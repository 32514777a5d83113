/** The answer to another jurisdiction. Whoever is taken over becomes a contact here, in the same submission. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import { session } from "../../api/session";
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
import { NewPerson } from "../contacts/NewPerson";
import { c } from "../contacts/words";
import { MatterWords } from "./Line";
import type { Message } from "./Messages";
import { m as w } from "./words";

type Outcome = Schemas["AssistanceOutcome"];
const OUTCOMES: readonly Outcome[] = ["taken_over", "done", "not_found", "not_ours"];
interface Someone {
  person_id: string;
  name: string;
}

export function AnswerForm({ message: x, onClose }: { message: Message; onClose: () => void }) {
  const t = useText();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [forward, setForward] = useState("");
  const [who, setWho] = useState<Someone | null>(null);
  const contact = useContact(who?.person_id);
  const decision = useDecision("", w.found);
  // A contact who is taken over needs a record here; an exposure or a case that is taken over does not.
  const needsContact = outcome === "taken_over" && x.matter.about === "contact";
  const mayName = session()?.role === "investigator";
  const known = contact.data?.contact_id;
  const settled = !needsContact || (who !== null && contact.isSuccess && (known !== undefined || mayName));
  const to = /^\d+$/.test(forward.trim()) ? Number(forward.trim()) : null;
  const send = async () => {
    const id = known ?? newId();
    const named: Fact[] = needsContact && who && known === undefined ? [naming(id, who.person_id, x, decision.value)] : [];
    await say(...named, {
      assistance_answered: { message: x.message_id, outcome: outcome ?? "done", decision: decision.value, at: stamp(), ...(needsContact ? { contact: id } : {}), ...(outcome === "not_ours" && to !== null ? { forward_to: to } : {}) },
    });
    decision.remember();
  };
  return (
    <Dialog title={t(w.answerTitle)} onClose={onClose} broad>
      <MatterWords of={x.matter} />
      <Choice label={t(w.outcome)} value={outcome} onChoose={setOutcome} options={OUTCOMES.map((o) => [o, term("AssistanceOutcome", o)] as const)} />
      {needsContact && <Who matter={x.matter} who={who} onWho={setWho} />}
      {outcome && (
        <Form action={t(w.answer)} onSend={send} onDone={onClose} ready={settled && decision.complete && (forward.trim() === "" || to !== null)}>
          {needsContact && who && contact.isSuccess && (
            <p className={`note ${known !== undefined || mayName ? "" : "warn"}`}>{known !== undefined ? t(w.hasContact) : mayName ? t(w.willName, { category: term("ContactCategory", x.matter.category) }) : t(w.nameFirst)}</p>
          )}
          {outcome === "not_ours" && <Input label={t(w.forwardTo)} inputMode="numeric" value={forward} onChange={(e) => setForward(e.target.value)} />}
          {decision.fields}
        </Form>
      )}
    </Dialog>
  );
}

/** Who it is in this book: looked for by what the other one knows, or listed. */
function Who({ matter, who, onWho }: { matter: Schemas["Matter"]; who: Someone | null; onWho: (p: Someone | null) => void }) {
  const t = useText();
  const [listing, setListing] = useState(false);
  const known = matter.who;
  if (who) {
    return (
      <div className="note good row spread">
        <strong data-typed>{who.name}</strong>
        <Button onClick={() => onWho(null)}>{t(w.another)}</Button>
      </div>
    );
  }
  return (
    <div className="stack">
      <p className="muted">{t(w.takeOver)}</p>
      <PersonSearch onChoose={onWho} start={known?.phone ?? known?.name ?? ""} />
      {listing ? <NewPerson phone={known?.phone ?? ""} name={known?.name ?? ""} onListed={onWho} /> : <Button onClick={() => setListing(true)}>{t(c.listNew)}</Button>}
    </div>
  );
}

/** The contact record under which someone is managed here already, if there is one. */
function useContact(person: string | undefined) {
  return useQuery({
    queryKey: ["/v1/persons", person],
    enabled: person !== undefined,
    queryFn: ({ signal }) => get<Schemas["PersonView"]>(`/v1/persons/${person ?? ""}`, {}, signal),
    select: (p) => ({ contact_id: p.contacts?.find((k) => k.state === "active")?.contact_id }),
  });
}

/** The contact as the other jurisdiction describes it. */
function naming(contact: string, person: string, x: Message, decision: Schemas["Decision"]): Fact {
  const { category, first_exposure, last_exposure } = x.matter;
  const at = stamp();
  return { contact_named: { contact, person, category: category ?? "close", last_exposure: last_exposure ?? at, decision, at, ...(first_exposure ? { first_exposure } : {}) } };
}
