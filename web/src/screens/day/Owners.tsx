/** What blocks the close, and naming an owner and a reason for many lines at once. */
import { useState } from "react";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Fact, Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Input, TextArea } from "../../ui/Field";
import { PlaceName } from "../../ui/PlaceName";
import { Nothing } from "../../ui/State";
import { toast, told } from "../../ui/toast";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Column, Table } from "../admin/Table";
import { AsBefore } from "./AsBefore";
import { Figure, type Wanted } from "./Items";
import { commonPlace, type Kind } from "./sums";
import { dayWords as w } from "./words";

type Blocked = Schemas["BlockedItem"];

const name = (b: Blocked): string => `${b.kind} ${b.place}`;

/** One fact for each line that is meant: what becomes overdue elsewhere later is not covered unseen. */
const owned = (meant: readonly Blocked[], owner: string, reason: string): Fact[] => meant.map(({ kind, place }) => ({ overdue_owned: { kind, place, owner, reason } }));

interface Props {
  blocked: readonly Blocked[];
  onList: (w: Wanted) => void;
}

export function Owners({ blocked, onList }: Props) {
  const t = useText();
  const may = useSession()?.role === "commander";
  const open = blocked.filter((b) => b.overdue_without_owner > 0);
  // What is not meant: whatever becomes overdue meanwhile is ticked, too.
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  if (open.length === 0) return <p className="note good">{t(w.blockedNone)}</p>;
  const sum = open.reduce((n, b) => n + b.overdue_without_owner, 0);
  const tick = (lines: readonly Blocked[], on: boolean) => {
    const next = new Set(left);
    for (const b of lines) {
      if (on) next.delete(name(b));
      else next.add(name(b));
    }
    setLeft(next);
  };
  const kinds = [...new Set(open.map((b) => b.kind))];
  return (
    <div className="stack">
      <p className="note warn">{t(w.blockedSome, { n: sum })}</p>
      <AsBefore lines={open} may={may} />
      <div className="beside">
        <div className="stack">
          {kinds.map((k) => (
            <KindOfBlocked key={k} kind={k} lines={open.filter((b) => b.kind === k)} may={may} isTicked={(b) => !left.has(name(b))} onTick={tick} onList={onList} />
          ))}
        </div>
        {may && <OwnForm lines={open} isTicked={(b) => !left.has(name(b))} />}
      </div>
    </div>
  );
}

interface KindProps {
  kind: Kind;
  lines: readonly Blocked[];
  may: boolean;
  isTicked: (b: Blocked) => boolean;
  onTick: (lines: readonly Blocked[], on: boolean) => void;
  onList: (w: Wanted) => void;
}

function KindOfBlocked({ kind, lines, may, isTicked, onTick, onList }: KindProps) {
  const t = useText();
  const n = lines.reduce((s, b) => s + b.overdue_without_owner, 0);
  const on = lines.filter(isTicked).length;
  const place = commonPlace(lines.map((b) => b.place));
  return (
    <div className="card" style={{ padding: "0.25rem 1rem" }}>
      <div className="row spread">
        <label className="check grow">
          {may && <input type="checkbox" checked={on === lines.length} ref={(e) => { if (e) e.indeterminate = on > 0 && on < lines.length; }} onChange={(e) => onTick(lines, e.target.checked)} />}
          <span>
            <strong>{term("DutyKind", kind)}</strong> <span className="muted">{t(w.places, { n: number(lines.length) })}</span>
          </span>
        </label>
        <strong className="bad">
          <Figure n={n} of={{ state: "open", kind, place, overdue: true }} onList={onList} />
        </strong>
      </div>
      <details>
        <summary>
          {t(w.byPlace)}
        </summary>
        {lines.map((b) => (
          <div key={b.place} className="row spread">
            <label className="check grow">
              {may && <input type="checkbox" checked={isTicked(b)} onChange={(e) => onTick([b], e.target.checked)} />}
              <span>
                <PlaceName place={b.place} names="all" />
              </span>
            </label>
            <Figure n={b.overdue_without_owner} of={{ state: "open", kind, place: b.place, overdue: true }} onList={onList} />
          </div>
        ))}
      </details>
    </div>
  );
}

