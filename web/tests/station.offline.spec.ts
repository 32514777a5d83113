/** What a station has scanned is in the book once, whatever dies on the way: the server, the browser, the network, the account. */
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page as ListPage, Role, Schemas } from "../src/api/types";
import { accessible, ask, asks, expect, inOneLanguage, logIn, PASSWORD, shoot, test, token, URL_OF } from "./journey";
import { personCode } from "../src/scan/recognise";
import { ownServer } from "./server";
import { crowd, delivered, letters, said, scan, settle, STATION, tubeOf } from "./stations";

/** Ends the browser of this profile as a phone that falls into the water does. */
function killBrowser(profile: string): void {
  for (const pid of readdirSync("/proc").filter((n) => /^\d+$/.test(n))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(`--user-data-dir=${profile}`)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It was gone before us.
    }
  }
}

const waiting = (page: Page) => page.locator("[data-waiting]").first();

test("the server is killed, the browser is killed, the network is cut: every swab is in the book once", async ({ playwright }, info) => {
  test.setTimeout(120_000);
  const server = await ownServer();
  const profile = mkdtempSync(join(tmpdir(), "quell-phone-"));
  const request = asks(await playwright.request.newContext(), server.url);
  const use = info.project.use;
  const phone = (): Promise<BrowserContext> => chromium.launchPersistentContext(profile, { ...use.launchOptions, locale: "zh-CN", timezoneId: use.timezoneId, baseURL: server.url, viewport: { width: 360, height: 740 } });
  try {
    await server.start();
    const c = await crowd(request, 16, { pool: 10 });
    const [first, second] = [`T${letters()}0001`, `T${letters()}0002`];
    let context = await phone();
    let page = context.pages()[0] ?? (await context.newPage());
    await logIn(page, "sampler");
    await page.goto("/station");
    await settle(page, c);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const take = async (from: number, to: number) => {
      for (const p of c.people.slice(from, to)) {
        await scan(page, p.code);
        await expect(said(page, "good")).toContainText(p.name);
      }
    };
    await scan(page, first);
    await take(0, 3);
    // In the middle of handing in: some of these have reached it, and no answer came back.
    for (const p of c.people.slice(3, 8)) await scan(page, p.code);
    server.kill();
    await take(8, 9);
    await expect(page.locator(`[data-tube="${first}"]`)).toContainText("9/10");
    killBrowser(profile);
    await context.close().catch(() => undefined);

    // Neither server nor network: the page opens from the device, with everything that was scanned.
    context = await phone();
    page = context.pages()[0] ?? (await context.newPage());
    await page.goto("/station");
    await expect(page.locator(`[data-tube="${first}"]`)).toContainText("9/10");
    await take(9, 10);
    await expect(said(page, "good")).toContainText("已满");
    await scan(page, second);
    await take(10, 12);
    expect(Number(await waiting(page).getAttribute("data-waiting"))).toBeGreaterThanOrEqual(4);

    // The server is back, the network is not.
    await context.setOffline(true);
    await server.start();
    await take(12, 14);
    await context.setOffline(false);
    await take(14, 16);
    await scan(page, second);
    await expect(said(page, "good")).toContainText("已封管");
    await expect(waiting(page)).toHaveAttribute("data-waiting", "0", { timeout: 35_000 });

    for (const [tube, people] of [[first, c.people.slice(0, 10)], [second, c.people.slice(10)]] as const) {
      const view = await tubeOf(request, tube);
      expect([view.state, view.members, view.who?.map((m) => m.person_id).sort()]).toEqual(["sealed", people.length, people.map((p) => p.person).sort()]);
    }
    for (const p of c.people) {
      const person = await ask<Schemas["PersonView"]>(request, "sampler", `/v1/persons/${p.person}`);
      expect(person.registrations.map((r) => r.tube), p.name).toHaveLength(1);
    }
    // The device agrees: all in the book, nothing refused, nothing twice.
    await page.goto("/station/queue");
    await page.getByText("已写入台账").click();
    await expect(page.locator("[data-record][data-state=done]")).toHaveCount(18);
    await expect(page.locator("[data-record]:not([data-state=done])")).toHaveCount(0);
    await context.close();
  } finally {
    killBrowser(profile);
    await request.dispose();
    await server.stop();
    rmSync(profile, { recursive: true, force: true });
  }
});

