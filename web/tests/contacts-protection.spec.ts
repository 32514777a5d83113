/** Measles: who was exposed is protected within 72 hours, or it is decided why not. A book of its own, for the others' disease is COVID. */
import type { Schemas } from "../src/api/types";
import { aName } from "./cases-made";
import { accessible, expect, inOneLanguage, logIn, shoot, shootAll, test } from "./journey";
import { homeIn, twoBooks } from "./two-books";

const now = (minutesAgo = 0): string => `${new Date(Date.now() + 8 * 3_600_000 - minutesAgo * 60_000).toISOString().slice(0, 19)}+08:00`;

let books: Awaited<ReturnType<typeof twoBooks>>;
test.beforeAll(async () => {
  books = await twoBooks();
});
test.afterAll(() => books.stop());

test("measles: one is given the vaccine in time, another declines", async ({ page }) => {
  const { here } = books;
  here.run("protocol", "adopt", "measles", "--decider", "headquarters");
  const names = [aName("麻"), aName("疹")] as const;
  const people = names.map(() => crypto.randomUUID());
  for (const [i, id] of people.entries()) {
    await here.say("investigator", { person_listed: { person: id, name: names[i] ?? "", sex: "female", home: `${homeIn(here)}.b1.u1.000${i}`, occupation: "general", phone: `1390000007${i}` } }, { contact_named: { contact: crypto.randomUUID(), person: id, category: "close", last_exposure: now(600), decision: { decider: "流调组", reason: "同教室" }, at: now() } });
  }
  const view = (i: number) => here.ask<Schemas["PersonView"]>("investigator", `/v1/persons/${people[i] ?? ""}`);
  const duty = async (i: number) => (await view(i)).duties?.find((d) => d.kind === "prophylaxis");
  expect((await duty(0))?.state).toBe("open");
  await page.setViewportSize({ width: 360, height: 740 });
  await here.serve(page);
  await logIn(page, "investigator");
  await page.goto("/calls");
  const line = (i: number) => page.locator("[data-contact]").filter({ hasText: names[i] ?? "" });
  await expect(line(0).getByText("暴露后预防")).toBeVisible();
  await shootAll(page, "investigator", "calls-measles", [360, 1920]);
  await line(0).getByRole("button", { name: "接种与预防" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "麻腮风疫苗" }).click();
  await expect(form.getByText("暴露后 72 小时 内有效")).toBeVisible();
  await form.getByLabel("批号").fill("MMR-20");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "investigator", "prophylaxis", "zh");
  await form.getByRole("button", { name: "登记已给予" }).click();
  await expect(form).toHaveCount(0);
  expect((await view(0)).prophylaxes).toMatchObject([{ prophylaxis: "mmr", in_time: true, note: "MMR-20" }]);
  expect((await duty(0))?.state).toBe("discharged");
  // The other one from her own page.
  await page.goto(`/persons/${people[1] ?? ""}`);
  await page.getByRole("button", { name: "接种与预防" }).click();
  await form.getByRole("button", { name: "不予预防" }).first().click();
  await form.getByLabel("决定人").fill("接种门诊");
  await form.getByLabel("理由").fill("孕妇，禁忌");
  await form.locator("button[type=submit]").click();
  await expect(form).toHaveCount(0);
  expect(await duty(1)).toMatchObject({ state: "waived", decider: "接种门诊", reason: "孕妇，禁忌" });
});
