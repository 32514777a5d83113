import type { Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, reach, say, shoot, SIZES, test } from "./journey";
import { ago, laboratory, packed, received, scene, sealed } from "./specimens";

type Tube = Schemas["TubeView"];

test.describe("at the desk", () => {
  test.use({ viewport: { width: 1920, height: SIZES[1920] } });

  test("intake: the odd tubes are flagged, the rest comes in with one key", async ({ page, request }) => {
    const s = await scene(request);
    const { box, tubes } = await packed(request, s, 6);
    const [leaking, gone, ...fit] = tubes as [string, string, ...string[]];
    await say(request, "courier", { handed_over: { box, from: "station", to: "courier-9", at: ago(s, 30) } });
    await logIn(page, "laboratory");
    await expect(page.getByRole("heading", { name: "在途样本箱" })).toBeVisible();
    await expect(page.getByText(box)).toBeVisible();
    await accessible(page);
    await inOneLanguage(page, "zh");
    await shoot(page, "laboratory", "intake", "zh");
    const scan = async (code: string) => {
      await page.keyboard.type(code);
      await page.keyboard.press("Enter");
    };
    await scan(box);
    await expect(page.getByText(`已打开 ${box}：6 管`)).toBeVisible();
    await scan(leaking);
    await page.getByRole("button", { name: "渗漏" }).click();
    await expect(page.getByText("异常 1 管")).toBeVisible();
    await scan(gone);
    await shoot(page, "laboratory", "conditions", "zh");
    // Its number does as well as a tap.
    await scan("7");
    await expect(page.getByText("缺 1 管")).toBeVisible();
    await scan("5.1");
    await expect(page.getByLabel("到达温度")).toHaveValue("5.1");
    await accessible(page);
    await inOneLanguage(page, "zh");
    await shoot(page, "laboratory", "bench", "zh");
    await page.keyboard.press("F9");
    await expect(page.getByText(`${box}：接收 4 管，不合格 1 管，缺 1 管`)).toBeVisible();
    const state = async (tube: string) => (await ask<Tube>(request, "laboratory", `/v1/tubes/${tube}`)).state;
    expect(await Promise.all(fit.map(state))).toEqual(fit.map(() => "received"));
    expect([await state(leaking), await state(gone)]).toEqual(["spoilt", "in_transit"]);
  });

  test("a result that was wrong is corrected as it was seen; a case is reported", async ({ page, request }) => {
    const s = await scene(request);
    const { tube, people } = await sealed(request, s);
    const plate = `P-${tube}`;
    const { place } = await laboratory(request);
    await received(request, s, [tube]);
    await say(request, "laboratory", { plate_read: { plate, laboratory: place, at: ago(s, 10), positive_control_ok: true, negative_control_ok: true } }, { result_read: { tube, plate, at: ago(s, 9), result: "negative" } });
    await logIn(page, "laboratory", "en");
    await page.getByRole("link", { name: "Corrections" }).click();
    await expect(page.getByLabel("Scan the tube to correct")).toBeFocused();
    await page.keyboard.type(tube);
    await page.keyboard.press("Enter");
    await expect(page.getByText("Result in force: negative")).toBeVisible();
    await page.getByRole("radio", { name: "indeterminate" }).click();
    await page.getByLabel("Reason").fill("grey zone on the raw curve");
    await page.getByLabel("Decided by").fill("Dr Liu");
    await accessible(page);
    await inOneLanguage(page, "en");
    await shoot(page, "laboratory", "correction", "en");

    // Meanwhile somebody else corrects it: what is said of the old version is not said.
    await say(request, "laboratory", { result_corrected: { tube, at: ago(s, 1), result: "positive", reason: "swapped wells", decider: "Dr Chen" } });
    await page.getByRole("button", { name: "Correct the result" }).click();
    await expect(page.getByText("The result has changed since you looked: it is version 2 (positive) now")).toBeVisible();
    expect((await ask<Tube>(request, "laboratory", `/v1/tubes/${tube}`)).result).toBe("positive");
    await page.getByRole("radio", { name: "indeterminate" }).click();
    await page.getByLabel("Reason").fill("grey zone on the raw curve");
    await page.getByLabel("Decided by").fill("Dr Liu");
    await page.getByRole("button", { name: "Correct the result" }).click();
    await expect(page.getByText(`${tube} corrected to indeterminate`)).toBeVisible();
    expect((await ask<Tube>(request, "laboratory", `/v1/tubes/${tube}`)).results).toHaveLength(3);

    // Positive after all: a case, which owes a report.
    await say(request, "laboratory", { result_corrected: { tube, at: ago(s, 0), result: "positive", reason: "read again", decider: "Dr Chen" } });
    const name = people[0]?.name ?? "";
    await page.getByRole("link", { name: "Owed" }).click();
    await page.getByRole("tab", { name: "Reports", exact: false }).first().click();
    const line = page.getByRole("listitem").filter({ hasText: name });
    await inOneLanguage(page, "en");
    await shoot(page, "laboratory", "owed", "en");
    await reach(page.getByRole("list", { name: "Reports" }), line);
    await line.getByRole("button", { name: "Record the report" }).click();
    await page.getByLabel("Receipt number").fill(`R-${tube}`);
    await page.keyboard.press("Enter");
    await expect(page.getByText(`Report R-${tube} recorded`)).toBeVisible();
    await expect(line).toHaveCount(0);
    const cases = await ask<{ items: Schemas["CaseItem"][] }>(request, "laboratory", "/v1/cases?state=active&limit=1000");
    expect(cases.items.find((c) => c.name === name)?.receipt).toBe(`R-${tube}`);
  });
});

