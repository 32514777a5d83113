/** The tree of places: walked, searched, added to. */
import { useState } from "react";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { useText } from "../../words/language";
import type { PlaceItem } from "../../api/places";
import { ownPlace, PlaceTree } from "./Place";
import { FACILITIES, type Listed, PlaceForm } from "./PlaceForm";
import { admin as w } from "./words";

export default function Places() {
  const t = useText();
  const role = useSession()?.role;
  const may = role === "administrator" || role === "commander";
  const [at, setAt] = useState(ownPlace);
  const [form, setForm] = useState<Listed | "new" | null>(null);
  // A facility's wards are shown with its beds, and are changed there: listed without them it would lose them.
  const row = (p: PlaceItem) => may && !FACILITIES.includes(p.kind) && <Button onClick={() => setForm(p)} aria-label={`${t(w.change)} ${p.name}`}>{t(w.change)}</Button>;
  return (
    <>
      <div className="row spread">
        <h1>{t(w.places)}</h1>
        {may && (
          <Button first onClick={() => setForm("new")}>
            {t(w.addPlace)}
          </Button>
        )}
      </div>
      <PlaceTree at={at} top={ownPlace()} onGo={setAt} row={row} />
      {form && <PlaceForm of={form === "new" ? null : form} under={at} onClose={() => setForm(null)} />}
    </>
  );
}
