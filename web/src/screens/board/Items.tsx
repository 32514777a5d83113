/** The list behind a number: duties by kind, place, round and how they stand. The filters are the address, so that a list can be handed on. */
import { useMemo } from "react";
import { Link, useSearchParams } from "wouter";
import { useSession } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Due } from "../../ui/Due";
import { Select } from "../../ui/Field";
import { List, useChained } from "../../ui/List";
import { opens } from "../../ui/opens";
import { View } from "../../ui/State";
import { number, time } from "../../words/format";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { named } from "../../api/places";
import { PlaceName } from "../../ui/PlaceName";
import { above, useAnswer } from "./data";
import { shoulds as shouldWords, w } from "./words";

type Item = Schemas["Item"];
type State = "open" | "overdue" | "done" | "waived" | "missed";
/** As many as the server gives at once: a list of a hundred thousand is read in a hundred steps. */
const PAGE = 1000;
const STATES: readonly State[] = ["open", "overdue", "done", "waived", "missed"];

export default function Items() {
  const t = useText();
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const own = session?.place ?? "";
  const place = params.get("place") ?? own;
  const state: State = params.get("overdue") === "true" ? "overdue" : (STATES.find((s) => s === params.get("state")) ?? "open");
  const counts = useAnswer<Schemas["Shoulds"]>("/v1/shoulds", { place });
  const lines = useMemo(() => (counts.data?.place.shoulds ?? []).filter((l) => session?.role !== "courier" || l.kinds.some((k) => k.kind === "deliver")), [counts.data, session]);
  const kinds = kindsOf(lines, params.get("should"), session?.role);
  // Without a kind it is all of them: a number that counts several kinds opens all that it counts.
  const kind = params.get("kind") ?? (kinds.length === 1 ? (kinds[0]?.kind ?? null) : null);
  const shown = kind !== null ? [kind] : kinds.filter((k) => countOf(k, state) > 0).map((k) => k.kind);
  const set = (changes: Record<string, string | null>): void =>
    setParams((p) => {
      for (const [k, v] of Object.entries(changes)) {
        if (v) p.set(k, v);
        else p.delete(k);
      }
      return p;
    });
  return (
    <>
      <h1>
        {t(w.items)} · <span data-typed>{counts.data ? named(counts.data.place) : place}</span>
      </h1>
      <View of={counts}>
        {(c) => (
          <>
            <div className="grid filters">
              <Select label={t(w.should)} value={params.get("should") ?? ""} onChange={(e) => set({ should: e.target.value, kind: null })} options={[["", t(core.all)], ...lines.map((l) => [l.should_what, t(shouldWords[l.should_what])] as const)]} />
              <Select label={t(w.kind)} value={kind ?? ""} onChange={(e) => set({ kind: e.target.value })} options={[...(kinds.length > 1 ? [["", `${t(core.all)} (${number(kinds.reduce((n, k) => n + countOf(k, state), 0))})`] as const] : []), ...options(kinds, kind, state)]} />
              <Select label={t(w.state)} value={state} onChange={(e) => set({ overdue: e.target.value === "overdue" ? "true" : null, state: e.target.value === "overdue" || e.target.value === "open" ? null : e.target.value })}
                options={STATES.filter((s) => s !== "missed" || shown.includes("sample")).map((s) => [s, t({ open: w.openItems, overdue: w.overdueItems, done: w.doneItems, waived: w.waivedItems, missed: w.missedItems }[s])] as const)} />
              <Place place={place} own={own} below={c.below} onChange={(p) => set({ place: p === own ? null : p })} />
              <Rounds value={params.get("round")} onChange={(r) => set({ round: r })} />
            </div>
            {shown.length === 0 ? <p className="note">{t(w.noItems)}</p> : <Found kinds={shown} state={state} place={place} round={params.get("round")} below={c.below} />}
          </>
        )}
      </View>
    </>
  );
}

/** The kinds of one should, or of all; a courier is shown only what couriers do. */
function kindsOf(lines: readonly Schemas["ShouldLine"][], should: string | null, role: string | undefined): Schemas["KindLine"][] {
  return lines.filter((l) => !should || l.should_what === should).flatMap((l) => l.kinds.filter((k) => role !== "courier" || k.kind === "deliver"));
}

/** As many as the list holds. Whoever was missed when a round was closed is among the superseded, in the numbers and in the list. */
const countOf = (k: Schemas["KindLine"], s: State): number => ({ open: k.open, overdue: k.overdue, done: k.done, waived: k.waived + k.superseded, missed: k.missed })[s];

/** Kinds with how many there are. One that the address names and that never occurred here is there, too. */
function options(kinds: readonly Schemas["KindLine"][], kind: string | null, state: State): (readonly [string, string])[] {
  const out = kinds.map((k) => [k.kind, `${term("DutyKind", k.kind)} (${number(countOf(k, state))})`] as const);
  return kind === null || kinds.some((k) => k.kind === kind) || !termsOf("DutyKind").includes(kind) ? out : [...out, [kind, term("DutyKind", kind)]];
}

