/** Two books of two counties that write to one another, as the README sets them up: for journeys that need another jurisdiction or another protocol. */
import type { Page } from "@playwright/test";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fact, Role } from "../src/api/types";
import { PASSWORD, URL_OF } from "./journey";
import { end, freePort, quell } from "./server";

export const HERE = 500237;
export const THERE = 500238;

/** A book's server, without the page: that comes from where all journeys have it. */
export interface Book {
  number: number;
  root: string;
  say: (role: Role, ...facts: Fact[]) => Promise<void>;
  ask: <T>(role: Role, path: string) => Promise<T>;
  /** Runs the program beside the server, on this book. */
  run: (...args: string[]) => void;
  /** What this page asks from now on, it asks this book. */
  serve: (page: Page) => Promise<void>;
}

const ROLES: readonly Role[] = ["investigator", "commander"];

/** Starts both in one process, each the other's peer, each with a community. */
export async function twoBooks(): Promise<{ here: Book; there: Book; stop: () => void }> {
  const data = mkdtempSync(join(tmpdir(), "quell-books-"));
  // As root PostgreSQL runs as another user, who must be able to reach the data.
  execFileSync("chmod", ["755", data]);
  const run = (input: string, ...args: string[]): string => execFileSync(quell(), ["--data", join(data, "book"), "--lang", "en", ...args], { input, stdio: ["pipe", "pipe", "pipe"] }).toString();
  const books = [HERE, THERE];
  for (const b of books) run("", "book", "create", String(b), `50.${b}`);
  const [one, two] = [await freePort(), await freePort()];
  const server = spawn(quell(), ["--data", join(data, "book"), "--book", String(HERE), "serve", "--listen", `127.0.0.1:${one}`, "--also", `${THERE}=127.0.0.1:${two}`], { stdio: "ignore" });
  const stop = () => {
    end(server);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    for (const port of [one, two]) await ready(port);
    for (const [from, to, port] of [[HERE, THERE, two], [THERE, HERE, one]] as const) {
      for (const role of ROLES) run(PASSWORD, "--book", String(from), "account", "put", role, "--role", role);
      const token = run("", "--book", String(to), "peer", "invite", String(from));
      run(token, "--book", String(from), "peer", "add", String(to), "--url", `http://127.0.0.1:${port}`);
    }
    const [here, there] = [book(HERE, one, run), book(THERE, two, run)];
    for (const b of [here, there]) {
      await b.say("commander", { place_listed: { place: b.root, kind: "county", name: "县" } }, { place_listed: { place: homeIn(b), kind: "community", name: "城东社区" } });
    }
    return { here, there, stop };
  } catch (e) {
    stop();
    throw e;
  }
}

/** The community of a book of two. */
export const homeIn = (b: { root: string }): string => `${b.root}.101.001`;

async function ready(port: number): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (await fetch(`http://127.0.0.1:${port}/readyz`).then((r) => r.ok, () => false)) return;
    await new Promise((r) => setTimeout(r, 100));
  }
  throw new Error(`nobody answers on ${port}`);
}

function book(number: number, port: number, run: (input: string, ...args: string[]) => string): Book {
  const url = `http://127.0.0.1:${port}`;
  const tokens = new Map<Role, string>();
  const headers = async (role: Role): Promise<Record<string, string>> => {
    if (!tokens.has(role)) {
      const r = await fetch(`${url}/v1/session`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ account: role, password: PASSWORD }) });
      tokens.set(role, ((await r.json()) as { token: string }).token);
    }
    return { "content-type": "application/json", authorization: `Bearer ${tokens.get(role) ?? ""}` };
  };
  const good = async (r: Response): Promise<Response> => {
    if (!r.ok) throw new Error(`${r.url}: ${r.status} ${await r.text()}`);
    return r;
  };
  return {
    number,
    root: `50.${number}`,
    run: (...args) => void run("", "--book", String(number), ...args),
    say: async (role, ...facts) => void (await good(await fetch(`${url}/v1/submissions`, { method: "POST", headers: await headers(role), body: JSON.stringify({ id: crypto.randomUUID(), facts }) }))),
    ask: async <T>(role: Role, path: string) => (await (await good(await fetch(`${url}${path}`, { headers: await headers(role) }))).json()) as T,
    serve: async (page) => void (await page.route(`${URL_OF()}/v1/**`, (route) => route.continue({ url: route.request().url().replace(URL_OF(), url) }))),
  };
}
