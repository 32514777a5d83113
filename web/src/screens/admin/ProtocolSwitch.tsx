/** What a switch to another protocol changes, and adopting it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { Nothing, View } from "../../ui/State";
import { toast } from "../../ui/toast";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { Decide } from "./Decide";
import { type Protocol, titleOf } from "./Protocol";
import { type Column, Table } from "./Table";
import { admin as w } from "./words";

type Known = Schemas["ProtocolItem"];

type Difference = Schemas["ProtocolChange"];

export function Switch({ now }: { now: Protocol }) {
  const t = useText();
  const [to, setTo] = useState("");
  const all = useQuery({ queryKey: ["/v1/protocols"], queryFn: ({ signal }) => get<{ items: Known[] }>("/v1/protocols", {}, signal) });
  return (
    <View of={all}>
      {(p) => (
        <div className="stack">
          <div data-typed>
            <Select label={t(w.compareWith)} value={to} onChange={(e) => setTo(e.target.value)} options={[["", t(w.chooseProtocol)], ...p.items.filter((x) => x.id !== now.id).map((x) => [x.id, `${titleOf(x)} (${x.id})`] as const)]} />
          </div>
          {to && <Differences from={now.id} to={to} />}
        </div>
      )}
    </View>
  );
}

function Differences({ from, to }: { from: string; to: string }) {
  const t = useText();
  const role = useSession()?.role;
  const path = `/v1/protocols/${encodeURIComponent(from)}/diff/${encodeURIComponent(to)}`;
  const diff = useQuery({ queryKey: [path], queryFn: ({ signal }) => get<{ items: Difference[] }>(path, {}, signal) });
  const columns: Column<Difference>[] = [
    { title: t(w.path), share: 28, cell: (d) => <span className="raw" data-typed>{d.path}</span> },
    { title: t(w.now), wide: true, share: 22, cell: (d) => <span className="raw" data-typed>{d.from ?? "–"}</span> },
    { title: t(w.then), wide: true, share: 22, cell: (d) => <strong className="raw" data-typed>{d.to ?? "–"}</strong> },
    { title: t(w.source), wide: true, share: 28, cell: (d) => <span className="raw muted" data-typed>{[d.source ?? []].flat().join(" ")}</span> },
  ];
  return (
    <View of={diff}>
      {(v) => (
        <div className="stack">
          <div className="row spread">
            <strong>{v.items.length === 0 ? t(w.noDifference) : t(w.differences, { n: number(v.items.length) })}</strong>
            {(role === "commander" || role === "administrator") && <Adopt id={to} />}
          </div>
          {v.items.length === 0 ? <Nothing>{t(w.noDifference)}</Nothing> : <Table label={t(w.compareWith)} columns={columns} rows={v.items} id={(d) => d.path} />}
        </div>
      )}
    </View>
  );
}

function Adopt({ id }: { id: string }) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  const adopt = async ({ decider }: { decider: string }) => {
    // The content is named by its hash, so that what was read here is what comes into force.
    const p = await get<Protocol>(`/v1/protocols/${encodeURIComponent(id)}`);
    await say({ protocol_adopted: { protocol: id, content: p.content_hash, decider, at: stamp() } });
    toast("good", t(w.adopted, { id }));
    await queries.invalidateQueries();
  };
  return (
    <>
      <Button danger onClick={() => setAsked(true)}>
        {t(w.adopt)}
      </Button>
      {asked && (
        <Decide title={t(w.adopt)} confirm={t(w.adopt)} danger withoutReason onClose={() => setAsked(false)} onDecide={adopt}>
          <p>
            <strong className="raw" data-typed>{id}</strong>
          </p>
          <p className="note warn">{t(w.adoptMeans)}</p>
        </Decide>
      )}
    </>
  );
}
