import { type FormEvent, memo, useState } from "react";
import { bookNow, stamp, useNow } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Due } from "../../ui/Due";
import { toast } from "../../ui/toast";
import { number } from "../../words/format";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Bed, type Facility, whereOf } from "./facility";
import { w } from "./words";

const SAMPLES: readonly Schemas["DutyKind"][] = ["exit_test", "contact_test", "recall", "resample", "symptom_test", "monitoring_test", "confirm_correction", "sample"];
const SOON_MS = 24 * 3_600_000;

interface Owed {
  bed: Bed;
  duty: Bed["duties"][number];
}

/** The next sample of each patient that is due within a day. */
export function dueSamples(beds: Bed[], within = SOON_MS): Owed[] {
  const until = bookNow() + within;
  return beds
    .flatMap((bed): Owed[] => {
      const duty = bed.duties.find((d) => SAMPLES.includes(d.kind));
      return duty && Date.parse(duty.due) <= until ? [{ bed, duty }] : [];
    })
    .sort((a, b) => a.duty.due.localeCompare(b.duty.due) || a.bed.ward.localeCompare(b.bed.ward) || a.bed.bed - b.bed.bed);
}

/** A scanner in one hand, a swab in the other: the next tube field has the focus by itself. */
export function Tests({ facility, beds }: { facility: Facility; beds: Bed[] }) {
  const t = useText();
  useNow();
  const [all, setAll] = useState(false);
  const soon = dueSamples(beds);
  const every = dueSamples(beds, Infinity);
  const shown = all ? every : soon;
  return (
    <section className="stack">
      <p className="muted">{t(w.testsHint)}</p>
      <div className="row choices" role="group" aria-label={t(w.tests)}>
        <button type="button" className="button" aria-pressed={!all} onClick={() => setAll(false)}>
          {t(w.within)} <span className="num">{number(soon.length)}</span>
        </button>
        <button type="button" className="button" aria-pressed={all} onClick={() => setAll(true)}>
          {t(core.all)} <span className="num">{number(every.length)}</span>
        </button>
      </div>
      {shown.length === 0 && <p className="note">{t(w.noSamples)}</p>}
      <ul className="ward-lines">
        {shown.map(({ bed, duty }) => (
          <li key={bed.stay_id}>
            <span className="bed-no">
              {bed.ward}-{bed.bed}
            </span>
            <span className="fill">
              <strong data-typed>{bed.name}</strong> {term("DutyKind", duty.kind)} <Due at={duty.due} />
              {duty.kind === "exit_test" && <span className="muted"> {t(w.passedN, { n: bed.exit_passes })}</span>}
            </span>
            <Scan facility={facility.facility} person={bed.person_id} name={bed.name ?? ""} label={`${whereOf(bed)} ${t(w.scanTube)}`} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const Scan = memo(function Scan({ facility, person, name, label }: { facility: string; person: string; name: string; label: string }) {
  const t = useText();
  const [tube, setTube] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const code = tube.trim();
    if (code === "" || busy) return;
    const fields = [...document.querySelectorAll<HTMLInputElement>("input[data-scan]")];
    const next = fields[fields.findIndex((f) => e.currentTarget.contains(f)) + 1];
    setBusy(true);
    setWrong(null);
    try {
      const at = stamp();
      await say({ registered: { tube: code, person, station: facility, at, mode: "single" } }, { tube_sealed: { tube: code, at } });
      setTube("");
      toast("good", t(w.sampled, { name, tube: code }));
      next?.focus();
      await queries.invalidateQueries();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="scan-tube" onSubmit={(e) => void send(e)}>
      <input className="input" data-scan value={tube} onChange={(e) => setTube(e.target.value)} placeholder={t(w.scanTube)} aria-label={label} aria-invalid={wrong ? true : undefined} autoComplete="off" autoCapitalize="characters" enterKeyHint="done" readOnly={busy} />
      <button type="submit" className="button" disabled={busy || tube.trim() === ""} aria-label={`${label} ${t(core.save)}`}>
        ✓
      </button>
      {wrong && (
        <span className="bad wrong" role="alert">
          {wrong}
        </span>
      )}
    </form>
  );
});
