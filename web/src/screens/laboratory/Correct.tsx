import { useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Input, TextArea } from "../../ui/Field";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import type { Said } from "../../ui/Scan";
import { tubeView, versions } from "./Corrections";
import { laboratory as w } from "./words";

type Result = Schemas["TestResult"];
const RESULTS: readonly Result[] = ["negative", "positive", "indeterminate"];

/** Says the right result. It is said of the version that was seen: if another has come since, nothing is said. */
export function Correct({ tube, onDone }: { tube: Schemas["TubeView"]; onDone: (after: Said) => Promise<void> }) {
  const t = useText();
  const seen = versions(tube).length;
  const [result, setResult] = useState<Result | null>(null);
  const [reason, setReason] = useState("");
  const [decider, setDecider] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const correct = async () => {
    if (!result) return;
    setWrong(null);
    try {
      const now = await tubeView(tube.tube);
      if (versions(now).length !== seen) {
        return await onDone({ kind: "bad", text: t(w.changed, { n: versions(now).length, result: term("TestResult", now.result) }) });
      }
      await say({ result_corrected: { tube: tube.tube, at: stamp(), result, reason: reason.trim(), decider: decider.trim() } });
      const held = result === "negative" ? t(w.contested) : t(w.correctedTo, { tube: tube.tube, result: term("TestResult", result) });
      await onDone({ kind: "good", text: held });
      void queries.invalidateQueries();
    } catch (e) {
      setWrong(e instanceof Error ? e.message : String(e));
    }
  };
  return (
    <form
      className="card stack"
      onSubmit={(e) => {
        e.preventDefault();
        void correct();
      }}
    >
      <h2>
        {t(w.rightResult)} <span className="muted">({t(w.version, { n: seen + 1 })})</span>
      </h2>
      <div className="row" role="radiogroup" aria-label={t(w.rightResult)}>
        {RESULTS.filter((r) => r !== tube.result).map((r) => (
          <Button key={r} role="radio" aria-checked={r === result} className={r === result ? "first" : ""} onClick={() => setResult(r)}>
            {term("TestResult", r)}
          </Button>
        ))}
      </div>
      <TextArea label={t(core.reason)} hint={t(w.reasonHint)} value={reason} onChange={(e) => setReason(e.target.value)} required />
      <Input label={t(core.decider)} hint={t(w.deciderHint)} value={decider} onChange={(e) => setDecider(e.target.value)} required wrong={wrong} />
      <Button danger wide className="tall" onClick={correct} disabled={!result || !reason.trim() || !decider.trim()}>
        {t(w.correct)}
      </Button>
    </form>
  );
}
