/** One record of the queue, as people read it. */
import type { ReactNode } from "react";
import type { Queued } from "../../offline/db";
import { time } from "../../words/format";
import { language, useText } from "../../words/language";
import { q } from "./queueWords";
import { w } from "./words";

export function Record({ item: i, children }: { item: Queued; children?: ReactNode }) {
  const t = useText();
  const kind = i.about.kind in q ? t(q[i.about.kind as keyof typeof q]) : i.about.kind;
  return (
    <div className="record" data-record={i.id} data-state={i.state}>
      <div className="row">
        <span>{kind}</span>
        {i.about.name && <strong data-typed>{i.about.name}</strong>}
        {i.code && <span className="badge warn">! {t(w.unlistedBadge)}</span>}
        <span data-typed>{i.about.tube ?? i.about.box}</span>
        <span className="muted num">{time(i.at)}</span>
      </div>
      {i.problem && <p className="bad">{reason(i)}</p>}
      {i.asideTo && (
        <p className="muted">
          {t(q.asideDone, { to: "" })} <span data-typed>{i.asideTo}</span>
        </p>
      )}
      {i.replacedBy && <p className="muted">{t(q.replaced)}</p>}
      {children}
    </div>
  );
}

/** The server's words, in the language of now. */
const reason = (i: Queued): string => (language() === "zh" ? i.problem?.zh : i.problem?.en) ?? i.problem?.detail ?? "";
