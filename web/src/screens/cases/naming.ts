/** Candidates that someone decided on become contacts: at most so many facts in one submission. */
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import { say } from "../../api/say";
import type { Fact, Schemas } from "../../api/types";

export type Candidate = Schemas["Candidate"];
export type Category = Schemas["ContactCategory"];

const AT_ONCE = 500;

/** True of whom nothing is left to decide: a contact of this case already, or a case. */
export function isDecided(c: Candidate, id: string): boolean {
  return c.contacts.some((k) => k.case_id === id && k.state !== "dropped") || c.cases.some((k) => k.state === "active");
}

/** The category that a candidate gets: the chosen one, else what the rule proposes; none if it proposes nothing. */
export const categoryOf = (c: Candidate, chosen: Category | null): Category | null => chosen ?? (c.proposal === "none" ? null : c.proposal);

/** Names them, 500 a submission. Each has the id of its record from the server: whoever is named twice is named once. */
export async function nameAll(id: string, all: readonly Candidate[], chosen: Category | null, decision: Schemas["Decision"], onProgress: (done: number) => void): Promise<void> {
  const now = stamp();
  const facts = all.flatMap((c): Fact[] => {
    const category = categoryOf(c, chosen);
    if (!category) return [];
    const { contact_id: contact, person_id: person, first_exposure, last_exposure, context, certainty } = c;
    // An exposure that goes on ends, for the server, when it was asked: a moment that this device's clock may not have reached.
    const at = Date.parse(last_exposure) > Date.parse(now) ? last_exposure : now;
    return [{ contact_named: { contact, person, case: id, category, first_exposure, last_exposure, context, certainty, decision, at } }];
  });
  for (let i = 0; i < facts.length; i += AT_ONCE) {
    await say(...facts.slice(i, i + AT_ONCE));
    onProgress(Math.min(i + AT_ONCE, facts.length));
  }
}

/** Every candidate of a filter, not only those that were scrolled to. */
export async function readAll(id: string, query: Record<string, string | boolean | null>): Promise<Candidate[]> {
  const all: Candidate[] = [];
  let after: string | null = null;
  do {
    const page: Schemas["Candidates"] = await get<Schemas["Candidates"]>(`/v1/cases/${id}/candidates`, { ...query, limit: 1000, after });
    all.push(...page.items);
    after = page.next ?? null;
  } while (after !== null);
  return all;
}
