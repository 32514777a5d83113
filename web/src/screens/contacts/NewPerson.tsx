import { useState } from "react";
import { ask } from "../../api/client";
import { newId, say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Input } from "../../ui/Field";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Choice } from "../cases/parts/Choice";
import { Form } from "../cases/parts/Form";
import type { PlaceItem } from "../../api/places";
import { PlaceSearch } from "../cases/parts/search";
import { named } from "../cases/Question";
import { c } from "./words";

interface Props {
  phone: string;
  name?: string;
  onListed: (p: { person_id: string; name: string }) => void;
}

/** Someone who is not in the book yet. First it is asked who could be that person already: nobody is listed twice without a look. */
export function NewPerson({ phone: known, name: called = "", onListed }: Props) {
  const t = useText();
  const [name, setName] = useState(called);
  const [sex, setSex] = useState<Schemas["Sex"]>("unknown");
  const [phone, setPhone] = useState(known);
  const [home, setHome] = useState<PlaceItem | null>(null);
  const [alike, setAlike] = useState<Schemas["SimilarPerson"][] | null>(null);
  // Where someone lives is often not known yet: then it is this account's place.
  const where = home?.place ?? session()?.place ?? "";
  const send = async () => {
    if (alike === null) {
      const response = await ask("/v1/similar", { method: "POST", body: { name: name.trim(), sex, home: where, ...(phone.trim() ? { phone: phone.trim() } : {}) } });
      const found = ((await response.json()) as Schemas["Similar"]).candidates;
      if (found.length > 0) {
        setAlike(found);
        return false;
      }
    }
    const person = newId();
    await say({ person_listed: { person, name: name.trim(), sex, home: where, occupation: "general", ...(phone.trim() ? { phone: phone.trim() } : {}) } });
    onListed({ person_id: person, name: name.trim() });
    return true;
  };
  return (
    <div className="card">
      <Form action={alike ? t(c.listAnyway) : t(c.list)} onSend={send} ready={name.trim() !== ""}>
        <Input label={t(c.name)} value={name} onChange={(e) => { setName(e.target.value); setAlike(null); }} required />
        <Choice label={t(c.sex)} value={sex} onChoose={setSex} options={(["male", "female", "unknown"] as const).map((s) => [s, term("Sex", s)] as const)} />
        <Input label={t(c.phone)} type="tel" value={phone} onChange={(e) => setPhone(e.target.value)} />
        <PlaceSearch label={t(c.home)} value={home} onChoose={setHome} />
        {alike && (
          <div className="note warn stack">
            <strong>{t(c.alikeFound)}</strong>
            {alike.map((s) => (
              <div key={s.person_id} className="row spread">
                <span>
                  <strong data-typed>{s.name}</strong> {s.born ?? ""} <span data-typed>{s.phone ?? ""}</span> · <span data-typed>{s.reasons.map(named).join(" · ")}</span>
                </span>
                <Button onClick={() => onListed(s)}>{t(c.take)}</Button>
              </div>
            ))}
          </div>
        )}
      </Form>
    </div>
  );
}
