/** People under follow-up are given to a team by hand, several in one act. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { toast } from "../../ui/toast";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import type { Contact } from "./CallsScreen";
import { c } from "./words";

/** Who is chosen, by person: somebody with two records is one. */
export type Picked = ReadonlyMap<string, Contact>;

/** One submission takes no more people than this. */
const AT_ONCE = 1000;

export function toggled(picked: Picked, x: Contact): Picked {
  const next = new Map(picked);
  if (!next.delete(x.person_id)) next.set(x.person_id, x);
  return next;
}

interface Props {
  teams: readonly Schemas["TeamItem"][];
  /** Those that have been read: what "all" means. */
  shown: readonly Contact[];
  picked: Picked;
  onPicked: (p: Picked) => void;
}

export function AssignBar({ teams, shown, picked, onPicked }: Props) {
  const t = useText();
  const [chosen, setChosen] = useState("");
  const present = teams.filter((x) => x.state === "present");
  const team = present.find((x) => x.team_id === chosen) ?? present[0];
  const persons = [...picked.keys()];
  const assign = async () => {
    if (!team) return;
    for (let i = 0; i < persons.length; i += AT_ONCE) await say({ follow_up_assigned: { persons: persons.slice(i, i + AT_ONCE), team: team.team_id, at: stamp() } });
    toast("good", t(c.assigned, { n: number(persons.length), team: team.name }));
    onPicked(new Map());
    await queries.invalidateQueries();
  };
  if (!team) return <p className="note warn">{t(c.noTeamPresent)}</p>;
  return (
    <div className="sticky stack" style={{ gap: 8 }}>
      {picked.size === 0 && <p className="muted">{t(c.assignHint)}</p>}
      <div className="row spread" style={{ alignItems: "end" }}>
        <span className="row">
          <strong role="status">{t(c.chosen, { n: number(picked.size) })}</strong>
          {picked.size > 0 ? (
            <Button onClick={() => onPicked(new Map())}>{t(c.chooseNone)}</Button>
          ) : (
            shown.length > 0 && <Button onClick={() => onPicked(new Map(shown.map((x) => [x.person_id, x])))}>{t(c.chooseAll, { n: number(shown.length) })}</Button>
          )}
        </span>
        <span className="row" style={{ alignItems: "end" }}>
          <Select label={t(c.assignTo)} value={team.team_id} onChange={(e) => setChosen(e.target.value)} options={present.map((x) => [x.team_id, t(c.teamLoad, { name: x.name, n: number(x.people), all: number(x.capacity) })] as const)} data-typed />
          <Button first disabled={picked.size === 0} onClick={assign}>
            {t(c.assignN, { n: number(picked.size) })}
          </Button>
        </span>
      </div>
    </div>
  );
}
