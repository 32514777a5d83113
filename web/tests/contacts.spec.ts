/** Those who follow contacts up, decide on orders, and find out who is who. */
import type { Schemas } from "../src/api/types";
import { aCase, aContact, aHome, aName, ago, person } from "./cases-made";
import { accessible, ask, expect, inOneLanguage, logIn, say, shoot, test, URL_OF } from "./journey";

type Person = Schemas["PersonView"];

test("a community worker's call list on a phone: one tap an outcome, symptoms only of who is ill", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const home = await aHome(request);
  const names = [aName("访"), aName("询")] as const;
  const [well, ill] = [await person(request, names[0], home, "13900000011"), await person(request, names[1], home, "13900000012")];
  await aContact(request, well, null);
  await aContact(request, ill, null);
  await logIn(page, "community_worker");
  await page.goto("/calls");
  const line = (name: string) => page.locator("[data-contact]").filter({ hasText: name });
  await expect(line(names[0])).toBeVisible();
  await expect(line(names[0]).getByRole("link", { name: /13900000011/ })).toHaveAttribute("href", "tel:13900000011");
  await accessible(page);
  await inOneLanguage(page, "zh");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await shoot(page, "community_worker", "calls", "zh");

  // A tap on the wrong button is taken back before it is in the book.
  await line(names[0]).getByRole("button", { name: "未去访视" }).click();
  await shoot(page, "community_worker", "calls-tapped", "zh");
  await line(names[0]).getByRole("button", { name: "撤回" }).click();
  await line(names[0]).getByRole("button", { name: "正常" }).click();
  await expect(line(names[0]).getByRole("status")).toContainText("即将登记");
  // The next in line has the focus: a thumb or a key goes on.
  await expect(page.locator("[data-contact] :focus")).toHaveCount(1);
  const seen = async (id: string) => (await ask<Person>(request, "investigator", `/v1/persons/${id}`)).follow_ups?.[0];
  await expect(line(names[0])).toHaveCount(0);
  expect((await ask<Person>(request, "investigator", `/v1/persons/${well}`)).follow_ups?.map((f) => f.outcome)).toEqual(["seen_ok"]);
  expect(await page.getByRole("group", { name: "随访名单" }).locator("button").evaluateAll((all) => all.every((b) => b.getBoundingClientRect().right <= innerWidth))).toBe(true);

  await line(names[1]).getByRole("button", { name: "有症状" }).click();
  await page.getByRole("button", { name: "发热" }).click();
  await page.getByLabel("体温（℃）").fill("38.4");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "community_worker", "calls-ill", "zh");
  await page.getByRole("button", { name: "提交" }).click();
  await expect.poll(async () => await seen(ill)).toMatchObject({ outcome: "seen_not_ok", symptoms: ["fever"], temperature: 38.4 });
  await expect(line(names[1])).toHaveCount(0);
  // Folded away; whether they are due once more today depends on the hour.
  await expect(page.getByRole("button", { name: "本次已访 2 人" })).toBeVisible();
});

