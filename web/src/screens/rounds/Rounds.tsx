/** Every screening round, the latest first; the commander opens the next. */
import { useState } from "react";
import { Link } from "wouter";
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { itemsOf, List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { OpenRound } from "./OpenRound";
import { roundWords as w } from "./words";

type RoundItem = Schemas["RoundItem"];

export default function Rounds() {
  const t = useText();
  const commander = useSession()?.role === "commander";
  const [open, setOpen] = useState(false);
  const pages = usePages<RoundItem>("/v1/rounds", {});
  const known = itemsOf(pages);
  return (
    <>
      <div className="row spread">
        <h1>{t(w.rounds)}</h1>
        <div className="row">
          <Link href="/zones" className="button">
            {t(w.seeZones)}
          </Link>
          {commander && (
            <Button first onClick={() => setOpen(true)} disabled={pages.isPending}>
              {t(w.open)}
            </Button>
          )}
        </div>
      </div>
      <List pages={pages} id={(r) => r.round} label={t(w.rounds)} line={80} empty={t(w.none)}>
        {(r) => <Line round={r} />}
      </List>
      {open && <OpenRound known={known.map((r) => r.round)} onClose={() => setOpen(false)} />}
    </>
  );
}

function Line({ round: r }: { round: RoundItem }) {
  const t = useText();
  return (
    <Link href={`/rounds/${encodeURIComponent(r.round)}`} className="line row spread">
      <span className="grow">
        <strong data-typed>{r.name}</strong> <span className="raw muted" data-typed>{r.round}</span>
        <span className="muted" style={{ display: "block" }}>
          {t(w.fromTo, { from: time(r.starts), to: time(r.closed_at ?? r.due) })} · {r.scope.slice(0, 3).map((p, i) => <span key={p}>{i > 0 && "、"}<PlaceName place={p} names="all" /></span>)}
          {r.scope.length > 3 && ` +${number(r.scope.length - 3)}`}
          {r.pool_size && ` · ${t(w.poolOf, { n: r.pool_size })}`}
        </span>
      </span>
      <span className={`badge ${r.state === "open" ? "good" : ""}`}>{term("RoundState", r.state)}</span>
    </Link>
  );
}
