/** The sampling station: a scanner and nothing else; without a network; on paper. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import type { Fact, Receipt, Schemas } from "../src/api/types";
import { canonical, contentHash } from "../src/offline/canonical";
import { identityNumber, personCode, recognise } from "../src/scan/recognise";
import { accessible, ask, expect, inOneLanguage, logIn, say, shoot, test, token, URL_OF } from "./journey";
import { crowd, delivered, letters, now, said, scan, settle, STATION, tubeOf, wedge } from "./stations";

test("one scan is one person registered, and nothing else is pressed", async ({ page, request }) => {
  const c = await crowd(request, 6);
  const [pool, alone, box] = [`T${letters()}0001`, `T${letters()}0002`, `B${letters()}-0001`];
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, "sampler");
  await page.goto("/station");
  await accessible(page);
  await shoot(page, "sampler", "station-set-up", "zh");
  await settle(page, c);
  await accessible(page);
  await shoot(page, "sampler", "station-ready", "zh");

  // A person before a tube, and a tube: told apart by their form.
  await scan(page, c.people[0]!.code);
  await expect(said(page, "bad")).toContainText("请先扫采样管");
  await scan(page, pool);
  await expect(said(page, "good")).toContainText(pool);

  await page.evaluate(() => {
    document.addEventListener("keydown", () => (document.body.dataset["keys"] = String(Number(document.body.dataset["keys"] ?? 0) + 1)), true);
  });
  let typed = 0;
  for (const [i, p] of c.people.slice(0, 4).entries()) {
    // Whatever was touched before: the first key finds the field.
    if (i === 1) await page.getByRole("button", { name: "封管" }).focus();
    await (i < 2 ? wedge : scan)(page, p.code);
    typed += i < 2 ? p.code.length + 1 : 1;
    await expect(said(page, "good")).toContainText(`${i + 1}/5`);
    await expect(said(page, "good")).toContainText(p.name);
  }
  expect(Number(await page.locator("body").getAttribute("data-keys")), "the scanner's own characters and its Enter; nothing for the person").toBe(typed);
  await shoot(page, "sampler", "station-good", "zh");

  // Someone twice, someone who must not be pooled: said, and not registered.
  await scan(page, c.people[2]!.code);
  await expect(said(page, "warn")).toContainText("已在此管中");
  await scan(page, c.single.code);
  await expect(said(page, "bad")).toContainText("须单采");
  await shoot(page, "sampler", "station-bad", "zh");
  await accessible(page);
  await inOneLanguage(page, "zh");
  await scan(page, alone);
  await scan(page, c.single.code);
  await expect(said(page, "good")).toContainText("1/1");
  await expect(page.locator(".mode.single").first()).toBeVisible();
  // Back to the pool: the single tube is closed by that.
  await scan(page, pool);
  await expect(said(page, "good")).toContainText("4");
  await scan(page, c.people[4]!.code);
  await expect(said(page, "good")).toContainText("已满");
  await scan(page, c.people[5]!.code);
  await expect(said(page, "bad")).toContainText("已满");

  // Sealed by its own label, boxed, packed by the box's label.
  await scan(page, pool);
  await expect(said(page, "good")).toContainText("已封管");
  await scan(page, box);
  await expect(said(page, "good")).toContainText("开始装箱");
  await scan(page, pool);
  await scan(page, alone);
  await expect(said(page, "good")).toContainText("2");
  await shoot(page, "sampler", "station-box", "zh");
  await scan(page, box);
  await page.getByRole("button", { name: "交接" }).press("Enter");
  await page.getByLabel("转运员姓名或工号").fill("courier-7");
  await page.getByLabel(/温度/).fill("4");
  await shoot(page, "sampler", "station-hand-over", "zh");
  await page.keyboard.press("Enter");
  await expect(said(page, "good")).toContainText("已交接");
  await delivered(page);

  const tube = await tubeOf(request, pool);
  expect(tube.who?.map((m) => m.person_id).sort()).toEqual(c.people.slice(0, 5).map((p) => p.person).sort());
  expect([tube.state, tube.mode, tube.round, tube.box, tube.holder]).toEqual(["in_transit", "pooled", c.round, box, "courier-7"]);
  // A box that the courier takes by a scan of their own leaves this table, too.
  const [more, fetched] = [`T${letters()}0003`, `B${letters()}-0002`];
  await expect(page.locator("#scan")).toBeFocused();
  await scan(page, more);
  await scan(page, c.people[5]!.code);
  for (const code of [more, fetched, more, fetched]) await scan(page, code);
  await expect(page.locator(`[data-box="${fetched}"]`)).toBeVisible();
  await delivered(page);
  await say(request, "courier", { handed_over: { box: fetched, from: "采样点", to: "courier-8", at: await now(request) } });
  await expect(page.locator(`[data-box="${fetched}"]`)).toHaveCount(0, { timeout: 20_000 });
  // Not at once: a scanner's stutter is no second scan.
  await page.waitForTimeout(800);
  await scan(page, fetched);
  await expect(said(page, "warn")).toContainText("courier-8");

  const single = await tubeOf(request, alone);
  expect([single.mode, single.who?.map((m) => m.person_id), single.box]).toEqual(["single", [c.single.person], box]);
});

test("a second swab of the round, a wrong binding and a walk-in are seen and put right", async ({ page, request }) => {
  const c = await crowd(request, 4);
  const identity = `99999919700101${String(1_000 + Math.floor(Math.random() * 9_000))}`;
  const [first, second] = [`T${letters()}0001`, `T${letters()}0002`];
  await page.setViewportSize({ width: 768, height: 1024 });
  await logIn(page, "sampler", "en");
  await page.evaluate(
    ([round, area, name, station]) => localStorage.setItem("quell.station", JSON.stringify({ round: { round, name: round, pool_size: 5 }, station, stationName: station, area, areaName: name, boxPrefix: "B" })),
    [c.round, c.compound, c.compoundName, STATION],
  );
  // Another station has taken this one already.
  const at = await now(request);
  await say(request, "sampler", { registered: { tube: `X${letters()}0009`, person: c.people[0]!.person, station: STATION, round: c.round, mode: "pooled", at } });
  await page.goto("/station");
  await expect(page.locator('[data-list="5"]')).toBeVisible({ timeout: 20_000 });
  await scan(page, first);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "warn")).toContainText("Sampled this round already");
  await shoot(page, "sampler", "station-warn", "en");
  await page.waitForTimeout(800);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "good")).toContainText("1/5");

  // By the last four of the telephone, or by name; then it was the other one.
  await scan(page, "0001");
  await page.locator(".match").first().press("Enter");
  await expect(said(page, "good")).toContainText(c.people[1]!.name);
  await page.locator(".member", { hasText: c.people[1]!.name }).press("Enter");
  await page.getByRole("button", { name: "It is another person's swab" }).press("Enter");
  await scan(page, c.people[2]!.code);
  await page.locator("dialog .match").press("Enter");
  await expect(said(page, "good")).toContainText(c.people[2]!.name);
  // By mistake: taken back with a reason.
  await page.locator(".member", { hasText: c.people[0]!.name }).press("Enter");
  await page.getByRole("button", { name: "Registered by mistake" }).press("Enter");
  await page.getByRole("button", { name: "registered twice" }).press("Enter");
  await expect(said(page, "warn")).toContainText("Taken back");

  // Someone who is on no list; the identity number leaves the device with its receipt.
  await page.getByRole("button", { name: "Walk-in" }).press("Enter");
  await page.getByLabel("Name", { exact: true }).fill(`访客${letters()}`);
  await page.getByLabel("Identity number").fill(identity);
  await shoot(page, "sampler", "station-walk-in", "en");
  await page.getByRole("button", { name: "List and register" }).press("Enter");
  await expect(said(page, "good")).toContainText("2/5");
  await inOneLanguage(page, "en");
  await delivered(page);
  const tube = await tubeOf(request, first);
  const inside = (tube.who ?? []).filter((m) => m.void_seq == null);
  expect(inside).toHaveLength(2);
  expect(inside.map((m) => m.person_id)).toContain(c.people[2]!.person);

  // What the server refuses is said at once, and put right in the queue as the rule allows: here the tube is another one's already.
  await expect(page.locator("#scan")).toBeFocused();
  await scan(page, second);
  await expect(said(page, "good")).toContainText(second);
  await say(request, "sampler", { registered: { tube: second, person: c.single.person, station: STATION, round: c.round, mode: "single", at: await now(request) } });
  await scan(page, c.people[3]!.code);
  await expect(said(page, "bad")).toContainText("The server refused it");
  await page.getByRole("link", { name: "1 refused" }).press("Enter");
  await page.getByRole("button", { name: "Register in the tube's own mode" }).press("Enter");
  await page.getByRole("button", { name: "The swab is in the tube" }).press("Enter");
  const flags = async () => (await tubeOf(request, second)).who?.find((m) => m.person_id === c.people[3]!.person)?.flag;
  await expect.poll(flags, "in the book, and flagged").toContain("overfull");

  // The queue: everything delivered, and nothing of the identity number left.
  await page.goto("/station/queue");
  await accessible(page);
  await inOneLanguage(page, "en");
  await shoot(page, "sampler", "station-queue", "en");
  const left = await page.evaluate(async () => {
    const d = await new Promise<IDBDatabase>((r) => { const o = indexedDB.open("quell-station"); o.onsuccess = () => r(o.result); });
    return await new Promise<string>((r) => { const all = d.transaction("queue").objectStore("queue").getAll(); all.onsuccess = () => r(JSON.stringify(all.result)); });
  });
  expect(left).toContain('"person_listed"');
  expect(left).not.toContain(identity);
});

test("without a network for a while, closed and opened again: every registration arrives once", async ({ page, context, request }) => {
  const c = await crowd(request, 6);
  const tube = `T${letters()}0001`;
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, "sampler");
  await page.goto("/station");
  await settle(page, c);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await scan(page, tube);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "good")).toContainText("1/5");
  await delivered(page);

  await context.setOffline(true);
  for (const p of c.people.slice(1, 3)) {
    await scan(page, p.code);
    await expect(said(page, "good")).toContainText(p.name);
  }
  await page.close();
  const again = await context.newPage();
  await again.setViewportSize({ width: 360, height: 740 });
  await again.goto("/station");
  expect(await again.evaluate(() => fetch("/v1/health").then(() => "reached", () => "not reached"))).toBe("not reached");
  await expect(again.locator(`[data-tube="${tube}"]`)).toContainText("3/5");
  for (const p of c.people.slice(3, 5)) {
    await scan(again, p.code);
    await expect(said(again, "good")).toContainText(p.name);
  }
  await scan(again, tube);
  await expect(said(again, "good")).toContainText("已封管");
  await expect(again.locator("[data-waiting]").first()).toHaveAttribute("data-waiting", "5");
  await shoot(again, "sampler", "station-offline", "zh");
  // Logging out neither loses the records nor ends the token that they need.
  await again.getByRole("button", { name: "退出登录" }).press("Enter");
  await expect(again.locator("[data-held='5']")).toBeVisible();
  await shoot(again, "sampler", "log-in-held", "zh");
  expect((await request.get(`${URL_OF()}/v1/tubes/${tube}`, { headers: { authorization: `Bearer ${await token(request, "sampler")}` } }).then((r) => r.json()) as Schemas["TubeView"]).members).toBe(1);

  // Meanwhile another station has taken one of them.
  const elsewhere = `X${letters()}0009`;
  await say(request, "sampler", { registered: { tube: elsewhere, person: c.people[1]!.person, station: STATION, round: c.round, mode: "pooled", at: await now(request) } });
  await context.setOffline(false);
  await again.reload();
  await expect.poll(async () => (await tubeOf(request, tube)).members, { timeout: 20_000 }).toBe(5);
  await expect(again.locator("[data-held]")).toHaveCount(0, { timeout: 20_000 });
  const view = await tubeOf(request, tube);
  expect(view.who?.map((m) => m.person_id).sort()).toEqual(c.people.slice(0, 5).map((p) => p.person).sort());
  expect(view.state).toBe("sealed");
  for (const p of c.people.slice(0, 5)) {
    const person = await ask<Schemas["PersonView"]>(request, "sampler", `/v1/persons/${p.person}`);
    expect(person.registrations?.filter((r) => r.tube === tube)).toHaveLength(1);
  }
  // Both swabs stand, and someone is shown both.
  await logIn(again, "sampler");
  await again.goto("/station");
  await expect(again.locator(`[data-list="${c.people.length + 1}"]`)).toBeVisible({ timeout: 20_000 });
  await again.getByRole("link", { name: /已登记/ }).press("Enter");
  const conflict = again.locator(`[data-conflict="${c.people[1]!.person}"]`);
  await conflict.getByRole("button").press("Enter");
  await expect(conflict).toContainText(elsewhere);
  await expect(conflict.locator("ul")).toContainText(tube);
  await inOneLanguage(again, "zh");
  await accessible(again);
  await shoot(again, "sampler", "station-conflict", "zh");
});

test("sixty people in ten minutes, by the scanner alone", async ({ page, request }) => {
  const c = await crowd(request, 60, { pool: 10 });
  const tubes = Array.from({ length: 6 }, (_, i) => `T${letters()}000${i}`);
  await page.setViewportSize({ width: 768, height: 1024 });
  await logIn(page, "sampler");
  await page.goto("/station");
  await settle(page, c);
  // From the scanner's Enter until the answer to it is drawn, by the page's own clock: each answer is an element of its own.
  await page.evaluate(() => {
    const took: number[] = [];
    let [since, keys] = [0, 0];
    let before: Element | null = null;
    document.addEventListener("keydown", (e) => {
      keys += 1;
      document.body.dataset["keys"] = String(keys);
      if (e.key !== "Enter") return;
      since = performance.now();
      before = document.querySelector(".said");
    }, true);
    new MutationObserver(() => {
      const now = document.querySelector(".said[data-signal]");
      if (since === 0 || !now || now === before) return;
      took.push(performance.now() - since);
      since = 0;
      document.body.dataset["took"] = JSON.stringify(took);
    }).observe(document.querySelector(".station")!, { childList: true, subtree: true });
  });
  const begun = Date.now();
  let keys = 0;
  for (const [i, p] of c.people.entries()) {
    if (i % 10 === 0) {
      // The next tube's label closes the full one and opens this one.
      await wedge(page, tubes[i / 10]!);
      keys += tubes[0]!.length + 1;
      await expect(said(page, "good")).toContainText(tubes[i / 10]!);
    }
    await wedge(page, p.code);
    keys += p.code.length + 1;
    await expect(said(page, "good")).toContainText(p.name);
  }
  await wedge(page, tubes[5]!);
  keys += tubes[5]!.length + 1;
  await expect(said(page, "good")).toContainText("已封管");
  const each = (Date.now() - begun) / 60_000;
  expect(Number(await page.locator("body").getAttribute("data-keys")), "the scanner's own characters; nothing is pressed for a person, a full tube or the next one").toBe(keys);
  const took = (JSON.parse((await page.locator("body").getAttribute("data-took")) ?? "[]") as number[]).sort((a, b) => a - b);
  const mean = took.reduce((n, ms) => n + ms, 0) / took.length;
  console.log(`a person: ${each.toFixed(2)} s with the scanner's typing; an answer: ${mean.toFixed(0)} ms, the slowest ${took.at(-1)?.toFixed(0)} ms`);
  expect(took).toHaveLength(67);
  expect(mean / 1000, "the page's own part of the six seconds that one of 600 people an hour has").toBeLessThan(0.5);
  expect(each, "with everything, the scanner's typing and this test's looking included").toBeLessThan(6);
  await delivered(page);
  for (const [i, tube] of tubes.entries()) {
    const view = await tubeOf(request, tube);
    expect([view.state, view.who?.map((m) => m.person_id).sort()]).toEqual(["sealed", c.people.slice(i * 10, i * 10 + 10).map((p) => p.person).sort()]);
  }
});

test("a household has a tube of its own, and no neighbour comes into it", async ({ page, request }) => {
  // Three of one flat and one of the flat beside it, in a building with cases.
  const c = await crowd(request, 4, { home: (i) => `b02.u1.${i < 3 ? "301" : "302"}` });
  await say(request, "commander", { zone_designated: { place: `${c.compound}.b02`, level: "high", reason: "楼内有感染者", decider: "指挥部", at: await now(request) } });
  const [ours, theirs] = [`T${letters()}0001`, `T${letters()}0002`];
  const neighbour = c.people[3]!;
  await page.setViewportSize({ width: 360, height: 740 });
  await logIn(page, "sampler");
  await page.goto("/station");
  await settle(page, c);
  await scan(page, ours);
  await scan(page, c.people[0]!.code);
  await expect(said(page, "good")).toContainText(c.people[0]!.name);
  await expect(page.locator(`[data-tube="${ours}"] .mode.household`)).toBeVisible();
  await scan(page, neighbour.code);
  await expect(said(page, "bad")).toContainText("此管是另一户的：请换管");
  await expect(said(page, "bad")).toContainText(neighbour.name);
  await shoot(page, "sampler", "station-household", "zh");
  await accessible(page);
  for (const p of c.people.slice(1, 3)) {
    await scan(page, p.code);
    await expect(said(page, "good")).toContainText(p.name);
  }
  await page.locator("header.top [data-language]").click();
  await page.locator("#scan").focus();
  await scan(page, neighbour.code);
  await expect(said(page, "bad")).toContainText("This tube is another household's: take another");
  await inOneLanguage(page, "en");
  await shoot(page, "sampler", "station-household", "en");
  // The neighbour's tube closes the household's.
  await scan(page, theirs);
  await scan(page, neighbour.code);
  await expect(said(page, "good")).toContainText(neighbour.name);
  await delivered(page);
  const [mine, next] = [await tubeOf(request, ours), await tubeOf(request, theirs)];
  expect([mine.mode, mine.state, mine.household, mine.who?.map((m) => m.person_id).sort()]).toEqual(["household", "sealed", `${c.compound}.b02.u1.301`, c.people.slice(0, 3).map((p) => p.person).sort()]);
  expect([next.mode, next.who?.map((m) => m.person_id)]).toEqual(["household", [neighbour.person]]);
});

test("labels and codes come off the printer so that a scanner reads them", async ({ page, request }) => {
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(join(import.meta.dirname, "../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm")).buffer as ArrayBuffer } });
  const read = async (png: Buffer) => (await readBarcodes(new Uint8Array(png), { formats: ["Code128", "QRCode"], tryHarder: true })).map((r) => r.text);
  const c = await crowd(request, 1);
  await page.setViewportSize({ width: 768, height: 1024 });
  await logIn(page, "sampler");
  await page.goto("/station/labels");
  await page.getByLabel("编号开头").fill(`T${letters()}`);
  await page.evaluate(() => { window.print = () => document.body.setAttribute("data-printed", ""); });
  await accessible(page);
  await inOneLanguage(page, "zh");
  await shoot(page, "sampler", "labels", "zh");
  const label = page.locator(".print-label").nth(6);
  const code = (await label.textContent()) ?? "";
  expect(code).toMatch(/0007$/);
  await page.emulateMedia({ media: "print" });
  await expect(page.locator("header.top")).toBeHidden();
  await expect(page.locator(".print-label")).toHaveCount(65);
  // As a printer sees it: paper has more dots than this screen.
  const close = await page.addStyleTag({ content: ".sheet { zoom: 4 }" });
  expect(await read(await label.screenshot())).toEqual([code]);
  await close.evaluate((style) => (style as Element).remove());
  const sheets = (await page.pdf({ preferCSSPageSize: true })).toString("latin1").match(/\/Type\s*\/Page\b/g);
  expect(sheets, "one sheet, no empty page behind it").toHaveLength(1);
  await page.emulateMedia({ media: "screen" });
  await page.getByRole("button", { name: "打印" }).press("Enter");
  await expect(page.locator("body[data-printed]")).toBeVisible();
  // The next sheet goes on where this one stopped.
  await expect(page.getByLabel("起始序号")).toHaveValue("66");

  await page.getByRole("tab", { name: "人员码" }).press("Enter");
  await page.getByLabel(/查找/).fill(c.people[0]!.name);
  await page.keyboard.press("Enter");
  await page.locator(".match").first().press("Enter");
  const card = page.locator(`[data-code="${c.people[0]!.code}"]`);
  await expect(card).toBeVisible();
  await shoot(page, "sampler", "codes", "zh");
  const picture = await card.locator("svg").screenshot();
  expect(await read(picture)).toEqual([c.people[0]!.code]);

  // The camera sees that card: it is as if it had been scanned.
  await page.addInitScript((png) => {
    navigator.mediaDevices.getUserMedia = async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
      const pen = canvas.getContext("2d");
      const image = Object.assign(new Image(), { src: `data:image/png;base64,${png}` });
      const draw = () => { pen?.fillRect(0, 0, 640, 480); pen?.drawImage(image, 170, 90, 300, 300); };
      setInterval(draw, 100);
      return canvas.captureStream(10);
    };
    localStorage.setItem("quell.station", JSON.stringify({ round: null, station: "50.500237.001.s01", stationName: "s01", area: "50.500237", areaName: "50.500237", boxPrefix: "B" }));
  }, picture.toString("base64"));
  await page.goto("/station");
  await page.getByRole("button", { name: "摄像头" }).press("Enter");
  // On no list of this device: the server says whose code it is.
  await expect(said(page, "bad")).toContainText(c.people[0]!.name, { timeout: 20_000 });
  await expect(said(page, "bad")).toContainText("请先扫采样管");
  await shoot(page, "sampler", "station-camera", "zh");
});

test("the hash on the device is the server's, fact by fact", async ({ request }) => {
  const c = await crowd(request, 3);
  const at = await now(request);
  const [a, b, box, walkIn] = [`T${letters()}0001`, `T${letters()}0002`, `B${letters()}`, crypto.randomUUID()];
  const [p, q, r] = c.people.map((x) => x.person) as [string, string, string];
  const station = STATION;
  const submissions: Fact[][] = [
    // Fields in another order, what says nothing said, a set in another order, letters of every sort: the server keeps its own form.
    [{ person_listed: { tags: ["visitor", "walk_in"], home: c.compound, sex: "unknown", name: '访"客\\ \u007f \u{20bb7} é\t', person: walkIn, phone: "1", born: null, occupation: "general" } }],
    [{ registered: { at, station, person: p, tube: a, round: c.round, mode: "pooled", already_swabbed: false } }, { registered: { tube: a, person: q, station, at, round: c.round, mode: "pooled", already_swabbed: true } }],
    [{ registration_voided: { tube: a, person: q, reason: "扫错码", at } }, { registration_reassigned: { tube: a, from: p, to: r, reason: "x", at } }],
    [{ tube_sealed: { tube: a, at } }, { registered: { tube: b, person: walkIn, station, at, mode: "single" } }, { tube_spoilt: { tube: b, reason: "打翻", at } }],
    [{ box_packed: { box, tubes: [a], at } }, { handed_over: { box, from: "a", to: "b", at, temperature: 4 } }, { handed_over: { box, from: "b", to: "c", at, temperature: -0.25 } }],
  ];
  const bearer = { authorization: `Bearer ${await token(request, "sampler")}` };
  for (const facts of submissions) {
    const answer = await request.post(`${URL_OF()}/v1/submissions`, { data: { id: crypto.randomUUID(), facts }, headers: bearer });
    expect(answer.ok(), await answer.text()).toBe(true);
    expect(await contentHash(facts), JSON.stringify(facts)).toBe(((await answer.json()) as Receipt).content_hash);
  }
  // What the device cannot know it does not guess: an identity number is replaced under a key of the book.
  const secret: Fact[] = [{ person_listed: { person: crypto.randomUUID(), name: "甲", sex: "male", home: c.compound, id_number: `AB${letters()}${letters()}`, occupation: "general" } }];
  expect(canonical(secret)).toBeNull();
  // There a repeat proves it: the server compares, and says no to other content under the same id.
  const id = crypto.randomUUID();
  const hand = (facts: Fact[]) => request.post(`${URL_OF()}/v1/submissions`, { data: { id, facts }, headers: bearer });
  expect(((await (await hand(secret)).json()) as Receipt).repeat).toBe(false);
  expect(((await (await hand(secret)).json()) as Receipt).repeat).toBe(true);
  expect((await hand(submissions[0]!)).status()).toBe(409);
  // A vector for ever: crates/book/src/fact/sampling.rs, written by serde_json.
  expect(canonical([{ tube_sealed: { at: "2022-11-26T08:15:00+08:00", tube: "T1" } }])).toBe('[{"tube_sealed":{"tube":"T1","at":"2022-11-26T08:15:00+08:00"}}]');
});

test("a code is known by its form, and what is misread is nobody", () => {
  const known = { boxPrefix: "B", isTube: (x: string) => x === "BX1", isBox: (x: string) => x === "0001234567" };
  const kind = (text: string) => recognise(text, known).kind;
  const person = "KR34MR2RJNAH37G55YPV8KY6WJ8";
  expect(recognise(person, known)).toEqual({ kind: "person", code: person });
  // As a keyboard in Chinese mode, a health code's address, a hand with hyphens or small letters write it.
  const wide = [...person].map((x) => String.fromCharCode(x.charCodeAt(0) + 0xfee0)).join("");
  for (const text of [wide, `https://a.example/s/${person}?x=1`, ` ${person.toLowerCase()} `, `${person.slice(0, 9)}-${person.slice(9)}`]) expect(recognise(text, known)).toEqual({ kind: "person", code: person });
  for (let i = 0; i < person.length; i++) expect(personCode(`${person.slice(0, i)}${person[i] === "7" ? "8" : "7"}${person.slice(i + 1)}`), String(i)).toBeNull();
  expect([kind("001s010000088"), kind("5002370001"), kind("B001s01-000001"), kind("BX1"), kind("0001234567")]).toEqual(["tube", "tube", "box", "tube", "box"]);
  expect([kind("B001"), kind("B7")], "a box of a short label").toEqual(["box", "search"]);
  expect([kind("王丽"), kind("0021"), kind("13812345678"), kind("11010519491231002X"), kind("3栋2单元"), kind("  ")]).toEqual(["search", "search", "search", "search", "search", "nothing"]);
  expect([identityNumber("11010519491231002x"), identityNumber("110105194912310021"), identityNumber("123456789012345678")]).toEqual([true, false, false]);
  expect(kind("017e12ef-9c44-7b2f-bd56-c96a3ba63fbc")).toBe("person_id");
});
