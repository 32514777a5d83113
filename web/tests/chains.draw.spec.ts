/** The layouts of chains: pure functions, so no page. */
import { expect, test } from "@playwright/test";
import { forest } from "../src/draw/forest";
import { network } from "../src/draw/network";
import { fit, spotAt } from "../src/draw/paint";
import type { CaseLink, CaseNode, Picture } from "../src/draw/picture";
import { timeline } from "../src/draw/timeline";
import { outbreak } from "./outbreak";

const DAY = 86_400_000;
const node = (id: string, day: number): CaseNode => ({ id, at: Date.UTC(2022, 10, 1) + day * DAY });
const link = (source: string, target: string, more: Partial<CaseLink> = {}): CaseLink => ({ id: `${source}${target}`, source, target, directed: true, certainty: "high", doubts: 0, ...more });
const where = (p: Picture) => new Map(p.spots.map((s) => [s.id, s]));

test("a case hangs on its best source, and circles end", () => {
  const nodes = [node("a", 0), node("b", 3), node("c", 4), node("d", 6), node("e", 6)];
  const two = forest(nodes, [link("a", "c", { certainty: "low" }), link("b", "c", { certainty: "medium" }), link("a", "b", { doubts: 1 }), link("e", "e")]);
  expect(two.by[2]?.id, "medium certainty before low").toBe("bc");
  expect(two.by[1]?.id, "a doubtful source rather than none").toBe("ab");
  expect(two.alone, "a case that names itself is linked to nobody").toEqual([3, 4]);
  const round = forest(nodes, [link("b", "c"), link("c", "d"), link("d", "b"), link("a", "b", { certainty: "low" })]);
  expect(round.trees).toHaveLength(1);
  expect(round.trees[0]?.order.map((i) => nodes[i]?.id), "the circle is cut where it closes").toEqual(["a", "b", "c", "d"]);
  const either = forest(nodes, [link("d", "a", { directed: false })]);
  expect(either.parent[3], "of two without a direction the later hangs on the earlier").toBe(0);
});

test("time goes to the right, generations downstream, and nothing lies on anything", () => {
  const nodes = [node("a", 0), node("b", 3), node("c", 3), node("d", 7), node("x", 3)];
  const p = timeline(nodes, [link("a", "b"), link("a", "c"), link("b", "d")]);
  const s = where(p);
  expect(s.get("b")?.x).toBeGreaterThan(s.get("a")?.x ?? 0);
  expect(s.get("b")?.x).toBe(s.get("c")?.x);
  expect([s.get("a")?.generation, s.get("b")?.generation, s.get("d")?.generation, s.get("x")?.generation]).toEqual([0, 1, 2, null]);
  expect(s.get("x")?.y, "without a link below").toBeGreaterThan(p.divide ?? Infinity);
  apart(p, 16);
});

for (const [name, layout] of [["timeline", timeline], ["network", network]] as const) {
  test(`${name}: 5,000 cases with 20,000 contacts: apart, the same each time, in time`, () => {
    const o = outbreak(5_000, 20_000);
    const begin = performance.now();
    const p = layout(o.nodes, o.links, o.contacts);
    const took = performance.now() - begin;
    console.log(`${name}: layout of 5,000 cases and 20,000 contacts in ${Math.round(took)} ms; ${Math.round(p.width)} × ${Math.round(p.height)}`);
    expect(took).toBeLessThan(2_000);
    expect(p.spots).toHaveLength(5_000);
    expect(p.dots).toHaveLength(60_000);
    expect(p.edges).toHaveLength(o.links.length);
    expect(p.spots.every((s) => s.x >= 0 && s.y >= 0 && s.x <= p.width && s.y <= p.height)).toBe(true);
    apart(p, 13);
    const again = layout([...o.nodes], [...o.links], [...o.contacts]);
    expect(again.spots).toEqual(p.spots);
  });
}

test("a chain as deep as there are cases, and one case that infected all", () => {
  const many = Array.from({ length: 5_000 }, (_, i) => node(`n${String(i).padStart(4, "0")}`, i % 60));
  const deep = many.slice(1).map((n, i) => link(many[i]?.id ?? "", n.id));
  const star = many.slice(1).map((n) => link(many[0]?.id ?? "", n.id));
  for (const links of [deep, star]) {
    const begin = performance.now();
    expect(timeline(many, links).spots).toHaveLength(5_000);
    expect(network(many, links).spots).toHaveLength(5_000);
    expect(performance.now() - begin).toBeLessThan(4_000);
  }
});

test("the case under a finger", () => {
  const p = timeline([node("a", 0), node("b", 5)], [link("a", "b")]);
  const eye = fit(p, 800, 400);
  const b = where(p).get("b");
  expect(spotAt(p, eye, (b?.x ?? 0) * eye.scale + eye.left + 3, (b?.y ?? 0) * eye.scale + eye.top)).toBe(1);
  expect(spotAt(p, eye, -50, -50)).toBe(-1);
});

/** No two cases nearer than that. */
function apart(p: Picture, least: number): void {
  const cells = new Map<string, number[]>();
  p.spots.forEach((s, i) => {
    const [cx, cy] = [Math.floor(s.x / least), Math.floor(s.y / least)];
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const o of cells.get(`${cx + dx},${cy + dy}`) ?? []) {
          const other = p.spots[o];
          if (other && Math.hypot(other.x - s.x, other.y - s.y) < least) throw new Error(`${s.id} lies on ${other.id}`);
        }
      }
    }
    const key = `${cx},${cy}`;
    cells.set(key, [...(cells.get(key) ?? []), i]);
  });
}
