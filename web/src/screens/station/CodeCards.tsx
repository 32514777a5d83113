/** Cards with people's codes, for those who have no phone to show theirs. */
import { type FormEvent, useEffect, useState } from "react";
import { get } from "../../api/client";
import type { Page, Schemas } from "../../api/types";
import { homeOf } from "../../offline/people";
import { Button } from "../../ui/Button";
import { told } from "../../ui/toast";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { qr } from "./codes";
import { desk, load, type Match, matchesOf, matchOfHit } from "./desk";
import { Found } from "./Matches";
import { l } from "./queueWords";
import { w } from "./words";

interface Card {
  person: string;
  name: string;
  home: string;
  code: string;
}

export function CodeCards() {
  const t = useText();
  const [found, setFound] = useState<Match[] | null>(null);
  const [cards, setCards] = useState<Card[]>([]);
  useEffect(() => void load(), []);
  const add = async (m: Match) => {
    if (cards.some((c) => c.person === m.who.person)) return;
    const card = await cardOf(m);
    setCards((all) => [...all, card]);
  };
  return (
    <>
      <div className="stack no-print" style={{ maxWidth: "48rem" }}>
        <Find onFound={setFound} />
        {found?.length === 0 && <p className="note warn">{t(w.nobody)}</p>}
        {found && found.length > 0 && (
          <div className="card" style={{ padding: 0, maxHeight: "40dvh", overflow: "auto" }}>
            {found.map((m) => (
              <Found key={m.who.person} match={m} onChoose={() => void add(m).catch(told)} />
            ))}
          </div>
        )}
        {cards.length > 0 && (
          <div className="row">
            <span>{t(l.chosen, { n: cards.length })}</span>
            <Button first onClick={() => window.print()}>
              {t(core.print)}
            </Button>
            <Button onClick={() => setCards([])}>{t(l.clear)}</Button>
          </div>
        )}
      </div>
      {cards.length > 0 && (
        <div className="preview" tabIndex={0} role="region" aria-label={t(l.people)}>
          <div className="sheet cards">
            {cards.map((c) => (
              <CodeCard key={c.person} card={c} />
            ))}
          </div>
        </div>
      )}
    </>
  );
}

function Find({ onFound }: { onFound: (m: Match[]) => void }) {
  const t = useText();
  const [text, setText] = useState("");
  const find = async (e: FormEvent) => {
    e.preventDefault();
    if (text.trim() === "") return;
    const local = matchesOf(text.trim());
    if (local.length > 0) return onFound(local);
    const page = await get<Page<Schemas["PersonHit"]>>("/v1/persons", { text: text.trim(), limit: 20 });
    onFound(page.items.map(matchOfHit));
  };
  return (
    <form className="row" style={{ alignItems: "end" }} onSubmit={(e) => void find(e).catch(told)}>
      <div className="field" style={{ flex: 1 }}>
        <label htmlFor="find">{t(l.find)}</label>
        <input id="find" value={text} onChange={(e) => setText(e.target.value)} autoComplete="off" />
      </div>
      <Button type="submit">{t(core.search)}</Button>
    </form>
  );
}

/** The code is on the list that the device has; else the server tells it. */
async function cardOf(m: Match): Promise<Card> {
  const listed = desk().people.byId.get(m.who.person);
  const code = listed?.code ?? (await get<Schemas["CodeOfPerson"]>(`/v1/persons/${m.who.person}/code`)).code;
  return { person: m.who.person, name: m.who.name, home: listed ? homeOf(listed) : m.home, code };
}

function CodeCard({ card }: { card: Card }) {
  const t = useText();
  const p = qr(card.code);
  return (
    <div className="card-code" data-code={card.code}>
      <svg viewBox={`0 0 ${p.width} ${p.height}`} style={{ width: "44mm", height: "44mm" }} role="img" aria-label={card.code} shapeRendering="crispEdges">
        <rect width={p.width} height={p.height} fill="#fff" />
        <path d={p.path} />
      </svg>
      <div>
        <p className="name" data-typed>
          {card.name}
        </p>
        <p data-typed>{card.home}</p>
        <p style={{ fontSize: "9pt" }}>{t(l.cardHint)}</p>
      </div>
    </div>
  );
}
