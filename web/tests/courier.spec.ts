import type { Page } from "@playwright/test";
import { accessible, ask, expect, inOneLanguage, logIn, reach, say, shoot, SIZES, test } from "./journey";
import { sees } from "./camera";
import { ago, contact, laboratory, packed, scene } from "./specimens";

interface Box {
  holder: string | null;
  hand_overs: { from: string; to: string; temperature_c: number | null }[];
}

test.use({ viewport: { width: 360, height: SIZES[360] } });

test("a courier takes a box over and hands it on, with the scanner alone", async ({ page, request }) => {
  const s = await scene(request);
  const [first, second] = [await packed(request, s, 2), await packed(request, s, 1)];
  const lab = await laboratory(request);
  await logIn(page, "courier");
  await expect(page.getByRole("tab", { name: "待取" })).toBeVisible();
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "courier", "boxes", "zh");

  // Nothing is touched: the field has the focus.
  await expect(page.getByLabel("扫描箱码")).toBeFocused();
  const scan = async (code: string) => {
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
  };
  await scan("B-nowhere");
  await expect(page.getByText("没有箱号 B-nowhere")).toBeVisible();
  await scan(first.box);
  await expect(page.getByRole("heading", { name: first.box })).toBeVisible();
  expect((await ask<Box>(request, "courier", `/v1/boxes/${first.box}`)).holder, "one scan says nothing").toBeNull();
  await scan("4.5");
  await expect(page.getByLabel("箱内温度")).toHaveValue("4.5");
  await shoot(page, "courier", "box", "zh");
  await scan(first.box);
  await expect(page.getByText(`已接收 ${first.box}`)).toBeVisible();
  const taken = await ask<Box>(request, "courier", `/v1/boxes/${first.box}`);
  expect(taken.holder).toBe("courier");
  expect(taken.hand_overs.at(-1)).toMatchObject({ to: "courier", temperature_c: 4.5 });

  await scan(second.box);
  await scan(second.box);
  await expect(page.getByText(`已接收 ${second.box}`)).toBeVisible();
  await page.getByRole("tab", { name: "在我手上" }).click();
  const mine = page.getByRole("list", { name: "在我手上" });
  await expect(mine.getByText(first.box)).toBeVisible();
  await shoot(page, "courier", "mine", "zh");

  // To the laboratory: the first of the list is chosen already.
  await scan(first.box);
  await expect(page.getByLabel("交给")).toContainText(lab.name);
  await scan(first.box);
  await expect(page.getByText(`已交出 ${first.box}`)).toBeVisible();
  expect((await ask<Box>(request, "courier", `/v1/boxes/${first.box}`)).hand_overs.at(-1)).toMatchObject({ from: "courier", to: lab.name });
  await expect(mine.getByText(first.box)).toHaveCount(0);
  await expect(mine.getByText(second.box)).toBeVisible();
});

