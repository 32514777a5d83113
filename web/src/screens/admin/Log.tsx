/** The log of submissions, the newest first: it only grows, so that a page of it is a stretch of positions. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import type { Page, Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Nothing, View } from "../../ui/State";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { type Column, Table } from "./Table";
import { admin as w } from "./words";

type Line = Schemas["LogLine"];
const STEP = 50;

export default function Log() {
  const t = useText();
  // Null: the end of the log, wherever that is.
  const [to, setTo] = useState<number | null>(null);
  const health = useQuery({ queryKey: ["/v1/health"], queryFn: ({ signal }) => get<Schemas["Health"]>("/v1/health", {}, signal) });
  return (
    <>
      <h1>{t(w.log)}</h1>
      <p className="muted">{t(w.logNote)}</p>
      <View of={health}>
        {(h) => {
          const end = to === null ? h.seq : Math.min(to, h.seq);
          return (
            <>
              <div className="row no-print">
                <Button onClick={() => setTo(end - STEP)} disabled={end <= STEP}>
                  {t(w.older)}
                </Button>
                <Button onClick={() => setTo(end + STEP >= h.seq ? null : end + STEP)} disabled={end >= h.seq}>
                  {t(w.newer)}
                </Button>
                <span className="muted num">
                  {number(Math.max(1, end - STEP + 1))}–{number(end)} / {number(h.seq)}
                </span>
              </div>
              <Stretch end={end} />
            </>
          );
        }}
      </View>
    </>
  );
}

function Stretch({ end }: { end: number }) {
  const t = useText();
  const lines = useQuery({ queryKey: ["/v1/log", end], queryFn: ({ signal }) => get<Page<Line>>("/v1/log", { after: Math.max(0, end - STEP), limit: Math.min(STEP, end) || 1 }, signal), placeholderData: (before) => before });
  const columns: Column<Line>[] = [
    { title: t(w.seq), cell: (l) => <strong className="num">{number(l.seq)}</strong> },
    { title: t(w.recordedAt), wide: true, cell: (l) => <span className="num">{time(l.recorded_at)}</span> },
    { title: t(w.sender), wide: true, cell: (l) => <span data-typed>{l.sender}</span> },
    { title: t(w.device), wide: true, cell: (l) => <span data-typed>{l.device ?? "–"}</span> },
    { title: t(w.facts), num: true, cell: (l) => number(l.facts) },
    { title: t(w.logHash), wide: true, cell: (l) => <span className="raw muted" data-typed title={l.log_hash}>{l.log_hash.slice(0, 16)}</span> },
  ];
  return <View of={lines}>{(p) => (p.items.length === 0 ? <Nothing /> : <Table label={t(w.log)} columns={columns} rows={[...p.items].reverse()} id={(l) => String(l.seq)} />)}</View>;
}
