/** Cases, by the day and the way in which they were found. */
import type { ReactNode } from "react";
import { Link, useSearchParams } from "wouter";
import { useSession } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Input, Select } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { opens } from "../../ui/opens";
import { PlaceName } from "../../ui/PlaceName";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { w } from "./words";

type Case = Schemas["CaseItem"];

export function CaseList({ place }: { place: string }) {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const q = { place, from: params.get("from"), to: params.get("to"), control: params.get("control"), state: params.get("state") };
  const role = useSession()?.role;
  const pages = usePages<Case>("/v1/cases", q);
  const set = (name: string, value: string): void =>
    setParams((p) => {
      if (value) p.set(name, value);
      else p.delete(name);
      return p;
    });
  const choice = (list: "Control" | "CaseState"): (readonly [string, string])[] => [["", t(core.all)], ...termsOf(list).map((x) => [x, term(list, x)] as const)];
  return (
    <>
      <h1>{t(w.caseList)}</h1>
      <div className="grid filters">
        <Input type="date" label={t(w.casesFrom)} value={q.from ?? ""} onChange={(e) => set("from", e.target.value)} />
        <Input type="date" label={t(w.casesTo)} value={q.to ?? ""} onChange={(e) => set("to", e.target.value)} />
        <Select label={t(w.control)} value={q.control ?? ""} onChange={(e) => set("control", e.target.value)} options={choice("Control")} />
        <Select label={t(w.state)} value={q.state ?? ""} onChange={(e) => set("state", e.target.value)} options={choice("CaseState")} />
      </div>
      <List<Case> pages={pages} id={(c) => c.case_id} label={t(w.caseList)}>
        {(c) => (
          <Line href={opens(role, `/cases/${c.case_id}`) ? `/cases/${c.case_id}` : null}>
            <span className="row spread">
              <strong data-typed>{[c.number, c.name].filter(Boolean).join(" ") || c.case_id.slice(0, 8)}</strong>
              <span className={`badge ${c.control === "community_found" ? "bad" : ""}`}>{c.control ? term("Control", c.control) : t(w.unknown)}</span>
            </span>
            <span className="muted">
              {term("Classification", c.classification)} · {term("Setting", c.setting)} · {t(w.found)} {time(c.found_at)} · {term("CaseState", c.state)} · <PlaceName place={c.home ?? c.place} names="all" />
            </span>
          </Line>
        )}
      </List>
    </>
  );
}

function Line({ href, children }: { href: string | null; children: ReactNode }) {
  return href === null ? (
    <div className="line">{children}</div>
  ) : (
    <Link href={href} className="line">
      {children}
    </Link>
  );
}
