/** Sheets of labels with running numbers; the device remembers where it stopped. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { recognise } from "../../scan/recognise";
import { Button } from "../../ui/Button";
import { Input, Select } from "../../ui/Field";
import { core } from "../../words/core";
import { number } from "../../words/format";
import { useText } from "../../words/language";
import { code128 } from "./codes";
import { place } from "./place";
import { l } from "./queueWords";

const DIGITS = 4;
const NEXT = "quell.labels.next";
const PER_SHEET = { l65: 65, l24: 24 } as const;
type Size = keyof typeof PER_SHEET;

/** Station and day: codes that no other station prints, and no other day. */
function usualPrefix(of: "tubes" | "boxes"): string {
  const at = place();
  const station = (at?.station.split(".").slice(2).join("") ?? "").toUpperCase();
  return `${of === "boxes" ? (at?.boxPrefix ?? "B") : ""}${station}${stamp().slice(5, 10).replace("-", "")}`;
}

const nextOf = (prefix: string): number => ((JSON.parse(localStorage.getItem(NEXT) ?? "{}") as Record<string, number>)[prefix] ?? 0) + 1;

function remember(prefix: string, last: number): void {
  const all = JSON.parse(localStorage.getItem(NEXT) ?? "{}") as Record<string, number>;
  localStorage.setItem(NEXT, JSON.stringify({ ...all, [prefix]: last }));
}

export function LabelSheets({ of }: { of: "tubes" | "boxes" }) {
  const t = useText();
  const [prefix, setPrefix] = useState(() => usualPrefix(of));
  const [from, setFrom] = useState(() => String(nextOf(usualPrefix(of))));
  const [sheets, setSheets] = useState("1");
  const [size, setSize] = useState<Size>(of === "boxes" ? "l24" : "l65");
  const count = Math.min(20, Math.max(1, Math.floor(Number(sheets)) || 1));
  const first = Math.max(1, Math.floor(Number(from)) || 1);
  const per = PER_SHEET[size];
  const code = (i: number) => `${prefix.trim()}${String(first + i).padStart(DIGITS, "0")}`;
  const taken = recognise(code(0), { boxPrefix: place()?.boxPrefix ?? "B", isTube: () => false, isBox: () => false });
  const wrong = taken.kind === (of === "tubes" ? "tube" : "box") ? null : t(of === "tubes" ? l.wrongTube : l.wrongBox, { code: code(0) });
  const print = () => {
    remember(prefix.trim(), first + count * per - 1);
    window.print();
    setFrom(String(first + count * per));
  };
  return (
    <>
      <div className="stack no-print">
        <div className="grid">
          <Input label={t(l.prefix)} value={prefix} wrong={wrong} onChange={(e) => { setPrefix(e.target.value); setFrom(String(nextOf(e.target.value.trim()))); }} autoCapitalize="characters" maxLength={24} />
          <Input label={t(l.from)} value={from} onChange={(e) => setFrom(e.target.value)} inputMode="numeric" />
          <Input label={t(l.sheets)} value={sheets} onChange={(e) => setSheets(e.target.value)} inputMode="numeric" />
          <Select label={t(l.size)} options={[["l65", t(l.s65)], ["l24", t(l.s24)]]} value={size} onChange={(e) => setSize(e.target.value as Size)} />
        </div>
        <p>{t(l.count, { n: number(count * per), first: code(0), last: code(count * per - 1) })}</p>
        <p className="muted">{t(l.printHint)}</p>
        <Button first disabled={wrong !== null} onClick={print}>
          {t(core.print)}
        </Button>
      </div>
      {wrong === null && (
        <div className="preview" tabIndex={0} role="region" aria-label={t(l[of])}>
          {Array.from({ length: count }, (_, s) => (
            <div key={s} className={`sheet ${size}`}>
              {Array.from({ length: per }, (_, i) => (
                <Label key={i} code={code(s * per + i)} size={size} />
              ))}
            </div>
          ))}
        </div>
      )}
    </>
  );
}

function Label({ code, size }: { code: string; size: Size }) {
  const p = code128(code);
  // The quiet zone is ten modules on each side.
  return (
    <div className="print-label" data-typed>
      <svg viewBox={`-10 0 ${p.width + 20} 1`} preserveAspectRatio="none" style={{ width: "100%", height: size === "l65" ? "11mm" : "20mm" }} role="img" aria-label={code} shapeRendering="crispEdges">
        <path d={p.path} />
      </svg>
      <span className="code">{code}</span>
    </div>
  );
}
