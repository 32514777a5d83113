import type { ReactNode } from "react";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { readable } from "../cases/parts/time";
import type { Message } from "./Messages";
import { m as w } from "./words";

interface Props {
  message: Message;
  box: "in" | "out";
  /** Ours, and nobody has taken it over. */
  returned: boolean;
  onAnswer: (() => void) | null;
  onAgain: (() => void) | null;
}

/** One message: what is asked and of whom, until when, and what came of it. */
export function MessageLine({ message: x, box, returned, onAnswer, onAgain }: Props) {
  const t = useText();
  const answered = x.answered_at !== null && x.answered_at !== undefined;
  return (
    <article className="line stack" data-message={x.message_id} style={{ gap: 8 }}>
      <div className="row spread" style={{ gap: 8 }}>
        <span className="row" style={{ gap: 8 }}>
          <strong className="line-name">{term("Assistance", x.matter.about)}</strong>
          <span className={`badge ${x.state === "refused" ? "bad" : x.state === "done" ? "good" : ""}`}>{box === "in" && x.state === "acknowledged" ? t(w.toAnswer) : term("MessageState", x.state)}</span>
          {x.outcome && <span className={`badge ${x.outcome === "taken_over" || x.outcome === "done" ? "good" : "warn"}`}>{term("AssistanceOutcome", x.outcome)}</span>}
          {returned && <span className="badge bad">{t(w.returned)}</span>}
        </span>
        {!answered && x.state !== "refused" && <Due at={x.due} />}
      </div>
      <span className="muted">
        {t(box === "in" ? w.fromBook : w.toBook, { book: x.book })} · {t(w.askedAt, { time: time(x.asked_at) })} · <span data-typed>{x.decider}</span>
      </span>
      <MatterWords of={x.matter} note={x.reason} noteTitle={t(box === "in" ? w.note : w.ownNote)} />
      {x.answered_at && (
        <p>
          <strong>{t(w.answered, { time: time(x.answered_at) })}</strong> {x.forward_to && <>{t(w.forward, { book: x.forward_to })} · </>}
          <span data-typed>{[x.answer_decider, x.answer_reason].filter(Boolean).join("：")}</span>
        </p>
      )}
      {x.refused && (
        <p className="bad">
          {t(w.refusedBecause)} <span data-typed>{x.refused}</span>
        </p>
      )}
      {(onAnswer || onAgain) && (
        <div className="row">
          {onAnswer && (
            <Button first onClick={onAnswer}>
              {t(w.answer)}
            </Button>
          )}
          {onAgain && (
            <Button first onClick={onAgain}>
              {t(w.askAgain)}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

/** What is asked: all that left the other book. */
export function MatterWords({ of: x, note, noteTitle }: { of: Schemas["Matter"]; note?: string; noteTitle?: string }) {
  const t = useText();
  const who = x.who;
  return (
    <dl className="pairs">
      {who && (
        <Pair name={t(core.person)}>
          <strong data-typed>{who.name}</strong> {who.sex && term("Sex", who.sex)} <span className="num">{who.born ?? ""}</span>
          {x.category && <> · {term("ContactCategory", x.category)}</>}
        </Pair>
      )}
      {who?.phone && (
        <Pair name={t(w.phone)}>
          <a href={`tel:${who.phone}`} className="num" data-typed>
            {who.phone}
          </a>
        </Pair>
      )}
      {who?.address && (
        <Pair name={t(w.address)}>
          <span data-typed>{who.address}</span>
        </Pair>
      )}
      {x.place && (
        <Pair name={t(w.place)}>
          <span data-typed>{x.place}</span>
        </Pair>
      )}
      {x.last_exposure && (
        <Pair name={t(w.exposed)}>
          <span className="num">{x.first_exposure ? t(w.from, { from: readable(x.first_exposure), to: readable(x.last_exposure) }) : readable(x.last_exposure)}</span>
        </Pair>
      )}
      {x.case_number && (
        <Pair name={t(w.caseNumber)}>
          <span data-typed>{x.case_number}</span>
        </Pair>
      )}
      <Pair name={t(w.evidence)}>
        <span data-typed>{x.evidence}</span>
      </Pair>
      {note && noteTitle && (
        <Pair name={noteTitle}>
          <span data-typed>{note}</span>
        </Pair>
      )}
    </dl>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
