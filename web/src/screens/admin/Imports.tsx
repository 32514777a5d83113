/** Files in: what it is, what it would do, and only then doing it. */
import { type FormEvent, useState } from "react";
import { address, ask } from "../../api/client";
import { queries } from "../../api/live";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Input, Select } from "../../ui/Field";
import { toast } from "../../ui/toast";
import { number } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { Columns } from "./Columns";
import { ImportReport, type Report } from "./ImportReport";
import { today } from "./local";
import { PlacePicker } from "./Place";
import { admin as w } from "./words";

const kinds: Record<string, Text> = {
  people: w.importPeople,
  places: w.importPlaces,
  cases: w.importCases,
  contacts: w.importContacts,
  links: w.importLinks,
  followups: w.importFollowups,
  results: w.importResults,
  checkins: w.importCheckins,
  members: w.importMembers,
  teams: w.importTeams,
  linelist: w.importLinelist,
};
/** Lists of other systems, whose columns differ: `mappings/` of the program. */
const mappings: Record<string, readonly string[]> = {
  cases: ["quell-cases", "godata-cases", "sormas-cases"],
  contacts: ["quell-contacts", "godata-contacts", "sormas-contacts"],
  links: ["quell-links", "godata-links"],
  followups: ["quell-followups", "godata-followups"],
  results: ["quell-results", "godata-results", "sormas-results"],
};
/** A file of a county's people takes its time. */
const PATIENCE_MS = 600_000;

export default function Imports() {
  const t = useText();
  const investigator = useSession()?.role === "investigator";
  const own = Object.keys(kinds).filter((k) => !investigator || k !== "places");
  const [kind, setKind] = useState(own[0] ?? "people");
  const [file, setFile] = useState<File | null>(null);
  const [mapping, setMapping] = useState("");
  const [home, setHome] = useState("");
  const [system, setSystem] = useState("");
  const [update, setUpdate] = useState(false);
  const [asOf, setAsOf] = useState(today);
  const [rows, setRows] = useState("");
  const [report, setReport] = useState<Report | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const changed = <V,>(set: (v: V) => void) => (v: V) => {
    set(v);
    setReport(null);
    setWrong(null);
  };
  const send = async (preview: boolean) => {
    if (!file) return;
    setBusy(true);
    setWrong(null);
    try {
      // Good rows are taken though others are bad: what is bad was shown before, and can be corrected and sent again.
      const list = !(kind in mappings);
      const path = address(`/v1/imports/${kind}`, { preview: preview || null, mapping, home, system, skip_bad: list || null, update: (list && update) || null, as_of: kind === "linelist" ? asOf : null, rows });
      const answer = await ask(path, { method: "POST", body: file, headers: { "X-File-Name": encodeURIComponent(file.name), "content-type": "application/octet-stream" }, patience: PATIENCE_MS });
      const r = (await answer.json()) as Report;
      setReport(r);
      if (r.written) {
        toast("good", t(w.imported, { n: number(r.accepted) }));
        await queries.invalidateQueries();
      }
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h1>{t(w.imports)}</h1>
      <form className="card stack" style={{ maxWidth: "56rem" }} onSubmit={(e: FormEvent) => { e.preventDefault(); void send(true); }}>
        <div className="grid">
          <Select label={t(w.importKind)} value={kind} onChange={(e) => { changed(setKind)(e.target.value); setMapping(""); }} options={own.map((k) => [k, kinds[k] ? t(kinds[k]) : k])} />
          <Input label={t(w.file)} type="file" accept=".csv,.tsv,.txt,.xlsx,.xls,.ods,.json,.hl7" onChange={(e) => changed(setFile)(e.target.files?.[0] ?? null)} required />
        </div>
        {mappings[kind] && <FromElsewhere kind={kind} mapping={mapping} onMapping={changed(setMapping)} system={system} onSystem={changed(setSystem)} />}
        {(mappings[kind] || kind === "linelist") && <PlacePicker label={t(w.home)} value={home} onPick={changed(setHome)} />}
        {!mappings[kind] && (
          <label className="check">
            <input type="checkbox" checked={update} onChange={(e) => changed(setUpdate)(e.target.checked)} />
            <span>
              {t(w.update)} <span className="muted">{t(w.updateHint)}</span>
            </span>
          </label>
        )}
        {kind === "linelist" && <Input label={t(w.asOf)} type="date" value={asOf} onChange={(e) => changed(setAsOf)(e.target.value)} required />}
        <Columns key={kind} kind={kind} />
        <Input label={t(w.rowsCounted)} hint={t(w.rowsCountedHint)} type="number" inputMode="numeric" min={0} value={rows} onChange={(e) => changed(setRows)(e.target.value)} style={{ maxWidth: 200 }} />
        <button type="submit" className="button first" disabled={!file || busy}>
          {t(busy ? w.reading : w.preview)}
        </button>
        {wrong && (
          <p className="note bad" role="alert">
            {wrong}
          </p>
        )}
      </form>
      {report && (
        <>
          <ImportReport of={report} name={file?.name ?? kind} />
          {!report.written && report.accepted > 0 && (
            <Button first onClick={() => send(false)} disabled={busy}>
              {t(busy ? w.reading : report.refused_rows > 0 ? w.onlyGood : w.confirmImport, { n: number(report.accepted) })}
            </Button>
          )}
        </>
      )}
    </>
  );
}

interface FromProps {
  kind: string;
  mapping: string;
  onMapping: (m: string) => void;
  system: string;
  onSystem: (s: string) => void;
}

function FromElsewhere({ kind, mapping, onMapping, system, onSystem }: FromProps) {
  const t = useText();
  return (
    <div className="grid">
      <div data-typed>
        <Select label={t(w.mapping)} hint={t(w.mappingHint)} value={mapping} onChange={(e) => onMapping(e.target.value)} options={[["", t(w.mappingOwn)], ...(mappings[kind] ?? []).map((m) => [m, m] as const)]} />
      </div>
      <Input label={t(w.system)} hint={t(w.systemHint)} value={system} onChange={(e) => onSystem(e.target.value)} autoCapitalize="none" />
    </div>
  );
}
