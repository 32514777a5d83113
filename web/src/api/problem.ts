import type { Schemas } from "./types";

/** An answer that says no (RFC 9457), in the user's language; or no answer at all (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  readonly kind: string;
  readonly refusal: Schemas["Refusal"] | null;
  /** Milliseconds after which the server would like to be asked again, if it said so. */
  readonly retryAfter: number | null;

  constructor(p: { status: number; kind: string; detail: string; refusal?: Schemas["Refusal"] | null; retryAfter?: number | null }) {
    super(p.detail);
    this.name = "Problem";
    this.status = p.status;
    this.kind = p.kind;
    this.refusal = p.refusal ?? null;
    this.retryAfter = p.retryAfter ?? null;
  }

  /** True if the same request may succeed later: the network, a busy server, a database that restarts. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  static async of(response: Response): Promise<Problem> {
    const wait = Number(response.headers.get("retry-after"));
    const retryAfter = Number.isFinite(wait) && wait > 0 ? wait * 1000 : null;
    const text = await response.text();
    try {
      const p = JSON.parse(text) as Schemas["Problem"];
      return new Problem({ status: response.status, kind: p.type.split("/").pop() ?? "", detail: p.detail, refusal: p.refusal ?? null, retryAfter });
    } catch {
      // Something between us and the server has answered: a proxy, a captive portal.
      return new Problem({ status: response.status, kind: "foreign", detail: text.slice(0, 200) || String(response.status), retryAfter });
    }
  }
}
