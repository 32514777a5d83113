/** Times as facts say them: as exactly as they are known. `2022-11-26+08:00` a day, `2022-11-26T08+08:00` an hour. */
import { bookNow, stamp } from "../../../api/clock";
import { offset } from "../../../api/zone";

export type Precision = "minute" | "hour" | "day";

export interface Moment {
  day: string;
  /** HH:MM */
  clock: string;
  precision: Precision;
}

/** Now, by the book's clock, to the minute. */
export function momentNow(back = 0): Moment {
  const text = stamp(bookNow() - back);
  return { day: text.slice(0, 10), clock: text.slice(11, 16), precision: "minute" };
}

/** What a fact says of it; null where a part is missing. */
export function said(m: Moment): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(m.day)) return null;
  if (m.precision === "day") return `${m.day}${offset()}`;
  if (!/^\d{2}:\d{2}$/.test(m.clock)) return null;
  return m.precision === "hour" ? `${m.day}T${m.clock.slice(0, 2)}${offset()}` : `${m.day}T${m.clock}:00${offset()}`;
}

/** What was said, to be changed; null if it is no time (an answer can be "unknown"). */
export function momentOf(text: string): Moment | null {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::(\d{2}))?)?/.exec(text);
  if (!parts?.[1]) return null;
  const [, day, h, m] = parts;
  return { day, clock: h ? `${h}:${m ?? "00"}` : "", precision: m ? "minute" : h ? "hour" : "day" };
}

/** For people: 2022-11-26, 2022-11-26 08:00–09:00, 2022-11-26 08:15. */
export function readable(text: string): string {
  const m = momentOf(text);
  if (!m) return text;
  return m.precision === "day" ? m.day : m.precision === "hour" ? `${m.day} ${m.clock.slice(0, 2)}:××` : `${m.day} ${m.clock}`;
}
