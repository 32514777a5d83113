/** Who looked at whom: every look at a person leaves a trace. */
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { Input } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { number, time } from "../../words/format";
import { type Text, translate, useText } from "../../words/language";
import { term } from "../../words/terms";
import { ofField } from "./local";
import { useSettled } from "./Place";
import { admin as w } from "./words";

/** What was looked at, by the beginning of its address; the longest that fits. */
const WHAT: readonly (readonly [string, Text])[] = [
  ["/v1/persons/{person}/status", w.lookStatus],
  ["/v1/persons/", w.lookPerson],
  ["/v1/persons", w.lookSearch],
  ["/v1/tubes", w.lookTube],
  ["/v1/items", w.lookItems],
  ["/v1/rounds", w.lookRoster],
  ["/v1/cases", w.lookCases],
  ["/v1/contacts", w.lookContacts],
  ["/v1/facilities", w.lookBeds],
  ["/v1/orders", w.lookOrders],
  ["/v1/transfers", w.lookTransfers],
];

function whatOf(what: string): string {
  const known = WHAT.find(([start]) => what.startsWith(start));
  return known ? translate(known[1]) : "";
}

export default function Traces() {
  const t = useText();
  const [account, setAccount] = useState("");
  const [person, setPerson] = useState(() => new URLSearchParams(location.search).get("person") ?? "");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const query = { account: useSettled(account.trim()), person: useSettled(person.trim()), from: ofField(from), to: ofField(to) };
  const pages = usePages<Schemas["Access"]>("/v1/access", query);
  return (
    <>
      <h1>{t(w.traces)}</h1>
      <div className="grid no-print">
        <Input label={t(w.account)} value={account} onChange={(e) => setAccount(e.target.value)} autoCapitalize="none" autoComplete="off" />
        <Input label={t(w.person)} value={person} onChange={(e) => setPerson(e.target.value)} autoComplete="off" />
        <Input label={t(w.from)} type="datetime-local" value={from} onChange={(e) => setFrom(e.target.value)} />
        <Input label={t(w.to)} type="datetime-local" value={to} onChange={(e) => setTo(e.target.value)} />
      </div>
      <List pages={pages} id={(a) => a.access_id} label={t(w.traces)} line={72} empty={t(w.noTraces)}>
        {(a) => (
          <div className="line row spread">
            <span className="grow">
              <strong data-typed>{a.account}</strong> <span className="muted">{term("Role", a.role)}</span>
              <span style={{ display: "block" }}>
                {whatOf(a.what)} <span data-typed className="raw muted">{a.what} {a.person_id}</span>
              </span>
            </span>
            {a.place && (
              <span className="muted">
                <PlaceName place={a.place} />
              </span>
            )}
            <span className="badge num">{t(w.peopleShown, { n: number(a.rows) })}</span>
            <span className="muted num">{time(a.at)}</span>
          </div>
        )}
      </List>
    </>
  );
}
