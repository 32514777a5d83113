/** One person, one tube: found by what is at hand, everything on one page, and what a community says of them. */
import type { Page, Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, say, shoot, SIZES, test } from "./journey";

const RUN = Date.now().toString(36);
const HOME = "50.500237.105.220";
const person = crypto.randomUUID();
const name = `陆${RUN.slice(-4)}`;
const phone = `199${String(Date.now()).slice(-8)}`;
const TUBE = `P1${RUN}`;
const other = crypto.randomUUID();

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext();
  const { now } = await ask<Schemas["Health"]>(request, "commander", "/v1/health");
  const at = (hours: number) => `${new Date(Date.parse(now) + (8 - hours) * 3_600_000).toISOString().slice(0, 19)}+08:00`;
  await say(request, "community_worker", { person_listed: { person, name, sex: "male", born: "1958-02-11", home: HOME, phone, occupation: "general", tags: ["elderly", "lives_alone"] } });
  await say(request, "community_worker", { person_listed: { person: other, name: `${name}二`, sex: "female", home: HOME, occupation: "general" } });
  await say(request, "sampler", { registered: { tube: TUBE, person, station: HOME, at: at(5), mode: "single" } }, { tube_sealed: { tube: TUBE, at: at(4) } });
  await say(request, "investigator", { contact_named: { contact: crypto.randomUUID(), person, category: "high_risk_spillover", last_exposure: at(30), decision: { decider: "县流调组", reason: "与病例同桌就餐" }, at: at(3) } });
  await request.dispose();
});

test("a community worker finds someone by the telephone, sees why he is restricted, and records his appeal", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "community_worker");
  await page.goto("/find");
  await expect(page.getByLabel(/^扫码/)).toBeFocused();
  await page.keyboard.type(phone);
  await page.keyboard.press("Enter");
  // One person has this number: no list to choose from.
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(name) })).toBeVisible();
  await expect(page.getByText("受限制")).toBeVisible();
  await expect(page.getByText("与病例同桌就餐").first()).toBeVisible();
  // To a finger no link is smaller than 44 px.
  for (const l of await page.locator("main a").all()) {
    const box = await l.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), await l.innerText()).toBeGreaterThanOrEqual(44);
  }
  await inOneLanguage(page, "zh");
  await accessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing is wider than the phone").toBeLessThanOrEqual(360);
  await shoot(page, "community_worker", "person", "zh", true);

  await page.getByRole("button", { name: "登记申诉" }).click();
  await page.getByLabel("申诉内容").fill("当日不在该餐馆，有工作记录");
  await page.getByRole("dialog").getByRole("button", { name: "登记申诉" }).click();
  await expect(page.getByText("申诉已登记")).toBeVisible();
  await expect(page.getByText("待答复")).toBeVisible();
  const { items } = await ask<Page<Schemas["OrderItem"]>>(request, "commander", `/v1/orders?person=${person}`);
  expect(items.flatMap((o) => o.appeals)).toMatchObject([{ by: name, text: "当日不在该餐馆，有工作记录", state: "open" }]);
  // The timeline has it, and its tests lead to the tube.
  await page.getByRole("button", { name: /^检测/ }).click();
  await page.getByRole("link", { name: "采样" }).click();
  await expect(page.getByRole("heading", { name: TUBE })).toBeVisible();
  await expect(page.getByRole("link", { name })).toBeVisible();
  await inOneLanguage(page, "zh");
  await shoot(page, "community_worker", "tube", "zh");
});

test("away and back; the personal code that is shown is the one that doors know, and finds its person", async ({ page, request }) => {
  const standing = async () => (await ask<Schemas["PersonView"]>(request, "commander", `/v1/persons/${other}`)).standing;
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "community_worker", "en");
  await page.goto(`/persons/${other}`);
  await page.getByRole("button", { name: "Record: away" }).click();
  await page.getByLabel("Where to").fill("Chongqing");
  await page.keyboard.press("Enter");
  await expect(page.getByText("away to Chongqing")).toBeVisible();
  expect(await standing()).toBe("absent");
  await page.getByRole("button", { name: "Record: back home" }).click();
  await expect(page.getByRole("button", { name: "Record: away" })).toBeVisible();
  expect(await standing()).toBe("at_home");

  const { code } = await ask<Schemas["CodeOfPerson"]>(request, "commander", `/v1/persons/${other}/code`);
  await page.getByRole("link", { name: "Personal code" }).click();
  await expect(page.getByRole("img", { name: "QR code of the personal code" })).toBeVisible();
  await expect(page.getByText(code.replace(/(.{9})(?=.)/g, "$1 "))).toBeVisible();
  await inOneLanguage(page, "en");
  await accessible(page);
  await shoot(page, "community_worker", "code", "en");
  await page.goto("/find");
  await expect(page.getByLabel(/^Scan/)).toBeFocused();
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: `${name}二` })).toBeVisible();
});

test("an auditor sees everything known of a person at once, and who looked", async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: SIZES[1920] });
  await logIn(page, "auditor", "en");
  await page.goto(`/find?text=${encodeURIComponent(name)}`);
  // Two people's names begin so: a list, with where they live in words.
  await expect(page.getByRole("link", { name }).first()).not.toContainText(HOME);
  await page.getByRole("link", { name }).first().click();
  await expect(page.getByText("Isolated at home")).toBeVisible();
  // By keys one passes the menu in one step.
  await page.getByRole("link", { name: "To the content" }).press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await expect(page.getByRole("list", { name: "Who looked" }).getByText("auditor").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Record an appeal" })).toHaveCount(0);
  await inOneLanguage(page, "en");
  await accessible(page);
  await shoot(page, "auditor", "person", "en");
  // A tube's number opens the tube at once.
  await page.goto(`/find?text=${TUBE}`);
  await expect(page.getByRole("heading", { name: TUBE })).toBeVisible();
  await shoot(page, "auditor", "tube", "en");
});
