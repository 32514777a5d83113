/** Letters between jurisdictions: a contact who lives elsewhere is asked for, taken over there, and the answer comes back. */
import type { Schemas } from "../src/api/types";
import { aCase, aContact, aHome, aName, person } from "./cases-made";
import { accessible, ask, expect, inOneLanguage, logIn, shoot, shootAll, test } from "./journey";
import { type Book, homeIn, THERE, twoBooks } from "./two-books";

type Message = Schemas["MessageItem"];
type Messages = Schemas["Page11"];

/** Now, by the clock of this machine: the books of two counties have no other. */
const now = (minutesAgo = 0): string => `${new Date(Date.now() + 8 * 3_600_000 - minutesAgo * 60_000).toISOString().slice(0, 19)}+08:00`;

async function someone(b: Book, name: string, phone: string): Promise<string> {
  const id = crypto.randomUUID();
  await b.say("investigator", { person_listed: { person: id, name, sex: "male", home: homeIn(b), occupation: "general", born: "1990-05-06", phone } });
  return id;
}

test("from a contact's line: another county is asked, with no more than it needs", async ({ page, request }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const home = await aHome(request, "investigator");
  const name = aName("外");
  const of = await aCase(request, await person(request, aName("内"), home));
  const who = await person(request, name, home, "13900000031");
  await aContact(request, who, of, "close");
  await logIn(page, "investigator");
  await page.goto(`/cases/${of}/contacts`);
  await page.getByRole("listitem").filter({ hasText: name }).getByRole("button", { name: "请求协查" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByLabel("姓名")).toHaveValue(name);
  await form.getByLabel("对方辖区").fill("500238");
  await form.getByLabel("当地住址").fill("巫溪县城厢镇");
  await form.getByLabel("依据").fill("与病例同桌就餐");
  await form.getByLabel("决定人").fill("流调组");
  await form.getByLabel("理由").fill("人已返回巫溪");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "investigator", "assistance-form", "zh", true);
  await form.getByRole("button", { name: "发出协查函" }).click();
  await expect(form).toHaveCount(0);
  const sent = async () => (await ask<Messages>(request, "investigator", "/v1/messages?box=out&limit=1000")).items.find((m) => m.person_id === who);
  await expect.poll(sent).toMatchObject({ book: 500238, case_id: of, matter: { about: "contact", category: "close", evidence: "与病例同桌就餐" } });
  const told = (await sent())?.matter.who;
  // Whoever has a telephone is found by it: the date of birth stays here.
  expect(told).toEqual({ name, sex: "female", phone: "13900000031", address: "巫溪县城厢镇" });
  await page.goto("/messages");
  await page.getByRole("tab", { name: "去函" }).click();
  const line = page.locator("[data-message]").filter({ hasText: name });
  await expect(line.getByText(/还剩/)).toBeVisible();
  await accessible(page);
  await shootAll(page, "investigator", "messages-out", [360, 1920]);
});

test.describe("two counties", () => {
  let books: Awaited<ReturnType<typeof twoBooks>>;
  test.beforeAll(async () => {
    books = await twoBooks();
  });
  test.afterAll(() => books.stop());

  const arrived = (b: Book, box: "in" | "out", query = "") => b.ask<Messages>("investigator", `/v1/messages?box=${box}${query}`).then((p) => p.items);
  const request = (message: string, name: string, phone: string): Parameters<Book["say"]>[1] => ({
    assistance_requested: {
      message,
      to: THERE,
      matter: { about: "contact", who: { name, phone, sex: "male" }, category: "close", last_exposure: now(600), evidence: "同乘长途客车" },
      decision: { decider: "流调组", reason: "人在贵县" },
      at: now(),
    },
  });

  test("a contact is taken over where he is, and the answer comes back", async ({ page }) => {
    const { here, there } = books;
    await page.setViewportSize({ width: 360, height: 740 });
    const [message, name] = [crypto.randomUUID(), aName("返")];
    const local = await someone(there, name, "13900000041");
    await here.say("investigator", request(message, name, "13900000041"));
    await expect.poll(async () => (await arrived(there, "in")).map((m) => m.message_id)).toContain(message);
    await there.serve(page);
    await logIn(page, "investigator");
    await page.goto("/messages");
    const line = page.locator(`[data-message="${message}"]`);
    await expect(line.getByText(/还剩/)).toBeVisible();
    await expect(line.getByRole("link", { name: "13900000041" })).toHaveAttribute("href", "tel:13900000041");
    await accessible(page);
    await shootAll(page, "investigator", "messages-in", [360, 1920]);
    await line.getByRole("button", { name: "答复" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "已接管" }).click();
    // He is looked for by the telephone that the other county knows.
    await form.locator(".found button").filter({ hasText: name }).click();
    await form.getByLabel("决定人").fill("疾控流调科");
    await form.getByLabel("核查情况").fill("已居家隔离");
    await expect(form.getByText("将登记为本辖区密接")).toBeVisible();
    await accessible(page);
    await inOneLanguage(page, "zh");
    await shoot(page, "investigator", "messages-answer", "zh", true);
    await form.getByRole("button", { name: "答复", exact: true }).click();
    await expect(line).toHaveCount(0);
    const contacts = (await there.ask<Schemas["PersonView"]>("investigator", `/v1/persons/${local}`)).contacts ?? [];
    expect(contacts.map((k) => [k.category, k.state])).toEqual([["close", "active"]]);
    await expect.poll(async () => (await arrived(here, "out", "&state=done")).find((m) => m.message_id === message)).toMatchObject({ outcome: "taken_over", contact_id: contacts[0]?.contact_id, answer_reason: "已居家隔离" });
  });

  test("what nobody took over comes back, and is sent on to the county that was named", async ({ page, browser }) => {
    const { here, there } = books;
    const [message, name] = [crypto.randomUUID(), aName("转")];
    await here.say("investigator", request(message, name, "13900000051"));
    await expect.poll(async () => (await arrived(there, "in")).map((m) => m.message_id)).toContain(message);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await there.serve(page);
    await logIn(page, "commander", "en");
    await page.goto("/messages");
    await page.locator(`[data-message="${message}"]`).getByRole("button", { name: "Answer" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "not ours" }).click();
    await form.getByLabel(/The jurisdiction that it concerns/).fill("500239");
    await form.getByLabel("Decided by").fill("county headquarters");
    await form.getByLabel("What was found").fill("has moved on");
    await form.getByRole("button", { name: "Answer", exact: true }).click();
    await expect.poll(async () => (await arrived(here, "out", "&state=done")).find((m) => m.message_id === message)?.forward_to).toBe(500239);

    const own = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: "zh-CN" });
    await here.serve(own);
    await logIn(own, "commander");
    await own.goto("/messages");
    await own.getByRole("tab", { name: "去函" }).click();
    const back = own.locator(`[data-message="${message}"]`);
    await expect(back.getByText("退回待处置")).toBeVisible();
    await shoot(own, "commander", "messages-returned", "zh");
    await back.getByRole("button", { name: "另行发函" }).click();
    const again = own.getByRole("dialog");
    await expect(again.getByLabel("对方辖区")).toHaveValue("500239");
    await again.getByLabel("决定人").fill("指挥部");
    await again.getByLabel("理由").fill("人已到该县");
    await again.getByRole("button", { name: "发出协查函" }).click();
    await expect(back.getByText("退回待处置")).toHaveCount(0);
    const sent = (await arrived(here, "out")).filter((m): m is Message => m.matter.who?.name === name);
    expect(sent.map((m) => m.book).sort()).toEqual([THERE, 500239]);
    await own.close();
  });
});
