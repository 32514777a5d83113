/** The command board: what happens is on it within two seconds, every number opens its list, and a list of a hundred thousand scrolls. */
import type { APIRequestContext } from "@playwright/test";
import type { Page as PageOf, Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, say, shoot, SIZES, test } from "./journey";

/** Someone in the community is found now. */
async function found(request: APIRequestContext): Promise<{ id: string; number: string }> {
  const health = await ask<Schemas["Health"]>(request, "investigator", "/v1/health");
  const known = await ask<PageOf<Schemas["CaseItem"]>>(request, "investigator", "/v1/cases?limit=1");
  const [id, person] = [crypto.randomUUID(), crypto.randomUUID()];
  const number = `W${String(Date.now()).slice(-7)}`;
  await say(request, "investigator", { person_listed: { person, name: `墙${number}`, sex: "male", occupation: "general", home: known.items[0]?.home ?? health.root ?? "" } });
  await say(request, "investigator", { case_listed: { case: id, person, at: health.now, classification: "confirmed", control: "community_found", setting: "clinic", number } });
  return { id, number };
}

test("the wall shows a new case within two seconds, is read from afar, rests when nothing happens, and opens its lists", async ({ page, request }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await logIn(page, "commander");
  await page.goto("/wall");
  const community = page.locator('[data-part="cases"] .b-fig', { hasText: "社会面" }).first().locator(".b-figure");
  await expect(community).toHaveText(/^\d/);
  await expect(page.locator("[data-place]").first()).toBeVisible();
  await page.waitForTimeout(1_500);

  const before = Number(await community.innerText());
  const { number } = await found(request);
  const said = Date.now();
  // The other journeys may find cases, too: at least one more is there.
  await expect.poll(async () => Number(await community.innerText()), { timeout: 2_000, intervals: [50] }).toBeGreaterThan(before);
  console.log(`a new case is on the wall ${Date.now() - said} ms after it was accepted`);

  for (const width of [1920, 3840] as const) {
    await page.setViewportSize({ width, height: SIZES[width] });
    const sizes = await page.locator(".b-figure").evaluateAll((all) => all.map((e) => parseFloat(getComputedStyle(e).fontSize) / innerHeight));
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.min(...sizes), "key figures are at least 4 % of the height").toBeGreaterThanOrEqual(0.04);
    expect(await clipped(page), "nothing is cut off").toEqual([]);
    await shoot(page, "commander", "wall", "zh");
  }
  await accessible(page);
  await inOneLanguage(page, "zh");

  await community.click();
  await expect(page).toHaveURL(/\/wall\/list\/cases\?.*control=community_found/);
  await expect(page.getByRole("link", { name: new RegExp(number) })).toBeVisible();
});

test("at rest the wall takes less than a twentieth of a core", async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await logIn(page, "commander");
  await page.goto("/wall");
  await expect(page.locator("[data-place]").first()).toBeVisible();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const busy = async (): Promise<number> => ((await devtools.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration")?.value ?? Number.NaN) * 1000;
  // Another journey may say something meanwhile, which is no rest.
  let share = 1;
  for (let i = 0; i < 4 && share >= 0.05; i++) {
    const [from, begin] = [await busy(), Date.now()];
    await page.waitForTimeout(2_500);
    share = ((await busy()) - from) / (Date.now() - begin);
  }
  console.log(`the wall at rest: ${(share * 100).toFixed(2)} % of a core`);
  expect(share).toBeLessThan(0.05);
});

test("on a phone, in English: the numbers of a township, down to the list and back", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, "commander", "en");
  await page.goto("/wall");
  const tile = page.locator("[data-place]").first();
  await expect(tile).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no page scroll").toBe(true);
  await shoot(page, "commander", "wall", "en", true);
  await inOneLanguage(page, "en");
  const place = (await tile.getAttribute("data-place")) ?? "";
  await tile.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`place=${place.replaceAll(".", "\\.")}$`));
  const shoulds = await ask<Schemas["Shoulds"]>(request, "commander", `/v1/shoulds?place=${place}`);
  await expect(page.locator("h1")).toHaveText(shoulds.place.name_en ?? "");
  const test = shoulds.place.shoulds.find((s) => s.should_what === "test");
  await expect(page.locator('[data-should="test"]')).toContainText(`${test?.done.toLocaleString("en-GB")} done of ${test?.should.toLocaleString("en-GB")}`);
  // What should be is done, open, waived, superseded or missed: the wall says each of them.
  const superseded = (test?.superseded ?? 0) - (test?.missed ?? 0);
  for (const [n, word] of [[test?.waived, "waived"], [superseded, "superseded"], [test?.missed, "missed"]] as const) if (n) await expect(page.locator('[data-should="test"]')).toContainText(`${n.toLocaleString("en-GB")} ${word}`);
  const asked = new Set<string>();
  page.on("request", (r) => r.url().includes("/v1/items/done") && asked.add(new URL(r.url()).searchParams.get("kind") ?? ""));
  await page.locator('[data-should="test"]').getByRole("link", { name: /done of/ }).click();
  await expect(page.getByLabel("State")).toHaveValue("done");
  // The number counts all kinds of it, and so does the list: each is asked for.
  await expect(page.getByLabel("Kind of duty")).toHaveValue("");
  await expect(page.getByLabel("Kind of duty").locator("option:checked")).toHaveText(`All (${test?.done.toLocaleString("en-GB")})`);
  const wanted = (test?.kinds ?? []).filter((k) => k.done > 0).map((k) => k.kind);
  const list = page.getByRole("list", { name: "Duties" });
  await expect(list.getByRole("listitem").first()).toContainText("in time");
  await expect.poll(async () => (await list.evaluate((l) => l.scrollTo(0, l.scrollHeight)), asked.size), { timeout: 10_000 }).toBe(wanted.length);
  await inOneLanguage(page, "en");
  await accessible(page);
  await shoot(page, "commander", "items", "en");
  await page.goBack();
  await page.getByRole("link", { name: "One level up" }).click();
  await expect(page.locator("h1")).toHaveText("Wushan County");
  // The name goes with the language at once.
  await page.locator("[data-language]").click();
  await expect(page.locator("h1")).toHaveText("巫山县");
  await page.locator("[data-language]").click();
  await expect(page.locator("h1")).toHaveText("Wushan County");
});

