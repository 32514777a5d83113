/** People with two swabs of one round: shown with both records, for someone to find out. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { View } from "../../ui/State";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Conflict, conflictsOf } from "./conflicts";
import { useDesk } from "./desk";
import { q } from "./queueWords";

export function Conflicts() {
  const t = useText();
  const desk = useDesk();
  const found = conflictsOf(desk.tubes.values(), desk.people);
  if (found.length === 0) return null;
  return (
    <section className="card stack" style={{ borderColor: "var(--warn)", borderWidth: 2 }}>
      <h2 className="warn">
        ! {t(q.conflicts)} <span className="num">{number(found.length)}</span>
      </h2>
      <p>{t(q.conflictsHint)}</p>
      {found.map((c) => (
        <One key={`${c.person}-${c.tube}`} conflict={c} />
      ))}
    </section>
  );
}

function One({ conflict: c }: { conflict: Conflict }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <div className="record" data-conflict={c.person}>
      <strong data-typed>{c.name}</strong>
      <span>{t(q.here, { at: time(c.at), tube: c.tube })}</span>
      <span>{t(q.book, { at: time(c.listed.sampled_at) })}</span>
      {open ? <Both conflict={c} /> : <Button onClick={() => setOpen(true)}>{t(q.both)}</Button>}
    </div>
  );
}

function Both({ conflict: c }: { conflict: Conflict }) {
  const person = useQuery({ queryKey: ["/v1/persons", c.person], queryFn: ({ signal }) => get<Schemas["PersonView"]>(`/v1/persons/${c.person}`, {}, signal) });
  return (
    <View of={person}>
      {(p) => (
        <ul>
          {(p.registrations ?? [])
            .filter((r) => r.round === c.listed.round && r.void_seq == null)
            .map((r) => (
              <li key={r.tube} className="row" style={{ minHeight: 40 }}>
                <strong data-typed>{r.tube}</strong>
                <span className="num">{time(r.sampled_at)}</span>
                <span>{term("TubeMode", r.mode)}</span>
                <span>{term("TubeState", r.state)}</span>
              </li>
            ))}
        </ul>
      )}
    </View>
  );
}
