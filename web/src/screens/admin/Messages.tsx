/** What other jurisdictions ask of us, and we of them. */
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { Due } from "../../ui/Due";
import { Select } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { PlaceName } from "./Place";
import { admin as w } from "./words";

type Message = Schemas["MessageItem"];

export default function Messages() {
  const t = useText();
  const [box, setBox] = useState<"in" | "out">("in");
  const [state, setState] = useState("");
  const [overdue, setOverdue] = useState(false);
  const pages = usePages<Message>("/v1/messages", { box, state, overdue: overdue || null });
  return (
    <>
      <h1>{t(w.messages)}</h1>
      <div className="row no-print" style={{ alignItems: "end" }}>
        <div className="tabs" role="tablist" aria-label={t(w.box)}>
          {(["in", "out"] as const).map((b) => (
            <button key={b} type="button" role="tab" aria-selected={box === b} onClick={() => setBox(b)}>
              {t(b === "in" ? w.inbox : w.outbox)}
            </button>
          ))}
        </div>
        <Select label={t(w.state)} value={state} onChange={(e) => setState(e.target.value)} options={[["", t(w.anyState)], ...termsOf("MessageState").map((s) => [s, term("MessageState", s)] as const)]} />
        <label className="check">
          <input type="checkbox" checked={overdue} onChange={(e) => setOverdue(e.target.checked)} />
          <span>{t(w.onlyOverdue)}</span>
        </label>
      </div>
      <List pages={pages} id={(m) => m.message_id} label={t(w.messages)} line={120} empty={t(w.noMessages)}>
        {(m) => <Line message={m} />}
      </List>
    </>
  );
}

function Line({ message: m }: { message: Message }) {
  const t = useText();
  const settled = m.state === "done" || m.state === "refused";
  return (
    <div className="line row spread">
      <span className="grow stack" style={{ gap: 2 }}>
        <span>
          <strong>{term("Assistance", m.matter.about)}</strong> <span className={`badge ${m.state === "refused" ? "bad" : m.state === "done" ? "good" : ""}`}>{term("MessageState", m.state)}</span>{" "}
          {m.outcome && <span className="badge">{term("AssistanceOutcome", m.outcome)}</span>}
        </span>
        <span className="muted">
          {t(w.ofBook, { book: m.book })} · {t(w.askedAt, { time: time(m.asked_at) })} · <span data-typed>{m.decider}</span> · <PlaceName place={m.place} long />
        </span>
        <span data-typed>{[m.matter.case_number, m.matter.who?.name, m.matter.place, m.matter.evidence, m.reason].filter(Boolean).join(" · ")}</span>
        {m.answered_at && (
          <span>
            {t(w.answer)} {time(m.answered_at)} <span data-typed>{[m.answer_decider, m.answer_reason].filter(Boolean).join(" · ")}</span>
          </span>
        )}
        {m.refused && (
          <span className="bad">
            {t(w.refusedBecause)} <span data-typed>{m.refused}</span>
          </span>
        )}
      </span>
      {!settled && <Due at={m.due} />}
    </div>
  );
}
