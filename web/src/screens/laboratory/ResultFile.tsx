import { type DragEvent, type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/Button";
import { Input } from "../../ui/Field";
import { useText } from "../../words/language";
import { platesIn } from "./plateFile";
import { laboratory as w } from "./words";

/** Plates of one file that can be picked; others are typed. */
const PLATES = 12;

/** Letters, digits and a few signs of the file's name: instruments name the file after the run. */
const plateOf = (name: string): string => name.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 60);

/** Drag a file here, or choose it; name the plate; see what it will do. Whoever was refused may vouch for controls that the file does not hold. */
export function ResultFile({ onCheck, ready, refused }: { onCheck: (file: File, plate: string, controlsOk: boolean) => Promise<void>; ready: boolean; refused: boolean }) {
  const t = useText();
  const [file, setFile] = useState<File | null>(null);
  const [plate, setPlate] = useState("");
  const [named, setNamed] = useState<string[]>([]);
  const [controlsOk, setControlsOk] = useState(false);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const take = async (f: File | null | undefined) => {
    if (!f) return;
    const plates = await platesIn(f).catch((): string[] => []);
    setFile(f);
    setNamed(plates);
    // What the file says of itself counts; its name is a guess.
    setPlate(plates[0] ?? plateOf(f.name));
    setControlsOk(false);
  };
  // Whoever has dropped a file only presses Enter.
  useEffect(() => {
    button.current?.focus();
  }, [file]);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    void take(e.dataTransfer.files[0]);
  };
  const other = named.length > 0 && plate.trim() !== "" && !named.includes(plate.trim());
  const wrong = plate.trim() === "" ? t(w.plateMissing) : other ? t(w.plateOther, { plates: named.slice(0, 4).join(", ") }) : null;
  const hint = named.length > 1 ? t(w.platesOfFile, { n: named.length }) : named.length === 1 ? t(w.plateOfFile) : t(w.plateHint);
  const check = async (e: FormEvent) => {
    e.preventDefault();
    if (!file || wrong !== null) return;
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
        <input type="file" className="hidden" accept=".csv,.txt,.tsv,.xlsx,.xls,text/csv" aria-label={t(w.file)} onChange={(e) => void take(e.target.files?.[0])} />
      </label>
      {file && (
        <>
          <Input label={t(w.plate)} hint={hint} value={plate} onChange={(e) => setPlate(e.target.value)} required wrong={wrong} />
          {named.length > 1 && (
            <div className="row">
              {named.slice(0, PLATES).map((p) => (
                <Button key={p} aria-pressed={p === plate.trim()} onClick={() => setPlate(p)}>
                  <span data-typed>{p}</span>
                </Button>
              ))}
            </div>
          )}
          {refused && (
            <label className="row vouch">
              <input type="checkbox" checked={controlsOk} onChange={(e) => setControlsOk(e.target.checked)} /> {t(w.vouch)}
            </label>
          )}
          <button ref={button} type="submit" className="button first tall" disabled={busy || !ready || wrong !== null} aria-busy={busy || undefined}>
            {t(w.check)}
          </button>
        </>
      )}
    </form>
  );
}
