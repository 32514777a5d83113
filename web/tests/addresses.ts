/** Every screen with an address that leads somewhere in the demo: what stands for `:case` and the like is asked from the server. */
import type { APIRequestContext } from "@playwright/test";
import type { Page as PageOf, Role, Schemas } from "../src/api/types";
import { type Screen, SCREENS } from "../src/shell/screens";
import { ask, say, send } from "./journey";

/** What a part of an address can be, asked as someone who may see it. */
const PARTS: Record<string, (r: APIRequestContext) => Promise<string | undefined>> = {
  case: async (r) => (await cases(r)).items[0]?.case_id,
  person: async (r) => (await cases(r)).items[0]?.person_id,
  tube: async (r) => {
    // Other journeys list cases that were never swabbed.
    for (const { person_id } of (await cases(r)).items) {
      const seen = await ask<Schemas["PersonView"]>(r, "commander", `/v1/persons/${person_id}`);
      if (seen.registrations[0]) return seen.registrations[0].tube;
    }
    return undefined;
  },
  round: async (r) => (await ask<PageOf<Schemas["RoundItem"]>>(r, "commander", "/v1/rounds")).items[0]?.round,
  // The demo has none: one is listed, the same in every run.
  event: async (r) => {
    const at = "2022-11-26T22:00:00+08:00";
    await say(r, "investigator", { event_listed: { event: "e-shown", name: "张家喜宴", kind: "wedding", from: "2022-11-26T11:00:00+08:00", to: "2022-11-26T14:00:00+08:00", expected: 60, at } });
    return "e-shown";
  },
  // Growth is quick: it is asked for once, the same in every run.
  analysis: async (r) => {
    const id = "0192f0c1-2d3e-7000-8000-00000000a001";
    await send(r, "investigator", "/v1/analyses", { analysis_id: id, analysis: "growth", count_by: "found" });
    return id;
  },
  what: () => Promise.resolve("cases"),
  day: async (r) => (await ask<PageOf<Schemas["SealedDayLine"]>>(r, "commander", "/v1/days")).items[0]?.day,
};
const cases = (r: APIRequestContext) => ask<PageOf<Schemas["CaseItem"]>>(r, "commander", "/v1/cases");

export interface Shown {
  role: Role;
  /** For file names: `cases-case`. */
  name: string;
  address: string;
}

/** A screen as its first role sees it. */
export async function shown(screen: Screen, request: APIRequestContext): Promise<Shown> {
  const role = screen.roles[0];
  if (!role) throw new Error(`${screen.path} is nobody's`);
  const parts: string[] = [];
  for (const part of screen.path.split("/").filter(Boolean)) {
    if (!part.startsWith(":")) {
      parts.push(part);
      continue;
    }
    const value = await PARTS[part.slice(1).replace(/[?*]$/, "")]?.(request);
    if (value === undefined) throw new Error(`${screen.path}: nothing in the demo stands for ${part}; teach web/tests/addresses.ts`);
    parts.push(encodeURIComponent(value));
  }
  const name = screen.path.replace(/[:?*]/g, "").split("/").filter(Boolean).join("-");
  return { role, name, address: `/${parts.join("/")}` };
}

export { SCREENS };
