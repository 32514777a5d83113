/** What other jurisdictions ask of us, and we of them: what waits for an answer first, with its clock. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { session } from "../../api/session";
import type { Page, Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { AnswerForm } from "./Answer";
import { MessageLine } from "./Line";
import { RequestForm } from "./Request";
import { m as w } from "./words";
import "../cases/cases.css";

/** A message as the list tells it. */
export type Message = Schemas["MessageItem"];
type Box = "in" | "out";

/** What stands first: of what came, that which nobody has answered; of what was sent, all. */
const FIRST: Readonly<Record<Box, string>> = { in: "acknowledged", out: "" };
/** More than so many are not counted one by one. */
const COUNTED = 200;

export default function Messages() {
  const t = useText();
  const [box, setBox] = useState<Box>("in");
  const [state, setState] = useState(FIRST.in);
  const [overdue, setOverdue] = useState(false);
  const [form, setForm] = useState<{ answer: Message } | { again: Message } | "ask" | null>(null);
  const pages = usePages<Message>("/v1/messages", { box, state, overdue: overdue || null });
  const waiting = useQuery({ queryKey: ["/v1/messages", "waiting"], queryFn: ({ signal }) => get<Page<Message>>("/v1/messages", { box: "in", state: "acknowledged", limit: COUNTED }, signal) });
  const returned = useReturned();
  const mayWrite = session()?.role === "investigator" || session()?.role === "commander";
  const choose = (b: Box) => {
    setBox(b);
    setState(FIRST[b]);
  };
  const n = waiting.data?.items.length ?? 0;
  const states: readonly (readonly [string, string])[] = termsOf("MessageState").map((s) => [s, box === "in" && s === "acknowledged" ? t(w.toAnswer) : term("MessageState", s)] as const);
  return (
    <>
      <div className="row spread">
        <h1>{t(w.messages)}</h1>
        {mayWrite && <Button onClick={() => setForm("ask")}>{t(w.ask)}</Button>}
      </div>
      <div className="row no-print" style={{ alignItems: "end" }}>
        <div className="tabs" role="tablist" aria-label={t(w.box)}>
          {(["in", "out"] as const).map((b) => (
            <button key={b} type="button" role="tab" aria-selected={box === b} onClick={() => choose(b)}>
              {t(b === "in" ? w.inbox : w.outbox)}
              {b === "in" && n > 0 && (
                <span className="badge warn num" style={{ marginInlineStart: 6 }}>
                  {t(w.toAnswer)} {number(n)}
                  {waiting.data?.next && "+"}
                </span>
              )}
            </button>
          ))}
        </div>
        <Select label={t(w.state)} value={state} onChange={(e) => setState(e.target.value)} options={[["", t(w.anyState)], ...states]} />
        <button type="button" className="button" aria-pressed={overdue} onClick={() => setOverdue(!overdue)}>
          {overdue ? "☑" : "☐"} {t(w.onlyOverdue)}
        </button>
      </div>
      <List pages={pages} id={(x) => x.message_id} label={t(w.messages)} line={190} height="max(420px, calc(100dvh - 260px))" empty={t(box === "in" && state === FIRST.in ? w.noneToAnswer : w.noMessages)}>
        {(x) => (
          <MessageLine
            message={x}
            box={box}
            returned={box === "out" && returned.has(x.message_id)}
            onAnswer={mayWrite && box === "in" && x.state === "acknowledged" ? () => setForm({ answer: x }) : null}
            onAgain={mayWrite && box === "out" && returned.has(x.message_id) ? () => setForm({ again: x }) : null}
          />
        )}
      </List>
      {form === "ask" && <RequestForm of={{}} onClose={() => setForm(null)} />}
      {form !== null && form !== "ask" && "again" in form && <RequestForm of={repeated(form.again)} onClose={() => setForm(null)} />}
      {form !== null && form !== "ask" && "answer" in form && <AnswerForm message={form.answer} onClose={() => setForm(null)} />}
    </>
  );
}

/** Our own requests that nobody took over: somebody has to send them on, or say why not. */
function useReturned(): ReadonlySet<string> {
  const query = { kind: "settle_message", limit: 1000 };
  const open = useQuery({ queryKey: ["/v1/items/open", query], enabled: session()?.role !== "auditor", queryFn: ({ signal }) => get<Page<Schemas["Item"]>>("/v1/items/open", query, signal) });
  return new Set(open.data?.items.map((i) => i.subject));
}

/** The same matter, asked of another jurisdiction in place of the message that came back. */
function repeated(x: Message): React.ComponentProps<typeof RequestForm>["of"] {
  return { matter: x.matter, instead_of: x.message_id, ...(x.forward_to ? { to: x.forward_to } : {}), ...(x.case_id ? { case: x.case_id } : {}), ...(x.person_id ? { person: x.person_id } : {}) };
}
