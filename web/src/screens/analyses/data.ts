/** Analyses as the screens read them. */
import { useQuery } from "@tanstack/react-query";
import { ask, get } from "../../api/client";
import type { Page, Schemas } from "../../api/types";

export type Item = Schemas["AnalysisItem"];

/** Between two looks at what has not ended. */
const LOOK_MS = 2_000;
/** So many are listed. */
const LATEST = 100;

export const open = (a: Item): boolean => a.state === "queued" || a.state === "running";

export function useAnalyses() {
  return useQuery({
    queryKey: ["analyses"],
    queryFn: ({ signal }) => get<Page<Item>>("/v1/analyses", { limit: LATEST }, signal),
    refetchInterval: (q) => (q.state.data?.items.some(open) ? LOOK_MS : false),
  });
}

export function useAnalysis(id: string) {
  return useQuery({
    queryKey: ["analyses", id],
    queryFn: ({ signal }) => get<Item>(`/v1/analyses/${id}`, {}, signal),
    refetchInterval: (q) => (q.state.data && open(q.state.data) ? LOOK_MS : false),
  });
}

export const partPath = (id: string, part: "result" | "second" | "picture"): string => `/v1/analyses/${id}/result?part=${part}`;

/** A part of what came of an analysis, as text; it does not change any more. */
export function usePart(id: string, part: "result" | "second" | "picture", wanted: boolean) {
  return useQuery({
    queryKey: ["analysis part", id, part],
    meta: { large: true },
    staleTime: Infinity,
    enabled: wanted,
    queryFn: async ({ signal }) => (await ask(partPath(id, part), { signal })).text(),
  });
}

/** The first lines of a table, and how many it has. Cells may be quoted; none has a line break. */
export function tableOf(csv: string, most: number): { columns: string[]; rows: string[][]; all: number } {
  const lines = csv.split("\n").filter((l) => l !== "");
  const cells = (line: string): string[] => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? "");
  return { columns: cells(lines[0] ?? ""), rows: lines.slice(1, most + 1).map(cells), all: Math.max(0, lines.length - 1) };
}
