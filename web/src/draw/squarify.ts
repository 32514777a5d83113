/** A treemap: an area cut into tiles as near to squares as possible (Bruls, Huizing, van Wijk 2000). Pure; the same input gives the same picture. */
export interface Tile {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Sized {
  id: string;
  /** Share of the area; not negative. */
  size: number;
}

/** Tiles that fill the area, the largest first. `least`: no tile is smaller than this share of the whole, so that each can be hit with a finger. */
export function squarify(items: readonly Sized[], width: number, height: number, least = 0): Tile[] {
  const total = items.reduce((sum, i) => sum + i.size, 0);
  const floor = total > 0 ? total * Math.min(least, 1 / Math.max(1, items.length)) : 1;
  const rest = items.map((i) => ({ id: i.id, size: Math.max(i.size, floor) })).sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1));
  const sum = rest.reduce((s, i) => s + i.size, 0);
  if (sum <= 0 || width <= 0 || height <= 0) return [];
  const scale = (width * height) / sum;
  const tiles: Tile[] = [];
  let [x, y, w, h] = [0, 0, width, height];
  for (let at = 0; at < rest.length; ) {
    const side = Math.min(w, h);
    let [end, area] = [at + 1, (rest[at]?.size ?? 0) * scale];
    while (end < rest.length) {
      const more = area + (rest[end]?.size ?? 0) * scale;
      const [largest, before, next] = [(rest[at]?.size ?? 0) * scale, (rest[end - 1]?.size ?? 0) * scale, (rest[end]?.size ?? 0) * scale];
      if (worst(largest, next, more, side) > worst(largest, before, area, side)) break;
      area = more;
      end += 1;
    }
    const depth = area / side;
    let along = 0;
    for (const i of rest.slice(at, end)) {
      const length = (i.size * scale) / depth;
      tiles.push(w >= h ? { id: i.id, x, y: y + along, width: depth, height: length } : { id: i.id, x: x + along, y, width: length, height: depth });
      along += length;
    }
    if (w >= h) [x, w] = [x + depth, w - depth];
    else [y, h] = [y + depth, h - depth];
    at = end;
  }
  return tiles;
}

/** The most oblong tile of a row, as the ratio of its sides. */
function worst(largest: number, smallest: number, area: number, side: number): number {
  const [s, a] = [side * side, area * area];
  return Math.max((s * largest) / a, a / (s * smallest));
}
