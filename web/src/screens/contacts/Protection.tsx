/** Vaccination that someone had before, and prophylaxis after the exposure: stated, given, or declined. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { say } from "../../api/say";
import { session } from "../../api/session";
import type { Role, Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { Input } from "../../ui/Field";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { Choice } from "../cases/parts/Choice";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { momentNow, said } from "../cases/parts/time";
import { When } from "../cases/parts/When";
import { type Pep, pepName, usePep, within } from "./pep";
import { p as w } from "./protectionWords";

/** Whose protection it is, and what is known of it. */
export interface Protected {
  person_id: string;
  name?: string | null;
  doses?: number | null;
  dose_dates?: readonly string[];
  vaccine?: string | null;
  vaccination_source?: Schemas["VaccinationSource"] | null;
  /** To be given prophylaxis by then. */
  prophylaxis_due?: string | null;
}

/** Who may say any of this. */
const SAY: readonly Role[] = ["investigator", "ward", "community_worker"];
/** No one has had more doses of one vaccine: what the server takes. */
const MOST = 20;

/** What is owed or known, with a button that opens the forms. `contact`: under follow-up now, so that prophylaxis can be given. */
export function Protection({ of: x, contact }: { of: Protected; contact: boolean }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const role = session()?.role;
  if (role === undefined || !SAY.includes(role)) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t(w.open)}</Button>
      {open && <Forms of={x} contact={contact} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The deadline of prophylaxis, where some is owed. */
export function ProphylaxisDue({ at }: { at: string | null | undefined }) {
  if (!at) return null;
  return (
    <span className="row" style={{ gap: 6 }}>
      {term("DutyKind", "prophylaxis")} <Due at={at} />
    </span>
  );
}

type What = "vaccination" | "given" | "declined";

function Forms({ of: x, contact, onClose }: { of: Protected; contact: boolean; onClose: () => void }) {
  const t = useText();
  const peps = usePep();
  const mayGive = contact && peps.length > 0;
  const [chosen, setChosen] = useState<What | null>(null);
  const what: What = chosen ?? (mayGive && x.prophylaxis_due ? "given" : "vaccination");
  const options = ([["vaccination", t(w.vaccination)], ["given", t(w.given)], ["declined", t(w.declined)]] as const).filter(([k]) => k === "vaccination" || (mayGive && (k === "given" || x.prophylaxis_due)));
  return (
    <Dialog title={t(w.title)} onClose={onClose}>
      <p className="row spread">
        <strong className="line-name" data-typed>
          {x.name}
        </strong>
        <ProphylaxisDue at={x.prophylaxis_due} />
      </p>
      {options.length > 1 && <Choice label={t(w.what)} value={what} onChoose={setChosen} options={options} />}
      {what === "vaccination" && <Vaccination of={x} onClose={onClose} />}
      {what === "given" && <Given person={x.person_id} peps={peps} onClose={onClose} />}
      {what === "declined" && <Declined person={x.person_id} onClose={onClose} />}
    </Dialog>
  );
}

const USUAL = ["0", "1", "2", "3"] as const;

function Vaccination({ of: x, onClose }: { of: Protected; onClose: () => void }) {
  const t = useText();
  const [doses, setDoses] = useState(x.doses === null || x.doses === undefined ? "" : String(x.doses));
  const [source, setSource] = useState<Schemas["VaccinationSource"]>(x.vaccination_source ?? "told");
  const [vaccine, setVaccine] = useState(x.vaccine ?? "");
  const [dates, setDates] = useState<readonly string[]>(x.dose_dates ?? []);
  const n = /^\d+$/.test(doses) ? Number(doses) : null;
  const fields = Math.min(n ?? 0, 6);
  const known = dates.slice(0, fields).filter(Boolean);
  const send = () => say({ vaccination_stated: { person: x.person_id, doses: n ?? 0, source, at: stamp(), ...(known.length > 0 ? { dates: known } : {}), ...(vaccine.trim() && n !== 0 ? { vaccine: vaccine.trim() } : {}) } });
  return (
    <Form action={t(core.save)} onSend={send} onDone={onClose} ready={n !== null && n <= MOST}>
      <Choice label={t(w.doses)} value={doses} onChoose={setDoses} options={USUAL.map((d) => [d, d === "0" ? t(w.none) : t(w.dosesN, { n: d })] as const)} />
      <Input label={t(w.more)} type="number" min={0} max={MOST} value={doses} onChange={(e) => setDoses(e.target.value)} />
      <Choice label={t(w.source)} value={source} onChoose={setSource} options={termsOf("VaccinationSource").map((s) => [s as Schemas["VaccinationSource"], term("VaccinationSource", s)] as const)} />
      {source === "told" && <p className="muted">{t(w.toldHint)}</p>}
      {fields > 0 && (
        <>
          {Array.from({ length: fields }, (_, i) => (
            <Input key={i} label={t(w.doseDay, { n: i + 1 })} type="date" value={dates[i] ?? ""} onChange={(e) => setDates(Array.from({ length: fields }, (__, k) => (k === i ? e.target.value : (dates[k] ?? ""))))} />
          ))}
          <Input label={t(w.vaccine)} value={vaccine} onChange={(e) => setVaccine(e.target.value)} />
        </>
      )}
    </Form>
  );
}

function Given({ person, peps, onClose }: { person: string; peps: readonly Pep[]; onClose: () => void }) {
  const t = useText();
  const [product, setProduct] = useState(peps[0]?.id ?? "");
  const [when, setWhen] = useState(() => momentNow());
  const [note, setNote] = useState("");
  const at = said(when);
  const pep = peps.find((p) => p.id === product);
  const send = () => say({ prophylaxis_given: { person, prophylaxis: product, at: at ?? stamp(), ...(note.trim() ? { note: note.trim() } : {}) } });
  return (
    <Form action={t(w.giveIt)} onSend={send} onDone={onClose} ready={product !== "" && at !== null}>
      <Choice label={t(w.product)} value={product} onChoose={setProduct} options={peps.map((p) => [p.id, pepName(p.id)] as const)} />
      {pep && (
        <p className="note">
          {t(w.within, { span: within(pep) })}
          {pep.dose && (
            <>
              {" "}
              · <span data-typed>{pep.dose}</span>
            </>
          )}
        </p>
      )}
      <When label={t(w.when)} value={when} onChange={setWhen} />
      <Input label={t(w.note)} value={note} onChange={(e) => setNote(e.target.value)} />
    </Form>
  );
}

function Declined({ person, onClose }: { person: string; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const send = async () => {
    await say({ prophylaxis_declined: { person, decision: decision.value, at: stamp() } });
    decision.remember();
  };
  return (
    <Form action={t(w.declined)} onSend={send} onDone={onClose} ready={decision.complete} danger>
      <p className="muted">{t(w.declinedHint)}</p>
      {decision.fields}
    </Form>
  );
}
