/** The way of a case on the map of the place tree, and the same in words. */
import type { Fact, Page as PageOf, Schemas } from "../src/api/types";
import { aCase, aHome, aName, ago, person } from "./cases-made";
import { accessible, ask, expect, logIn, say, shootAll, test } from "./journey";

test("a way through three townships and beyond: numbered on the map, in the same order in the list", async ({ page, request }) => {
  const home = await aHome(request, "investigator");
  const id = await aCase(request, await person(request, aName("行"), home));
  const below = (under: string) => ask<PageOf<Schemas["PlaceItem"]>>(request, "investigator", `/v1/places?under=${under}&limit=50`).then((p) => p.items);
  const towns = (await below("50.500237")).filter((p) => p.kind === "township" && p.children > 1);
  const [a, b, c] = await Promise.all([0, 3, 6].map(async (i) => (await below(towns[i]?.place ?? ""))[1] as Schemas["PlaceItem"]));
  if (!a || !b || !c) throw new Error("the demo has three townships");
  const visit = (where: object, from: string, to: string): Fact => ({ visited: { visit: crypto.randomUUID(), case: id, from: `2022-11-${from}:00+08:00`, to: `2022-11-${to}:00+08:00`, source: "told", at, ...where } });
  const at = await ago(request);
  // Said in another order than they were.
  await say(request, "investigator", visit({ place: c.place }, "26T15:00", "26T16:20"), visit({ place: a.place }, "25T08:00", "25T09:30"), visit({ vehicle: "渝F88123" }, "25T10:00", "25T11:15"), visit({ description: "奉节县永安镇农贸市场" }, "25T12:00", "25T14:00"), visit({ place: b.place }, "26T09:00", "26T10:00"), visit({ place: a.place }, "26T19:00", "26T21:00"));
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, "investigator");
  await page.goto(`/cases/${id}/trajectory`);
  const stops = page.getByRole("list", { name: "依次停留" }).getByRole("listitem");
  await expect(stops.locator("strong")).toHaveText([a.name, "渝F88123", "奉节县永安镇农贸市场", b.name, c.name, a.name]);
  const map = page.locator("[data-part=trajectory-map]");
  await expect(map).toHaveAccessibleName("轨迹图：6 处停留，依次见列表");
  await expect(map.locator(".route-stop .n")).toHaveText(["1", "2", "3", "4", "5", "6"]);
  await expect(map.locator(".route-leg")).toHaveCount(5);
  await expect(map.locator(".route-spot.outside")).toHaveCount(2);
  // Each number stands inside the picture, apart from the others.
  const dots = await map.locator(".route-stop .dot").evaluateAll((all) => all.map((d) => [Number(d.getAttribute("cx")), Number(d.getAttribute("cy")), Number(d.getAttribute("r"))] as const));
  const [wide, high] = await map.evaluate((m) => [m.clientWidth, m.clientHeight] as const);
  for (const [i, [x, y, r]] of dots.entries()) {
    expect(x > r && x < wide - r && y > r && y < high - r, `stop ${i + 1} is inside`).toBe(true);
    for (const [k, [u, v]] of dots.slice(i + 1).entries()) expect(Math.hypot(x - u, y - v), `stops ${i + 1} and ${i + k + 2}`).toBeGreaterThan(r);
  }
  // By the keyboard from the list, by a finger from the map: the same stop.
  await stops.nth(4).getByRole("button", { name: "在图上标出第 5 处" }).press("Enter");
  await expect(map.locator(".route-stop.chosen .n")).toHaveText("5");
  await map.locator(".route-stop").nth(2).locator(".n").click();
  await expect(page.getByRole("status").filter({ hasText: "奉节县永安镇农贸市场" })).toContainText("11/25 12:00 至 11/25 14:00");
  await expect(stops.nth(2).getByRole("button", { pressed: true })).toBeVisible();
  await accessible(page);
  await map.scrollIntoViewIfNeeded();
  await shootAll(page, "investigator", "trajectory-map", [360, 768, 1920]);
});
