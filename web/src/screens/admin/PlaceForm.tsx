/** A place is listed, or its name and wards change. */
import { type FormEvent, useState } from "react";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input, Select } from "../../ui/Field";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { PlacePicker } from "./Place";
import { admin as w } from "./words";

export type PlaceKind = Schemas["PlaceKind"];
type Ward = Schemas["Ward"];

/** Kinds of place that have beds. */
export const FACILITIES: readonly string[] = ["shelter_hospital", "designated_hospital", "isolation_site"];

/** What is known of a place that is changed. */
export interface Listed {
  place: string;
  kind: string;
  name: string;
  name_en?: string | null;
  wards?: Ward[];
}

interface Props {
  of: Listed | null;
  /** Below this one a new place is added. */
  under: string;
  kinds?: readonly string[];
  onClose: () => void;
}

/** The whole code of a place: what is changed keeps its own. */
const codeOf = (of: Listed | null, above: string, segment: string): string => of?.place ?? `${above}.${segment.trim()}`;

export function PlaceForm({ of, under, kinds = termsOf("PlaceKind"), onClose }: Props) {
  const t = useText();
  const [above, setAbove] = useState(under);
  const [segment, setSegment] = useState("");
  const [kind, setKind] = useState(of?.kind ?? kinds[0] ?? "community");
  const [name, setName] = useState(of?.name ?? "");
  const [nameEn, setNameEn] = useState(of?.name_en ?? "");
  const [wards, setWards] = useState<Ward[]>(of?.wards ?? []);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const place = codeOf(of, above, segment);
  const send = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      await say({ place_listed: { place, kind: kind as PlaceKind, name: name.trim(), ...(nameEn.trim() ? { name_en: nameEn.trim() } : {}), ...(FACILITIES.includes(kind) ? { wards } : {}) } });
      toast("good", t(w.placeListed, { name: name.trim() }));
      onClose();
      queries.removeQueries({ queryKey: ["/v1/places", place] });
      await queries.invalidateQueries();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(of ? w.changePlace : kinds.every((k) => FACILITIES.includes(k)) ? w.addFacility : w.addPlace)} onClose={onClose}>
      <form className="stack" onSubmit={(e) => void send(e)}>
        {!of && <PlacePicker label={t(w.addBelow)} value={above} onPick={setAbove} />}
        <Select label={t(w.kind)} value={kind} onChange={(e) => setKind(e.target.value)} options={kinds.map((k) => [k, term("PlaceKind", k)])} disabled={of !== null} />
        <Input label={t(w.name)} value={name} onChange={(e) => setName(e.target.value)} required />
        <Input label={t(w.nameEn)} hint={t(w.optional)} value={nameEn} onChange={(e) => setNameEn(e.target.value)} />
        {!of && <Input label={t(w.segment)} hint={t(w.segmentHint)} value={segment} onChange={(e) => setSegment(e.target.value)} required pattern="[A-Za-z0-9_\-]+" autoCapitalize="none" />}
        <p className="muted">
          {t(w.fullCode)} <span className="raw" data-typed>{place}</span>
        </p>
        {FACILITIES.includes(kind) && <Wards wards={wards} onChange={setWards} />}
        {wrong && (
          <p className="note bad" role="alert">
            {wrong}
          </p>
        )}
        <div className="row spread">
          <Button onClick={onClose}>{t(core.cancel)}</Button>
          <button type="submit" className="button first" disabled={busy}>
            {t(core.save)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Wards({ wards, onChange }: { wards: Ward[]; onChange: (w: Ward[]) => void }) {
  const t = useText();
  const put = (i: number, ward: Ward) => onChange(wards.map((x, n) => (n === i ? ward : x)));
  return (
    <fieldset className="stack" style={{ border: "1px solid var(--line)", borderRadius: 8, padding: 12, margin: 0 }}>
      <legend>{t(w.wards)}</legend>
      <p className="muted">{t(w.wardsHint)}</p>
      {wards.map((x, i) => (
        <div key={i} className="row" style={{ alignItems: "end", flexWrap: "nowrap" }}>
          <Input label={t(w.ward)} value={x.ward} onChange={(e) => put(i, { ...x, ward: e.target.value })} required />
          <Input label={t(w.beds)} type="number" min={1} inputMode="numeric" value={x.beds || ""} onChange={(e) => put(i, { ...x, beds: Number(e.target.value) })} required />
          <Button onClick={() => onChange(wards.filter((_, n) => n !== i))}>{t(w.remove)}</Button>
        </div>
      ))}
      <Button onClick={() => onChange([...wards, { ward: `w${wards.length + 1}`, beds: 10 }])}>{t(w.addWard)}</Button>
    </fieldset>
  );
}
