/** The ward: a bed by tap, a round of forty patients by keyboard, a sample by scanner, the way home, and a death. */
import type { APIRequestContext, Page as Tab } from "@playwright/test";
import type { Fact, Page, Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, logInWith, say, shoot, SIZES, test, token } from "./journey";

type Bed = Schemas["BedItem"];

const RUN = Date.now().toString(36);
const HOME = "50.500237.105.220";
const FACILITY = `50.500237.w${RUN}`;
const PATIENTS = 40;
const decision = { decider: "county headquarters", reason: "the ward's journey" };
const people = Array.from({ length: PATIENTS + 2 }, (_, i) => ({ id: crypto.randomUUID(), name: `${"赵钱孙李周吴郑王"[i % 8]}${RUN.slice(-3)}${String(i + 1).padStart(2, "0")}` }));
const [first, second] = [people[0]!, people[1]!];
const [walkIn, sent] = [people[PATIENTS]!, people[PATIENTS + 1]!];

/** The book's time so many hours ago. */
async function ago(request: APIRequestContext, hours: number): Promise<string> {
  const { now } = await ask<Schemas["Health"]>(request, "commander", "/v1/health");
  return `${new Date(Date.parse(now) - hours * 3_600_000 + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

const bedsNow = async (request: APIRequestContext): Promise<Bed[]> => (await ask<Page<Bed>>(request, "commander", `/v1/facilities/${FACILITY}/beds?limit=200`)).items;

test.describe.configure({ mode: "serial" });

/** An isolation site with forty people in it: one a case whose exit tests begin, one a contact whose days are over. */
test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext();
  const at = await ago(request, 20);
  await say(request, "commander", { place_listed: { place: FACILITY, kind: "isolation_site", name: `隔离点${RUN}`, name_en: `Site ${RUN}`, wards: [{ ward: "A", beds: 44 }, { ward: "B", beds: 4 }] } });
  await say(request, "community_worker", ...people.map((p): Fact => ({ person_listed: { person: p.id, name: p.name, sex: "female", born: "1961-05-04", home: HOME, occupation: "general" } })));
  await say(request, "investigator", { case_listed: { case: crypto.randomUUID(), person: first.id, classification: "confirmed", severity: "mild", at } });
  await say(request, "investigator", { contact_named: { contact: crypto.randomUUID(), person: second.id, category: "close", last_exposure: await ago(request, 24 * 15), decision, at } });
  await say(request, "ward", ...people.slice(0, PATIENTS).map((p, i): Fact => ({ admitted: { stay: crypto.randomUUID(), person: p.id, facility: FACILITY, ward: "A", bed: i + 1, at, decision } })));
  await request.dispose();
});

/** A nurse whose device knows her and where it is. */
async function nurse(page: Tab, request: APIRequestContext, address: string, language: "zh" | "en" = "zh"): Promise<void> {
  await logInWith(page, await token(request, "ward"), "ward");
  await page.evaluate(([f, l]) => {
    localStorage.setItem("quell.facility", f);
    localStorage.setItem("quell.language", l);
  }, [FACILITY, language] as const);
  await page.goto(address);
}

test("a bed by tap: the facility is chosen once, a free bed is given to someone who came by herself", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "ward");
  await page.goto("/ward/beds");
  await page.getByRole("button", { name: `隔离点${RUN}` }).click();
  await expect(page.getByRole("button", { name: /^A 病区 1 床/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: `隔离点${RUN}` })).toBeVisible();
  await inOneLanguage(page, "zh");
  await shoot(page, "ward", "beds", "zh");
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing is wider than the phone").toBeLessThanOrEqual(360);

  await page.getByRole("button", { name: /^空床/ }).click();
  await page.getByRole("button", { name: "B 病区 2 床 空床" }).click();
  await page.getByRole("dialog").getByLabel(/姓名/).fill(walkIn.name);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: walkIn.name }).click();
  await page.getByRole("button", { name: "入住 B 病区 2 床" }).click();
  // She is neither a case nor a contact: the door wants to know who decided.
  await expect(page.getByText("既非感染者也非在管密接")).toBeVisible();
  await shoot(page, "ward", "admit", "zh");
  await page.getByLabel("决定人").fill("县指挥部");
  await page.getByLabel("理由").fill("临时安置");
  await accessible(page);
  await page.getByRole("button", { name: "入住 B 病区 2 床" }).click();
  await expect(page.getByText(`${walkIn.name} 已入住`)).toBeVisible();
  expect((await bedsNow(request)).find((b) => b.person_id === walkIn.id)).toMatchObject({ ward: "B", bed: 2 });
});

test("who is brought here stands at the top, and gets the bed that is tapped", async ({ page, request }) => {
  const [transfer, at] = [crypto.randomUUID(), await ago(request, 0)];
  await say(request, "investigator", { contact_named: { contact: crypto.randomUUID(), person: sent.id, category: "close", last_exposure: await ago(request, 10), decision, at } }, { transfer_requested: { transfer, person: sent.id, at } });
  await say(request, "dispatcher", { vehicle_assigned: { transfer, vehicle: `V-${RUN}`, facility: FACILITY, at } });
  await say(request, "courier", { picked_up: { transfer, at } }, { arrived: { transfer, at } });
  await page.setViewportSize({ width: 768, height: SIZES[768] });
  await nurse(page, request, "/ward/beds");
  const coming = page.locator(".coming").filter({ hasText: sent.name });
  await expect(coming.getByText("已到达")).toBeVisible();
  await shoot(page, "ward", "beds", "zh");
  await coming.getByRole("button", { name: "办理入住" }).click();
  await page.getByLabel("选择床位").selectOption({ label: "B 病区 3 床" });
  await page.getByRole("button", { name: "入住 B 病区 3 床" }).click();
  await expect(page.getByText(`${sent.name} 已入住`)).toBeVisible();
  expect((await bedsNow(request)).find((b) => b.person_id === sent.id)).toMatchObject({ ward: "B", bed: 3 });
  await expect(coming).toHaveCount(0);
});

test("a round of forty patients with the keyboard alone: flags at once, nothing lost by a reload, one submission", async ({ page, request }) => {
  await page.setViewportSize({ width: 768, height: SIZES[768] });
  await nurse(page, request, "/ward/round", "en");
  const cell = (i: number, name: string) => page.getByLabel(`Ward A, bed ${i} ${people[i - 1]!.name} ${name}`);
  // The first field is there to type into: nobody tabs through the menu.
  await expect(cell(1, "Temp. °C")).toBeFocused();
  const values = people.slice(0, PATIENTS).map((_, i) => (i === 2 ? ["386", "92"] : [`36${i % 8}`, "98"]));
  for (const [t, o] of values.slice(0, 20)) {
    await page.keyboard.insertText(t!);
    await page.keyboard.press("Tab");
    await page.keyboard.insertText(o!);
    await page.keyboard.press("Enter");
  }
  await expect(cell(21, "Temp. °C")).toBeFocused();
  const third = page.getByRole("group", { name: `Ward A, bed 3 ${people[2]!.name}` });
  await expect(third.getByText("fever")).toBeVisible();
  await expect(third.getByText("low oxygen")).toBeVisible();
  await cell(3, "Temp. °C").scrollIntoViewIfNeeded();
  await shoot(page, "ward", "round", "en");
  await inOneLanguage(page, "en");

  await page.reload();
  await expect(cell(1, "Temp. °C")).toHaveValue("36.0");
  await expect(cell(3, "SpO₂ %")).toHaveValue("92");
  await expect(cell(21, "Temp. °C")).toBeFocused();
  for (const [t, o] of values.slice(20)) {
    await page.keyboard.insertText(t!);
    await page.keyboard.press("Tab");
    await page.keyboard.insertText(o!);
    await page.keyboard.press("Enter");
  }
  // After the last patient comes the button. A value that no body has is not sent.
  const save = page.getByRole("button", { name: `Save all (${PATIENTS})` });
  await expect(save).toBeFocused();
  await cell(40, "SpO₂ %").fill("980");
  await cell(40, "Temp. °C").focus();
  await expect(save).toBeDisabled();
  await cell(40, "SpO₂ %").fill("98");
  await cell(40, "Symptoms").fill("cough");
  await save.focus();
  const submitted: Schemas["Submission"][] = [];
  page.on("request", (r) => {
    if (r.url().endsWith("/v1/submissions")) submitted.push(r.postDataJSON() as Schemas["Submission"]);
  });
  await page.keyboard.press("Enter");
  await expect(page.getByText(`${PATIENTS} observations saved`)).toBeVisible();
  expect(submitted.map((s) => s.facts.length)).toEqual([PATIENTS]);
  await expect(cell(1, "Temp. °C")).toHaveValue("");
  const seen = async (i: number) => (await ask<Schemas["PersonView"]>(request, "commander", `/v1/persons/${people[i]!.id}`)).observations?.[0];
  expect(await seen(2)).toMatchObject({ temperature: 38.6, oxygen: 92 });
  expect(await seen(39)).toMatchObject({ temperature: 36.7, oxygen: 98, symptoms: "cough" });
  expect((await bedsNow(request)).filter((b) => b.ward === "A" && b.last_observed_at).length).toBe(PATIENTS);
});

test("a line that breaks while forty are saved: the same submission is sent again, and the book has it once", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await nurse(page, request, "/ward/round");
  const patient = people[9]!;
  const line = page.getByRole("group", { name: `A 病区 10 床 ${patient.name}` });
  await line.getByLabel("体温").fill("372");
  await line.getByLabel("血氧").fill("94");
  await shoot(page, "ward", "round", "zh");
  await page.getByRole("button", { name: /^只看到期/ }).click();
  await accessible(page);
  const ids: string[] = [];
  let cut = true;
  // The server takes it; its answer never arrives.
  await page.route("**/v1/submissions", async (route) => {
    ids.push((route.request().postDataJSON() as Schemas["Submission"]).id);
    const answer = await route.fetch();
    if (cut) await route.abort();
    else await route.fulfill({ response: answer });
  });
  await page.reload();
  await line.getByRole("button", { name: "保存此行" }).click();
  await expect(page.getByText("连不上服务器")).toBeVisible({ timeout: 15_000 });
  await expect(line.getByLabel("体温")).toHaveValue("37.2");
  cut = false;
  await page.reload();
  await line.getByRole("button", { name: "保存此行" }).click();
  await expect(line.getByLabel("体温")).toHaveValue("");
  expect(new Set(ids).size, "one id, however often it was sent").toBe(1);
  const { observations } = await ask<Schemas["PersonView"]>(request, "commander", `/v1/persons/${patient.id}`);
  expect(observations?.filter((o) => o.oxygen === 94)).toHaveLength(1);
});

test("a sample by scanner, who can go home and why others cannot, a discharge; a death is asked twice", async ({ page, request }) => {
  await page.setViewportSize({ width: 1920, height: SIZES[1920] });
  await nurse(page, request, "/ward/beds");
  await expect(page.getByRole("button", { name: /^A 病区 1 床/ })).toBeVisible();
  await shoot(page, "ward", "beds", "zh");
  await page.getByRole("navigation", { name: "病区" }).getByRole("link", { name: /应采样本/ }).click();
  await page.getByRole("button", { name: /^全部/ }).click();
  const tube = `W${RUN}`;
  await page.getByLabel("A 病区 1 床 扫采样管", { exact: true }).fill(tube);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`已登记单采管 ${tube}`)).toBeVisible();
  expect(await ask<Schemas["TubeView"]>(request, "commander", `/v1/tubes/${tube}`)).toMatchObject({ mode: "single", state: "sealed", members: 1, who: [{ person_id: first.id }] });

  await page.getByRole("navigation", { name: "病区" }).getByRole("link", { name: /今日可出/ }).click();
  const going = page.getByRole("listitem").filter({ hasText: second.name });
  await expect(going.getByText("起可离院")).toBeVisible();
  await inOneLanguage(page, "zh");
  await accessible(page);
  await shoot(page, "ward", "home", "zh");
  await going.getByRole("button", { name: "办理出院" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "办理出院" }).click();
  await expect(page.getByText(`${second.name} 已办理离院`)).toBeVisible();
  expect((await bedsNow(request)).some((b) => b.person_id === second.id)).toBe(false);

  // The wrong name does not do it.
  const dead = people[5]!;
  await page.getByRole("button", { name: "A 病区 6 床" }).click();
  await page.getByRole("button", { name: "登记死亡" }).click();
  await page.getByRole("button", { name: "下一步：核对身份" }).click();
  const say = page.getByRole("button", { name: "确认死亡，登记" });
  await page.getByLabel("患者姓名").fill(people[6]!.name);
  await expect(say).toBeDisabled();
  expect((await ask<Schemas["PersonView"]>(request, "commander", `/v1/persons/${dead.id}`)).standing).not.toBe("dead");
  await page.getByLabel("患者姓名").fill(dead.name);
  await say.click();
  await expect(page.getByText(`已登记 ${dead.name} 死亡`)).toBeVisible();
  expect((await ask<Schemas["PersonView"]>(request, "commander", `/v1/persons/${dead.id}`)).standing).toBe("dead");
});
