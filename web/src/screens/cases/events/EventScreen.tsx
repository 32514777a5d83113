/** One event: those who took part, of whom nothing is decided first. */
import { type InfiniteData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "wouter";
import { get } from "../../../api/client";
import { stamp } from "../../../api/clock";
import { queries } from "../../../api/live";
import { say } from "../../../api/say";
import { session } from "../../../api/session";
import type { Page, Schemas } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { List } from "../../../ui/List";
import { PlaceName } from "../../../ui/PlaceName";
import { opens } from "../../../ui/opens";
import { Fault, Waiting } from "../../../ui/State";
import { toast } from "../../../ui/toast";
import { number, time } from "../../../words/format";
import { type Text, useText } from "../../../words/language";
import { term } from "../../../words/terms";
import { useDecision } from "../parts/decision";
import { Form } from "../parts/Form";
import { PersonSearch } from "../parts/search";
import { addressOf } from "../tabs";
import { EventForm } from "./EventForm";
import { EventNumbers, EventWords } from "./EventsScreen";
import { e as w } from "./words";
import "../cases.css";

type View = Schemas["EventView"];
type Participant = Schemas["Participant"];

const PAGE = 200;

/** The event with its participants, page by page; each page is a whole answer about the event. */
function useEvent(event: string) {
  const path = `/v1/exposure-events/${encodeURIComponent(event)}`;
  return useInfiniteQuery<View & Page<Participant>, Error, InfiniteData<View & Page<Participant>>, QueryKey, string | null>({
    queryKey: [path],
    initialPageParam: null,
    queryFn: async ({ pageParam, signal }) => {
      const view = await get<View>(path, { limit: PAGE, after: pageParam }, signal);
      return { ...view, items: view.listed };
    },
    getNextPageParam: (last) => last.next ?? null,
  });
}

export default function EventScreen() {
  const t = useText();
  const { event = "" } = useParams<{ event: string }>();
  const pages = useEvent(event);
  const [form, setForm] = useState<"change" | "withdraw" | "add" | null>(null);
  const x = pages.data?.pages[0];
  if (!x) return pages.error ? <Fault error={pages.error} again={() => void pages.refetch()} /> : <Waiting />;
  const mayWithdraw = (session()?.role === "investigator" || session()?.role === "commander") && !x.withdrawn_at;
  const close = () => setForm(null);
  return (
    <>
      <section className="card stack">
        <h1 className="hidden" data-typed>
          {x.name}
        </h1>
        <EventWords event={x} />
        {x.description && <p data-typed>{x.description}</p>}
        <EventNumbers event={x} />
        {x.withdrawn_at && (
          <p className="note warn">
            {t(w.withdrawnBy, { time: time(x.withdrawn_at) })} · <span data-typed>{[x.decider, x.reason].filter(Boolean).join("：")}</span>
          </p>
        )}
        <div className="row">
          <Button onClick={() => setForm("change")}>{t(x.withdrawn_at ? w.again : w.change)}</Button>
          {mayWithdraw && (
            <Button danger onClick={() => setForm("withdraw")}>
              {t(w.withdraw)}
            </Button>
          )}
        </div>
      </section>
      <div className="row spread">
        <h2>{t(w.participants)}</h2>
        {!x.withdrawn_at && <Button onClick={() => setForm("add")}>{t(w.add)}</Button>}
      </div>
      {x.participants > x.seen && <p className="note">{t(w.elsewhere, { n: number(x.participants - x.seen) })}</p>}
      <List pages={pages} id={(p) => p.person_id} label={t(w.participants)} empty={t(w.noParticipants)} line={84}>
        {(p) => <Line participant={p} />}
      </List>
      {form === "change" && <EventForm of={x} onClose={close} />}
      {form === "withdraw" && <Withdraw event={x} onClose={close} />}
      {form === "add" && <Add event={x} onClose={close} />}
    </>
  );
}

const KNOWN: Readonly<Record<Schemas["Known"], readonly [Text, string]>> = { case: [w.isCase, "bad"], contact: [w.isContact, ""], undecided: [w.isUndecided, "warn"] };

function Line({ participant: p }: { participant: Participant }) {
  const t = useText();
  const role = session()?.role;
  const [what, tone] = KNOWN[p.known];
  const about = `/persons/${p.person_id}`;
  const name = <span data-typed>{p.name ?? p.person_id.slice(0, 8)}</span>;
  const candidates = p.cases.find((k) => opens(role, addressOf(k.case_id, "candidates")));
  return (
    <div className="line row spread">
      <span className="line-main">
        <span className="row" style={{ gap: 8 }}>
          <span className="line-name">{opens(role, about) ? <Link href={about}>{name}</Link> : name}</span>
          <span className={`badge ${tone}`}>{t(what)}</span>
          {p.contacts.map((k) => (
            <span key={k.contact_id} className="badge">
              {term("ContactCategory", k.category)} · {term("ContactState", k.state)}
            </span>
          ))}
        </span>
        <span className="muted">
          <PlaceName place={p.home} names="all" /> · <span className="num">{t(w.fromTo, { from: time(p.starts), to: time(p.ends) })}</span>
        </span>
      </span>
      <span className="row" style={{ gap: 8 }}>
        {p.phone && (
          <a className="button" href={`tel:${p.phone}`}>
            ☎ <span className="num">{p.phone}</span>
          </a>
        )}
        {candidates && (
          <Link href={addressOf(candidates.case_id, "candidates")} className="button">
            {t(w.judge)} →
          </Link>
        )}
      </span>
    </div>
  );
}

function Withdraw({ event: x, onClose }: { event: View; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const send = async () => {
    await say({ event_withdrawn: { event: x.event, decision: decision.value, at: stamp() } });
    decision.remember();
  };
  return (
    <Dialog title={t(w.withdraw)} onClose={onClose}>
      <Form action={t(w.withdraw)} onSend={send} onDone={onClose} ready={decision.complete} danger>
        <EventWords event={x} />
        <p className="muted">{t(w.withdrawHint)}</p>
        {decision.fields}
      </Form>
    </Dialog>
  );
}

/** One after the other, as a guest list is read out: the field is free again at once. */
function Add({ event: x, onClose }: { event: View; onClose: () => void }) {
  const t = useText();
  const [wrong, setWrong] = useState<Error | null>(null);
  const add = async (p: Schemas["PersonHit"]) => {
    setWrong(null);
    try {
      await say({ member_listed: { group: x.event, kind: "event", name: x.name, person: p.person_id, at: stamp() } });
      toast("good", t(w.added, { name: p.name }));
      await queries.invalidateQueries();
    } catch (y) {
      setWrong(y instanceof Error ? y : new Error(String(y)));
    }
  };
  return (
    <Dialog title={t(w.add)} onClose={onClose}>
      <EventNumbers event={x} />
      <PersonSearch onChoose={(p) => void add(p)} />
      {wrong && <Fault error={wrong} />}
    </Dialog>
  );
}
