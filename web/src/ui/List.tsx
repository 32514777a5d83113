/** A long list: only what is seen is drawn, and further pages are read as one comes to them. */
import { type InfiniteData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { get, type Query } from "../api/client";
import type { Page } from "../api/types";
import { bookTime } from "../api/clock";
import { time } from "../words/format";
import { core } from "../words/core";
import { useText } from "../words/language";
import { Button } from "./Button";
import { Fault, Nothing, Waiting } from "./State";

const PAGE = 200;
/** The next page is asked for so many lines before the end of what is there: nobody sees it come. */
const AHEAD = 100;

/** Reads a list page by page. `path` and `query` are those of the first page. */
export function usePages<T>(path: string, query: Query, enabled = true) {
  return useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>>, QueryKey, string | null>({
    queryKey: [path, query],
    enabled,
    initialPageParam: null,
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { limit: PAGE, ...query, after: pageParam }, signal),
    getNextPageParam: (last) => last.next ?? null,
  });
}

/** Several lists of one path, read one after the other as one: a number that counts several kinds of things opens all of them. */
export function useChained<T>(path: string, parts: readonly Query[]) {
  return useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>>, QueryKey, string | null>({
    queryKey: [path, parts],
    initialPageParam: null,
    queryFn: async ({ pageParam, signal }) => {
      const items: T[] = [];
      let [at, after] = pageParam === null ? [0, null] : (JSON.parse(pageParam) as [number, string | null]);
      // A short list is no page of its own: the next ones are read with it.
      while (at < parts.length && items.length < PAGE) {
        const page = await get<Page<T>>(path, { limit: PAGE, ...parts[at], after }, signal);
        items.push(...page.items);
        after = page.next ?? null;
        if (after === null) at += 1;
      }
      return { items, next: at < parts.length ? JSON.stringify([at, after]) : null };
    },
    getNextPageParam: (last) => last.next ?? null,
  });
}

/** All items that have been read so far. */
export const itemsOf = <T,>(pages: { data?: { pages: readonly Page<T>[] } | undefined }): T[] => pages.data?.pages.flatMap((p) => p.items) ?? [];

interface Props<T> {
  pages: ReturnType<typeof usePages<T>>;
  /** Which item is which. */
  id: (item: T) => string;
  /** One line; its outermost element has the class `line`. */
  children: (item: T, index: number) => ReactNode;
  /** Usual height of a line in pixels. */
  line?: number;
  /** Height of the list: any CSS length. */
  height?: string;
  label: string;
  empty?: ReactNode;
}

export function List<T>({ pages, id, children, line = 64, height = "min(70dvh, 56rem)", label, empty }: Props<T>) {
  const { data } = pages;
  const items = useMemo(() => itemsOf({ data }), [data]);
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const idOf = useRef(id);
  idOf.current = id;
  // The same function as long as the items are the same: with another one every line of a long list is measured anew.
  const key = useCallback((i: number) => { const item = items[i]; return item === undefined ? i : idOf.current(item); }, [items]);
  const seen = useVirtualizer({ count: items.length, getScrollElement: () => box.current, estimateSize: () => line, overscan: 8, getItemKey: key });
  const rows = seen.getVirtualItems();
  const lastSeen = rows.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastSeen >= items.length - AHEAD) void fetchNextPage();
  }, [lastSeen, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  // A line that moves while the list is read again loses the focus to nobody: whoever works by keys would be nowhere.
  const focused = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const was = focused.current;
    if (was && document.activeElement === document.body && box.current?.contains(was)) was.focus({ preventScroll: true });
  });
  if (pages.error && items.length === 0) return <Fault error={pages.error} again={() => void pages.refetch()} />;
  if (pages.isPending) return <Waiting />;
  if (items.length === 0) return <Nothing>{empty}</Nothing>;
  const first = rows[0]?.start ?? 0;
  return (
    <>
      {pages.error && <Fault error={pages.error} again={() => void pages.refetch()} />}
      {pages.isStale && (data?.pages.length ?? 0) > 5 && (
        <div className="row spread">
          <span className="muted">{t(core.readAt, { at: time(bookTime(pages.dataUpdatedAt)) })}</span>
          <Button onClick={() => pages.refetch().then(() => undefined)}>{t(core.readAgain)}</Button>
        </div>
      )}
      <div ref={box} className="list" style={{ height: `min(${height}, ${Math.max(1, seen.getTotalSize()) + 2}px)` }} role="list" aria-label={label} tabIndex={0} onFocus={(e) => (focused.current = e.target)}>
        <div style={{ height: seen.getTotalSize(), position: "relative" }}>
          <div style={{ position: "absolute", insetInline: 0, transform: `translateY(${first}px)` }}>
            {rows.map((r) => {
              const item = items[r.index];
              return (
                item !== undefined && (
                  <div key={r.key} data-index={r.index} ref={seen.measureElement} role="listitem">
                    {children(item, r.index)}
                  </div>
                )
              );
            })}
          </div>
        </div>
      </div>
    </>
  );
}
