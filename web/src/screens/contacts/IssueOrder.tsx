import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { bookNow, stamp } from "../../api/clock";
import { get } from "../../api/client";
import { newId, say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, TextArea } from "../../ui/Field";
import { Fault, Waiting } from "../../ui/State";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Choice } from "../cases/parts/Choice";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { PersonSearch } from "../cases/parts/search";
import { c } from "./words";

const DAY = 86_400_000;

/** A decision that no contact record makes: an infected person is isolated, or monitored after discharge. */
export function IssueOrder({ person: given, onClose }: { person: string | null; onClose: () => void }) {
  const t = useText();
  const [id, setId] = useState(given);
  const person = useQuery({ queryKey: ["/v1/persons", id], enabled: id !== null, queryFn: ({ signal }) => get<Schemas["PersonView"]>(`/v1/persons/${id ?? ""}`, {}, signal) });
  return (
    <Dialog title={t(c.issue)} onClose={onClose}>
      {id === null ? <PersonSearch onChoose={(p) => setId(p.person_id)} /> : person.error ? <Fault error={person.error} again={() => void person.refetch()} /> : person.data ? <Issue person={person.data} onOther={() => setId(null)} onClose={onClose} /> : <Waiting />}
    </Dialog>
  );
}

function Issue({ person, onOther, onClose }: { person: Schemas["PersonView"]; onOther: () => void; onClose: () => void }) {
  const t = useText();
  const own = person.cases?.find((x) => x.state === "active");
  const [kind, setKind] = useState<"isolation" | "monitoring">(own ? "isolation" : "monitoring");
  const [days, setDays] = useState("7");
  const [permits, setPermits] = useState("");
  // What in the book shows the need is there already: the case and its tube.
  const [evidence, setEvidence] = useState(own ? [term("Classification", own.classification), own.number ?? `${t(c.found)} ${time(own.found_at)}`, own.tube && `${t(c.tube)} ${own.tube}`].filter(Boolean).join(" · ") : "");
  const decision = useDecision();
  const n = Number(days);
  const send = async () => {
    const now = bookNow();
    await say({
      order_issued: { order: newId(), person: person.person_id, kind, evidence: evidence.trim(), decision: decision.value, starts: stamp(now), ends: stamp(now + n * DAY), at: stamp(now), ...(permits.trim() ? { permits: permits.trim() } : {}) },
    });
    decision.remember();
  };
  return (
    <Form action={t(c.issue)} onSend={send} onDone={onClose} ready={decision.complete && evidence.trim() !== "" && n >= 1 && n <= 30}>
      <div className="row spread">
        <strong data-typed>
          {person.name} {person.identity_masked ?? ""}
        </strong>
        <Button onClick={onOther}>{t(c.change)}</Button>
      </div>
      <Choice label={t(c.kind)} value={kind} onChoose={setKind} options={(["isolation", "monitoring"] as const).map((k) => [k, term("OrderKind", k)] as const)} />
      <p className="muted">{t(c.quarantineHint)}</p>
      <Input label={t(c.days)} type="number" min={1} max={30} value={days} onChange={(e) => setDays(e.target.value)} />
      <TextArea label={t(c.evidence)} value={evidence} onChange={(e) => setEvidence(e.target.value)} required />
      <Input label={t(c.permits)} value={permits} onChange={(e) => setPermits(e.target.value)} />
      {decision.fields}
    </Form>
  );
}
