/** A protocol file (TOML) as one reads it: its values by section, each with its sources and how well it is established. */

/** One value, or one table of values. */
export interface Entry {
  path: string;
  /** First segment of the path. */
  section: string;
  /** Lines as they stand in the file, but for those of `sources` and `verified`. */
  body: string;
  /** Keys of the sources. */
  sources: string[];
  verified: string | null;
}

export interface ProtocolText {
  entries: Entry[];
  /** What each key of a source stands for. */
  sources: ReadonlyMap<string, string>;
}

const HEADER = /^\[\[?([^\]]+)\]\]?\s*$/;
const SOURCE = /^source\s*=\s*\[(.*)\]\s*$/;
const VERIFIED = /^verified\s*=\s*"(\w+)"\s*$/;
const PAIR = /^([\w-]+)\s*=\s*"(.*)"\s*$/;

/** Reads the shape that every protocol has: a table a value. Comments are left to the whole text. */
export function parse(text: string): ProtocolText {
  const entries: Entry[] = [];
  const sources = new Map<string, string>();
  let now: (Entry & { lines: string[] }) | null = null;
  let inSources = false;
  const end = () => {
    if (now) entries.push({ path: now.path, section: now.section, body: now.lines.join("\n").trim(), sources: now.sources, verified: now.verified });
    now = null;
  };
  for (const line of text.split(/\r?\n/)) {
    const path = HEADER.exec(line)?.[1]?.trim();
    if (path !== undefined) {
      end();
      inSources = path === "sources";
      if (!inSources) now = { path, section: path.split(".")[0] ?? path, body: "", lines: [], sources: [], verified: null };
      continue;
    }
    if (line.startsWith("#")) continue;
    const pair = PAIR.exec(line);
    if (inSources) {
      if (pair?.[1] && pair[2] !== undefined) sources.set(pair[1], pair[2]);
    } else if (now) take(now, line);
  }
  end();
  return { entries, sources };
}

function take(e: Entry & { lines: string[] }, line: string): void {
  const source = SOURCE.exec(line)?.[1];
  if (source !== undefined) e.sources = [...source.matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? "");
  else e.verified = VERIFIED.exec(line)?.[1] ?? (e.lines.push(line), e.verified);
}

/** The address in the text of a source, if it has one. */
export const linkOf = (source: string): string | null => /https?:\/\/[^\s)]+/.exec(source)?.[0] ?? null;
