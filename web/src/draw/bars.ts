/** Stacked bars by day, for an epidemic curve. Pure. */
export interface Bar {
  day: string;
  /** Left edge and width. */
  x: number;
  width: number;
  /** From the bottom up, one for each series: upper edge, height and the value it stands for. */
  parts: { y: number; height: number; value: number }[];
  total: number;
}

export interface Curve {
  bars: Bar[];
  /** Lines of the scale. */
  ticks: { y: number; value: number }[];
}

/** `values`: by day, one number for each series. The days between `from` and `to` that are not named have zero. */
export function stackedBars(values: ReadonlyMap<string, readonly number[]>, series: number, from: string, to: string, width: number, height: number): Curve {
  const days = daysFrom(from, to);
  const totals = days.map((d) => (values.get(d) ?? []).reduce((a, b) => a + b, 0));
  const step = niceStep(Math.max(1, ...totals), 3);
  const top = Math.max(step, Math.ceil(Math.max(1, ...totals) / step) * step);
  const pitch = width / Math.max(1, days.length);
  const gap = Math.min(pitch * 0.2, 6);
  const bars = days.map((day, i): Bar => {
    let y = height;
    const parts = Array.from({ length: series }, (_, s) => {
      const value = values.get(day)?.[s] ?? 0;
      const h = (value / top) * height;
      y -= h;
      return { y, height: h, value };
    });
    return { day, x: i * pitch + gap / 2, width: pitch - gap, parts, total: totals[i] ?? 0 };
  });
  const ticks = Array.from({ length: Math.round(top / step) }, (_, i) => ({ value: (i + 1) * step, y: height - (((i + 1) * step) / top) * height }));
  return { bars, ticks };
}

const DAY_MS = 86_400_000;

/** Every day from one to another, both included. */
export function daysFrom(from: string, to: string): string[] {
  const out: string[] = [];
  for (let t = Date.parse(`${from}T00:00:00Z`), end = Date.parse(`${to}T00:00:00Z`); t <= end; t += DAY_MS) out.push(new Date(t).toISOString().slice(0, 10));
  return out;
}

/** A day so many days later. */
export const dayPlus = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** 1, 2 or 5 times a power of ten, so that about `lines` of them reach `top`; whole numbers, for people are counted. */
export function niceStep(top: number, lines: number): number {
  const raw = top / lines;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  return Math.max(1, Math.round(step));
}
