/** What to do about a record that the server refused: said again in the way that the rule asks for, never silently dropped. */
import type { Fact } from "../../api/types";
import { db, type Queued } from "../../offline/db";
import { enqueue, settle } from "../../offline/queue";
import { sendNow } from "../../offline/sender";
import { type Text, words } from "../../words/language";
import { desk, inTurn, keepTube } from "./desk";

const c = words({
  swabbed: ["拭子已在管内：照实登记并标记", "The swab is in the tube: record it so, flagged"],
  noRound: ["不带轮次登记", "Register without the round"],
  asTube: ["按此管原来的方式登记", "Register in the tube's own mode"],
});

export interface Correction {
  text: Text;
  facts: Fact[];
}

type Registered = Extract<Fact, { registered: unknown }>["registered"];

/** The correction that the rule allows, if there is one. */
export function correctionOf(item: Queued): Correction | null {
  const changed = (text: Text, change: (r: Registered) => Registered): Correction => ({ text, facts: item.facts.map((f) => ("registered" in f ? { registered: change(f.registered) } : f)) });
  switch (item.problem?.rule) {
    case "tube.wrong_mode":
    case "tube.full":
    case "tube.other_household":
      return changed(c.swabbed, (r) => ({ ...r, already_swabbed: true }));
    case "round.closed":
    case "round.not_begun":
      return changed(c.noRound, ({ round: _, ...r }) => r);
    case "tube.mode_differs":
      return changed(c.asTube, ({ mode: _, ...r }) => r);
    default:
      return null;
  }
}

/** Says it again in another way, under a new id; the refused record stays on the device beside it. */
export async function correct(item: Queued, how: Correction): Promise<void> {
  const said = await enqueue(how.facts, item.about, { replaces: item });
  await remember(item, said.id);
}

/** Says the same again, under the same id: the cause was elsewhere, and is gone. */
export async function again(items: Queued[]): Promise<void> {
  await settle(items.map((i) => ({ ...i, state: "waiting" as const, problem: undefined })));
  for (const i of items) await remember(i, i.id);
  sendNow();
}

/** Its person counts in the tube again, by the record of this id. */
const remember = (item: Queued, id: string): Promise<void> =>
  inTurn(async () => {
    const tube = item.about.tube === undefined ? undefined : desk().tubes.get(item.about.tube);
    const mode = item.facts.flatMap((f) => ("registered" in f ? (f.registered.mode ?? []) : []))[0];
    if (tube) await keepTube({ ...tube, mode: tube.mode ?? mode ?? null, members: tube.members.map((m) => (m.id === item.id ? { ...m, id, refused: false } : m)) });
  });

/** The records as a file for the supervisor, with the reasons. They stay on the device. */
export async function setAside(items: Queued[], to: string): Promise<Blob> {
  await settle(items.map((i) => ({ ...i, state: "aside" as const, asideTo: to })));
  const records = items.map((i) => ({ submission: { id: i.id, device: i.device, facts: i.facts }, account: i.account, reason: i.problem ?? i.receipt ?? null }));
  return new Blob([JSON.stringify(records, null, 1)], { type: "application/json" });
}

/** Hands in under the account that is logged in what another cannot hand in any more. The ids stay, so nothing is recorded twice. */
export async function takeOver(from: string, account: string, token: string): Promise<void> {
  const d = await db();
  const items = (await d.getAll("queue")).filter((i) => i.account === from && (i.state === "waiting" || i.state === "refused"));
  await d.put("tokens", { account, token });
  await settle(items.map((i) => ({ ...i, account, state: "waiting" as const, problem: undefined })));
  sendNow();
}
