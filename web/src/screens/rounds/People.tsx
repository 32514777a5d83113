/** Who is still to be sampled, who was missed, who need not; the commander waives one or many. */
import { useEffect, useState } from "react";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Fact, Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { itemsOf, List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { toast } from "../../ui/toast";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { Decide } from "../admin/Decide";
import { roundWords as w, whyOut } from "./words";

type Item = Schemas["Item"];
/** The lists of a round. */
export type RoundList = "open" | "missed" | "waived" | "done";

interface Props {
  round: string;
  closed: boolean;
  place: string;
  progress: Schemas["Progress"];
  list: RoundList;
  onList: (l: RoundList) => void;
}

export function People({ round, closed, place, progress: p, list, onList }: Props) {
  const t = useText();
  const tabs: [RoundList, string][] = [
    closed ? ["missed", `${t(w.missed)} ${number(p.missed)}`] : ["open", `${t(w.toGo)} ${number(p.open)}`],
    ["waived", `${t(w.waived)} ${number(p.waived)}`],
    ["done", `${t(w.sampled)} ${number(p.sampled)}`],
  ];
  const state = tabs.some(([s]) => s === list) ? list : (tabs[0]?.[0] ?? "done");
  return (
    <div className="stack">
      <div className="tabs" role="tablist" aria-label={t(w.lists)}>
        {tabs.map(([s, text]) => (
          <button key={s} type="button" role="tab" aria-selected={s === state} onClick={() => onList(s)}>
            {text}
          </button>
        ))}
      </div>
      <ListOf key={`${state} ${place}`} state={state} round={round} place={place} />
    </div>
  );
}

function ListOf({ state, round, place }: { state: RoundList; round: string; place: string }) {
  const t = useText();
  const may = useSession()?.role === "commander" && state === "open";
  const pages = usePages<Item>(`/v1/items/${state}`, { kind: "sample", round, place });
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState(false);
  const here = itemsOf(pages).map((i) => i.subject);
  // Who was sampled meanwhile is not waived.
  const meant = here.filter((id) => ticked.has(id));
  useEffect(() => setAsked(false), [state, place]);
  const tick = (id: string, on: boolean) => setTicked(new Set(on ? [...ticked, id] : [...ticked].filter((x) => x !== id)));
  const waive = async (d: { decider: string; reason: string }) => {
    await say(...meant.map((person): Fact => ({ roster_waived: { round, person, ...d } })));
    toast("good", t(w.waivedDone, { n: meant.length }));
    setTicked(new Set());
    await queries.invalidateQueries();
  };
  return (
    <>
      {may && here.length > 0 && (
        <Button onClick={() => setAsked(true)} disabled={meant.length === 0}>
          {t(w.ticked, { n: number(meant.length) })}
        </Button>
      )}
      <List pages={pages} id={(i) => i.key} label={t(w.lists)} line={68} height="min(60dvh, 35rem)">
        {(i) => <Person item={i} ticked={may ? ticked.has(i.subject) : null} onTick={(on) => tick(i.subject, on)} />}
      </List>
      {asked && (
        <Decide title={t(w.waiveTitle)} confirm={t(w.waive)} onClose={() => setAsked(false)} onDecide={waive}>
          <p>{t(w.waiveMeans, { n: number(meant.length) })}</p>
        </Decide>
      )}
    </>
  );
}

/** `ticked` is null where nothing can be chosen. */
function Person({ item: i, ticked, onTick }: { item: Item; ticked: boolean | null; onTick: (on: boolean) => void }) {
  const t = useText();
  const text = (
    <span className="grow">
      <strong data-typed>{i.name}</strong>{" "}
      <span className="muted">
        <PlaceName place={i.home ?? i.place} names="all" />
      </span>
      {i.reason && (
        <span className="muted" style={{ display: "block" }} data-typed>
          {[whyOut(i.reason), i.decider].filter(Boolean).join(" · ")}
        </span>
      )}
    </span>
  );
  const phone = i.phone && (i.end === "open" || i.end === "missed") && (
    <a href={`tel:${i.phone}`} className="button num">
      {i.phone}
    </a>
  );
  return (
    <div className="line row spread">
      {ticked === null ? (
        text
      ) : (
        <label className="check grow" data-typed>
          <input type="checkbox" checked={ticked} onChange={(e) => onTick(e.target.checked)} aria-label={t(w.tick, { name: i.name ?? "" })} />
          {text}
        </label>
      )}
      {phone}
    </div>
  );
}
