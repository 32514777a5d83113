/** Who is restricted, why, by whom and until when; appeals and their answers. */
import { useState } from "react";
import { useSearchParams } from "wouter";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { itemsOf, List, usePages } from "../../ui/List";
import { short } from "../../ui/Written";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { IssueOrder } from "./IssueOrder";
import { OrderDialog } from "./OrderDialog";
import { c } from "./words";
import "../cases/cases.css";

type Order = Schemas["OrderItem"];
const SHOWN = { inForce: { in_force: true }, appealed: { appealed: true }, all: {} } as const;

export default function OrdersScreen() {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const person = params.get("person");
  const role = session()?.role;
  // Whoever answers appeals sees them first.
  const [shown, setShown] = useState<keyof typeof SHOWN>(person ? "all" : "inForce");
  const [open, setOpen] = useState<string | null>(null);
  const pages = usePages<Order>("/v1/orders", { ...SHOWN[shown], person });
  const waiting = usePages<Order>("/v1/orders", { appealed: true });
  const appeals = itemsOf(waiting).length;
  const current = [...(pages.data?.pages ?? []), ...(waiting.data?.pages ?? [])].flatMap((p) => p.items).find((o) => o.order_id === open);
  const issue = params.get("issue");
  return (
    <>
      <div className="row spread">
        <h1>{t(c.orders)}</h1>
        {(role === "investigator" || role === "commander") && (
          <Button first onClick={() => setParams({ issue: "" })}>
            {t(c.issue)}
          </Button>
        )}
      </div>
      <div className="tabs" role="group" aria-label={t(c.orders)}>
        {(["inForce", "appealed", "all"] as const).map((s) => (
          <button key={s} type="button" aria-current={s === shown ? "page" : undefined} onClick={() => setShown(s)}>
            {s === "all" ? t(core.all) : t(c[s])}
            {s === "appealed" && appeals > 0 && (
              <>
                {" "}
                <span className="badge bad">{appeals}</span>
              </>
            )}
          </button>
        ))}
      </div>
      <List pages={pages} id={(o) => o.order_id} label={t(c.orders)} empty={t(c.ordersEmpty)} line={100}>
        {(o) => <OrderLine order={o} onOpen={() => setOpen(o.order_id)} />}
      </List>
      {current && <OrderDialog key={current.order_id} order={current} onClose={() => setOpen(null)} />}
      {issue !== null && <IssueOrder person={issue || null} onClose={() => setParams({}, { replace: true })} />}
    </>
  );
}

function OrderLine({ order: o, onOpen }: { order: Order; onOpen: () => void }) {
  const t = useText();
  const appeal = o.appeals.find((a) => a.state === "open");
  return (
    <button type="button" className="line" onClick={onOpen}>
      <span className="row spread">
        <span className="line-main">
          <span className="row" style={{ gap: 8 }}>
            <span className="line-name" data-typed>
              {o.name ?? o.person_id.slice(0, 8)}
            </span>
            <span className={`badge ${o.in_force ? "bad" : ""}`}>
              {term("OrderKind", o.kind)} · {term("OrderState", !o.in_force && o.state === "in_force" ? "expired" : o.state)}
            </span>
          </span>
          <span className="muted" data-typed>
            {short(o.reason)}
          </span>
          <span className="muted num">
            {t(c.from, { time: time(o.starts) })} {t(c.ends, { time: time(o.ends) })}
          </span>
        </span>
        {appeal && (
          <span>
            {t(c.appeals)} <Due at={appeal.due} />
          </span>
        )}
      </span>
    </button>
  );
}
