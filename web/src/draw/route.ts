/** A way through the tree of places: areas as tiles, the places of the way in theirs, what lies outside along the lower edge. Pure; the same input gives the same picture. */
import { squarify, type Tile } from "./squarify";

/** One stop, in its order. */
export interface Stop {
  id: string;
  /** Its place: one of `places` or of `outside`. */
  place: string;
}

export interface RouteInput {
  /** All areas, also those where nobody was. */
  areas: readonly string[];
  /** The places of the way, each with its area. */
  places: readonly { id: string; area: string }[];
  /** Places of the way that lie in none of the areas. */
  outside: readonly string[];
  stops: readonly Stop[];
  width: number;
  height: number;
}

export interface Point {
  id: string;
  x: number;
  y: number;
  r: number;
  /** There is room for words beside it, so wide. */
  room: number;
}

export interface RoutePicture {
  areas: (Tile & { visited: boolean })[];
  places: Tile[];
  outside: Tile[];
  points: Point[];
  /** From each point to the next, as the path of a curve. */
  legs: string[];
}

/** Height of a tile's name. */
export const NAME = 20;
const GAP = 4;
const EDGE = 58;
const R = 11;
/** Whoever looks sees a time only where it has so much room. */
const WORDS = 76;

export function route({ areas, places, outside, stops, width, height }: RouteInput): RoutePicture {
  // It is not drawn yet.
  if (width <= 0 || height <= 0) return { areas: [], places: [], outside: [], points: [], legs: [] };
  const columns = Math.max(1, Math.min(outside.length, Math.floor(width / 150)));
  const rows = Math.ceil(outside.length / columns);
  // Many places elsewhere take no more than this from the area itself.
  const deep = Math.min(EDGE, (height * 0.45) / Math.max(1, rows) - GAP);
  const within = height - rows * (deep + GAP);
  const tiles = squarify(sized(areas, places), width, within).map((tile) => ({ ...tile, visited: places.some((p) => p.area === tile.id) }));
  const spots = tiles.flatMap((area) => {
    const own = places.filter((p) => p.area === area.id).map((p) => ({ id: p.id, size: 1 }));
    const inner = squarify(own, Math.max(1, area.width - 2 * GAP), Math.max(1, area.height - NAME - 2 * GAP));
    return inner.map((p) => ({ ...p, x: p.x + area.x + GAP, y: p.y + area.y + NAME + GAP }));
  });
  const one = width / columns;
  const edge = outside.map((id, i): Tile => ({ id, x: (i % columns) * one, y: within + GAP + Math.floor(i / columns) * (deep + GAP), width: one, height: deep }));
  const points = [...spots, ...edge].flatMap((tile) => inTile(tile, stops.filter((s) => s.place === tile.id)));
  const at = new Map(points.map((p) => [p.id, p]));
  const legs = stops.slice(1).flatMap((s, i) => {
    const [a, b] = [at.get(stops[i]?.id ?? ""), at.get(s.id)];
    return a && b ? [leg(a, b)] : [];
  });
  return { areas: tiles, places: spots, outside: edge, points, legs };
}

/** Where the way leads is drawn large, the rest small: it is there to show where it does not lead. */
function sized(areas: readonly string[], places: readonly { area: string }[]): { id: string; size: number }[] {
  const of = (id: string): number => places.filter((p) => p.area === id).length;
  const rest = areas.filter((a) => of(a) === 0).length;
  const share = rest === 0 ? 1 : Math.min(0.72, 0.3 * places.length);
  const each = places.length === 0 ? 1 : (Math.max(1, rest) * share) / (Math.max(1 - share, 0.01) * places.length);
  return areas.map((id) => ({ id, size: of(id) === 0 ? 1 : of(id) * each }));
}

/** The stops at one place: below one another with room for a time, or closer if they are many. */
function inTile(tile: Tile, stops: readonly Stop[]): Point[] {
  if (stops.length === 0) return [];
  const [x, y, w, h] = [tile.x + GAP, tile.y + NAME, tile.width - 2 * GAP, Math.max(1, tile.height - NAME - GAP)];
  const line = Math.min(2 * R + 6, h / stops.length);
  if (w >= WORDS && line >= 2 * R) {
    const top = y + (h - line * stops.length) / 2;
    // About in the middle with its words: not along the rim, where the ways run.
    const inset = Math.max(0, (w - 2 * WORDS) / 2);
    return stops.map((s, i) => ({ id: s.id, x: x + inset + R + 2, y: top + line * (i + 0.5), r: R, room: w - inset - 2 * R - 8 }));
  }
  const cell = Math.min(2 * R + 4, Math.sqrt((w * h) / stops.length));
  const columns = Math.max(1, Math.floor(w / cell));
  const deep = Math.ceil(stops.length / columns);
  const high = Math.min(cell, h / deep);
  return stops.map((s, i) => ({ id: s.id, x: x + cell * ((i % columns) + 0.5), y: y + high * (Math.floor(i / columns) + 0.5), r: Math.min(R, Math.min(cell, high) * 0.46), room: 0 }));
}

/** A curve to the right of the straight way, so that there and back are two; it ends at the rims of the points. */
function leg(a: Point, b: Point): string {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const far = Math.hypot(dx, dy) || 1;
  const bend = Math.min(0.22, 24 / far);
  const [cx, cy] = [(a.x + b.x) / 2 - dy * bend, (a.y + b.y) / 2 + dx * bend];
  const rim = (p: Point, r: number): string => {
    const d = Math.hypot(cx - p.x, cy - p.y) || 1;
    return `${round(p.x + ((cx - p.x) / d) * r)} ${round(p.y + ((cy - p.y) / d) * r)}`;
  };
  return `M${rim(a, a.r)} Q${round(cx)} ${round(cy)} ${rim(b, b.r + 5)}`;
}

const round = (n: number): number => Math.round(n * 10) / 10;