test("a courier is offered only what couriers do", async ({ page }) => {
  await logIn(page, "courier");
  await page.goto("/items");
  await expect(page.getByLabel("事项", { exact: true }).locator("option")).toHaveText([/^送检/]);
  await expect(page.getByLabel("事项", { exact: true })).toHaveValue("deliver");
});

test("a hundred thousand overdue duties scroll without a hitch, to the last", async ({ page }) => {
  const all = 100_000;
  await page.route("**/v1/items/open?*", (r) => {
    const q = new URL(r.request().url()).searchParams;
    const [from, limit] = [Number(q.get("after") ?? 0), Number(q.get("limit") ?? 100)];
    const items = Array.from({ length: Math.min(limit, all - from) }, (_, i) => {
      const n = from + i;
      return { key: String(n), kind: "result", subject_kind: "person", subject: `p${n}`, person_id: null, name: `第${n + 1}人`, home: `50.500237.105.220.c01.b01.u1.${n}`, tube: `T${n}`, round: null, place: "50.500237.105", responsible: "laboratory", rule: "x", opened_at: "2022-11-27T01:00:00Z", due: "2022-11-27T02:00:00Z", overdue: true, end: "open" };
    });
    return r.fulfill({ json: { items, next: from + limit < all ? String(from + limit) : null, as_of_seq: 1 } });
  });
  await logIn(page, "commander");
  await page.goto("/items?kind=result&overdue=true");
  await expect(page.getByText("第1人")).toBeVisible();
  const ride = await page.getByRole("list", { name: "应办事项" }).evaluate(async (box, last) => {
    const gaps: number[] = [];
    let most = 0;
    let before = performance.now();
    const end = before + 40_000;
    while (performance.now() < end && !box.textContent?.includes(last)) {
      box.scrollTop = Math.min(box.scrollTop + 40_000, box.scrollHeight);
      const now = await new Promise<number>((r) => requestAnimationFrame(r));
      gaps.push(now - before);
      before = now;
      most = Math.max(most, box.querySelectorAll('[role="listitem"]').length);
    }
    gaps.sort((a, b) => a - b);
    const at = (share: number): number => Math.round(gaps[Math.floor(gaps.length * share)] ?? Number.NaN);
    return { frames: gaps.length, median: at(0.5), p95: at(0.95), p99: at(0.99), most, reached: box.textContent?.includes(last) ?? false };
  }, `第${all}人`);
  console.log(`100,000 duties: ${ride.frames} frames, ${ride.median} ms in the middle, 95 % within ${ride.p95} ms, 99 % within ${ride.p99} ms; at most ${ride.most} lines drawn`);
  expect(ride.reached, "the last is reached").toBe(true);
  expect(ride.most, "only what is seen is drawn").toBeLessThan(80);
  // Faster than any hand: a page of a thousand comes in with every other frame.
  expect(ride.median).toBeLessThan(50);
  expect(ride.p95).toBeLessThan(250);
});

/** Parts of the wall whose content is wider or higher than they are. */
function clipped(page: import("@playwright/test").Page): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll(".board, .b-card")].filter((e) => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2).map((e) => `${e.getAttribute("data-part") ?? e.className}: ${e.scrollWidth}×${e.scrollHeight} in ${e.clientWidth}×${e.clientHeight}`));
}
