/** Chains on a time axis: to the right is later, a case hangs on the one that infected it, and what does not meet in time shares a row. Pure and deterministic. */
import { dayStart } from "../api/zone";
import { type Forest, forest } from "./forest";
import { CASE_R, type CaseContact, type CaseLink, type CaseNode, DOT, type Edge, type Picture, type Spot } from "./picture";

const DAY_MS = 86_400_000;
/** Width of a day, at least: many cases are drawn wider, so that more of them share a row. */
const DAY = 84;
const ROW = 30;
const LABEL = 76;
const TOP = 36;
const LEFT = 24;

/** The rows that something takes, from its own row down: from where to where in each. */
interface Shape {
  min: number[];
  max: number[];
}

export function timeline(nodes: readonly CaseNode[], links: readonly CaseLink[], contacts: readonly CaseContact[] = []): Picture {
  const f = forest(nodes, links);
  const of = contactsOf(nodes, contacts);
  const times = nodes.map((n) => n.at);
  const zero = dayStart(times.reduce((a, b) => Math.min(a, b), Infinity));
  const day = DAY * Math.min(3, Math.max(1, Math.sqrt(nodes.length / 800)));
  const xAt = (at: number): number => LEFT + ((at - zero) / DAY_MS) * day;
  const x = Float64Array.from(times, xAt);
  const reach = Float64Array.from(nodes, (_, i) => (x[i] ?? 0) + Math.max(LABEL, columns(of[i]?.length ?? 0) * DOT));
  const row = new Int32Array(nodes.length);
  const linkedRows = rowsOfTrees(f, x, reach, row);
  const rows = rowsOfAlone(f.alone, x, reach, row, linkedRows);
  const y = heights(rows, row, of);
  const lone = new Set(f.alone);
  const spots = nodes.map((n, i): Spot => ({ id: n.id, x: x[i] ?? 0, y: y[row[i] ?? 0] ?? 0, generation: lone.has(i) ? null : (f.generation[i] ?? 0) }));
  const right = reach.reduce((a, b) => Math.max(a, b), LEFT);
  const days: Picture["days"] = [];
  for (let at = zero; xAt(at) <= right; at += DAY_MS) days.push({ x: xAt(at), at });
  return {
    width: right + LEFT,
    height: (y[rows] ?? TOP) + ROW / 2,
    spots,
    edges: edges(nodes, links, f, spots),
    dots: dots(spots, of),
    days: nodes.length > 0 ? days : [],
    divide: linkedRows > 0 && f.alone.length > 0 ? (y[linkedRows] ?? 0) - ROW / 2 : null,
  };
}

/** The contacts of each case, by their indexes. */
export function contactsOf(nodes: readonly CaseNode[], contacts: readonly CaseContact[]): number[][] {
  const index = new Map(nodes.map((n, i) => [n.id, i]));
  const of: number[][] = nodes.map(() => []);
  contacts.forEach((c, i) => of[index.get(c.of) ?? -1]?.push(i));
  return of;
}

const columns = (contacts: number): number => (contacts === 0 ? 0 : Math.min(40, Math.max(10, Math.ceil(Math.sqrt(contacts) * 1.6))));

/** Gives every case of a tree its row; tells how many rows there are. */
function rowsOfTrees(f: Forest, x: Float64Array, reach: Float64Array, row: Int32Array): number {
  const offset = new Int32Array(row.length);
  const shapes: (Shape | undefined)[] = new Array<Shape | undefined>(row.length);
  const page: Shape = { min: [], max: [] };
  for (const tree of f.trees) {
    const whole: Shape = { min: [], max: [] };
    for (let k = tree.order.length - 1; k >= 0; k--) {
      const i = tree.order[k] ?? 0;
      const shape: Shape = { min: [(x[i] ?? 0) - CASE_R - 2], max: [reach[i] ?? 0] };
      for (const c of f.children[i] ?? []) {
        const child = shapes[c];
        if (child) offset[c] = settle(shape, child, x[i] ?? 0, 0);
        shapes[c] = undefined;
      }
      shapes[i] = shape;
    }
    for (const r of tree.roots) {
      const shape = shapes[r];
      if (shape) offset[r] = settle(whole, shape, null, 0);
      shapes[r] = undefined;
    }
    // A large cluster has rows of its own; small ones share theirs.
    const at = settle(page, whole, null, tree.order.length >= 8 ? page.min.length : 0);
    for (const i of tree.order) {
      const p = f.parent[i] ?? -1;
      row[i] = (offset[i] ?? 0) + (p === -1 ? at : (row[p] ?? 0));
    }
  }
  return page.min.length;
}