test("without a network boxes change hands all the same, and the book has each hand-over once", async ({ page, context, request }) => {
  const s = await scene(request);
  const [mine, other] = [await packed(request, s, 2), await packed(request, s, 1)];
  const lab = await laboratory(request);
  await logIn(page, "courier");
  await expect(page.getByRole("list", { name: "待取" })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const scan = async (on: Page, code: string) => {
    await expect(on.getByLabel("扫描箱码")).toBeFocused();
    await on.keyboard.insertText(code);
    await on.keyboard.press("Enter");
  };
  await scan(page, mine.box);
  await expect(page.getByRole("heading", { name: mine.box })).toBeVisible();
  await page.getByRole("button", { name: "关闭" }).first().click();
  await context.setOffline(true);
  await scan(page, mine.box);
  await expect(page.getByRole("heading", { name: mine.box })).toBeVisible();
  await scan(page, "4.2");
  await scan(page, mine.box);
  await expect(page.getByText(`已接收 ${mine.box}，现在由您持有；已存本机`)).toBeVisible();
  await page.close();

  // The phone was put away and is taken out again: still no network.
  const again = await context.newPage();
  await again.setViewportSize({ width: 360, height: SIZES[360] });
  await again.goto("/courier");
  await expect(again.locator("[data-waiting='1']")).toBeVisible();
  await again.getByRole("tab", { name: "在我手上" }).click();
  await expect(again.getByText("连不上服务器：以下为")).toBeVisible({ timeout: 15_000 });
  await reach(again.getByRole("list", { name: "在我手上" }), again.getByText(mine.box));
  await accessible(again);
  await inOneLanguage(again, "zh");
  await shoot(again, "courier", "offline", "zh");
  await scan(again, mine.box);
  await expect(again.getByLabel("交给")).toContainText(lab.name);
  await scan(again, mine.box);
  await expect(again.getByText(`已交出 ${mine.box}；已存本机`)).toBeVisible();
  // A box of which the device has not heard: packed meanwhile.
  const late = await packed(request, s, 1);
  await scan(again, late.box);
  await expect(again.getByText("离线，本机没有此箱的信息")).toBeVisible();
  await shoot(again, "courier", "offline-unheard", "zh");
  await scan(again, late.box);
  await expect(again.getByText(`已接收 ${late.box}`)).toBeVisible();
  await expect(again.locator("[data-waiting='3']")).toBeVisible();
  expect((await ask<Box>(request, "courier", `/v1/boxes/${late.box}`)).hand_overs).toHaveLength(0);

  await context.setOffline(false);
  // Some time later by itself; at once if asked.
  await again.goto("/courier/queue");
  const now = again.getByRole("button", { name: "立即上传" });
  await now.click({ timeout: 2_000 }).catch(() => "it went by itself before anybody could ask");
  await expect(again.locator("[data-waiting]")).toHaveAttribute("data-waiting", "0", { timeout: 20_000 });
  const [first, second] = [await ask<Box>(request, "courier", `/v1/boxes/${mine.box}`), await ask<Box>(request, "courier", `/v1/boxes/${late.box}`)];
  expect(first.hand_overs).toMatchObject([{ to: "courier", temperature_c: 4.2 }, { from: "courier", to: lab.name }]);
  expect(second.hand_overs).toMatchObject([{ to: "courier" }]);
  expect((await ask<Box>(request, "courier", `/v1/boxes/${other.box}`)).holder).toBeNull();
  // What the device keeps of it can be looked up.
  await again.getByText("已写入台账").click();
  await expect(again.locator("[data-record][data-state=done]")).toHaveCount(3);
  await accessible(again);
  await inOneLanguage(again, "zh");
  await shoot(again, "courier", "queue", "zh");
});

test("a courier without a scanner points the phone's camera at the box", async ({ page, request }) => {
  const { box } = await packed(request, await scene(request), 1);
  await sees(page, box);
  await logIn(page, "courier");
  await page.getByRole("button", { name: "摄像头" }).click();
  await expect(page.getByRole("heading", { name: box })).toBeVisible({ timeout: 20_000 });
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "courier", "camera", "zh");
  // What stays in the picture is one scan: it is looked at, not handed over.
  await page.waitForTimeout(3_000);
  expect((await ask<Box>(request, "courier", `/v1/boxes/${box}`)).holder).toBeNull();
  await page.getByRole("button", { name: "取箱，由我接收" }).click();
  await expect(page.getByText(`已接收 ${box}`)).toBeVisible();
});

test("a driver picks someone up and brings them, in English", async ({ page, request }) => {
  const s = await scene(request);
  const rider = await contact(request, s);
  const [transfer, vehicle] = [crypto.randomUUID(), `WS-D${rider.name.slice(2)}`];
  await say(request, "dispatcher", { transfer_requested: { transfer, person: rider.person, at: ago(s, 5) } });
  await say(request, "dispatcher", { vehicle_assigned: { transfer, vehicle, facility: "50.500237.iso01", at: ago(s, 4) } });
  await logIn(page, "courier", "en");
  await expect(page.getByRole("tab", { name: "To fetch" })).toBeVisible();
  await inOneLanguage(page, "en");
  await shoot(page, "courier", "boxes", "en");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "People to fetch" }).click();
  await page.getByLabel("Number plate or fleet number").fill(vehicle);
  await page.keyboard.press("Enter");
  const ride = page.getByRole("article", { name: rider.name });
  await expect(ride).toBeVisible();
  await accessible(page);
  await inOneLanguage(page, "en");
  await shoot(page, "courier", "rides", "en");
  const state = async () => {
    const all = await ask<{ items: { transfer_id: string; state: string }[] }>(request, "courier", "/v1/transfers?open=true&limit=1000");
    return all.items.find((x) => x.transfer_id === transfer)?.state;
  };
  await ride.getByRole("button", { name: "Picked up" }).click();
  expect(await state(), "one press says nothing").toBe("assigned");
  await ride.getByRole("button", { name: "Press again" }).click();
  await expect(page.getByText(`${rider.name} picked up`)).toBeVisible();
  await expect.poll(state).toBe("picked_up");
  await ride.getByRole("button", { name: "Arrived" }).click();
  await ride.getByRole("button", { name: "Press again" }).click();
  await expect.poll(state).toBe("arrived");
  await expect(ride).toHaveCount(0);
});
