/** The investigator: a new positive with its clock, the interview, where the case has been, whom it met. */
import type { Schemas } from "../src/api/types";
import { aCase, aHome, aName, ago, person } from "./cases-made";
import { accessible, ask, expect, inOneLanguage, logIn, say, shoot, test } from "./journey";

type Investigation = Schemas["InvestigationView"];

test("on a phone: a new positive, an interview through a dead spot, someone else's answer, handed in", async ({ page, request, context }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const name = aName("流");
  const id = await aCase(request, await person(request, name, await aHome(request, "investigator"), "13900000001"), 230);
  const record = async () => (await ask<Investigation>(request, "investigator", `/v1/cases/${id}/investigation`)).record;
  await logIn(page, "investigator");
  await page.goto("/cases");
  await page.getByRole("button", { name: /待核心流调/ }).click();
  await expect(page.getByRole("button", { name: /^\d+\+? ?全部病例$/ })).toBeVisible();
  await expect(page.getByRole("link", { name: new RegExp(name) })).toBeVisible();
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "investigator", "cases", "zh");
  await page.getByRole("link", { name: new RegExp(name) }).click();
  await expect(page.getByRole("heading", { name: new RegExp(name) })).toBeVisible();

  // The network is away: what was answered stays on the device, and goes in once it is back.
  await page.getByRole("button", { name: "发热" }).click();
  await page.getByRole("button", { name: "咳嗽" }).click();
  await context.setOffline(true);
  await page.getByRole("button", { name: "保存 1 项" }).click();
  await expect(page.getByText("已存在本机，联网后自动提交").first()).toBeVisible({ timeout: 15_000 });
  expect(await record()).toBeFalsy();
  await context.setOffline(false);
  await expect.poll(async () => (await record())?.answers["symptoms"]?.value).toEqual(["fever", "cough"]);
  await expect(page.getByText("已全部保存")).toBeVisible();

  // Someone else answers the same question meanwhile: neither is lost, one decides.
  await page.getByLabel("新冠疫苗接种剂次").fill("3");
  await say(request, "investigator", { interviewed: { case: id, interviewer: "李医生", answers: { vaccine_doses: 2 }, seen: (await record())?.updated_seq ?? 0, at: await ago(request) } });
  await page.getByRole("button", { name: "去选择" }).click();
  await expect(page.getByText(/他人已改为/)).toBeInViewport();
  await shoot(page, "investigator", "interview-conflict", "zh");
  await page.getByRole("button", { name: "保留我的" }).click();
  await page.getByRole("button", { name: "保存 1 项" }).click();
  await expect.poll(async () => (await record())?.answers["vaccine_doses"]?.value).toBe(3);
  await accessible(page);
  await inOneLanguage(page, "zh");

  await page.getByRole("button", { name: "提交核心信息" }).first().click();
  await page.getByLabel("小结").fill("与同事聚餐后发病");
  await page.getByRole("dialog").getByRole("button", { name: "提交核心信息" }).click();
  await expect.poll(async () => (await record())?.core_filed_at ?? null).not.toBeNull();
  await expect(page.getByText(/已于 .* 提交/)).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.evaluate(() => window.scrollTo(0, 0));
  await shoot(page, "investigator", "interview", "zh", true);
});

