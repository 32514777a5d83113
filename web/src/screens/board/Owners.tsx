/** What is overdue, by whose work it is. */
import { Link } from "wouter";
import { View } from "../../ui/State";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { itemsAt, listAt, type OwnerLine, useAnswer } from "./data";
import { w } from "./words";

/** The most overdue first. */
export const mostOverdue = (a: OwnerLine, b: OwnerLine): number => b.overdue - a.overdue || (a.kind < b.kind ? -1 : 1);

export function Owners({ place }: { place: string }) {
  const t = useText();
  const owners = useAnswer<{ items: OwnerLine[] }>("/v1/owners", { place });
  return (
    <section className="b-card" data-part="owners">
      <View of={owners}>
        {(o) => {
          const lines = o.items.filter((l) => l.overdue > 0).sort(mostOverdue);
          const [all, unowned] = [lines.reduce((n, l) => n + l.overdue, 0), lines.reduce((n, l) => n + l.not_owned, 0)];
          return (
            <>
              <h2>
                {t(w.owners)}{" "}
                <Link href={listAt("owners", { place })} className={`num ${all > 0 ? "b-bad" : "b-good"}`}>
                  {number(all)}
                </Link>{" "}
                {unowned > 0 && <small className="b-muted b-whole">{t(w.notOwned, { n: number(unowned) })}</small>}
              </h2>
              {lines.length === 0 && <p className="b-good">{t(w.nothingOverdue)}</p>}
              <ul className="b-owners">
                {lines.slice(0, 4).map((l) => (
                  <li key={`${l.role} ${l.kind}`}>
                    <span className="b-name">
                      {term("Role", l.role)} · {term("DutyKind", l.kind)}
                    </span>
                    <Link className="num b-bad" href={itemsAt({ kind: l.kind, place, overdue: true })}>
                      {number(l.overdue)}
                    </Link>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </View>
    </section>
  );
}
