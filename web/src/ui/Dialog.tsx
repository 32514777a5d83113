import { type ReactNode, useEffect, useId, useRef } from "react";
import { core } from "../words/core";
import { useText } from "../words/language";
import { Button } from "./Button";

/** A question or a form over the page. Escape and the button close it; the focus comes back by itself. */
export function Dialog({ title, onClose, broad, children }: { title: string; onClose: () => void; broad?: boolean; children: ReactNode }) {
  const t = useText();
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const d = ref.current;
    if (!d || d.open) return;
    d.showModal();
    // One opens a form to fill it in, not to close it.
    d.querySelector<HTMLElement>("form input, form select, form textarea")?.focus();
  }, []);
  return (
    <dialog ref={ref} className={broad ? "broad" : ""} aria-labelledby={id} onClose={onClose} onCancel={onClose}>
      <div className="stack">
        <div className="row spread">
          <h2 id={id}>{title}</h2>
          <Button onClick={onClose} aria-label={t(core.close)}>
            ✕
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
