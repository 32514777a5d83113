import { useState } from "react";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { Input, TextArea } from "../../ui/Field";
import { download } from "../../ui/file";
import { Written } from "../../ui/Written";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { c } from "./words";

type Order = Schemas["OrderItem"];
type Appeal = Schemas["AppealRecord"];
type Asked = { what: "appeal" } | { what: "lift" } | { what: "answer"; appeal: Appeal; granted: boolean };

/** One order with its papers, and what each role may do about it. */
export function OrderDialog({ order: o, onClose }: { order: Order; onClose: () => void }) {
  const t = useText();
  const [asked, setAsked] = useState<Asked | null>(null);
  const commander = session()?.role === "commander";
  const back = () => setAsked(null);
  return (
    <Dialog title={term("OrderKind", o.kind)} onClose={onClose} broad>
      <OrderWords order={o} />
      <div className="row">
        <Button onClick={() => download(`/v1/papers/notices.pdf?order=${o.order_id}`, `notice-${o.order_id}.pdf`)}>{t(c.notice)}</Button>
        {!o.in_force && <Button onClick={() => download(`/v1/papers/certificates.pdf?order=${o.order_id}`, `certificate-${o.order_id}.pdf`)}>{t(c.certificate)}</Button>}
        {!commander && o.in_force && <Button onClick={() => setAsked({ what: "appeal" })}>{t(c.appeal)}</Button>}
        {commander && o.in_force && (
          <Button danger onClick={() => setAsked({ what: "lift" })}>
            {t(c.lift)}
          </Button>
        )}
      </div>
      {o.appeals.length > 0 && <h3>{t(c.appeals)}</h3>}
      {o.appeals.map((a) => (
        <div key={a.appeal_id} className="card stack">
          <div className="row spread">
            <span>
              <strong data-typed>{a.by}</strong> · <span className="num">{time(a.made_at)}</span>
            </span>
            {a.state === "open" ? <Due at={a.due} /> : <span className={`badge ${a.state === "granted" ? "good" : "warn"}`}>{term("AppealState", a.state)}</span>}
          </div>
          <p data-typed>{a.text}</p>
          {a.answer && (
            <p className="muted" data-typed>
              {a.decider}: {a.answer}
            </p>
          )}
          {a.state === "open" && commander && (
            <div className="row">
              <Button first onClick={() => setAsked({ what: "answer", appeal: a, granted: true })}>
                {t(c.grant)}
              </Button>
              <Button onClick={() => setAsked({ what: "answer", appeal: a, granted: false })}>{t(c.refuse)}</Button>
            </div>
          )}
        </div>
      ))}
      {asked?.what === "appeal" && <MakeAppeal order={o} onDone={back} />}
      {asked?.what === "lift" && <Decide action={t(c.lift)} danger onDone={back} facts={(decision) => say({ order_lifted: { order: o.order_id, decision, at: stamp() } })} />}
      {asked?.what === "answer" && (
        <Decide
          key={String(asked.granted)}
          action={t(asked.granted ? c.grant : c.refuse)}
          danger={asked.granted}
          onDone={back}
          facts={(decision) => say({ appeal_answered: { appeal: asked.appeal.appeal_id, granted: asked.granted, decision, at: stamp() } })}
        />
      )}
    </Dialog>
  );
}

function OrderWords({ order: o }: { order: Order }) {
  const t = useText();
  const rows: [string, React.ReactNode][] = [
    [t(c.person), <span data-typed>{`${o.name ?? ""} ${o.identity_masked ?? ""}`}</span>],
    [t(c.home), <span data-typed>{o.home_names.join(" ")}</span>],
    [t(c.starts), time(o.starts)],
    [t(c.until2), time(o.ends)],
    [t(c.why), <Written text={`${o.decider}: ${o.reason}`} />],
    [t(c.evidence), <Written text={o.evidence} />],
  ];
  if (o.site_until) rows.splice(4, 0, [t(c.site0), time(o.site_until)]);
  if (o.permits) rows.push([t(c.permits), <span data-typed>{o.permits}</span>]);
  if (o.rule) rows.push([t(c.rule), <code data-typed>{o.rule}</code>]);
  if (o.ended_at) rows.push([term("OrderState", o.state), <span data-typed>{`${time(o.ended_at)} ${o.end_decider ?? ""} ${o.end_reason ?? ""}`}</span>]);
  return (
    <dl className="pairs">
      {rows.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd style={{ overflowWrap: "anywhere" }}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function MakeAppeal({ order, onDone }: { order: Order; onDone: () => void }) {
  const t = useText();
  const [by, setBy] = useState(order.name ?? "");
  const [text, setText] = useState("");
  return (
    <Form action={t(c.appeal)} onSend={() => say({ appeal_made: { appeal: newId(), order: order.order_id, by: by.trim(), text: text.trim(), at: stamp() } })} onDone={onDone} ready={by.trim() !== "" && text.trim() !== ""}>
      <Input label={t(c.appealBy)} value={by} onChange={(e) => setBy(e.target.value)} required />
      <TextArea label={t(c.appealText)} value={text} onChange={(e) => setText(e.target.value)} required />
    </Form>
  );
}

function Decide({ action, danger, facts, onDone }: { action: string; danger?: boolean; facts: (d: Schemas["Decision"]) => Promise<unknown>; onDone: () => void }) {
  const decision = useDecision();
  const send = async () => {
    await facts(decision.value);
    decision.remember();
  };
  return (
    <Form action={action} onSend={send} onDone={onDone} ready={decision.complete} danger={danger ?? false}>
      {decision.fields}
    </Form>
  );
}
