/** How a stay ends: the patient goes home, or dies. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { toast } from "../../ui/toast";
import { useText } from "../../words/language";
import { DecisionFields, useDecision } from "./Decision";
import { type Bed, whereOf } from "./facility";
import { Reasons } from "./reasons";
import { w } from "./words";

type Of = Pick<Bed, "stay_id" | "person_id" | "name" | "ward" | "bed">;

/** Says that a patient who meets the criteria leaves; of any other, once it is said who decided that and why. */
export async function discharge(bed: Of, decision: ReturnType<typeof useDecision>["given"] = {}): Promise<void> {
  await say({ discharged: { stay: bed.stay_id, at: stamp(), ...decision } });
}

export function Discharge({ bed, canGo, onClose }: { bed: Bed; canGo: boolean; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const name = bed.name ?? "";
  const send = async () => {
    await discharge(bed, canGo ? {} : decision.given);
    toast("good", t(w.discharged, { name, ward: bed.ward, bed: bed.bed }));
    onClose();
    await queries.invalidateQueries();
  };
  return (
    <Dialog title={t(w.discharge)} onClose={onClose}>
      <p className="big">
        <span data-typed>{t(w.dischargeAsk, { name })}</span> <span className="muted">{whereOf(bed)}</span>
      </p>
      {canGo ? (
        <p className="note good">{t(w.canGo)}</p>
      ) : (
        <>
          <div className="note warn">
            <Reasons bed={bed} />
          </div>
          <DecisionFields of={decision} hint={t(w.cannotGo)} />
        </>
      )}
      <Button first wide onClick={send} disabled={!canGo && !decision.complete}>
        {t(w.discharge)}
      </Button>
    </Dialog>
  );
}

/** Asked twice, and the second time in another way: a tired thumb on the wrong bed must not end a life in the book. */
export function Death({ bed, onClose }: { bed: Bed; onClose: () => void }) {
  const t = useText();
  const [cause, setCause] = useState("");
  const [asked, setAsked] = useState(false);
  const [name, setName] = useState("");
  const where = whereOf(bed);
  // Someone of whom no name is shown to this ward is checked by the bed.
  const wanted = bed.name ?? String(bed.bed);
  const send = async () => {
    await say({ died: { person: bed.person_id, at: stamp(), ...(cause.trim() ? { cause: cause.trim() } : {}) } });
    toast("good", t(w.deathSaid, { name: bed.name ?? where }));
    onClose();
    await queries.invalidateQueries();
  };
  return (
    <Dialog title={t(w.death)} onClose={onClose}>
      <p className="big" data-typed>
        {t(w.deathAsk, { name: bed.name ?? "", where })}
      </p>
      {asked ? (
        <>
          <p>{t(w.deathAgain)}</p>
          <Input label={t(w.deathName)} value={name} onChange={(e) => setName(e.target.value)} autoFocus autoComplete="off" wrong={name.length >= wanted.length && name.trim() !== wanted ? t(w.deathWrongName) : null} />
          <Button danger wide onClick={send} disabled={name.trim() !== wanted}>
            {t(w.deathSay)}
          </Button>
        </>
      ) : (
        <>
          <Input label={t(w.cause)} value={cause} onChange={(e) => setCause(e.target.value)} />
          <Button danger wide onClick={() => setAsked(true)}>
            {t(w.deathNext)}
          </Button>
        </>
      )}
    </Dialog>
  );
}
