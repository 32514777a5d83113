/** People, cases and contacts of a journey's own: journeys share one book and depend on nothing that is in it. */
import type { APIRequestContext } from "@playwright/test";
import type { Schemas } from "../src/api/types";
import { ask, say, URL_OF } from "./journey";

/** The book's time, so many minutes ago. */
export async function ago(request: APIRequestContext, minutes = 0): Promise<string> {
  const { now } = (await (await request.get(`${URL_OF()}/v1/health`)).json()) as Schemas["Health"];
  return `${new Date(Date.parse(now) + 8 * 3_600_000 - minutes * 60_000).toISOString().slice(0, 19)}+08:00`;
}

/** A home in the community of a role that has one: the demo's community worker sees it. */
export async function aHome(request: APIRequestContext, role: "community_worker" | "investigator" = "community_worker"): Promise<string> {
  const found = await ask<Schemas["Page3"]>(request, role, `/v1/persons?text=${encodeURIComponent("王")}&limit=50`);
  const home = found.items.find((p) => p.standing === "at_home")?.home;
  if (!home) throw new Error("nobody is at home in the demo");
  return home;
}

/** Someone new. Names are of letters that nobody of the demo has. */
export async function person(request: APIRequestContext, name: string, home: string, phone?: string): Promise<string> {
  const id = crypto.randomUUID();
  await say(request, "investigator", { person_listed: { person: id, name, sex: "female", home, occupation: "general", born: "1988-03-04", ...(phone ? { phone } : {}) } });
  return id;
}

/** A case that was found an hour ago. */
export async function aCase(request: APIRequestContext, who: string): Promise<string> {
  const id = crypto.randomUUID();
  await say(request, "investigator", { case_listed: { case: id, person: who, classification: "confirmed", severity: "mild", control: "community_found", at: await ago(request, 60) } });
  return id;
}

/** A contact who is watched at home. */
export async function aContact(request: APIRequestContext, who: string, of: string | null, category: Schemas["ContactCategory"] = "general"): Promise<string> {
  const id = crypto.randomUUID();
  const at = await ago(request);
  await say(request, "investigator", { contact_named: { contact: id, person: who, category, last_exposure: await ago(request, 120), decision: { decider: "流调组", reason: "同桌就餐" }, at, ...(of ? { case: of } : {}) } });
  return id;
}

/** A name that no other run of the journeys has used: letters only, so that it is found by its text. */
export function aName(surname: string): string {
  const letters = "安白冰彩辰冬帆谷禾锦".split("");
  return surname + Array.from(crypto.getRandomValues(new Uint8Array(4)), (b) => letters[b % 10]).join("");
}
