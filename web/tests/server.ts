/** The server that the journeys use: the real program on a real PostgreSQL, with a small county that has lived two days. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const built = [join(here, "../../target/release/quell"), join(here, "../../target/debug/quell")];

/** The program under test. */
export function quell(): string {
  const program = process.env["QUELL_BIN"] ?? built.find(existsSync);
  if (!program) throw new Error("no quell to test with: run `make build`, or name one with QUELL_BIN");
  return program;
}

export default async function start(): Promise<() => void> {
  if (process.env["QUELL_URL"]) return () => undefined;
  const program = quell();
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), "quell-page-"));
  // As root PostgreSQL runs as another user, who must be able to reach the data.
  execFileSync("chmod", ["755", data]);
  const args = ["--data", join(data, "book"), "demo", "--people", "4000", "--days", "2", "--listen", `127.0.0.1:${port}`];
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  server.stdout.on("data", (d: Buffer) => (told += d.toString()));
  server.stderr.on("data", (d: Buffer) => (told += d.toString()));
  const stop = () => {
    end(server);
    rmSync(data, { recursive: true, force: true });
  };
  for (let waited = 0; !told.includes("serving on") && !told.includes("服务地址"); waited += 200) {
    if (server.exitCode !== null || waited > 240_000) {
      stop();
      throw new Error(`the server did not start:\n${told}`);
    }
    await new Promise((r) => setTimeout(r, 200));
  }
  process.env["QUELL_URL"] = `http://127.0.0.1:${port}`;
  return stop;
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
