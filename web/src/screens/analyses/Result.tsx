/** A table that came of an analysis: in the user's words, places by their names, cases with the way to them. */
import { Link } from "wouter";
import { useSession } from "../../api/session";
import { opens } from "../../ui/opens";
import { PlaceName } from "../../ui/PlaceName";
import { Fault, Waiting } from "../../ui/State";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { wordOf } from "./cells";
import { heading, type Reader, readerOf, type TableName, worthShowing } from "./columns";
import { type Item, tableOf, usePart } from "./data";
import "./result.css";
import { w } from "./words";

/** Lines of the table that are shown: the file has all of them. */
const SHOWN = 100;
/** Places of a cluster that are named: the others are counted. */
const NAMED = 3;
/** So much of an id tells two apart for an eye; pictures begin with it, too. */
const HEAD = 8;
/** What is more than a word or a name. */
const LONG = new Set<string>(["measure", "definition", "places"] satisfies Reader[]);
const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** A case by its number, or by the beginning of its id, which leads there for whoever may open it. */
function Case({ of }: { of: string }) {
  const role = useSession()?.role;
  if (!ID.test(of)) return <span data-typed>{of}</span>;
  const at = `/cases/${of}`;
  const short = of.slice(0, HEAD);
  return opens(role, at) ? (
    <Link href={at} title={of} className="num" data-typed>
      {short}
    </Link>
  ) : (
    <abbr title={of} className="num" data-typed>
      {short}
    </abbr>
  );
}

function Places({ of }: { of: string }) {
  const t = useText();
  const all = of.split(";");
  const more = all.length - NAMED;
  return (
    <span title={all.join(" ")}>
      {all.slice(0, NAMED).map((place, i) => (
        <span key={place}>
          {i > 0 && t(w.comma)}
          <PlaceName place={place} />
        </span>
      ))}
      {more > 0 && t(w.morePlaces, { n: number(more), all: number(all.length) })}
    </span>
  );
}

/** One cell. `of` reads another cell of its row. */
function Cell({ table, column, cell, of }: { table: TableName | null; column: string; cell: string; of: (column: string) => string }) {
  const t = useText();
  const reader = readerOf(table, column);
  if (reader === "infector" && cell === "") return <>{t(w.noInfector)}</>;
  if (cell !== "" && (reader === "case" || reader === "infector")) return <Case of={cell} />;
  if (cell !== "" && (reader === "place" || (reader === "group" && of("by") === "place"))) return <PlaceName place={cell} />;
  if (cell !== "" && reader === "places") return <Places of={cell} />;
  const word = wordOf(reader, cell, of);
  return word === null ? <span data-typed>{cell}</span> : <>{word}</>;
}

function Header({ table, column }: { table: TableName | null; column: string }) {
  const t = useText();
  const texts = heading(table, column);
  return (
    <th scope="col" title={column}>
      {texts ? texts.map((x) => t(x)).join(" · ") : <span data-typed>{column}</span>}
    </th>
  );
}

/** A part of an analysis as a table of the page. */
export function Result({ of, part, table, title }: { of: Item; part: "result" | "second"; table: TableName | null; title: string }) {
  const t = useText();
  const csv = usePart(of.analysis_id, part, of.state === "done");
  if (csv.error) return <Fault error={csv.error} again={() => void csv.refetch()} />;
  if (csv.data === undefined) return <Waiting />;
  const { columns, rows, all } = tableOf(csv.data, SHOWN);
  if (all === 0) return <p className="note">{t(w.noRows)}</p>;
  const shown = worthShowing(table, columns, rows);
  return (
    <>
      {all > rows.length && <p className="muted">{t(w.firstRows, { n: number(rows.length), all: number(all) })}</p>}
      <div className="scroll result" tabIndex={0} role="region" aria-label={title}>
        <table className="num">
          <thead>
            <tr>
              {shown.map((i) => (
                <Header key={i} table={table} column={columns[i] ?? ""} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((r, k) => (
              <tr key={k}>
                {shown.map((i) => (
                  <td key={i} className={LONG.has(readerOf(table, columns[i] ?? "") ?? "") ? "long" : undefined}>
                    <Cell table={table} column={columns[i] ?? ""} cell={r[i] ?? ""} of={(c) => r[columns.indexOf(c)] ?? ""} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
