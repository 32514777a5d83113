/** Vehicles: which are free, and whom the others carry. */
import { itemsOf, List, usePages } from "../../ui/List";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { useAll } from "../../ui/pages";
import type { TransferItem, VehicleItem } from "../courier/shapes";
import { called } from "./TransferCard";
import { dispatch as w } from "./words";
import "../../ui/scan.css";
import "./dispatch.css";

export default function Vehicles() {
  const t = useText();
  const pages = usePages<VehicleItem>("/v1/vehicles", {});
  const transfers = useAll(usePages<TransferItem>("/v1/transfers", { open: true }));
  const byId = new Map(itemsOf(transfers).map((x) => [x.transfer_id, x]));
  return (
    <>
      <h1>{t(w.vehicles)}</h1>
      <List pages={pages} id={(v) => v.vehicle} label={t(w.vehicles)} empty={t(w.noVehicles)} line={72}>
        {(v) => (
          <div className="line">
            <div className="row spread">
              <span className="row">
                <strong className="code" data-typed>
                  {v.vehicle}
                </strong>
                <span className={`badge ${v.busy ? "warn" : "good"}`}>{v.busy ? t(w.busy, { n: v.transfer_ids.length }) : t(w.free)}</span>
              </span>
              <span className="muted num">{v.last_seen_at && t(w.lastSeen, { at: time(v.last_seen_at) })}</span>
            </div>
            {v.transfer_ids.map((id) => (
              <Rider key={id} of={byId.get(id)} />
            ))}
          </div>
        )}
      </List>
    </>
  );
}

function Rider({ of: x }: { of: TransferItem | undefined }) {
  if (!x) return null;
  return (
    <p>
      <span className="badge">{term("TransferState", x.state)}</span> <span data-typed>{`${called(x)} · ${x.from_name ?? x.from} → ${x.to_name ?? x.to ?? ""}`}</span>
    </p>
  );
}
