import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Fault, Waiting } from "../../ui/State";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { useDecision } from "../cases/parts/decision";
import { Form } from "../cases/parts/Form";
import { named } from "../cases/Question";
import { merge } from "./merges";
import { c } from "./words";

type Person = Schemas["PersonView"];
type Choice = "left" | "right" | "distinct";

/** Two records side by side: what is alike, what differs, and the decision. */
export function Compare({ one, other, onClose }: { one: string; other: Schemas["SimilarPerson"]; onClose: () => void }) {
  const t = useText();
  const [left, right] = [usePerson(one), usePerson(other.person_id)];
  const [choice, setChoice] = useState<Choice | null>(null);
  const error = left.error ?? right.error;
  return (
    <Dialog title={t(c.compare)} onClose={onClose} broad>
      {error && <Fault error={error} again={() => void Promise.all([left.refetch(), right.refetch()])} />}
      {left.data && right.data ? (
        <>
          <Table left={left.data} right={right.data} />
          <div>
            <strong>{t(c.reasons)}</strong>
            <ul>
              {other.reasons.map((r) => (
                <li key={r.en} data-typed>· {named(r)}</li>
              ))}
            </ul>
          </div>
          <div className="choices">
            {(["left", "right", "distinct"] as const).map((x) => (
              <Button key={x} onClick={() => setChoice(x)} aria-pressed={choice === x}>
                {t({ left: c.keepLeft, right: c.keepRight, distinct: c.notSame }[x])}
              </Button>
            ))}
          </div>
          {choice && <Decide key={choice} choice={choice} left={left.data} right={right.data} reason={other.reasons.map(named).join("; ")} onDone={onClose} />}
        </>
      ) : (
        !error && <Waiting />
      )}
    </Dialog>
  );
}

const usePerson = (id: string) => useQuery({ queryKey: ["/v1/persons", id], queryFn: ({ signal }) => get<Person>(`/v1/persons/${id}`, {}, signal) });

function Decide({ choice, left, right, reason, onDone }: { choice: Choice; left: Person; right: Person; reason: string; onDone: () => void }) {
  const t = useText();
  const decision = useDecision(choice === "distinct" ? "" : reason);
  const send = async () => {
    if (choice === "distinct") await say({ persons_distinct: { person: left.person_id, other: right.person_id, decision: decision.value, at: stamp() } });
    else if (choice === "left") await merge(left, right, decision.value);
    else await merge(right, left, decision.value);
    decision.remember();
  };
  return (
    <Form action={t({ left: c.keepLeft, right: c.keepRight, distinct: c.notSame }[choice])} onSend={send} onDone={onDone} ready={decision.complete} danger={choice !== "distinct"}>
      {choice !== "distinct" && <p className="muted">{t(c.keepHint)}</p>}
      {decision.fields}
    </Form>
  );
}

function Table({ left, right }: { left: Person; right: Person }) {
  const t = useText();
  const much = (p: Person): string => [p.registrations, p.cases, p.contacts].map((x) => x?.length ?? 0).join(" / ");
  const rows: [string, string | null | undefined, string | null | undefined][] = [
    [t(c.name), left.name, right.name],
    [t(c.sex), term("Sex", left.sex), term("Sex", right.sex)],
    [t(c.born), left.born, right.born],
    [t(c.identity), left.identity_masked, right.identity_masked],
    [t(c.phone), left.phone, right.phone],
    [t(c.home), left.home_names.slice(1).join(" "), right.home_names.slice(1).join(" ")],
    [t(c.standing), term("Standing", left.standing), term("Standing", right.standing)],
  ];
  return (
    <table className="compare">
      <thead>
        <tr>
          <td />
          <th scope="col">{t(c.left)}</th>
          <th scope="col">{t(c.right)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, a, b]) => {
          const kind = !a || !b ? "" : a === b ? "alike" : "differs";
          return (
            <tr key={name} className={kind}>
              <th scope="row">
                {name} {kind && <span className="muted">{t(kind === "alike" ? c.alike : c.differs)}</span>}
              </th>
              <td data-typed>{a ?? "–"}</td>
              <td data-typed>{b ?? "–"}</td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">{t(c.history)}</th>
          <td className="num">{much(left)}</td>
          <td className="num">{much(right)}</td>
        </tr>
      </tbody>
    </table>
  );
}
