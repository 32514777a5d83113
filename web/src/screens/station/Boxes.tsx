/** The box that is being filled, and those that wait for the courier. */
import { useState } from "react";
import { useSession } from "../../api/session";
import type { Box } from "../../offline/db";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { handOver, looseTubes, pack, putAllIn, unfill } from "./boxes";
import { boxNow, inTurn, useDesk } from "./desk";
import { useGone } from "./gone";
import type { Place } from "./place";
import { w } from "./words";

export function Boxes({ at }: { at: Place }) {
  const t = useText();
  const desk = useDesk();
  const [giving, setGiving] = useState<Box | null>(null);
  const filling = desk.filling === null ? undefined : desk.boxes.get(desk.filling);
  const packed = [...desk.boxes.values()].filter((b) => b.state === "packed");
  useGone(packed);
  return (
    <>
      {filling && <Filling box={filling} />}
      {packed.map((b) => (
        <div key={b.box} className="card row spread" data-box={b.box}>
          <span>
            {t(w.toHandOver)} <strong data-typed>{b.box}</strong> · {t(w.tubesIn, { n: b.tubes.length })}
          </span>
          <Button first onClick={() => setGiving(b)}>
            {t(w.handOver)}
          </Button>
        </div>
      ))}
      {giving && <HandOver box={giving} at={at} onClose={() => setGiving(null)} />}
    </>
  );
}

function Filling({ box }: { box: Box }) {
  const t = useText();
  const loose = looseTubes();
  return (
    <section className="card" aria-label={t(w.box)} data-box={box.box}>
      <div className="tube-head">
        <span className="tube-code" data-typed>
          {box.box}
        </span>
        <span className="tube-count">{t(w.tubesIn, { n: box.tubes.length })}</span>
      </div>
      <div className="row" style={{ marginBlock: 8 }}>
        <Button first disabled={box.tubes.length === 0} onClick={() => inTurn(() => pack(boxNow(box)))}>
          {t(w.pack)}
        </Button>
        {loose.length > 0 && <Button onClick={() => inTurn(() => putAllIn(boxNow(box)))}>{t(w.allIn, { n: loose.length })}</Button>}
        <Button onClick={() => inTurn(() => unfill(box))}>{t(core.cancel)}</Button>
      </div>
      {box.tubes.map((c) => (
        <div key={c} className="member" style={{ cursor: "default" }} data-typed>
          {c}
        </div>
      ))}
    </section>
  );
}

const COURIER = "quell.courier";

function HandOver({ box, at, onClose }: { box: Box; at: Place; onClose: () => void }) {
  const t = useText();
  const account = useSession()?.account ?? "";
  const [to, setTo] = useState(localStorage.getItem(COURIER) ?? "");
  const [warmth, setWarmth] = useState("");
  const number = warmth.trim() === "" ? null : Number(warmth.trim().replace(",", "."));
  const wrong = number !== null && !(number >= -100 && number <= 60);
  const give = async () => {
    if (to.trim() === "" || wrong) return;
    localStorage.setItem(COURIER, to.trim());
    await inTurn(() => handOver(boxNow(box), `${at.stationName} ${account}`, to.trim(), number));
    onClose();
  };
  return (
    <Dialog title={`${t(w.handOver)} ${box.box}`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void give();
        }}
      >
        <Input label={t(w.courier)} value={to} onChange={(e) => setTo(e.target.value)} maxLength={100} required autoFocus />
        <Input label={t(w.temperature)} value={warmth} onChange={(e) => setWarmth(e.target.value)} inputMode="decimal" wrong={wrong ? t(w.temperatureWrong) : null} />
        <Button type="submit" first wide disabled={to.trim() === "" || wrong}>
          {t(w.handOver)}
        </Button>
      </form>
    </Dialog>
  );
}