test.describe("at the bench", () => {
  test.use({ viewport: { width: 768, height: SIZES[768] } });

  test("a result file shows what it will do, and does it when confirmed", async ({ page, request }) => {
    const s = await scene(request);
    const pool = await sealed(request, s, 3);
    const [healthy, ill, weak] = [await sealed(request, s), await sealed(request, s), await sealed(request, s, 2)];
    await received(request, s, [pool.tube, healthy.tube, ill.tube, weak.tube]);
    const head = "孔位,样本编号,质控,ORF1ab Ct,N Ct,结果,检测时间";
    const at = ago(s, 1).slice(0, 19).replace("T", " ");
    const rows = [`A1,,阳性对照,27.1,28.3,,${at}`, `A2,,阴性对照,,,,${at}`, `A3,${pool.tube},,29.5,30.2,阳性,${at}`, `A4,${healthy.tube},,,,阴性,${at}`, `B4,${ill.tube},,24.1,25.0,阳性,${at}`, `C4,${weak.tube},,,,失败,${at}`, `D4,T0000000000,,,,阴性,${at}`, `E4,T9999999999,,,,,${at}`];
    const csv = (list: string[]) => ({ name: `P${pool.tube}.csv`, mimeType: "text/csv", buffer: Buffer.from([head, ...list, ""].join("\n")) });
    await logIn(page, "laboratory");
    await page.goto("/laboratory-plates");
    await expect(page.getByRole("heading", { name: "已登记的板" })).toBeVisible();
    await accessible(page);
    await inOneLanguage(page, "zh");
    await shoot(page, "laboratory", "plates", "zh");

    // A file that names its plate itself: its own name is not asked, and another plate's code is told.
    const own = `PL-${pool.tube}`;
    await page.getByLabel("结果文件").setInputFiles({ name: "plate.csv", mimeType: "text/csv", buffer: Buffer.from(`样本编号,板号,结果\n${pool.tube},${own},阳性\n`) });
    await expect(page.getByLabel("板号")).toHaveValue(own);
    await page.getByLabel("板号").fill("plate");
    await expect(page.getByRole("alert")).toContainText(own);
    await expect(page.getByRole("button", { name: "查看将发生什么" })).toBeDisabled();
    await page.getByLabel("板号").fill(own);
    await page.keyboard.press("Enter");
    await expect(page.getByText(/文件中缺少阳性对照/)).toBeVisible();
    await expect(page.getByText(/controls-ok|质控失败|下面的行/)).toHaveCount(0);
    await page.getByRole("button", { name: "两项质控均已确认合格，重新核对文件" }).click();
    await expect(page.getByRole("button", { name: "确认登记（1 管结果）" })).toBeVisible();
    await page.getByRole("button", { name: "换一个文件" }).click();

    await page.getByLabel("结果文件").setInputFiles(csv(rows));
    await expect(page.getByLabel("板号")).toHaveValue(`P${pool.tube}`);
    await expect(page.getByRole("button", { name: "查看将发生什么" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByText("质控合格").first()).toBeVisible();
    await expect(page.getByRole("button", { name: "1 判为感染者" })).toBeVisible();
    await expect(page.getByRole("button", { name: /1\s*召回复采.*3 人/ })).toBeVisible();
    await expect(page.getByRole("button", { name: `B4 ${ill.tube}: 阳性` })).toBeVisible();
    await expect(page.getByRole("heading", { name: "拒绝的行" })).toBeVisible();
    await accessible(page);
    await inOneLanguage(page, "zh");
    await shoot(page, "laboratory", "preview", "zh", true);
    const state = async (tube: string) => (await ask<Tube>(request, "laboratory", `/v1/tubes/${tube}`)).result ?? null;
    expect(await state(ill.tube), "a preview writes nothing").toBeNull();
    await page.getByRole("button", { name: /^1 判为感染者/ }).click();
    await expect(page.getByRole("row").filter({ hasText: ill.tube })).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: healthy.tube })).toHaveCount(0);
    await page.getByRole("button", { name: /^确认登记/ }).click();
    await expect(page.getByText(`P${pool.tube} 已登记`)).toBeVisible();
    expect([await state(pool.tube), await state(healthy.tube), await state(ill.tube), await state(weak.tube)]).toEqual(["positive", "negative", "positive", null]);
    await expect(page.getByRole("list", { name: "已登记的板" }).getByText(`P${pool.tube}`)).toBeVisible();

    // The next run of the tube that failed: its positive control is silent, and nothing counts.
    await page.getByLabel("结果文件").setInputFiles(csv([`A1,,阳性对照,,,,${at}`, `A2,,阴性对照,,,,${at}`, `A3,${weak.tube},,,,阴性,${at}`]));
    await page.getByLabel("板号").fill(`Q${pool.tube}`);
    await page.keyboard.press("Enter");
    await expect(page.getByText("质控失败：本板结果一律无效")).toBeVisible();
    await shoot(page, "laboratory", "controls-failed", "zh", true);
    await page.getByRole("button", { name: "登记这块质控失败的板" }).click();
    await expect(page.getByText(`Q${pool.tube} 已登记`)).toBeVisible();
    expect(await state(weak.tube)).toBeNull();
  });
});
