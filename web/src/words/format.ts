/** Numbers, days and times as people of the book's place write them. */
import { ahead, wall } from "../api/zone";
import { language } from "./language";

const tag = (): string => (language() === "zh" ? "zh-CN" : "en-GB");

export const number = (n: number): string => n.toLocaleString(tag());
export const percent = (part: number, whole: number): string => (whole === 0 ? "–" : `${(Math.floor((part * 1000) / whole) / 10).toLocaleString(tag())}%`);

/** A moment moved so that UTC shows the book's local time: older browsers know no zones by their offset. */
const onWall = (iso: string | number): Date => new Date(new Date(iso).getTime() + ahead());

/** 11/27 16:15, 27 Nov 16:15: which of two numbers is the month would be a guess in English. */
export function time(iso: string | number | null | undefined): string {
  if (iso === null || iso === undefined) return "–";
  const zh = language() === "zh";
  return new Intl.DateTimeFormat(tag(), { timeZone: "UTC", month: zh ? "2-digit" : "short", day: zh ? "2-digit" : "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(onWall(iso)).replace(",", "");
}

/** 16:15 */
export const hour = (iso: string | number): string => new Intl.DateTimeFormat(tag(), { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(onWall(iso));

/** A day of the book, 2022-11-27, in words. */
export const day = (iso: string): string => new Intl.DateTimeFormat(tag(), { timeZone: "UTC", month: "short", day: "numeric", weekday: "short" }).format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));

/** A day of the book in few letters: 11/27, 27 Nov. */
export const date = (iso: string): string => new Intl.DateTimeFormat(tag(), { timeZone: "UTC", month: language() === "zh" ? "numeric" : "short", day: "numeric" }).format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));

/** "3 h 05", "12 min": how long. */
export function span(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const zh = language() === "zh";
  if (d > 0) return zh ? `${d}天${h}小时` : `${d} d ${h} h`;
  if (h > 0) return zh ? `${h}小时${m}分` : `${h} h ${String(m).padStart(2, "0")}`;
  return zh ? `${m}分钟` : `${m} min`;
}

/** Whole years between a day of birth, 1990-01-02, and a moment. */
export function yearsOld(born: string, now: number): number {
  const today = wall(now);
  return Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (today.slice(5, 10) >= born.slice(5, 10) ? 0 : 1);
}
