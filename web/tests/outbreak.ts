/** An outbreak made up for measurements: the same for the same numbers. */
import type { CaseContact, CaseLink, CaseNode } from "../src/draw/picture";

/** A small generator (mulberry32), so that each run measures the same. */
export function chance(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Cases over sixty days, most of them infected by an earlier one (some by two), some without any link; contacts spread unevenly. */
export function outbreak(cases: number, contacts: number): { nodes: CaseNode[]; links: CaseLink[]; contacts: CaseContact[] } {
  const next = chance(7);
  const begin = Date.UTC(2022, 10, 1);
  const nodes = Array.from({ length: cases }, (_, i): CaseNode => ({ id: `00000000-0000-7000-8000-${String(i).padStart(12, "0")}`, at: begin + Math.floor((i / cases) * 60 * 24 + next() * 30) * 3_600_000 }));
  const links: CaseLink[] = [];
  const state = (source: number, target: number): void => {
    const [s, t] = [nodes[source], nodes[target]];
    if (!s || !t) return;
    links.push({ id: `10000000-0000-7000-8000-${String(links.length).padStart(12, "0")}`, source: s.id, target: t.id, directed: next() < 0.9, certainty: next() < 0.5 ? "high" : next() < 0.6 ? "medium" : "low", doubts: t.at < s.at ? 1 : 0 });
  };
  for (let i = 1; i < cases; i++) {
    if (next() < 0.25) continue;
    // Few infect many: sources are drawn from the recent past, unevenly.
    const back = Math.max(1, Math.floor(next() ** 3 * Math.min(i, 500)));
    state(i - back, i);
    if (next() < 0.06) state(Math.max(0, i - back - 1 - Math.floor(next() * 40)), i);
  }
  return { nodes, links, contacts: Array.from({ length: contacts }, (_, i) => ({ id: `c${i}`, of: nodes[Math.floor(next() ** 2 * cases)]?.id ?? "" })) };
}
