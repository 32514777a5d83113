/** Closing the day: asked once more, with what it means. */
import { type FormEvent, useState } from "react";
import { useNow } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { useSession } from "../../api/session";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { day as dayOf, hour, number } from "../../words/format";
import { useText } from "../../words/language";
import { today } from "../admin/local";
import { total } from "./sums";
import { dayWords as w } from "./words";

/** The button, or why there is none. */
export function Seal({ view }: { view: Schemas["DayView"] }) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  useNow();
  const day = view.sheet.day;
  if (useSession()?.role !== "commander") return <p className="muted">{t(w.onlyCommander)}</p>;
  const begun = day <= today();
  return (
    <>
      <Button first onClick={() => setAsked(true)} disabled={!begun || view.blocked.length > 0}>
        {t(w.seal)}
      </Button>
      {!begun && <p className="note warn">{t(w.notBegun, { day: dayOf(day) })}</p>}
      {asked && <Question view={view} onClose={() => setAsked(false)} />}
    </>
  );
}

function Question({ view, onClose }: { view: Schemas["DayView"]; onClose: () => void }) {
  const t = useText();
  const now = useNow();
  const [decider, setDecider] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const day = view.sheet.day;
  const s = total(view.sheet.lines);
  const send = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    try {
      await say({ day_closed: { day, decider: decider.trim() } });
      toast("good", t(w.sealed, { day: dayOf(day) }));
      onClose();
      await queries.invalidateQueries();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(w.sealDay, { day: dayOf(day) })} onClose={onClose}>
      <form className="stack" onSubmit={(e) => void send(e)}>
        {day === today() && <p className="note warn">{t(w.sealEarly, { day: dayOf(day), time: hour(now) })}</p>}
        <p>{t(w.sealMeans1, { day: dayOf(day) })}</p>
        <p>{t(w.sealMeans2)}</p>
        <p>{t(w.sealMeans3, { n: number(s.carriedOut), o: number(s.overdue) })}</p>
        {s.overdue > 0 && <p className="note">{t(w.sealMeans4, { day: dayOf(day) })}</p>}
        <Input label={t(w.decider)} value={decider} onChange={(e) => setDecider(e.target.value)} required autoFocus wrong={wrong} />
        <div className="row spread">
          <Button onClick={onClose}>{t(core.cancel)}</Button>
          <button type="submit" className="button first" disabled={busy || !decider.trim()}>
            {t(w.sealDay, { day: dayOf(day) })}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
