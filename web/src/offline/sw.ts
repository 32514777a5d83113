/**
 * Keeps the page on the device, so that it opens without a network: the shell and the station at once, what else is opened as it is
 * opened. Built as /sw.js; the build puts the names of its files in (`build/worker.ts`). Answers of the server are never kept here.
 */
declare const __SHELL__: readonly string[];

/** What a service worker has and a page has not. */
interface Scope {
  location: Location;
  clients: { claim: () => Promise<void> };
  skipWaiting: () => Promise<void>;
  addEventListener: {
    (type: "install" | "activate", listener: (e: { waitUntil: (p: Promise<unknown>) => void }) => void): void;
    (type: "fetch", listener: (e: { request: Request; respondWith: (r: Promise<Response>) => void }) => void): void;
  };
}

const worker = globalThis as unknown as Scope;
const SHELL = __SHELL__;
/** The names of files change with their content: files of an older page stay until the one after the next. */
const CACHE = "quell-page";
/** A weak line is worse than none: after this the page on the device opens. */
const PATIENCE_MS = 3_000;

worker.addEventListener("install", (e) => e.waitUntil(install()));
worker.addEventListener("activate", (e) => e.waitUntil(activate()));
worker.addEventListener("fetch", (e) => {
  const { request } = e;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin || /^\/(v1|d)\//.test(url.pathname)) return;
  if (request.mode === "navigate") e.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/")) e.respondWith(file(request));
  else if (SHELL.includes(url.pathname)) e.respondWith(fetch(request).catch(() => kept(request)));
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const missing: string[] = [];
  for (const f of SHELL) if (!f.startsWith("/assets/") || !(await cache.match(f))) missing.push(f);
  await cache.addAll(missing.map((f) => new Request(f, { cache: "no-cache" })));
  await worker.skipWaiting();
}

/** Of what is not part of this page any more, only what an open window may still ask for is worth its room: the newest. */
const MOST_FILES = 400;

async function activate(): Promise<void> {
  const cache = await caches.open(CACHE);
  const old = (await cache.keys()).filter((r) => !SHELL.includes(new URL(r.url).pathname));
  for (const r of old.slice(0, Math.max(0, old.length - MOST_FILES))) await cache.delete(r);
  await worker.clients.claim();
}

/** The page of the server while it answers, else the one on the device. */
async function page(request: Request): Promise<Response> {
  const timer = new AbortController();
  const out = setTimeout(() => timer.abort(), PATIENCE_MS);
  try {
    const fresh = await fetch(request, { signal: timer.signal });
    return fresh.status >= 500 ? await kept(new Request("/index.html")) : fresh;
  } catch {
    return kept(new Request("/index.html"));
  } finally {
    clearTimeout(out);
  }
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const have = await cache.match(request);
  if (have) return have;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

async function kept(request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(request)) ?? Response.error();
}

// A module of its own for the compiler: its names are nobody else's.
export {};
