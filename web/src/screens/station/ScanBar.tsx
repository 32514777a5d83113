/** One field that is always listening: what a scanner types arrives here, whatever was touched before. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { listenNow, Pace, writes } from "../../scan/early";
import { Button } from "../../ui/Button";
import { useText } from "../../words/language";
import { w } from "./words";

const edits = (e: Element | null): boolean => e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement;
const asked = (): boolean => document.querySelector("dialog[open]") !== null;

/** Keeps the field in focus: after every touch, and at the first letter that comes while something else has it. */
function useListening(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const back = () => {
      if (!asked() && !edits(document.activeElement)) field.current?.focus({ preventScroll: true });
    };
    // A touch, not the keyboard: who walks the page with the tab key keeps their place.
    const touched = (e: MouseEvent) => {
      if (e.detail > 0) setTimeout(back);
    };
    const typed = (e: KeyboardEvent) => {
      if (writes(e) && e.key !== " ") back();
    };
    back();
    document.addEventListener("click", touched);
    document.addEventListener("keydown", typed, true);
    window.addEventListener("focus", back);
    // A dialog that closes, a button that goes away leave the focus nowhere, and no event tells of it.
    const lost = setInterval(() => {
      if (document.activeElement === document.body) back();
    }, 250);
    return () => {
      clearInterval(lost);
      document.removeEventListener("click", touched);
      document.removeEventListener("keydown", typed, true);
      window.removeEventListener("focus", back);
    };
  }, [field]);
}

export function ScanBar({ onText, onCamera, looking }: { onText: (text: string, scanned: boolean) => void; onCamera: () => void; looking: boolean }) {
  const t = useText();
  const field = useRef<HTMLInputElement>(null);
  // A touch keyboard would cover half of the page; a scanner needs none.
  const [keys, setKeys] = useState(false);
  const pace = useRef(new Pace());
  useListening(field);
  // What was scanned while the page was on its way.
  useEffect(() => {
    const before = listenNow();
    for (const l of before.lines) onText(l.text, l.scanned);
    if (field.current && before.open !== "") field.current.value = before.open;
    return before.end;
  }, []);
  const send = (e: FormEvent) => {
    e.preventDefault();
    const input = field.current;
    if (!input) return;
    const text = input.value;
    input.value = "";
    onText(text, pace.current.end(text.length));
  };
  return (
    <form className="scan-bar" onSubmit={send} autoComplete="off">
      <div className="field">
        <label htmlFor="scan">{t(w.scan)}</label>
        <input id="scan" ref={field} inputMode={keys ? "text" : "none"} autoCapitalize="off" autoCorrect="off" spellCheck={false} onKeyDown={(e) => writes(e.nativeEvent) && pace.current.key(e.timeStamp)} enterKeyHint="done" aria-describedby="scan-hint" />
      </div>
      <Button
        aria-pressed={keys}
        aria-label={t(w.keyboard)}
        onClick={() => {
          setKeys(!keys);
          setTimeout(() => field.current?.focus());
        }}
      >
        ⌨
      </Button>
      <Button onClick={onCamera} aria-pressed={looking}>
        {t(w.camera)}
      </Button>
      <span id="scan-hint" className="muted" style={{ gridColumn: "1 / -1", fontSize: "0.85rem" }}>
        {t(w.scanHint)}
      </span>
    </form>
  );
}
