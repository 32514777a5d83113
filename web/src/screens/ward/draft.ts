/** A round that is not saved yet: kept on this device with every key, so that a reload, an empty battery or a lost connection loses nothing. */
import { useCallback, useRef, useState } from "react";
import { stamp } from "../../api/clock";
import { handIn, newId } from "../../api/say";
import type { Fact, Schemas, Submission } from "../../api/types";
import { Problem } from "../../api/problem";
import { oxygen, temperature } from "./vitals";

/** What was typed about one patient. */
export interface Row {
  temperature: string;
  oxygen: string;
  severity: string;
  symptoms: string;
  /** When the first of it was typed: that is when the patient was seen. */
  at: string;
}
export type Rows = Record<string, Row>;
export type Cell = "temperature" | "oxygen" | "severity" | "symptoms";

const rowsKey = (facility: string): string => `quell.round.${facility}`;
const sendingKey = (facility: string): string => `quell.round.${facility}.sending`;

/** A submission that may have arrived although no answer came: it is repeated under its id, never made anew. */
interface Sending {
  submission: Submission;
  rows: Rows;
}

function kept<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

function keep(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A device without room: the page still holds what was typed.
  }
}

const empty = (r: Row): boolean => !(r.temperature || r.oxygen || r.severity || r.symptoms);
const same = (a: Row | undefined, b: Row): boolean => a !== undefined && a.temperature === b.temperature && a.oxygen === b.oxygen && a.severity === b.severity && a.symptoms === b.symptoms;

/** The values of a row that are wrong. */
export const faults = (r: Row): number => [temperature(r.temperature), oxygen(r.oxygen)].filter((x) => x.wrong).length;

function fact(person: string, r: Row): Fact {
  const [t, o] = [temperature(r.temperature).value, oxygen(r.oxygen).value];
  return {
    observed: {
      person,
      at: r.at,
      ...(t === null ? {} : { temperature: t }),
      ...(o === null ? {} : { oxygen: o }),
      ...(r.severity ? { severity: r.severity as Schemas["Severity"] } : {}),
      ...(r.symptoms.trim() ? { symptoms: r.symptoms.trim() } : {}),
    },
  };
}

export function useDraft(facility: string) {
  const [rows, setRows] = useState<Rows>(() => kept<Rows>(rowsKey(facility)) ?? {});
  const latest = useRef(rows);
  latest.current = rows;
  const change = useCallback(
    (make: (old: Rows) => Rows) =>
      setRows((old) => {
        const next = make(old);
        keep(rowsKey(facility), Object.keys(next).length > 0 ? next : null);
        return next;
      }),
    [facility],
  );
  const set = useCallback(
    (person: string, cell: Cell, value: string) =>
      change((old) => {
        const row: Row = { ...(old[person] ?? { temperature: "", oxygen: "", severity: "", symptoms: "", at: stamp() }), [cell]: value };
        const { [person]: _, ...others } = old;
        return empty(row) ? others : { ...others, [person]: row };
      }),
    [change],
  );
  /** What arrived is no draft any more, unless it was changed meanwhile. */
  const arrived = useCallback((said: Rows) => change((old) => Object.fromEntries(Object.entries(old).filter(([p, r]) => !same(said[p], r)))), [change]);

  /** Saves these patients' rows in one submission; gives how many. */
  const save = useCallback(
    async (persons: string[]): Promise<number> => {
      const waiting = kept<Sending>(sendingKey(facility));
      if (waiting) arrived((await sent(facility, waiting)).rows);
      const now = latest.current;
      const chosen: Rows = Object.fromEntries(persons.flatMap((p) => (now[p] && !(waiting && same(waiting.rows[p], now[p])) ? [[p, now[p]]] : [])));
      const facts = Object.entries(chosen).map(([p, r]) => fact(p, r));
      if (facts.length > 0) arrived((await sent(facility, { submission: { id: newId(), facts }, rows: chosen })).rows);
      return facts.length + (waiting ? Object.keys(waiting.rows).length : 0);
    },
    [facility, arrived],
  );
  return { rows, set, save };
}

async function sent(facility: string, s: Sending): Promise<Sending> {
  keep(sendingKey(facility), s);
  try {
    await handIn(s.submission);
  } catch (e) {
    // Refused: it is not in the book, and its rows can be mended. Otherwise nobody knows, and it is sent again as it is.
    if (e instanceof Problem && !e.passing) keep(sendingKey(facility), null);
    throw e;
  }
  keep(sendingKey(facility), null);
  return s;
}
