/** The balance of a day: by kind of duty or by place, each number with its list. */
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { PlaceName } from "../../ui/PlaceName";
import { Nothing } from "../../ui/State";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Crumbs, ownPlace } from "../admin/Place";
import { type Column, Table } from "../admin/Table";
import { Figure, type Wanted } from "./Items";
import { childOf, difference, type Kind, type Line, type Sums, sumsBy, total, within } from "./sums";
import { dayWords as w } from "./words";

/** carried in + opened = done + waived + superseded + carried out, in large figures. */
export function Equation({ lines }: { lines: readonly Line[] }) {
  const t = useText();
  const s = total(lines);
  const off = difference(s);
  const parts = [["", s.carriedIn, w.carriedIn], ["+", s.opened, w.opened], ["=", s.discharged, w.discharged], ["+", s.waived, w.waived], ["+", s.superseded, w.superseded], ["+", s.carriedOut, w.carriedOut]] as const;
  return (
    <div className="stack">
      <div className="figures equation">
        {parts.map(([sign, n, text]) => (
          <div key={text[1]} className="figure">
            <span className="big">
              <span className="muted">{sign}</span> {number(n)}
            </span>
            <span className="small">{t(text)}</span>
          </div>
        ))}
        <div className="figure">
          <span className={`big ${s.overdue > 0 ? "bad" : ""}`}>{number(s.overdue)}</span>
          <span className="small">{t(w.overdue)}</span>
        </div>
      </div>
      <p className={`note ${off === 0 ? "good" : "bad"}`}>{off === 0 ? t(w.balances) : t(w.off, { n: off })}</p>
    </div>
  );
}

interface Row extends Sums {
  id: string;
}

interface Props {
  lines: readonly Line[];
  /** Of the open day the numbers have lists; a sealed sheet is of then, lists are of now. */
  onList?: (w: Wanted) => void;
}

export function Balances({ lines, onList }: Props) {
  const t = useText();
  const top = ownPlace();
  const [at, setAt] = useState(top);
  const [kind, setKind] = useState<Kind | "">("");
  const [by, setBy] = useState<"kind" | "place">("kind");
  const here = lines.filter((l) => within(l.place, at) && (by === "kind" || kind === "" || l.kind === kind));
  const rows = [...sumsBy(here, (l) => (by === "kind" ? l.kind : childOf(l.place, at)))].map(([id, s]): Row => ({ id, ...s }));
  const kinds = [...new Set(lines.map((l) => l.kind))];
  const deeper = (id: string) => id !== at && lines.some((l) => l.place.startsWith(`${id}.`));
  const down = (id: string) => {
    if (deeper(id)) setAt(id);
    else {
      setAt(id);
      setBy("kind");
    }
  };
  const list = (r: Row, state: Wanted["state"], overdue?: boolean): Wanted | null => {
    const what = by === "kind" ? (r.id as Kind) : kind;
    if (!onList || r.id === SUM || what === "") return null;
    return { state, kind: what, place: by === "kind" ? at : r.id, ...(overdue ? { overdue } : {}) };
  };
  const figure = (n: number, of: Wanted | null) => <Figure n={n} of={of} onList={(x) => onList?.(x)} />;
  const name = (r: Row) => {
    if (r.id === SUM) return t(w.sum);
    if (by === "kind") return <Button onClick={() => { setKind(r.id as Kind); setBy("place"); }}>{term("DutyKind", r.id)}</Button>;
    if (r.id === at) return <span><PlaceName place={at} /> <span className="muted">{t(w.here)}</span></span>;
    return <Button onClick={() => down(r.id)}><PlaceName place={r.id} /></Button>;
  };
  const columns: Column<Row>[] = [
    { title: t(by === "kind" ? w.kind : w.place), cell: name },
    { title: t(w.carriedIn), num: true, cell: (r) => number(r.carriedIn) },
    { title: t(w.opened), num: true, cell: (r) => number(r.opened) },
    { title: t(w.discharged), num: true, cell: (r) => figure(r.discharged, list(r, "done")) },
    { title: t(w.waived), num: true, cell: (r) => figure(r.waived, list(r, "waived")) },
    { title: t(w.superseded), num: true, cell: (r) => figure(r.superseded, list(r, "waived")) },
    { title: t(w.carriedOut), num: true, cell: (r) => figure(r.carriedOut, list(r, "open")) },
    { title: t(w.overdue), num: true, cell: (r) => <span className={r.overdue > 0 ? "bad" : ""}>{figure(r.overdue, list(r, "open", true))}</span> },
  ];
  return (
    <div className="stack">
      <div className="row no-print" style={{ alignItems: "end" }}>
        <div className="tabs" role="group">
          {(["kind", "place"] as const).map((b) => (
            <button key={b} type="button" aria-current={by === b ? "page" : undefined} onClick={() => setBy(b)}>
              {t(b === "kind" ? w.byKind : w.byPlace)}
            </button>
          ))}
        </div>
        {by === "place" && <Select label={t(w.kind)} value={kind} onChange={(e) => setKind(e.target.value as Kind | "")} options={[["", t(w.allKinds)], ...kinds.map((k) => [k, term("DutyKind", k)] as const)]} />}
      </div>
      {(by === "place" || at !== top) && <Crumbs place={at} top={top} onGo={setAt} />}
      {rows.length === 0 ? <Nothing>{t(w.noLines)}</Nothing> : <Table label={t(by === "kind" ? w.byKind : w.byPlace)} columns={columns} rows={rows} id={(r) => r.id} foot={{ id: SUM, ...total(here) }} />}
    </div>
  );
}

const SUM = "=";
