/** The book of the day: what blocks its close is owned in bulk, and the day is sealed. */
import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import type { Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, say, shoot, shootAll, SIZES, test } from "./journey";

type DayView = Schemas["DayView"];
const now = async (request: Parameters<typeof ask>[0]) => Date.parse((await ask<Schemas["Health"]>(request, "commander", "/v1/health")).now);
const at = (ms: number) => `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

/** A suspect whose report is overdue since yesterday, in a village of its own. */
async function overdueReport(request: Parameters<typeof say>[0]): Promise<string> {
  const village = `50.500237.001.day${Date.now()}`;
  const [person, home] = [crypto.randomUUID(), `${village}.h1`];
  await say(request, "administrator", { place_listed: { place: village, kind: "community", name: "日结试验村" } }, { place_listed: { place: home, kind: "household", name: "日结试验户" } }, { person_listed: { person, name: "日结试验", sex: "female", home, occupation: "general" } });
  await say(request, "investigator", { case_listed: { case: crypto.randomUUID(), person, at: at((await now(request)) - 30 * 3_600_000), classification: "suspect" } });
  return village;
}

/** Gives every line that blocks the close an owner and a reason, by the page. */
async function ownAll(page: Page, owner: string): Promise<void> {
  await page.getByLabel("责任人").fill(owner);
  await page.getByRole("button", { name: "夜间作业，次日上午办结" }).click();
  await page.getByRole("button", { name: /^落实 \d/ }).click();
  await expect(page.getByText(/^已落实/).last()).toBeVisible();
}

test("the commander owns what is overdue and closes the day", async ({ page, request }) => {
  const place = await overdueReport(request);
  await page.setViewportSize({ width: 1920, height: SIZES[1920] });
  await logIn(page, "commander");
  await page.goto("/day");
  await expect(page.getByText("账平：转入＋新增＝办结＋豁免＋取代＋转出")).toBeVisible();
  const report = page.locator(".card", { has: page.getByText("报告", { exact: true }) });
  await expect(report).toBeVisible();
  await accessible(page);
  await shootAll(page, "commander", "day", [360, 768, 1920]);

  // The list behind the number names the suspect.
  await report.getByRole("button").first().click();
  await expect(page.getByRole("dialog").getByText("日结试验", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("Escape");

  const owner = `疾控科 ${Date.now()}`;
  await ownAll(page, owner);
  const owned = await ask<DayView>(request, "commander", "/v1/day");
  expect(owned.sheet.owned.find((o) => o.kind === "report" && o.place === place)).toMatchObject({ owner, reason: "夜间作业，次日上午办结" });
  expect(owned.blocked.filter((b) => b.place === place)).toEqual([]);
  await expect(page.getByRole("table", { name: "责任落实" }).getByText(owner).first()).toBeVisible();

  const day = owned.sheet.day;
  const seal = page.getByRole("button", { name: "日结封存" });
  if (day > at(await now(request)).slice(0, 10)) {
    // A day that has not begun is not closed, and the page says why.
    await expect(seal).toBeDisabled();
    await expect(page.getByText("尚未开始，零时以后才能日结")).toBeVisible();
    return;
  }
  // Other journeys go on meanwhile: what they leave overdue is owned, too, until the close is taken.
  await expect(async () => {
    if (await page.getByLabel("责任人").isVisible()) await ownAll(page, owner);
    await seal.click({ timeout: 2_000 });
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("台账不能再改")).toBeVisible();
    await expect(dialog.getByText(/^责任人和原因只对.*有效/)).toBeVisible();
    await shoot(page, "commander", "day-seal", "zh");
    await dialog.getByLabel("封存决定人").fill("值班指挥长");
    await page.keyboard.press("Enter");
    const sealed = page.getByText(/已封存$/).last();
    if (!(await sealed.waitFor({ timeout: 3_000 }).then(() => true, () => false))) {
      await page.keyboard.press("Escape");
      throw new Error("refused: something else has become overdue");
    }
  }).toPass({ timeout: 25_000 });
  const days = await ask<{ items: Schemas["SealedDayLine"][] }>(request, "auditor", "/v1/days?limit=1");
  expect(days.items[0]).toMatchObject({ day, decider: "值班指挥长" });
  await expect(page.getByText(/的责任人和原因已随当日台账封存，没有丢失/)).toBeVisible();
});

test("the auditor reads a sealed day beside the one before, and cannot close", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "auditor", "en");
  await page.goto("/day");
  await expect(page.getByText("The commander closes the day")).toBeVisible();
  await expect(page.getByRole("button", { name: "Close and seal the day" })).toHaveCount(0);
  await page.getByRole("tab", { name: "Days before" }).click();
  await page.getByRole("link", { name: /26 Nov/ }).click();
  const sealed = await ask<Schemas["SealedDayView"]>(request, "auditor", "/v1/days/2022-11-26");
  const out = sealed.sheet.lines.filter((l) => l.kind === "result").reduce((n, l) => n + l.carried_out, 0);
  const row = page.getByRole("row").filter({ has: page.getByRole("button", { name: "result", exact: true }) });
  await expect(row.getByRole("cell").nth(5)).toHaveText(out.toLocaleString("en-GB"));
  await shoot(page, "auditor", "day-sealed", "en", true);
  await accessible(page);
  await inOneLanguage(page, "en");
  // From the kind down to the places that have it.
  await page.getByRole("button", { name: "result", exact: true }).click();
  await expect(page.getByRole("table", { name: "By place" })).toBeVisible();
  await page.getByRole("tab", { name: "Compared" }).click();
  await expect(page.getByRole("table", { name: "Compared" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Report (English)" }).click()]);
  expect(readFileSync((await file.path()) ?? "").subarray(0, 5).toString()).toBe("%PDF-");
});

test("owners and reasons hold for a day: those of the day before are named again in one press", async ({ page, request }) => {
  const place = await overdueReport(request);
  const health = await ask<Schemas["Health"]>(request, "commander", "/v1/health");
  const last = (await ask<{ items: Schemas["SealedDayLine"][] }>(request, "commander", "/v1/days?limit=1")).items[0]?.day ?? "";
  const sealed = await ask<Schemas["SealedDayView"]>(request, "commander", `/v1/days/${last}?place=${health.root}`);
  const owned: Schemas["OwnedLine"][] = [{ kind: "report", place: "50.500237.001", owner: "昨日疾控科", reason: "昨日原因" }, { kind: "report", place, owner: "昨日社区", reason: "昨日更近的原因" }];
  // What was sealed cannot be made by facts: the day before is as sealed, but for who owned what.
  await page.route(`**/v1/days/${last}?*`, (r) => r.fulfill({ json: { ...sealed, sheet: { ...sealed.sheet, owned } } }));
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "commander", "en");
  await page.goto("/day");
  const again = page.getByRole("button", { name: /^Same owners and reasons as/ });
  await expect(page.getByText("nothing is lost")).toBeVisible();
  await accessible(page);
  await shootAll(page, "commander", "day-again", [360, 1920]);
  await again.click();
  await expect(page.getByText(/^Entered for/).last()).toBeVisible();
  const day = await ask<DayView>(request, "commander", "/v1/day");
  // The nearest of the owners above a place is the one.
  expect(day.sheet.owned.find((o) => o.kind === "report" && o.place === place)).toMatchObject({ owner: "昨日社区", reason: "昨日更近的原因" });
});
