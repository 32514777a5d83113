/** Beds that are free, by kind of facility. */
import { Link } from "wouter";
import type { Schemas } from "../../api/types";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { listAt } from "./data";
import { w } from "./words";

export function Beds({ beds, place }: { beds: readonly Schemas["BedTotal"][]; place: string }) {
  const t = useText();
  return (
    <section className="b-card" data-part="beds">
      <h2>{t(w.beds)}</h2>
      <div className="b-figures">
        {beds.map((b) => (
          <Link key={b.kind} href={listAt("beds", { place, kind: b.kind })} className="b-fig">
            <span className={`b-figure num ${b.free <= 0 ? "b-bad" : ""}`}>{number(b.free)}</span>
            <span className="b-label">
              {t(w.free)} · {t(w.ofBeds, { beds: number(b.beds) })}
              <br />
              {term("PlaceKind", b.kind)}
              {b.reserved > 0 && ` · ${t(w.reserved, { n: number(b.reserved) })}`}
            </span>
          </Link>
        ))}
        {beds.length === 0 && <span className="b-muted">–</span>}
      </div>
    </section>
  );
}
