/** The round at the places below, each with its own forecast end. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { named } from "../../api/places";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Nothing, View } from "../../ui/State";
import { number, percent, time } from "../../words/format";
import { useText } from "../../words/language";
import { type Column, Table } from "../admin/Table";
import { roundWords as w } from "./words";
import { core } from "../../words/core";

type PlaceOfRound = Schemas["RoundPlace"];

interface Row extends PlaceOfRound {
  left: number;
}

interface Props {
  round: string;
  due: string;
  /** The round's own count of the same places: it knows who was missed. */
  below: readonly Schemas["PlaceProgress"][];
  closed: boolean;
  place: string;
  onGo: (p: string) => void;
}

export function ByPlace({ round, due, below, closed, place, onGo }: Props) {
  const path = `/v1/rounds/${encodeURIComponent(round)}/places`;
  const places = useQuery({ queryKey: [path, place], queryFn: ({ signal }) => get<{ items: PlaceOfRound[] }>(path, { place }, signal) });
  return <View of={places}>{(p) => (p.items.length === 0 ? <Nothing /> : <Places items={p.items.map((x) => withLeft(x, closed, below))} due={due} closed={closed} onGo={onGo} />)}</View>;
}

/** Who is left: to be sampled while the round is open, missed when it is closed. */
function withLeft(p: PlaceOfRound, closed: boolean, below: Props["below"]): Row {
  const counted = below.find((b) => b.place === p.place);
  return { ...p, name: named({ name: p.name, name_en: counted?.name_en }), left: closed ? (counted?.missed ?? 0) : p.open };
}

function Places({ items, due, closed, onGo }: { items: readonly Row[]; due: string; closed: boolean; onGo: (p: string) => void }) {
  const t = useText();
  // What needs a decision stands first.
  const rows = [...items].sort((a, b) => b.left - a.left);
  const end = (at: string | null | undefined) => (at ? <span className={at > due ? "bad" : ""}>{time(at)}</span> : "–");
  const columns: Column<Row>[] = [
    { title: t(core.place), cell: (p) => <Button onClick={() => onGo(p.place)}><span data-typed>{p.name ?? p.place}</span></Button> },
    { title: t(w.rate), wide: true, cell: (p) => <Share p={p} /> },
    { title: t(w.should), num: true, cell: (p) => number(p.should) },
    { title: t(w.sampled), num: true, cell: (p) => number(p.sampled) },
    { title: t(closed ? w.missed : w.toGo), num: true, cell: (p) => <strong className={p.left > 0 ? "bad" : ""}>{number(p.left)}</strong> },
    { title: t(w.pending), num: true, cell: (p) => number(p.pending) },
    ...(closed ? [] : [
      { title: t(w.samplingEnds), num: true, cell: (p: Row) => end(p.sampling_ends) },
      { title: t(w.lastResult), num: true, cell: (p: Row) => end(p.last_result) },
    ]),
  ];
  return <Table label={t(w.byPlace)} columns={columns} rows={rows} id={(p) => p.place} />;
}

function Share({ p }: { p: Row }) {
  const whole = p.sampled + p.left;
  return (
    <span style={{ display: "inline-flex", gap: 8, alignItems: "center", width: "100%", minWidth: "7rem", justifyContent: "flex-end" }}>
      <span className="meter" style={{ flex: 1, minWidth: "2.5rem" }} aria-hidden>
        <span className="done" style={{ width: `${whole === 0 ? 0 : (100 * p.sampled) / whole}%` }} />
      </span>
      <span className="num">{percent(p.sampled, whole)}</span>
    </span>
  );
}