function OwnForm({ lines, isTicked }: { lines: readonly Blocked[]; isTicked: (b: Blocked) => boolean }) {
  const t = useText();
  const [owner, setOwner] = useState("");
  const [reason, setReason] = useState("");
  const meant = lines.filter(isTicked);
  const n = meant.reduce((s, b) => s + b.overdue_without_owner, 0);
  const send = async () => {
    await say(...owned(meant, owner.trim(), reason.trim()));
    toast("good", t(w.applied, { n }));
    setReason("");
    await queries.invalidateQueries();
  };
  const usual = [w.reasonBacklog, w.reasonUnreached, w.reasonTransport, w.reasonBeds, w.reasonNight];
  return (
    <form className="card stack no-print" onSubmit={(e) => { e.preventDefault(); if (n > 0) void send().catch(told); }}>
      <p className="muted">{t(w.ownHint)}</p>
      <Input label={t(w.owner)} hint={t(w.ownerHint)} value={owner} onChange={(e) => setOwner(e.target.value)} required autoComplete="off" />
      <TextArea label={t(w.reason)} hint={t(w.reasonHint)} value={reason} onChange={(e) => setReason(e.target.value)} required />
      <div className="row" role="group" aria-label={t(w.reasons)}>
        {usual.map((u) => (
          <Button key={u[1]} onClick={() => setReason(t(u))} style={{ fontSize: "0.9rem", textAlign: "start" }}>
            {t(u)}
          </Button>
        ))}
      </div>
      <Submit disabled={n === 0 || !owner.trim() || !reason.trim()}>{t(w.apply, { n: number(n) })}</Submit>
    </form>
  );
}

function Submit({ disabled, children }: { disabled: boolean; children: React.ReactNode }) {
  return (
    <button type="submit" className="button first wide" disabled={disabled}>
      {children}
    </button>
  );
}

interface Group {
  kind: Kind;
  owner: string;
  reason: string;
  places: string[];
}

/** Lines of one kind with one owner and one reason stand together. */
function grouped(lines: readonly Schemas["OwnedLine"][]): Group[] {
  const all = new Map<string, Group>();
  for (const { kind, owner, reason, place } of lines) {
    const key = JSON.stringify([kind, owner, reason]);
    const group = all.get(key) ?? { kind, owner, reason, places: [] };
    group.places.push(place);
    all.set(key, group);
  }
  return [...all.values()];
}

/** Who has taken charge of what, as it is sealed with the day. */
export function Owned({ lines }: { lines: readonly Schemas["OwnedLine"][] }) {
  const t = useText();
  if (lines.length === 0) return <Nothing>{t(w.ownedNone)}</Nothing>;
  const columns: Column<Group>[] = [
    { title: t(w.kind), cell: (o) => term("DutyKind", o.kind) },
    { title: t(w.place), wide: true, cell: (o) => <Places of={o.places} /> },
    { title: t(w.owner), wide: true, cell: (o) => <span data-typed>{o.owner}</span> },
    { title: t(w.reason), wide: true, cell: (o) => <span data-typed>{o.reason}</span> },
  ];
  return <Table label={t(w.owners)} columns={columns} rows={grouped(lines)} id={(o) => `${o.kind} ${o.owner} ${o.reason}`} />;
}

function Places({ of }: { of: readonly string[] }) {
  const t = useText();
  const [only] = of;
  if (of.length === 1 && only) return <PlaceName place={only} names="all" />;
  return (
    <details>
      <summary>{t(w.places, { n: number(of.length) })}</summary>
      {of.map((p) => (
        <div key={p}>
          <PlaceName place={p} names="all" />
        </div>
      ))}
    </details>
  );
}
