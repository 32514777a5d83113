import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { useText } from "../../words/language";
import { named } from "../cases/Question";
import { Form } from "../cases/parts/Form";
import type { Contact, More } from "./CallsScreen";
import { c } from "./words";

/** What is asked only of who is not well. The symptoms are those that the protocol asks about. */
export function IllDialog({ contact, onClose, onSend }: { contact: Contact; onClose: () => void; onSend: (m: More) => Promise<void> }) {
  const t = useText();
  const questions = useQuery({ queryKey: ["/v1/questions"], staleTime: 3_600_000, queryFn: ({ signal }) => get<Schemas["QuestionItem"][]>("/v1/questions", {}, signal) });
  const options = questions.data?.find((q) => q.id === "symptoms" && q.kind === "choices")?.options ?? [];
  const [symptoms, setSymptoms] = useState<readonly string[]>([]);
  const [temperature, setTemperature] = useState("");
  const [note, setNote] = useState("");
  const toggle = (id: string) => setSymptoms(symptoms.includes(id) ? symptoms.filter((s) => s !== id) : [...symptoms, id]);
  const send = () =>
    onSend({
      symptoms: [...symptoms],
      temperature: temperature === "" ? undefined : Number(temperature),
      note: note.trim() === "" ? undefined : note.trim(),
    });
  return (
    <Dialog title={t(c.notOkTitle)} onClose={onClose}>
      <Form action={t(c.send)} onSend={send}>
        <p className="line-name" data-typed>
          {contact.name}
        </p>
        {options.length > 0 && (
          <fieldset className="plain field">
            <legend className="label">{t(c.symptoms)}</legend>
            <div className="choices">
              {options.map((o) => (
                <button key={o.id} type="button" className="button" aria-pressed={symptoms.includes(o.id)} onClick={() => toggle(o.id)}>
                  {named(o)}
                </button>
              ))}
            </div>
          </fieldset>
        )}
        <Input label={t(c.temperature)} type="number" inputMode="decimal" min={30} max={45} step={0.1} value={temperature} onChange={(e) => setTemperature(e.target.value)} />
        <Input label={t(c.note)} value={note} onChange={(e) => setNote(e.target.value)} />
      </Form>
    </Dialog>
  );
}
