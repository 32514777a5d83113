/**
 * Someone who is on no list of this device was swabbed without a network: the record holds their code, which only the server can read.
 * Before it leaves, the server is asked whose it is. Until then an id made here stands for them, in this record and in what was said of it.
 */
import { Problem } from "../api/problem";
import type { Fact, Page, Schemas } from "../api/types";
import { contentHash } from "./canonical";
import { note, noted, type Queued } from "./db";
import { settle } from "./queue";

const PATIENCE_MS = 15_000;
/** Ids that were made here, and whose they are. */
const KEY = "whose";
type Ids = Record<string, string>;

const NOBODY = {
  kind: "code-unknown",
  zh: "台账中查不到此码：请按姓名、手机查找后改为本人，或补作临时登记",
  en: "Nobody in the book has this code: find the person by name or telephone and register them, or list a walk-in",
};
const SHUT = {
  kind: "revoked",
  zh: "账号已停用，无法核对此人的码：请保留在设备上并将设备交给指挥员，数据不会丢失",
  en: "The account was revoked and may not ask whose code this is: keep it on the device and give the device to the commander: nothing is lost",
};

/** The records that can leave now, with the people whom they are about. What is nobody's is kept as refused. */
export async function whose(items: Queued[], token: string): Promise<Queued[] | "token" | "away"> {
  const ids = (await noted<Ids>(KEY)) ?? {};
  const out: Queued[] = [];
  for (const item of items) {
    if (item.code === undefined) {
      out.push(await renamed(item, ids));
      continue;
    }
    const found = await look(item.code, token);
    if (found === "token" || found === "away") return found;
    if (found === "nobody" || found === "shut") {
      const why = found === "shut" ? SHUT : NOBODY;
      await settle([{ ...item, state: "refused", problem: { ...why, detail: why.zh } }]);
      continue;
    }
    ids[item.about.person ?? ""] = found.person;
    await note(KEY, ids);
    const { code: _, ...rest } = await renamed(item, ids);
    const known: Queued = { ...rest, about: { ...item.about, ...found }, hash: await contentHash(rest.facts) };
    await settle([known]);
    out.push(known);
  }
  return out;
}

async function renamed(item: Queued, ids: Ids): Promise<Queued> {
  const text = JSON.stringify(item.facts);
  const made = Object.keys(ids).filter((id) => text.includes(id));
  if (item.tried || made.length === 0) return item;
  const facts = JSON.parse(made.reduce((s, id) => s.replaceAll(id, ids[id] ?? id), text)) as Fact[];
  return { ...item, facts, hash: item.hash === null ? null : await contentHash(facts) };
}

async function look(code: string, token: string): Promise<{ person: string; name: string } | "nobody" | "shut" | "token" | "away"> {
  const timer = new AbortController();
  const out = setTimeout(() => timer.abort(), PATIENCE_MS);
  try {
    const response = await fetch(`/v1/persons?limit=2&text=${encodeURIComponent(code)}`, { signal: timer.signal, headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw await Problem.of(response);
    const hit = ((await response.json()) as Page<Schemas["PersonHit"]>).items[0];
    return hit ? { person: hit.same_as ?? hit.person_id, name: hit.name } : "nobody";
  } catch (e) {
    if (!(e instanceof Problem) || e.status !== 401) return "away";
    return e.kind === "revoked" ? "shut" : "token";
  } finally {
    clearTimeout(out);
  }
}
