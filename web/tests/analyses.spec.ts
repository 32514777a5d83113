/** An analysis of the book: asked for on the page, waited for, read as a picture and a table, taken along; who made it of what. */
import { readFileSync } from "node:fs";
import { accessible, expect, inOneLanguage, logIn, shoot, shootAll, test } from "./journey";

test("an investigator has the book analysed, sees picture and table, and how they were made", async ({ page }) => {
  await logIn(page, "investigator");
  await page.goto("/analyses");
  await expect(page.getByRole("heading", { name: "新的分析" })).toBeVisible();
  await shootAll(page, "investigator", "analyses", [360, 1920]);
  await page.getByRole("radio", { name: "谁传染谁" }).click();
  await expect(page.getByText("每例的可能传染来源及概率")).toBeVisible();
  await page.getByRole("radio", { name: "处置质量" }).click();
  // The demo has lived two days: the second of them is over for the analysis, too.
  await page.getByLabel("截止日（空：到昨天）").fill("2022-11-28");
  await page.getByRole("button", { name: "开始分析" }).click();
  await expect(page.getByText("已提交，轮到时开始")).toBeVisible();
  const first = page.getByRole("list", { name: "最近的分析" }).getByRole("listitem").first();
  await expect(first).toContainText("处置质量");
  await expect(first).toContainText("完成", { timeout: 30_000 });
  await first.getByRole("link").first().click();
  await expect(page.getByRole("region", { name: "结果" }).getByRole("columnheader").first()).toHaveText("by");
  await page.getByText("如何得出").click();
  await expect(page.getByText(/analyse quality cases\.csv .*--lang=zh/)).toBeVisible();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "导出表格（CSV）" }).click();
  expect(readFileSync(await (await file).path(), "utf8")).toMatch(/^by,group,/);
  await accessible(page);
  await inOneLanguage(page, "zh");
});

test("a picture of who infected whom is drawn; what cannot be made says why", async ({ page }) => {
  await logIn(page, "commander");
  await page.goto("/analyses");
  await page.getByRole("radio", { name: "谁传染谁" }).click();
  await page.getByLabel("截止日（空：到昨天）").fill("2022-11-28");
  await page.getByRole("button", { name: "开始分析" }).click();
  const first = page.getByRole("list", { name: "最近的分析" }).getByRole("listitem").first();
  await expect(first).toContainText("谁传染谁");
  await expect(first).toContainText(/完成|失败/, { timeout: 60_000 });
  await first.getByRole("link").first().click();
  const picture = page.getByRole("img", { name: "分析结果图: 谁传染谁" });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((i: HTMLImageElement) => i.naturalWidth), "it is a picture that can be drawn").toBeGreaterThan(100);
  await expect(page.getByText(/covid-2022-twenty/).first()).toBeVisible();
  await shoot(page, "commander", "analysis", "zh", true);

  await page.goto("/analyses");
  await page.getByRole("radio", { name: "再生数" }).click();
  await page.getByLabel("截止日（空：到昨天）").fill("2020-01-01");
  await page.getByRole("button", { name: "开始分析" }).click();
  const none = page.getByRole("list", { name: "最近的分析" }).getByRole("listitem").first();
  await expect(none).toContainText("失败", { timeout: 30_000 });
  await none.getByRole("link").first().click();
  await expect(page.getByRole("alert")).toHaveText("截至 2020-01-01 没有可供分析的病例");
});
