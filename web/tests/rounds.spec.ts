/** A round from its opening to who was missed, and a risk zone from its drawing to its lifting. */
import type { Schemas } from "../src/api/types";
import { accessible, ask, expect, logIn, say, shoot, shootAll, SIZES, test } from "./journey";

const CASE = "0184b338-28e8-726a-b272-629f7da1b2c3";

interface Items {
  items: Schemas["Item"][];
}

/** A village with one household of two, so that no other journey is on its roster. */
async function village(request: Parameters<typeof say>[0], code: string, name: string): Promise<string> {
  const place = `50.500237.001.${code}`;
  const home = `${place}.h1`;
  const person = (who: string) => ({ person_listed: { person: crypto.randomUUID(), name: who, sex: "male" as const, home, occupation: "general" as const } });
  await say(request, "administrator", { place_listed: { place, kind: "community", name } }, { place_listed: { place: home, kind: "household", name: "1号" } }, person("张三丰"), person("李四光"));
  return place;
}

test("the commander opens a round, waives one, closes it, and sees who was missed", async ({ page, request }) => {
  const code = `r${Date.now()}`;
  const name = `轮次试验村${code}`;
  const place = await village(request, code, name);
  await page.setViewportSize({ width: 768, height: SIZES[768] });
  await logIn(page, "commander");
  await page.goto("/rounds");
  await page.getByRole("button", { name: "开启新轮次" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("轮次名称").fill(name);
  await form.getByRole("button", { name: "移除" }).click();
  await form.getByRole("button", { name: /^添加地点/ }).click();
  const picker = page.getByRole("dialog", { name: "添加地点" });
  await picker.getByRole("searchbox").fill(name);
  await picker.getByRole("listitem").filter({ hasText: name }).getByRole("button", { name: "选择", exact: true }).click();
  await expect(form.getByText(name)).toBeVisible();
  await form.getByLabel("混采人数").fill("5");
  await shoot(page, "commander", "round-open", "zh");
  await form.getByRole("button", { name: "开启新轮次" }).click();
  await page.getByRole("link").filter({ hasText: name }).click();
  const round = decodeURIComponent(page.url().split("/").pop() ?? "");
  expect(await ask<Schemas["RoundView"]>(request, "commander", `/v1/rounds/${round}`)).toMatchObject({ name, scope: [place], pool_size: 5, state: "open", progress: { should: 2, open: 2 } });

  await page.getByRole("button", { name: /未采/ }).click();
  await page.getByRole("checkbox", { name: "选择 张三丰" }).check();
  await page.getByRole("button", { name: "豁免所选 1 人" }).click();
  await page.getByLabel("理由").fill("医院透析中");
  await page.getByLabel("决定人").fill("值班指挥长");
  await page.getByRole("button", { name: "豁免", exact: true }).click();
  await expect(page.getByText("已豁免 1 人")).toBeVisible();
  expect((await ask<Items>(request, "commander", `/v1/items/waived?kind=sample&round=${round}`)).items).toMatchObject([{ name: "张三丰", reason: "医院透析中", decider: "值班指挥长" }]);
  await accessible(page);
  await shootAll(page, "commander", "round", [360, 1920]);

  await page.getByRole("button", { name: "结束本轮" }).click();
  await expect(page.getByRole("dialog").getByText("还有 1 人未采")).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "结束本轮" }).click();
  await expect(page.getByText("已结束", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: /漏检/ }).click();
  await expect(page.getByRole("listitem").getByText("李四光")).toBeVisible();
  await shoot(page, "commander", "round-missed", "zh");
  expect((await ask<Items>(request, "commander", `/v1/items/missed?kind=sample&round=${round}`)).items).toMatchObject([{ name: "李四光" }]);
});

test("the commander draws a zone and lifts it early, with reasons", async ({ page, request }) => {
  const code = `z${Date.now()}`;
  const name = `风险试验村${code}`;
  const place = await village(request, code, name);
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "commander", "en");
  await page.goto("/zones");
  await page.getByRole("button", { name: "Designate a zone" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByRole("button", { name: "Designate a zone" })).toBeDisabled();
  await form.getByRole("button", { name: /^Scope/ }).click();
  const picker = page.getByRole("dialog", { name: "Scope" });
  await picker.getByRole("searchbox").fill(name);
  await picker.getByRole("listitem").filter({ hasText: name }).getByRole("button", { name: "Choose", exact: true }).click();
  await form.getByLabel("Reason").fill(`two cases in one street, one is case ${CASE}`);
  await form.getByLabel("Decided by").fill("county command post");
  await shoot(page, "commander", "zone-designate", "en");
  await page.keyboard.press("Enter");
  const line = page.getByRole("listitem").filter({ hasText: name });
  await expect(line.getByText("high risk")).toBeVisible();
  // Nobody reads an id: its end leads to the case.
  await expect(line.getByRole("link", { name: "…a1b2c3" })).toHaveAttribute("href", `/cases/${CASE}`);
  await expect(line).not.toContainText(CASE);
  const zones = async () => (await ask<{ items: { level: string; reason: string; lifted_at?: string | null }[] }>(request, "auditor", `/v1/zones?place=${place}`)).items;
  expect(await zones()).toMatchObject([{ level: "high", reason: `two cases in one street, one is case ${CASE}` }]);
  await accessible(page);
  await shootAll(page, "commander", "zones", [360, 1920]);

  await line.getByRole("button", { name: "Lift" }).click();
  await form.getByLabel("Reason").fill("the cases were false positives");
  await form.getByLabel("Decided by").fill("county command post");
  await form.getByRole("checkbox", { name: "Before its days are over" }).check();
  await form.getByRole("button", { name: "Lift", exact: true }).click();
  await expect(page.getByRole("listitem").filter({ hasText: name })).toHaveCount(0);
  await expect.poll(async () => (await zones())[0]?.lifted_at ?? null).not.toBeNull();
});
