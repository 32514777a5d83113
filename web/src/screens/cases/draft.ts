/**
 * An interview as it is filled in: kept on the device with every key, handed in as a patch of what was changed. When the network is away the
 * patch waits under its id, and is handed in once when it is back.
 */
import { useEffect, useRef, useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { Problem } from "../../api/problem";
import { handIn, newId } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas, Submission } from "../../api/types";

export type Answer = Schemas["AnswerGiven"] | null;
type Answers = Record<string, Answer>;

export interface Draft {
  /** What was changed, and not handed in yet. */
  answers: Answers;
  /** Of each change, which state of the record was before the interviewer's eyes. */
  base: Record<string, number>;
  interviewer: string;
  informant: string;
  /** Handed in, but without an answer yet: repeated as it is. */
  waiting?: { submission: Submission; answers: Answers };
}

const REPEAT_MS = 15_000;
const keyOf = (id: string): string => `quell.interview.${session()?.account ?? ""}.${id}`;

function read(id: string): Draft {
  const empty: Draft = { answers: {}, base: {}, interviewer: localStorage.getItem("quell.interviewer") ?? session()?.account ?? "", informant: "" };
  try {
    return { ...empty, ...(JSON.parse(localStorage.getItem(keyOf(id)) ?? "{}") as Partial<Draft>) };
  } catch {
    return empty;
  }
}

function keep(id: string, d: Draft): void {
  if (d.interviewer) localStorage.setItem("quell.interviewer", d.interviewer);
  // Answers about people stay on the device no longer than needed.
  if (Object.keys(d.answers).length === 0 && !d.waiting) localStorage.removeItem(keyOf(id));
  else localStorage.setItem(keyOf(id), JSON.stringify(d));
}

export const same = (a: Answer | undefined, b: Answer | undefined): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What someone else has answered since, otherwise: question by question. */
export function conflicts(d: Draft, record: Schemas["RecordKept"] | null | undefined): string[] {
  return Object.keys(d.answers).filter((q) => {
    const kept = record?.answers[q];
    return kept !== undefined && kept.seq > (d.base[q] ?? 0) && kept.by !== d.interviewer && !same(kept.value, d.answers[q]);
  });
}

/** The patch without what was handed in and not changed again meanwhile. */
function without(d: Draft, sent: Answers): Draft {
  const left = Object.entries(d.answers).filter(([q, a]) => !(q in sent) || !same(sent[q], a));
  return { ...d, answers: Object.fromEntries(left), waiting: undefined };
}

export function useDraft(id: string, record: Schemas["RecordKept"] | null | undefined) {
  const [draft, set] = useState(() => read(id));
  const now = useRef(draft);
  const sending = useRef(false);
  const change = (next: Draft) => {
    now.current = next;
    keep(id, next);
    set(next);
  };
  const answer = (q: string, a: Answer) => {
    const d = now.current;
    const { [q]: _, ...others } = d.answers;
    const unchanged = same(record?.answers[q]?.value, a);
    change({ ...d, answers: unchanged ? others : { ...others, [q]: a }, base: { ...d.base, [q]: d.base[q] ?? record?.updated_seq ?? 0 } });
  };
  /** Someone else's answer stands, or one's own does. */
  const settle = (q: string, mine: boolean) => {
    const d = now.current;
    const { [q]: _, ...others } = d.answers;
    const { [q]: __, ...bases } = d.base;
    change(mine ? { ...d, base: { ...d.base, [q]: record?.updated_seq ?? 0 } } : { ...d, answers: others, base: bases });
  };
  const push = async (waiting: NonNullable<Draft["waiting"]>): Promise<boolean> => {
    change({ ...now.current, waiting });
    try {
      await handIn(waiting.submission);
    } catch (e) {
      if (e instanceof Problem && e.passing) return false;
      change({ ...now.current, waiting: undefined });
      void queries.invalidateQueries();
      throw e;
    }
    const left = without(now.current, waiting.answers);
    change({ ...left, base: Object.keys(left.answers).length === 0 ? {} : left.base });
    void queries.invalidateQueries();
    return true;
  };
  /** Hands in what was changed, and `also`. True if it is in the book; false if it waits for the network. Throws a refusal. */
  const send = async (also: Submission["facts"] = []): Promise<boolean> => {
    if (sending.current) return false;
    sending.current = true;
    try {
      const before = now.current.waiting;
      if (before && !(await push(before))) return false;
      const next = patch(id, now.current, record?.updated_seq ?? 0, also);
      return next.submission.facts.length === 0 || (await push(next));
    } finally {
      sending.current = false;
    }
  };
  useRepeat(draft.waiting !== undefined, send);
  return { draft, change, answer, settle, send };
}

/** While something waits it is tried again: when the device says that the network is back, and every now and then. */
function useRepeat(waits: boolean, send: () => Promise<boolean>): void {
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (!waits) return;
    // A refusal is shown by the next saving, which meets it again.
    const again = () => void latest.current().catch(() => undefined);
    const timer = setInterval(again, REPEAT_MS);
    window.addEventListener("online", again);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", again);
    };
  }, [waits]);
}

function patch(id: string, d: Draft, seen: number, also: Submission["facts"]): { submission: Submission; answers: Answers } {
  const said = Object.keys(d.answers).length > 0;
  const interviewed = { case: id, interviewer: d.interviewer.trim(), answers: d.answers, seen, at: stamp(), ...(d.informant.trim() ? { informant: d.informant.trim() } : {}) };
  return { submission: { id: newId(), facts: [...(said ? [{ interviewed }] : []), ...also] }, answers: d.answers };
}
