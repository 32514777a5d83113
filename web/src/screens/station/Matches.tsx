/** People found by a name or number, to be chosen; and the walk-in, for someone who is nowhere. */
import { useState } from "react";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Match, useDesk } from "./desk";
import { choose } from "./take";
import { WalkIn } from "./WalkIn";
import { w } from "./words";

export function Matches() {
  const t = useText();
  const desk = useDesk();
  const role = useSession()?.role;
  const [listing, setListing] = useState(false);
  const tube = desk.current === null ? undefined : desk.tubes.get(desk.current);
  return (
    <>
      {desk.matches && desk.matches.length > 0 && (
        <div className="card" style={{ padding: 0 }}>
          {desk.matches.map((m) => (
            <Found key={m.who.person} match={m} onChoose={() => void choose(m)} />
          ))}
        </div>
      )}
      {role !== "ward" && tube && !desk.filling && <Button onClick={() => setListing(true)}>＋ {t(w.walkIn)}</Button>}
      {listing && tube && <WalkIn tube={tube} onClose={() => setListing(false)} />}
    </>
  );
}

export function Found({ match: m, onChoose }: { match: Match; onChoose: () => void }) {
  return (
    <button type="button" className="match" onClick={onChoose}>
      <strong data-typed>{m.who.name}</strong> {m.phoneEnd && <span className="muted num">…{m.phoneEnd}</span>}{" "}
      {m.who.mode && <span className={`mode ${m.who.mode}`}>{term("TubeMode", m.who.mode)}</span>}
      <br />
      <span className="muted" data-typed>
        {m.home}
      </span>
    </button>
  );
}
