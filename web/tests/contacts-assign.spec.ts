/** People under follow-up given to a team by hand, and how far they were vaccinated. */
import type { APIRequestContext } from "@playwright/test";
import type { Schemas } from "../src/api/types";
import { aCase, aContact, aHome, aName, ago, person } from "./cases-made";
import { accessible, ask, expect, inOneLanguage, logIn, reach, say, shoot, shootAll, test } from "./journey";

type Contacts = Schemas["Page9"];

/** One contact, wherever they stand in the list. */
async function contactOf(request: APIRequestContext, person: string): Promise<Schemas["ContactItem"] | undefined> {
  return (await ask<Contacts>(request, "investigator", "/v1/contacts?limit=1000")).items.find((x) => x.person_id === person);
}

test("a commander gives two households to another team, in one act", async ({ page, request }) => {
  const home = await aHome(request, "investigator");
  const door = (n: number) => `${home.split(".").slice(0, -1).join(".")}.zz${crypto.randomUUID().slice(0, 4)}${n}`;
  const [one, two] = [door(1), door(2)];
  const names = [aName("派"), aName("配")] as const;
  const [a, b] = [await person(request, names[0], one), await person(request, names[1], two)];
  const lives = await person(request, aName("同"), one);
  const away = { team: `t-${crypto.randomUUID().slice(0, 8)}`, name: aName("远") };
  const elsewhere = "50.500237.231";
  await say(request, "investigator", { team_listed: { ...away, places: [elsewhere], capacity: 30, at: await ago(request) } });
  for (const who of [a, b, lives]) await aContact(request, who, null);
  await page.setViewportSize({ width: 1920, height: 1080 });
  await logIn(page, "commander", "en");
  await page.goto("/calls");
  const list = page.getByRole("list", { name: "Due today" });
  for (const name of names) {
    const line = page.getByRole("checkbox").filter({ hasText: name });
    await reach(list, line);
    await line.press("Space");
    await expect(line).toBeChecked();
  }
  // Commanders call nobody: there is nothing to say how it went.
  await expect(page.getByRole("button", { name: "Well" })).toHaveCount(0);
  await page.getByLabel("To the team").selectOption(away.team);
  await accessible(page);
  await inOneLanguage(page, "en");
  await shoot(page, "commander", "assign", "en");
  await page.getByRole("button", { name: "Assign 2" }).click();
  await expect(page.getByRole("status").filter({ hasText: "0 chosen" })).toBeVisible();
  const teams = async () => Promise.all([a, b, lives].map(async (x) => (await contactOf(request, x))?.own_team));
  // Whoever lives with one of them went along.
  await expect.poll(teams).toEqual([away.team, away.team, away.team]);
  await say(request, "investigator", { team_ended: { team: away.team, at: await ago(request) } });
});

test("on a phone: a team for some, and a vaccination for one of them", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const home = await aHome(request);
  const name = aName("苗");
  const who = await person(request, name, home, "13900000061");
  const of = await aCase(request, await person(request, aName("病"), home));
  const both = [0, 1].map((n) => `t-${crypto.randomUUID().slice(0, 8)}${n}`);
  for (const team of both) await say(request, "investigator", { team_listed: { team, name: aName("组"), places: [home.split(".").slice(0, 4).join(".")], capacity: 20, at: await ago(request) } });
  await aContact(request, who, of);
  await logIn(page, "community_worker");
  await page.goto("/calls");
  const line = page.locator("[data-contact]").filter({ hasText: name });
  const list = page.getByRole("list", { name: "今日应访" });
  await reach(list, line);
  await line.getByRole("button", { name: "接种与预防" }).click();
  const form = page.getByRole("dialog");
  // COVID's protocol gives nothing after an exposure: only the vaccination is asked.
  await expect(form.getByRole("button", { name: "已给予预防" })).toHaveCount(0);
  await form.getByRole("button", { name: "2 剂" }).click();
  await form.getByRole("button", { name: "接种证" }).click();
  await form.getByLabel("第 1 剂").fill("2021-06-01");
  await form.getByLabel("疫苗名称").fill("灭活疫苗");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "community_worker", "vaccination", "zh");
  await form.getByRole("button", { name: "保存" }).click();
  await expect(form).toHaveCount(0);
  await expect.poll(() => contactOf(request, who)).toMatchObject({ doses: 2, dose_dates: ["2021-06-01"], vaccination_source: "card", vaccine: "灭活疫苗" });

  // The server has given the person to one of the two, perhaps: by hand to the other.
  const before = (await contactOf(request, who))?.own_team;
  const team = both.find((x) => x !== before) ?? "";
  await page.getByRole("button", { name: "分派小组" }).click();
  await reach(list, page.getByRole("checkbox").filter({ hasText: name }));
  await page.getByRole("checkbox").filter({ hasText: name }).click();
  await page.getByLabel("分派给").selectOption(team);
  await accessible(page);
  await shootAll(page, "community_worker", "assign", [360, 768]);
  await page.getByRole("button", { name: "分派 1 人" }).click();
  await expect.poll(async () => (await contactOf(request, who))?.own_team).toBe(team);
  for (const x of both) await say(request, "investigator", { team_ended: { team: x, at: await ago(request) } });
});
