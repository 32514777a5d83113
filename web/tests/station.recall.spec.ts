/** Someone whom a pool has called back comes to the table: in a round and without one, online and not, and after the page was opened anew. */
import type { APIRequestContext, Page } from "@playwright/test";
import type { Schemas } from "../src/api/types";
import { ask, expect, inOneLanguage, logIn, say, shoot, test } from "./journey";
import { laboratory } from "./specimens";
import { type Crowd, crowd, delivered, letters, now, said, scan, STATION, tubeOf } from "./stations";

/** The first two people of the crowd were in a pool that is positive. */
async function positive(request: APIRequestContext, c: Crowd): Promise<void> {
  const pool = `T${letters()}9001`;
  const at = (before: number) => now(request, before);
  const { place } = await laboratory(request);
  for (const p of c.people.slice(0, 2)) await say(request, "sampler", { registered: { tube: pool, person: p.person, station: STATION, round: c.round, mode: "pooled", at: await at(50_000) } });
  await say(request, "sampler", { tube_sealed: { tube: pool, at: await at(40_000) } });
  await say(request, "laboratory", { received: { laboratory: place, tubes: [pool], condition: "adequate", at: await at(30_000) } });
  await say(request, "laboratory", { result_read: { tube: pool, result: "positive", targets: [{ target: "N", ct: 28 }], at: await at(20_000) } });
}

const open = async (page: Page, c: Crowd, round: string | null) => {
  await logIn(page, "sampler");
  await page.evaluate(
    ([round, list, area, name, station]) => localStorage.setItem("quell.station", JSON.stringify({ round: round ? { round, name: round, pool_size: 5 } : null, list, station, stationName: station, area, areaName: name, boxPrefix: "B" })),
    [round, c.round, c.compound, c.compoundName, STATION] as const,
  );
  await page.goto("/station");
  await expect(page.locator(`[data-list="${c.people.length + 1}"]`)).toBeVisible({ timeout: 20_000 });
};

const recalls = async (request: APIRequestContext, person: string) => ((await ask<Schemas["PersonView"]>(request, "sampler", `/v1/persons/${person}`)).duties ?? []).filter((d) => d.kind === "recall" && d.state === "open").length;

test("in a round: the recall is said, and the swab goes beside the round", async ({ page, request }) => {
  const c = await crowd(request, 3);
  await positive(request, c);
  const [pool, single] = [`T${letters()}0001`, `T${letters()}0002`];
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, c, c.round);
  await scan(page, pool);
  await scan(page, c.people[2]!.code);
  await expect(said(page, "good")).toContainText("1/5");
  await scan(page, c.people[0]!.code);
  await expect(said(page, "bad")).toContainText("召回复采，须单采");
  await shoot(page, "sampler", "station-recall", "zh");
  await scan(page, single);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "good")).toContainText("召回复采，已单采");
  await inOneLanguage(page, "zh");
  await delivered(page);
  const tube = await tubeOf(request, single);
  expect([tube.mode, tube.round ?? null]).toEqual(["single", null]);
  expect(await recalls(request, c.people[0]!.person)).toBe(0);
});

test("without a round, opened anew: by code, by name, and by a code that no list has", async ({ page, request }) => {
  const c = await crowd(request, 3);
  await positive(request, c);
  const tubes = [1, 2, 3].map((n) => `T${letters()}000${n}`);
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, c, null);
  await page.reload();
  await expect(page.locator(`[data-list="${c.people.length + 1}"]`)).toBeVisible({ timeout: 20_000 });
  await scan(page, tubes[0]!);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "good")).toContainText("1/1");
  await expect(said(page, "good")).toContainText("召回复采");
  await scan(page, tubes[1]!);
  await scan(page, c.people[1]!.name);
  await page.locator(".match").click();
  await expect(said(page, "good")).toContainText("1/1");
  // Someone whom no list of the device has: outside the rounds, one tube for one person.
  const other = await crowd(request, 1);
  await scan(page, tubes[2]!);
  await page.getByRole("button", { name: "作单采管" }).click();
  await expect(page.locator(`[data-tube="${tubes[2]}"]`)).toContainText("0/1");
  await scan(page, other.people[0]!.code);
  await expect(said(page, "good")).toContainText("1/1");
  await delivered(page);
  expect(await Promise.all(tubes.map(async (t) => (await tubeOf(request, t)).mode))).toEqual(["single", "single", "single"]);
  expect(await recalls(request, c.people[1]!.person)).toBe(0);
});

test("recalled after the list was read: the refusal fits the phone, and the tube is begun again as a single one", async ({ page, request }) => {
  const c = await crowd(request, 3);
  const tube = `T${letters()}0001`;
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, c, c.round);
  await positive(request, c);
  await scan(page, tube);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "bad")).toContainText("screening.tube_modes.single_exposures");
  const wide = () => page.evaluate(() => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll(".said *, .record *, .member *")].map((e) => e.getBoundingClientRect().right)));
  expect(await wide()).toBeLessThanOrEqual(360);
  await expect(page.locator("[data-waiting]").first(), "nothing waits for the network").toHaveAttribute("data-waiting", "0");
  await shoot(page, "sampler", "station-refused", "zh");
  // The same tube and the same person: now nobody else comes into it. (Not at once: that would be a scanner's stutter.)
  await page.waitForTimeout(800);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "good")).toContainText("1/1");
  await delivered(page);
  expect((await tubeOf(request, tube)).mode).toBe("single");
  await page.getByRole("link", { name: "被拒 1" }).click();
  await expect(page.locator(".record").first()).toContainText("single_exposures");
  expect(await wide()).toBeLessThanOrEqual(360);
  await shoot(page, "sampler", "station-queue-refused", "zh");
});
