import { useState } from "react";
import { stamp } from "../../../api/clock";
import { type PlaceItem, usePlace } from "../../../api/places";
import { newId, say } from "../../../api/say";
import type { Schemas } from "../../../api/types";
import { Dialog } from "../../../ui/Dialog";
import { Input, Select, TextArea } from "../../../ui/Field";
import { core } from "../../../words/core";
import { useText } from "../../../words/language";
import { term, termsOf } from "../../../words/terms";
import { Form } from "../parts/Form";
import { PlaceSearch } from "../parts/search";
import { type Moment, momentNow, momentOf, said } from "../parts/time";
import { When } from "../parts/When";
import { e as w } from "./words";

const HOUR = 3_600_000;

/** A known time, as exactly as the book has it; else so long ago, to the hour. */
const moment = (at: string | undefined, back: number): Moment => momentOf(at ? stamp(Date.parse(at)) : "") ?? { ...momentNow(back), precision: "hour" };

/** A new event, or what is known of one now: said again it replaces what was said before, and one that was withdrawn stands again. */
export function EventForm({ of, onClose }: { of: Schemas["EventView"] | null; onClose: () => void }) {
  const t = useText();
  const [name, setName] = useState(of?.name ?? "");
  const [kind, setKind] = useState<Schemas["EventKind"]>(of?.kind ?? "meal");
  const [chosen, setPlace] = useState<PlaceItem | null | undefined>(undefined);
  const before = usePlace(of?.venue ?? "").data ?? null;
  const place = chosen === undefined ? before : chosen;
  const [description, setDescription] = useState(of?.description ?? "");
  const [from, setFrom] = useState(() => moment(of?.starts, 26 * HOUR));
  const [to, setTo] = useState(() => moment(of?.ends, 24 * HOUR));
  const [expected, setExpected] = useState(of?.expected === null || of?.expected === undefined ? "" : String(of.expected));
  const [a, b] = [said(from), said(to)];
  const send = () =>
    say({
      event_listed: {
        event: of?.event ?? `e-${newId().slice(-12)}`,
        name: name.trim(),
        kind,
        from: a ?? "",
        to: b ?? "",
        at: stamp(),
        ...(place ? { place: place.place } : {}),
        ...(description.trim() ? { description: description.trim() } : {}),
        ...(expected.trim() ? { expected: Number(expected) } : {}),
      },
    });
  return (
    <Dialog title={t(of ? w.change : w.list)} onClose={onClose}>
      <Form action={t(core.save)} onSend={send} onDone={onClose} ready={name.trim() !== "" && !!a && !!b && (expected === "" || Number(expected) >= 0)}>
        <Input label={t(w.name)} value={name} onChange={(x) => setName(x.target.value)} required />
        <Select label={t(w.kind)} value={kind} onChange={(x) => setKind(x.target.value as Schemas["EventKind"])} options={termsOf("EventKind").map((k) => [k, term("EventKind", k)] as const)} />
        <PlaceSearch label={t(w.where)} value={place} onChoose={setPlace} />
        <When
          label={t(w.from)}
          value={from}
          onChange={(m) => {
            setFrom(m);
            // Most events end on the day on which they begin.
            if (to.day === from.day) setTo({ ...to, day: m.day });
          }}
        />
        <When label={t(w.to)} value={to} onChange={setTo} />
        <Input label={t(w.expected)} type="number" min={0} max={100000} value={expected} onChange={(x) => setExpected(x.target.value)} />
        <TextArea label={t(w.description)} value={description} onChange={(x) => setDescription(x.target.value)} />
      </Form>
    </Dialog>
  );
}
