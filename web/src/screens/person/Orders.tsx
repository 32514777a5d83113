import type { Schemas } from "../../api/types";
import { Due } from "../../ui/Due";
import { Written } from "../../ui/Written";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";

type Order = Schemas["OrderItem"];

/** What restricts the person, by whose decision, on which evidence, until when; and what was said against it. */
export function Orders({ orders }: { orders: Order[] }) {
  const t = useText();
  if (orders.length === 0) return null;
  const sorted = orders.toSorted((a, b) => Number(b.in_force) - Number(a.in_force) || b.decided_at.localeCompare(a.decided_at));
  return (
    <section className="card stack">
      <h2>{t(w.orders)}</h2>
      <ul className="stack">
        {sorted.map((o) => (
          <One key={o.order_id} order={o} />
        ))}
      </ul>
    </section>
  );
}

function One({ order: o }: { order: Order }) {
  const t = useText();
  return (
    <li className={`order ${o.in_force ? "in-force" : ""}`}>
      <p className="row">
        <strong>{term("OrderKind", o.kind)}</strong>
        <span className={`badge ${o.in_force ? "warn" : ""}`}>{term("OrderState", o.state)}</span>
        <span className="num">
          {time(o.starts)} – {time(o.ended_at ?? o.ends)}
        </span>
      </p>
      {o.site_until && o.in_force && <p>{t(w.siteUntil, { t: time(o.site_until) })}</p>}
      <dl>
        <Pair name={t(core.reason)} typed={o.reason} />
        <Pair name={t(w.evidence)} typed={o.evidence} />
        <Pair name={t(core.decider)} typed={`${o.decider} · ${time(o.decided_at)}`} />
        {o.permits && <Pair name={t(w.permits)} typed={o.permits} />}
        {o.end_reason && <Pair name={term("OrderState", o.state)} typed={[o.end_reason, o.end_decider].filter(Boolean).join(" · ")} />}
      </dl>
      {o.appeals.length > 0 && <h3>{t(w.appeals)}</h3>}
      {o.appeals.map((a) => (
        <div key={a.appeal_id} className="appeal">
          <p className="row">
            <span className={`badge ${a.state === "open" ? "warn" : a.state === "granted" ? "good" : ""}`}>{term("AppealState", a.state)}</span>
            <span className="num muted">{time(a.made_at)}</span>
            {a.state === "open" && (
              <>
                {t(w.appealDue)} <Due at={a.due} />
              </>
            )}
          </p>
          <p data-typed>
            {a.by}: {a.text}
          </p>
          {a.answer && (
            <p>
              {t(w.answered)} <span data-typed>{[a.answer, a.decider].filter(Boolean).join(" · ")}</span>
            </p>
          )}
        </div>
      ))}
    </li>
  );
}

function Pair({ name, typed }: { name: string; typed: string }) {
  return (
    <div className="pair">
      <dt>{name}</dt>
      <dd>
        <Written text={typed} />
      </dd>
    </div>
  );
}
