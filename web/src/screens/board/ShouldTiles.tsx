/** The five shoulds and the work between, largest what is still to be done. */
import { Link } from "wouter";
import type { Schemas } from "../../api/types";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { itemsAt } from "./data";
import { shoulds, w } from "./words";

export function ShouldTiles({ lines, place }: { lines: readonly Schemas["ShouldLine"][]; place: string }) {
  const t = useText();
  return (
    <ul className="b-shoulds">
      {lines.map((l) => {
        const settled = l.done + l.waived + l.superseded;
        return (
          <li key={l.should_what} className={`b-card b-should ${l.overdue > 0 ? "b-alarm" : ""}`} data-should={l.should_what}>
            <h2>{t(shoulds[l.should_what])}</h2>
            <Link className="b-figure num" href={itemsAt({ should: l.should_what, place })}>
              {number(l.open)} <small>{t(w.open)}</small>
            </Link>
            {l.overdue > 0 ? (
              <Link className="b-sub b-bad num" href={itemsAt({ should: l.should_what, place, overdue: true })}>
                {t(w.overdue, { n: number(l.overdue) })}
              </Link>
            ) : (
              <span className="b-sub b-good">{t(w.nothingOverdue)}</span>
            )}
            <Link className="b-small num" href={itemsAt({ state: "done", should: l.should_what, place })}>
              {t(w.doneOf, { should: number(l.should), done: number(l.done) })}
            </Link>
            <Otherwise of={l} place={place} />
            <span className="b-bar" aria-hidden="true">
              <span style={{ width: `${l.should === 0 ? 100 : (settled / l.should) * 100}%` }} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What ended without being done: without it the done and the open would not add up to what should be. */
function Otherwise({ of: l, place }: { of: Schemas["ShouldLine"]; place: string }) {
  const t = useText();
  const parts = ([[w.waivedOf, l.waived], [w.supersededOf, l.superseded - l.missed], [w.missedOf, l.missed]] as const).filter(([, n]) => n > 0);
  if (parts.length === 0) return null;
  return (
    <Link className="b-small num" href={itemsAt({ state: "waived", should: l.should_what, place })}>
      {parts.map(([text, n]) => t(text, { n: number(n) })).join(" · ")}
    </Link>
  );
}