/** Puts a shape into another, in the first row from `least` on where it meets nothing; `stem` is where the line comes down to it from above. */
function settle(into: Shape, what: Shape, stem: number | null, least: number): number {
  const own = what.min[0] ?? 0;
  for (let at = least; ; at++) {
    what.min[0] = stem !== null && at > 0 ? Math.min(own, stem) : own;
    if (!fits(into, what, at)) continue;
    what.min.forEach((min, r) => {
      const max = what.max[r] ?? 0;
      for (let row = into.min.length; row <= at + r; row++) [into.min[row], into.max[row]] = [Infinity, -Infinity];
      into.min[at + r] = Math.min(into.min[at + r] ?? Infinity, min);
      into.max[at + r] = Math.max(into.max[at + r] ?? -Infinity, max);
    });
    return at;
  }
}

function fits(into: Shape, what: Shape, at: number): boolean {
  for (let r = 0; r < what.min.length && at + r < into.min.length; r++) {
    if ((what.min[r] ?? 0) <= (into.max[at + r] ?? -Infinity) && (what.max[r] ?? 0) >= (into.min[at + r] ?? Infinity)) return false;
  }
  return true;
}

/** Cases without a link, below the trees. */
function rowsOfAlone(alone: readonly number[], x: Float64Array, reach: Float64Array, row: Int32Array, first: number): number {
  const ends: number[] = [];
  for (const i of alone) {
    let r = ends.findIndex((end) => end < (x[i] ?? 0) - CASE_R - 2);
    if (r === -1) r = ends.length;
    ends[r] = reach[i] ?? 0;
    row[i] = first + r;
  }
  return first + ends.length;
}

/** Where each row is: rows with many contacts are higher. One more than there are rows: where the last ends. */
function heights(rows: number, row: Int32Array, of: number[][]): Float64Array {
  const high = new Float64Array(rows).fill(ROW);
  row.forEach((r, i) => {
    const n = of[i]?.length ?? 0;
    if (n > 0) high[r] = Math.max(high[r] ?? 0, ROW + Math.ceil(n / columns(n)) * DOT);
  });
  const y = new Float64Array(rows + 1);
  y[0] = TOP + ROW / 2;
  for (let r = 0; r < rows; r++) y[r + 1] = (y[r] ?? 0) + (high[r] ?? 0);
  return y;
}

function edges(nodes: readonly CaseNode[], links: readonly CaseLink[], f: Forest, spots: readonly Spot[]): Edge[] {
  const index = new Map(nodes.map((n, i) => [n.id, i]));
  const out: Edge[] = [];
  for (const link of links) {
    const [s, t] = [index.get(link.source) ?? -1, index.get(link.target) ?? -1];
    const [a, b] = [spots[s], spots[t]];
    if (!a || !b || a === b) continue;
    const tree = f.by[t] === link || f.by[s] === link;
    // Down from the source, then along to the one infected; what the tree cannot show goes straight.
    out.push({ link, tree, points: tree && f.parent[t] === s && b.x > a.x ? [a.x, a.y, a.x, b.y, b.x, b.y] : [a.x, a.y, b.x, b.y] });
  }
  return out;
}

function dots(spots: readonly Spot[], of: number[][]): Float32Array {
  const out = new Float32Array(of.reduce((n, o) => n + o.length, 0) * 3);
  let at = 0;
  of.forEach((list, i) => {
    const [wide, x, y] = [columns(list.length), spots[i]?.x ?? 0, spots[i]?.y ?? 0];
    list.forEach((c, k) => {
      out[at++] = x + (k % wide) * DOT;
      out[at++] = y + CASE_R + 6 + Math.floor(k / wide) * DOT;
      out[at++] = c;
    });
  });
  return out;
}
