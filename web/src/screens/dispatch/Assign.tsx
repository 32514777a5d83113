/** Vehicle and destination in two taps: a free vehicle is chosen already, and a tap on the facility assigns both. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import { queries } from "../../api/live";
import { Problem } from "../../api/problem";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, TextArea } from "../../ui/Field";
import { itemsOf, usePages } from "../../ui/List";
import { Fault, View } from "../../ui/State";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { named } from "../../api/places";
import { useAll } from "../../ui/pages";
import type { TransferItem, VehicleItem } from "../courier/shapes";
import { called } from "./TransferCard";
import { dispatch as w } from "./words";

type Facility = Schemas["FacilityItem"];

/** Refusals that a decision overrules. */
const DECIDABLE: readonly string[] = ["facility.kind", "facility.home", "facility.no_reason"];

export const useFacilities = () => useQuery({ queryKey: ["/v1/facilities"], queryFn: ({ signal }) => get<Schemas["Facilities"]>("/v1/facilities", {}, signal) });

/** Free vehicles first; of the busy ones those with the fewest riders. */
const byUse = (all: VehicleItem[]): VehicleItem[] => [...all].sort((a, b) => a.transfer_ids.length - b.transfer_ids.length || a.vehicle.localeCompare(b.vehicle));

export function Assign({ of: x, onClose }: { of: TransferItem; onClose: () => void }) {
  const t = useText();
  const vehicles = useAll(usePages<VehicleItem>("/v1/vehicles", {}));
  const facilities = useFacilities();
  const [picked, setPicked] = useState<string | null>(x.vehicle ?? null);
  const [typed, setTyped] = useState("");
  const [refused, setRefused] = useState<{ facility: Facility; text: string; decidable: boolean } | null>(null);
  const sorted = byUse(itemsOf(vehicles));
  const vehicle = typed.trim() || (picked ?? sorted.find((v) => !v.busy)?.vehicle ?? "");
  const assign = async (facility: Facility, decision?: Schemas["Decision"]) => {
    if (!vehicle) return;
    try {
      await say({ vehicle_assigned: { transfer: x.transfer_id, vehicle, facility: facility.facility, at: stamp(), ...(decision ? { decision } : {}) } });
    } catch (e) {
      const rule = e instanceof Problem ? e.refusal?.rule : undefined;
      setRefused({ facility, text: e instanceof Error ? e.message : String(e), decidable: rule !== undefined && DECIDABLE.includes(rule) });
      return;
    }
    toast("good", t(w.assignedTo, { name: called(x), vehicle, to: named(facility) }));
    onClose();
    void queries.invalidateQueries();
  };
  return (
    <Dialog title={called(x)} onClose={onClose} broad>
      <h3>{t(w.vehicle)}</h3>
      {vehicles.error && <Fault error={vehicles.error} again={() => void vehicles.refetch()} />}
      <div className="pick-list" role="group" aria-label={t(w.vehicle)}>
        {sorted.map((v) => (
          <Button
            key={v.vehicle}
            aria-pressed={v.vehicle === vehicle}
            onClick={() => {
              setTyped("");
              setPicked(v.vehicle);
            }}
          >
            <span className="code" data-typed>
              {v.vehicle}
            </span>
            <span className={`badge ${v.busy ? "warn" : "good"}`}>{v.busy ? t(w.busy, { n: v.transfer_ids.length }) : t(w.free)}</span>
          </Button>
        ))}
      </div>
      <Input label={t(w.otherVehicle)} value={typed} onChange={(e) => setTyped(e.target.value)} autoComplete="off" autoCapitalize="characters" />
      <h3>{t(w.destination)}</h3>
      {!vehicle && <p className="note warn">{t(w.vehicleFirst)}</p>}
      {refused && (
        <div className="note bad stack" role="alert">
          <span>{refused.text}</span>
        </div>
      )}
      {refused?.decidable && <Decide onDecided={(d) => assign(refused.facility, d)} />}
      <View of={facilities}>{(f) => <Places all={f.facilities} contact={x.kind === "contact"} ready={vehicle !== ""} onPick={(p) => assign(p)} />}</View>
    </Dialog>
  );
}

function Places({ all, contact, ready, onPick }: { all: readonly Facility[]; contact: boolean; ready: boolean; onPick: (f: Facility) => Promise<void> }) {
  const t = useText();
  // Contacts go to isolation sites, cases to hospitals; which of these the protocol asks for, the server says.
  const fits = (f: Facility) => (f.kind === "isolation_site") === contact;
  const sorted = [...all].sort((a, b) => Number(fits(b)) - Number(fits(a)) || Number(b.free > 0) - Number(a.free > 0));
  if (all.length === 0) return <p className="note warn">{t(w.noFacilities)}</p>;
  return (
    <div className="places" role="group" aria-label={t(w.destination)}>
      {sorted.map((f) => (
        <Button key={f.facility} disabled={!ready || f.free <= 0} onClick={() => onPick(f)}>
          <span>
            <strong data-typed>{named(f)}</strong>
            <br />
            <span className="muted">{term("PlaceKind", f.kind)}</span>
          </span>
          <span className={`badge num ${f.free > 0 ? "good" : "bad"}`}>{f.free > 0 ? t(w.bedsLeft, { n: f.free }) : t(w.full)}</span>
        </Button>
      ))}
    </div>
  );
}

/** The protocol asks for another kind of place: someone must answer for this one. */
function Decide({ onDecided }: { onDecided: (d: Schemas["Decision"]) => Promise<void> }) {
  const t = useText();
  const [decider, setDecider] = useState("");
  const [reason, setReason] = useState("");
  return (
    <div className="card stack">
      <strong>{t(w.needsDecision)}</strong>
      <Input label={t(core.decider)} value={decider} onChange={(e) => setDecider(e.target.value)} />
      <TextArea label={t(core.reason)} value={reason} onChange={(e) => setReason(e.target.value)} />
      <Button first wide disabled={!decider.trim() || !reason.trim()} onClick={() => onDecided({ decider: decider.trim(), reason: reason.trim() })}>
        {t(w.assignAnyway)}
      </Button>
    </div>
  );
}
