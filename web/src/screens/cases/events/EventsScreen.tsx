/** Events at which people met: who was there and is not known yet, and what has become of those who are. */
import { useState } from "react";
import { Link } from "wouter";
import type { Schemas } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { List, usePages } from "../../../ui/List";
import { number, time } from "../../../words/format";
import { useText } from "../../../words/language";
import { term } from "../../../words/terms";
import { EventForm } from "./EventForm";
import { e as w } from "./words";
import "../cases.css";

type Event = Schemas["EventItem"];

export default function EventsScreen() {
  const t = useText();
  const [cases, setCases] = useState(false);
  const [unknown, setUnknown] = useState(false);
  const [listing, setListing] = useState(false);
  const pages = usePages<Event>("/v1/exposure-events", { cases: cases || null, unknown: unknown || null });
  return (
    <>
      <div className="row spread">
        <h1>{t(w.events)}</h1>
        <Button first onClick={() => setListing(true)}>
          {t(w.list)}
        </Button>
      </div>
      <div className="row">
        <button type="button" className="button" aria-pressed={cases} onClick={() => setCases(!cases)}>
          {cases ? "☑" : "☐"} {t(w.withCases)}
        </button>
        <button type="button" className="button" aria-pressed={unknown} onClick={() => setUnknown(!unknown)}>
          {unknown ? "☑" : "☐"} {t(w.withUnknown)}
        </button>
      </div>
      <List pages={pages} id={(x) => x.event} label={t(w.events)} empty={t(w.none)} line={120} height="max(420px, calc(100dvh - 240px))">
        {(x) => (
          <Link href={`/exposure-events/${encodeURIComponent(x.event)}`} className="line stack" style={{ gap: 4 }}>
            <EventWords event={x} />
            <EventNumbers event={x} />
          </Link>
        )}
      </List>
      {listing && <EventForm of={null} onClose={() => setListing(false)} />}
    </>
  );
}

/** What it was, where and when. */
export function EventWords({ event: x }: { event: Event }) {
  const t = useText();
  return (
    <>
      <span className="row" style={{ gap: 8 }}>
        <span className="line-name" data-typed>
          {x.name}
        </span>
        <span className="badge">{term("EventKind", x.kind)}</span>
        {x.withdrawn_at && <span className="badge warn">{t(w.withdrawn)}</span>}
      </span>
      <span className="muted">
        <span className="num">{t(w.fromTo, { from: time(x.starts), to: time(x.ends) })}</span> · {x.venue_name || x.venue ? <span data-typed>{x.venue_name ?? x.venue}</span> : t(w.noVenue)}
      </span>
    </>
  );
}

/** How many were there, how many of them are known, and what has been decided of those. */
export function EventNumbers({ event: x }: { event: Event }) {
  const t = useText();
  return (
    <span className="row num" style={{ gap: 8 }}>
      <span className="badge">{x.expected === null || x.expected === undefined ? t(w.knownOnly, { n: number(x.participants) }) : t(w.known, { n: number(x.participants), all: number(x.expected) })}</span>
      {(x.unknown ?? 0) > 0 && <span className="badge warn">{t(w.unknown, { n: number(x.unknown ?? 0) })}</span>}
      <span className={`badge ${x.cases > 0 ? "bad" : ""}`}>{t(w.cases, { n: number(x.cases) })}</span>
      <span className="badge">{t(w.contacts, { n: number(x.contacts) })}</span>
      <span className={`badge ${x.undecided > 0 && x.cases > 0 ? "warn" : ""}`}>{t(w.undecided, { n: number(x.undecided) })}</span>
    </span>
  );
}
