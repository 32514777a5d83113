/** The map of a way as a picture, without a browser: whatever the way is, it stays inside and every stop is drawn. */
import { expect, test } from "@playwright/test";
import { route } from "../src/draw/route";
import { chance } from "./outbreak";

for (const [width, height] of [[300, 380], [700, 560]] as const) {
  for (const [places, outside, stops] of [[1, 0, 1], [3, 2, 7], [9, 8, 60], [0, 3, 4]] as const) {
    test(`${stops} stops at ${places} places and ${outside} elsewhere, ${width} by ${height}`, () => {
      const next = chance(stops);
      const areas = Array.from({ length: 26 }, (_, i) => `a${i}`);
      const own = Array.from({ length: places }, (_, i) => ({ id: `p${i}`, area: `a${i % 5}` }));
      const far = Array.from({ length: outside }, (_, i) => `o${i}`);
      const all = [...own.map((p) => p.id), ...far];
      const way = Array.from({ length: stops }, (_, i) => ({ id: `s${i}`, place: all[i % all.length] ?? all[Math.floor(next() * all.length)] ?? "" }));
      const picture = route({ areas, places: own, outside: far, stops: way, width, height });
      expect(picture.areas).toHaveLength(26);
      expect(picture.points.map((p) => p.id).sort()).toEqual(way.map((s) => s.id).sort());
      expect(picture.legs).toHaveLength(stops - 1);
      expect(picture.legs.filter((d) => d.includes("NaN"))).toEqual([]);
      const tiles = new Map([...picture.places, ...picture.outside].map((r) => [r.id, r]));
      for (const r of [...picture.areas, ...tiles.values()]) expect(r.x >= -0.01 && r.y >= -0.01 && r.x + r.width <= width + 0.01 && r.y + r.height <= height + 0.01, r.id).toBe(true);
      for (const p of picture.points) {
        const r = tiles.get(way.find((s) => s.id === p.id)?.place ?? "");
        expect(r && p.r > 0 && p.x - p.r >= r.x && p.x + p.r <= r.x + r.width && p.y - p.r >= r.y && p.y + p.r <= r.y + r.height + 0.01, `${p.id} is at its place`).toBe(true);
      }
    });
  }
}
