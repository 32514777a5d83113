/** One analysis: how it stands, its picture and table, and how it was made. */
import { Link, useParams } from "wouter";
import { ask } from "../../api/client";
import { queries } from "../../api/live";
import { Button } from "../../ui/Button";
import { download } from "../../ui/file";
import { PlaceName } from "../../ui/PlaceName";
import { Fault, View, Waiting } from "../../ui/State";
import { number, time } from "../../words/format";
import { language, type Text, useText } from "../../words/language";
import type { TableName } from "./columns";
import { type Item, open, partPath, useAnalysis, usePart } from "./data";
import { Result } from "./Result";
import { kindOf, kinds, states, w } from "./words";

const tableNamed = (analysis: string): TableName | null => kinds.find((k) => k === analysis) ?? null;

/** Second tables: what they are called, and above what they stand. */
const SECOND: Partial<Record<string, { table: TableName; title: Text; save: Text }>> = {
  forecast: { table: "zero", title: w.zero, save: w.saveZero },
  trees: { table: "tree", title: w.eachCase, save: w.saveSecond },
};

function Picture({ of }: { of: Item }) {
  const t = useText();
  const picture = usePart(of.analysis_id, "picture", of.picture);
  if (!of.picture) return null;
  if (picture.error) return <Fault error={picture.error} again={() => void picture.refetch()} />;
  if (picture.data === undefined) return <Waiting />;
  return <img alt={`${t(w.pictureOf)}: ${t(kindOf(of.analysis))}`} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.data)}`} style={{ width: "100%", maxWidth: "60rem", height: "auto", background: "white" }} />;
}

function How({ of }: { of: Item }) {
  const t = useText();
  return (
    <details className="card">
      <summary>{t(w.how)}</summary>
      <div className="stack">
        {of.as_of_seq != null && <p>{t(w.snapshot, { seq: number(of.as_of_seq) })}</p>}
        <dl data-typed>
          {of.tables?.map((x) => (
            <div key={x.name}>
              <dt>
                {x.name} · {number(x.rows)}
              </dt>
              <dd className="muted" style={{ overflowWrap: "anywhere" }}>
                {x.sha256}
              </dd>
            </div>
          ))}
        </dl>
        <dl>
          {([[w.inputs, of.inputs_hash], [w.outcome, of.result_hash], [w.command, of.command?.join(" ")], [w.version, of.version]] as const).map(([name, value]) => (
            <div key={name[1]}>
              <dt>{t(name)}</dt>
              <dd data-typed style={{ overflowWrap: "anywhere" }}>
                {value ?? t(w.unknown)}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}

function Found({ of }: { of: Item }) {
  const t = useText();
  const id = of.analysis_id;
  const second = of.second ? SECOND[of.analysis] : undefined;
  const off = async () => {
    await ask(`/v1/analyses/${id}/cancel`, { method: "POST" });
    await queries.invalidateQueries({ queryKey: ["analyses"] });
  };
  return (
    <>
      <h1>{t(kindOf(of.analysis))}</h1>
      <p className="muted">
        <PlaceName place={of.place} names="all" /> · <span data-typed>{of.account}</span> · {time(of.asked_at)} · {t(states[of.state])}
      </p>
      {open(of) && (
        <div className="note row spread" role="status">
          <span>{t(of.state === "queued" ? w.waiting : w.running)}</span>
          <Button danger onClick={off}>
            {t(w.cancel)}
          </Button>
        </div>
      )}
      {of.state === "failed" && (
        <p className="note bad" role="alert" data-typed>
          {language() === "zh" ? of.failure_zh : of.failure_en}
        </p>
      )}
      {of.state === "cancelled" && <p className="note">{t(w.cancelled)}</p>}
      {of.state === "done" && (
        <>
          <div className="row no-print">
            <Button onClick={() => download(partPath(id, "result"), `${of.analysis}-${id}.csv`)}>{t(w.saveTable)}</Button>
            {second && <Button onClick={() => download(partPath(id, "second"), `${of.analysis}-${second.table}-${id}.csv`)}>{t(second.save)}</Button>}
            {of.picture && <Button onClick={() => download(partPath(id, "picture"), `${of.analysis}-${id}.svg`)}>{t(w.savePicture)}</Button>}
          </div>
          <Picture of={of} />
          {second && (
            <>
              <h2>{t(second.title)}</h2>
              <Result of={of} part="second" table={second.table} title={t(second.title)} />
            </>
          )}
          <h2>{t(w.result)}</h2>
          <Result of={of} part="result" table={tableNamed(of.analysis)} title={t(w.result)} />
          <p className="muted">{t(w.fileNames)}</p>
          {of.said && (
            <details className="card" open>
              <summary>{t(w.said)}</summary>
              <p data-typed style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
                {of.said}
              </p>
            </details>
          )}
          <How of={of} />
        </>
      )}
      <p className="no-print">
        <Link href="/analyses">{t(w.back)}</Link>
      </p>
    </>
  );
}

export default function Analysis() {
  const { analysis = "" } = useParams<{ analysis: string }>();
  return <View of={useAnalysis(analysis)}>{(a) => <Found of={a} />}</View>;
}
