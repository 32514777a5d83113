/** Handing in facts: a submission with an id of its own, repeated under that id until there is an answer, so that nothing is said twice. */
import { ask } from "./client";
import { Problem } from "./problem";
import type { Fact, Receipt, Submission } from "./types";

/** A UUIDv7 (RFC 9562): sorted by time, made on the device. */
export function newId(at: number = Date.now()): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) b[i] = Math.floor(at / 2 ** (8 * (5 - i))) % 256;
  b[6] = 0x70 | ((b[6] ?? 0) & 0x0f);
  b[8] = 0x80 | ((b[8] ?? 0) & 0x3f);
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const PAUSES_MS = [500, 1_500, 4_000];

/** Says facts. Throws the {@link Problem} of a refusal at once, that of a passing fault after some tries. */
export async function say(...facts: Fact[]): Promise<Receipt> {
  return handIn({ id: newId(), facts });
}

export async function handIn(submission: Submission): Promise<Receipt> {
  for (let tries = 0; ; tries++) {
    try {
      const response = await ask("/v1/submissions", { method: "POST", body: submission });
      return (await response.json()) as Receipt;
    } catch (e) {
      const pause = PAUSES_MS[tries];
      if (!(e instanceof Problem) || !e.passing || pause === undefined) throw e;
      await new Promise((r) => setTimeout(r, e.retryAfter ?? pause));
    }
  }
}
