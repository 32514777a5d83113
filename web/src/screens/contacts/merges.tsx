/** Merges and their undoing. The latest ones of this device are shown by name; every other is found at the person who was kept. */
import { useSyncExternalStore } from "react";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { useText } from "../../words/language";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { c } from "./words";

export interface Merge {
  merge: string;
  /** For people to recognise; not kept longer than the page is open. */
  names: readonly string[];
}

let done: readonly Merge[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Merge[]): void {
  done = next;
  for (const l of listeners) l();
}

/** The merges of this device since the page was opened. */
export function useMerges(): readonly Merge[] {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => done,
  );
}

/** Merges two records. */
export async function merge(kept: Schemas["PersonView"], gone: Schemas["PersonView"], decision: Schemas["Decision"]): Promise<void> {
  const id = newId();
  await say({ persons_merged: { merge: id, kept: kept.person_id, gone: gone.person_id, decision, at: stamp() } });
  set([{ merge: id, names: [kept.name, gone.name] }, ...done]);
}

export function Undo({ merge: id, onClose }: { merge: string; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const send = async () => {
    await say({ merge_undone: { merge: id, decision: decision.value, at: stamp() } });
    decision.remember();
    set(done.filter((m) => m.merge !== id));
  };
  return (
    <Dialog title={t(c.undo)} onClose={onClose}>
      <Form action={t(c.undo)} onSend={send} onDone={onClose} ready={decision.complete} danger>
        {decision.fields}
      </Form>
    </Dialog>
  );
}
