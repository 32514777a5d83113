/** Someone at the table whom the list does not settle: the server is asked once more, and nobody waits long for it. */
import { ask } from "../../api/client";
import type { Schemas } from "../../api/types";
import { lineNow } from "../../offline/sender";
import { desk } from "./desk";
import { living, type Who } from "./rules";

const LOOK_MS = 5_000;

/** What is known of someone besides the list: who goes into no tube with others, and whether the swab that a recall asks for is still owed. */
export async function closer(who: Who): Promise<Who> {
  const refused = desk().single.has(who.person);
  const alone: Who = refused ? { ...who, mode: "single" } : who;
  if (alone.code !== undefined || (alone.mode !== null && !alone.recalled && !refused)) return alone;
  const p = lineNow().up === false ? null : await ask(`/v1/persons/${alone.person}`, { patience: LOOK_MS }).then(async (r) => (await r.json()) as Schemas["PersonView"]).catch(() => null);
  if (p === null) return { ...alone, recalled: alone.recalled === true && !sampledSingly(alone.person, desk().people.byId.get(alone.person)?.sampled_at) };
  const recalled = (p.duties ?? []).some((d) => d.state === "open" && (d.kind === "recall" || d.kind === "resample") && !sampledSingly(alone.person, d.opened_at));
  // One tube for one person is right by every rule; the list alone tells who may share one.
  return { ...alone, recalled, mode: recalled || p.exposure !== "none" ? "single" : alone.mode };
}

/** What this device took since then may not have reached the server. */
function sampledSingly(person: string, since: string | null | undefined): boolean {
  const from = since ? Date.parse(since) : 0;
  return [...desk().tubes.values()].some((t) => t.mode === "single" && t.state !== "spoilt" && living(t).some((m) => m.person === person && m.at > from));
}
