/** Facilities with their beds; behind each number its list. */
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { itemsOf, usePages } from "../../ui/List";
import { Nothing, View } from "../../ui/State";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { named } from "../../api/places";
import { useAll } from "../../ui/pages";
import type { TransferItem } from "../courier/shapes";
import { useFacilities } from "./Assign";
import { called } from "./TransferCard";
import { dispatch as w } from "./words";
import "../../ui/scan.css";
import "./dispatch.css";

type Facility = Schemas["FacilityItem"];

export default function Beds() {
  const t = useText();
  const facilities = useFacilities();
  const [shown, show] = useState<Facility | null>(null);
  return (
    <>
      <h1>{t(w.beds)}</h1>
      <View of={facilities}>
        {(f) => (
          <div className="grid">
            {f.facilities.length === 0 && <Nothing>{t(w.noFacilities)}</Nothing>}
            {f.facilities.map((x) => (
              <article key={x.facility} className="card stack">
                <h2 data-typed>{named(x)}</h2>
                <span className="muted">{term("PlaceKind", x.kind)}</span>
                <Button onClick={() => show(x)} className="tall">
                  <span className={x.free > 0 ? "good" : "bad"}>{x.free > 0 ? t(w.bedsLeft, { n: x.free }) : t(w.full)}</span>
                </Button>
                <Bar of={x} />
                <span className="muted num">{t(w.bedsOf, { beds: x.beds, occupied: x.occupied, reserved: x.reserved })}</span>
              </article>
            ))}
          </div>
        )}
      </View>
      {shown && <Inside of={shown} onClose={() => show(null)} />}
    </>
  );
}

function Bar({ of: x }: { of: Facility }) {
  const share = (n: number) => `${x.beds === 0 ? 0 : Math.min(100, (n * 100) / x.beds)}%`;
  return (
    <span className="bed-bar" aria-hidden="true">
      <i style={{ width: share(x.occupied) }} />
      <i style={{ width: share(x.reserved) }} />
    </span>
  );
}

/** The wards of a facility, and who is on the way there. */
function Inside({ of: x, onClose }: { of: Facility; onClose: () => void }) {
  const t = useText();
  const pages = useAll(usePages<TransferItem>("/v1/transfers", { open: true }));
  const coming = itemsOf(pages).filter((p) => p.to === x.facility);
  return (
    <Dialog title={named(x)} onClose={onClose}>
      <table>
        <thead>
          <tr>
            <th>{t(w.ward)}</th>
            <th>{t(w.total)}</th>
            <th>{t(w.occupied)}</th>
            <th>{t(w.left)}</th>
          </tr>
        </thead>
        <tbody>
          {x.wards.map((r) => (
            <tr key={r.ward}>
              <td data-typed>{r.ward}</td>
              <td className="num">{r.beds}</td>
              <td className="num">{r.occupied}</td>
              <td className="num">{r.free}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{t(w.coming, { n: coming.length })}</h3>
      {coming.length === 0 && <Nothing>{t(w.noneComing)}</Nothing>}
      <ul className="stack">
        {coming.map((p) => (
          <li key={p.transfer_id} className="row spread">
            <strong data-typed>{called(p)}</strong>
            <span className="row">
              {p.vehicle && (
                <span className="code" data-typed>
                  {p.vehicle}
                </span>
              )}
              <span className="badge">{term("TransferState", p.state)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
