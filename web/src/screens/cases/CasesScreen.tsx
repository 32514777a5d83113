/** New positives with their clocks, every case, and those whose source is not known. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
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
const LISTS = [
  ["all", w.allCases, "/v1/cases"],
  ["unlinked", w.unlinked, "/v1/cases/unlinked"],
] as const;
const OWN_FIRST = ["investigate_core", "investigate_full", "report"] as const;
type Shown = (typeof WORK)[number][0] | "all" | "unlinked";

export default function CasesScreen() {
  const t = useText();
  const [shown, setShown] = useState<Shown | null>(null);
  const counts = WORK.map(([kind]) => kind);
  const totals = useTotals(counts);
  const lists = useLengths();
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
        {LISTS.map(([list, title], i) => (
          <button key={list} type="button" className="button" aria-pressed={now === list} onClick={() => setShown(list)}>
            <strong className="num">{lists[i] ?? "–"}</strong>
            <span>{t(title)}</span>
          </button>
        ))}
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

/** How long the lists of cases are, as far as one page goes. */
function useLengths(): string[] {
  const read = useQuery({ queryKey: ["/v1/cases", "lengths"], queryFn: ({ signal }) => Promise.all(LISTS.map(([, , path]) => get<Page<unknown>>(path, { limit: 500 }, signal))) });
  return (read.data ?? []).map((p) => `${number(p.items.length)}${p.next ? "+" : ""}`);
}

interface LineProps {
  href: string;
  name: string;
  /** Beside the name. */
  marks?: ReactNode;
  below: ReactNode;
  /** At the end of the line. */
  aside: ReactNode;
}

/** One case in any of the lists. */
function Line({ href, name, marks, below, aside }: LineProps) {
  return (
    <Link href={href} className="line">
      <span className="row spread">
        <span className="line-main">
          <span className="row" style={{ gap: 8 }}>
            <span className="line-name" data-typed>
              {name}
            </span>
            {marks}
          </span>
          <span className="muted">{below}</span>
        </span>
        <span className="muted num">{aside}</span>
      </span>
    </Link>
  );
}

function OpenWork({ kind }: { kind: string }) {
  const t = useText();
  const pages = usePages<Schemas["Item"]>("/v1/items/open", { kind });
  const below = (i: Schemas["Item"]) => (
    <>
      <PlaceName place={i.place} names="near" />
      {i.responsible !== "investigator" && <> · {t(w.notUs, { role: term("Role", i.responsible) })}</>}
    </>
  );
  return (
    <List pages={pages} id={(i) => i.key} label={t(w.openWork)} empty={t(w.workEmpty)} line={84}>
      {(i) => <Line href={addressOf(i.subject)} name={i.name ?? i.subject.slice(0, 8)} below={below(i)} aside={<Due at={i.due} />} />}
    </List>
  );
}

function AllCases() {
  const t = useText();
  const pages = usePages<Schemas["CaseItem"]>("/v1/cases", {});
  const marks = (c: Schemas["CaseItem"]) => (
    <>
      {c.number && <span data-typed>{c.number}</span>}
      <span className={`badge ${c.state === "active" ? "bad" : ""}`}>{term("CaseState", c.state)}</span>
      {c.overdue_duties > 0 && <span className="badge bad">{t(w.overdue, { n: c.overdue_duties })}</span>}
    </>
  );
  const below = (c: Schemas["CaseItem"]) => (
    <>
      {term("Classification", c.classification)} · {c.control ? term("Control", c.control) : term("Setting", c.setting)} · <PlaceName place={c.place} names="near" />
    </>
  );
  return (
    <List pages={pages} id={(c) => c.case_id} label={t(w.allCases)} empty={t(w.casesEmpty)} line={96}>
      {(c) => <Line href={addressOf(c.case_id)} name={c.name ?? c.case_id.slice(0, 8)} marks={marks(c)} below={below(c)} aside={`${t(w.found)} ${time(c.found_at)}`} />}
    </List>
  );
}

function Unlinked() {
  const t = useText();
  const pages = usePages<Schemas["UnlinkedCase"]>("/v1/cases/unlinked", {});
  const marks = (c: Schemas["UnlinkedCase"]) => (
    <>
      {c.contact_of.length > 0 && <span className="badge warn">{t(w.contactBefore, { n: c.contact_of.length })}</span>}
      {c.investigated && <span className="badge good">{t(w.investigated)}</span>}
    </>
  );
  const below = (c: Schemas["UnlinkedCase"]) => `${term("Classification", c.classification)} · ${term("Setting", c.setting)} · ${c.onset ? `${t(w.onset)} ${time(c.onset)}` : `${t(w.found)} ${time(c.found_at)}`}`;
  return (
    <List pages={pages} id={(c) => c.case_id} label={t(w.unlinked)} empty={t(w.unlinkedEmpty)} line={84}>
      {(c) => <Line href={addressOf(c.case_id, "sources")} name={c.name ?? c.case_id.slice(0, 8)} marks={marks(c)} below={below(c)} aside={`${t(w.rank)} →`} />}
    </List>
  );
}
