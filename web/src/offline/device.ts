/** The device's own name, with what it knows of its clock: the log shows it beside every record. */
import { clockKnown, skew } from "../api/clock";
import { last } from "./lasting";

const KEY = "quell.device";

function name(): string {
  const kept = localStorage.getItem(KEY);
  if (kept) return kept;
  const made = `phone-${Array.from(crypto.getRandomValues(new Uint8Array(4)), (b) => b.toString(16).padStart(2, "0")).join("")}`;
  last(KEY, made);
  return made;
}

/** For example `phone-1f03a2c9/clock-12s`: the device was 12 seconds ahead, and its times are corrected by that. */
export function device(): string {
  if (!clockKnown()) return `${name()}/clock-unknown`;
  const s = Math.round(skew() / 1000);
  return `${name()}/clock${s < 0 ? "" : "+"}${s}s`;
}
