import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get } from "../../api/client";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { Problem } from "../../api/problem";
import { newId, say } from "../../api/say";
import type { Page, Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select } from "../../ui/Field";
import { View } from "../../ui/State";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { DecisionFields, useDecision } from "./Decision";
import { type Bed, type Facility, whereOf } from "./facility";
import { useComing, type Who, whoOf } from "./OnTheWay";
import { w } from "./words";

/** A bed that was tapped, or a person who stands at the door; the other is chosen here. */
export interface Wanted {
  person?: Who;
  ward?: string;
  bed?: number;
}

const freeBeds = (f: Facility, beds: Bed[]): { ward: string; bed: number }[] => {
  const taken = new Set(beds.map((b) => `${b.ward}\n${b.bed}`));
  return f.wards.flatMap(({ ward, beds: n }) => Array.from({ length: n }, (_, i) => ({ ward, bed: i + 1 })).filter((c) => !taken.has(`${c.ward}\n${c.bed}`)));
};

export function Admit({ facility, beds, wanted, onClose }: { facility: Facility; beds: Bed[]; wanted: Wanted; onClose: () => void }) {
  const t = useText();
  const [who, setWho] = useState(wanted.person);
  const free = freeBeds(facility, beds);
  const tapped = wanted.ward !== undefined && wanted.bed !== undefined ? { ward: wanted.ward, bed: wanted.bed } : undefined;
  const [bed, setBed] = useState(tapped ?? free[0]);
  if (!bed) {
    return (
      <Dialog title={t(w.admit)} onClose={onClose}>
        <p className="note bad">{t(w.full)}</p>
      </Dialog>
    );
  }
  return (
    <Dialog title={t(w.admitHere, bed)} onClose={onClose}>
      {who ? (
        <Confirm facility={facility} who={who} bed={bed} onClose={onClose}>
          <div className="row spread">
            <p>
              {t(w.chosen)}
              <br />
              <strong className="big" data-typed>
                {who.name}
              </strong>
            </p>
            {!wanted.person && <Button onClick={() => setWho(undefined)}>{t(w.other)}</Button>}
          </div>
          {!tapped && (
            <Select
              label={t(w.chooseBed)}
              value={`${bed.ward}\n${bed.bed}`}
              onChange={(e) => setBed(free.find((c) => `${c.ward}\n${c.bed}` === e.target.value) ?? bed)}
              options={free.map((c) => [`${c.ward}\n${c.bed}`, whereOf(c)] as const)}
            />
          )}
        </Confirm>
      ) : (
        <Choose facility={facility.facility} onChoose={setWho} />
      )}
    </Dialog>
  );
}

function Confirm({ facility, who, bed, onClose, children }: { facility: Facility; who: Who; bed: { ward: string; bed: number }; onClose: () => void; children: React.ReactNode }) {
  const t = useText();
  const [refused, setRefused] = useState<Problem | null>(null);
  const decision = useDecision();
  const send = async () => {
    try {
      await say({ admitted: { stay: newId(), person: who.person_id, facility: facility.facility, ...bed, at: stamp(), ...decision.given } });
    } catch (e) {
      if (!(e instanceof Problem) || !e.refusal) throw e;
      setRefused(e);
      return;
    }
    toast("good", t(w.admitted, { name: who.name, ...bed }));
    onClose();
    await queries.invalidateQueries();
  };
  // Only what a decision can allow asks for one.
  const allowed = refused?.refusal?.rule.startsWith("facility.");
  return (
    <>
      {children}
      {refused && (
        <div className="note bad" role="alert">
          {refused.message}
        </div>
      )}
      {allowed && <DecisionFields of={decision} hint={t(w.needsDecision)} />}
      <Button first wide onClick={send} autoFocus disabled={allowed && !decision.complete}>
        {t(w.admitHere, bed)}
      </Button>
    </>
  );
}

function Choose({ facility, onChoose }: { facility: string; onChoose: (who: Who) => void }) {
  const t = useText();
  const { coming } = useComing(facility);
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const search = (e: FormEvent) => {
    e.preventDefault();
    setAsked(text.trim());
  };
  return (
    <>
      {coming.length > 0 && (
        <section className="stack">
          <h3>{t(w.onTheWay)}</h3>
          {coming.map((x) => (
            <Button key={x.transfer_id} wide className="pick" onClick={() => onChoose(whoOf(x))}>
              <strong data-typed>{whoOf(x).name}</strong>
              <span className="muted" data-typed>
                {x.from_name}
              </span>
            </Button>
          ))}
        </section>
      )}
      <form className="stack" onSubmit={search}>
        <Input label={t(w.findPerson)} value={text} onChange={(e) => setText(e.target.value)} autoFocus autoComplete="off" enterKeyHint="search" />
        <button type="submit" className="button wide">
          {t(core.search)}
        </button>
      </form>
      {asked && <Found text={asked} onChoose={onChoose} />}
    </>
  );
}

function Found({ text, onChoose }: { text: string; onChoose: (who: Who) => void }) {
  const t = useText();
  const found = useQuery({ queryKey: ["/v1/persons", text], queryFn: ({ signal }) => get<Page<Schemas["PersonHit"]>>("/v1/persons", { text, limit: 20 }, signal) });
  return (
    <View of={found}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="note">{t(w.nobodyFound)}</p>
        ) : (
          <ul className="stack">
            {items.map((p) => (
              <li key={p.person_id}>
                <Button wide className="pick" onClick={() => onChoose({ person_id: p.same_as ?? p.person_id, name: p.name })}>
                  <strong data-typed>{p.name}</strong>
                  <span className="muted">
                    {term("Sex", p.sex)} · {term("Standing", p.standing)} · <span data-typed>{p.born ?? p.phone ?? p.home}</span>
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </View>
  );
}
