/** How long each link of the chain takes, and where it jams. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { View } from "../../ui/State";
import { number, span } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Column, Table } from "../admin/Table";
import { roundWords as w } from "./words";

type Link = Schemas["LinkSpeed"];

const long = (s: number | null | undefined): string => (s === null || s === undefined ? "–" : span(s * 1000));

export function Links({ round, place }: { round: string; place: string }) {
  const t = useText();
  const path = `/v1/rounds/${encodeURIComponent(round)}/links`;
  const chain = useQuery({ queryKey: [path, place], queryFn: ({ signal }) => get<Schemas["ChainSpeed"]>(path, { place }, signal) });
  return (
    <View of={chain}>
      {(c) => {
        const jam = (l: Link) => l.link === c.bottleneck || l.link === c.case_bottleneck;
        const columns: Column<Link>[] = [
          { title: t(w.link), cell: (l) => <span>{term("LinkName", l.link)} {jam(l) && <span className="badge warn">{t(w.bottleneck)}</span>}</span> },
          { title: t(w.median), num: true, cell: (l) => long(l.median_s) },
          { title: t(w.p90), num: true, cell: (l) => long(l.p90_s) },
          { title: t(w.waiting), num: true, cell: (l) => number(l.waiting.count) },
        ];
        return <Table label={t(w.links)} columns={columns} rows={c.links} id={(l) => l.link} />;
      }}
    </View>
  );
}
