/** What was understood: colour, shape, frame and sound are each enough to tell good from wrong. */
import { useText } from "../../words/language";
import { useDesk } from "./desk";
import { w } from "./words";

const SIGN = { good: "✓", warn: "!", bad: "✕" } as const;

/** A barcode, drawn: what is waited for. Where its bars begin, and how wide they are. */
const BARS = [
  [0, 2],
  [3, 1],
  [6, 3],
  [10, 1],
  [12, 2],
  [16, 1],
  [18, 3],
  [22, 2],
] as const;

export function Said() {
  const t = useText();
  const { said, current, filling } = useDesk();
  if (!said) {
    return (
      <div className="said ready" role="status">
        <span className="sign" aria-hidden="true">
          <svg viewBox="0 0 24 16" width="64" height="44" fill="currentColor">
            {BARS.map(([x, width]) => (
              <rect key={x} x={x} width={width} height="16" />
            ))}
          </svg>
        </span>
        <span className="head">{t(filling ? w.readyBox : current ? w.readyPerson : w.readyTube)}</span>
      </div>
    );
  }
  return (
    <div className={`said ${said.signal}`} role={said.signal === "good" ? "status" : "alert"} key={said.n} data-signal={said.signal}>
      <span className="sign" aria-hidden="true">
        {SIGN[said.signal]}
      </span>
      {said.who && (
        <span className="who" data-typed>
          {said.who}
        </span>
      )}
      <span className="head">{t(...said.head)}</span>
      {(said.more || said.detail) && <span className="then">{said.detail ?? (said.more && t(...said.more))}</span>}
    </div>
  );
}
