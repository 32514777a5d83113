import { type DragEvent, type FormEvent, useRef, useState } from "react";
import { Input } from "../../ui/Field";
import { useText } from "../../words/language";
import { laboratory as w } from "./words";

/** Letters, digits and a few signs of the file's name: instruments name the file after the run. */
const plateOf = (name: string): string => name.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 60);

/** Drag a file here, or choose it; name the plate; see what it will do. Whoever was refused may vouch for controls that the file does not hold. */
export function ResultFile({ onCheck, ready, refused }: { onCheck: (file: File, plate: string, controlsOk: boolean) => Promise<void>; ready: boolean; refused: boolean }) {
  const t = useText();
  const [file, setFile] = useState<File | null>(null);
  const [plate, setPlate] = useState("");
  const [controlsOk, setControlsOk] = useState(false);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const take = (f: File | null | undefined) => {
    if (!f) return;
    setFile(f);
    setPlate(plateOf(f.name));
    setControlsOk(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    take(e.dataTransfer.files[0]);
  };
  const check = async (e: FormEvent) => {
    e.preventDefault();
    if (!file || !plate.trim()) return;
    setBusy(true);
    await onCheck(file, plate.trim(), controlsOk);
    setBusy(false);
  };
  return (
    <form className="card stack" onSubmit={(e) => void check(e)}>
      <label
        className={`drop${over ? " over" : ""}`}
        onDrop={drop}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
      >
        <span>{t(w.drop)}</span>
        {file && (
          <strong className="code" data-typed>
            {file.name}
          </strong>
        )}
        <input type="file" className="hidden" accept=".csv,.txt,.tsv,.xlsx,.xls,text/csv" aria-label={t(w.file)} onChange={(e) => take(e.target.files?.[0])} />
      </label>
      {file && (
        <>
          <Input label={t(w.plate)} hint={t(w.plateHint)} value={plate} onChange={(e) => setPlate(e.target.value)} required wrong={plate.trim() ? null : t(w.plateMissing)} />
          {refused && (
            <label className="row vouch">
              <input type="checkbox" checked={controlsOk} onChange={(e) => setControlsOk(e.target.checked)} /> {t(w.vouch)}
            </label>
          )}
          <button ref={button} type="submit" className="button first tall" disabled={busy || !ready || !plate.trim()} aria-busy={busy || undefined}>
            {t(w.check)}
          </button>
        </>
      )}
    </form>
  );
}
