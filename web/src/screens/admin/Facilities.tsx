/** Hospitals and isolation sites, with their wards and beds. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { named } from "../../api/places";
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Nothing, View } from "../../ui/State";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { ownPlace } from "./Place";
import { FACILITIES, type Listed, PlaceForm } from "./PlaceForm";
import { type Column, Table } from "./Table";
import { admin as w } from "./words";

type Facility = Schemas["FacilityItem"];

const listed = (f: Facility): Listed => ({ place: f.facility, kind: f.kind, name: f.name, name_en: f.name_en, wards: f.wards.map(({ ward, beds }) => ({ ward, beds })) });

export default function Facilities() {
  const t = useText();
  const role = useSession()?.role;
  const may = role === "administrator" || role === "commander";
  const [form, setForm] = useState<Listed | "new" | null>(null);
  const all = useQuery({ queryKey: ["/v1/facilities"], queryFn: ({ signal }) => get<Schemas["Facilities"]>("/v1/facilities", {}, signal) });
  const columns: Column<Schemas["BedTotal"]>[] = [
    { title: t(w.kind), cell: (b) => term("PlaceKind", b.kind) },
    { title: t(w.count), num: true, cell: (b) => number(b.facilities) },
    { title: t(w.beds), num: true, cell: (b) => number(b.beds) },
    { title: t(w.occupied), num: true, cell: (b) => number(b.occupied) },
    { title: t(w.reserved), num: true, cell: (b) => number(b.reserved) },
    { title: t(w.free), num: true, cell: (b) => <strong className={b.free > 0 ? "" : "bad"}>{number(b.free)}</strong> },
  ];
  return (
    <>
      <div className="row spread">
        <h1>{t(w.facilities)}</h1>
        {may && (
          <Button first onClick={() => setForm("new")}>
            {t(w.addFacility)}
          </Button>
        )}
      </div>
      <View of={all}>
        {(v) => (
          <>
            <Table label={t(w.facilities)} columns={columns} rows={v.totals} id={(b) => b.kind} />
            {v.facilities.length === 0 && <Nothing>{t(w.noFacilities)}</Nothing>}
            <div className="grid">
              {v.facilities.map((f) => (
                <Card key={f.facility} of={f} onChange={may ? () => setForm(listed(f)) : null} />
              ))}
            </div>
          </>
        )}
      </View>
      {form && <PlaceForm of={form === "new" ? null : form} under={ownPlace()} kinds={FACILITIES} onClose={() => setForm(null)} />}
    </>
  );
}

function Card({ of: f, onChange }: { of: Facility; onChange: (() => void) | null }) {
  const t = useText();
  const taken = f.beds === 0 ? 0 : (100 * f.occupied) / f.beds;
  const held = f.beds === 0 ? 0 : (100 * f.reserved) / f.beds;
  return (
    <section className="card stack">
      <div>
        <h2 data-typed>{named(f)}</h2>
        <span className="muted">{term("PlaceKind", f.kind)}</span>
      </div>
      <p>
        {t(w.free)} <strong style={{ fontSize: "1.5rem" }} className={f.free > 0 ? "" : "bad"}>{number(f.free)}</strong> / {number(f.beds)}
        {f.reserved > 0 && <span className="muted"> · {t(w.reserved)} {number(f.reserved)}</span>}
      </p>
      <div className="meter" aria-hidden>
        <span className="done" style={{ width: `${taken}%` }} />
        <span className="none" style={{ width: `${held}%` }} />
      </div>
      {f.wards.map((x) => (
        <div key={x.ward} className="row spread">
          <span>
            {t(w.ward)} <span data-typed>{x.ward}</span>
          </span>
          <span className="num">
            {t(w.free)} {number(x.free)} / {number(x.beds)}
          </span>
        </div>
      ))}
      {onChange && <Button onClick={onChange} aria-label={`${t(w.change)} ${f.name}`}>{t(w.change)}</Button>}
    </section>
  );
}
