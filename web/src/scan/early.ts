/**
 * A scanner does not wait for a page. What it types before the field that listens is there is kept from the page's first moment on, and
 * handed to the field when it comes: whole lines as scans, the beginning of a line to be gone on with.
 */

/** Older keys were meant for something else. */
const KEEP_MS = 30_000;
/** Between two keys of a scanner; nobody types like that. */
const SCANNER_MS = 30;

export interface Line {
  text: string;
  /** Typed by a scanner, by its speed. */
  scanned: boolean;
}

/** Measures how a line comes in. */
export class Pace {
  private first = 0;
  private last = 0;
  private keys = 0;
  key(at: number): void {
    if (this.keys === 0) this.first = at;
    this.last = at;
    this.keys += 1;
  }
  /** Ends the line. A text that was put in at once, by a keyboard on the glass or from the clipboard, has no keys. */
  end(length: number): boolean {
    const quick = this.keys > 1 && this.keys >= length && (this.last - this.first) / (this.keys - 1) < SCANNER_MS;
    this.keys = 0;
    return quick;
  }
}

let open = "";
let lines: Line[] = [];
let pace = new Pace();
let at = { path: "", ms: 0 };
/** Fields that listen themselves. */
let listening = 0;

/** True if a key says a character of what someone writes. */
export const writes = (e: KeyboardEvent): boolean => e.key.length === 1 && !e.isComposing && !e.ctrlKey && !e.metaKey && !e.altKey;

const elsewhere = (): boolean => document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLTextAreaElement || document.activeElement instanceof HTMLSelectElement || document.querySelector("dialog[open]") !== null;

function empty(): void {
  open = "";
  lines = [];
  pace = new Pace();
}

document.addEventListener(
  "keydown",
  (e) => {
    if (listening > 0 || elsewhere()) return;
    if (at.path !== location.pathname || e.timeStamp - at.ms > KEEP_MS) empty();
    at = { path: location.pathname, ms: e.timeStamp };
    if (e.key === "Enter" && open !== "") {
      lines.push({ text: open, scanned: pace.end(open.length) });
      open = "";
      // The end of a scan presses no button that has the focus.
      e.preventDefault();
    } else if (writes(e) && !(e.key === " " && open === "")) {
      open += e.key;
      pace.key(e.timeStamp);
    }
  },
  true,
);

/** From now on a field of the page listens. Gives what came before, and the way to end it. */
export function listenNow(): { lines: Line[]; open: string; end: () => void } {
  listening += 1;
  const came = at.path === location.pathname && performance.now() - at.ms < KEEP_MS ? { lines, open } : { lines: [], open: "" };
  empty();
  return { ...came, end: () => (listening -= 1) };
}
