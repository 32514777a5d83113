/** Sound and shaking: eyes are on the patient, not on the phone. Told apart by rhythm and pitch: one high, two middle, one long low. */

export type Signal = "good" | "warn" | "bad";

const TONES: Record<Signal, readonly { hz: number; from: number; for: number }[]> = {
  good: [{ hz: 1_320, from: 0, for: 0.09 }],
  warn: [{ hz: 660, from: 0, for: 0.14 }, { hz: 660, from: 0.22, for: 0.14 }],
  bad: [{ hz: 180, from: 0, for: 0.7 }],
};
const SHAKES: Record<Signal, number[]> = { good: [40], warn: [80, 80, 80], bad: [500] };

let context: AudioContext | null = null;

/** Sounds it. Browsers let a page sound only after it was touched or typed at once, which a scan is. */
export function signal(s: Signal): void {
  navigator.vibrate?.(SHAKES[s]);
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  const c = context;
  void c.resume().then(() => {
    for (const t of TONES[s]) {
      const tone = c.createOscillator();
      const loud = c.createGain();
      tone.type = s === "bad" ? "sawtooth" : "square";
      tone.frequency.value = t.hz;
      loud.gain.value = 0.25;
      tone.connect(loud).connect(c.destination);
      tone.start(c.currentTime + t.from);
      tone.stop(c.currentTime + t.from + t.for);
    }
  });
}
