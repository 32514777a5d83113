import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { get } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { Fault, Waiting } from "../../ui/State";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";
import "./person.css";

type Hit = Schemas["PersonHit"];

/** A tube's barcode has digits and no characters of a name; a telephone is not one. */
const couldBeTube = (text: string): boolean => /^[\w-]{4,40}$/.test(text) && /\d/.test(text) && !/^1\d{10}$/.test(text);

/** A tube by its barcode; that there is none is an answer. */
async function tubeOf(text: string, signal: AbortSignal): Promise<Schemas["TubeView"] | null> {
  try {
    return await get<Schemas["TubeView"]>(`/v1/tubes/${encodeURIComponent(text)}`, {}, signal);
  } catch (e) {
    if (e instanceof Problem && (e.status === 404 || e.status === 400)) return null;
    throw e;
  }
}

/** One box for everything that can be scanned or remembered. A scanner types and presses Enter: what is one thing opens at once. */
export default function Find() {
  const t = useText();
  const [, go] = useLocation();
  const asked = new URLSearchParams(useSearch()).get("text") ?? "";
  const [text, setText] = useState(asked);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    setText(asked);
    box.current?.select();
  }, [asked]);
  const search = (e: FormEvent) => {
    e.preventDefault();
    const wanted = text.trim();
    if (wanted) go(`/find?text=${encodeURIComponent(wanted)}`);
  };
  return (
    <section className="stack">
      <h1>{t(w.findTitle)}</h1>
      <form className="find" onSubmit={search} role="search">
        <label htmlFor="find">{t(w.findLabel)}</label>
        <div className="row">
          <input id="find" ref={box} className="input" value={text} onChange={(e) => setText(e.target.value)} autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} enterKeyHint="search" />
          <button type="submit" className="button first">
            {t(core.search)}
          </button>
        </div>
        <span className="muted">{t(w.findHint)}</span>
      </form>
      {asked && <Found key={asked} text={asked} />}
    </section>
  );
}

function Found({ text }: { text: string }) {
  const t = useText();
  const [, go] = useLocation();
  const people = usePages<Hit>("/v1/persons", { text });
  const tube = useQuery({ queryKey: ["/v1/tubes", text, "or none"], enabled: couldBeTube(text), queryFn: ({ signal }) => tubeOf(text, signal) });
  const first = people.data?.pages[0];
  const waiting = people.isPending || (couldBeTube(text) && tube.isPending);
  const error = people.error ?? tube.error;
  const one = first?.items.length === 1 && !first.next ? first.items[0] : undefined;
  const only = waiting || error ? null : tube.data && first?.items.length === 0 ? `/tubes/${encodeURIComponent(text)}` : one && !tube.data ? `/persons/${one.same_as ?? one.person_id}` : null;
  useEffect(() => {
    if (only) go(only);
  }, [only, go]);
  if (error) return <Fault error={error} again={() => void people.refetch().then(() => tube.refetch())} />;
  if (waiting || only) return <Waiting />;
  if (!tube.data && first?.items.length === 0) return <p className="note warn">{t(w.notFound)}</p>;
  return (
    <>
      {tube.data && (
        <Link href={`/tubes/${encodeURIComponent(text)}`} className="card hit">
          <strong data-typed>{tube.data.tube}</strong>
          <span className="badge">{term("TubeState", tube.data.state)}</span>
          {tube.data.result && <span className={`badge ${tube.data.result === "negative" ? "good" : "bad"}`}>{term("TestResult", tube.data.result)}</span>}
        </Link>
      )}
      {first && first.items.length > 0 && (
        <List pages={people} id={(p) => p.person_id} label={t(w.people)} line={76}>
          {(p) => (
            <Link href={`/persons/${p.same_as ?? p.person_id}`} className="line">
              <span className="row">
                <strong data-typed>{p.name}</strong>
                <span>
                  {term("Sex", p.sex)} <span className="num">{p.born}</span>
                </span>
                <span className="badge">{term("Standing", p.standing)}</span>
                {p.same_as && <span className="badge warn">{t(w.secondRecord)}</span>}
              </span>
              <span className="muted">
                <span data-typed>{[p.phone, p.identity_masked].filter(Boolean).join(" · ")}</span> · <PlaceName place={p.home} names="all" />
              </span>
            </Link>
          )}
        </List>
      )}
    </>
  );
}
