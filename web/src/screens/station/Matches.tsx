/** People found by a name or number, to be chosen. */
import { PlaceName } from "../../ui/PlaceName";
import { term } from "../../words/terms";
import { type Match, useDesk } from "./desk";
import { choose } from "./take";

export function Matches() {
  const { matches } = useDesk();
  if (!matches || matches.length === 0) return null;
  return (
    <div className="card" style={{ padding: 0 }}>
      {matches.map((m) => (
        <Found key={m.who.person} match={m} onChoose={() => void choose(m)} />
      ))}
    </div>
  );
}

/** Someone to be chosen, with what tells them from others of the name. */
export function Found({ match: m, onChoose }: { match: Match; onChoose: () => void }) {
  return (
    <button type="button" className="match" onClick={onChoose}>
      <strong data-typed>{m.who.name}</strong> {m.phoneEnd && <span className="muted num">…{m.phoneEnd}</span>}{" "}
      {m.who.mode && <span className={`mode ${m.who.mode}`}>{term("TubeMode", m.who.mode)}</span>}
      <br />
      <span className="muted" data-typed>
        {m.place ? <PlaceName place={m.place} names="near" /> : m.home}
      </span>
    </button>
  );
}
