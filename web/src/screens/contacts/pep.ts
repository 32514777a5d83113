/** What the protocol in force gives after an exposure. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { type Text, translate, words } from "../../words/language";
import { parse } from "../admin/protocolText";

export interface Pep {
  /** Its name in the protocol, as a fact says it. */
  id: string;
  /** Up to when after the exposure it protects: as the protocol writes it, "72h". */
  within: string;
  /** How much, in the protocol's words. */
  dose: string | null;
}

const names: Readonly<Record<string, Text>> = words({
  mmr: ["麻腮风疫苗", "MMR vaccine"],
  immunoglobulin: ["免疫球蛋白", "immunoglobulin"],
  vaccine: ["疫苗", "vaccine"],
});

/** What it is called; a name that only the protocol has stays as it is. */
export const pepName = (id: string): string => (names[id] ? translate(names[id]) : id);

const spans = words({ h: ["{n} 小时", "{n} {n:hour|hours}"], d: ["{n} 天", "{n} {n:day|days}"] });

/** How long something protects, in words: the protocol writes hours and days. */
export function within(pep: Pep): string {
  const [, n = "", unit] = /^(\d+)([hd])$/.exec(pep.within) ?? [];
  return unit === "h" || unit === "d" ? translate(spans[unit], { n }) : pep.within;
}

const unquoted = (value: string | null | undefined): string | null => value?.replace(/^"(.*)"$/, "$1") ?? null;

/** Prophylaxis that the protocol knows; none if it has none, or as long as it is not known. */
export function usePep(): readonly Pep[] {
  const protocol = useQuery({ queryKey: ["/v1/protocol"], queryFn: ({ signal }) => get<Schemas["ProtocolView"]>("/v1/protocol", {}, signal), select: (p) => pepOf(p.text) });
  return protocol.data ?? [];
}

function pepOf(text: string): readonly Pep[] {
  const { entries } = parse(text);
  const value = (path: string): string | null => unquoted(entries.find((e) => e.path === path)?.value);
  return entries.flatMap((e) => {
    const [, id] = /^pep\.([\w-]+)\.within$/.exec(e.path) ?? [];
    return id ? [{ id, within: value(e.path) ?? "", dose: value(`pep.${id}.dose`) }] : [];
  });
}
