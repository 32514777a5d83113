/** Round and station, chosen once. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { Page, Schemas } from "../../api/types";
import { listenNow } from "../../scan/early";
import { Button } from "../../ui/Button";
import { Input, Select } from "../../ui/Field";
import { View } from "../../ui/State";
import { useText } from "../../words/language";
import { change, load } from "./desk";
import { type Picked, PlacePick } from "./PlacePick";
import { type Place, settleAt } from "./place";
import { named, usePlace } from "../../api/places";
import { peopleOf } from "../../offline/people";
import { w } from "./words";

export function SetUp({ before, onDone }: { before: Place | null; onDone: () => void }) {
  const t = useText();
  // Nothing can be scanned yet, and nothing is kept for later.
  useEffect(() => listenNow().end, []);
  const rounds = useQuery({ queryKey: ["/v1/rounds", { limit: 50 }], queryFn: ({ signal }) => get<Page<Schemas["RoundItem"]>>("/v1/rounds", { limit: 50 }, signal) });
  return (
    <div className="station">
      <h1>{t(w.setUp)}</h1>
      <p className="muted">{t(w.setUpHint)}</p>
      <View of={rounds}>{(page) => <Form rounds={page.items.filter((r) => r.state === "open")} latest={page.items[0]?.round ?? null} before={before} onDone={onDone} />}</View>
    </div>
  );
}

function Form({ rounds, latest, before, onDone }: { rounds: Schemas["RoundItem"][]; latest: string | null; before: Place | null; onDone: () => void }) {
  const t = useText();
  const own = useSession()?.place ?? "";
  const [round, setRound] = useState(rounds.find((r) => r.round === before?.round?.round)?.round ?? rounds[0]?.round ?? "");
  const [station, setStation] = useState<Picked | null>(before ? { place: before.station, name: before.stationName } : null);
  const [area, setArea] = useState<Picked | null>(before ? { place: before.area, name: before.areaName } : { place: own, name: own });
  // The account's own place comes as a code.
  const home = usePlace(own).data;
  const chosen = area && home?.place === area.place ? { place: area.place, name: named(home) } : area;
  const [boxPrefix, setPrefix] = useState(before?.boxPrefix ?? "B");
  const begin = async () => {
    if (!station || !chosen) return;
    const r = rounds.find((x) => x.round === round);
    const list = rounds[0]?.round ?? latest;
    settleAt({ list, round: r ? { round: r.round, name: r.name, pool_size: r.pool_size ?? null } : null, station: station.place, stationName: station.name, area: chosen.place, areaName: chosen.name, boxPrefix: boxPrefix.trim() });
    await load();
    const listed = r?.round ?? list;
    if (listed !== null) change({ people: await peopleOf(listed) });
    onDone();
  };
  const options = [...rounds.map((r) => [r.round, r.name] as const), ["", t(w.noRound)] as const];
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void begin();
      }}
    >
      {rounds.length === 0 && <p className="note warn">{t(w.noOpenRound)}</p>}
      <div data-typed>
        <Select label={t(w.round)} options={options} value={round} onChange={(e) => setRound(e.target.value)} />
      </div>
      <PlacePick label={t(w.station)} kind="station" value={station} onPick={setStation} />
      <PlacePick label={t(w.area)} hint={t(w.areaHint)} value={chosen} onPick={setArea} />
      <Input label={t(w.boxPrefix)} value={boxPrefix} onChange={(e) => setPrefix(e.target.value)} autoCapitalize="characters" />
      <Button first wide disabled={!station || !area} onClick={begin}>
        {t(w.start)}
      </Button>
    </form>
  );
}
