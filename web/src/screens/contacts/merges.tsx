/**
 * Merges and their undoing. A merge has the id of the record that goes, so that whoever sees the two can undo it, from any device; only a pair that
 * is merged anew after that has another id, which this device remembers.
 */
import { useSyncExternalStore } from "react";
import { stamp } from "../../api/clock";
import { Problem } from "../../api/problem";
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
  const fact = (id: string) => ({ persons_merged: { merge: id, kept: kept.person_id, gone: gone.person_id, decision, at: stamp() } });
  let id = gone.person_id;
  try {
    await say(fact(id));
  } catch (e) {
    if (!(e instanceof Problem) || e.refusal?.rule !== "merge.exists") throw e;
    id = newId();
    await say(fact(id));
  }
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
