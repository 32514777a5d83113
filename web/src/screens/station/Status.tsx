/** Where one is, how fresh the list is, what waits: small, and always in view. */
import { useSyncExternalStore } from "react";
import { Link } from "wouter";
import { useHeld } from "../../offline/held";
import { lineNow, onLine } from "../../offline/sender";
import { Button } from "../../ui/Button";
import { hour, number } from "../../words/format";
import { useText } from "../../words/language";
import { refreshList, useDesk } from "./desk";
import { listOf, type Place } from "./place";
import { living } from "./rules";
import { w } from "./words";

export const useLine = () => useSyncExternalStore((l) => onLine(l), lineNow);

export function Status({ at, onChange }: { at: Place; onChange: () => void }) {
  const t = useText();
  const line = useLine();
  const held = useHeld();
  const desk = useDesk();
  // What was refused waits for a person, not for the network.
  const waiting = Math.max(0, Object.values(held).reduce((a, b) => a + b, 0) - desk.refused);
  const people = [...desk.tubes.values()].reduce((n, x) => n + (x.round === (at.round?.round ?? null) ? living(x).length : 0), 0);
  return (
    <>
      <div className="station-status">
        <span className="where" data-typed>
          <strong>{at.stationName}</strong> · {at.round?.name ?? t(w.noRound)}
        </span>
        <Button onClick={onChange}>{t(w.change)}</Button>
      </div>
      <div className="station-status">
        <Link href="/station/queue" className={`button ${waiting > 0 ? "warn" : ""}`} data-waiting={waiting}>
          {line.up === false ? "✈ " : "● "}
          {waiting > 0 ? t(w.waiting, { n: number(waiting) }) : t(w.allSent)}
        </Link>
        {desk.refused > 0 && (
          <Link href="/station/queue" className="button danger" data-refused={desk.refused}>
            ✕ {t(w.refusedN, { n: number(desk.refused) })}
          </Link>
        )}
        <Link href="/station/queue" className="button">
          {t(w.today, { n: number(people) })}
        </Link>
        <ListState at={at} />
      </div>
      {line.up === false && <p className="note warn">{t(w.lineOff)}</p>}
    </>
  );
}

function ListState({ at }: { at: Place }) {
  const t = useText();
  const desk = useDesk();
  if (listOf(at) === null) return null;
  const text =
    desk.reading !== null
      ? t(w.listReading, { n: number(desk.reading) })
      : desk.listFault === "missing"
        ? t(w.listMissing)
        : desk.list?.round === listOf(at)
          ? t(w.listOf, { n: number(desk.people.size), at: hour(desk.list.at) })
          : t(w.listNone);
  return (
    <Button onClick={() => refreshList(at)} title={t(w.listAgain)} data-list={desk.people.size}>
      {text} ⟳
    </Button>
  );
}
