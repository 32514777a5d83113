/** Who infected whom, as a picture: on a time axis or as a network, with everything also in words beside it. */
import { type FormEvent, useEffect, useMemo, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { bookTime, stamp } from "../../api/clock";
import { useSession } from "../../api/session";
import { svg } from "../../draw/paint";
import { network } from "../../draw/network";
import { timeline } from "../../draw/timeline";
import { Button } from "../../ui/Button";
import { Input } from "../../ui/Field";
import { save } from "../../ui/file";
import { opens } from "../../ui/opens";
import { Fault, Nothing, View } from "../../ui/State";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { number, time } from "../../words/format";
import { useLanguage, useText } from "../../words/language";
import { Canvas } from "./Canvas";
import { type Chained, contactNodes, useChainContacts, useChains } from "./data";
import { Legend } from "./Legend";
import { lookOf } from "./look";
import { Chosen, Clusters, Doubtful } from "./Side";
import { w } from "./words";

export default function Chains() {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const place = params.get("place");
  const shown = params.get("view") === "network" ? "network" : "timeline";
  const withContacts = params.get("contacts") === "true";
  const chains = useChains(place);
  const contacts = useChainContacts(place, withContacts);
  const set = (name: string, value: string | null): void =>
    setParams((p) => {
      if (value === null) p.delete(name);
      else p.set(name, value);
      return p;
    }, { replace: true });
  return (
    <>
      <div className="row spread">
        <h1>{t(w.title)}</h1>
        {chains.dataUpdatedAt > 0 && (
          <div className="row">
            <span className="muted">{t(w.readAt, { at: time(bookTime(chains.dataUpdatedAt)) })}</span>
            <Button onClick={() => Promise.all([chains.refetch(), withContacts && contacts.refetch()]).then(() => undefined)}>{t(core.readAgain)}</Button>
          </div>
        )}
      </div>
      <div className="row">
        <div className="row" role="group" aria-label={t(w.view)}>
          {(["timeline", "network"] as const).map((v) => (
            <Button key={v} first={shown === v} aria-pressed={shown === v} onClick={() => set("view", v === "timeline" ? null : v)}>
              {t(w[v])}
            </Button>
          ))}
        </div>
        <Button aria-pressed={withContacts} first={withContacts} onClick={() => set("contacts", withContacts ? null : "true")}>
          {t(w.contacts)}
        </Button>
      </div>
      {contacts.error && <Fault error={contacts.error} again={() => void contacts.refetch()} />}
      <View of={chains}>{(data) => (data.cases.length === 0 ? <Nothing>{t(w.empty)}</Nothing> : <Drawn data={data} shown={shown} contacts={withContacts ? contacts.data : undefined} />)}</View>
    </>
  );
}

function Drawn({ data, shown, contacts }: { data: Chained; shown: "timeline" | "network"; contacts: Parameters<typeof contactNodes>[0] | undefined }) {
  const t = useText();
  const said = useLanguage();
  const role = useSession()?.role;
  const [, go] = useLocation();
  const [params] = useSearchParams();
  const [id, setId] = useState<string | null>(params.get("case"));
  const [focus, setFocus] = useState(params.get("case") ? 1 : 0);
  const dots = useMemo(() => contactNodes(contacts ?? []), [contacts]);
  const picture = useMemo(() => {
    performance.mark("chains-layout-begin");
    const p = (shown === "timeline" ? timeline : network)(data.cases, data.links, dots.nodes);
    performance.measure("chains-layout", "chains-layout-begin");
    return p;
  }, [data, shown, dots]);
  const look = useMemo(() => lookOf(data, dots.states), [data, dots, said]);
  const order = useMemo(() => picture.spots.map((_, i) => i).sort((a, b) => (picture.spots[a]?.y ?? 0) - (picture.spots[b]?.y ?? 0) || (picture.spots[a]?.x ?? 0) - (picture.spots[b]?.x ?? 0)), [picture]);
  const chosen = id === null ? -1 : (data.index.get(id) ?? -1);
  const lookAt = (next: string | null, move: boolean): void => {
    setId(next);
    if (move) setFocus((n) => n + 1);
  };
  // -2 and -3: the next and the one before, in the order of reading.
  const choose = (spot: number): void => {
    if (spot >= -1) return lookAt(data.cases[spot]?.id ?? null, false);
    const at = order.indexOf(chosen);
    const next = order[at === -1 ? 0 : (at + (spot === -2 ? 1 : -1) + order.length) % order.length] ?? 0;
    lookAt(data.cases[next]?.id ?? null, true);
  };
  const open = (spot: number): void => {
    const address = `/cases/${data.cases[spot]?.id ?? ""}`;
    if (opens(role, address)) go(address);
  };
  const label = t(w.picture, { cases: number(data.cases.length), links: number(data.links.length) });
  const file = (): void => {
    const notes = [`${label} · ${time(stamp())}`, [t(w.high), "———", t(w.medium), "– –", t(w.low), "· · ·", t(w.doubtful), "!"].join(" ")];
    save(new Blob([svg(picture, look, t(w.title), notes)], { type: "image/svg+xml" }), `${t(w.file)}-${stamp().slice(0, 16).replace(":", "")}.svg`);
  };
  return (
    <>
      <div className="row spread" style={{ alignItems: "end" }}>
        <Finder data={data} onFound={(f) => lookAt(f, true)} />
        <Button onClick={file}>{t(w.saveSvg)}</Button>
      </div>
      <Canvas picture={picture} look={look} chosen={chosen} focus={focus} onChoose={choose} onOpen={open} label={label} />
      <Legend contacts={dots.nodes.length} />
      <p id="chain-keys" className="muted">
        {t(w.keys)}
      </p>
      <Chosen data={data} id={id} generation={picture.spots[chosen]?.generation ?? null} onChoose={(c) => lookAt(c, true)} />
      <div className="grid" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 26rem), 1fr))" }}>
        <Doubtful data={data} onChoose={(c) => lookAt(c, true)} />
        <Clusters data={data} onChoose={(c) => lookAt(c, true)} />
      </div>
    </>
  );
}

function Finder({ data, onFound }: { data: Chained; onFound: (id: string) => void }) {
  const t = useText();
  const [text, setText] = useState("");
  const [none, setNone] = useState(false);
  useEffect(() => setNone(false), [text]);
  const find = (e: FormEvent): void => {
    e.preventDefault();
    const wanted = text.trim().toLowerCase();
    if (!wanted) return;
    const same = (s: string | null): boolean => s?.toLowerCase() === wanted;
    const found = data.cases.find((c) => same(c.number) || same(c.name)) ?? data.cases.find((c) => [c.number, c.name, c.id].some((s) => s?.toLowerCase().includes(wanted)));
    if (found) onFound(found.id);
    else {
      setNone(true);
      toast("bad", t(w.noneFound));
    }
  };
  return (
    <form className="row" style={{ alignItems: "end", flex: "1 1 16rem", maxWidth: "32rem" }} onSubmit={find}>
      <div style={{ flex: 1 }}>
        <Input label={t(w.find)} value={text} onChange={(e) => setText(e.target.value)} type="search" wrong={none ? t(w.noneFound) : null} />
      </div>
      <button type="submit" className="button">
        {t(core.search)}
      </button>
    </form>
  );
}
