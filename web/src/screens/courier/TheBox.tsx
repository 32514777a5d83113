/** One box in the hand: what it is, how warm, to whom. */
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { GiveUpTube } from "../../ui/GiveUpTube";
import { Input } from "../../ui/Field";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { RecipientFields } from "./RecipientFields";
import type { BoxView } from "./shapes";
import type { Recipient } from "./useRecipient";
import { courier as w } from "./words";

interface Props {
  box: BoxView;
  me: string;
  temperature: string;
  onTemperature: (text: string) => void;
  recipient: Recipient;
  onHand: () => Promise<void>;
  onClose: () => void;
  /** What is in it has changed. */
  onChange: () => void;
}

/** What was typed as a temperature: none for nothing, undefined for what is none. A scanned code is none. */
export function asTemperature(text: string): number | null | undefined {
  const plain = text.trim().replace(",", ".").replace(/°?C$|℃$/i, "");
  if (plain === "") return null;
  if (!/^[-+]?\d{1,3}(\.\d)?$/.test(plain)) return undefined;
  const n = Number(plain);
  return n >= -100 && n <= 60 ? n : undefined;
}

export function TheBox({ box, me, temperature, onTemperature, recipient, onHand, onClose, onChange }: Props) {
  const t = useText();
  const mine = box.holder === me;
  /** Without a network, and on no list that this device has read. */
  const unheard = box.packed_at === "";
  const received = box.state === "received";
  return (
    <section className="card stack opened" aria-label={box.box}>
      <div className="row spread">
        <h2 className="code big" data-typed>
          {box.box}
        </h2>
        <Button onClick={onClose} aria-label={t(core.close)}>
          ✕
        </Button>
      </div>
      {unheard && <p className="note warn">{t(w.unheard)}</p>}
      <div className="row" hidden={unheard}>
        <span className="badge num">{t(w.tubes, { n: box.tubes })}</span>
        {received ? <span className="badge good">{t(w.receivedAt, { at: time(box.received_at) })}</span> : <Due at={box.due} />}
      </div>
      <dl className="pair" hidden={unheard}>
        <dt>{t(w.station)}</dt>
        <dd>
          <span data-typed>{box.place_name ?? box.place}</span> {box.packed_at && <> · {t(w.packedAt, { at: time(box.packed_at) })}</>}
        </dd>
        {box.holder && (
          <>
            <dt>{t(w.heldBy)}</dt>
            <dd data-typed>{box.holder}</dd>
          </>
        )}
      </dl>
      {!received && (
        <>
          {mine && <RecipientFields of={recipient} />}
          <Input label={t(w.temperature)} hint={t(w.temperatureHint)} inputMode="decimal" value={temperature} onChange={(e) => onTemperature(e.target.value)} wrong={asTemperature(temperature) === undefined ? t(w.temperatureWrong) : null} />
          <Button first wide className="tall" onClick={onHand}>
            {t(mine ? w.handOver : w.takeOver)}
          </Button>
        </>
      )}
      {box.contents.length > 0 && <Contents of={box} onChange={onChange} />}
      {box.hand_overs.length > 0 && <HandOvers of={box} />}
    </section>
  );
}

/** The tubes behind their number: one that is gone or broken is given up here. */
function Contents({ of, onChange }: { of: BoxView; onChange: () => void }) {
  const t = useText();
  return (
    <details>
      <summary className="hand-overs">{t(w.contents, { n: of.contents.length })}</summary>
      <ul className="stack">
        {of.contents.map((x) => (
          <li key={x.tube} className="row spread">
            <span>
              <strong className="code" data-typed>
                {x.tube}
              </strong>{" "}
              <span className="muted">{term("TubeState", x.state)}</span>
            </span>
            <GiveUpTube tube={x.tube} people={x.people} state={x.state} onDone={onChange} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function HandOvers({ of }: { of: BoxView }) {
  const t = useText();
  return (
    <details>
      <summary className="hand-overs">{t(w.history)}</summary>
      <ol className="stack">
        {of.hand_overs.map((h) => (
          <li key={`${h.at} ${h.to}`}>
            <span className="num">{time(h.at)}</span> <span data-typed>{`${h.from} → ${h.to}`}</span>
            {h.temperature_c != null && <span className="muted"> · {t(w.degrees, { n: h.temperature_c })}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}
