/** Opening a round: where, from when, until when, how many to a tube. */
import { type FormEvent, useState } from "react";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Input } from "../../ui/Field";
import { PlaceName } from "../../ui/PlaceName";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { ofField, toField, today } from "../admin/local";
import { ownPlace, PlacePicker } from "../admin/Place";
import { roundWords as w } from "./words";

/** The first number of the day that no round has. */
function nextRound(known: readonly string[], day: string): string {
  for (let n = 1; ; n++) if (!known.includes(`${day}-${n}`)) return `${day}-${n}`;
}

export function OpenRound({ known, onClose }: { known: readonly string[]; onClose: () => void }) {
  const t = useText();
  const [round, setRound] = useState(() => nextRound(known, today()));
  const [name, setName] = useState(() => t(w.nth, { n: known.length + 1 }));
  const [scope, setScope] = useState<readonly string[]>(() => [ownPlace()]);
  const [starts, setStarts] = useState(() => toField());
  const [due, setDue] = useState("");
  const [pool, setPool] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      await say({ round_opened: { round: round.trim(), name: name.trim(), scope: [...scope], at: ofField(starts) ?? "", ...(due ? { due: ofField(due) ?? "" } : {}), ...(pool ? { pool_size: Number(pool) } : {}) } });
      toast("good", t(w.opened, { name: name.trim() }));
      onClose();
      await queries.invalidateQueries();
    } catch (x) {
      setWrong(x instanceof Error ? x.message : String(x));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(w.open)} onClose={onClose}>
      <form className="stack" onSubmit={(e) => void send(e)}>
        <p className="muted">{t(w.openMeans)}</p>
        <Input label={t(w.name)} value={name} onChange={(e) => setName(e.target.value)} required />
        <Input label={t(w.number)} value={round} onChange={(e) => setRound(e.target.value)} required pattern="\S{1,40}" />
        <Scope scope={scope} onChange={setScope} />
        <Input label={t(w.starts)} type="datetime-local" value={starts} onChange={(e) => setStarts(e.target.value)} required />
        <Input label={t(w.due)} hint={t(w.dueHint)} type="datetime-local" value={due} min={starts} onChange={(e) => setDue(e.target.value)} />
        <Input label={t(w.pool)} hint={t(w.poolHint)} type="number" min={1} max={20} inputMode="numeric" value={pool} onChange={(e) => setPool(e.target.value)} />
        {wrong && (
          <p className="note bad" role="alert">
            {wrong}
          </p>
        )}
        <div className="row spread">
          <Button onClick={onClose}>{t(core.cancel)}</Button>
          <button type="submit" className="button first" disabled={busy || scope.length === 0}>
            {t(w.open)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Scope({ scope, onChange }: { scope: readonly string[]; onChange: (s: readonly string[]) => void }) {
  const t = useText();
  return (
    <div className="field">
      <span className="label">{t(w.scope)}</span>
      {scope.map((p) => (
        <div key={p} className="row spread">
          <span className="grow">
            <PlaceName place={p} names="all" />
          </span>
          <Button onClick={() => onChange(scope.filter((x) => x !== p))}>{t(w.remove)}</Button>
        </div>
      ))}
      {scope.length === 0 && <span className="wrong">{t(w.scopeNeeded)}</span>}
      <PlacePicker label={t(w.addPlace)} value="" onPick={(p) => onChange([...scope.filter((x) => x !== p && !x.startsWith(`${p}.`)), p])} />
    </div>
  );
}
