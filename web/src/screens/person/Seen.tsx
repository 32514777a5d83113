import type { Schemas } from "../../api/types";
import { List, usePages } from "../../ui/List";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { lookOf } from "../../words/looks";
import { term } from "../../words/terms";
import { w } from "./words";

/** Who looked at this person: for those who watch over it. */
export function Seen({ person }: { person: string }) {
  const t = useText();
  const pages = usePages<Schemas["Access"]>("/v1/access", { person });
  return (
    <section className="stack">
      <h2>{t(w.seenBy)}</h2>
      <List pages={pages} id={(a) => a.access_id} label={t(w.seenBy)} line={64} height="20rem" empty={t(w.nobodyLooked)}>
        {(a) => (
          <div className="line">
            <span className="row spread">
              <span>
                <strong data-typed>{a.account}</strong> {term("Role", a.role)}
              </span>
              <span className="num muted">{time(a.at)}</span>
            </span>
            <span className="muted">{lookOf(a.what) ?? <span data-typed>{a.what}</span>}</span>
          </div>
        )}
      </List>
    </section>
  );
}
