/** A tube that is lost or spoilt: said where it is noticed, and its people are owed a new swab. */
import type { APIRequestContext, Page } from "@playwright/test";
import type { Page as ListPage, Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, shoot, SIZES, test } from "./journey";
import { packed, scene, sealed } from "./specimens";

const stateOf = async (request: APIRequestContext, tube: string) => (await ask<Schemas["TubeView"]>(request, "commander", `/v1/tubes/${tube}`)).state;

/** Whoever was in the tube is owed a new swab because of it. */
async function owed(request: APIRequestContext, tube: string): Promise<void> {
  const inside = ((await ask<Schemas["TubeView"]>(request, "commander", `/v1/tubes/${tube}`)).who ?? []).map((m) => m.person_id);
  expect(inside.length).toBeGreaterThan(0);
  const all: Schemas["Item"][] = [];
  for (let after: string | null | undefined = ""; after !== null && after !== undefined; ) {
    const page: ListPage<Schemas["Item"]> = await ask(request, "commander", `/v1/items/open?kind=resample&limit=1000${after ? `&after=${encodeURIComponent(after)}` : ""}`);
    all.push(...page.items);
    after = page.next;
  }
  const people = all.filter((i) => i.tube === tube).map((i) => i.person_id);
  expect(people.sort()).toEqual(inside.sort());
}

const open = (page: Page, tube: string) => page.getByRole("button", { name: `登记丢失或作废 ${tube}` }).click();

test("a sampler gives up a tube that was spilt, on the tube's page", async ({ page, request }) => {
  const { tube } = await sealed(request, await scene(request), 3);
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "sampler");
  await page.goto(`/tubes/${tube}`);
  await open(page, tube);
  const form = page.getByRole("dialog");
  await expect(form.getByText("管内 3 人须重新采样")).toBeVisible();
  await expect(form.getByRole("button", { name: /^确认/ }), "first say what happened").toHaveCount(0);
  await form.getByRole("radio", { name: "不能检测了" }).click();
  await expect(form.getByRole("button", { name: "确认作废，3 人重采" }), "then why").toBeDisabled();
  await form.getByRole("button", { name: "打翻" }).click();
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "sampler", "tube-give-up", "zh");
  expect(await stateOf(request, tube)).toBe("sealed");
  await form.getByRole("button", { name: "确认作废，3 人重采" }).click();
  await expect(page.getByText(`${tube} 已登记，3 人待重采`)).toBeVisible();
  await expect(page.getByRole("button", { name: /登记丢失或作废/ }), "it has ended").toHaveCount(0);
  expect(await stateOf(request, tube)).toBe("spoilt");
  await owed(request, tube);
});

test("a courier's box lacks a tube, and it is found nowhere", async ({ page, request }) => {
  const { box, tubes } = await packed(request, await scene(request), 2);
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "courier", "en");
  await expect(page.getByLabel("Scan a box")).toBeFocused();
  await page.keyboard.type(box);
  await page.keyboard.press("Enter");
  await page.getByText("Tubes in the box (2)").click();
  await shoot(page, "courier", "box-contents", "en");
  await page.getByRole("button", { name: `Lost or spoilt ${tubes[0]}` }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("radio", { name: "It cannot be found" }).click();
  await form.getByLabel("What was done to find it").fill("searched the van and the station");
  await inOneLanguage(page, "en");
  await shoot(page, "courier", "tube-give-up", "en");
  await form.getByRole("button", { name: "Lost: swab 1 again" }).click();
  await expect(form).toHaveCount(0);
  await expect.poll(() => stateOf(request, tubes[0]!)).toBe("lost");
  expect(await stateOf(request, tubes[1]!)).toBe("sealed");
  await owed(request, tubes[0]!);
});

test("a laboratory says at intake that a tube is destroyed, and takes in the rest", async ({ page, request }) => {
  const { box, tubes } = await packed(request, await scene(request), 2);
  await page.setViewportSize({ width: 1920, height: SIZES[1920] });
  await logIn(page, "laboratory");
  await expect(page.getByRole("heading", { name: "已装箱待取" })).toBeVisible();
  for (const code of [box, tubes[0]!]) {
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
  }
  await open(page, tubes[0]!);
  const form = page.getByRole("dialog");
  await form.getByRole("radio", { name: "找不到了" }).click();
  await form.getByRole("button", { name: "交接清点时就没有" }).click();
  await shoot(page, "laboratory", "tube-give-up", "zh");
  await form.getByRole("button", { name: "确认丢失，1 人重采" }).click();
  await expect(form).toHaveCount(0);
  await page.getByRole("button", { name: "全部接收（1 管）" }).click();
  await expect.poll(() => stateOf(request, tubes[1]!)).toBe("received");
  expect(await stateOf(request, tubes[0]!)).toBe("lost");
  await owed(request, tubes[0]!);
});
