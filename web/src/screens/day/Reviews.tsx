/** What someone has to look at: hand-ins of revoked accounts, laboratories whose share of positives is unusual. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Fact, Schemas } from "../../api/types";
import { session, useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { itemsOf, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { Fault, Waiting } from "../../ui/State";
import { toast } from "../../ui/toast";
import { useText } from "../../words/language";
import { Decide } from "../admin/Decide";
import { dayWords as w } from "./words";

type Item = Schemas["Item"];

export function Reviews() {
  const t = useText();
  const place = session()?.place;
  const handIns = usePages<Item>("/v1/items/open", { kind: "review_hand_in", place });
  const laboratories = usePages<Item>("/v1/items/open", { kind: "review_laboratory", place });
  const error = handIns.error ?? laboratories.error;
  if (error) return <Fault error={error} again={() => void queries.invalidateQueries()} />;
  if (!handIns.data || !laboratories.data) return <Waiting />;
  const h = itemsOf(handIns);
  const l = itemsOf(laboratories);
  if (h.length === 0 && l.length === 0) return <p className="note good">{t(w.reviewsNone)}</p>;
  return (
    <div className="grid">
      {h.map((i) => <Review key={i.key} item={i} title={t(w.handIns)} fact={(decision) => ({ hand_in_reviewed: { duty: i.duty_id ?? "", decision, at: stamp() } })} />)}
      {l.map((i) => <Review key={i.key} item={i} title={t(w.laboratories)} fact={(decision) => ({ laboratory_reviewed: { laboratory: i.subject, decision, at: stamp() } })} />)}
    </div>
  );
}

function Review({ item, title, fact }: { item: Item; title: string; fact: (d: Schemas["Decision"]) => Fact }) {
  const t = useText();
  const may = useSession()?.role === "commander";
  const [open, setOpen] = useState(false);
  const send = async (d: Schemas["Decision"]) => {
    await say(fact(d));
    toast("good", t(w.reviewed));
    await queries.invalidateQueries();
  };
  return (
    <div className="card stack">
      <span className="muted">{title}</span>
      <div className="row spread">
        <strong>{item.subject_kind === "place" ? <PlaceName place={item.subject} names="all" /> : <span data-typed>{item.subject}</span>}</strong>
        <Due at={item.due} />
      </div>
      {may && <Button onClick={() => setOpen(true)}>{t(w.reviewHandIn)}</Button>}
      {open && <Decide title={title} confirm={t(w.reviewHandIn)} reasonLabel={t(w.found)} onClose={() => setOpen(false)} onDecide={send} />}
    </div>
  );
}
