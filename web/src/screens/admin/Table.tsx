/** A short table. On a narrow screen every row becomes a card, so that nothing has to be scrolled sideways. */
import type { ReactNode } from "react";
import "./tables.css";

export interface Column<T> {
  title: string;
  /** What stands in the cell. */
  cell: (row: T) => ReactNode;
  /** A number: to the right, digits under digits. */
  num?: boolean;
  /** Needs the whole width of a card. */
  wide?: boolean;
  /** Its share of a wide table, in percent: for long words that would leave no room to the others. Then each column has one. */
  share?: number;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  id: (row: T) => string;
  /** The sums, in the order of the columns. */
  foot?: T;
}

/** The first column names the row. */
export function Table<T>({ label, columns, rows, id, foot }: Props<T>) {
  const line = (row: T, key: string, sum: boolean) => (
    <tr key={key} role="row" className={sum ? "sum" : undefined}>
      {columns.map((c, i) => (
        <td key={c.title || i} role={i === 0 ? "rowheader" : "cell"} className={[c.num && "num", c.wide && "long"].filter(Boolean).join(" ") || undefined} data-label={i === 0 ? undefined : c.title}>
          {c.cell(row)}
        </td>
      ))}
    </tr>
  );
  return (
    <table className={columns.some((c) => c.share) ? "cards shared" : "cards"} role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((c, i) => (
            <th key={c.title || i} role="columnheader" scope="col" className={c.num ? "num" : undefined} style={c.share ? { width: `${c.share}%` } : undefined}>
              {c.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">{rows.map((r) => line(r, id(r), false))}</tbody>
      {foot !== undefined && <tfoot role="rowgroup">{line(foot, "sum", true)}</tfoot>}
    </table>
  );
}
