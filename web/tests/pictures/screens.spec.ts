/** Pictures of every screen in both languages and four sizes, to be looked at: `make screenshots`. One size: `-g "at 3840"`; one screen: `-g "of /ward"`. */
import type { APIRequestContext, Page } from "@playwright/test";
import type { Schemas } from "../../src/api/types";
import { SCREENS, shown } from "../addresses";
import { ask, logInWith, settled, shoot, SIZES, test, token } from "../journey";

test.setTimeout(180_000);

const sizes = Object.entries(SIZES).map(([width, height]) => ({ width: Number(width), height }));
const LANGUAGES = ["zh", "en"] as const;

/** What a device remembers, so that its screens show the work and not only the first choice. */
async function remember(page: Page, kept: Record<string, string>): Promise<void> {
  await page.evaluate((k) => {
    for (const [key, value] of Object.entries(k)) localStorage.setItem(key, value);
  }, kept);
}

async function fullest(request: APIRequestContext): Promise<string> {
  const { facilities } = await ask<Schemas["Facilities"]>(request, "ward", "/v1/facilities");
  const [first] = [...facilities].sort((a, b) => b.occupied - a.occupied);
  if (!first) throw new Error("the demo has no facility");
  return first.facility;
}

async function take(page: Page, role: string, name: string, address: string, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  for (const language of LANGUAGES) {
    await remember(page, { "quell.language": language });
    await page.goto(address);
    await settled(page);
    await shoot(page, role, name, language);
  }
}

for (const size of sizes) {
  for (const screen of SCREENS) {
    test(`pictures of ${screen.path} at ${size.width}`, async ({ page, request }) => {
      const { role, name, address } = await shown(screen, request);
      await logInWith(page, await token(request, role), role);
      if (role === "ward") await remember(page, { "quell.facility": await fullest(request) });
      await take(page, role, name, address, size);
    });
  }

  test(`pictures of a station at work at ${size.width}`, async ({ page, request }) => {
    await logInWith(page, await token(request, "sampler"), "sampler");
    const { items } = await ask<{ items: { place: string; name: string }[] }>(request, "sampler", "/v1/places?kind=station");
    const station = items[0];
    if (!station) throw new Error("the demo has no station");
    const at = { round: null, station: station.place, stationName: station.name, area: station.place, areaName: station.name, boxPrefix: "B" };
    await remember(page, { "quell.station": JSON.stringify(at) });
    await take(page, "sampler", "station-at-work", "/station", size);
  });

  test(`pictures of logging in at ${size.width}`, async ({ page }) => {
    await page.goto("/icon.svg");
    await take(page, "nobody", "log-in", "/", size);
  });
}
