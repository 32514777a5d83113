/** A picture of chains on a canvas, and as a file: the same shapes, colours and line styles in both. */
import { CASE_R, type Edge, type Picture } from "./picture";

/** How the cases and contacts of a picture look: by their index. */
export interface Look {
  label: (spot: number) => string;
  fill: (spot: number) => string;
  /** Drawn as a ring: without symptoms. */
  hollow: (spot: number) => boolean;
  dot: (contact: number) => string;
  /** A day of the axis in words. */
  day: (at: number) => string;
  ink: string;
  muted: string;
  grid: string;
  paper: string;
  doubt: string;
  focus: string;
}

/** What part of the picture is seen: x on the screen = x · scale + left. */
export interface Eye {
  scale: number;
  left: number;
  top: number;
}

/** Certainty by the line: whole, dashed, dotted. */
export const DASH = { high: [], medium: [7, 4], low: [1.5, 4] } as const;
const FONT = '12px system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
const R = CASE_R;

/** The whole picture in a window of this size. */
export function fit(p: Picture, width: number, height: number): Eye {
  const scale = Math.max(0.02, Math.min(1.4, width / Math.max(1, p.width), height / Math.max(1, p.height)));
  return { scale, left: Math.max(0, (width - p.width * scale) / 2), top: Math.max(0, (height - p.height * scale) / 2) };
}

/** The case under a point of the screen, or -1. */
export function spotAt(p: Picture, eye: Eye, px: number, py: number): number {
  const [x, y] = [(px - eye.left) / eye.scale, (py - eye.top) / eye.scale];
  const reach = Math.max(R + 4, 14 / eye.scale);
  let [best, near] = [-1, reach * reach];
  p.spots.forEach((s, i) => {
    const d = (s.x - x) ** 2 + (s.y - y) ** 2;
    if (d < near) [best, near] = [i, d];
  });
  return best;
}

/** Draws what is seen. `chosen`: a case that is looked at, or -1. */
export function paint(c: CanvasRenderingContext2D, p: Picture, look: Look, eye: Eye, width: number, height: number, pixels: number, chosen: number): void {
  c.setTransform(pixels, 0, 0, pixels, 0, 0);
  c.fillStyle = look.paper;
  c.fillRect(0, 0, width, height);
  const seen = { x0: -eye.left / eye.scale - 90, y0: -eye.top / eye.scale - 40, x1: (width - eye.left) / eye.scale + 40, y1: (height - eye.top) / eye.scale + 40 };
  c.setTransform(pixels * eye.scale, 0, 0, pixels * eye.scale, pixels * eye.left, pixels * eye.top);
  lines(c, p, look, eye, seen);
  links(c, p, look, eye, seen);
  spots(c, p, look, eye, seen, chosen);
  c.setTransform(pixels, 0, 0, pixels, 0, 0);
  axis(c, p, look, eye, width);
}

interface Seen {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

function lines(c: CanvasRenderingContext2D, p: Picture, look: Look, eye: Eye, seen: Seen): void {
  c.strokeStyle = look.grid;
  c.lineWidth = 1 / eye.scale;
  c.setLineDash([]);
  c.beginPath();
  for (const d of p.days) {
    if (d.x < seen.x0 || d.x > seen.x1) continue;
    c.moveTo(d.x, seen.y0);
    c.lineTo(d.x, seen.y1);
  }
  c.stroke();
  if (p.divide === null) return;
  c.strokeStyle = look.muted;
  c.setLineDash([8 / eye.scale, 6 / eye.scale]);
  c.beginPath();
  c.moveTo(seen.x0, p.divide);
  c.lineTo(seen.x1, p.divide);
  c.stroke();
}

/** Links of one style in one stroke: thousands are drawn at once. */
function links(c: CanvasRenderingContext2D, p: Picture, look: Look, eye: Eye, seen: Seen): void {
  const groups = new Map<string, Edge[]>();
  for (const e of p.edges) {
    if (!meets(e.points, seen)) continue;
    const key = `${e.link.certainty}${e.link.doubts > 0 ? "!" : ""}${e.tree ? "" : "~"}`;
    const g = groups.get(key);
    if (g) g.push(e);
    else groups.set(key, [e]);
  }
  for (const [key, group] of groups) {
    const doubtful = key.includes("!");
    c.strokeStyle = c.fillStyle = doubtful ? look.doubt : look.ink;
    c.globalAlpha = doubtful || !key.includes("~") ? 1 : 0.55;
    c.lineWidth = doubtful ? 2 : 1.4;
    c.setLineDash([...DASH[group[0]?.link.certainty ?? "high"]]);
    c.beginPath();
    for (const { points } of group) {
      c.moveTo(points[0] ?? 0, points[1] ?? 0);
      for (let i = 2; i < points.length; i += 2) c.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
    }
    c.stroke();
    c.setLineDash([]);
    if (eye.scale > 0.3) {
      c.beginPath();
      for (const e of group) if (e.link.directed) head(e.points).forEach(([x, y], i) => (i === 0 ? c.moveTo(x, y) : c.lineTo(x, y)));
      c.fill();
    }
    c.globalAlpha = 1;
    if (doubtful && eye.scale > 0.3) for (const e of group) flag(c, middle(e.points), look);
  }
}

function meets(points: readonly number[], s: Seen): boolean {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  }
  return x1 >= s.x0 && x0 <= s.x1 && y1 >= s.y0 && y0 <= s.y1;
}

