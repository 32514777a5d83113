/** Keeping the system: accounts, places, imports, the protocol, traces. */
import type { APIRequestContext } from "@playwright/test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COLUMNS, exampleOf } from "../src/screens/admin/columns";
import { FIELDS } from "../src/screens/admin/fields";
import type { Schemas } from "../src/api/types";
import { accessible, ask, expect, inOneLanguage, logIn, shoot, shootAll, SIZES, test, token, URL_OF } from "./journey";

const status = async (request: APIRequestContext, account: string, password: string) => (await request.post(`${URL_OF()}/v1/session`, { data: { account, password } })).status();

test("the administrator makes an account, changes it, and revokes it", async ({ page, request }) => {
  const account = `li${Date.now()}`;
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "administrator");
  await page.goto("/admin/accounts");
  await page.getByRole("button", { name: "新建账号" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("账号").fill(account);
  await form.getByLabel("岗位").selectOption("ward");
  await form.getByLabel("新密码").fill("first-password");
  await shoot(page, "administrator", "account-new", "zh");
  await page.keyboard.press("Enter");
  await expect(page.getByText(`已保存 ${account}`)).toBeVisible();
  expect(await status(request, account, "first-password")).toBe(200);
  await accessible(page);
  await shootAll(page, "administrator", "accounts", [360, 768]);

  await page.getByRole("button", { name: `修改 ${account}` }).click();
  await form.getByLabel("岗位").selectOption("sampler");
  await form.getByLabel("新密码").fill("second-password");
  await form.getByRole("button", { name: "保存" }).click();
  await expect(form).toHaveCount(0);
  expect(await status(request, account, "first-password")).toBe(401);
  expect(await status(request, account, "second-password")).toBe(200);

  await page.getByRole("button", { name: `停用 ${account}` }).click();
  await form.getByLabel("理由").fill("已调离");
  await form.getByRole("button", { name: "停用", exact: true }).click();
  await expect(page.getByText(`已停用 ${account}`)).toBeVisible();
  expect(await status(request, account, "second-password")).toBe(401);
  const all = await ask<{ items: { account: string; role: string; active: boolean }[] }>(request, "administrator", "/v1/accounts?limit=1000");
  expect(all.items.find((a) => a.account === account)).toMatchObject({ role: "sampler", active: false });
});

test("the administrator adds a place and imports people, and corrects what is refused", async ({ page, request }) => {
  const code = `p${Date.now()}`;
  await page.setViewportSize({ width: 1920, height: SIZES[1920] });
  await logIn(page, "administrator", "en");
  await page.goto("/admin/places");
  await page.getByRole("button", { name: "Gaotang Subdistrict" }).click();
  await page.getByRole("button", { name: "Add a place" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Kind").selectOption("community");
  await form.getByLabel("Name", { exact: true }).fill("试验社区");
  await form.getByLabel("Name in English").fill("Trial Community");
  await form.getByLabel("Code (its own segment)").fill(code);
  await page.keyboard.press("Enter");
  await page.getByRole("searchbox").fill(`50.500237.001.${code}`);
  await expect(page.getByRole("listitem").getByText("50.500237.001." + code)).toBeVisible();
  expect(await ask<object>(request, "auditor", `/v1/places/50.500237.001.${code}`)).toMatchObject({ kind: "community", name: "试验社区", name_en: "Trial Community" });
  await accessible(page);
  await shootAll(page, "administrator", "places", [360, 1920]);

  await page.goto("/admin/imports");
  const rows = ["name,sex,home,born", `王小明${code},male,50.500237.001.${code},1990-01-02`, `赵无处${code},female,50.500237.999.nowhere,1991-03-04`].join("\n");
  await page.getByLabel("File (CSV or Excel)").setInputFiles({ name: "花名册.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
  await page.getByRole("button", { name: "Preview (writes nothing)" }).click();
  await expect(page.getByText("This is a preview: the book has not changed")).toBeVisible();
  await expect(page.getByRole("table", { name: "Refused rows" }).getByRole("row").nth(1)).toContainText("Row 3");
  await shoot(page, "administrator", "import", "en", true);
  await accessible(page);
  await inOneLanguage(page, "en");
  const people = async () => (await ask<{ items: { name: string }[] }>(request, "commander", `/v1/persons?text=${encodeURIComponent(`王小明${code}`)}`)).items.length;
  expect(await people()).toBe(0);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^Download refused rows/ }).click()]);
  expect(readFileSync((await file.path()) ?? "", "utf8")).toContain(`赵无处${code}`);
  await page.getByRole("button", { name: "Import the others (1)" }).click();
  await expect(page.getByText("Imported: 1 row", { exact: true }).first()).toBeVisible();
  expect(await people()).toBe(1);
});

test("an import says which columns a list may have, and its example is read as it is", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "commander");
  await page.goto("/admin/imports");
  await page.getByLabel("内容").selectOption("cases");
  await page.getByText("文件可以有哪些列（附示例）").click();
  await expect(page.getByRole("table", { name: /^文件可以有哪些列/ }).getByRole("row").nth(2)).toContainText("必填");
  await accessible(page);
  await shootAll(page, "commander", "import-columns", [360, 1920]);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^下载示例文件/ }).click()]);
  await page.getByLabel("文件（CSV 或 Excel）").setInputFiles({ name: "示例.csv", mimeType: "text/csv", buffer: readFileSync((await file.path()) ?? "") });
  await page.getByRole("button", { name: "预览（不写入）" }).click();
  await expect(page.getByText("这是预览，台账没有改变")).toBeVisible();
  const columns = page.getByRole("table", { name: "列对应" });
  await expect(columns.getByRole("row").filter({ hasText: "户编码" })).toContainText("户编码（居住地点）");
  await expect(columns.getByText("不读取")).toHaveCount(0);
  await expect(page.getByRole("table", { name: "不能导入的行" })).toHaveCount(0);
  await inOneLanguage(page, "zh");
  // The examples of the other lists name cases and people that are not there; but each of their columns is read.
  const headers = { authorization: `Bearer ${await token(request, "commander")}`, "content-type": "application/octet-stream", "x-file-name": "example.csv" };
  for (const kind of Object.keys(COLUMNS)) {
    for (const language of ["zh", "en"] as const) {
      const r = await request.post(`${URL_OF()}/v1/imports/${kind}?preview=true`, { headers, data: Buffer.from(exampleOf(kind, language, "50.500237")) });
      expect(r.ok(), `${kind} ${language}: ${await r.text()}`).toBe(true);
      const report = (await r.json()) as Schemas["ImportReport"];
      expect(report.mapping.filter((m) => !m.field), `${kind} ${language}`).toEqual([]);
      expect(report.mapping.map((m) => m.field).filter((f) => f && !FIELDS.includes(f)), "fields without a word").toEqual([]);
    }
  }
});

