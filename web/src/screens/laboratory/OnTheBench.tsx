/** The opened box: its tubes, what is wrong with some of them, and the one key that takes in the rest. */
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { GiveUpTube } from "../../ui/GiveUpTube";
import { Input } from "../../ui/Field";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import type { BoxTube } from "../courier/shapes";
import { asTemperature } from "../courier/TheBox";
import { courier } from "../courier/words";
import { CONDITIONS, findingOf } from "./conditions";
import { type Bench, type Finding, sorted, waits } from "./intake";
import { laboratory as w } from "./words";

interface Props {
  bench: Bench;
  chosen: string | null;
  onChoose: (tube: string | null) => void;
  onFind: (tube: string, finding: Finding | null) => void;
  temperature: string;
  onTemperature: (text: string) => void;
  /** A tube was given up: it is no more to be taken in. */
  onGone: (tube: string, state: "lost" | "spoilt") => void;
  onAccept: () => Promise<void>;
  onClose: () => void;
}

export function OnTheBench(p: Props) {
  const t = useText();
  const { bench, chosen } = p;
  const { fit, odd, missing } = sorted(bench);
  const chosenTube = bench.tubes.find((x) => x.tube === chosen);
  const wrong = asTemperature(p.temperature) === undefined;
  const accept = odd.length + missing.length === 0 ? t(w.acceptAll, { n: fit.length }) : fit.length > 0 ? t(w.acceptRest, { n: fit.length }) : t(w.recordOdd, { n: odd.length });
  return (
    <section className="card stack opened">
      <div className="row spread">
        <div className="row">
          <h2 className="code big" data-typed>
            {bench.box?.box ?? t(w.loose)}
          </h2>
          <span className="badge good num">{t(w.fitOnes, { n: fit.length })}</span>
          {odd.length > 0 && <span className="badge bad num">{t(w.oddOnes, { n: odd.length })}</span>}
          {missing.length > 0 && <span className="badge warn num">{t(w.missingOnes, { n: missing.length })}</span>}
          {bench.box && <Due at={bench.box.due} />}
        </div>
        <Button onClick={p.onClose} aria-label={t(core.close)}>
          ✕
        </Button>
      </div>
      {bench.box && (
        <p className="muted" data-typed>
          {[bench.box.place_name ?? bench.box.place, bench.box.holder].filter(Boolean).join(" → ")}
        </p>
      )}
      {chosen && <Conditions key={chosen} tube={chosen} now={bench.findings.get(chosen)} onFind={(f) => p.onFind(chosen, f)} />}
      {chosenTube && (
        <div className="row spread">
          <span className="muted">{t(w.gone)}</span>
          <GiveUpTube tube={chosenTube.tube} people={chosenTube.people} state={chosenTube.state} onDone={(kind) => p.onGone(chosenTube.tube, kind)} />
        </div>
      )}
      <ul className="tubes">
        {bench.tubes.map((x) => (
          <li key={x.tube}>
            <TubeTile tube={x} finding={bench.findings.get(x.tube)} chosen={x.tube === chosen} onChoose={() => p.onChoose(x.tube === chosen ? null : x.tube)} />
          </li>
        ))}
      </ul>
      {odd.length > 0 && <p className="note bad">{t(w.oddMeans)}</p>}
      {missing.length > 0 && <p className="note warn">{t(w.missingMeans)}</p>}
      <div className="accept">
        <Input label={t(w.temperature)} inputMode="decimal" value={p.temperature} onChange={(e) => p.onTemperature(e.target.value)} wrong={wrong ? t(courier.temperatureWrong) : null} />
        <Button first className="tall" onClick={p.onAccept} disabled={fit.length + odd.length === 0 || wrong}>
          {accept} <kbd>{t(w.key)}</kbd>
        </Button>
      </div>
    </section>
  );
}

function TubeTile({ tube, finding, chosen, onChoose }: { tube: BoxTube; finding: Finding | undefined; chosen: boolean; onChoose: () => void }) {
  const t = useText();
  const kind = !waits(tube) ? "past" : !finding ? "fit" : finding.missing ? "gone" : "odd";
  return (
    <button type="button" className={`tube ${kind}`} aria-pressed={chosen} disabled={kind === "past"} onClick={onChoose}>
      <span className="code shrink" data-typed>
        {tube.tube}
      </span>
      <span className="shrink">
        {kind === "past" && term("TubeState", tube.state)}
        {kind === "fit" && `${term("TubeMode", tube.mode)} · ${t(w.people, { n: tube.people })}`}
        {kind === "gone" && t(w.missing)}
        {kind === "odd" && <span data-typed>{finding && !finding.missing ? finding.reason : ""}</span>}
      </span>
    </button>
  );
}

/** What is wrong with the tube: one tap, or one's own words. */
function Conditions({ tube, now, onFind }: { tube: string; now: Finding | undefined; onFind: (f: Finding | null) => void }) {
  const t = useText();
  const [words, setWords] = useState(now && !now.missing ? now.reason : "");
  const reason = words.trim();
  return (
    <fieldset className="conditions stack" data-tube={tube}>
      <legend data-typed>{t(w.condition, { tube })}</legend>
      <div className="row">
        {CONDITIONS.map((c, n) => (
          <Button key={c.text[1]} danger={c.kind === "odd"} className={c.kind === "fit" && !now ? "first" : ""} onClick={() => onFind(findingOf(String(n)) ?? null)}>
            <kbd>{n}</kbd> {t(c.text)}
          </Button>
        ))}
      </div>
      <form
        className="row own-words"
        onSubmit={(e) => {
          e.preventDefault();
          if (reason) onFind({ missing: false, reason });
        }}
      >
        <Input label={t(w.otherReason)} placeholder={t(w.sayReason)} value={words} onChange={(e) => setWords(e.target.value)} />
        <Button type="submit" danger disabled={!reason}>
          {t(w.use)}
        </Button>
      </form>
    </fieldset>
  );
}
