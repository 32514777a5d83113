import { useNow } from "../api/clock";
import { core } from "../words/core";
import { span, time } from "../words/format";
import { useText } from "../words/language";

/** A deadline as a clock: what is left, or how long it is over. */
export function Due({ at }: { at: string | null | undefined }) {
  const t = useText();
  const now = useNow();
  if (!at) return <span className="muted">–</span>;
  const left = Date.parse(at) - now;
  const kind = left < 0 ? "bad" : left < 2 * 3_600_000 ? "warn" : "";
  return (
    <span className={`badge num ${kind}`} title={time(at)}>
      {t(left < 0 ? core.overdueBy : core.dueIn, { span: span(left) })}
    </span>
  );
}
