/** Cases, links and contacts as the picture needs them. */
import { useQuery } from "@tanstack/react-query";
import { get, type Query } from "../../api/client";
import type { Page, Schemas } from "../../api/types";
import type { CaseContact, CaseLink, CaseNode } from "../../draw/picture";

export interface ChainCase extends CaseNode {
  name: string | null;
  number: string | null;
  onset: string | null;
  found: string | null;
  control: Schemas["Control"] | null;
  asymptomatic: boolean;
}

export interface Chained {
  cases: ChainCase[];
  index: Map<string, number>;
  /** Links that stand. */
  links: CaseLink[];
  items: Schemas["LinkItem"][];
  clusters: Schemas["Cluster"][];
}

/** Reads a list to its end. */
async function whole<T>(path: string, query: Query, signal: AbortSignal): Promise<T[]> {
  const out: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(path, { limit: 1000, ...query, after }, signal);
    out.push(...page.items);
    after = page.next ?? null;
  } while (after !== null);
  return out;
}

/** A picture is read as a whole; `large` keeps it from being read again with everything that happens. */
export function useChains(place: string | null) {
  return useQuery({
    queryKey: ["chains", place],
    meta: { large: true },
    queryFn: async ({ signal }): Promise<Chained> => {
      const [chains, cases] = await Promise.all([get<Schemas["Chains"]>("/v1/chains", { place }, signal), whole<Schemas["CaseItem"]>("/v1/cases", { place }, signal)]);
      return joined(chains, cases);
    },
  });
}

/** The contacts of all cases: asked for only when they are to be seen. */
export function useChainContacts(place: string | null, wanted: boolean) {
  return useQuery({
    queryKey: ["chains", "contacts", place],
    meta: { large: true },
    enabled: wanted,
    queryFn: ({ signal }) => whole<Schemas["ContactItem"]>("/v1/contacts", { place }, signal),
  });
}

export const contactNodes = (items: readonly Schemas["ContactItem"][]): { nodes: CaseContact[]; states: string[] } => {
  const own = items.filter((c) => c.case_id);
  return { nodes: own.map((c) => ({ id: c.contact_id, of: c.case_id ?? "" })), states: own.map((c) => c.state) };
};

/** Cases of the place, and those elsewhere that a link names. A withdrawn case is shown only where a link still names it. */
export function joined(chains: Schemas["Chains"], listed: readonly Schemas["CaseItem"][]): Chained {
  const items = chains.links.filter((l) => !l.withdrawn);
  const named = new Set(items.flatMap((l) => [l.source_case, l.target_case]));
  const cases = new Map<string, ChainCase>();
  for (const c of listed) {
    if (c.state === "withdrawn" && !named.has(c.case_id)) continue;
    cases.set(c.case_id, {
      id: c.case_id,
      at: Date.parse(c.onset ?? c.found_at),
      name: c.name ?? null,
      number: c.number ?? null,
      onset: c.onset ?? null,
      found: c.found_at,
      control: c.control ?? null,
      asymptomatic: c.classification === "asymptomatic",
    });
  }
  for (const l of items) {
    for (const [id, name, number, onset] of [
      [l.source_case, l.source_name, l.source_number, l.source_onset],
      [l.target_case, l.target_name, l.target_number, l.target_onset],
    ] as const) {
      if (cases.has(id)) continue;
      cases.set(id, { id, at: Date.parse(onset ?? l.contact_at ?? l.stated_at), name: name ?? null, number: number ?? null, onset: onset ?? null, found: null, control: null, asymptomatic: false });
    }
  }
  const list = [...cases.values()];
  return {
    cases: list,
    index: new Map(list.map((c, i) => [c.id, i])),
    links: items.map((l) => ({ id: l.link_id, source: l.source_case, target: l.target_case, directed: l.directed, certainty: l.certainty, doubts: l.doubts?.length ?? 0 })),
    items,
    clusters: chains.clusters,
  };
}

/** How people call a case. */
export const called = (c: ChainCase | undefined): string => c?.number ?? c?.name ?? c?.id.slice(0, 8) ?? "–";
