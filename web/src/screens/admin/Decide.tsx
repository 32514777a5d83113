/** A decision: who decided and why. Asked once more before anything is said. */
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, TextArea } from "../../ui/Field";
import { core } from "../../words/core";
import { useText } from "../../words/language";

interface Props {
  title: string;
  /** What it means, and further fields. */
  children?: ReactNode;
  /** What the reason is called here. */
  reasonLabel?: string;
  /** Where only a decider is kept. */
  withoutReason?: boolean;
  /** Where only a reason is kept. */
  withoutDecider?: boolean;
  confirm?: string;
  danger?: boolean;
  /** Something else is still to be chosen. */
  unready?: boolean;
  onClose: () => void;
  onDecide: (d: { decider: string; reason: string }) => Promise<void>;
}

export function Decide({ title, children, reasonLabel, withoutReason, withoutDecider, confirm, danger, unready, onClose, onDecide }: Props) {
  const t = useText();
  const [decider, setDecider] = useState("");
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = !unready && (withoutReason || reason.trim()) && (withoutDecider || decider.trim());
  const send = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      await onDecide({ decider: decider.trim(), reason: reason.trim() });
      onClose();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={(e) => void send(e)}>
        {children}
        {!withoutReason && <TextArea label={reasonLabel ?? t(core.reason)} value={reason} onChange={(e) => setReason(e.target.value)} required />}
        {!withoutDecider && <Input label={t(core.decider)} value={decider} onChange={(e) => setDecider(e.target.value)} required />}
        {wrong && (
          <p className="note bad" role="alert">
            {wrong}
          </p>
        )}
        <div className="row spread">
          <Button onClick={onClose}>{t(core.cancel)}</Button>
          <button type="submit" className={`button ${danger ? "danger" : "first"}`} disabled={busy || !ready}>
            {confirm ?? t(core.confirm)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
