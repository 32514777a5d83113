import { useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, TextArea } from "../../ui/Field";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import type { TransferItem } from "../courier/shapes";
import { called } from "./TransferCard";
import { dispatch as w } from "./words";

/** Nobody is fetched after all: who decided that, and why. */
export function CallOff({ of: x, onClose }: { of: TransferItem; onClose: () => void }) {
  const t = useText();
  const [reason, setReason] = useState("");
  const [decider, setDecider] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const name = called(x);
  const callOff = async () => {
    setWrong(null);
    try {
      await say({ transfer_called_off: { transfer: x.transfer_id, decision: { decider: decider.trim(), reason: reason.trim() }, at: stamp() } });
    } catch (e) {
      setWrong(e instanceof Error ? e.message : String(e));
      return;
    }
    toast("good", t(w.calledOff, { name }));
    onClose();
    void queries.invalidateQueries();
  };
  return (
    <Dialog title={t(w.callOff)} onClose={onClose}>
      <p data-typed>{[name, x.vehicle, x.to_name].filter(Boolean).join(" · ")}</p>
      <TextArea label={t(core.reason)} value={reason} onChange={(e) => setReason(e.target.value)} required />
      <Input label={t(core.decider)} value={decider} onChange={(e) => setDecider(e.target.value)} required wrong={wrong} />
      <Button danger wide className="tall" onClick={callOff} disabled={!reason.trim() || !decider.trim()}>
        {t(w.callOff)}
      </Button>
    </Dialog>
  );
}
