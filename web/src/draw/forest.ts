/** Who is drawn below whom: of the links between cases one tree for each cluster, the best known source above. Pure and deterministic. */
import type { CaseLink, CaseNode } from "./picture";

export interface Tree {
  /** Indexes of the cases, each after the one it hangs on. */
  order: number[];
  /** Those that hang on none. */
  roots: number[];
}

export interface Forest {
  /** What a case hangs on (index), or -1. */
  parent: Int32Array;
  /** The link by which it does. */
  by: (CaseLink | undefined)[];
  children: number[][];
  generation: Int32Array;
  /** Clusters: the largest first, then the oldest. */
  trees: Tree[];
  /** Cases that no link names. */
  alone: number[];
}

const CERTAINTY = { high: 0, medium: 1, low: 2 } as const;
const better = (a: CaseLink, b: CaseLink): number => a.doubts - b.doubts || CERTAINTY[a.certainty] - CERTAINTY[b.certainty] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Links of cases that are not among the nodes are left out. */
export function forest(nodes: readonly CaseNode[], links: readonly CaseLink[]): Forest {
  const index = new Map(nodes.map((n, i) => [n.id, i]));
  const known = links.filter((l) => l.source !== l.target && index.has(l.source) && index.has(l.target)).sort(better);
  const ends = (l: CaseLink): [number, number] => [index.get(l.source) ?? -1, index.get(l.target) ?? -1];
  const parent = new Int32Array(nodes.length).fill(-1);
  const by: (CaseLink | undefined)[] = new Array<CaseLink | undefined>(nodes.length);
  const tree = new Sets(nodes.length);
  const cluster = new Sets(nodes.length);
  const linked = new Uint8Array(nodes.length);
  const hang = (on: number, what: number, l: CaseLink): boolean => {
    if (parent[what] !== -1 || !tree.join(on, what)) return false;
    parent[what] = on;
    by[what] = l;
    return true;
  };
  for (const l of known) {
    const [s, t] = ends(l);
    linked[s] = linked[t] = 1;
    cluster.join(s, t);
    // A link that would close a circle joins what is one tree already.
    if (l.directed) hang(s, t, l);
  }
  for (const l of known) {
    if (l.directed) continue;
    const [s, t] = ends(l);
    const older = (nodes[s]?.at ?? 0) <= (nodes[t]?.at ?? 0);
    if (!hang(older ? s : t, older ? t : s, l)) hang(older ? t : s, older ? s : t, l);
  }
  return arrange(nodes, parent, by, cluster, linked);
}

function arrange(nodes: readonly CaseNode[], parent: Int32Array, by: (CaseLink | undefined)[], cluster: Sets, linked: Uint8Array): Forest {
  const earlier = (a: number, b: number): number => (nodes[a]?.at ?? 0) - (nodes[b]?.at ?? 0) || ((nodes[a]?.id ?? "") < (nodes[b]?.id ?? "") ? -1 : 1);
  const children: number[][] = nodes.map(() => []);
  const alone: number[] = [];
  const found = new Map<number, number[]>();
  nodes.forEach((_, i) => {
    const p = parent[i] ?? -1;
    if (p !== -1) children[p]?.push(i);
    else if (!linked[i]) alone.push(i);
    else {
      const c = cluster.of(i);
      const roots = found.get(c);
      if (roots) roots.push(i);
      else found.set(c, [i]);
    }
  });
  for (const c of children) c.sort(earlier);
  const generation = new Int32Array(nodes.length);
  const trees = [...found.values()].map((roots): Tree => {
    const order = roots.sort(earlier).slice();
    for (let at = 0; at < order.length; at++) {
      const i = order[at] ?? 0;
      for (const c of children[i] ?? []) {
        generation[c] = (generation[i] ?? 0) + 1;
        order.push(c);
      }
    }
    return { order, roots };
  });
  trees.sort((a, b) => b.order.length - a.order.length || earlier(a.roots[0] ?? 0, b.roots[0] ?? 0));
  return { parent, by, children, generation, trees, alone: alone.sort(earlier) };
}

/** Disjoint sets (union–find). */
class Sets {
  private readonly up: Int32Array;
  constructor(n: number) {
    this.up = Int32Array.from({ length: n }, (_, i) => i);
  }
  of(i: number): number {
    let at = i;
    while (this.up[at] !== at) {
      this.up[at] = this.up[this.up[at] ?? 0] ?? 0;
      at = this.up[at] ?? 0;
    }
    return at;
  }
  /** False if they were one set already. */
  join(a: number, b: number): boolean {
    const [x, y] = [this.of(a), this.of(b)];
    if (x === y) return false;
    this.up[Math.max(x, y)] = Math.min(x, y);
    return true;
  }
}
