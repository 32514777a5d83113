import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { View } from "../../ui/State";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { type Bed, type Facility, whereOf } from "./facility";
import { Patient } from "./Patient";
import { Discharge } from "./ends";
import { Reasons } from "./reasons";
import { w } from "./words";

/** Who can leave now, the longest overdue first; and of everybody else why not. */
export function Home({ facility, beds, releasable }: { facility: Facility; beds: Bed[]; releasable: UseQueryResult<Schemas["Releasable"][]> }) {
  const t = useText();
  const [leaving, setLeaving] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const lies = (stay: string | null) => beds.find((b) => b.stay_id === stay);
  const [gone, looked] = [lies(leaving), lies(open)];
  return (
    <View of={releasable}>
      {(going) => {
        const can = new Set(going.map((r) => r.stay_id));
        const others = beds.filter((b) => !can.has(b.stay_id));
        return (
          <>
            <section className="stack">
              <h2>
                {t(w.goToday)} <span className="badge good num">{number(going.length)}</span>
              </h2>
              {going.length === 0 && <p className="note">{t(w.nobodyGoes)}</p>}
              <ul className="ward-lines">
                {going.map((r) => (
                  <li key={r.stay_id}>
                    <Button className="bed-no" onClick={() => setOpen(r.stay_id)} aria-label={whereOf(r)}>
                      {r.ward}-{r.bed}
                    </Button>
                    <span className="fill">
                      <strong data-typed>{r.name}</strong> <span className="muted">{t(w.since, { t: time(r.since) })}</span> <Due at={r.due} />
                    </span>
                    <Button first onClick={() => setLeaving(r.stay_id)}>
                      {t(w.discharge)}
                    </Button>
                  </li>
                ))}
              </ul>
            </section>
            <section className="stack">
              <h2>
                {t(w.others)} <span className="badge num">{number(others.length)}</span>
              </h2>
              {others.length === 0 && <p className="note">{t(w.nobodyElse)}</p>}
              <ul className="ward-lines">
                {others.map((b) => (
                  <li key={b.stay_id}>
                    <Button className="bed-no" onClick={() => setOpen(b.stay_id)} aria-label={whereOf(b)}>
                      {b.ward}-{b.bed}
                    </Button>
                    <span className="fill">
                      <strong data-typed>{b.name}</strong>
                      <Reasons bed={b} />
                    </span>
                  </li>
                ))}
              </ul>
            </section>
            {gone && <Discharge bed={gone} canGo={can.has(gone.stay_id)} onClose={() => setLeaving(null)} />}
            {looked && <Patient facility={facility} bed={looked} canGo={can.has(looked.stay_id)} onClose={() => setOpen(null)} />}
          </>
        );
      }}
    </View>
  );
}
