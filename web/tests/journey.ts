/** A journey: a role, a language, a screen size; it fails on any error that the page shows in its console. */
import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, expect, type Locator, type Page, test as base } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Fact, Role } from "../src/api/types";

export const URL_OF = (): string => process.env["QUELL_URL"] ?? "http://127.0.0.1:8420";
export const PASSWORD = "quell-demo";

export const test = base.extend<{ quiet: void }>({
  baseURL: async ({}, use) => use(URL_OF()),
  locale: "zh-CN",
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on("pageerror", (e) => said.push(`page error: ${e.stack ?? e.message}`));
      page.on("console", (m) => {
        if (m.type() === "error" && !expectedFault(m.text())) said.push(`console: ${m.text()} ${m.location().url}`);
      });
      await use();
      expect(said, "what the console said").toEqual([]);
    },
    { auto: true },
  ],
});
export { expect };

/** Chromium itself writes a line for each answer that is no success and each cut line: journeys that want one show how the page tells it. */
const expectedFault = (text: string): boolean => text.startsWith("Failed to load resource");

/** Logs in through the page. The demo's accounts are named after their roles. */
export async function logIn(page: Page, role: Role | "commander", language: "zh" | "en" = "zh"): Promise<void> {
  await page.addInitScript((l) => localStorage.setItem("quell.language", localStorage.getItem("quell.language") ?? l), language);
  await page.goto("/");
  await page.getByLabel(language === "zh" ? "账号" : "Account").fill(role);
  await page.getByLabel(language === "zh" ? "密码" : "Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.locator("header.top, .wall").first()).toBeVisible();
}

/** As if logged in on this device before: for journeys that are not about logging in. */
export async function logInWith(page: Page, token: string, role: Role, place = "50.500237"): Promise<void> {
  await page.goto("/icon.svg");
  const session = { token, role, place, account: role, expires: "2099-01-01T00:00:00Z" };
  await page.evaluate((s) => localStorage.setItem("quell.session", JSON.stringify(s)), session);
}

/** Nothing is being read any more: lists are there, or say why not. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator("#root > *").first()).toBeVisible();
  await expect(page.getByText(/^(正在读取…|Loading…)$/)).toHaveCount(0);
}

const tokens = new Map<string, string>();
const others = new WeakMap<APIRequestContext, string>();

/** From now on this context asks a server of the journey's own. */
export function asks(request: APIRequestContext, url: string): APIRequestContext {
  others.set(request, url);
  return request;
}

const urlOf = (request: APIRequestContext): string => others.get(request) ?? URL_OF();

/** A token of a role, for what a journey needs and is not about. */
export async function token(request: APIRequestContext, role: Role): Promise<string> {
  const key = `${urlOf(request)} ${role}`;
  const kept = tokens.get(key);
  if (kept) return kept;
  const r = await request.post(`${urlOf(request)}/v1/session`, { data: { account: role, password: PASSWORD } });
  const { token } = (await r.json()) as { token: string };
  tokens.set(key, token);
  return token;
}

/** Asks the server beside the page. */
export async function ask<T>(request: APIRequestContext, role: Role, path: string): Promise<T> {
  const r = await request.get(`${urlOf(request)}${path}`, { headers: { authorization: `Bearer ${await token(request, role)}` } });
  expect(r.ok(), `${path}: ${r.status()} ${await r.text()}`).toBe(true);
  return (await r.json()) as T;
}

/** Asks for something to be made, beside the page. */
export async function send(request: APIRequestContext, role: Role, path: string, data: object): Promise<void> {
  const r = await request.post(`${urlOf(request)}${path}`, { data, headers: { authorization: `Bearer ${await token(request, role)}` } });
  expect(r.ok(), `${path}: ${r.status()} ${await r.text()}`).toBe(true);
}

/** Says facts beside the page. */
export async function say(request: APIRequestContext, role: Role, ...facts: Fact[]): Promise<void> {
  const r = await request.post(`${urlOf(request)}/v1/submissions`, { data: { id: crypto.randomUUID(), facts }, headers: { authorization: `Bearer ${await token(request, role)}` } });
  expect(r.ok(), await r.text()).toBe(true);
}

/** No serious fault of accessibility. */
export async function accessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  const serious = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" | ")}`)).toEqual([]);
}

/** Chinese mode shows no English and English mode no Chinese: but names, codes and what someone typed. `data-typed` marks those. */
export async function inOneLanguage(page: Page, language: "zh" | "en"): Promise<void> {
  const strange = await page.evaluate((l) => {
    const out: string[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const text = (n.textContent ?? "").trim();
      const host = n.parentElement;
      if (!text || !host || host.closest("[data-typed], [data-language], script, style")) continue;
      if (l === "en" ? /[\u4e00-\u9fff]/.test(text) : /[A-Za-z]{4,}/.test(text.replace(/Quell|Shift|Ctrl|Excel|SORMAS|Go\.Data|FHIR|[\w.-]*\d[\w.-]*/g, ""))) out.push(text);
    }
    return out;
  }, language);
  expect(strange, `in ${language}`).toEqual([]);
}

const SHOTS = join(import.meta.dirname, "../../target/screenshots");
export const SIZES = { 360: 740, 768: 1024, 1920: 1080, 3840: 2160 } as const;

/** A picture to look at: role-screen-language-width.png. */
export async function shoot(page: Page, role: string, screen: string, language: "zh" | "en", fullPage = false): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  await page.screenshot({ path: join(SHOTS, `${role}-${screen}-${language}-${width}.png`), fullPage });
}

/** Pictures of a screen in both languages at some widths, each in one language only and without a page that scrolls sideways. */
export async function shootAll(page: Page, role: string, screen: string, widths: readonly (keyof typeof SIZES)[]): Promise<void> {
  const before = page.viewportSize();
  // What was said a moment ago stays in the language in which it was said.
  const said = page.locator(".toasts button");
  while ((await said.count()) > 0) await said.first().click();
  for (const turn of [0, 1]) {
    const language = await page.evaluate(() => (document.documentElement.lang === "en" ? "en" : "zh"));
    for (const width of widths) {
      await page.setViewportSize({ width, height: SIZES[width] });
      await shoot(page, role, screen, language);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${screen} at ${width}`).toBeLessThanOrEqual(width);
    }
    await inOneLanguage(page, language);
    // Twice, so that the journey goes on in the language that it began in.
    await page.locator("header.top [data-language]").click();
    await expect(page.locator("html")).toHaveAttribute("lang", language === "zh" ? "en" : "zh-CN");
    if (turn === 1 && before) await page.setViewportSize(before);
  }
}

/** Scrolls a long list until one of it is there: the other journeys' people stand in it, too. */
export async function reach(list: Locator, one: Locator): Promise<void> {
  await expect(async () => {
    if (!(await one.isVisible())) await list.evaluate((l) => l.scrollBy(0, l.clientHeight / 2));
    await expect(one).toBeVisible({ timeout: 200 });
  }).toPass();
}
