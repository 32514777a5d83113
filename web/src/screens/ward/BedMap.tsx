import { memo, useCallback, useMemo, useState } from "react";
import { useNow } from "../../api/clock";
import type { Schemas } from "../../api/types";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { core } from "../../words/core";
import { term } from "../../words/terms";
import { Admit, type Wanted } from "./Admit";
import { type Bed, type Facility, ownDuties, whereOf } from "./facility";
import { OnTheWay } from "./OnTheWay";
import { Patient } from "./Patient";
import { w } from "./words";

const SOON_MS = 2 * 3_600_000;
type Need = "bad" | "warn" | "good" | null;
type Show = "all" | "free" | "needs";

/** What of a patient should be done next, and how urgent it is. */
function needOf(bed: Bed, canGo: boolean, now: number): [Need, Schemas["DutyKind"] | null] {
  const first = ownDuties(bed)[0];
  const left = first ? Date.parse(first.due) - now : Infinity;
  if (first && left < 0) return ["bad", first.kind];
  if (canGo) return ["good", "discharge"];
  if (first && left < SOON_MS) return ["warn", first.kind];
  return [null, null];
}

interface Cell {
  ward: string;
  bed: number;
  who: Bed | null;
  need: Need;
  kind: Schemas["DutyKind"] | null;
}

function cells(facility: Facility, beds: Bed[], releasable: Schemas["Releasable"][], now: number): Cell[] {
  const taken = new Map(beds.map((b) => [`${b.ward}\n${b.bed}`, b]));
  const going = new Set(releasable.map((r) => r.stay_id));
  return facility.wards.flatMap(({ ward, beds: n }) =>
    Array.from({ length: n }, (_, i): Cell => {
      const who = taken.get(`${ward}\n${i + 1}`) ?? null;
      const [need, kind] = who ? needOf(who, going.has(who.stay_id), now) : [null, null];
      return { ward, bed: i + 1, who, need, kind };
    }),
  );
}

export function BedMap({ facility, beds, releasable }: { facility: Facility; beds: Bed[]; releasable: Schemas["Releasable"][] }) {
  const t = useText();
  const now = useNow(60_000);
  const [show, setShow] = useState<Show>("all");
  const [admitting, setAdmitting] = useState<Wanted | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const all = useMemo(() => cells(facility, beds, releasable, now), [facility, beds, releasable, now]);
  const shown = all.filter((c) => (show === "free" ? !c.who : show === "needs" ? c.need : true));
  const press = useCallback((c: Cell) => (c.who ? setOpen(c.who.stay_id) : setAdmitting({ ward: c.ward, bed: c.bed })), []);
  const patient = beds.find((b) => b.stay_id === open);
  const choices: [Show, string, number][] = [
    ["all", t(core.all), all.length],
    ["needs", t(w.needs), all.filter((c) => c.need).length],
    ["free", t(w.free), all.filter((c) => !c.who).length],
  ];
  return (
    <div className="stack">
      <OnTheWay facility={facility.facility} onAdmit={(person) => setAdmitting({ person })} />
      <div className="row choices" role="group" aria-label={t(w.beds)}>
        {choices.map(([id, text, n]) => (
          <button key={id} type="button" className="button" aria-pressed={show === id} onClick={() => setShow(id)}>
            {text} <span className="num">{number(n)}</span>
          </button>
        ))}
        {facility.reserved > 0 && (
          <span className="badge num">
            {t(w.reserved)} {number(facility.reserved)}
          </span>
        )}
      </div>
      {shown.length === 0 && <p className="note">{t(w.noneSuch)}</p>}
      {facility.wards.map(({ ward, beds: n }) => (
        <Room key={ward} ward={ward} beds={n} cells={shown.filter((c) => c.ward === ward)} free={all.filter((c) => c.ward === ward && !c.who).length} press={press} />
      ))}
      {admitting && <Admit facility={facility} beds={beds} wanted={admitting} onClose={() => setAdmitting(null)} />}
      {patient && <Patient facility={facility} bed={patient} canGo={releasable.some((r) => r.stay_id === patient.stay_id)} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Room({ ward, beds, cells: own, free, press }: { ward: string; beds: number; cells: Cell[]; free: number; press: (c: Cell) => void }) {
  const t = useText();
  if (own.length === 0) return null;
  return (
    <section className="stack">
      <h2>
        <span data-typed>{ward}</span> {t(w.ward)} <span className="muted num">{t(w.freeOf, { free: number(free), beds: number(beds) })}</span>
      </h2>
      <ul className="bed-map">
        {own.map((c) => (
          <li key={c.bed}>
            <One cell={c} press={press} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Colour, sign and words say the same: one of them is seen at 3 a.m. */
const One = memo(function One({ cell: c, press }: { cell: Cell; press: (c: Cell) => void }) {
  const t = useText();
  const sign = !c.who ? "＋" : c.need === "bad" ? "‼" : c.need === "warn" ? "!" : c.need === "good" ? "✓" : "●";
  const what = !c.who ? t(w.free) : c.kind ? term("DutyKind", c.kind) : t(w.taken);
  return (
    <button type="button" className={`bed ${c.who ? "taken" : "free"} ${c.need ?? ""}`} onClick={() => press(c)} aria-label={[whereOf(c), c.who?.name, what].filter(Boolean).join(" ")}>
      <span className="row spread">
        <strong className="num">{c.bed}</strong>
        <span aria-hidden="true">{sign}</span>
      </span>
      <span className="who" data-typed>
        {c.who?.name ?? ""}
      </span>
      <span className="what">{what}</span>
    </button>
  );
});
