/** The open day: its balance, what blocks its close, the close itself, and the days before. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { List, usePages } from "../../ui/List";
import { View } from "../../ui/State";
import { day as dayOf, number, time } from "../../words/format";
import { useText } from "../../words/language";
import { type Panel, Panels } from "../admin/Panels";
import { Balances, Equation } from "./Balance";
import { Compare } from "./Compare";
import { Items, useMayList, type Wanted } from "./Items";
import { Owned, Owners } from "./Owners";
import { Papers } from "./Papers";
import { Reviews } from "./Reviews";
import { Seal } from "./Seal";
import { useLastSealed } from "./useLastSealed";
import { dayWords as w } from "./words";

export default function Day() {
  const place = useSession()?.place;
  const view = useQuery({ queryKey: ["/v1/day", place], queryFn: ({ signal }) => get<Schemas["DayView"]>("/v1/day", { place }, signal) });
  return <View of={view}>{(v) => <Open view={v} />}</View>;
}

function Open({ view }: { view: Schemas["DayView"] }) {
  const t = useText();
  const may = useMayList();
  const [list, setList] = useState<Wanted | null>(null);
  const day = view.sheet.day;
  const blocking = view.blocked.reduce((n, b) => n + b.overdue_without_owner, 0);
  const panels: Panel[] = [
    { key: "close", title: t(w.close), badge: blocking > 0 ? number(blocking) : null, body: <Close view={view} onList={setList} /> },
    { key: "balance", title: t(w.balance), body: <Balances lines={view.sheet.lines} onList={setList} /> },
    { key: "compared", title: t(w.compared), body: <Yesterday lines={view.sheet.lines} /> },
    ...(may ? [{ key: "reviews", title: t(w.reviews), body: <Reviews />, screenOnly: true }] : []),
    { key: "before", title: t(w.before), body: <Days />, screenOnly: true },
  ];
  return (
    <>
      <div className="row spread">
        <h1>{t(w.openDay, { day: dayOf(day) })}</h1>
        <Papers day={day} />
      </div>
      <Equation lines={view.sheet.lines} />
      <Panels label={t(w.title)} panels={panels} />
      {list && <Items of={list} onClose={() => setList(null)} />}
    </>
  );
}

function Close({ view, onList }: { view: Schemas["DayView"]; onList: (w: Wanted) => void }) {
  return (
    <>
      <Owners blocked={view.blocked} onList={onList} />
      {view.sheet.owned.length > 0 && <Owned lines={view.sheet.owned} />}
      <div className="row no-print">
        <Seal view={view} />
      </div>
    </>
  );
}

/** The open day beside the last sealed one. */
function Yesterday({ lines }: { lines: readonly Schemas["Balance"][] }) {
  const t = useText();
  const { last, before } = useLastSealed();
  if (last === undefined) return <p className="note">{t(w.noBefore)}</p>;
  return <View of={before}>{(b) => <Compare lines={lines} before={b.sheet.lines} />}</View>;
}

function Days() {
  const t = useText();
  const pages = usePages<Schemas["SealedDayLine"]>("/v1/days", {});
  return (
    <List pages={pages} id={(d) => d.day} label={t(w.before)} line={76} height="26rem" empty={t(w.noDays)}>
      {(d) => (
        <Link href={`/day/${d.day}`} className="line row spread">
          <span className="grow">
            <strong>{dayOf(d.day)}</strong>{" "}
            <span className="muted">
              {t(w.opened)} {number(d.opened)} · {t(w.discharged)} {number(d.discharged)} · {t(w.carriedOut)} {number(d.carried_out)}
            </span>
          </span>
          {d.overdue > 0 && (
            <span className="badge bad">
              {t(w.overdue)} {number(d.overdue)}
            </span>
          )}
          <span className="muted" data-typed>
            {d.decider} {time(d.closed_at)}
          </span>
        </Link>
      )}
    </List>
  );
}