test("an account that was revoked hands in what its device holds, and is told so", async ({ page, context, request }) => {
  const c = await crowd(request, 4);
  const [account, tube] = [`sampler-${letters()}`, `T${letters()}0001`];
  const office = { authorization: `Bearer ${await token(request, "administrator")}` };
  const made = await request.put(`${URL_OF()}/v1/accounts/${account}`, { headers: office, data: { role: "sampler", place: "50.500237", password: PASSWORD } });
  expect(made.ok(), await made.text()).toBe(true);
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, account as Role);
  await page.goto("/station");
  await settle(page, c);
  const take = async (i: number) => {
    await scan(page, c.people[i]!.code);
    await expect(said(page, "good")).toContainText(c.people[i]!.name);
  };
  await scan(page, tube);
  await take(0);
  await delivered(page);
  await context.setOffline(true);
  await take(1);
  await take(2);
  const revoked = await request.post(`${URL_OF()}/v1/accounts/${account}/revoke`, { headers: office, data: { reason: "已调离" } });
  expect(revoked.ok(), await revoked.text()).toBe(true);
  // The device does not know of it; facts have their time to the second, and how far the server's clock is ahead is known no better than the answer was quick.
  await page.waitForTimeout(4_000);
  await take(3);
  await context.setOffline(false);
  const told = page.locator(`[data-revoked="${account}"]`);
  await expect(told).toContainText(`账号 ${account} 已被停用`, { timeout: 20_000 });
  await expect(told).toContainText("3 条记录已写入台账", { timeout: 20_000 });
  await expect(told).toContainText("1 条记录是停用之后的，未被接收");
  await expect(told).not.toContainText("正在上传");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "sampler", "log-in-revoked", "zh");
  await page.locator("[data-language]").click();
  await expect(told).toContainText("kept on this device");
  await inOneLanguage(page, "en");
  await shoot(page, "sampler", "log-in-revoked", "en");
  await page.locator("[data-language]").click();

  const view = await tubeOf(request, tube);
  expect(view.who?.map((m) => m.person_id).sort()).toEqual(c.people.slice(0, 3).map((p) => p.person).sort());
  const owed = await ask<ListPage<Schemas["Item"]>>(request, "commander", `/v1/items/open?kind=review_hand_in&limit=1000`);
  expect(owed.items.map((i) => i.subject), "the command owes a look at it").toContain(account);

  // Whoever works with the device next sees what was not taken, and why.
  await logIn(page, "sampler");
  await expect(page.locator("[data-revoked]")).toHaveCount(0);
  await page.goto("/station/queue");
  const left = page.locator("[data-record][data-state=refused]");
  await expect(left).toContainText(c.people[3]!.name);
  await expect(left).toContainText("请保留在设备上并将设备交给指挥员");
  await shoot(page, "sampler", "queue-revoked", "zh");
});

/** A code that is well formed and nobody's. */
function strangeCode(): string {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const begin = Array.from({ length: 25 }, () => digits[Math.floor(Math.random() * 32)]).join("");
  return [...digits].flatMap((a) => [...digits].map((b) => begin + a + b)).find((x) => personCode(x) !== null) ?? "";
}

test("someone who is on no list of the device is taken without a network, and known when it is back", async ({ page, context, request }) => {
  // The device has the people of the first building with it; these live in the second.
  const c = await crowd(request, 5, { home: (i) => `b0${i < 3 ? 1 : 2}.u1.${String(101 + i)}` });
  const [tube, nobody] = [`T${letters()}0001`, strangeCode()];
  const [online, offline] = [c.people[3]!, c.people[4]!];
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, "sampler");
  await page.evaluate(
    ([round, area, station]) => localStorage.setItem("quell.station", JSON.stringify({ round: { round, name: round, pool_size: 5 }, station, stationName: station, area, areaName: area, boxPrefix: "B" })),
    [c.round, `${c.compound}.b01`, STATION],
  );
  await page.goto("/station");
  await expect(page.locator('[data-list="3"]')).toBeVisible({ timeout: 20_000 });
  await scan(page, tube);
  await scan(page, online.code);
  await expect(said(page, "good")).toContainText(online.name);
  await scan(page, nobody);
  await expect(said(page, "warn")).toContainText("台账中查不到此码");
  await delivered(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await context.setOffline(true);
  await expect(page.getByText("离线：照常采样")).toBeVisible();
  await scan(page, offline.code);
  await expect(said(page, "warn")).toContainText("名单外，已登记；联网后自动核对");
  await expect(page.locator(`[data-tube="${tube}"]`)).toContainText("2/5");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "sampler", "station-unlisted", "zh");
  // By the same code it is the same person.
  await page.waitForTimeout(800);
  await scan(page, offline.code);
  await expect(said(page, "warn")).toContainText("已在此管中");
  await scan(page, nobody);
  await expect(page.locator(`[data-tube="${tube}"]`)).toContainText("3/5");
  await page.getByRole("link", { name: "待传 2" }).press("Enter");
  await page.getByText("等待上传").last().click();
  await expect(page.locator("[data-record]").first()).toContainText("名单外，待核对");
  await shoot(page, "sampler", "queue-unlisted", "zh");
  await page.getByRole("link", { name: "返回" }).click();

  await context.setOffline(false);
  // Whose the code is the server says; nobody's is refused in words, and stays on the device.
  await expect(said(page, "bad")).toContainText("台账中查不到此码", { timeout: 20_000 });
  await expect(page.locator(".member", { hasText: offline.name })).toBeVisible();
  const inside = () => tubeOf(request, tube).then((v) => v.who?.map((m) => m.person_id).sort());
  await expect.poll(inside).toEqual([online.person, offline.person].sort());
  await page.goto("/station/queue");
  const left = page.locator("[data-record][data-state=refused]");
  await expect(left).toHaveCount(1);
  await expect(left).toContainText("改为本人，或补作临时登记");
  await accessible(page);
  await shoot(page, "sampler", "queue-code-unknown", "zh");
});