test("every field of the mappings has a word", () => {
  const folder = join(import.meta.dirname, "../../mappings");
  const fields = readdirSync(folder).filter((f) => f.endsWith(".toml")).flatMap((f) => [...readFileSync(join(folder, f), "utf8").matchAll(/^\[fields\.(\w+)\]/gm)].map((m) => m[1] ?? ""));
  expect(fields.length).toBeGreaterThan(100);
  expect([...new Set(fields)].filter((f) => !FIELDS.includes(f))).toEqual([]);
});

test("the commander takes the line list out as a file, and each row is a look", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: SIZES[360] });
  await logIn(page, "commander");
  await page.goto("/admin/exports");
  await page.getByLabel("格式").selectOption("csv");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "导出文件" }).click()]);
  expect(file.suggestedFilename()).toMatch(/^linelist-csv-2022-\d\d-\d\d\.csv$/);
  const lines = readFileSync((await file.path()) ?? "", "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(1);
  await expect(page.getByRole("status")).toContainText("已导出");
  const looks = await ask<{ items: { what: string; rows: number }[] }>(request, "auditor", "/v1/access?account=commander&limit=1000");
  expect(looks.items.filter((l) => l.what === "/v1/exports/{list}").reduce((n, l) => n + l.rows, 0)).toBeGreaterThanOrEqual(lines.length - 1);
  await page.getByLabel("名单").selectOption("links");
  await expect(page.getByLabel("格式").getByRole("option", { name: /SORMAS/ })).toHaveCount(0);
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shootAll(page, "commander", "exports", [360, 1920]);
});

