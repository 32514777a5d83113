/** Which columns a list may have, with an example to fill in. */
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { save } from "../../ui/file";
import { language, useText } from "../../words/language";
import { type Col, COLUMNS, exampleOf, OWN_PLACE } from "./columns";
import { type Column, Table } from "./Table";
import { admin as w } from "./words";

export function Columns({ kind }: { kind: string }) {
  const t = useText();
  const place = useSession()?.place ?? "";
  const list = COLUMNS[kind];
  if (!list) return null;
  const columns: Column<Col>[] = [
    { title: t(w.column), cell: (c) => <strong data-typed>{t(c.head)}</strong> },
    { title: t(w.needed), cell: (c) => (c.must ? <span className="badge warn">{t(w.mustBe)}</span> : <span className="muted">{t(w.mayBe)}</span>) },
    { title: t(w.example), wide: true, cell: (c) => <span data-typed className="raw">{t(c.example).replace(OWN_PLACE, place) || "–"}</span> },
    { title: t(w.hint), wide: true, cell: (c) => (c.note ? t(c.note) : "") },
  ];
  return (
    <details className="card">
      <summary>{t(w.whichColumns)}</summary>
      <div className="stack">
        <p className="muted">{t(w.columnsHint)}</p>
        <div className="row">
          <Button onClick={() => save(new Blob([exampleOf(kind, language(), place)], { type: "text/csv;charset=utf-8" }), `quell-${kind}-example.csv`)}>{t(w.downloadExample)}</Button>
        </div>
        <Table label={t(w.whichColumns)} columns={columns} rows={list} id={(c) => c.head[1]} />
      </div>
    </details>
  );
}
