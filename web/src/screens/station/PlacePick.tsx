/** A place by its name: what is typed is looked for; without a list of places its code is enough. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { Problem } from "../../api/problem";
import { above, named, type PlaceItem } from "../../api/places";
import type { Page } from "../../api/types";
import { Button } from "../../ui/Button";
import { Input } from "../../ui/Field";
import { PlaceName } from "../../ui/PlaceName";
import { Fault } from "../../ui/State";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { w } from "./words";

export interface Picked {
  place: string;
  name: string;
}

interface Props {
  label: string;
  hint?: string;
  kind?: string;
  value: Picked | null;
  onPick: (p: Picked | null) => void;
}

export function PlacePick({ label, hint, kind, value, onPick }: Props) {
  const t = useText();
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["/v1/places", { kind, text }],
    enabled: value === null,
    queryFn: ({ signal }) => get<Page<PlaceItem>>("/v1/places", { kind, text, limit: 20 }, signal),
  });
  if (value) {
    return (
      <div className="field">
        <span className="label">{label}</span>
        <div className="row spread card">
          <strong>
            <PlaceName place={value.place} known={value.name} />
          </strong>
          <Button onClick={() => onPick(null)}>{t(w.change)}</Button>
        </div>
      </div>
    );
  }
  const missing = found.error instanceof Problem && found.error.status === 404;
  return (
    <div className="stack">
      <Input label={label} hint={missing ? t(w.placeByCode) : (hint ?? t(w.findPlace))} value={text} onChange={(e) => setText(e.target.value)} autoCapitalize="none" />
      {missing ? (
        <Button disabled={text.trim() === ""} onClick={() => onPick({ place: text.trim(), name: text.trim() })}>
          {t(w.choose)}
        </Button>
      ) : (
        found.error && <Fault error={found.error} again={() => void found.refetch()} />
      )}
      <div className="card" style={{ padding: 0, maxHeight: "40dvh", overflow: "auto" }} hidden={!found.data?.items.length}>
        {found.data?.items.map((p) => (
          <button key={p.place} type="button" className="match" onClick={() => onPick({ place: p.place, name: named(p) })}>
            <strong data-typed>{named(p)}</strong> <span className="muted">{term("PlaceKind", p.kind)}</span>
            <br />
            <span className="muted" data-typed>
              {above(p).join(" · ")}
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}
