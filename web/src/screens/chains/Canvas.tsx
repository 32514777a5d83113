/** The picture on the screen: drawn when something changed, moved by finger, wheel and keyboard. */
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Eye, fit, type Look, paint, spotAt } from "../../draw/paint";
import type { Picture } from "../../draw/picture";
import { Button } from "../../ui/Button";
import { useText } from "../../words/language";
import { w } from "./words";

interface Props {
  picture: Picture;
  look: Look;
  /** The case that is looked at, or -1; `focus` changes when the picture is to be moved there. */
  chosen: number;
  focus: number;
  onChoose: (spot: number) => void;
  onOpen: (spot: number) => void;
  label: string;
}

const STEP = 1.3;

/** How much larger everything is on a very large screen (theme.css). The picture is measured without it. */
const grown = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;

/** Big enough to read at first; what does not fit lies to the right and below. */
function first(p: Picture, width: number, height: number): Eye {
  const e = fit(p, width, height);
  return e.scale >= 0.6 ? e : { scale: 0.6, left: 0, top: 0 };
}

export function Canvas({ picture, look, chosen, focus, onChoose, onOpen, label }: Props) {
  const t = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [eye, setEye] = useState<Eye | null>(null);
  useLayoutEffect(() => {
    const box = canvas.current;
    if (!box) return;
    const watch = new ResizeObserver(() => setSize({ width: box.clientWidth / grown(), height: box.clientHeight / grown() }));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  useEffect(() => setEye(null), [picture]);
  const now = size ? (eye ?? first(picture, size.width, size.height)) : null;
  useEffect(() => {
    const c = canvas.current?.getContext("2d");
    if (!c || !size || !now) return;
    const frame = requestAnimationFrame(() => {
      const pixels = Math.min(2, window.devicePixelRatio || 1) * grown();
      const [wide, high] = [Math.round(size.width * pixels), Math.round(size.height * pixels)];
      if (c.canvas.width !== wide || c.canvas.height !== high) [c.canvas.width, c.canvas.height] = [wide, high];
      performance.mark("chains-draw-begin");
      paint(c, picture, look, now, size.width, size.height, pixels, chosen);
      performance.measure("chains-draw", "chains-draw-begin");
    });
    return () => cancelAnimationFrame(frame);
  });
  const zoom = useCallback(
    (by: number, x?: number, y?: number) => {
      if (!now || !size) return;
      const scale = Math.max(0.02, Math.min(4, now.scale * by));
      const [cx, cy] = [x ?? size.width / 2, y ?? size.height / 2];
      const k = scale / now.scale;
      setEye({ scale, left: cx - (cx - now.left) * k, top: cy - (cy - now.top) * k });
    },
    [now, size],
  );
  useEffect(() => {
    const spot = picture.spots[chosen];
    if (focus === 0 || !spot || !size) return;
    setEye((e) => {
      const scale = Math.max(0.8, (e ?? first(picture, size.width, size.height)).scale);
      return { scale, left: size.width / 2 - spot.x * scale, top: size.height / 2 - spot.y * scale };
    });
    // Only when it is asked for: a tap on a case does not move the picture.
  }, [focus]);
  useWheel(canvas, zoom);
  const fingers = useFingers(now, setEye, zoom, (x, y) => now && onChoose(spotAt(picture, now, x, y)));
  const key = (e: KeyboardEvent): void => {
    if (!now || !size || e.ctrlKey || e.metaKey || e.altKey) return;
    const go: Record<string, () => void> = {
      ArrowLeft: () => setEye({ ...now, left: now.left + 80 }),
      ArrowRight: () => setEye({ ...now, left: now.left - 80 }),
      ArrowUp: () => setEye({ ...now, top: now.top + 80 }),
      ArrowDown: () => setEye({ ...now, top: now.top - 80 }),
      "+": () => zoom(STEP),
      "=": () => zoom(STEP),
      "-": () => zoom(1 / STEP),
      "0": () => setEye(fit(picture, size.width, size.height)),
      n: () => onChoose(-2),
      p: () => onChoose(-3),
      Enter: () => chosen >= 0 && onOpen(chosen),
    };
    const act = go[e.key] ?? go[e.key.toLowerCase()];
    if (!act) return;
    e.preventDefault();
    act();
  };
  return (
    <div style={{ position: "relative" }}>
      <canvas ref={canvas} tabIndex={0} role="application" aria-label={label} aria-describedby="chain-keys" onKeyDown={key} onDoubleClick={() => chosen >= 0 && onOpen(chosen)} {...fingers}
        data-scale={now?.scale.toFixed(2)} style={{ width: "100%", height: "min(64dvh, 56rem)", display: "block", background: "#fff", border: "1px solid var(--line)", borderRadius: "var(--radius)", touchAction: "none", cursor: "grab" }} />
      <div className="row no-print" style={{ position: "absolute", insetInlineEnd: 8, insetBlockEnd: 8, gap: 6 }}>
        <Button onClick={() => zoom(1 / STEP)} aria-label={t(w.zoomOut)}>−</Button>
        <Button onClick={() => zoom(STEP)} aria-label={t(w.zoomIn)}>+</Button>
        <Button onClick={() => { if (size) setEye(fit(picture, size.width, size.height)); }}>{t(w.whole)}</Button>
      </div>
    </div>
  );
}

/** The wheel zooms where it points. React listens to it passively, so that the page would scroll as well. */
function useWheel(canvas: React.RefObject<HTMLCanvasElement | null>, zoom: (by: number, x: number, y: number) => void): void {
  useEffect(() => {
    const c = canvas.current;
    if (!c) return;
    const turn = (e: WheelEvent): void => {
      e.preventDefault();
      const box = c.getBoundingClientRect();
      zoom(Math.exp(-e.deltaY * 0.0015), (e.clientX - box.left) / grown(), (e.clientY - box.top) / grown());
    };
    c.addEventListener("wheel", turn, { passive: false });
    return () => c.removeEventListener("wheel", turn);
  }, [canvas, zoom]);
}

/** One finger moves, two zoom, a short touch chooses. */
function useFingers(now: Eye | null, setEye: (e: Eye) => void, zoom: (by: number, x: number, y: number) => void, choose: (x: number, y: number) => void) {
  const down = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(0);
  const at = (e: PointerEvent): { x: number; y: number } => {
    const box = e.currentTarget.getBoundingClientRect();
    return { x: (e.clientX - box.left) / grown(), y: (e.clientY - box.top) / grown() };
  };
  const spread = (): number => {
    const [a, b] = [...down.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  return {
    onPointerDown: (e: PointerEvent) => {
      e.currentTarget.setPointerCapture(e.pointerId);
      if (down.current.size === 0) moved.current = 0;
      down.current.set(e.pointerId, at(e));
    },
    onPointerMove: (e: PointerEvent) => {
      const before = down.current.get(e.pointerId);
      if (!before || !now) return;
      const [was, p] = [spread(), at(e)];
      down.current.set(e.pointerId, p);
      moved.current += Math.abs(p.x - before.x) + Math.abs(p.y - before.y);
      if (down.current.size === 1) setEye({ ...now, left: now.left + p.x - before.x, top: now.top + p.y - before.y });
      else if (was > 0) zoom(spread() / was, p.x, p.y);
    },
    onPointerUp: (e: PointerEvent) => {
      if (down.current.size === 1 && moved.current < 6) choose(at(e).x, at(e).y);
      down.current.delete(e.pointerId);
    },
    onPointerCancel: (e: PointerEvent) => down.current.delete(e.pointerId),
  };
}
