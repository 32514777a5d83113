/** New positives with their clocks, every case, and those whose source is not known. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { get } from "../../api/client";
import type { Page, Schemas } from "../../api/types";
import { Due } from "../../ui/Due";
import { List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { addressOf } from "./tabs";
import { w } from "./words";
import "./cases.css";

const WORK = [
  ["report", w.report],
  ["investigate_core", w.core],
  ["investigate_full", w.full],
] as const;
const OWN_FIRST = ["investigate_core", "investigate_full", "report"] as const;
type Shown = (typeof WORK)[number][0] | "all" | "unlinked";

export default function CasesScreen() {
  const t = useText();
  const [shown, setShown] = useState<Shown | null>(null);
  const counts = WORK.map(([kind]) => kind);
  const totals = useTotals(counts);
  // One's own work first: reports are mostly the laboratory's. With nothing waiting, every case.
  const first: Shown = OWN_FIRST.find((kind) => (totals[counts.indexOf(kind)]?.open ?? 0) > 0) ?? "all";
  const now = shown ?? first;
  return (
    <>
      <h1>{t(w.title)}</h1>
      <div className="numbers" role="group" aria-label={t(w.openWork)}>
        {WORK.map(([kind, title], i) => (
          <button key={kind} type="button" className="button" aria-pressed={now === kind} onClick={() => setShown(kind)}>
            <strong className={`num ${(totals[i]?.overdue ?? 0) > 0 ? "bad" : ""}`}>{totals[i] ? `${number(totals[i].open)}${totals[i].more ? "+" : ""}` : "–"}</strong>
            <span>{t(title)}</span>
            {(totals[i]?.overdue ?? 0) > 0 && <span className="badge bad">{t(w.overdue, { n: totals[i]?.overdue ?? 0 })}</span>}
          </button>
        ))}
        <button type="button" className="button" aria-pressed={now === "all"} onClick={() => setShown("all")}>
          <span>{t(w.allCases)}</span>
        </button>
        <button type="button" className="button" aria-pressed={now === "unlinked"} onClick={() => setShown("unlinked")}>
          <span>{t(w.unlinked)}</span>
        </button>
      </div>
      {now === "all" ? <AllCases /> : now === "unlinked" ? <Unlinked /> : <OpenWork key={now} kind={now} />}
    </>
  );
}

/** How much is open of each kind: as many as one page has, then "and more". */
function useTotals(kinds: readonly string[]) {
  const read = useQuery({
    queryKey: ["/v1/items/open", "totals", kinds],
    queryFn: ({ signal }) => Promise.all(kinds.map((kind) => get<Page<Schemas["Item"]>>("/v1/items/open", { kind, limit: 500 }, signal))),
  });
  return kinds.map((_, i) => {
    const page = read.data?.[i];
    return page && { open: page.items.length, overdue: page.items.filter((x) => x.overdue).length, more: !!page.next };
  });
}

function OpenWork({ kind }: { kind: string }) {
  const t = useText();
  const pages = usePages<Schemas["Item"]>("/v1/items/open", { kind });
  return (
    <List pages={pages} id={(i) => i.key} label={t(w.openWork)} empty={t(w.workEmpty)} line={84}>
      {(i) => (
        <Link href={addressOf(i.subject)} className="line">
          <span className="row spread">
            <span className="line-main">
              <span className="line-name" data-typed>
                {i.name ?? i.subject.slice(0, 8)}
              </span>
              <span className="muted">
                <PlaceName place={i.place} names="near" />
                {i.responsible !== "investigator" && <> · {t(w.notUs, { role: term("Role", i.responsible) })}</>}
              </span>
            </span>
            <Due at={i.due} />
          </span>
        </Link>
      )}
    </List>
  );
}

function AllCases() {
  const t = useText();
  const pages = usePages<Schemas["CaseItem"]>("/v1/cases", {});
  return (
    <List pages={pages} id={(c) => c.case_id} label={t(w.allCases)} empty={t(w.casesEmpty)} line={96}>
      {(c) => (
        <Link href={addressOf(c.case_id)} className="line">
          <span className="row spread">
            <span className="line-main">
              <span className="row" style={{ gap: 8 }}>
                <span className="line-name" data-typed>
                  {c.name ?? c.case_id.slice(0, 8)}
                </span>
                {c.number && <span data-typed>{c.number}</span>}
                <span className={`badge ${c.state === "active" ? "bad" : ""}`}>{term("CaseState", c.state)}</span>
                {c.overdue_duties > 0 && <span className="badge bad">{t(w.overdue, { n: c.overdue_duties })}</span>}
              </span>
              <span className="muted">
                {term("Classification", c.classification)} · {c.control ? term("Control", c.control) : term("Setting", c.setting)} · <PlaceName place={c.place} names="near" />
              </span>
            </span>
            <span className="muted num">
              {t(w.found)} {time(c.found_at)}
            </span>
          </span>
        </Link>
      )}
    </List>
  );
}

function Unlinked() {
  const t = useText();
  const pages = usePages<Schemas["UnlinkedCase"]>("/v1/cases/unlinked", {});
  return (
    <List pages={pages} id={(c) => c.case_id} label={t(w.unlinked)} empty={t(w.unlinkedEmpty)} line={84}>
      {(c) => (
        <Link href={addressOf(c.case_id, "sources")} className="line">
          <span className="row spread">
            <span className="line-main">
              <span className="row" style={{ gap: 8 }}>
                <span className="line-name" data-typed>
                  {c.name ?? c.case_id.slice(0, 8)}
                </span>
                {c.contact_of.length > 0 && <span className="badge warn">{t(w.contactBefore, { n: c.contact_of.length })}</span>}
                {c.investigated && <span className="badge good">{t(w.investigated)}</span>}
              </span>
              <span className="muted">
                {term("Classification", c.classification)} · {term("Setting", c.setting)} · {c.onset ? `${t(w.onset)} ${time(c.onset)}` : `${t(w.found)} ${time(c.found_at)}`}
              </span>
            </span>
            <span className="muted">{t(w.rank)} →</span>
          </span>
        </Link>
      )}
    </List>
  );
}
