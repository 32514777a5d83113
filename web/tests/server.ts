/** The server that the journeys use: the real program on a real PostgreSQL, with a small county that has lived two days. */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
const built = [join(here, "../../target/release/quell"), join(here, "../../target/debug/quell")];

export default async function start(): Promise<() => void> {
  if (process.env["QUELL_URL"]) return () => undefined;
  const data = room();
  const port = await freePort();
  const server = await serving(["--data", join(data, "book"), "demo", "--people", "4000", "--days", "2", "--listen", `127.0.0.1:${port}`]).catch((e: unknown) => {
    rmSync(data, { recursive: true, force: true });
    throw e;
  });
  process.env["QUELL_URL"] = `http://127.0.0.1:${port}`;
  return () => {
    end(server);
    rmSync(data, { recursive: true, force: true });
  };
}

/** A server of a journey's own, that it may kill: a small county that has lived one day. */
export interface OwnServer {
  url: string;
  /** Starts it, as after a fall of the machine. */
  start: () => Promise<void>;
  /** SIGKILL: nothing is put in order. */
  kill: () => void;
  /** Ends it with its PostgreSQL, which outlives a kill, and removes its data. */
  stop: () => Promise<void>;
}

export async function ownServer(): Promise<OwnServer> {
  const data = room();
  const port = await freePort();
  const book = ["--data", join(data, "book")];
  await promisify(execFile)(quell(), [...book, "demo", "--people", "500", "--days", "1", "--no-serve"]);
  const serve = () => serving([...book, "serve", "--listen", `127.0.0.1:${port}`]);
  let server: ChildProcess | null = null;
  return {
    url: `http://127.0.0.1:${port}`,
    start: async () => {
      server = await serve();
    },
    kill: () => {
      server?.kill("SIGKILL");
      server = null;
    },
    stop: async () => {
      end(server ?? (await serve()));
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The program under test. */
export function quell(): string {
  const program = process.env["QUELL_BIN"] ?? built.find(existsSync);
  if (!program) throw new Error("no quell to test with: run `make build`, or name one with QUELL_BIN");
  return program;
}

/** An empty directory. As root PostgreSQL runs as another user, who must be able to reach the data. */
function room(): string {
  const data = mkdtempSync(join(tmpdir(), "quell-page-"));
  execFileSync("chmod", ["755", data]);
  return data;
}

/** Runs the program until it says that it serves. */
async function serving(args: string[]): Promise<ChildProcess> {
  const server = spawn(quell(), args, { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  server.stdout.on("data", (d: Buffer) => (told += d.toString()));
  server.stderr.on("data", (d: Buffer) => (told += d.toString()));
  for (let waited = 0; !/serving on|服务地址|quell serves/.test(told); waited += 100) {
    if (server.exitCode !== null || waited > 240_000) {
      end(server);
      throw new Error(`the server did not start:\n${told}`);
    }
    await new Promise((r) => setTimeout(r, 100));
  }
  return server;
}

/** Ends a server, and waits until it is gone with its PostgreSQL. */
export function end(server: ChildProcess): void {
  if (server.pid === undefined || server.exitCode !== null) return;
  server.kill("SIGINT");
  // It stops its PostgreSQL, too; the data is removed after that.
  for (let i = 0; i < 100 && alive(server.pid); i++) execFileSync("sleep", ["0.1"]);
}

function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(execFileSync("cat", [`/proc/${pid}/status`], { stdio: ["ignore", "pipe", "ignore"] }).toString());
  } catch {
    return false;
  }
}

/** A port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((done) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const a = s.address();
      s.close(() => done(typeof a === "object" && a ? a.port : 0));
    });
  });
}
