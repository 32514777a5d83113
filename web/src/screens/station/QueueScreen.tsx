/** What this device has said and the server has not confirmed: how much, since when, what was refused and what to do about it. */
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { bookNow, skew } from "../../api/clock";
import { useSession } from "../../api/session";
import type { Queued } from "../../offline/db";
import { sendNow, startSending } from "../../offline/sender";
import { useQueue } from "../../offline/useQueue";
import { Button } from "../../ui/Button";
import { Waiting } from "../../ui/State";
import { number, span, time } from "../../words/format";
import { useText } from "../../words/language";
import { Conflicts } from "./Conflicts";
import { takeOver } from "./corrections";
import { load } from "./desk";
import { q } from "./queueWords";
import { Record } from "./Record";
import { Refused } from "./Refused";
import { useLine } from "./Status";
import "./station.css";

/** What nobody minds in a clock. */
const OFF_MS = 120_000;

export default function QueueScreen() {
  const t = useText();
  const items = useQueue();
  useEffect(() => {
    startSending();
    void load();
  }, []);
  if (items === null) return <Waiting />;
  const of = (state: Queued["state"]) => items.filter((i) => i.state === state);
  const waiting = of("waiting");
  return (
    <div className="station">
      <div className="row spread">
        <Link href="/" className="button">
          ← {t(q.back)}
        </Link>
        <Button onClick={sendNow} disabled={waiting.length === 0}>
          {t(q.sendNow)}
        </Button>
      </div>
      <Summary waiting={waiting} />
      <Accounts items={items} />
      <Refused title={q.refused} hint={q.refusedHint} items={of("refused")} />
      <Refused title={q.unproven} hint={q.unprovenHint} items={of("unproven")} />
      <Conflicts />
      <Records title={t(q.waiting)} items={waiting} />
      <Records title={t(q.aside1)} items={of("aside").reverse()} />
      <Records title={t(q.done)} items={of("done").reverse()} />
    </div>
  );
}

function Summary({ waiting }: { waiting: readonly Queued[] }) {
  const t = useText();
  const line = useLine();
  const oldest = waiting[0];
  return (
    <section className="card stack">
      <div className="tube-head">
        <span>{t(q.waiting)}</span>
        <span className="tube-count num" data-waiting={waiting.length}>
          {number(waiting.length)}
        </span>
      </div>
      <p>{oldest ? t(q.oldest, { at: time(oldest.at), span: span(bookNow() - oldest.at) }) : t(q.nothing)}</p>
      <p className={line.up === false ? "note warn" : "note good"}>{t(line.up === false ? q.down : q.up)}</p>
      <p className="muted">{t(q.safe)}</p>
      {Math.abs(skew()) > OFF_MS && <p className="muted">{t(q.clock, { span: span(skew()) })}</p>}
    </section>
  );
}

/** Accounts whose records wait here and who are not logged in any more. */
function Accounts({ items }: { items: readonly Queued[] }) {
  const t = useText();
  const line = useLine();
  const who = useSession();
  const open = items.filter((i) => i.state === "waiting" || i.state === "refused");
  const accounts = [...new Set(open.map((i) => i.account))].filter((a) => line.logInAgain.includes(a) || a !== who?.account);
  return (
    <>
      {accounts.map((account) => {
        const n = open.filter((i) => i.account === account).length;
        return (
          <div key={account} className="note warn stack" role="status">
            <span>{t(line.logInAgain.includes(account) ? q.logInAgain : q.others, { account, n })}</span>
            {who && who.account !== account && <Button onClick={() => takeOver(account, who.account, who.token)}>{t(q.takeOver)}</Button>}
          </div>
        );
      })}
    </>
  );
}

const STEP = 50;

/** Records behind their number, as many at a time as one can read. */
function Records({ title, items }: { title: string; items: readonly Queued[] }) {
  const t = useText();
  const [shown, setShown] = useState(STEP);
  if (items.length === 0) return null;
  return (
    <details className="card">
      <summary>
        <strong>{title}</strong> <span className="num">{number(items.length)}</span>
      </summary>
      {items.slice(0, shown).map((i) => (
        <Record key={i.id} item={i} />
      ))}
      {items.length > shown && <Button onClick={() => setShown(shown + STEP)}>{t(q.more, { n: number(Math.min(STEP, items.length - shown)) })}</Button>}
    </details>
  );
}
