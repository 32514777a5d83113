/** Tells the service worker which files the page cannot do without: the shell, and the station with all that it loads. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** Screens that must open without a network. */
const OFFLINE = ["Station", "HandedIn", "Boxes", "QueueScreen", "Labels", "sender", "Camera", "zxing"];
/** Beside the built files. */
const PUBLIC = ["/index.html", "/manifest.webmanifest", "/icon.svg", "/icon-192.png", "/icon-512.png"];

interface Chunk {
  type: "chunk";
  fileName: string;
  name: string;
  isEntry: boolean;
  code: string;
  imports: string[];
  viteMetadata?: { importedCss: Set<string> };
}

/** A plugin of the build. */
export function worker(): Plugin {
  return {
    name: "quell-worker",
    apply: "build",
    // Last: chunks of which nothing is left but their styles are taken out at the end, and one file that is not there keeps the whole worker away.
    generateBundle: { order: "post", handler(_, bundle) {
      const chunks = Object.values(bundle).filter((c) => c.type === "chunk") as unknown as Chunk[];
      const files = new Set<string>();
      const add = (c: Chunk | undefined) => {
        if (!c || c.fileName === "sw.js" || files.has(`/${c.fileName}`)) return;
        files.add(`/${c.fileName}`);
        for (const css of c.viteMetadata?.importedCss ?? []) files.add(`/${css}`);
        for (const i of c.imports) add(chunks.find((o) => o.fileName === i));
      };
      for (const c of chunks) if (c.isEntry || OFFLINE.includes(c.name)) add(c);
      const missing = OFFLINE.filter((n) => !chunks.some((c) => c.name === n));
      if (missing.length > 0) this.error(`no chunk for ${missing.join(", ")}: the station would not open without a network`);
      const sw = chunks.find((c) => c.fileName === "sw.js");
      if (!sw) return this.error("no service worker was built");
      const list = [...PUBLIC, ...[...files].sort()];
      const version = createHash("sha256").update(list.join()).digest("hex").slice(0, 12);
      const gone = [...files].filter((f) => !(f.slice(1) in bundle));
      if (gone.length > 0) this.error(`not in the build: ${gone.join(", ")}`);
      sw.code = `/* ${version} */\n${sw.code.replace("__SHELL__", JSON.stringify(list))}`;
    } },
  };
}
