/** What was understood: colour, shape, frame and sound are each enough to tell good from wrong. */
import { useText } from "../../words/language";
import { useDesk } from "./desk";
import { w } from "./words";

const SIGN = { good: "✓", warn: "!", bad: "✕" } as const;

export function Said() {
  const t = useText();
  const { said, current, filling } = useDesk();
  if (!said) {
    return (
      <div className="said ready" role="status">
        <span className="sign" aria-hidden="true">
          ▮▯▮
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
