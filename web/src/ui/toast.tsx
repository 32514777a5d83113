/** Short words at the foot of the page: what was done, what was refused and why. */
import { useEffect, useSyncExternalStore } from "react";
import { core } from "../words/core";
import { translate } from "../words/language";

interface Toast {
  id: number;
  kind: "good" | "bad";
  text: string;
}

let shown: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: Toast[]): void {
  shown = next;
  for (const l of listeners) l();
}

export function toast(kind: Toast["kind"], text: string): void {
  last += 1;
  change([...shown.slice(-2), { id: last, kind, text }]);
}

/** Says a fault. Refusals carry what to do in the user's language. */
export const told = (e: unknown): void => toast("bad", e instanceof Error ? e.message : String(e));

export function Toasts() {
  const list = useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => shown,
  );
  return (
    <div className="toasts" aria-live="polite">
      {list.map((t) => (
        <One key={t.id} toast={t} />
      ))}
    </div>
  );
}

function One({ toast: t }: { toast: Toast }) {
  const drop = () => change(shown.filter((o) => o.id !== t.id));
  useEffect(() => {
    const timer = setTimeout(drop, t.kind === "good" ? 4_000 : 15_000);
    return () => clearTimeout(timer);
  });
  return (
    <button type="button" className={`note ${t.kind} button`} data-typed onClick={drop} title={translate(core.close)} role={t.kind === "bad" ? "alert" : "status"}>
      {t.text}
    </button>
  );
}
