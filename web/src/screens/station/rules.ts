/** Whether a person may go into a tube: told at once, without asking the server, by what the list says of the person. */
import type { Schemas } from "../../api/types";
import type { Tube } from "../../offline/db";
import { time } from "../../words/format";
import type { Text } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";

type Mode = Schemas["TubeMode"];

/** Someone at the table. What is not known is null: then the server decides. */
export interface Who {
  person: string;
  name: string;
  home: string | null;
  mode: Mode | null;
  standing: Schemas["Standing"] | null;
  waived: string | null;
  /** A single swab is owed, because of a pool or of a swab that gave no answer. */
  recalled?: boolean;
  /** Their code, if nothing else is known of them here. */
  code?: string;
}

/** The swab of this round that is known already. */
export interface Seen {
  at: number;
  tube: string | null;
}

export type Said = readonly [text: Text, values?: Record<string, string | number>];

export type Verdict =
  /** `outside`: counts for no round. */
  | { kind: "take"; mode: Mode; more?: Said; outside?: boolean }
  /** Only if the same code is scanned once more. */
  | { kind: "confirm"; why: Said; more?: Said; mode: Mode }
  | { kind: "refuse"; why: Said };

/** A tube may hold fewer than its people need, never more. */
const WIDTH: Record<Mode, number> = { single: 0, household: 1, pooled: 2 };

export function judge(who: Who, tube: Tube, seen: Seen | null): Verdict {
  const no = (why: Text): Verdict => ({ kind: "refuse", why: [why] });
  const inside = living(tube);
  if (inside.some((m) => m.person === who.person)) return no(w.inTube);
  if (who.standing === "dead") return no(w.dead);
  const mode = tube.mode ?? who.mode ?? usualMode(tube);
  if (who.recalled === true && mode !== "single") return no(w.recallSingle);
  if (who.mode !== null && WIDTH[mode] > WIDTH[who.mode]) return no(who.mode === "single" ? w.mustSingle : w.mustHousehold);
  if (mode === "household" && inside.length > 0 && who.code !== undefined) return no(w.strangerHousehold);
  if (mode === "household" && tube.household !== null && who.home !== null && tube.household !== who.home) return no(w.otherHousehold);
  if (isFull(tube)) return no(w.tubeFull);
  // Whoever a pool has called back has been swabbed in the round already: this swab is asked for all the same, beside the round.
  if (who.recalled === true) return { kind: "take", mode, more: [w.recallTaken], outside: seen !== null };
  if (seen) return { kind: "confirm", why: [w.sampledAlready, { at: time(seen.at) }], more: seen.tube ? [w.sampledTube, { tube: seen.tube }] : undefined, mode };
  if (who.waived !== null && tube.round !== null) return { kind: "confirm", why: [w.waived], mode };
  if (who.standing !== null && !["at_home", "home_isolation"].includes(who.standing)) return { kind: "confirm", why: [w.standing, { standing: term("Standing", who.standing) }], mode };
  return { kind: "take", mode };
}

/** How someone is sampled of whom nothing else is known: outside the rounds singly, which no rule refuses. */
export const usualMode = (tube: Tube): Mode => (tube.round === null ? "single" : "pooled");

/** Who is in the tube: not who was taken back or refused. */
export const living = (tube: Tube) => tube.members.filter((m) => !m.void && !m.refused);

export const isFull = (tube: Tube): boolean => tube.capacity !== null && living(tube).length >= tube.capacity;

/** A tube that the next one replaces: nobody else can come into it. A pool that is not full stays open beside a single tube. */
export const isDone = (tube: Tube): boolean => living(tube).length > 0 && (isFull(tube) || tube.mode === "single" || tube.mode === "household");
