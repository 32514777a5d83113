import { useState } from "react";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { Input, Select, TextArea } from "../../ui/Field";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Choice } from "./parts/Choice";
import { Form } from "./parts/Form";
import { momentNow, said } from "./parts/time";
import { When } from "./parts/When";
import { whereOf } from "./TimeLine";
import { w } from "./words";

/** Contacts that are known only by a name, a number or as a group: open work until they are persons. */
export function NoteLead({ case: id, visits, onClose }: { case: string; visits: readonly Schemas["VisitRecord"][]; onClose: () => void }) {
  const t = useText();
  const [kind, setKind] = useState<Schemas["LeadKind"]>("person");
  const [description, setDescription] = useState("");
  const [phone, setPhone] = useState("");
  const [expected, setExpected] = useState("2");
  const [visit, setVisit] = useState("");
  const [last, setLast] = useState(() => momentNow());
  const at = said(last);
  const send = () =>
    say({
      lead_noted: {
        lead: newId(),
        case: id,
        kind,
        description: description.trim(),
        last_exposure: at ?? "",
        at: stamp(),
        ...(phone.trim() ? { phone: phone.trim() } : {}),
        ...(kind === "group" ? { expected: Number(expected) } : {}),
        ...(visit ? { visit } : {}),
      },
    });
  return (
    <Dialog title={t(w.noteLead)} onClose={onClose}>
      <Form action={t(core.save)} onSend={send} onDone={onClose} ready={description.trim() !== "" && !!at}>
        <Choice label={t(w.leadKind)} value={kind} onChoose={setKind} options={(["person", "group"] as const).map((k) => [k, term("LeadKind", k)] as const)} />
        <TextArea label={t(w.known)} value={description} onChange={(e) => setDescription(e.target.value)} required />
        {kind === "person" ? (
          <Input label={t(w.phone)} type="tel" value={phone} onChange={(e) => setPhone(e.target.value)} />
        ) : (
          <Input label={t(w.howMany)} type="number" min={1} max={10000} value={expected} onChange={(e) => setExpected(e.target.value)} />
        )}
        {visits.length > 0 && <Select label={t(w.onVisit)} value={visit} onChange={(e) => setVisit(e.target.value)} options={[["", "–"], ...visits.map((v) => [v.visit_id, `${whereOf(v)} ${time(v.starts)}`] as const)]} data-typed />}
        <When label={t(w.lastMet)} value={last} onChange={setLast} />
      </Form>
    </Dialog>
  );
}
