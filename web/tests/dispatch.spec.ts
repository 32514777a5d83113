import { accessible, ask, expect, inOneLanguage, logIn, reach, say, shoot, SIZES, test } from "./journey";
import { ago, contact, scene } from "./specimens";

interface Transfer {
  transfer_id: string;
  person_id: string;
  state: string;
  vehicle: string | null;
  to: string | null;
}

test.describe("at the wide board", () => {
  test.use({ viewport: { width: 1920, height: SIZES[1920] } });

  test("someone is requested, assigned in two taps, fetched and brought", async ({ page, request }) => {
    const s = await scene(request);
    const one = await contact(request, s);
    const other = await contact(request, s);
    const transfer = crypto.randomUUID();
    const vehicle = `WS-E${one.name.slice(2)}`;
    // A vehicle that is known and busy with somebody else.
    await say(request, "dispatcher", { transfer_requested: { transfer, person: other.person, at: ago(s, 5) } }, { vehicle_assigned: { transfer, vehicle, facility: "50.500237.iso01", at: ago(s, 4) } });
    const now = async () => (await ask<{ items: Transfer[] }>(request, "dispatcher", "/v1/transfers?open=true&limit=1000")).items.find((x) => x.person_id === one.person);
    await logIn(page, "dispatcher");
    const card = (column: string) => page.getByRole("region", { name: column }).getByRole("article", { name: one.name });
    await reach(page.getByRole("list", { name: "待申请" }), card("待申请"));
    await card("待申请").getByRole("button", { name: "申请转运" }).click();
    await expect(card("待派车")).toBeVisible();
    await expect(card("待申请")).toHaveCount(0);
    await accessible(page);
    await inOneLanguage(page, "zh");
    await shoot(page, "dispatcher", "board", "zh");

    await card("待派车").getByRole("button", { name: "派车" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("group", { name: "去向" }).getByRole("button").first()).toBeVisible();
    await inOneLanguage(page, "zh");
    await accessible(page);
    await shoot(page, "dispatcher", "assign", "zh");
    await dialog.getByRole("button", { name: vehicle }).click();
    await dialog.getByRole("button", { name: /方舱医院/ }).first().click();
    // The protocol sends contacts elsewhere: that would need a decision.
    await expect(dialog.getByRole("alert").first()).toContainText("集中隔离点");
    expect((await now())?.state).toBe("requested");
    await shoot(page, "dispatcher", "decision", "zh");
    await dialog.getByRole("button", { name: /集中隔离点/ }).first().click();
    await expect(card("已派车")).toBeVisible();
    expect(await now()).toMatchObject({ state: "assigned", vehicle, to: "50.500237.iso01" });

    // In the narrow columns of a small desk a button's words stand on one line, and no button leaves its card.
    await page.setViewportSize({ width: 1366, height: SIZES[768] });
    const acts = await card("已派车").evaluate((e) => [...e.querySelectorAll("button")].map((b) => [b.getBoundingClientRect().height, b.getBoundingClientRect().right - e.getBoundingClientRect().right]));
    for (const [height, beyond] of acts) expect([(height ?? 0) < 72, (beyond ?? 0) < 0]).toEqual([true, true]);
    await shoot(page, "dispatcher", "board-assigned", "zh");
    await page.setViewportSize({ width: 1920, height: SIZES[1920] });
    await card("已派车").getByRole("button", { name: "已接上车" }).click();
    await card("已派车").getByRole("button", { name: "再按一次" }).click();
    await expect(card("途中")).toBeVisible();
    await shoot(page, "dispatcher", "moving", "zh");
    await card("途中").getByRole("button", { name: "已送到" }).click();
    await card("途中").getByRole("button", { name: "再按一次" }).click();
    await expect(card("已到达")).toBeVisible();
    expect((await now())?.state).toBe("arrived");
  });
});

test.describe("on the phone", () => {
  test.use({ viewport: { width: 360, height: SIZES[360] } });

  test("one column with tabs; a transfer is called off by a decision", async ({ page, request }) => {
    const s = await scene(request);
    const one = await contact(request, s);
    const transfer = crypto.randomUUID();
    await say(request, "dispatcher", { transfer_requested: { transfer, person: one.person, at: ago(s, 5) } });
    await logIn(page, "dispatcher", "en");
    const card = page.getByRole("article", { name: one.name });
    await reach(page.getByRole("list", { name: "Requested" }), card);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), "no sideways scrolling").toBeLessThanOrEqual(360);
    await accessible(page);
    await inOneLanguage(page, "en");
    await shoot(page, "dispatcher", "board", "en");
    await card.getByRole("button", { name: "Assign" }).click();
    await shoot(page, "dispatcher", "assign", "en");
    await page.getByRole("button", { name: "Close" }).click();
    await card.getByRole("button", { name: /Call off/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("tested negative twice, no exposure after all");
    await dialog.getByLabel("Decided by").fill("command office");
    await dialog.getByRole("button", { name: "Call off" }).click();
    await expect(card).toHaveCount(0);
    const open = await ask<{ items: Transfer[] }>(request, "dispatcher", "/v1/transfers?open=true&limit=1000");
    expect(open.items.map((x) => x.transfer_id)).not.toContain(transfer);
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("link", { name: "Beds" }).click();
    await expect(page.getByRole("button", { name: /left/ }).first()).toBeVisible();
    await shoot(page, "dispatcher", "beds", "en");
    await page.getByRole("button", { name: /left/ }).first().click();
    await expect(page.getByRole("dialog").getByRole("table")).toBeVisible();
    await inOneLanguage(page, "en");
  });
});
