/** Boxes that were fetched without a word at this table: the courier has scanned them. The server tells which, and they leave the table. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { get } from "../../api/client";
import type { Page, Schemas } from "../../api/types";
import type { Box } from "../../offline/db";
import { waiting } from "../../offline/queue";
import { desk, inTurn, keepBox, keepTube } from "./desk";

/** Asked again so often, besides whenever the book has changed. */
const EVERY_MS = 60_000;

interface Gone {
  box: string;
  to: string | null;
}

/** Takes from the table what is on its way. Without a line all stays as it is. */
export function useGone(packed: readonly Box[]): void {
  const codes = packed.map((b) => b.box).sort();
  const found = useQuery({ queryKey: ["/v1/boxes", "of this table", codes], enabled: codes.length > 0, retry: false, refetchInterval: EVERY_MS, queryFn: ({ signal }) => gone(codes, signal) });
  useEffect(() => {
    for (const g of found.data ?? []) void inTurn(() => leave(g));
  }, [found.data]);
}

async function gone(codes: readonly string[], signal: AbortSignal): Promise<Gone[]> {
  const here = await get<Page<Schemas["BoxItem"]>>("/v1/boxes", { state: "packed", limit: 1_000 }, signal);
  const still = new Set(here.items.map((b) => b.box));
  // What this device has not handed in yet the server cannot know.
  for (const i of await waiting()) if (i.about.box !== undefined) still.add(i.about.box);
  const asked = codes.filter((c) => !still.has(c)).map((c) => get<Schemas["BoxView"]>(`/v1/boxes/${encodeURIComponent(c)}`, {}, signal).catch(() => null));
  return (await Promise.all(asked)).flatMap((b) => (b && b.state !== "packed" ? [{ box: b.box, to: b.holder ?? null }] : []));
}

async function leave({ box, to }: Gone): Promise<void> {
  const mine = desk().boxes.get(box);
  if (!mine || mine.state !== "packed") return;
  for (const t of mine.tubes.flatMap((c) => desk().tubes.get(c) ?? [])) await keepTube({ ...t, state: "left" });
  await keepBox({ ...mine, state: "left", ...(to === null ? {} : { to }) });
}
