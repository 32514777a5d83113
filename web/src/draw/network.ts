/** Chains as rings: the first case in the middle, each generation a ring around it, clusters side by side. Pure and deterministic. */
import { type Forest, forest, type Tree } from "./forest";
import { CASE_R, type CaseContact, type CaseLink, type CaseNode, type Edge, type Picture, type Spot } from "./picture";
import { contactsOf } from "./timeline";

const PAD = 28;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

export function network(nodes: readonly CaseNode[], links: readonly CaseLink[], contacts: readonly CaseContact[] = []): Picture {
  const f = forest(nodes, links);
  const of = contactsOf(nodes, contacts);
  const size = Float64Array.from(of, (o) => CASE_R + 5 + (o.length > 0 ? 6 + 3.4 * Math.sqrt(o.length) : 0));
  const [x, y] = [new Float64Array(nodes.length), new Float64Array(nodes.length)];
  const groups = f.trees.map((t) => ({ members: t.order, r: rings(t, f, size, x, y) }));
  const shelf = shelves(groups, x, y);
  const end = grid(f.alone, size, x, y, shelf);
  const lone = new Set(f.alone);
  const spots = nodes.map((n, i): Spot => ({ id: n.id, x: x[i] ?? 0, y: y[i] ?? 0, generation: lone.has(i) ? null : (f.generation[i] ?? 0) }));
  return {
    width: shelf.width,
    height: end,
    spots,
    edges: edges(nodes, links, f, spots),
    dots: dots(spots, of),
    days: [],
    divide: groups.length > 0 && f.alone.length > 0 ? shelf.height : null,
  };
}

/** Places one cluster around 0, 0; tells its radius. Rings are so wide that no two cases of one touch. */
function rings(t: Tree, f: Forest, size: Float64Array, x: Float64Array, y: Float64Array): number {
  const weight = new Map<number, number>();
  for (let k = t.order.length - 1; k >= 0; k--) {
    const i = t.order[k] ?? 0;
    weight.set(i, Math.max(size[i] ?? 0, (f.children[i] ?? []).reduce((sum, c) => sum + (weight.get(c) ?? 0), 0)));
  }
  const whole = t.roots.reduce((sum, r) => sum + (weight.get(r) ?? 0), 0);
  // Several first cases share the first ring.
  const shift = t.roots.length > 1 ? 1 : 0;
  const [most, need]: [number[], number[]] = [[], []];
  for (const i of t.order) {
    const g = (f.generation[i] ?? 0) + shift;
    most[g] = Math.max(most[g] ?? 0, size[i] ?? 0);
    need[g] = Math.max(need[g] ?? 0, ((size[i] ?? 0) * whole) / (Math.PI * (weight.get(i) ?? 1)));
  }
  const radius: number[] = [];
  for (let g = 0; g < most.length; g++) radius[g] = g === 0 ? 0 : Math.max((radius[g - 1] ?? 0) + (most[g - 1] ?? 0) + (most[g] ?? 0) + 14, need[g] ?? 0);
  const from = new Map<number, number>();
  let turn = 0;
  for (const r of t.roots) {
    from.set(r, turn);
    turn += ((weight.get(r) ?? 0) / whole) * 2 * Math.PI;
  }
  for (const i of t.order) {
    const begin = from.get(i) ?? 0;
    const angle = begin + ((weight.get(i) ?? 0) / whole) * Math.PI;
    const r = radius[(f.generation[i] ?? 0) + shift] ?? 0;
    [x[i], y[i]] = [r * Math.cos(angle), r * Math.sin(angle)];
    let at = begin;
    for (const c of f.children[i] ?? []) {
      from.set(c, at);
      at += ((weight.get(c) ?? 0) / whole) * 2 * Math.PI;
    }
  }
  return (radius.at(-1) ?? 0) + (most.at(-1) ?? CASE_R) + 4;
}

/** Clusters side by side on shelves, the widest first. */
function shelves(groups: { members: number[]; r: number }[], x: Float64Array, y: Float64Array): { width: number; height: number } {
  const area = groups.reduce((sum, g) => sum + (2 * g.r + PAD) ** 2, 0);
  const width = Math.max(600, Math.sqrt(area * 1.6), ...groups.slice(0, 1).map((g) => 2 * g.r + 2 * PAD));
  let [left, top, high] = [PAD, PAD, 0];
  for (const g of [...groups].sort((a, b) => b.r - a.r)) {
    if (left > PAD && left + 2 * g.r + PAD > width) [left, top, high] = [PAD, top + high + PAD, 0];
    for (const i of g.members) [x[i], y[i]] = [(x[i] ?? 0) + left + g.r, (y[i] ?? 0) + top + g.r];
    left += 2 * g.r + PAD;
    high = Math.max(high, 2 * g.r);
  }
  return { width, height: groups.length > 0 ? top + high + PAD / 2 : 0 };
}

/** Cases without a link, in rows below; tells where they end. */
function grid(alone: readonly number[], size: Float64Array, x: Float64Array, y: Float64Array, shelf: { width: number; height: number }): number {
  let [left, top, high] = [PAD, shelf.height + PAD / 2, 0];
  for (const i of alone) {
    const s = Math.max(size[i] ?? 0, 16);
    if (left > PAD && left + 2 * s > shelf.width - PAD) [left, top, high] = [PAD, top + high + 10, 0];
    [x[i], y[i]] = [left + s, top + s];
    left += 2 * s + 4;
    high = Math.max(high, 2 * s);
  }
  return top + high + PAD;
}

function edges(nodes: readonly CaseNode[], links: readonly CaseLink[], f: Forest, spots: readonly Spot[]): Edge[] {
  const index = new Map(nodes.map((n, i) => [n.id, i]));
  return links.flatMap((link): Edge[] => {
    const [s, t] = [index.get(link.source) ?? -1, index.get(link.target) ?? -1];
    const [a, b] = [spots[s], spots[t]];
    return a && b && a !== b ? [{ link, tree: f.by[t] === link || f.by[s] === link, points: [a.x, a.y, b.x, b.y] }] : [];
  });
}

/** Contacts around their case, as the seeds of a sunflower. */
function dots(spots: readonly Spot[], of: number[][]): Float32Array {
  const out = new Float32Array(of.reduce((n, o) => n + o.length, 0) * 3);
  let at = 0;
  of.forEach((list, i) => {
    const [x, y] = [spots[i]?.x ?? 0, spots[i]?.y ?? 0];
    list.forEach((c, k) => {
      const r = Math.sqrt((CASE_R + 5) ** 2 + 11.5 * k);
      out[at++] = x + r * Math.cos(k * GOLDEN);
      out[at++] = y + r * Math.sin(k * GOLDEN);
      out[at++] = c;
    });
  });
  return out;
}
