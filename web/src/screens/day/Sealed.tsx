/** A day that is sealed: as it was, with its owners, beside the day before. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "wouter";
import { get } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { View } from "../../ui/State";
import { day as dayOf, time } from "../../words/format";
import { useText } from "../../words/language";
import { type Panel, Panels } from "../admin/Panels";
import { Balances, Equation } from "./Balance";
import { Compare } from "./Compare";
import { Owned } from "./Owners";
import { Papers } from "./Papers";
import { dayBefore } from "./sums";
import { dayWords as w } from "./words";

const useSealed = (day: string) => {
  const place = useSession()?.place;
  return useQuery({ queryKey: ["/v1/days", day, place], queryFn: ({ signal }) => get<Schemas["SealedDayView"]>(`/v1/days/${encodeURIComponent(day)}`, { place }, signal) });
};

export default function Sealed() {
  const { day = "" } = useParams<{ day: string }>();
  const t = useText();
  const of = useSealed(day);
  return (
    <>
      <div className="row spread">
        <h1>{/^\d{4}-\d\d-\d\d$/.test(day) ? t(w.sealedDay, { day: dayOf(day) }) : t(w.one)}</h1>
        <Papers day={day} />
      </div>
      <nav className="row no-print">
        <Link href="/day" className="button">
          {t(w.backToOpen)}
        </Link>
        {of.data && (
          <Link href={`/day/${dayBefore(day)}`} className="button">
            {t(w.previousDay)}
          </Link>
        )}
      </nav>
      <View of={of}>{(v) => <Sheet view={v} />}</View>
    </>
  );
}

function Sheet({ view }: { view: Schemas["SealedDayView"] }) {
  const t = useText();
  const before = useSealed(dayBefore(view.day));
  const missing = before.error instanceof Problem && before.error.status === 404;
  const compared = missing ? <p className="note">{t(w.noBefore)}</p> : <View of={before}>{(b) => <Compare lines={view.sheet.lines} before={b.sheet.lines} />}</View>;
  const panels: Panel[] = [
    { key: "balance", title: t(w.balance), body: <Balances lines={view.sheet.lines} /> },
    { key: "owners", title: t(w.owners), body: <Owned lines={view.sheet.owned} /> },
    { key: "compared", title: t(w.compared), body: compared },
  ];
  return (
    <>
      <p className="muted">
        <span data-typed>{t(w.by, { who: view.decider, time: time(view.closed_at) })}</span> · {t(w.hash)} <span className="raw" data-typed>{view.day_hash}</span>
      </p>
      <Equation lines={view.sheet.lines} />
      <Panels label={t(w.one)} panels={panels} />
    </>
  );
}
