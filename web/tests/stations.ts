/** What the journeys of the sampling station share: a compound of their own with a round, a scanner, what the table said. */
import { type APIRequestContext, type Page } from "@playwright/test";
import { randomBytes } from "node:crypto";
import type { Fact, Schemas } from "../src/api/types";
import { ask, expect, say } from "./journey";

export const COMMUNITY = "50.500237.001.002";
export const STATION = "50.500237.001.s01";

export interface Someone {
  person: string;
  name: string;
  code: string;
}

export interface Crowd {
  round: string;
  compound: string;
  compoundName: string;
  people: Someone[];
  /** Whoever faces arrivals from abroad is never pooled. */
  single: Someone;
}

/** The book's time, as facts have it. */
export const now = async (request: APIRequestContext, before = 0): Promise<string> => `${new Date(Date.parse((await ask<Schemas["Health"]>(request, "sampler", "/v1/health")).now) + 8 * 3_600_000 - before).toISOString().slice(0, 19)}+08:00`;

export const letters = (): string => randomBytes(3).toString("hex");
const family = ["赵", "钱", "孙", "李", "周", "吴", "郑", "冯", "陈", "褚", "卫", "蒋", "沈", "韩"];

interface Wanted {
  /** How many a pooled tube takes. */
  pool?: number;
  /** Where in the compound the i-th person lives; each has a flat of their own by default. */
  home?: (i: number) => string;
}

/** A compound of its own with `n` people and one who must be sampled singly, and a round for it. */
export async function crowd(request: APIRequestContext, n: number, o: Wanted = {}): Promise<Crowd> {
  const mark = letters();
  const compound = `${COMMUNITY}.t${mark}`;
  const at = await now(request, 60_000);
  const compoundName = `测试小区${mark}`;
  const listed = Array.from({ length: n + 1 }, (_, i) => ({ person: crypto.randomUUID(), name: `${family[i % family.length]}采样${mark}${i}` }));
  const person = (p: { person: string; name: string }, i: number): Fact => ({
    person_listed: { person: p.person, name: p.name, sex: "female", home: `${compound}.${o.home?.(i) ?? `b01.u1.${String(101 + i)}`}`, phone: `100${String(10_000_000 + i)}`, occupation: i === n ? "inbound_facing" : "general" },
  });
  await say(request, "administrator", { place_listed: { place: compound, kind: "compound", name: compoundName } }, ...listed.map(person));
  await say(request, "commander", { round_opened: { round: `t-${mark}`, name: `测试轮${mark}`, scope: [compound], at, pool_size: o.pool ?? 5 } });
  const coded = await Promise.all(listed.map(async (p) => ({ ...p, code: (await ask<Schemas["CodeOfPerson"]>(request, "sampler", `/v1/persons/${p.person}/code`)).code })));
  return { round: `t-${mark}`, compound, compoundName, people: coded.slice(0, n), single: coded[n]! };
}

/** What a wedge scanner does: key after key, then Enter. */
export async function wedge(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
}

/** The same into the field that has the focus, all characters at once: a scanner is faster than a test's keys. */
export async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.insertText(code);
  await page.keyboard.press("Enter");
}

export const said = (page: Page, signal: "good" | "warn" | "bad") => page.locator(`.said[data-signal=${signal}]`);

/** Round, station and area, by the keyboard. */
export async function settle(page: Page, c: Crowd): Promise<void> {
  await page.getByLabel("轮次").selectOption(c.round);
  await page.getByLabel("采样点", { exact: true }).fill(STATION);
  await page.locator(".match").first().press("Enter");
  await page.getByRole("button", { name: "更换" }).last().press("Enter");
  await page.getByLabel("来采样的人住在哪里").fill(c.compound);
  await page.locator(".match", { hasText: c.compoundName }).press("Enter");
  await page.getByRole("button", { name: "开始采样" }).press("Enter");
  await expect(page.locator(`[data-list="${c.people.length + 1}"]`)).toBeVisible({ timeout: 20_000 });
}

export const delivered = (page: Page) => expect(page.locator("[data-waiting]").first()).toHaveAttribute("data-waiting", "0", { timeout: 20_000 });

export const tubeOf = (request: APIRequestContext, tube: string) => ask<Schemas["TubeView"]>(request, "sampler", `/v1/tubes/${tube}`);