test("at a desk: where the case has been, and its candidates confirmed by the keyboard", async ({ page, request }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const home = await aHome(request, "investigator");
  const who = await person(request, aName("迹"), home);
  const [one, two] = [await person(request, aName("同"), home), await person(request, aName("住"), home)];
  const id = await aCase(request, who);
  await say(request, "investigator", { visited: { visit: crypto.randomUUID(), case: id, description: "南门农贸市场", from: "2022-11-26T08+08:00", to: "2022-11-26T10+08:00", source: "told", at: await ago(request) } });
  const refused: string[] = [];
  page.on("response", (r) => r.status() >= 400 && refused.push(r.url()));
  await logIn(page, "investigator", "en");
  await page.goto(`/cases/${id}/trajectory`);
  await page.getByRole("button", { name: "Add a visit" }).click();
  await page.getByRole("button", { name: "A vehicle" }).click();
  await page.getByLabel("Vehicle", { exact: true }).fill("渝F12345");
  await page.getByLabel("From: day").fill("2022-11-26");
  await page.getByLabel("From: known to").selectOption("minute");
  await page.getByLabel("From: time").fill("11:10");
  await page.getByLabel("To: day").fill("2022-11-26");
  await page.getByLabel("To: known to").selectOption("minute");
  await page.getByLabel("To: time").fill("11:55");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("img", { name: /渝F12345/ })).toBeVisible();
  const visits = (await ask<Investigation>(request, "investigator", `/v1/cases/${id}/investigation`)).visits;
  expect(visits.map((v) => [v.vehicle ?? v.description, v.margin_s])).toEqual([["南门农贸市场", 3600], ["渝F12345", 0]]);
  await accessible(page);
  await inOneLanguage(page, "en");
  await shoot(page, "investigator", "trajectory", "en");

  // On a low screen what is known of the case is folded, and its work has the room.
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.getByRole("link", { name: "Candidates" }).click();
  await page.reload();
  const lines = page.getByRole("checkbox");
  await expect(lines.first()).toBeInViewport({ ratio: 1 });
  expect((await page.getByRole("list", { name: "Candidates" }).boundingBox())?.y).toBeLessThan(470);
  await shoot(page, "investigator", "candidates-low", "en");
  await page.setViewportSize({ width: 1920, height: 1080 });
  // Nothing is asked for that is not there.
  expect(refused).toEqual([]);
  await page.getByRole("button", { name: /^close contact/ }).click();
  await expect(lines.first()).toBeVisible();
  await accessible(page);
  await inOneLanguage(page, "en");
  await lines.first().focus();
  await page.keyboard.press("Control+a");
  await expect(page.locator(".line.chosen")).toHaveCount(await lines.count());
  await shoot(page, "investigator", "candidates", "en");
  await page.keyboard.press("Enter");
  await page.getByLabel("Decided by").fill("county headquarters");
  await page.getByLabel("Reason").fill("lives with the case");
  // The button says what it does with them.
  await page.getByRole("dialog").getByRole("button", { name: "casual contact", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: /^Confirm \d+: casual contact/ })).toBeVisible();
  await page.getByRole("button", { name: "As proposed" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Confirm \d+: close contact/ }).click();
  const named = async () => (await ask<Schemas["Page9"]>(request, "investigator", `/v1/contacts?case=${id}&limit=1000`)).items.filter((c) => c.decider === "county headquarters").map((c) => c.person_id);
  await expect.poll(named).toEqual(expect.arrayContaining([one, two]));
  await expect(page.locator(".line.chosen")).toHaveCount(0);
});

test("a source is asked about, stated and taken back", async ({ page, request }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const home = await aHome(request, "investigator");
  const source = aName("源");
  const first = await aCase(request, await person(request, source, home));
  const id = await aCase(request, await person(request, aName("续"), home));
  await logIn(page, "investigator", "zh");
  // A slow server: after two seconds a word says that there is an end to it.
  await page.route("**/sources", (r) => setTimeout(() => void r.continue(), 3_000));
  await page.goto(`/cases/${id}/sources`);
  await expect(page.getByText(/服务器较忙/)).toBeVisible();
  const line = page.getByRole("listitem").filter({ hasText: source });
  await line.getByRole("button", { name: "认定传染源" }).click();
  await page.getByLabel("依据").fill("同住，先后发病");
  await page.getByRole("dialog").getByRole("button", { name: "认定传染源" }).click();
  await expect(page.getByText(`被 ${source} 传染`)).toBeVisible();
  const links = async () => (await ask<Schemas["Chains"]>(request, "investigator", "/v1/chains")).links.filter((l) => l.target_case === id);
  expect((await links()).map((l) => [l.source_case, l.directed])).toEqual([[first, true]]);
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "investigator", "sources", "zh");
  await page.getByRole("button", { name: "撤销", exact: true }).click();
  await page.getByLabel("决定人").fill("张组长");
  await page.getByLabel("理由").fill("时间不符");
  await page.getByRole("dialog").getByRole("button", { name: "撤销", exact: true }).click();
  await expect.poll(async () => (await links()).map((l) => l.withdrawn ?? null)).not.toEqual([null]);
});
