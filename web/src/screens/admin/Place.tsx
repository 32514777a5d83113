/** Places by name, and choosing one by walking down the tree or by looking for it. */
import { useEffect, useState } from "react";
import { above, named, type PlaceItem } from "../../api/places";
import { session } from "../../api/session";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { core } from "../../words/core";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import "./tables.css";
import { admin } from "./words";

/** The place that the user's account stands for: nobody reads above it. */
export const ownPlace = (): string => session()?.place ?? "";

/** The codes from `top` down to a place. */
export function wayTo(place: string, top: string): string[] {
  if (place !== top && !place.startsWith(`${top}.`)) return [top];
  const below = place.slice(top.length).split(".").filter(Boolean);
  return [top, ...below.map((_, i) => [top, ...below.slice(0, i + 1)].join("."))];
}

/** Where one stands in the tree; each place above is a step back. */
export function Crumbs({ place, top, onGo }: { place: string; top: string; onGo: (p: string) => void }) {
  const t = useText();
  const way = wayTo(place, top);
  return (
    <nav className="crumbs" aria-label={t(admin.whereInTree)}>
      {way.map((p, i) =>
        i === way.length - 1 ? (
          <strong key={p} aria-current="location">
            <PlaceName place={p} />
          </strong>
        ) : (
          <Button key={p} onClick={() => onGo(p)}>
            <PlaceName place={p} />
          </Button>
        ),
      )}
    </nav>
  );
}

/** Text that stands still for a moment: not every key is a question to the server. */
export function useSettled(text: string, ms = 300): string {
  const [settled, set] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => set(text), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}

/** The tree may stand inside a form: Enter looks for a place and does not send the form. */
function keepHere(e: React.KeyboardEvent): void {
  if (e.key === "Enter") e.preventDefault();
}

/** Walks the tree. `row` says what stands at the end of a line. */
export function PlaceTree({ at, top, onGo, row }: { at: string; top: string; onGo: (p: string) => void; row: (p: PlaceItem) => React.ReactNode }) {
  const t = useText();
  const [text, setText] = useState("");
  const wanted = useSettled(text.trim());
  const pages = usePages<PlaceItem>("/v1/places", { under: at, text: wanted });
  return (
    <div className="stack">
      <input className="input" type="search" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={keepHere} placeholder={t(admin.findPlace)} aria-label={t(admin.findPlace)} />
      <Crumbs place={at} top={top} onGo={onGo} />
      <List pages={pages} id={(p) => p.place} label={t(admin.places)} line={72} height="min(60dvh, 40rem)" empty={t(admin.noPlaceBelow)}>
        {(p) => (
          <div className="line row">
            <button type="button" className="figure-link grow" style={{ textAlign: "start", textDecoration: "none", color: "inherit" }} disabled={p.children === 0} onClick={() => { setText(""); onGo(p.place); }}>
              <span data-typed style={p.children > 0 ? { color: "var(--action)", textDecoration: "underline", textUnderlineOffset: 3 } : undefined}>{wanted ? [...above(p), named(p)].join(" ") : named(p)}</span>{" "}
              <span className="muted">
                {term("PlaceKind", p.kind)} {p.children > 0 && `· ${number(p.children)}`} <span className="raw" data-typed>{p.place}</span>
              </span>
            </button>
            {row(p)}
          </div>
        )}
      </List>
    </div>
  );
}

interface PickerProps {
  label: string;
  value: string;
  onPick: (place: string) => void;
  hint?: string;
}

/** One place of the tree, chosen in a dialog. */
export function PlacePicker({ label, value, onPick, hint }: PickerProps) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(value || ownPlace());
  const pick = (p: string) => {
    onPick(p);
    setOpen(false);
  };
  return (
    <div className="field">
      <span className="label">{label}</span>
      <Button onClick={() => setOpen(true)} style={{ justifyContent: "flex-start" }} aria-label={`${label} ${t(admin.choosePlace)}`}>
        {value ? <PlaceName place={value} names="all" /> : t(admin.choosePlace)}
      </Button>
      {hint && <span className="hint">{hint}</span>}
      {open && (
        <Dialog title={label} onClose={() => setOpen(false)} broad>
          <PlaceTree at={at} top={ownPlace()} onGo={setAt} row={(p) => <Button onClick={() => pick(p.place)}>{t(admin.choose)}</Button>} />
          <Button first onClick={() => pick(at)}>
            {t(admin.chooseThis)} <PlaceName place={at} />
          </Button>
          <Button onClick={() => setOpen(false)}>{t(core.cancel)}</Button>
        </Dialog>
      )}
    </div>
  );
}
