/** A day beside the one before, by kind of duty. */
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Column, Table } from "../admin/Table";
import { type Line, type Sums, sumsBy, total } from "./sums";
import { dayWords as w } from "./words";

interface Row {
  id: string;
  now: Sums;
  then: Sums;
}

/** 12 (9) +3: what is, what was, and the difference. More overdue is worse, more done is not. */
function Beside({ now, then, worse }: { now: number; then: number; worse?: boolean }) {
  const d = now - then;
  const tone = !worse || d === 0 ? "muted" : d > 0 ? "bad" : "good";
  return (
    <span className="num">
      {number(now)} <span className="muted">({number(then)})</span> <strong className={tone}>{d === 0 ? "±0" : d > 0 ? `+${number(d)}` : number(d)}</strong>
    </span>
  );
}

export function Compare({ lines, before }: { lines: readonly Line[]; before: readonly Line[] }) {
  const t = useText();
  const [now, then] = [sumsBy(lines, (l) => l.kind), sumsBy(before, (l) => l.kind)];
  const none = total([]);
  const rows = [...new Set([...now.keys(), ...then.keys()])].map((id): Row => ({ id, now: now.get(id) ?? none, then: then.get(id) ?? none }));
  const columns: Column<Row>[] = [
    { title: t(w.kind), cell: (r) => (r.id === "=" ? t(w.sum) : term("DutyKind", r.id)) },
    { title: t(w.openedDelta), num: true, wide: true, cell: (r) => <Beside now={r.now.opened} then={r.then.opened} /> },
    { title: t(w.doneDelta), num: true, wide: true, cell: (r) => <Beside now={r.now.discharged} then={r.then.discharged} /> },
    { title: t(w.outDelta), num: true, wide: true, cell: (r) => <Beside now={r.now.carriedOut} then={r.then.carriedOut} worse /> },
    { title: t(w.overdueDelta), num: true, wide: true, cell: (r) => <Beside now={r.now.overdue} then={r.then.overdue} worse /> },
  ];
  return <Table label={t(w.compared)} columns={columns} rows={rows} id={(r) => r.id} foot={{ id: "=", now: total(lines), then: total(before) }} />;
}
