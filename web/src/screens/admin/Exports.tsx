/** Files out: a whole list, in the shape that is needed elsewhere. Every row that goes out is a look at a person, and is written down as one. */
import { type FormEvent, useState } from "react";
import { address, ask } from "../../api/client";
import { Select } from "../../ui/Field";
import { save } from "../../ui/file";
import { number } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { today } from "./local";
import { ownPlace, PlacePicker } from "./Place";
import { admin as w } from "./words";

const LISTS: readonly (readonly [string, Text])[] = [
  ["linelist", w.listCases],
  ["contacts", w.listContacts],
  ["links", w.listLinks],
  ["followups", w.listFollowups],
];
const FORMATS: readonly (readonly [string, Text, string])[] = [
  ["xlsx", w.formatXlsx, "xlsx"],
  ["csv", w.formatCsv, "csv"],
  ["sormas", w.formatSormas, "csv"],
  ["godata", w.formatGodata, "csv"],
  ["fhir", w.formatFhir, "json"],
];
/** SORMAS takes cases and contacts. */
const fits = (format: string, list: string): boolean => format !== "sormas" || list === "linelist" || list === "contacts";
/** As long as the server writes at a list. */
const PATIENCE_MS = 60_000;

export default function Exports() {
  const t = useText();
  const [list, setList] = useState("linelist");
  const [format, setFormat] = useState("xlsx");
  const [place, setPlace] = useState(ownPlace);
  const [state, setState] = useState<{ busy?: boolean; rows?: number; wrong?: string }>({});
  const shown = FORMATS.filter(([f]) => fits(f, list));
  const chosen = shown.some(([f]) => f === format) ? format : "xlsx";
  const send = async () => {
    setState({ busy: true });
    try {
      const answer = await ask(address(`/v1/exports/${list}`, { format: chosen, place }), { patience: PATIENCE_MS });
      const end = FORMATS.find(([f]) => f === chosen)?.[2] ?? chosen;
      save(await answer.blob(), `${list}-${chosen}-${today()}.${end}`);
      setState({ rows: Number(answer.headers.get("quell-rows")) });
    } catch (e) {
      setState({ wrong: e instanceof Error ? e.message : String(e) });
    }
  };
  return (
    <>
      <h1>{t(w.exports)}</h1>
      <form className="card stack" style={{ maxWidth: 900 }} onSubmit={(e: FormEvent) => { e.preventDefault(); void send(); }}>
        <div className="grid">
          <Select label={t(w.exportList)} value={list} onChange={(e) => setList(e.target.value)} options={LISTS.map(([k, text]) => [k, t(text)])} />
          <Select label={t(w.exportFormat)} value={chosen} onChange={(e) => setFormat(e.target.value)} options={shown.map(([k, text]) => [k, t(text)])} />
        </div>
        <PlacePicker label={t(w.residentsOf)} value={place} onPick={setPlace} />
        <p className="muted">{t(w.exportMeans)}</p>
        <button type="submit" className="button first" disabled={state.busy}>
          {t(state.busy ? w.writing : w.exportDo)}
        </button>
        {state.rows !== undefined && (
          <p className="note good" role="status">
            {t(w.exported, { n: number(state.rows) })}
          </p>
        )}
        {state.wrong && (
          <p className="note bad" role="alert">
            {state.wrong}
          </p>
        )}
      </form>
    </>
  );
}
