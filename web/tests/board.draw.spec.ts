/** Treemap and curve: pure functions, so no page. */
import { expect, test } from "@playwright/test";
import { dayPlus, daysFrom, niceStep, stackedBars } from "../src/draw/bars";
import { over, piledUp } from "../src/screens/board/forecast";
import { squarify } from "../src/draw/squarify";
import { chance } from "./outbreak";

test("tiles fill the area by their share, do not overlap, and are near to squares", () => {
  const next = chance(3);
  const items = Array.from({ length: 26 }, (_, i) => ({ id: `t${i}`, size: 20 + Math.floor(next() ** 2 * 700) }));
  const sum = items.reduce((n, i) => n + i.size, 0);
  const tiles = squarify(items, 800, 500);
  expect(tiles).toHaveLength(26);
  expect(tiles.reduce((n, t) => n + t.width * t.height, 0)).toBeCloseTo(400_000, 3);
  for (const t of tiles) {
    expect((t.width * t.height) / 400_000).toBeCloseTo((items.find((i) => i.id === t.id)?.size ?? 0) / sum, 6);
    expect(t.x >= -1e-9 && t.y >= -1e-9 && t.x + t.width <= 800.001 && t.y + t.height <= 500.001).toBe(true);
    expect(Math.max(t.width / t.height, t.height / t.width)).toBeLessThan(4);
  }
  tiles.forEach((a, i) => tiles.slice(i + 1).forEach((b) => expect(a.x + a.width <= b.x + 0.001 || b.x + b.width <= a.x + 0.001 || a.y + a.height <= b.y + 0.001 || b.y + b.height <= a.y + 0.001, `${a.id} and ${b.id}`).toBe(true)));
  expect(squarify([...items].reverse(), 800, 500)).toEqual(tiles);
});

test("nobody's tile is too small for a finger, and nothing is no picture", () => {
  const tiles = squarify([{ id: "a", size: 10_000 }, { id: "b", size: 0 }], 400, 300, 0.05);
  const b = tiles.find((t) => t.id === "b");
  expect((b?.width ?? 0) * (b?.height ?? 0)).toBeGreaterThan(0.04 * 120_000);
  expect(squarify([{ id: "a", size: 0 }, { id: "b", size: 0 }], 400, 300).map((t) => t.width * t.height)).toEqual([60_000, 60_000]);
  expect(squarify([], 400, 300)).toEqual([]);
  expect(squarify([{ id: "a", size: 1 }], 0, 0)).toEqual([]);
});

test("the curve stacks every day, also those without a case", () => {
  const c = stackedBars(new Map([["2022-11-26", [3, 0, 4]], ["2022-12-01", [1, 1, 0]]]), 3, "2022-11-25", "2022-12-02", 800, 100);
  expect(c.bars.map((b) => b.total)).toEqual([0, 7, 0, 0, 0, 0, 2, 0]);
  const parts = c.bars[1]?.parts ?? [];
  const top = c.ticks.at(-1)?.value ?? 0;
  expect(top).toBeGreaterThanOrEqual(7);
  expect(parts.map((p) => Math.round(p.height))).toEqual([300 / top, 0, 400 / top].map(Math.round));
  expect((parts[0]?.y ?? 0) + (parts[0]?.height ?? 0)).toBe(100);
  expect((parts[2]?.y ?? 0) + (parts[2]?.height ?? 0)).toBeCloseTo(parts[0]?.y ?? 0);
  expect(daysFrom("2024-02-28", "2024-03-01")).toEqual(["2024-02-28", "2024-02-29", "2024-03-01"]);
  expect(dayPlus("2022-12-31", 1)).toBe("2023-01-01");
  expect([1, 2, 7, 30, 450].map((n) => niceStep(n, 3))).toEqual([1, 1, 5, 10, 200]);
});

test("a forecast is not believed while tubes pile up, nor when its time is over", () => {
  const now = Date.parse("2022-11-29T00:05:00Z");
  const link = (oldest: string | null, p90_s: number | null) => ({ link: "received_to_resulted" as const, passed: 9, median_s: 60, p90_s, worst_s: p90_s, waiting: { count: 97, oldest, total_s: 1 } });
  const soon = "2022-11-29T00:26:00Z";
  expect(piledUp([link("2022-11-28T23:30:00Z", 3_600)], soon, now)).toBe(false);
  expect(piledUp([link("2022-11-28T20:00:00Z", 3_600)], soon, now)).toBe(true);
  expect(piledUp([link(null, 3_600), link("2022-11-28T20:00:00Z", null)], soon, now)).toBe(false);
  expect(piledUp([], "2022-11-29T00:05:00Z", now)).toBe(true);
  expect([over(null, now), over(undefined, now), over(soon, now), over("2022-11-28T23:00:00Z", now)]).toEqual([false, false, false, true]);
});
