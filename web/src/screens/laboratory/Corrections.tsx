/** A result that was wrong: scan the tube, see every version of its result, say the right one and why. */
import { useState } from "react";
import { get } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { type Said, Scan } from "../../ui/Scan";
import { Correct } from "./Correct";
import { laboratory as w } from "./words";
import "./laboratory.css";

type Tube = Schemas["TubeView"];
type ResultRecord = Schemas["ResultRecord"];

export const tubeView = (code: string): Promise<Tube> => get<Tube>(`/v1/tubes/${encodeURIComponent(code)}`);

/** Every version of a tube's result, the first first. */
export const versions = (tube: Tube): ResultRecord[] => tube.results ?? [];

/** Which version is in force: the last that says so. A correction that waits for its repeat is not. */
const inForce = (tube: Tube): number => versions(tube).reduce((last, r, i) => (r.result === tube.result ? i + 1 : last), 0);

export default function Corrections() {
  const t = useText();
  const [tube, setTube] = useState<Tube | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const scanned = async (code: string) => {
    if (code === "") return;
    try {
      setTube(await tubeView(code));
      setSaid(null);
    } catch (e) {
      setTube(null);
      const unknown = e instanceof Problem && (e.status === 404 || e.status === 400);
      setSaid({ kind: "bad", text: unknown ? t(w.unknownTube, { tube: code }) : e instanceof Error ? e.message : String(e) });
    }
  };
  const reread = async (after: Said) => {
    setSaid(after);
    if (tube) setTube(await tubeView(tube.tube));
  };
  return (
    <>
      <h1>{t(w.corrections)}</h1>
      <Scan label={t(w.scanTube)} said={said} onScan={scanned} />
      {tube && (
        <div className="halves">
          <Seen tube={tube} />
          {tube.result ? <Correct key={`${tube.tube} ${versions(tube).length}`} tube={tube} onDone={reread} /> : <p className="note warn">{t(w.noResult)}</p>}
        </div>
      )}
    </>
  );
}

function Seen({ tube }: { tube: Tube }) {
  const t = useText();
  const all = versions(tube);
  return (
    <section className="card stack">
      <div className="row spread">
        <h2 className="code big" data-typed>
          {tube.tube}
        </h2>
        <span className="badge">{term("TubeState", tube.state)}</span>
      </div>
      <p className="muted">
        {term("TubeMode", tube.mode)} · {t(w.membersN, { n: tube.members })}
      </p>
      {tube.result && (
        <p className="big">
          {t(w.inForce)}: <strong>{term("TestResult", tube.result)}</strong> <span className="muted">({t(w.version, { n: inForce(tube) })})</span>
        </p>
      )}
      {all.length > 0 && (
        <>
          <h3>{t(w.versions)}</h3>
          <ol className="stack">
            {all.map((r, i) => (
              <li key={`${r.seq} ${i}`} className="note">
                <strong>
                  {t(w.version, { n: i + 1 })}: {term("TestResult", r.result)}
                </strong>{" "}
                · <span className="num">{time(r.at)}</span> · {t(r.correction ? w.corrected : w.read)}
                {r.plate && <span data-typed> · {r.plate}</span>}
                {r.correction && <p data-typed>{r.correction}</p>}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
