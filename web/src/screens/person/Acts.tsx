/** What someone who looks after people says of them: away, back, an appeal. */
import { type FormEvent, useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { newId, say } from "../../api/say";
import { useSession } from "../../api/session";
import type { Fact, Role, Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select, TextArea } from "../../ui/Field";
import { toast } from "../../ui/toast";
import { time } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Protected, Protection } from "../contacts/Protection";
import { w } from "./words";

type Person = Schemas["PersonView"];
type Order = Schemas["OrderItem"];

const MOVES: readonly Role[] = ["investigator", "community_worker", "commander"];
const APPEALS: readonly Role[] = ["investigator", "ward", "community_worker"];

async function tell(fact: Fact, done: string): Promise<void> {
  await say(fact);
  toast("good", done);
  await queries.invalidateQueries();
}

export function Acts({ person: p, orders }: { person: Person; orders: Order[] }) {
  const t = useText();
  const role = useSession()?.role;
  const [open, setOpen] = useState<"absent" | "appeal" | null>(null);
  const contestable = orders.filter((o) => o.in_force && !o.appeals.some((a) => a.state === "open"));
  const moves = role !== undefined && MOVES.includes(role) && !p.same_as;
  const appeals = role !== undefined && APPEALS.includes(role) && contestable.length > 0;
  const away = p.standing === "absent";
  const protects = role !== undefined && APPEALS.includes(role) && !p.same_as;
  if (!appeals && !protects && !(moves && (away || p.standing === "at_home"))) return null;
  return (
    <div className="row no-print">
      {moves && away && <Button onClick={() => tell({ person_returned: { person: p.person_id, at: stamp() } }, t(w.returnedSaid))}>{t(w.doReturned)}</Button>}
      {moves && p.standing === "at_home" && <Button onClick={() => setOpen("absent")}>{t(w.doAbsent)}</Button>}
      {appeals && <Button onClick={() => setOpen("appeal")}>{t(w.doAppeal)}</Button>}
      {protects && <Protection of={protectedOf(p)} contact={protectable(p)} />}
      {open === "absent" && <Absent person={p} onClose={() => setOpen(null)} />}
      {open === "appeal" && <Appeal person={p} orders={contestable} onClose={() => setOpen(null)} />}
    </div>
  );
}

const OWED = ["prophylaxis", "second_dose"];
const owed = (p: Person): string | undefined => p.duties?.find((d) => d.state === "open" && OWED.includes(d.kind))?.due;

/** What the forms of vaccination and prophylaxis need. */
const protectedOf = (p: Person): Protected => ({ person_id: p.person_id, name: p.name, prophylaxis_due: owed(p) ?? null });

/** Under follow-up now, or waiting for a second dose. */
const protectable = (p: Person): boolean => owed(p) !== undefined || (p.contacts ?? []).some((k) => k.state === "active");

function Form({ title, send, onClose, children }: { title: Text; send: () => Promise<void>; onClose: () => void; children: React.ReactNode }) {
  const t = useText();
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    try {
      await send();
      onClose();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(title)} onClose={onClose}>
      <form className="stack" onSubmit={(e) => void submit(e)}>
        {children}
        {wrong && (
          <p className="note bad" role="alert">
            {wrong}
          </p>
        )}
        <button type="submit" className="button first wide" disabled={busy}>
          {t(title)}
        </button>
      </form>
    </Dialog>
  );
}

function Absent({ person: p, onClose }: { person: Person; onClose: () => void }) {
  const t = useText();
  const [destination, setDestination] = useState("");
  const send = () => tell({ person_absent: { person: p.person_id, destination: destination.trim(), at: stamp() } }, t(w.absentSaid));
  return (
    <Form title={w.doAbsent} send={send} onClose={onClose}>
      <Input label={t(w.destination)} value={destination} onChange={(e) => setDestination(e.target.value)} required autoFocus />
    </Form>
  );
}

function Appeal({ person: p, orders, onClose }: { person: Person; orders: Order[]; onClose: () => void }) {
  const t = useText();
  const [order, setOrder] = useState(orders[0]?.order_id ?? "");
  const [by, setBy] = useState(p.name);
  const [text, setText] = useState("");
  const send = () => tell({ appeal_made: { appeal: newId(), order, by: by.trim(), text: text.trim(), at: stamp() } }, t(w.appealSaid));
  return (
    <Form title={w.doAppeal} send={send} onClose={onClose}>
      {orders.length > 1 && <Select label={t(w.orders)} value={order} onChange={(e) => setOrder(e.target.value)} options={orders.map((o) => [o.order_id, `${term("OrderKind", o.kind)} ${time(o.decided_at)}`] as const)} />}
      <Input label={t(w.appealBy)} value={by} onChange={(e) => setBy(e.target.value)} required />
      <TextArea label={t(w.appealText)} value={text} onChange={(e) => setText(e.target.value)} required autoFocus />
    </Form>
  );
}
