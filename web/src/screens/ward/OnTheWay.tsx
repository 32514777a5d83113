import type { Schemas } from "../../api/types";
import { useNow } from "../../api/clock";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { Fault } from "../../ui/State";
import { itemsOf, usePages } from "../../ui/List";
import { hour } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";

/** A transfer as `/v1/transfers` tells it. */
export type Transfer = Schemas["TransferItem"];

/** Whom a bed is for. */
export interface Who {
  person_id: string;
  name: string;
}

/** Of someone of another area no name is shown: where they come from tells them apart. */
export const whoOf = (x: Transfer): Who => ({ person_id: x.person_id, name: x.name ?? x.from_name });

/** The states of those who are still coming; whoever is admitted has a bed already. */
const STATE: Partial<Record<Transfer["state"], Text>> = { requested: w.requested, assigned: w.assigned, picked_up: w.pickedUp, arrived: w.arrived };
const ORDER = ["arrived", "picked_up", "assigned", "requested"];

/** Whoever is sent here, the nearest first: who stands at the door, then who is in a vehicle. */
export function useComing(facility: string) {
  const pages = usePages<Transfer>("/v1/transfers", { open: true });
  const coming = itemsOf(pages).filter((x) => x.to === facility);
  return { pages, coming: coming.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)) };
}

export function OnTheWay({ facility, onAdmit }: { facility: string; onAdmit: (who: Who) => void }) {
  const t = useText();
  useNow();
  const { pages, coming } = useComing(facility);
  return (
    <section className="stack">
      <h2>
        {t(w.onTheWay)} {coming.length > 0 && <span className="badge num">{coming.length}</span>}
      </h2>
      {pages.error && <Fault error={pages.error} again={() => void pages.refetch()} />}
      {pages.isSuccess && coming.length === 0 && <p className="muted">{t(w.nobodyOnTheWay)}</p>}
      <ul className="stack">
        {coming.map((x) => (
          <li key={x.transfer_id} className={`coming ${x.state}`}>
            <span>
              <strong data-typed>{x.name ?? x.from_name}</strong> {x.severity && <span className="badge">{term("Severity", x.severity)}</span>}
              <br />
              <span className={x.state === "arrived" ? "good" : "muted"}>
                {t(STATE[x.state] ?? w.arrived)} {(x.arrived_at ?? x.picked_up_at) && hour(x.arrived_at ?? x.picked_up_at ?? "")}
              </span>{" "}
              {x.vehicle && (
                <span className="muted" data-typed>
                  {x.vehicle}
                </span>
              )}{" "}
              <Due at={x.due} />
            </span>
            <Button first={x.state === "arrived"} onClick={() => onAdmit(whoOf(x))}>
              {t(w.admit)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