/** The three corners of an arrow's head before the case that it points at. */
function head(points: readonly number[]): [number, number][] {
  const n = points.length;
  const [bx, by, ax, ay] = [points[n - 2] ?? 0, points[n - 1] ?? 0, points[n - 4] ?? 0, points[n - 3] ?? 0];
  const long = Math.hypot(bx - ax, by - ay) || 1;
  const [ux, uy] = [(bx - ax) / long, (by - ay) / long];
  const [tx, ty] = [bx - ux * (R + 1), by - uy * (R + 1)];
  return [
    [tx, ty],
    [tx - ux * 8 - uy * 4, ty - uy * 8 + ux * 4],
    [tx - ux * 8 + uy * 4, ty - uy * 8 - ux * 4],
  ];
}

/** The middle of the last part of a line. */
function middle(points: readonly number[]): [number, number] {
  const n = points.length;
  return [((points[n - 2] ?? 0) + (points[n - 4] ?? 0)) / 2, ((points[n - 1] ?? 0) + (points[n - 3] ?? 0)) / 2];
}

function flag(c: CanvasRenderingContext2D, [x, y]: [number, number], look: Look): void {
  c.fillStyle = look.doubt;
  c.beginPath();
  c.arc(x, y, 7, 0, 7);
  c.fill();
  c.fillStyle = look.paper;
  c.font = `bold ${FONT}`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText("!", x, y + 0.5);
}

function spots(c: CanvasRenderingContext2D, p: Picture, look: Look, eye: Eye, seen: Seen, chosen: number): void {
  const inside = (x: number, y: number): boolean => x >= seen.x0 && x <= seen.x1 && y >= seen.y0 && y <= seen.y1;
  const side = Math.max(3.6, 1.2 / eye.scale);
  for (let i = 0; i < p.dots.length; i += 3) {
    const [x, y] = [p.dots[i] ?? 0, p.dots[i + 1] ?? 0];
    if (!inside(x, y)) continue;
    c.fillStyle = look.dot(p.dots[i + 2] ?? 0);
    c.fillRect(x - side / 2, y - side / 2, side, side);
  }
  c.lineWidth = 2.5;
  const r = Math.max(R, 2 / eye.scale);
  p.spots.forEach((s, i) => {
    if (!inside(s.x, s.y)) return;
    c.beginPath();
    c.arc(s.x, s.y, r - 1, 0, 7);
    c.fillStyle = look.hollow(i) ? look.paper : look.fill(i);
    c.strokeStyle = look.fill(i);
    c.fill();
    c.stroke();
    if (i !== chosen) return;
    c.strokeStyle = look.focus;
    c.lineWidth = 4 / Math.min(1, eye.scale);
    c.beginPath();
    c.arc(s.x, s.y, r + 5 / Math.min(1, eye.scale), 0, 7);
    c.stroke();
    c.lineWidth = 2.5;
  });
  if (eye.scale < 0.55) return;
  c.fillStyle = look.ink;
  c.font = FONT;
  c.textAlign = "left";
  c.textBaseline = "alphabetic";
  p.spots.forEach((s, i) => {
    if (inside(s.x, s.y)) c.fillText(look.label(i), s.x + R + 3, s.y - 5);
  });
}

