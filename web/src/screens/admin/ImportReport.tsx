/** What an import read, what it found wrong, and what it did or would do. */
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { save } from "../../ui/file";
import { number } from "../../words/format";
import { language, useText } from "../../words/language";
import { inWordsOfForm } from "../../words/options";
import { fieldName } from "./fields";
import { type Column, Table } from "./Table";
import { admin as w } from "./words";

interface Words {
  en: string;
  zh: string;
}

interface Refused extends Words {
  row: number;
  column?: string | null;
  rule: string;
  value?: string | null;
}

/** As `/v1/imports/{kind}` answers. */
export type Report = Schemas["ImportReport"];

/** The page stays quick; the rest is in the file. */
const SHOWN = 200;

/** What the form calls the options that advice names. */
const OPTIONS = { home: w.home, update: w.update, rows: w.rowsCounted };

const said = (x: Words): string => inWordsOfForm(x[language()], OPTIONS);

export function ImportReport({ of: r, name }: { of: Report; name: string }) {
  const t = useText();
  const figures = [
    [r.rows, w.rows, ""],
    [r.accepted, r.written ? w.written : w.accepted, "good"],
    [r.duplicates, w.duplicates, ""],
    [r.refused_rows, w.refused, r.refused_rows > 0 ? "bad" : ""],
    [r.left_out, w.leftOut, ""],
    [r.possible_duplicates ?? 0, w.possible, r.possible_duplicates ? "warn" : ""],
  ] as const;
  return (
    <section className="stack" aria-live="polite">
      {r.stopped ? (
        <p className="note bad" data-typed>
          {said(r.stopped)}
        </p>
      ) : (
        <p className={`note ${r.written ? "good" : ""}`}>{r.written ? t(w.imported, { n: number(r.accepted) }) : t(w.nothingWritten)}</p>
      )}
      <div className="figures">
        {figures.map(([n, text, tone]) => (
          <div key={text[1]} className="figure">
            <span className={`big ${tone}`}>{number(n)}</span>
            <span className="small">{t(text)}</span>
          </div>
        ))}
      </div>
      {r.possible_duplicates ? <p className="note warn">{t(w.possibleMeans, { n: number(r.possible_duplicates) })}</p> : null}
      {r.warnings.map((x) => (
        <p key={x.en} className="note warn" data-typed>
          {said(x)}
        </p>
      ))}
      <RefusedRows of={r} name={name} />
      <Remarks of={r.remarks} />
      <h2>{t(w.columns)}</h2>
      <Mapping of={r} />
    </section>
  );
}

function RefusedRows({ of: r, name }: { of: Report; name: string }) {
  const t = useText();
  if (r.refused_rows === 0) return null;
  const columns: Column<Refused>[] = [
    { title: t(w.row), cell: (x) => <strong className="num">{t(w.rowOf, { n: x.row })}</strong> },
    { title: t(w.column), cell: (x) => <span data-typed>{x.column ?? "–"}</span> },
    { title: t(w.value), wide: true, cell: (x) => <span data-typed className="raw">{x.value ?? "–"}</span> },
    { title: t(w.advice), wide: true, cell: (x) => <span data-typed>{said(x)}</span> },
    { title: t(w.rule), cell: (x) => <span data-typed className="raw muted">{x.rule}</span> },
  ];
  const file = r.refused_file;
  return (
    <>
      <div className="row spread">
        <h2>{t(w.refusedRows)}</h2>
        {file && <Button onClick={() => save(new Blob(["\ufeff", file.replace(/^\ufeff/, "")], { type: "text/csv;charset=utf-8" }), `${name}.refused.csv`)}>{t(w.downloadRefused)}</Button>}
      </div>
      {r.refused_rows > SHOWN && <p className="muted">{t(w.firstRefused, { n: SHOWN })}</p>}
      <Table label={t(w.refusedRows)} columns={columns} rows={r.refused.slice(0, SHOWN)} id={(x) => `${x.row} ${x.column} ${x.rule} ${x.value}`} />
    </>
  );
}

function Remarks({ of }: { of: readonly Refused[] }) {
  const t = useText();
  if (of.length === 0) return null;
  return (
    <details className="card">
      <summary>
        {t(w.remarks)} ({number(of.length)})
      </summary>
      <ul className="stack">
        {of.slice(0, SHOWN).map((x, i) => (
          <li key={i} data-typed>
            {x.row}: {said(x)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Mapping({ of: r }: { of: Report }) {
  const t = useText();
  const columns: Column<Report["mapping"][number]>[] = [
    { title: t(w.column), cell: (m) => <span data-typed>{m.column}</span> },
    { title: t(w.field), cell: (m) => (m.field ? <span>{fieldName(m.field)}</span> : <span className="warn">{t(w.unread)}</span>) },
  ];
  return <Table label={t(w.columns)} columns={columns} rows={r.mapping} id={(m) => m.column} />;
}
