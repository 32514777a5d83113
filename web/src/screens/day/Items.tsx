/** The list behind a number. */
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { number, time } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term } from "../../words/terms";
import { dayWords as w } from "./words";

/** Which list. */
export interface Wanted {
  state: "open" | "done" | "waived" | "missed";
  kind: Schemas["DutyKind"];
  place: string;
  overdue?: boolean;
  round?: string;
}

const titles: Record<Wanted["state"], Text> = { open: w.stateOpen, done: w.stateDone, waived: w.stateWaived, missed: w.stateMissed };

/** The administrator keeps the system and sees no lists of people. */
export const useMayList = (): boolean => useSession()?.role !== "administrator";

/** A number that opens its list; without a list, or for who may not see it, only the number. */
export function Figure({ n, of, onList }: { n: number; of: Wanted | null; onList: (w: Wanted) => void }) {
  const may = useMayList();
  if (!of || n === 0 || !may) return <span className="num">{number(n)}</span>;
  return (
    <button type="button" className="figure-link" onClick={() => onList(of)}>
      {number(n)}
    </button>
  );
}

export function Items({ of, onClose }: { of: Wanted; onClose: () => void }) {
  const t = useText();
  const state = of.overdue ? w.stateOverdue : titles[of.state];
  const { state: path, ...query } = of;
  const pages = usePages<Schemas["Item"]>(`/v1/items/${path}`, { ...query, overdue: of.overdue || null });
  return (
    <Dialog title={t(w.listOf, { state: t(state), kind: term("DutyKind", of.kind) })} onClose={onClose} broad>
      <p className="muted">
        <PlaceName place={of.place} names="all" />
      </p>
      <List pages={pages} id={(i) => i.key} label={t(state)} line={72}>
        {(i) => <ItemLine item={i} />}
      </List>
    </Dialog>
  );
}

/** One item: who or what, where, by when. */
export function ItemLine({ item: i, children }: { item: Schemas["Item"]; children?: React.ReactNode }) {
  const t = useText();
  return (
    <div className="line row spread">
      <span className="grow">
        <strong data-typed>{i.name ?? i.tube ?? (i.subject_kind === "place" ? "" : i.subject)}</strong> {i.subject_kind === "place" && <PlaceName place={i.subject} names="all" />}{" "}
        <span className="muted">
          <PlaceName place={i.home ?? i.place} names="all" /> · {term("Role", i.responsible)}
        </span>
        {i.owner && (
          <span className="muted" style={{ display: "block" }}>
            {t(w.ownerIs)} <span data-typed>{i.owner} · {i.owner_reason}</span>
          </span>
        )}
        {i.reason && (
          <span className="muted" style={{ display: "block" }} data-typed>
            {[i.reason, i.decider].filter(Boolean).join(" · ")}
          </span>
        )}
      </span>
      {i.end === "open" ? <Due at={i.due} /> : <span className="muted">{i.ended_at ? time(i.ended_at) : "–"}</span>}
      {children}
    </div>
  );
}
