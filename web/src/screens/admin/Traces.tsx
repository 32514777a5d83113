/** Who looked at whom: every look at a person leaves a trace. */
import { useState } from "react";
import { Link } from "wouter";
import { useSession } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Input } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { opens } from "../../ui/opens";
import { PlaceName } from "../../ui/PlaceName";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { lookOf } from "../../words/looks";
import { term } from "../../words/terms";
import { PersonSearch } from "../cases/parts/search";
import { ofField } from "./local";
import { useSettled } from "./Place";
import { admin as w } from "./words";

/** Whom the looks are at: found by name, or handed on in the address of the page. */
interface Whom {
  id: string;
  name: string | null;
}

/** The ids of people, as the server reads them. */
const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

export default function Traces() {
  const t = useText();
  const role = useSession()?.role;
  const [account, setAccount] = useState("");
  const [person, setPerson] = useState<Whom | null>(() => {
    const id = new URLSearchParams(location.search).get("person");
    return id && isId(id) ? { id, name: null } : null;
  });
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const query = { account: useSettled(account.trim()), person: person?.id ?? null, from: ofField(from), to: ofField(to) };
  const pages = usePages<Schemas["Access"]>("/v1/access", query);
  return (
    <>
      <h1>{t(w.traces)}</h1>
      <div className="grid no-print">
        <Input label={t(w.account)} value={account} onChange={(e) => setAccount(e.target.value)} autoCapitalize="none" autoComplete="off" />
        <OfWhom person={person} onPick={setPerson} />
        <Input label={t(w.from)} type="datetime-local" value={from} onChange={(e) => setFrom(e.target.value)} />
        <Input label={t(w.to)} type="datetime-local" value={to} onChange={(e) => setTo(e.target.value)} />
      </div>
      <List pages={pages} id={(a) => a.access_id} label={t(w.traces)} line={72} empty={t(w.noTraces)}>
        {(a) => <Look of={a} record={a.person_id && opens(role, `/persons/${a.person_id}`) ? `/persons/${a.person_id}` : null} />}
      </List>
    </>
  );
}

function Look({ of: a, record }: { of: Schemas["Access"]; record: string | null }) {
  const t = useText();
  const what = lookOf(a.what);
  return (
    <div className="line row spread">
      <span className="grow">
        <strong data-typed>{a.account}</strong> <span className="muted">{term("Role", a.role)}</span>
        <span style={{ display: "block" }} title={a.what}>
          {what ?? <span data-typed className="raw muted">{a.what}</span>}
        </span>
      </span>
      {record && (
        <Link href={record} className="button">
          {t(w.lookedAt)}
        </Link>
      )}
      {a.place && (
        <span className="muted">
          <PlaceName place={a.place} />
        </span>
      )}
      <span className="badge num">{t(w.peopleShown, { n: number(a.rows) })}</span>
      <span className="muted num">{time(a.at)}</span>
    </div>
  );
}

/** By name for those who may look people up; whoever keeps the system sees no people, and has only an id that someone gave. */
function OfWhom({ person, onPick }: { person: Whom | null; onPick: (p: Whom | null) => void }) {
  const t = useText();
  const mayFind = opens(useSession()?.role, "/find");
  const [text, setText] = useState("");
  if (person)
    return (
      <div className="field">
        <span className="muted">{t(w.ofPerson)}</span>
        <span className="row">
          <strong data-typed>{person.name ?? person.id}</strong>
          <Button onClick={() => onPick(null)}>{t(w.ofEveryone)}</Button>
        </span>
      </div>
    );
  if (mayFind) return <PersonSearch onChoose={(p) => onPick({ id: p.same_as ?? p.person_id, name: p.name })} />;
  const typed = (id: string): void => {
    setText(id);
    if (isId(id.trim())) onPick({ id: id.trim(), name: null });
  };
  return <Input label={t(w.person)} hint={t(w.personHint)} value={text} onChange={(e) => typed(e.target.value)} autoComplete="off" wrong={text.trim() && !isId(text.trim()) ? t(w.noId) : null} />;
}
