/** What is not in the book: each with its reason, with the correction that the rule allows, or handed to a supervisor. */
import { useState } from "react";
import type { Queued } from "../../offline/db";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { save } from "../../ui/file";
import { number } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { again, correct, correctionOf, setAside } from "./corrections";
import { q } from "./queueWords";
import { Record } from "./Record";

const STEP = 20;

export function Refused({ title, hint, items }: { title: Text; hint: Text; items: readonly Queued[] }) {
  const t = useText();
  const [handing, setHanding] = useState(false);
  const [shown, setShown] = useState(STEP);
  if (items.length === 0) return null;
  return (
    <section className="card stack" style={{ borderColor: "var(--bad)", borderWidth: 2 }}>
      <h2 className="bad">
        ✕ {t(title)} <span className="num">{number(items.length)}</span>
      </h2>
      <p>{t(hint)}</p>
      <div className="row">
        <Button onClick={() => again([...items])}>{t(q.again)}</Button>
        <Button onClick={() => setHanding(true)}>{t(q.aside)}</Button>
      </div>
      {items.slice(0, shown).map((i) => (
        <Record key={i.id} item={i}>
          <Correct item={i} />
        </Record>
      ))}
      {items.length > shown && <Button onClick={() => setShown(shown + STEP)}>{t(q.more, { n: number(Math.min(STEP, items.length - shown)) })}</Button>}
      {handing && <HandAside items={items} onClose={() => setHanding(false)} />}
    </section>
  );
}

function Correct({ item }: { item: Queued }) {
  const t = useText();
  const how = correctionOf(item);
  return (
    <div className="row">
      {how && (
        <Button first onClick={() => correct(item, how)}>
          {t(how.text)}
        </Button>
      )}
      <Button onClick={() => again([item])}>{t(q.again)}</Button>
    </div>
  );
}

function HandAside({ items, onClose }: { items: readonly Queued[]; onClose: () => void }) {
  const t = useText();
  const [to, setTo] = useState("");
  const hand = async () => {
    save(await setAside([...items], to.trim()), `quell-${new Date().toISOString().slice(0, 16).replaceAll(/\D/g, "")}.json`);
    onClose();
  };
  return (
    <Dialog title={t(q.aside)} onClose={onClose}>
      <Input label={t(q.asideTo)} value={to} onChange={(e) => setTo(e.target.value)} maxLength={100} autoFocus />
      <Button first wide disabled={to.trim() === ""} onClick={hand}>
        {t(q.asideSave)}
      </Button>
    </Dialog>
  );
}
