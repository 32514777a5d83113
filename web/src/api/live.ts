/** What changed, as the server says it: lists that show it are read again, and nothing is asked for that did not change. */
import { type Query, QueryClient } from "@tanstack/react-query";
import { language } from "../words/language";
import { Problem } from "./problem";
import { session } from "./session";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: true,
      retry: (n, e) => e instanceof Problem && e.passing && n < 2,
    },
  },
});

/** Long lists and whole pictures are not read again by themselves with everything that happens: they say how old they are, and have a button. */
const large = (q: Query): boolean => q.meta?.["large"] === true || ((q.state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) > 5;

/** Reads what is seen again, and again if something happened meanwhile: never two readings at once, so that a slow server is not asked ever more. */
function reader(): () => void {
  let [reading, again] = [false, false];
  const read = async (): Promise<void> => {
    again = reading;
    if (reading) return;
    reading = true;
    const refetchType = document.hidden ? "none" : "active";
    await Promise.all([
      queries.invalidateQueries({ predicate: large, refetchType: "none" }),
      queries.invalidateQueries({ predicate: (q) => !large(q), refetchType }, { cancelRefetch: false }),
    ]);
    reading = false;
    if (again) setTimeout(() => void read(), GATHER_MS);
  };
  return () => void read();
}

/** Listens until stopped; begins again, later and later, when the line breaks. */
export function listen(onLine: (up: boolean) => void): () => void {
  const stop = new AbortController();
  void (async () => {
    let pause = 1_000;
    while (!stop.signal.aborted) {
      try {
        await follow(stop.signal, () => {
          pause = 1_000;
          onLine(true);
        });
      } catch {
        // Said below: the line is down.
      }
      if (stop.signal.aborted) return;
      onLine(false);
      await new Promise((r) => setTimeout(r, pause * (0.75 + Math.random() / 2)));
      pause = Math.min(pause * 2, 30_000);
      void queries.invalidateQueries();
    }
  })();
  return () => stop.abort();
}

/** At most one reading of the lists in this time, however much happens. */
const GATHER_MS = 700;

async function follow(signal: AbortSignal, up: () => void): Promise<void> {
  const token = session()?.token;
  const response = await fetch("/v1/events", { signal, headers: { authorization: `Bearer ${token ?? ""}`, "accept-language": language() } });
  if (!response.ok || !response.body) throw new Error(String(response.status));
  up();
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const read = reader();
  const lines = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await lines.read();
    if (done) return;
    if (value.includes("event:")) {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        read();
      }, GATHER_MS);
    }
  }
}
