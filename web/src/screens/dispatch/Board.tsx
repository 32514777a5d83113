/** The board of transfers: a column for each state, wide on the desk; one column with tabs on the phone. */
import { useState } from "react";
import { Link } from "wouter";
import type { Schemas } from "../../api/types";
import { itemsOf, List, usePages } from "../../ui/List";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { arranged, byDue, countOf } from "../../ui/pages";
import { Tabs } from "../../ui/Tabs";
import type { TransferItem, Stage } from "../courier/shapes";
import { useFacilities } from "./Assign";
import { Owed, useOwed } from "./Owed";
import { TransferCard } from "./TransferCard";
import { dispatch as w } from "./words";
import "../../ui/scan.css";
import "./dispatch.css";

type Column = "owed" | Stage;
const STATES: readonly Stage[] = ["requested", "assigned", "picked_up", "arrived"];
/** Height of a column: what the screen leaves. */
const HEIGHT = "calc(100dvh - 15.6rem)";

function useColumn(state: Stage) {
  const pages = usePages<TransferItem>("/v1/transfers", { state });
  return arranged(pages, (items) => byDue(items.filter((x) => x.state === state)));
}

export default function Board() {
  const t = useText();
  const [now, setNow] = useState<Column>("requested");
  const columns = { requested: useColumn("requested"), assigned: useColumn("assigned"), picked_up: useColumn("picked_up"), arrived: useColumn("arrived") };
  const moving = new Set(STATES.flatMap((s) => itemsOf(columns[s]).map((x) => x.person_id)));
  const owed = useOwed(moving);
  const tabs = [{ key: "owed" as Column, text: t(w.owed), count: owed.count }, ...STATES.map((s) => ({ key: s as Column, text: t(w[s]), count: countOf(columns[s]) }))];
  return (
    <>
      <div className="row spread">
        <h1>{t(w.board)}</h1>
        <BedStrip />
      </div>
      <div className="board-tabs">
        <Tabs label={t(w.board)} now={now} tabs={tabs} onPick={setNow} />
      </div>
      <div className="transfers" data-now={now}>
        <section className="column" data-column="owed" aria-label={t(w.owed)}>
          <h2>
            {t(w.owed)} <span className="count num">{owed.count}</span>
          </h2>
          <Owed of={owed} height={HEIGHT} />
        </section>
        {STATES.map((s) => (
          <section key={s} className="column" data-column={s} aria-label={t(w[s])}>
            <h2>
              {t(w[s])} <span className="count num">{countOf(columns[s])}</span>
            </h2>
            <List pages={columns[s]} id={(x) => x.transfer_id} label={t(w[s])} empty={t(w.noneIn, { column: t(w[s]).toLowerCase() })} line={180} height={HEIGHT}>
              {(x) => (
                <div className="ticket-room">
                  <TransferCard of={x} />
                </div>
              )}
            </List>
          </section>
        ))}
      </div>
    </>
  );
}

/** Beds that are left, by kind of facility. */
function BedStrip() {
  const t = useText();
  const facilities = useFacilities();
  const totals: readonly Schemas["BedTotal"][] = facilities.data?.totals ?? [];
  return (
    <nav className="strip" aria-label={t(w.bedsFree)}>
      {totals.map((b) => (
        <Link key={b.kind} href="/dispatch-beds">
          <span>{term("PlaceKind", b.kind)}</span>
          <strong className={`num ${b.free > 0 ? "good" : "bad"}`}>{t(w.freeOf, { free: b.free, beds: b.beds })}</strong>
        </Link>
      ))}
    </nav>
  );
}
