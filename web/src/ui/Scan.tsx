/** The scanner's field: it has the focus whenever nothing else needs it, and Enter ends a scan. Who has no scanner has a camera. */
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { listenNow } from "../scan/early";
import { Button } from "./Button";
import { Waiting } from "./State";
import { told } from "./toast";
import { useText, words } from "../words/language";
import "./scan.css";

const Camera = lazy(() => import("../scan/Camera"));

const w = words({
  typeIt: ["手工输入", "Type by hand"],
  camera: ["摄像头", "Camera"],
});

/** What the last scan did, told large. */
export interface Said {
  kind: "good" | "warn" | "bad";
  text: string;
}

interface Props {
  label: string;
  hint?: string;
  said?: Said | null;
  /** One scan; an empty one if Enter is pressed alone. The next waits until this is done. */
  onScan: (code: string) => void | Promise<void>;
}

export function Scan({ label, hint, said, onScan }: Props) {
  const t = useText();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typing, setTyping] = useState(false);
  const [looking, setLooking] = useState(false);
  const scanned = useInTurn(onScan);
  useFocusKept(field);
  // What was scanned while the page was on its way.
  useEffect(() => {
    const before = listenNow();
    for (const l of before.lines) scanned(l.text.trim());
    if (field.current && before.open !== "") field.current.value = before.open;
    return before.end;
  }, []);
  const end = () => {
    const code = field.current?.value.trim() ?? "";
    if (field.current) field.current.value = "";
    scanned(code);
  };
  const byHand = () => {
    setTyping(!typing);
    requestAnimationFrame(() => field.current?.focus());
  };
  return (
    <div className="scan">
      <label htmlFor={id}>{label}</label>
      <div className="scan-row">
        <input
          id={id}
          ref={field}
          className="input"
          // A scanner is a keyboard: the one on the glass only covers half the screen, until it is asked for.
          inputMode={typing ? "text" : "none"}
          autoComplete="off"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="done"
          autoFocus
          onKeyDown={(e) => {
            if (e.key === "Enter" && !e.nativeEvent.isComposing) {
              e.preventDefault();
              end();
            }
          }}
        />
        <Button className="by-hand" onClick={byHand} aria-pressed={typing} aria-label={t(w.typeIt)} title={t(w.typeIt)}>
          ⌨
        </Button>
        <Button className="by-camera" onClick={() => setLooking(!looking)} aria-pressed={looking}>
          {t(w.camera)}
        </Button>
      </div>
      {hint && <p className="muted hint">{hint}</p>}
      <div aria-live="assertive">{said && <p className={`note said ${said.kind}`} data-typed>{said.text}</p>}</div>
      {looking && (
        <Suspense fallback={<Waiting />}>
          <Camera onCode={(c) => scanned(c.trim())} onClose={() => setLooking(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Scans may come faster than the server answers: each is worked on when what the one before has changed is on the screen. */
function useInTurn(work: (code: string) => void | Promise<void>): (code: string) => void {
  const latest = useRef(work);
  latest.current = work;
  const waiting = useRef<string[]>([]);
  const busy = useRef(false);
  const [turn, next] = useState(0);
  const begin = () => {
    const code = busy.current ? undefined : waiting.current.shift();
    if (code === undefined) return;
    busy.current = true;
    void Promise.resolve(latest.current(code))
      .catch(told)
      .finally(() => next((n) => n + 1));
  };
  useEffect(() => {
    busy.current = false;
    begin();
  }, [turn]);
  return (code) => {
    waiting.current.push(code);
    begin();
  };
}

/** True while nothing but the scanner's field has use for what is typed. */
function free(): boolean {
  if (document.querySelector("dialog[open]")) return false;
  const at = document.activeElement;
  return !(at instanceof HTMLInputElement || at instanceof HTMLSelectElement || at instanceof HTMLTextAreaElement);
}

function useFocusKept(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const back = () => setTimeout(() => free() && field.current?.focus({ preventScroll: true }), 0);
    // After a tap, not after a Tab: whoever works with keys alone can leave the field.
    const tapped = (e: MouseEvent) => e.detail > 0 && back();
    const lost = (e: FocusEvent) => e.relatedTarget === null && document.activeElement === document.body && back();
    const typed = (e: KeyboardEvent) => {
      if (e.key.length === 1 && e.key !== " " && !e.ctrlKey && !e.metaKey && !e.altKey && free()) field.current?.focus({ preventScroll: true });
    };
    document.addEventListener("click", tapped);
    document.addEventListener("focusout", lost);
    document.addEventListener("keydown", typed, true);
    return () => {
      document.removeEventListener("click", tapped);
      document.removeEventListener("focusout", lost);
      document.removeEventListener("keydown", typed, true);
    };
  }, [field]);
}

/** A word to the hand: short for yes, long for no. */
export function feel(good: boolean): void {
  if ("vibrate" in navigator) navigator.vibrate(good ? 60 : [200, 80, 200]);
}
