import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import { useNow } from "../../api/clock";
import { queries } from "../../api/live";
import { Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { told, toast } from "../../ui/toast";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { faults, useDraft } from "./draft";
import type { Bed, Facility } from "./facility";
import { SymptomWords, Line } from "./RoundLine";
import { w } from "./words";

const SOON_MS = 2 * 3_600_000;
const WARD_KEY = "quell.round.ward";

/** The round: everybody of a ward on one screen, by bed. */
export function Round({ facility, beds }: { facility: Facility; beds: Bed[] }) {
  const t = useText();
  const now = useNow();
  const wards = facility.wards.filter((x) => beds.some((b) => b.ward === x.ward)).map((x) => x.ward);
  const [ward, setWard] = useState(() => sessionStorage.getItem(WARD_KEY) ?? "");
  const [onlyDue, setOnlyDue] = useState(false);
  const { rows, set, save } = useDraft(facility.facility);
  const [refused, setRefused] = useState<Record<string, string>>({});
  const here = wards.includes(ward) ? ward : wards[0];
  const patients = beds.filter((b) => b.ward === here);
  const isDue = (b: Bed) => b.duties.some((d) => d.kind === "observe" && Date.parse(d.due) - now < SOON_MS);
  const due = patients.filter(isDue);
  const shown = onlyDue ? patients.filter((b) => isDue(b) || rows[b.person_id]) : patients;
  const typed = patients.filter((b) => rows[b.person_id]);
  const wrong = typed.reduce((n, b) => n + faults(rows[b.person_id]!), 0);

  const send = useCallback(
    async (persons: string[]) => {
      setRefused({});
      try {
        const n = await save(persons);
        toast("good", t(w.saved, { n }));
      } catch (e) {
        const at = e instanceof Problem && e.refusal ? persons[e.refusal.fact] : undefined;
        if (at && e instanceof Problem) setRefused({ [at]: e.message });
        else told(e);
        return;
      }
      await queries.invalidateQueries();
    },
    [save, t],
  );
  // Whoever types begins at once with the first who has nothing yet; on glass a keyboard would only hide the others.
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) [...(first.current?.querySelectorAll<HTMLInputElement>('[data-cell="temperature"]') ?? [])].find((f) => f.value === "")?.focus({ preventScroll: true });
  }, []);
  const choose = (x: string) => {
    sessionStorage.setItem(WARD_KEY, x);
    setWard(x);
  };
  if (patients.length === 0) return <p className="note">{t(w.noPatients)}</p>;
  return (
    <section className="stack">
      <div className="row choices" role="group" aria-label={t(w.ward)}>
        {wards.length > 1 &&
          wards.map((x) => (
            <button key={x} type="button" className="button" aria-pressed={x === here} onClick={() => choose(x)} data-typed>
              {x}
            </button>
          ))}
        <button type="button" className="button" aria-pressed={onlyDue} onClick={() => setOnlyDue(!onlyDue)}>
          {t(w.onlyDue)} <span className="num">{number(due.length)}</span>
        </button>
        <span className="muted num">{t(w.seenOf, { n: number(patients.length - due.length), all: number(patients.length) })}</span>
      </div>
      <p className="muted hint">{t(w.roundHint)}</p>
      <div ref={first} className="round" onKeyDown={walk}>
        <div className="round-head" aria-hidden="true">
          {[w.patient, w.temperature, w.oxygen, w.severity, w.symptoms].map((h) => (
            <span key={h[1]}>{t(h)}</span>
          ))}
        </div>
        {shown.map((b) => (
          <Line key={b.stay_id} bed={b} row={rows[b.person_id]} due={isDue(b)} refused={refused[b.person_id]} set={set} save={send} />
        ))}
      </div>
      <SymptomWords />
      <div className="save-all">
        {wrong > 0 ? <span className="bad">{t(w.mendFirst, { n: number(wrong) })}</span> : <span className="muted">{t(typed.length > 0 ? w.kept : w.nothingTyped)}</span>}
        <Button first data-save-all disabled={typed.length === 0 || wrong > 0} onClick={() => send(typed.map((b) => b.person_id))}>
          {t(w.saveAll, { n: number(typed.length) })}
        </Button>
      </div>
    </section>
  );
}

/** Enter goes to the next patient, the arrows to the same field of the one below or above; Tab is the browser's. */
function walk(e: KeyboardEvent<HTMLDivElement>): void {
  const from = e.target;
  if (!(from instanceof HTMLInputElement || from instanceof HTMLSelectElement) || e.nativeEvent.isComposing) return;
  const arrow = from instanceof HTMLInputElement && (e.key === "ArrowDown" || e.key === "ArrowUp");
  // The list of usual symptoms is walked with the arrows.
  if (e.key !== "Enter" && !(arrow && !from.hasAttribute("list"))) return;
  e.preventDefault();
  const back = e.key === "ArrowUp" || (e.key === "Enter" && e.shiftKey);
  const lines = [...e.currentTarget.querySelectorAll<HTMLElement>(".round-line")];
  const line = lines[lines.findIndex((l) => l.contains(from)) + (back ? -1 : 1)];
  const cell = e.key === "Enter" ? "temperature" : from.dataset["cell"];
  const to = line?.querySelector<HTMLInputElement>(`[data-cell="${cell}"]`);
  if (to) {
    to.focus();
    to.select();
    to.scrollIntoView({ block: "nearest" });
  } else if (!back) document.querySelector<HTMLElement>("[data-save-all]")?.focus();
}