test("the commander reads the protocol, previews a switch, and leaves it", async ({ page, request }) => {
  await page.setViewportSize({ width: 768, height: SIZES[768] });
  await logIn(page, "commander");
  const before = (await ask<Schemas["Health"]>(request, "commander", "/v1/health")).protocol;
  await page.goto("/admin/protocol");
  await page.getByLabel("章节").selectOption("deadlines");
  await expect(page.getByRole("heading", { name: "deadlines.statutory_report" })).toBeVisible();
  await accessible(page);
  await shootAll(page, "commander", "protocol", [360, 768]);
  await page.getByRole("tab", { name: "与其他方案比较" }).click();
  await page.getByLabel("与其他方案比较").selectOption(before === "covid-2022-ninth" ? "covid-2022-twenty" : "covid-2022-ninth");
  await expect(page.getByText(/处不同$/)).toBeVisible();
  await shoot(page, "commander", "protocol-diff", "zh");
  // At a desk no column is a few letters wide.
  await page.setViewportSize({ width: 1366, height: 768 });
  for (const c of await page.getByRole("columnheader").all()) expect((await c.boundingBox())?.width).toBeGreaterThan(200);
  await shoot(page, "commander", "protocol-diff", "zh");
  await inOneLanguage(page, "zh");
  await page.getByRole("button", { name: "改用此方案" }).click();
  await expect(page.getByRole("dialog").getByText("已经产生的事项不变")).toBeVisible();
  await expect(page.getByRole("dialog").getByRole("button", { name: "改用此方案" })).toBeDisabled();
  await page.keyboard.press("Escape");
  expect((await ask<Schemas["Health"]>(request, "commander", "/v1/health")).protocol).toBe(before);
});

test("the auditor sees who looked, the log, the messages, the facilities, and how the server is", async ({ page, request }) => {
  await ask(request, "investigator", "/v1/persons?text=%E7%8E%8B");
  await page.setViewportSize({ width: 1920, height: SIZES[1920] });
  await logIn(page, "auditor");
  await page.goto("/admin/access");
  await page.getByLabel("账号").fill("investigator");
  await expect(page.getByRole("listitem").filter({ hasText: "investigator" }).first()).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "commander" })).toHaveCount(0);
  await expect(page.getByRole("listitem").first().getByText("/v1/")).toHaveCount(0);
  // Whom by name: found, picked, and then only the looks at this one.
  const found = await ask<{ items: Schemas["PersonHit"][] }>(request, "investigator", "/v1/persons?text=%E7%8E%8B&limit=1");
  const whom = found.items[0] ?? { person_id: "", name: "" };
  await ask(request, "investigator", `/v1/persons/${whom.person_id}`);
  await page.getByLabel(/^查找人员/).fill(whom.name);
  const asked = page.waitForRequest(/\/v1\/access\?.*person=[0-9a-f-]{36}/);
  await page.locator(".found button").filter({ hasText: whom.name }).first().click();
  await asked;
  await expect(page.getByRole("button", { name: "全部人员" })).toBeVisible();
  await expect(page.locator("strong").filter({ hasText: whom.name })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await accessible(page);
  await shoot(page, "auditor", "access-person", "zh");
  await page.getByRole("button", { name: "全部人员" }).click();
  await inOneLanguage(page, "zh");
  for (const [path, seen] of [["/admin/log", "上报日志"], ["/messages", "协查函"], ["/admin/facilities", "机构与床位"], ["/admin/system", "可以工作"]] as const) {
    await page.goto(path);
    await expect(page.getByRole("main").getByText(seen).first()).toBeVisible();
    await expect(page.getByText("正在读取…")).toHaveCount(0);
    await accessible(page);
    await shootAll(page, "auditor", path.split("/").pop() ?? "", [360, 1920]);
  }
  const { seq } = await ask<Schemas["Health"]>(request, "auditor", "/v1/health");
  await page.goto("/admin/log");
  await expect(page.getByRole("rowheader").first()).not.toBeEmpty();
  const top = Number((await page.getByRole("rowheader").first().innerText()).replaceAll(",", ""));
  expect(top).toBeGreaterThanOrEqual(seq);
});
