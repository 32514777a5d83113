/** Whether the forecast of the last result can be believed. Pure. */
import type { Schemas } from "../../api/types";

/**
 * The server's forecast is the youngest tube's swab and the time that tubes took which have a result. It says nothing while tubes pile up: when
 * the first that waits at a link waits longer than nine in ten did there, or when the time that it names is over and results are still to come.
 */
export function piledUp(links: readonly Schemas["LinkSpeed"][], lastResult: string | null | undefined, now: number): boolean {
  const slow = links.some((l) => l.waiting.oldest != null && l.p90_s != null && now - Date.parse(l.waiting.oldest) > l.p90_s * 1000);
  return slow || over(lastResult, now);
}

/** A forecast that names this minute or an earlier one: the server never names the past, so what it names "now" should have been before. */
export const over = (at: string | null | undefined, now: number): boolean => at != null && Date.parse(at) <= now + 60_000;
