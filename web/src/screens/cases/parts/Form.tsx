import { type FormEvent, type ReactNode, useState } from "react";
import { queries } from "../../../api/live";
import { toast } from "../../../ui/toast";
import { core } from "../../../words/core";
import { useText } from "../../../words/language";

interface Props {
  /** What the button says. */
  action: string;
  /** Says the facts. A refusal is shown here, and the form stays as it is. `false`: it waits on this device, and is not done yet. */
  onSend: () => Promise<unknown>;
  onDone?: () => void;
  ready?: boolean;
  danger?: boolean;
  children?: ReactNode;
}

/** A form that hands in facts: waits, shows the refusal beside itself, and has every list read again. */
export function Form({ action, onSend, onDone, ready = true, danger, children }: Props) {
  const t = useText();
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setWrong(null);
    try {
      if ((await onSend()) !== false) toast("good", t(core.done));
      void queries.invalidateQueries();
      onDone?.();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(e) => void send(e)}>
      {children}
      {wrong && (
        <p className="note bad" role="alert" data-typed>
          {wrong}
        </p>
      )}
      <button type="submit" className={`button wide ${danger ? "danger" : "first"}`} disabled={busy || !ready} aria-busy={busy || undefined}>
        {action}
      </button>
    </form>
  );
}
