/** Finding a place or a person by what one knows of them. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get } from "../../../api/client";
import { above, named, type PlaceItem } from "../../../api/places";
import type { Page, Schemas } from "../../../api/types";
import { Input } from "../../../ui/Field";
import { PlaceName } from "../../../ui/PlaceName";
import { Fault, Nothing, Waiting } from "../../../ui/State";
import { useText, words } from "../../../words/language";
import { term } from "../../../words/terms";
import "../cases.css";

const w = words({
  place: ["查找地点（名称或编码）", "Find a place (name or code)"],
  person: ["查找人员（姓名、电话、证件号或住址）", "Find a person (name, phone, identity number or home)"],
  chosen: ["已选：{what}", "Chosen: {what}"],
  none: ["没有找到", "Nothing found"],
});

function useLater(text: string, ms = 300): string {
  const [later, set] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => set(text), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return later.trim();
}

/** Reads what is found for a text, a little after the last key. */
function useFound<T>(path: string, text: string) {
  const later = useLater(text);
  const found = useQuery({ queryKey: [path, "search", later], enabled: later !== "", queryFn: ({ signal }) => get<Page<T>>(path, { text: later, limit: 20 }, signal), staleTime: 60_000 });
  return { found, asked: later !== "" };
}

export function PlaceSearch({ value, onChoose, label }: { value: PlaceItem | null; onChoose: (p: PlaceItem | null) => void; label?: string }) {
  const t = useText();
  const [text, setText] = useState("");
  const { found, asked } = useFound<PlaceItem>("/v1/places", value ? "" : text);
  return (
    <div className="stack">
      <Input
        label={label ?? t(w.place)}
        type="search"
        value={value ? value.name : text}
        hint={value ? <span data-typed>{t(w.chosen, { what: [...above(value), named(value)].join(" ") })}</span> : undefined}
        onChange={(e) => {
          onChoose(null);
          setText(e.target.value);
        }}
      />
      {!value && asked && (
        <Found of={found}>
          {(p: PlaceItem) => (
            <button
              key={p.place}
              type="button"
              onClick={() => {
                setText("");
                onChoose(p);
              }}
            >
              <strong data-typed>{p.name}</strong>
              <span className="muted">
                {term("PlaceKind", p.kind)} · <span data-typed>{above(p).join(" ")}</span>
              </span>
            </button>
          )}
        </Found>
      )}
    </div>
  );
}

/** `start`: what is known of the person already, and so looked for at once. */
export function PersonSearch({ onChoose, label, start = "" }: { onChoose: (p: Schemas["PersonHit"]) => void; label?: string; start?: string }) {
  const t = useText();
  const [text, setText] = useState(start);
  const { found, asked } = useFound<Schemas["PersonHit"]>("/v1/persons", text);
  return (
    <div className="stack">
      <Input label={label ?? t(w.person)} type="search" value={text} onChange={(e) => setText(e.target.value)} />
      {asked && (
        <Found of={found}>
          {(p: Schemas["PersonHit"]) => (
            <button
              key={p.person_id}
              type="button"
              onClick={() => {
                setText("");
                onChoose(p);
              }}
            >
              <strong data-typed>{p.name}</strong>
              <span className="muted">
                {term("Sex", p.sex)} · {p.born ?? "–"} · {term("Standing", p.standing)} · {p.phone ? <span data-typed>{p.phone}</span> : <PlaceName place={p.home} names="near" />}
              </span>
            </button>
          )}
        </Found>
      )}
    </div>
  );
}

function Found<T>({ of, children }: { of: ReturnType<typeof useFound<T>>["found"]; children: (item: T) => React.ReactNode }) {
  const t = useText();
  if (of.error) return <Fault error={of.error} again={() => void of.refetch()} />;
  if (!of.data) return <Waiting />;
  if (of.data.items.length === 0) return <Nothing>{t(w.none)}</Nothing>;
  return <div className="found">{of.data.items.map(children)}</div>;
}
