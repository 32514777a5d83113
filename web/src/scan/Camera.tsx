/** The camera as a scanner: each code that comes into the picture is told once, as if a wedge scanner had typed it. */
import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/Button";
import { useText, words } from "../words/language";
import { openReader, type Reader } from "./reader";

const w = words({
  refused: ["无法打开摄像头：请在浏览器设置中允许使用摄像头，或用扫码枪、手工输入", "The camera cannot be opened: allow it in the browser's settings, or use a scanner or type"],
  stop: ["关闭摄像头", "Close the camera"],
  light: ["补光灯", "Light"],
  aim: ["将条码或二维码对准画面", "Point it at a barcode or QR code"],
});

/** The same code is not told again for this long, unless it was out of the picture. */
const AGAIN_MS = 2_500;
const EVERY_MS = 150;

export default function Camera({ onCode, onClose }: { onCode: (text: string) => void; onClose: () => void }) {
  const t = useText();
  const video = useRef<HTMLVideoElement>(null);
  const tell = useRef(onCode);
  tell.current = onCode;
  const [wrong, setWrong] = useState(false);
  const [track, setTrack] = useState<MediaStreamTrack | null>(null);
  const [lit, setLit] = useState(false);
  useEffect(() => {
    const v = video.current;
    if (!v) return;
    const stop = new AbortController();
    void look(v, stop.signal, setTrack, (c) => tell.current(c)).catch(() => setWrong(true));
    return () => stop.abort();
  }, []);
  const light = async () => {
    await track?.applyConstraints({ advanced: [{ torch: !lit } as MediaTrackConstraintSet] });
    setLit(!lit);
  };
  const hasLight = track !== null && "torch" in track.getCapabilities();
  return (
    <div className="stack">
      {wrong ? (
        <p className="note bad" role="alert">
          {t(w.refused)}
        </p>
      ) : (
        <video ref={video} muted playsInline aria-label={t(w.aim)} style={{ width: "100%", maxHeight: "40dvh", objectFit: "cover", borderRadius: 8, background: "#000" }} />
      )}
      <div className="row">
        <Button onClick={onClose}>{t(w.stop)}</Button>
        {hasLight && (
          <Button onClick={light} aria-pressed={lit}>
            {t(w.light)}
          </Button>
        )}
      </div>
    </div>
  );
}

async function look(v: HTMLVideoElement, stop: AbortSignal, opened: (t: MediaStreamTrack | null) => void, tell: (code: string) => void): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  const end = () => stream.getTracks().forEach((t) => t.stop());
  if (stop.aborted) return end();
  stop.addEventListener("abort", end);
  v.srcObject = stream;
  opened(stream.getVideoTracks()[0] ?? null);
  await v.play();
  const reader = await openReader();
  const seen = new Map<string, number>();
  while (!stop.aborted) {
    await once(reader, v, seen, tell);
    await new Promise((r) => setTimeout(r, EVERY_MS));
  }
}

async function once(reader: Reader, v: HTMLVideoElement, seen: Map<string, number>, tell: (code: string) => void): Promise<void> {
  const now = performance.now();
  for (const code of await reader.read(v).catch((): string[] => [])) {
    const last = seen.get(code);
    seen.set(code, now);
    if (last === undefined || now - last > AGAIN_MS) tell(code);
  }
}