test("an order, an appeal against it, and the commander's answer", async ({ page, request, browser }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const name = aName("隔");
  const who = await person(request, name, await aHome(request, "investigator"));
  await aCase(request, who);
  await logIn(page, "investigator", "en");
  await page.goto(`/orders?issue=${who}`);
  // The grounds name the case as people do.
  await expect(page.getByLabel("Evidence")).not.toHaveValue(/[0-9a-f]{8}-/);
  await page.getByLabel("Days").fill("10");
  await page.getByLabel("Decided by").fill("county headquarters");
  await page.getByLabel("Reason").fill("infectious");
  await page.getByRole("dialog").getByRole("button", { name: "Issue an order" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const order = async () => (await ask<Schemas["Page10"]>(request, "commander", `/v1/orders?person=${who}`)).items[0];
  expect(await order()).toMatchObject({ kind: "isolation", in_force: true, reason: "infectious", decider: "county headquarters" });
  await accessible(page);
  await inOneLanguage(page, "en");
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await page.getByRole("button", { name: "Make an appeal" }).click();
  await page.getByLabel("What they say").fill("alone with a child");
  await page.getByRole("dialog").getByRole("button", { name: "Make an appeal" }).last().click();
  await expect(page.getByText("alone with a child")).toBeVisible();
  await shoot(page, "investigator", "order", "en");

  const other = await browser.newContext({ viewport: { width: 1920, height: 1080 }, locale: "zh-CN", baseURL: URL_OF() });
  const desk = await other.newPage();
  await logIn(desk, "commander");
  await desk.goto("/orders");
  await desk.getByRole("button", { name: /申诉待答复/ }).click();
  await desk.getByRole("button", { name: new RegExp(name) }).click();
  await accessible(desk);
  await inOneLanguage(desk, "zh");
  await desk.getByRole("button", { name: "支持（解除决定）" }).click();
  await desk.getByLabel("决定人").fill("指挥长");
  await desk.getByLabel("理由").fill("由社区居家照护");
  await shoot(desk, "commander", "appeal", "zh");
  await desk.getByRole("dialog").getByRole("button", { name: "支持（解除决定）" }).last().click();
  await expect.poll(async () => (await order())?.appeals[0]?.state).toBe("granted");
  expect(await order()).toMatchObject({ in_force: false });
  await other.close();
});

test("who is who: two records side by side, a lead that becomes a person, a team that is away", async ({ page, request }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const home = await aHome(request, "investigator");
  const name = aName("双");
  const [one, two] = [await person(request, name, home, "13900000021"), await person(request, name, home, "13900000021")];
  await logIn(page, "investigator", "zh");
  await page.goto("/duplicates");
  await page.getByLabel("查某人的疑似重复").fill(name);
  await page.locator(".found button").first().click();
  const own = page.locator("section").filter({ has: page.getByRole("heading", { name }) });
  await own.locator(".row.spread").filter({ hasText: name }).getByRole("button", { name: "并排比对" }).first().click();
  await expect(page.getByRole("dialog").getByRole("cell", { name })).toHaveCount(2);
  await expect(page.locator("tr.alike")).not.toHaveCount(0);
  await accessible(page);
  await inOneLanguage(page, "zh");
  await page.getByRole("button", { name: "同一人：保留左侧" }).click();
  await page.getByLabel("决定人").fill("王组长");
  await shoot(page, "investigator", "duplicates", "zh");
  await page.getByRole("dialog").getByRole("button", { name: "同一人：保留左侧" }).last().click();
  const merged = async () => (await Promise.all([one, two].map((id) => ask<Person>(request, "investigator", `/v1/persons/${id}`)))).filter((p) => p.same_as).length;
  await expect.poll(merged).toBe(1);
  await page.locator("section").filter({ hasText: "本机最近的合并" }).getByRole("button", { name: "撤销合并" }).first().click();
  await page.getByLabel("理由").fill("双胞胎");
  await page.getByRole("dialog").getByRole("button", { name: "撤销合并" }).click();
  await expect.poll(merged).toBe(0);

  const known = aName("名");
  const guest = await person(request, known, home);
  const [of, lead] = [await aCase(request, await person(request, aName("席"), home)), crypto.randomUUID()];
  await say(request, "investigator", { lead_noted: { lead, case: of, kind: "person", description: "同桌穿红衣者", last_exposure: await ago(request, 90), at: await ago(request) } });
  await page.goto(`/leads?case=${of}`);
  await page.getByRole("button", { name: "核实到人" }).click();
  await page.getByLabel(/查找人员/).fill(known);
  await page.locator(".found button").first().click();
  await page.getByLabel("理由").fill("同桌就餐");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "investigator", "leads", "zh");
  await page.getByRole("dialog").locator("button[type=submit]").click();
  const contacts = async () => (await ask<Schemas["Page9"]>(request, "investigator", `/v1/contacts?case=${of}`)).items.map((c) => c.person_id);
  await expect.poll(contacts).toEqual([guest]);

  const team = `t-${crypto.randomUUID().slice(0, 8)}`;
  await say(request, "investigator", { team_listed: { team, name: aName("组"), places: [home], capacity: 20, at: await ago(request) } });
  await page.goto("/teams");
  const card = page.locator(`[data-team="${team}"]`);
  await card.getByRole("button", { name: "登记缺勤" }).click();
  await page.getByLabel("理由").fill("桥梁封闭");
  await page.getByRole("dialog").getByRole("button", { name: "登记缺勤" }).click();
  await expect(card.getByText("桥梁封闭")).toBeVisible();
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "investigator", "teams", "zh");
  await card.getByRole("button", { name: "返岗" }).click();
  const state = async () => (await ask<Schemas["Teams"]>(request, "investigator", "/v1/teams")).items.find((x) => x.team_id === team)?.state;
  await expect.poll(state).toBe("present");
  // It leaves nobody to other journeys.
  await say(request, "investigator", { team_ended: { team, at: await ago(request) } });
});

test("a merge that was made elsewhere is undone at the person who was kept", async ({ page, request }) => {
  const home = await aHome(request, "investigator");
  const name = aName("并");
  const [kept, gone] = [await person(request, name, home), await person(request, aName("入"), home)];
  await say(request, "investigator", { persons_merged: { merge: crypto.randomUUID(), kept, gone, decision: { decider: "王组长", reason: "同一人" }, at: await ago(request) } });
  await logIn(page, "investigator", "en");
  await page.goto("/duplicates");
  await page.getByLabel("Look for records like that of").fill(name);
  await page.locator(".found button").first().click();
  await page.locator("section").filter({ has: page.getByRole("heading", { name }) }).getByRole("button", { name: "Undo" }).click();
  await page.getByLabel("Reason").fill("twins");
  await page.getByLabel("Decided by").fill("Wang");
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await ask<Person>(request, "investigator", `/v1/persons/${gone}`)).same_as ?? null).toBeNull();
});
