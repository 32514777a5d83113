/** Chains of transmission: from the facts to the picture, in words, by keyboard, as a file; and how long a large outbreak takes. */
import { type APIRequestContext, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import type { Fact, Page as PageOf, Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, say, shoot, SIZES, test } from "./journey";
import { outbreak } from "./outbreak";

const HOUR = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString();

/** A family of cases of their own: A infected B and C, C perhaps D; and D is said to have infected A, which cannot well be. */
async function family(request: APIRequestContext): Promise<{ mark: string; ids: string[] }> {
  const health = await ask<Schemas["Health"]>(request, "investigator", "/v1/health");
  const known = await ask<PageOf<Schemas["CaseItem"]>>(request, "investigator", "/v1/cases?limit=1");
  const now = Date.parse(health.now);
  const mark = String(Date.now()).slice(-6);
  const ids = [0, 1, 2, 3].map(() => crypto.randomUUID());
  const persons = ids.map(() => crypto.randomUUID());
  const onset = [96, 60, 48, 6];
  const facts: Fact[] = ids.flatMap((id, i): Fact[] => [
    { person_listed: { person: persons[i] ?? "", name: `链${mark}${"甲乙丙丁"[i]}`, sex: "female", occupation: "general", home: known.items[0]?.home ?? health.root ?? "" } },
    { case_listed: { case: id, person: persons[i] ?? "", at: at(now - 5 * 60_000), onset: at(now - (onset[i] ?? 0) * HOUR), classification: "confirmed", control: i === 0 ? "community_found" : "controlled", number: `L${mark}-${i}` } },
  ]);
  await say(request, "investigator", ...facts);
  const link = (source: number, target: number, certainty: Schemas["Certainty"]): Fact => ({
    link_stated: { link: crypto.randomUUID(), source: ids[source] ?? "", target: ids[target] ?? "", directed: true, certainty, context: "household", evidence: "同户居住，先后发病", at: at(now) },
  });
  await say(request, "investigator", link(0, 1, "high"), link(0, 2, "medium"), link(2, 3, "low"), link(3, 1, "low"));
  return { mark, ids };
}

test("an investigator sees who infected whom, what is doubtful and why, opens a case by keyboard and takes the picture along", async ({ page, request }) => {
  const { mark, ids } = await family(request);
  const chains = await ask<Schemas["Chains"]>(request, "investigator", "/v1/chains");
  const doubted = chains.links.filter((l) => (l.doubts?.length ?? 0) > 0 && !l.withdrawn);
  expect(doubted.some((l) => l.source_case === ids[3] && l.doubts?.includes("source_ill_later"))).toBe(true);
  await logIn(page, "investigator");
  await page.goto("/chains");
  const canvas = page.locator("canvas");
  await expect(canvas).toBeVisible();

  await page.getByLabel("查找病例（编号或姓名）").fill(`l${mark}-0`);
  await page.keyboard.press("Enter");
  const chosen = page.locator("[data-chosen]");
  await expect(chosen).toHaveAttribute("data-chosen", ids[0] ?? "");
  await expect(chosen).toContainText(`链${mark}甲`);
  await expect(chosen).toContainText("来源不明");
  await expect(chosen.getByRole("listitem")).toHaveCount(2);
  expect(await inked(page), "something is drawn around the middle").toBe(true);
  await shoot(page, "investigator", "chains", "zh");

  await chosen.getByRole("button", { name: `L${mark}-1` }).click();
  await expect(page.locator(`[data-chosen="${ids[1]}"]`)).toContainText("传染源发病晚于被传染者");
  const list = page.getByRole("list", { name: "可疑关联" });
  await expect(list).toContainText(`L${mark}-3 → L${mark}-1`);
  await accessible(page);
  await inOneLanguage(page, "zh");

  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "导出 SVG" }).click();
  const svg = readFileSync(await (await file).path(), "utf8");
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).toContain(`>L${mark}-2<`);
  expect(svg, "low certainty is dotted").toContain('stroke-dasharray="1.5 4"');
  expect(await page.evaluate((s) => new DOMParser().parseFromString(s, "image/svg+xml").querySelector("parsererror")?.textContent ?? "", svg)).toBe("");

  await canvas.focus();
  const before = await canvas.getAttribute("data-scale");
  await page.keyboard.press("+");
  await expect(canvas).not.toHaveAttribute("data-scale", before ?? "");
  const was = await page.locator("[data-chosen]").getAttribute("data-chosen");
  await page.keyboard.press("n");
  await expect(page.locator(`[data-chosen="${was}"]`)).toHaveCount(0);
  await page.keyboard.press("p");
  await expect(page.locator(`[data-chosen="${was}"]`)).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/cases/${was}$`));
});

test("the network, with contacts, in English, on a phone and a wall", async ({ page, request }) => {
  const { mark, ids } = await family(request);
  await logIn(page, "investigator", "en");
  for (const width of [360, 1920] as const) {
    await page.setViewportSize({ width, height: SIZES[width] });
    await page.goto(`/chains?view=network&contacts=true&case=${ids[2]}`);
    await expect(page.locator(`[data-chosen="${ids[2]}"]`)).toContainText(`L${mark}-0`);
    await expect(page.getByText("Generation 1", { exact: false })).toBeVisible();
    await inOneLanguage(page, "en");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no page scroll").toBe(true);
    await shoot(page, "investigator", "chains-network", "en");
  }
  await accessible(page);
});

test("5,000 cases with 20,000 contacts are laid out and drawn within two seconds", async ({ page }) => {
  const o = outbreak(5_000, 20_000);
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const cases = o.nodes.map((n, i) => ({ case_id: n.id, person_id: n.id, name: `甲${i}`, number: `N${i}`, onset: at(n.at), found_at: at(n.at + HOUR), found_on: day(n.at), classification: i % 3 ? "confirmed" : "asymptomatic", control: i % 2 ? "controlled" : "community_found", state: "active", setting: "other", place: "50", open_duties: 0, overdue_duties: 0 }));
  const links = o.links.map((l) => ({ link_id: l.id, source_case: l.source, target_case: l.target, directed: l.directed, certainty: l.certainty, doubts: l.doubts > 0 ? ["source_ill_later"] : [], evidence: "", stated_at: at(Date.now()) }));
  const contacts = o.contacts.map((c) => ({ contact_id: c.id, case_id: c.of, person_id: c.id, state: "active", category: "close", decider: "", reason: "", last_exposure: at(Date.now()), place: "50", home_names: [], dose_dates: [] }));
  const pages = (items: unknown[]) => (url: string) => {
    const q = new URL(url).searchParams;
    const [from, limit] = [Number(q.get("after") ?? 0), Number(q.get("limit") ?? 100)];
    return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null, as_of_seq: 1 };
  };
  for (const [path, answer] of [["**/v1/cases?*", pages(cases)], ["**/v1/contacts?*", pages(contacts)], ["**/v1/chains*", () => ({ links, clusters: [], as_of_seq: 1 })]] as const) {
    await page.route(path, (r) => r.fulfill({ json: answer(r.request().url()) }));
  }
  await logIn(page, "investigator");
  for (const view of ["timeline", "network"]) {
    await page.goto(`/chains?view=${view}&contacts=true`);
    await expect(page.getByText("密接 20,000人次")).toBeVisible({ timeout: 30_000 });
    await page.locator("canvas").focus();
    // All of it in the window: nothing can be left out.
    await page.keyboard.press("0");
    await page.waitForTimeout(500);
    const took = await page.evaluate(() => {
      const longest = (name: string): number => Math.max(...performance.getEntriesByName(name).map((e) => e.duration));
      return { layout: longest("chains-layout"), draw: longest("chains-draw") };
    });
    console.log(`${view}: 5,000 cases, 20,000 contacts: laid out in ${Math.round(took.layout)} ms, drawn in ${Math.round(took.draw)} ms`);
    expect(took.layout + took.draw).toBeLessThan(2_000);
    expect(took.draw).toBeGreaterThan(0);
    await shoot(page, "investigator", `chains-large-${view}`, "zh");
  }
});

/** True if the canvas has something on it near its middle. */
async function inked(page: Page): Promise<boolean> {
  return page.locator("canvas").evaluate((c: HTMLCanvasElement) => {
    const data = c.getContext("2d")?.getImageData(c.width / 2 - 20, c.height / 2 - 20, 40, 40).data ?? [];
    for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 255) < 200 && (data[i + 3] ?? 0) > 0) return true;
    return false;
  });
}
