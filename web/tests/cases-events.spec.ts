/** Events at which people met: listed with who was there, what is decided of them, and withdrawn with a reason. */
import type { Schemas } from "../src/api/types";
import { aCase, aContact, aHome, aName, ago, person } from "./cases-made";
import { accessible, ask, expect, inOneLanguage, logIn, reach, say, shoot, shootAll, test } from "./journey";

type Event = Schemas["EventView"];

test("a wedding: listed, its guests added one after the other, and what is decided of each", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const home = await aHome(request, "investigator");
  const [name, guest, near, ill] = [`${aName("喜")}宴`, aName("宾"), aName("邻"), aName("病")];
  await person(request, guest, home, "13900000081");
  const [next, sick] = [await person(request, near, home), await person(request, ill, home)];
  const of = await aCase(request, sick);
  await aContact(request, next, of);
  await logIn(page, "investigator");
  await page.goto("/exposure-events");
  await page.getByRole("button", { name: "登记活动" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("活动名称").fill(name);
  await form.getByLabel("活动类型").selectOption("wedding");
  for (const [label, hour] of [["开始", "11"], ["结束", "14"]] as const) {
    await form.getByLabel(`${label}：日期`).fill("2022-11-26");
    await form.getByLabel(`${label}：钟点`).selectOption(hour);
  }
  await form.getByLabel(/参加总人数/).fill("40");
  await form.getByLabel(/^说明/).fill("河街饭店二楼");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "investigator", "event-form", "zh");
  await form.getByRole("button", { name: "保存" }).click();
  await expect(form).toHaveCount(0);
  const line = page.getByRole("link").filter({ hasText: name });
  await reach(page.getByRole("list", { name: "聚集活动" }), line);
  await line.click();
  await page.getByRole("button", { name: "添加参加人员" }).click();
  for (const x of [guest, near, ill]) {
    await form.getByLabel(/查找人员/).fill(x);
    await form.locator(".found button").filter({ hasText: x }).click();
    await expect(page.getByText(`已添加 ${x}`)).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(form).toHaveCount(0);
  const people = page.getByRole("list", { name: "参加人员" }).getByRole("listitem");
  // Of whom nothing is decided stands first.
  await expect(people.locator(".line-name")).toHaveText([guest, near, ill]);
  await expect(people.nth(0)).toContainText("待研判");
  await expect(people.nth(1)).toContainText("一般接触者");
  await expect(people.nth(2).getByRole("link", { name: /密接研判/ })).toHaveAttribute("href", `/cases/${of}/candidates`);
  await expect(page.getByText("已知 3 / 40 人")).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  expect(await ask<Event>(request, "investigator", `/v1/exposure-events/${id}`)).toMatchObject({ name, kind: "wedding", expected: 40, unknown: 37, participants: 3, cases: 1, contacts: 1, undecided: 1, description: "河街饭店二楼" });
  await accessible(page);
  await shootAll(page, "investigator", "event", [360, 1920]);
  await page.goto("/exposure-events");
  await page.getByRole("button", { name: "只看有病例的" }).click();
  await expect(line).toBeVisible();
  await accessible(page);
  await shootAll(page, "investigator", "events", [360, 1920]);
});

test("a commander withdraws an event that never was", async ({ page, request }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const event = `e-${crypto.randomUUID().slice(0, 8)}`;
  await say(request, "investigator", { event_listed: { event, name: aName("会"), kind: "meeting", from: "2022-11-26T09:00:00+08:00", to: "2022-11-26T10:00:00+08:00", at: await ago(request, 1) } });
  await logIn(page, "commander", "en");
  await page.goto(`/exposure-events/${event}`);
  await page.getByRole("button", { name: "Withdraw" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Decided by").fill("county headquarters");
  await form.getByLabel("Reason").fill("was put off");
  await accessible(page);
  await inOneLanguage(page, "en");
  await form.locator("button[type=submit]").click();
  await expect(page.getByText(/^Withdrawn/)).toContainText("county headquarters：was put off");
  expect(await ask<Event>(request, "commander", `/v1/exposure-events/${event}`)).toMatchObject({ decider: "county headquarters", reason: "was put off" });
  // It can be listed again, but nobody is added to what did not take place.
  await expect(page.getByRole("button", { name: "List it again" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a participant" })).toHaveCount(0);
  await shoot(page, "commander", "event-withdrawn", "en");
});
