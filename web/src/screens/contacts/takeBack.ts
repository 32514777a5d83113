/** An outcome that one tap gives is handed in a little later: until then the tap can be taken back. */
import { useEffect, useRef, useState } from "react";
import { stamp } from "../../api/clock";
import { told } from "../../ui/toast";
import type { Contact, Outcome } from "./CallsScreen";

/** Long enough to see what one tapped. */
const WAIT_MS = 5_000;

interface Tapped {
  outcome: Outcome;
  /** Hands it in at once. */
  send: () => void;
  timer: number;
}

/** `send`: hands in what was tapped, and when. Whoever leaves the screen or puts the phone away meant it. */
export function useTakeBack(send: (contact: Contact, outcome: Outcome, at: string) => Promise<void>) {
  const tapped = useRef(new Map<string, Tapped>());
  const [, draw] = useState(0);
  const drop = (id: string) => {
    clearTimeout(tapped.current.get(id)?.timer);
    tapped.current.delete(id);
    draw((n) => n + 1);
  };
  const tap = (contact: Contact, outcome: Outcome) => {
    const id = contact.contact_id;
    const at = stamp();
    const now = () => {
      clearTimeout(tapped.current.get(id)?.timer);
      // The line says what was tapped until it is in the book.
      void send(contact, outcome, at).catch(told).finally(() => drop(id));
    };
    drop(id);
    tapped.current.set(id, { outcome, send: once(now), timer: window.setTimeout(() => tapped.current.get(id)?.send(), WAIT_MS) });
  };
  useEffect(() => {
    const all = () => tapped.current.forEach((x) => x.send());
    const hidden = () => document.visibilityState === "hidden" && all();
    document.addEventListener("visibilitychange", hidden);
    return () => {
      document.removeEventListener("visibilitychange", hidden);
      all();
    };
  }, []);
  return { tap, takeBack: drop, tappedOf: (id: string): Outcome | undefined => tapped.current.get(id)?.outcome };
}

function once(f: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    f();
  };
}
