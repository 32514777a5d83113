/** A driver's people: whom this vehicle fetches, and where they go. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { Input } from "../../ui/Field";
import { itemsOf, usePages } from "../../ui/List";
import { Fault, Nothing, Waiting } from "../../ui/State";
import { toast } from "../../ui/toast";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Armed } from "../../ui/Armed";
import { useKept } from "../../ui/kept";
import { byDue, useAll } from "../../ui/pages";
import type { TransferItem, VehicleItem } from "./shapes";
import { courier as w } from "./words";
import "../../ui/scan.css";

export default function Rides() {
  const t = useText();
  const [vehicle, setVehicle] = useKept("vehicle");
  return (
    <>
      <div className="row spread">
        <h1>{t(w.rides)}</h1>
        {vehicle && <Button onClick={() => setVehicle("")}>{t(w.vehicleChange)}</Button>}
      </div>
      {vehicle ? <Mine vehicle={vehicle} /> : <Choose onPick={setVehicle} />}
    </>
  );
}

function Choose({ onPick }: { onPick: (vehicle: string) => void }) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const pages = usePages<VehicleItem>("/v1/vehicles", {});
  const use = () => typed.trim() && onPick(typed.trim());
  return (
    <section className="stack">
      <h2>{t(w.vehicleWhich)}</h2>
      {pages.error && <Fault error={pages.error} again={() => void pages.refetch()} />}
      {pages.isPending && <Waiting />}
      <div className="grid">
        {itemsOf(pages).map((v) => (
          <Button key={v.vehicle} className="tall" onClick={() => onPick(v.vehicle)}>
            <span className="code" data-typed>
              {v.vehicle}
            </span>
            <span className={`badge ${v.busy ? "warn" : "good"}`}>{t(v.busy ? w.vehicleBusy : w.vehicleFree)}</span>
          </Button>
        ))}
      </div>
      <form
        className="card stack"
        onSubmit={(e) => {
          e.preventDefault();
          use();
        }}
      >
        <Input label={t(w.vehicleType)} value={typed} onChange={(e) => setTyped(e.target.value)} autoComplete="off" autoCapitalize="characters" />
        <Button type="submit" first wide disabled={!typed.trim()}>
          {t(w.vehicleUse)}
        </Button>
      </form>
    </section>
  );
}

function Mine({ vehicle }: { vehicle: string }) {
  const t = useText();
  const pages = useAll(usePages<TransferItem>("/v1/transfers", { open: true }));
  const rides = byDue(itemsOf(pages).filter((x) => x.vehicle === vehicle && (x.state === "assigned" || x.state === "picked_up")));
  const inside = rides.filter((x) => x.state === "picked_up");
  return (
    <section className="stack">
      <p>
        {t(w.vehicle)} <strong className="code" data-typed>{vehicle}</strong>
      </p>
      {pages.error && <Fault error={pages.error} again={() => void pages.refetch()} />}
      {pages.isPending && <Waiting />}
      {pages.data && rides.length === 0 && <Nothing>{t(w.noRides)}</Nothing>}
      {inside.length > 1 && <Armed wide onClick={() => sayArrived(inside, t(w.saidAllArrived, { n: inside.length }))}>{t(w.allArrived, { n: inside.length })}</Armed>}
      {rides.map((x) => (
        <Ride key={x.transfer_id} of={x} />
      ))}
      {pages.hasNextPage && <Waiting />}
    </section>
  );
}

async function sayArrived(of: readonly TransferItem[], text: string): Promise<void> {
  const at = stamp();
  await say(...of.map((x) => ({ arrived: { transfer: x.transfer_id, at } })));
  toast("good", text);
  void queries.invalidateQueries();
}

async function sayPickedUp(x: TransferItem, text: string): Promise<void> {
  await say({ picked_up: { transfer: x.transfer_id, at: stamp() } });
  toast("good", text);
  void queries.invalidateQueries();
}

function Ride({ of: x }: { of: TransferItem }) {
  const t = useText();
  const name = x.name ?? x.person_id.slice(-6);
  return (
    <article className="card ride" aria-label={name}>
      <div className="row spread">
        <h2 data-typed>{name}</h2>
        <span className="row">
          <span className="badge">{term("TransferState", x.state)}</span>
          <Due at={x.due} />
        </span>
      </div>
      <dl className="pair way">
        <dt>{t(w.from)}</dt>
        <dd data-typed>{x.from_name ?? x.from}</dd>
        <dt>{t(w.to)}</dt>
        <dd data-typed>{x.to_name ?? x.to}</dd>
      </dl>
      {x.state === "assigned" ? (
        <Armed wide onClick={() => sayPickedUp(x, t(w.saidPickedUp, { name }))}>{t(w.pickedUp)}</Armed>
      ) : (
        <Armed wide onClick={() => sayArrived([x], t(w.saidArrived, { name }))}>{t(w.arrived)}</Armed>
      )}
    </article>
  );
}
