/** An analysis of the book: asked for on the page, waited for, read as a picture and a table, taken along; who made it of what. */
import { readFileSync } from "node:fs";
import type { APIRequestContext } from "@playwright/test";
import type { Role } from "../src/api/types";
import { heading, type TableName } from "../src/screens/analyses/columns";
import { figures, perCent } from "../src/screens/analyses/figures";
import { accessible, ask, expect, inOneLanguage, logIn, send, shoot, shootAll, test, token, URL_OF } from "./journey";

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
  await expect(page.getByRole("region", { name: "结果" }).getByRole("columnheader").first()).toHaveText("指标");
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

  const cases = page.getByRole("region", { name: "每例概况" });
  await expect(cases.getByRole("cell", { name: "输入或来源不明" }).first()).toBeVisible();
  const link = cases.getByRole("row").nth(1).getByRole("link").first();
  const address = await link.getAttribute("href");
  await link.click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();

  await page.goto("/analyses");
  await page.getByRole("radio", { name: "再生数" }).click();
  await page.getByLabel("截止日（空：到昨天）").fill("2020-01-01");
  await page.getByRole("button", { name: "开始分析" }).click();
  const none = page.getByRole("list", { name: "最近的分析" }).getByRole("listitem").first();
  await expect(none).toContainText("失败", { timeout: 30_000 });
  await none.getByRole("link").first().click();
  await expect(page.getByRole("alert")).toHaveText("截至 2020-01-01 没有可供分析的病例");
});

/** Has an analysis made, beside the page. */
async function made(request: APIRequestContext, role: Role, analysis: string, options: Record<string, string>): Promise<{ id: string; csv: (part: string) => Promise<string> }> {
  const id = crypto.randomUUID();
  // From a day on on which there was nothing: two days alone have no past to compare with.
  await send(request, role, "/v1/analyses", { analysis_id: id, analysis, place: "50.500237", count_by: "found", from: "2022-11-08", until: "2022-11-28", options });
  await expect.poll(async () => (await ask<{ state: string }>(request, role, `/v1/analyses/${id}`)).state, { timeout: 60_000 }).toBe("done");
  const csv = async (part: string): Promise<string> => {
    const r = await request.get(`${URL_OF()}/v1/analyses/${id}/result?part=${part}`, { headers: { authorization: `Bearer ${await token(request, role)}` } });
    return r.ok() ? r.text() : "";
  };
  return { id, csv };
}

const OFFERED: readonly [TableName, Record<string, string>, TableName?][] = [
  ["rt", { method: "smooth" }],
  ["rt", { method: "cori", window: "7" }],
  ["rt", { method: "wallinga-teunis", window: "7" }],
  ["growth", { window: "14" }],
  ["delays", {}],
  ["nowcast", {}],
  ["forecast", { days: "14" }, "zero"],
  ["trees", {}, "tree"],
  ["clusters", { model: "poisson-by-day", scan: "retrospective" }],
  ["warning", { method: "ears-c1" }],
  ["quality", {}],
];

for (const [kind, options, second] of OFFERED) {
  test(`the table of ${[kind, options["method"]].filter(Boolean).join(" ")} is read in one language, with the names of places`, async ({ page, request }) => {
    const { id, csv } = await made(request, "commander", kind, options);
    for (const [part, table] of [["result", kind], ["second", second]] as const) {
      const columns = (await csv(part)).split("\n")[0]?.split(",").filter(Boolean) ?? [];
      expect(columns.length > 0, part).toBe(table !== undefined);
      expect(
        columns.filter((c) => table && !heading(table, c)),
        "columns without a word",
      ).toEqual([]);
    }
    await logIn(page, "commander");
    await page.goto(`/analyses/${id}`);
    for (const language of ["zh", "en"] as const) {
      const result = page.getByRole("region", { name: language === "zh" ? "结果" : "Result" });
      await expect(result.getByRole("row").nth(1)).toBeVisible();
      await expect(result.getByText(/^50\.500237/)).toHaveCount(0);
      await expect(page.locator("th [data-typed]")).toHaveCount(0);
      await expect(page.locator("td:empty").or(page.getByRole("cell", { name: "NA", exact: true }))).toHaveCount(0);
      await inOneLanguage(page, language);
      for (const width of [360, 1366]) {
        await page.setViewportSize({ width, height: 768 });
        await shoot(page, "commander", `analysis-${kind}`, language);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${kind} at ${width}`).toBeLessThanOrEqual(width);
      }
      await page.locator("header.top [data-language]").click();
    }
    await accessible(page);
  });
}

test("the quality of the response names places; shares are told in per cent", async ({ page, request }) => {
  const { id, csv } = await made(request, "investigator", "quality", {});
  const place = /^place,([\w.]+),/m.exec(await csv("result"))?.[1] ?? "";
  const { name } = await ask<{ name: string }>(request, "investigator", `/v1/places/${place}`);
  await logIn(page, "investigator");
  await page.goto(`/analyses/${id}`);
  const result = page.getByRole("region", { name: "结果" });
  const row = result.getByRole("row").filter({ hasText: "检测前已是密接的病例" }).first();
  await expect(row.getByRole("cell").nth(1)).toHaveText("全部");
  await expect(row.getByRole("cell").nth(4)).toHaveText(/^\d+(\.\d)?%$/);
  await expect(result.getByRole("cell", { name: "2022-11-21 起一周" }).first()).toBeVisible();
  await expect(result.getByRole("cell", { name, exact: true }).first()).toBeVisible();
});

test("whoever may not open cases sees which one it is, without a link", async ({ page, request }) => {
  const { id } = await made(request, "auditor", "trees", {});
  await logIn(page, "auditor");
  await page.goto(`/analyses/${id}`);
  const row = page.getByRole("region", { name: "每例概况" }).getByRole("row").nth(1);
  await expect(row).toContainText(/[0-9a-f]{8}/);
  await expect(row.getByRole("link")).toHaveCount(0);
});

test("numbers have as many figures as one reads", () => {
  expect(["12", "0.5", "-0", "1.2720330959", "141.589", "5323.456", "NA", "0.0000008"].map(figures)).toEqual(["12", "0.5", "0", "1.27", "142", "5323", "NA", "0.0000008"]);
  expect(["1", "0", "0.9999999999999999", "0.99999", "0.00001", "0.3846"].map(perCent)).toEqual(["100%", "0%", "100%", ">99.9%", "<0.1%", "38.5%"]);
  expect(heading("delays", "q05_lo")?.map((x) => x[1])).toEqual(["5th percentile", "95% from"]);
  expect(heading("rt", "nobody_knows")).toBeNull();
});
