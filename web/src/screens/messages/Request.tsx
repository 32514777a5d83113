/** Another jurisdiction is asked to see to a contact, to a place where a case was, or to a case that belongs there. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select, TextArea } from "../../ui/Field";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { Choice } from "../cases/parts/Choice";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { type Moment, momentNow, momentOf, said } from "../cases/parts/time";
import { When } from "../cases/parts/When";
import { m as w } from "./words";

type About = Schemas["Assistance"];
type Who = Schemas["Particulars"];

/** What is known already of what is asked. */
export interface Asked {
  matter?: Partial<Schemas["Matter"]>;
  case?: string;
  person?: string;
  /** The message that came back, in whose place this one is sent. */
  instead_of?: string;
  to?: number;
}

export function RequestForm({ of, onClose }: { of: Asked; onClose: () => void }) {
  const t = useText();
  const [to, setTo] = useState(of.to === undefined ? "" : String(of.to));
  const matter = useMatter(of.matter ?? {});
  const decision = useDecision();
  const book = /^\d{6}$/.test(to.trim()) ? Number(to.trim()) : null;
  const send = async () => {
    const { case: about, person, instead_of } = of;
    await say({
      assistance_requested: { message: newId(), to: book ?? 0, matter: matter.value, decision: decision.value, at: stamp(), ...(about ? { case: about } : {}), ...(person ? { person } : {}), ...(instead_of ? { instead_of } : {}) },
    });
    decision.remember();
  };
  return (
    <Dialog title={t(w.askTitle)} onClose={onClose}>
      <Form action={t(w.send)} onSend={send} onDone={onClose} ready={book !== null && matter.complete && decision.complete}>
        <Input label={t(w.to)} hint={t(w.toHint, { book: example() })} inputMode="numeric" value={to} onChange={(e) => setTo(e.target.value)} required />
        {matter.fields}
        {decision.fields}
      </Form>
    </Dialog>
  );
}

/** A code of the reader's own region. */
const example = (): string => {
  const own = session()?.place.split(".")[1] ?? "";
  return /^\d{6}$/.test(own) ? `${own.slice(0, 5)}${(Number(own.slice(5)) + 1) % 10}` : "500238";
};

/** The fields of what is asked: of a place nobody's name, of a person no more than is needed to find them. */
function useMatter(known: Partial<Schemas["Matter"]>) {
  const t = useText();
  const [about, setAbout] = useState<About>(known.about ?? "contact");
  const [who, setWho] = useState<Who>(known.who ?? { name: "" });
  const [category, setCategory] = useState<Schemas["ContactCategory"]>(known.category ?? "close");
  const [place, setPlace] = useState(known.place ?? "");
  const [first, setFirst] = useState<Moment | null>(momentOf(known.first_exposure ?? ""));
  const [last, setLast] = useState<Moment>(momentOf(known.last_exposure ?? "") ?? momentNow());
  const [evidence, setEvidence] = useState(known.evidence ?? "");
  const [number, setNumber] = useState(known.case_number ?? "");
  const person = about !== "exposure";
  const exposed = about !== "case_elsewhere";
  const from = first && said(first);
  const until = said(last);
  const value: Schemas["Matter"] = {
    about,
    evidence: evidence.trim(),
    ...(person ? { who: trimmed(who) } : {}),
    ...(about === "contact" ? { category } : {}),
    ...(about === "exposure" ? { place: place.trim() } : {}),
    ...(exposed && from ? { first_exposure: from } : {}),
    ...(exposed && until ? { last_exposure: until } : {}),
    ...(number.trim() ? { case_number: number.trim() } : {}),
  };
  const found = !person || (value.who !== undefined && value.who !== null && value.who.name !== "" && !!(value.who.phone ?? value.who.address ?? value.who.born));
  const complete = value.evidence !== "" && found && (about !== "exposure" || value.place !== "") && (!exposed || until !== null) && (!first || from !== null);
  const fields = (
    <>
      <Choice label={t(w.about)} value={about} onChoose={setAbout} options={termsOf("Assistance").map((a) => [a as About, term("Assistance", a)] as const)} />
      {person ? <WhoFields value={who} onChange={setWho} /> : <p className="note">{t(w.nobody)}</p>}
      {about === "contact" && <Select label={t(w.category)} value={category} onChange={(e) => setCategory(e.target.value as Schemas["ContactCategory"])} options={termsOf("ContactCategory").map((k) => [k, term("ContactCategory", k)] as const)} />}
      {about === "exposure" && <Input label={t(w.place)} value={place} onChange={(e) => setPlace(e.target.value)} required />}
      {exposed && (
        <>
          {first ? <When label={t(w.first)} value={first} onChange={setFirst} /> : <Button onClick={() => setFirst(last)}>{t(w.firstKnown)}</Button>}
          <When label={t(w.last)} value={last} onChange={setLast} />
        </>
      )}
      <Input label={t(w.number)} value={number} onChange={(e) => setNumber(e.target.value)} />
      <TextArea label={t(w.evidence)} value={evidence} onChange={(e) => setEvidence(e.target.value)} required />
    </>
  );
  return { value, complete, fields };
}

function WhoFields({ value: x, onChange }: { value: Who; onChange: (w: Who) => void }) {
  const t = useText();
  return (
    <fieldset className="plain stack">
      <Input label={t(w.name)} value={x.name} onChange={(e) => onChange({ ...x, name: e.target.value })} required />
      <Select label={t(w.sex)} value={x.sex ?? "unknown"} onChange={(e) => onChange({ ...x, sex: e.target.value as Schemas["Sex"] })} options={termsOf("Sex").map((s) => [s, term("Sex", s)] as const)} />
      <Input label={t(w.phone)} type="tel" value={x.phone ?? ""} onChange={(e) => onChange({ ...x, phone: e.target.value })} />
      <Input label={t(w.address)} value={x.address ?? ""} onChange={(e) => onChange({ ...x, address: e.target.value })} />
      <Input label={t(w.born)} type="date" hint={t(w.whoHint)} value={x.born ?? ""} onChange={(e) => onChange({ ...x, born: e.target.value })} />
    </fieldset>
  );
}

/** What was filled in, and nothing else. */
function trimmed(x: Who): Who {
  const [phone, address] = [x.phone?.trim(), x.address?.trim()];
  return { name: x.name.trim(), ...(x.sex && x.sex !== "unknown" ? { sex: x.sex } : {}), ...(phone ? { phone } : {}), ...(address ? { address } : {}), ...(x.born ? { born: x.born } : {}) };
}
