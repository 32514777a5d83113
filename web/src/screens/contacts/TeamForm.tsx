import { useState } from "react";
import { stamp } from "../../api/clock";
import { newId, say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { PlaceName } from "../../ui/PlaceName";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { Form } from "../cases/parts/Form";
import { PlaceSearch } from "../cases/parts/search";
import { c } from "./words";

/** A new team, or what has changed of one: said again it replaces what was said before. */
export function TeamForm({ team, onClose }: { team: Schemas["TeamItem"] | null; onClose: () => void }) {
  const t = useText();
  const [name, setName] = useState(team?.name ?? "");
  const [nameEn, setNameEn] = useState(team?.name_en ?? "");
  const [capacity, setCapacity] = useState(String(team?.capacity ?? 40));
  const [members, setMembers] = useState(team?.members.join("、") ?? "");
  const [places, setPlaces] = useState<readonly string[]>(team?.places ?? []);
  const send = () =>
    say({
      team_listed: {
        team: team?.team_id ?? `t-${newId().slice(-12)}`,
        name: name.trim(),
        ...(nameEn.trim() ? { name_en: nameEn.trim() } : {}),
        capacity: Number(capacity),
        places: [...places],
        members: members.split(/[、,，]/).map((x) => x.trim()).filter(Boolean),
        at: stamp(),
      },
    });
  return (
    <Dialog title={t(team ? c.edit : c.addTeam)} onClose={onClose}>
      <Form action={t(core.save)} onSend={send} onDone={onClose} ready={name.trim() !== "" && Number(capacity) >= 1 && places.length > 0}>
        <Input label={t(c.teamName)} value={name} onChange={(e) => setName(e.target.value)} required />
        <Input label={t(c.teamNameEn)} value={nameEn} onChange={(e) => setNameEn(e.target.value)} />
        <Input label={t(c.capacity)} type="number" min={1} value={capacity} onChange={(e) => setCapacity(e.target.value)} />
        <Input label={t(c.members)} value={members} onChange={(e) => setMembers(e.target.value)} />
        <div className="stack">
          <strong>{t(c.covers)}</strong>
          {places.map((p) => (
            <div key={p} className="row spread">
              <PlaceName place={p} names="near" />
              <Button onClick={() => setPlaces(places.filter((x) => x !== p))}>{t(c.remove)}</Button>
            </div>
          ))}
          <PlaceSearch label={t(c.addPlace)} value={null} onChoose={(p) => p && setPlaces([...new Set([...places, p.place])])} />
        </div>
      </Form>
    </Dialog>
  );
}
