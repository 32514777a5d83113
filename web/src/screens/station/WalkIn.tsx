/** Someone who is on no list: asked for in a few words, compared with who is listed, listed and registered in one record. */
import { useState } from "react";
import { ask } from "../../api/client";
import { newId } from "../../api/say";
import type { Fact, Schemas } from "../../api/types";
import type { Tube } from "../../offline/db";
import { lineNow } from "../../offline/sender";
import { PlaceName } from "../../ui/PlaceName";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select } from "../../ui/Field";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { homeOf } from "../../offline/people";
import { desk, inTurn, tell, tubeNow } from "./desk";
import { type Picked, PlacePick } from "./PlacePick";
import { place } from "./place";
import { isFull, usualMode } from "./rules";
import { choose, register } from "./take";
import { w } from "./words";

interface Asked {
  name: string;
  sex: Schemas["Sex"];
  phone: string;
  idNumber: string;
  visitor: boolean;
}

export function WalkIn({ tube, onClose }: { tube: Tube; onClose: () => void }) {
  const t = useText();
  const at = place();
  const [a, setA] = useState<Asked>({ name: "", sex: "unknown", phone: "", idNumber: "", visitor: false });
  const [home, setHome] = useState<Picked | null>(at ? { place: at.area, name: at.areaName } : null);
  const [alike, setAlike] = useState<Schemas["SimilarPerson"][] | null>(null);
  const set = (next: Partial<Asked>) => setA({ ...a, ...next });
  const list = async () => {
    if (!home || a.name.trim() === "") return;
    await inTurn(() => listAndRegister(tubeNow(tube), a, home.place));
    onClose();
  };
  const first = async () => {
    const found = await similar(a, home);
    if (found.length > 0) setAlike(found);
    else await list();
  };
  return (
    <Dialog title={t(w.walkInTitle)} onClose={onClose}>
      {alike ? (
        <Alike alike={alike} onDone={onClose} onNone={list} />
      ) : (
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault();
            void first();
          }}
        >
          <Input label={t(w.name)} value={a.name} onChange={(e) => set({ name: e.target.value })} maxLength={100} required autoFocus />
          <Select label={t(w.sex)} options={termsOf("Sex").map((s) => [s, term("Sex", s)] as const)} value={a.sex} onChange={(e) => set({ sex: e.target.value as Schemas["Sex"] })} />
          <Input label={t(w.phone)} value={a.phone} onChange={(e) => set({ phone: e.target.value })} inputMode="tel" maxLength={40} />
          <Input label={t(w.idNumber)} value={a.idNumber} onChange={(e) => set({ idNumber: e.target.value })} autoCapitalize="characters" maxLength={40} />
          <PlacePick label={t(w.home)} value={home} onPick={setHome} />
          <label className="row">
            <input type="checkbox" checked={a.visitor} onChange={(e) => set({ visitor: e.target.checked })} style={{ width: "1.75rem", height: "1.75rem" }} /> {t(w.visitor)}
          </label>
          <Button first wide disabled={a.name.trim() === "" || !home} onClick={first}>
            {t(w.listAndRegister)}
          </Button>
        </form>
      )}
    </Dialog>
  );
}

function Alike({ alike, onDone, onNone }: { alike: Schemas["SimilarPerson"][]; onDone: () => void; onNone: () => Promise<void> }) {
  const t = useText();
  return (
    <div className="stack">
      <p>{t(w.similar)}</p>
      {alike.slice(0, 5).map((p) => (
        <button key={p.person_id} type="button" className="match" onClick={() => void takeAlike(p).then(onDone)}>
          <strong data-typed>{p.name}</strong> <span className="muted num">{p.phone ? `…${p.phone.slice(-4)}` : ""}</span>
          <br />
          <span className="muted" data-typed>
            {p.identity_masked} <PlaceName place={p.home} names="near" />
          </span>
        </button>
      ))}
      <Button onClick={onNone}>{t(w.noneOfThem)}</Button>
    </div>
  );
}

const takeAlike = (p: Schemas["SimilarPerson"]): Promise<void> => {
  const listed = desk().people.byId.get(p.person_id);
  const who = { person: p.person_id, name: p.name, home: p.home, mode: listed?.tube_mode ?? null, standing: listed?.standing ?? null, waived: listed?.waived ?? null };
  return choose({ who, home: listed ? homeOf(listed) : p.home, phoneEnd: p.phone?.slice(-4) ?? null });
};

const given = (text: string): string | null => (text.trim() === "" ? null : text.trim());

/** Who could be this person already: asked only with a line, and not waited for long. */
async function similar(a: Asked, home: Picked | null): Promise<Schemas["SimilarPerson"][]> {
  if (lineNow().up === false) return [];
  const body = { name: a.name.trim(), sex: a.sex, phone: given(a.phone), id_number: given(a.idNumber), home: home?.place ?? null };
  const answer = await ask("/v1/similar", { method: "POST", body, patience: 5_000 }).catch(() => null);
  return answer ? (((await answer.json()) as Schemas["Similar"]).candidates ?? []) : [];
}

async function listAndRegister(tube: Tube, a: Asked, home: string): Promise<void> {
  if (isFull(tube)) return tell("bad", [w.tubeFull], { who: a.name.trim() });
  const person = newId();
  const tags: Schemas["PersonTag"][] = a.visitor ? ["walk_in", "visitor"] : ["walk_in"];
  const listing: Fact = { person_listed: { person, name: a.name.trim(), sex: a.sex, home, id_number: given(a.idNumber) ?? undefined, phone: given(a.phone) ?? undefined, occupation: "general", tags } };
  await register({ person, name: a.name.trim(), home, mode: null, standing: null, waived: null }, tube, tube.mode ?? usualMode(tube), { listing: [listing] });
}
