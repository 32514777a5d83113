import { useState } from "react";
import { Link } from "wouter";
import { bookNow, stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { newId, say } from "../../api/say";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { toast } from "../../ui/toast";
import { time, yearsOld } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Death, Discharge } from "./ends";
import { type Bed, type Facility, isCase, whereOf } from "./facility";
import { w } from "./words";

type Step = "look" | "discharge" | "death" | "transfer";

/** A patient by the bed: what is open, and what can be done. */
export function Patient({ facility, bed, canGo, onClose }: { facility: Facility; bed: Bed; canGo: boolean; onClose: () => void }) {
  const t = useText();
  const [step, setStep] = useState<Step>("look");
  const back = () => setStep("look");
  if (step === "discharge") return <Discharge bed={bed} canGo={canGo} onClose={onClose} />;
  if (step === "death") return <Death bed={bed} onClose={onClose} />;
  if (step === "transfer") return <AskTransfer bed={bed} onClose={back} />;
  return (
    <Dialog title={whereOf(bed)} onClose={onClose}>
      <Facts bed={bed} />
      <section className="stack">
        <h3>{t(w.toDo)}</h3>
        {bed.duties.length === 0 && <p className="muted">{t(w.noToDo)}</p>}
        <ul className="stack">
          {bed.duties.map((d) => (
            <li key={d.duty_id} className="row spread">
              <span>{term("DutyKind", d.kind)}</span>
              <Due at={d.due} />
            </li>
          ))}
        </ul>
      </section>
      <div className="acts">
        <Link href="/ward/round" className="button first">
          {t(w.round)}
        </Link>
        <Button first={canGo} onClick={() => setStep("discharge")}>
          {t(w.discharge)}
        </Button>
        {facility.kind !== "designated_hospital" && <Button onClick={() => setStep("transfer")}>{t(w.transfer)}</Button>}
        <Link href={`/persons/${bed.person_id}`} className="button">
          {t(w.wholeRecord)}
        </Link>
        <Button danger onClick={() => setStep("death")}>
          {t(w.death)}
        </Button>
      </div>
    </Dialog>
  );
}

function Facts({ bed }: { bed: Bed }) {
  const t = useText();
  const age = bed.born ? yearsOld(bed.born, bookNow()) : null;
  return (
    <>
      <p>
        <strong className="big" data-typed>
          {bed.name ?? bed.person_id}
        </strong>{" "}
        {age !== null && t(w.age, { n: age })}
      </p>
      <dl className="patient-facts">
        {bed.standing && <Pair name={t(w.standing)}>{term("Standing", bed.standing)}</Pair>}
        {bed.severity && <Pair name={t(w.severity)}>{term("Severity", bed.severity)}</Pair>}
        {bed.category && <Pair name={t(w.category)}>{term("ContactCategory", bed.category)}</Pair>}
        <Pair name={t(w.admittedAt)}>{time(bed.admitted_at)}</Pair>
        <Pair name={t(w.lastSeen)}>{bed.last_observed_at ? time(bed.last_observed_at) : t(w.never)}</Pair>
        {isCase(bed) && (
          <Pair name={t(w.passes)}>
            {bed.exit_passes} {bed.last_pass_at && <span className="muted">({t(w.lastPass, { t: time(bed.last_pass_at) })})</span>}
          </Pair>
        )}
      </dl>
    </>
  );
}

function Pair({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

function AskTransfer({ bed, onClose }: { bed: Bed; onClose: () => void }) {
  const t = useText();
  const send = async () => {
    await say({ transfer_requested: { transfer: newId(), person: bed.person_id, at: stamp() } });
    toast("good", t(w.transferAsked));
    onClose();
    await queries.invalidateQueries();
  };
  return (
    <Dialog title={t(w.transfer)} onClose={onClose}>
      <p data-typed>{t(w.transferAsk, { name: bed.name ?? "" })}</p>
      <Button first wide onClick={send} autoFocus>
        {t(w.transfer)}
      </Button>
    </Dialog>
  );
}
