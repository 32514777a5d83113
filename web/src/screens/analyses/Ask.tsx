/** What is to be analysed: which question, of which place and days, by which method. */
import { type FormEvent, useState } from "react";
import { ask } from "../../api/client";
import { queries } from "../../api/live";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Input, Select } from "../../ui/Field";
import { toast, told } from "../../ui/toast";
import { core } from "../../words/core";
import { type Text, useText } from "../../words/language";
import { ownPlace, PlacePicker } from "../admin/Place";
import { type Kind, KINDS, kinds, w } from "./words";

type Options = Record<string, string>;

/** Choices of one option: its name, its label, what it may be; the first is taken. */
const CHOICES: Partial<Record<Kind, readonly [string, Text, readonly (readonly [string, Text])[]]>> = {
  rt: ["method", w.method, [["smooth", w.smooth], ["cori", w.cori], ["wallinga-teunis", w.teunis]]],
  clusters: ["scan", w.scan, [["prospective", w.prospective], ["retrospective", w.retrospective]]],
  warning: ["method", w.method, [["ears-c1", w.c1], ["ears-c2", w.c2], ["ears-c3", w.c3], ["cusum", w.cusum]]],
};
/** An option that is a number of days: its name, its label, what it is if nobody says so, and its most. */
const DAYS: Partial<Record<Kind, readonly [string, Text, string, number]>> = {
  rt: ["window", w.window, "7", 60],
  growth: ["window", w.window, "14", 60],
  forecast: ["days", w.days, "14", 90],
};
/** What nobody chooses: in an epidemic that rises everywhere, only the day's own cases tell what is special. */
const FIXED: Partial<Record<Kind, Options>> = { clusters: { model: "poisson-by-day" } };
const COUNTED: readonly Kind[] = ["rt", "growth", "forecast", "warning", "clusters"];

export function Ask() {
  const t = useText();
  const [kind, setKind] = useState<Kind>("rt");
  const [options, setOptions] = useState<Options>({});
  const [place, setPlace] = useState(ownPlace());
  const [by, setBy] = useState<Schemas["CountBy"]>("found");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const choice = CHOICES[kind];
  // The smoother has no window.
  const days = kind === "rt" && (options["method"] ?? "smooth") === "smooth" ? undefined : DAYS[kind];
  const pick = (k: Kind) => {
    setKind(k);
    setOptions({});
  };
  const set = (name: string, value: string) => setOptions((o) => ({ ...o, [name]: value }));
  const send = async () => {
    const chosen: Options = { ...FIXED[kind] };
    if (choice) chosen[choice[0]] = options[choice[0]] ?? choice[2][0]?.[0] ?? "";
    if (days) chosen[days[0]] = options[days[0]] ?? days[2];
    const body = { analysis_id: crypto.randomUUID(), analysis: kind, place, count_by: by, from: from || null, until: until || null, options: chosen };
    await ask("/v1/analyses", { method: "POST", body });
    toast("good", t(w.asked));
    await queries.invalidateQueries({ queryKey: ["analyses"] });
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    void send().catch(told);
  };
  return (
    <form className="card stack" onSubmit={submit} aria-label={t(w.ask)}>
      <h2>{t(w.ask)}</h2>
      <div className="choices" role="radiogroup" aria-label={t(w.ask)}>
        {kinds.map((k) => (
          <button key={k} type="button" className="button" role="radio" aria-checked={k === kind} onClick={() => pick(k)}>
            {t(KINDS[k][0])}
          </button>
        ))}
      </div>
      <p className="big">{t(KINDS[kind][1])}</p>
      <div className="grid">
        <PlacePicker label={t(core.place)} value={place} onPick={setPlace} />
        {choice && <Select label={t(choice[1])} value={options[choice[0]] ?? choice[2][0]?.[0]} options={choice[2].map(([v, text]) => [v, t(text)] as const)} onChange={(e) => set(choice[0], e.target.value)} />}
        {days && <Input label={t(days[1])} type="number" inputMode="numeric" min={1} max={days[3]} required value={options[days[0]] ?? days[2]} onChange={(e) => set(days[0], e.target.value)} />}
        {COUNTED.includes(kind) && (
          <Select
            label={t(w.countBy)}
            value={by}
            options={(["found", "onset", "sampled", "reported"] as const).map((b) => [b, t(w[b])] as const)}
            onChange={(e) => setBy(e.target.value as Schemas["CountBy"])}
          />
        )}
        <Input label={t(w.from)} type="date" value={from} onChange={(e) => setFrom(e.target.value)} />
        <Input label={t(w.until)} type="date" value={until} onChange={(e) => setUntil(e.target.value)} />
      </div>
      <p className="muted">{t(w.whole)}</p>
      <div className="row">
        <Button first type="submit">
          {t(w.run)}
        </Button>
      </div>
    </form>
  );
}
