/** Records that could be one person: side by side, decided by someone, and undone if that was wrong. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { List, usePages } from "../../ui/List";
import { Fault, Nothing, View } from "../../ui/State";
import { useText } from "../../words/language";
import { PersonSearch } from "../cases/parts/search";
import { named } from "../cases/Question";
import { Compare } from "./Compare";
import { Undo, useMerges } from "./merges";
import { c } from "./words";
import "../cases/cases.css";

type Similar = Schemas["SimilarPerson"];
interface Pair {
  one: string;
  other: Similar;
}

export default function DuplicatesScreen() {
  const t = useText();
  const [pair, setPair] = useState<Pair | null>(null);
  const [person, setPerson] = useState<Schemas["PersonHit"] | null>(null);
  const [undo, setUndo] = useState<string | null>(null);
  const merges = useMerges();
  // The server looks through so many people a page, and takes no other number.
  const pages = usePages<Schemas["Duplicate"]>("/v1/duplicates", { limit: null });
  return (
    <>
      <h1>{t(c.duplicates)}</h1>
      <PersonSearch label={t(c.lookFor)} onChoose={setPerson} />
      {person && <LikeOne person={person} onPair={setPair} onUndo={setUndo} />}
      {merges.length > 0 && (
        <section className="card stack">
          <h2>{t(c.mergedHere)}</h2>
          {merges.map((m) => (
            <div key={m.merge} className="row spread">
              <span data-typed>{m.names.join(" ← ")}</span>
              <Button onClick={() => setUndo(m.merge)}>{t(c.undo)}</Button>
            </div>
          ))}
        </section>
      )}
      <h2>{t(c.pairs)}</h2>
      <Pairs pages={pages} onPair={setPair} />
      {pair && <Compare one={pair.one} other={pair.other} onClose={() => setPair(null)} />}
      {undo && <Undo merge={undo} onClose={() => setUndo(null)} />}
    </>
  );
}

/** Each pair once, though each of the two is alike to the other. */
function Pairs({ pages, onPair }: { pages: ReturnType<typeof usePages<Schemas["Duplicate"]>>; onPair: (p: Pair) => void }) {
  const t = useText();
  return (
    <List pages={pages} id={(d) => d.person_id} label={t(c.pairs)} empty={t(c.duplicatesEmpty)} line={110}>
      {(d) => (
        <div className="line stack">
          <span>
            <span className="line-name" data-typed>
              {d.name}
            </span>{" "}
            <span className="muted">
              {d.born ?? ""} <span data-typed>{d.phone ?? ""}</span>
            </span>
          </span>
          {d.candidates.map((s) => (
            <AlikeLine key={s.person_id} like={s} onOpen={() => onPair({ one: d.person_id, other: s })} />
          ))}
        </div>
      )}
    </List>
  );
}

function AlikeLine({ like: s, onOpen }: { like: Similar; onOpen: () => void }) {
  const t = useText();
  return (
    <div className="row spread">
      <span className="line-main">
        <span className="row" style={{ gap: 8 }}>
          <span data-typed>{s.name}</span>
          <span className={`badge ${s.verdict === "same" ? "bad" : "warn"}`}>{t(s.verdict === "same" ? c.likely : c.possible)}</span>
          {s.second_record && <span className="badge">{t(c.secondRecord)}</span>}
        </span>
        <span className="muted" data-typed>{s.reasons.map(named).join(" · ")}</span>
      </span>
      <Button onClick={onOpen}>{t(c.compare)}</Button>
    </div>
  );
}

function LikeOne({ person, onPair, onUndo }: { person: Schemas["PersonHit"]; onPair: (p: Pair) => void; onUndo: (merge: string) => void }) {
  const t = useText();
  const similar = useQuery({ queryKey: ["/v1/persons", person.person_id, "similar"], queryFn: ({ signal }) => get<Schemas["Similar"]>(`/v1/persons/${person.person_id}/similar`, {}, signal) });
  const view = useQuery({ queryKey: ["/v1/persons", person.person_id], queryFn: ({ signal }) => get<Schemas["PersonView"]>(`/v1/persons/${person.person_id}`, {}, signal) });
  return (
    <section className="card stack">
      <h2 data-typed>{person.name}</h2>
      {view.error && <Fault error={view.error} />}
      {(view.data?.merged.length ?? 0) > 0 && (
        <div className="row spread">
          <span>{t(c.mergedRecord, { n: view.data?.merged.length ?? 0 })}</span>
          {view.data?.merged.map((m) => (
            <Button key={m.merge_id} onClick={() => onUndo(m.merge_id)}>
              {t(c.undo)}
            </Button>
          ))}
        </div>
      )}
      <View of={similar}>
        {(s) => (
          <>
            {s.candidates.length === 0 && <Nothing>{t(c.noneAlike)}</Nothing>}
            {s.candidates.map((x) => (
              <AlikeLine key={x.person_id} like={x} onOpen={() => onPair({ one: person.person_id, other: x })} />
            ))}
            {s.elsewhere > 0 && <p className="note warn">{t(c.elsewhere, { n: s.elsewhere })}</p>}
          </>
        )}
      </View>
    </section>
  );
}
