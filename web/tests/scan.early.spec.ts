/** What is scanned before the page is there is not lost, and what is left of a code offers nobody. */
import { expect, logIn, test } from "./journey";
import { crowd, delivered, letters, said, STATION, tubeOf, wedge } from "./stations";

// The worker would have the file already.
test.use({ serviceWorkers: "block" });

test("scans that come before the station's page are taken in their order, and a part of a code is told as one", async ({ page, request }) => {
  const c = await crowd(request, 2);
  const tube = `T${letters()}0001`;
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, "sampler");
  await page.evaluate(
    ([round, area, name, station]) => localStorage.setItem("quell.station", JSON.stringify({ round: { round, name: round, pool_size: 5 }, station, stationName: station, area, areaName: name, boxPrefix: "B" })),
    [c.round, c.compound, c.compoundName, STATION],
  );
  // The screen's own program and the device's data come late.
  let go: () => void = () => undefined;
  const gate = new Promise<void>((r) => (go = r));
  await page.route(/screens\/station\/Station|assets\/Station-/, async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto("/station", { waitUntil: "commit" });
  await expect(page.locator("header.top")).toBeVisible();
  await expect(page.locator("#scan")).toHaveCount(0);
  await wedge(page, tube);
  await wedge(page, c.people[0]!.code);
  await page.keyboard.type(c.people[1]!.code.slice(0, 9));
  go();
  await expect(page.locator("#scan")).toBeFocused();
  await expect(page.locator("#scan")).toHaveValue(c.people[1]!.code.slice(0, 9));
  await wedge(page, c.people[1]!.code.slice(9));
  await expect(page.locator(`[data-tube="${tube}"]`)).toContainText("2/5");
  await delivered(page);
  expect((await tubeOf(request, tube)).who?.map((m) => m.person_id).sort()).toEqual(c.people.map((p) => p.person).sort());
  // The last digits of a code that was cut are no telephone number.
  await wedge(page, "0001");
  await expect(said(page, "bad")).toContainText("没有扫全");
  await expect(page.locator(".match")).toHaveCount(0);
});
