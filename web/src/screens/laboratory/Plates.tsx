/** Results: a file of a plate, what it will do, and only then the book. */
import { useState } from "react";
import { address, ask } from "../../api/client";
import { queries } from "../../api/live";
import { handIn, newId } from "../../api/say";
import { Button } from "../../ui/Button";
import { List, usePages } from "../../ui/List";
import { Fault } from "../../ui/State";
import { toast } from "../../ui/toast";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { Preview } from "./Preview";
import { ResultFile } from "./ResultFile";
import type { PlateItem, PlatePreview } from "./shapes";
import { useLaboratory } from "./useLaboratory";
import { Which } from "./Which";
import { laboratory as w } from "./words";
import "../../ui/scan.css";
import "./laboratory.css";

/** A preview, and the submission under which it will be said: however often the button is pressed, it counts once. */
interface Foreseen {
  preview: PlatePreview;
  id: string;
  file: File;
}

/** Excel files of a large run take a while to read. */
const PATIENCE_MS = 60_000;

async function foresee(file: File, laboratory: string, plate: string, controlsOk: boolean): Promise<Foreseen> {
  const headers = { "x-file-name": encodeURIComponent(file.name), "content-type": file.type || "application/octet-stream" };
  const response = await ask(address("/v1/results/preview", { laboratory, plate, controls_ok: controlsOk || null }), { method: "POST", body: file, headers, patience: PATIENCE_MS });
  return { preview: (await response.json()) as PlatePreview, id: newId(), file };
}

export default function Plates() {
  const t = useText();
  const lab = useLaboratory();
  const [seen, setSeen] = useState<Foreseen | null>(null);
  const [fault, setFault] = useState<Error | null>(null);
  const check = async (file: File, plate: string, controlsOk: boolean) => {
    if (!lab.now) return;
    setFault(null);
    try {
      setSeen(await foresee(file, lab.now.place, plate, controlsOk));
    } catch (e) {
      setFault(e instanceof Error ? e : new Error(String(e)));
    }
  };
  const confirm = async () => {
    if (!seen) return;
    setFault(null);
    try {
      await handIn({ id: seen.id, facts: seen.preview.facts });
      toast("good", t(w.recorded, { plate: seen.preview.plate }));
      setSeen(null);
      void queries.invalidateQueries();
    } catch (e) {
      setFault(e instanceof Error ? e : new Error(String(e)));
    }
  };
  return (
    <>
      <div className="row spread">
        <h1>{t(w.plates)}</h1>
        <Which of={lab} />
      </div>
      {seen ? (
        <>
          <div className="row spread">
            <p data-typed className="muted">
              {seen.file.name}
            </p>
            <Button onClick={() => setSeen(null)}>{t(w.another)}</Button>
          </div>
          <Preview of={seen.preview} fault={fault} onConfirm={confirm} onVouch={() => check(seen.file, seen.preview.plate, true)} />
        </>
      ) : (
        <>
          <ResultFile onCheck={check} ready={lab.now !== undefined} refused={fault !== null} />
          {fault && <Fault error={fault} />}
          <Read laboratory={lab.now?.place} />
        </>
      )}
    </>
  );
}

/** The plates that were read, the latest first. */
function Read({ laboratory }: { laboratory: string | undefined }) {
  const t = useText();
  const pages = usePages<PlateItem>("/v1/plates", { laboratory }, laboratory !== undefined);
  return (
    <section className="stack">
      <h2>{t(w.recent)}</h2>
      <List pages={pages} id={(p) => p.plate} label={t(w.recent)} empty={t(w.nonePlates)}>
        {(p) => (
          <div className="line plate-line">
            <span className="code" data-typed>
              {p.plate}
            </span>
            <span className="row">
              <span className={`badge ${p.valid ? "good" : "bad"}`}>{t(p.valid ? w.plateValid : w.plateInvalid)}</span>
              <span className="badge num">{t(w.wellsN, { n: p.wells })}</span>
              {p.mode && <span className="badge">{term("TubeMode", p.mode)}</span>}
              {p.positive > 0 && <span className="badge bad num">{t(w.positiveN, { n: p.positive })}</span>}
              {p.indeterminate > 0 && <span className="badge warn num">{t(w.indeterminateN, { n: p.indeterminate })}</span>}
              {p.failed > 0 && <span className="badge warn num">{t(w.failedN, { n: p.failed })}</span>}
            </span>
            <span className="muted num">{time(p.read_at)}</span>
          </div>
        )}
      </List>
    </section>
  );
}
