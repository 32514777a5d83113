/** One person on the board: who, from where to where, how long is left, and the next step. */
import { useState } from "react";
import { stamp, useNow } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { toast } from "../../ui/toast";
import { type Text, useText } from "../../words/language";
import { term } from "../../words/terms";
import { Armed } from "../../ui/Armed";
import type { TransferItem } from "../courier/shapes";
import { Assign } from "./Assign";
import { CallOff } from "./CallOff";
import { dispatch as w } from "./words";

const SOON_MS = 2 * 3_600_000;
const KIND: Record<string, Text> = { case: w.moved_case, contact: w.moved_contact };

/** By what a person is known on the board. */
export const called = (x: { name?: string | null; person_id?: string | null }): string => x.name ?? `…${(x.person_id ?? "").slice(-6)}`;

/** How near its time is: the colour of its edge. */
export function useHaste(due: string | null | undefined): string {
  const now = useNow();
  if (!due) return "";
  const left = Date.parse(due) - now;
  return left < 0 ? "late" : left < SOON_MS ? "soon" : "";
}

export function TransferCard({ of: x }: { of: TransferItem }) {
  const t = useText();
  const [dialog, setDialog] = useState<"assign" | "callOff" | null>(null);
  const haste = useHaste(x.due);
  const name = called(x);
  const step = async (fact: Parameters<typeof say>[0], text: string) => {
    await say(fact);
    toast("good", text);
    void queries.invalidateQueries();
  };
  return (
    <article className={`ticket ${haste}`} aria-label={name}>
      <div className="row spread">
        <h3 data-typed>{name}</h3>
        <Due at={x.due} />
      </div>
      <div className="row" style={{ gap: 6 }}>
        {x.kind && <span className={`badge ${x.kind === "case" ? "bad" : ""}`}>{KIND[x.kind] ? t(KIND[x.kind] ?? w.moved_case) : x.kind}</span>}
        {x.severity && <span className="badge">{term("Severity", x.severity)}</span>}
        {x.vehicle && (
          <strong className="code" data-typed>
            {x.vehicle}
          </strong>
        )}
      </div>
      <p className="way" data-typed>
        {x.from_name ?? x.from}
        {x.to && ` → ${x.to_name ?? x.to}`}
      </p>
      {x.state !== "arrived" && (
        <div className="acts">
          {x.state === "requested" && <Button first onClick={() => setDialog("assign")}>{t(w.assign)}</Button>}
          {x.state === "assigned" && <Armed onClick={() => step({ picked_up: { transfer: x.transfer_id, at: stamp() } }, t(w.saidPickedUp, { name }))}>{t(w.pickedUp)}</Armed>}
          {x.state === "picked_up" && <Armed onClick={() => step({ arrived: { transfer: x.transfer_id, at: stamp() } }, t(w.saidArrived, { name }))}>{t(w.arrivedNow)}</Armed>}
          {x.state === "assigned" && <Button onClick={() => setDialog("assign")}>{t(w.reassign)}</Button>}
          <Button danger onClick={() => setDialog("callOff")} aria-label={t(w.callOffOf, { name })} title={t(w.callOff)}>
            ✕
          </Button>
        </div>
      )}
      {dialog === "assign" && <Assign of={x} onClose={() => setDialog(null)} />}
      {dialog === "callOff" && <CallOff of={x} onClose={() => setDialog(null)} />}
    </article>
  );
}