/** Days stay at the upper edge. */
function axis(c: CanvasRenderingContext2D, p: Picture, look: Look, eye: Eye, width: number): void {
  if (p.days.length === 0) return;
  c.fillStyle = look.paper;
  c.globalAlpha = 0.9;
  c.fillRect(0, 0, width, 22);
  c.globalAlpha = 1;
  c.fillStyle = look.muted;
  c.font = FONT;
  c.textAlign = "left";
  c.textBaseline = "middle";
  let free = -Infinity;
  for (const d of p.days) {
    const x = d.x * eye.scale + eye.left;
    if (x < free || x > width) continue;
    const text = look.day(d.at);
    c.fillText(text, x + 3, 11);
    free = x + c.measureText(text).width + 12;
  }
}

const escaped = (s: string): string => s.replace(/[&<>"]/g, (m) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[m] ?? m);
const f = (n: number): string => String(Math.round(n * 10) / 10);

/** The whole picture as an SVG file. `title` and `notes` stand above it. */
export function svg(p: Picture, look: Look, title: string, notes: readonly string[]): string {
  const above = 30 + notes.length * 18;
  const out: string[] = [];
  for (const d of p.days) out.push(`<path d="M${f(d.x)} 0V${f(p.height)}" stroke="${look.grid}"/><text x="${f(d.x + 3)}" y="14" fill="${look.muted}">${escaped(look.day(d.at))}</text>`);
  if (p.divide !== null) out.push(`<path d="M0 ${f(p.divide)}H${f(p.width)}" stroke="${look.muted}" stroke-dasharray="8 6"/>`);
  for (const e of p.edges) {
    const colour = e.link.doubts > 0 ? look.doubt : look.ink;
    const dash = DASH[e.link.certainty];
    let d = "";
    for (let i = 0; i < e.points.length; i += 2) d += `${i === 0 ? "M" : "L"}${f(e.points[i] ?? 0)} ${f(e.points[i + 1] ?? 0)}`;
    out.push(`<path d="${d}" fill="none" stroke="${colour}" stroke-width="${e.link.doubts > 0 ? 2 : 1.4}"${dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : ""}${e.tree || e.link.doubts > 0 ? "" : ' opacity="0.55"'}/>`);
    if (e.link.directed) out.push(`<polygon points="${head(e.points).map(([x, y]) => `${f(x)},${f(y)}`).join(" ")}" fill="${colour}"/>`);
    if (e.link.doubts > 0) {
      const [x, y] = middle(e.points);
      out.push(`<circle cx="${f(x)}" cy="${f(y)}" r="7" fill="${look.doubt}"/><text x="${f(x)}" y="${f(y + 4)}" text-anchor="middle" font-weight="bold" fill="${look.paper}">!</text>`);
    }
  }
  for (let i = 0; i < p.dots.length; i += 3) out.push(`<rect x="${f((p.dots[i] ?? 0) - 1.8)}" y="${f((p.dots[i + 1] ?? 0) - 1.8)}" width="3.6" height="3.6" fill="${look.dot(p.dots[i + 2] ?? 0)}"/>`);
  p.spots.forEach((s, i) => {
    out.push(`<circle cx="${f(s.x)}" cy="${f(s.y)}" r="${R - 1}" fill="${look.hollow(i) ? look.paper : look.fill(i)}" stroke="${look.fill(i)}" stroke-width="2.5"/><text x="${f(s.x + R + 3)}" y="${f(s.y - 5)}" fill="${look.ink}">${escaped(look.label(i))}</text>`);
  });
  const heading = `<text x="12" y="22" font-size="16" font-weight="bold" fill="${look.ink}">${escaped(title)}</text>${notes.map((n, i) => `<text x="12" y="${42 + i * 18}" fill="${look.muted}">${escaped(n)}</text>`).join("")}`;
  const [w, h] = [Math.ceil(Math.max(p.width, 480)), Math.ceil(p.height + above)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-size="12" font-family="system-ui, 'PingFang SC', 'Noto Sans CJK SC', sans-serif"><rect width="${w}" height="${h}" fill="${look.paper}"/>${heading}<g transform="translate(0 ${above})">${out.join("")}</g></svg>`;
}
