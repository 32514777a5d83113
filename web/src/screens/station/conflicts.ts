/** The same person swabbed at two stations in one round: both records stand, and someone has to know. */
import type { Listed, Tube } from "../../offline/db";
import type { People } from "../../offline/people";
import { living } from "./rules";

export interface Conflict {
  person: string;
  name: string;
  /** What this device has. */
  tube: string;
  at: number;
  /** What the book has. */
  listed: Listed;
}

/** Times are written to the second: by them where the list does not name the tube (it lies outside the reader's jurisdiction). */
const SAME_MS = 1_500;

/** Whom this device registered in the round and who stands in the book with another swab of it. */
export function conflictsOf(tubes: Iterable<Tube>, people: People): Conflict[] {
  const out: Conflict[] = [];
  for (const t of tubes) {
    for (const m of t.state === "spoilt" ? [] : living(t)) {
      const listed = people.byId.get(m.person);
      if (!listed?.sampled_at || listed.round !== t.round || m.id === "") continue;
      const other = listed.tube ? listed.tube !== t.tube : Math.abs(Date.parse(listed.sampled_at) - m.at) > SAME_MS;
      if (other) out.push({ person: m.person, name: m.name, tube: t.tube, at: m.at, listed });
    }
  }
  return out;
}