function Place({ place, own, below, onChange }: { place: string; own: string; below: Schemas["PlaceShoulds"][]; onChange: (p: string) => void }) {
  const t = useText();
  const up: (readonly [string, string])[] = place === own ? [] : [[above(place), `↑ ${t(w.upper)}`]];
  return (
    <div data-typed>
      <Select label={t(w.below)} value={place} onChange={(e) => onChange(e.target.value)} options={[[place, t(core.all)], ...up, ...below.map((b) => [b.place, named(b)] as const)]} />
    </div>
  );
}

function Rounds({ value, onChange }: { value: string | null; onChange: (r: string | null) => void }) {
  const t = useText();
  const rounds = useAnswer<{ items: Schemas["RoundItem"][] }>("/v1/rounds", { limit: 50 });
  const list = rounds.data?.items ?? [];
  const known = !value || list.some((r) => r.round === value) ? [] : [[value, value] as const];
  return (
    <div data-typed>
      <Select label={t(w.roundOf)} value={value ?? ""} onChange={(e) => onChange(e.target.value || null)} options={[["", t(core.all)], ...known, ...list.map((r) => [r.round, `${r.name} ${r.round}`] as const)]} />
    </div>
  );
}

function Found({ kinds, state, place, round, below }: { kinds: readonly string[]; state: State; place: string; round: string | null; below: Schemas["PlaceShoulds"][] }) {
  const t = useText();
  const session = useSession();
  const parts = kinds.filter((k) => state !== "missed" || k === "sample").map((kind) => ({ kind, place, round, overdue: state === "overdue" ? true : null, limit: PAGE }));
  const pages = useChained<Item>(`/v1/items/${state === "overdue" ? "open" : state}`, parts);
  const names = useMemo(() => new Map(below.map((b) => [b.place, b])), [below]);
  const where = (i: Item): string => {
    const p = i.home ?? i.place;
    const upper = p.split(".").slice(0, place.split(".").length + 1).join(".");
    const at = names.get(upper);
    return at ? named(at) : p;
  };
  return (
    <List<Item> pages={pages} id={(i) => (parts.length === 1 ? i.key : `${i.kind} ${i.key}`)} label={t(w.items)} empty={t(w.noItems)} line={72}>
      {(i) => <Line item={i} where={where(i)} href={pageOf(i, session?.role)} />}
    </List>
  );
}

/** The page of whom or what a duty is about, if this role has one. */
function pageOf(i: Item, role: string | undefined): string | null {
  const address = i.subject_kind === "case" ? `/cases/${i.subject}` : i.subject_kind === "tube" ? `/tubes/${encodeURIComponent(i.subject)}` : i.person_id ? `/persons/${i.person_id}` : null;
  return address !== null && opens(role, address) ? address : null;
}

function Line({ item: i, where, href }: { item: Item; where: string; href: string | null }) {
  const t = useText();
  const inside = (
    <>
      <span className="row spread" style={{ flexWrap: "nowrap" }}>
        <span style={{ minWidth: 0, overflowWrap: "anywhere" }}>
          <strong>{i.name || i.tube ? <span data-typed>{i.name ?? i.tube}</span> : <PlaceName place={i.home ?? i.place} names="near" known={where} />}</strong> <span className="muted">{term("DutyKind", i.kind)}</span>
        </span>
        {i.end === "open" ? <Due at={i.due} /> : <Ended item={i} />}
      </span>
      <span className="muted" style={{ display: "block", overflowWrap: "anywhere" }}>
        <PlaceName place={i.home ?? i.place} names="all" known={where} /> · {term("Role", i.responsible)}
        {i.tube && i.name && (
          <>
            {" "}
            · {t(w.tube)} <span data-typed>{i.tube}</span>
          </>
        )}
      </span>
      {(i.owner || i.reason) && (
        <span className="muted" style={{ display: "block" }}>
          {i.owner && t(w.owner)}
          <span data-typed>{i.owner ? `${i.owner}（${i.owner_reason ?? ""}）` : i.reason}</span>
        </span>
      )}
    </>
  );
  return href ? (
    <Link href={href} className="line">
      {inside}
    </Link>
  ) : (
    <div className="line">{inside}</div>
  );
}

function Ended({ item: i }: { item: Item }) {
  const t = useText();
  const word = i.end === "done" ? (i.in_time === false ? t(w.late) : t(w.inTime)) : i.end === "missed" ? t(w.missedItems) : term("DutyState", i.end);
  return (
    <span className={`badge num ${i.end === "missed" || i.in_time === false ? "warn" : "good"}`}>
      {word}
      {i.ended_at && ` ${time(i.ended_at)}`}
    </span>
  );
}
