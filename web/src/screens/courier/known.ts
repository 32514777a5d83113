/** The boxes that the device has heard of, so that the courier's lists are there without a network. */
import { useEffect, useState } from "react";
import { bookNow } from "../../api/clock";
import { note, noted } from "../../offline/db";
import { itemsOf, type usePages } from "../../ui/List";
import type { BoxItem, BoxView } from "./shapes";

type Pages = ReturnType<typeof usePages<BoxItem>>;

interface Known {
  at: number;
  boxes: BoxItem[];
}

const KEY = "courier boxes";

/** Keeps what the lists say, and gives what was kept last. */
export function useKnown(...lists: Pages[]): Known | null {
  const [known, set] = useState<Known | null>(null);
  useEffect(() => void noted<Known>(KEY).then((k) => k && set((now) => now ?? k)), []);
  const read = lists.every((l) => l.data !== undefined);
  const newest = Math.max(...lists.map((l) => l.dataUpdatedAt));
  useEffect(() => {
    if (!read) return;
    const next = { at: bookNow(), boxes: lists.flatMap(itemsOf) };
    set(next);
    void note(KEY, next).catch(() => undefined);
    // The lists are new objects at each drawing; their age says whether there is something new.
  }, [read, newest]);
  return known;
}

/** True from the first try that failed until the list has been read. */
export const unread = (pages: Pages): boolean => pages.data === undefined && (pages.failureCount > 0 || pages.error !== null || pages.fetchStatus === "paused");

/** The list of the server; until it has been read, what the device knows. */
export function orKnown(pages: Pages, known: Known | null, state: BoxItem["state"]): Pages {
  if (pages.data || !known) return pages;
  return { ...pages, isPending: false, error: null, data: { pages: [{ items: known.boxes.filter((b) => b.state === state) }], pageParams: [null] } } as unknown as Pages;
}

/** A box as far as this device knows it; of one that it never heard of nothing but the code. */
export function viewOf(code: string, known: Known | null, station: string): BoxView {
  const b = known?.boxes.find((x) => x.box === code);
  const nothing: BoxItem = { box: code, state: "packed", place: station, packed_at: "", tubes: 0, people: 0, waiting: 0, overdue: false };
  return { ...(b ?? nothing), as_of_seq: 0, contents: [], hand_overs: [] };
}
