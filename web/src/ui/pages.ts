import { useEffect } from "react";
import { itemsOf, type usePages } from "./List";

type Pages<T> = ReturnType<typeof usePages<T>>;

/** How many there are: exact once all pages are read, else "at least". */
export function countOf<T>(pages: Pages<T>, of: readonly T[] = itemsOf(pages)): string | undefined {
  if (!pages.data) return undefined;
  return `${of.length}${pages.hasNextPage ? "+" : ""}`;
}

/** The same list in another order, or less of it. */
export function arranged<T>(pages: Pages<T>, by: (items: T[]) => T[]): Pages<T> {
  if (!pages.data) return pages;
  return { ...pages, data: { ...pages.data, pages: [{ items: by(itemsOf(pages)) }] } };
}

/** What is due first comes first; what has no time comes last. */
export const byDue = <T extends { due?: string | null }>(items: T[]): T[] => [...items].sort((a, b) => (a.due ?? "9").localeCompare(b.due ?? "9"));

/** Reads on to the last page: where a part of a list is looked for in the whole of it. */
export function useAll<T>(pages: Pages<T>): Pages<T> {
  const { hasNextPage, isFetching, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return pages;
}
