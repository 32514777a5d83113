/** A tube that cannot be found or cannot be tested: given up with a reason, and its people are owed a new swab. */
import { type FormEvent, useState } from "react";
import { stamp } from "../api/clock";
import { queries } from "../api/live";
import { say } from "../api/say";
import { useSession } from "../api/session";
import type { Role, Schemas } from "../api/types";
import { core } from "../words/core";
import { number } from "../words/format";
import { useText, words } from "../words/language";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { TextArea } from "./Field";
import { toast } from "./toast";

const w = words({
  open: ["登记丢失或作废", "Lost or spoilt"],
  title: ["采样管丢失或作废", "Tube lost or spoilt"],
  which: ["怎么了", "What happened"],
  lost: ["找不到了（丢失）", "It cannot be found (lost)"],
  spoilt: ["不能检测了（作废）", "It cannot be tested (spoilt)"],
  lostReason: ["已怎样查找", "What was done to find it"],
  lostReasons: ["箱内、车内已找遍|已与采样点和检测机构核对|交接清点时就没有", "box and vehicle searched|asked station and laboratory|was not there at the hand-over"],
  spoiltReasons: ["破损|渗漏|标签污损|打翻", "broken|leaking|label unreadable|spilt"],
  means: ["管内 {n} 人须重新采样，将列入应采名单。不能撤销。", "People in it: {n}. They have to be swabbed again and are listed as owed. This cannot be taken back."],
  confirmLost: ["确认丢失，{n} 人重采", "Lost: swab {n} again"],
  confirmSpoilt: ["确认作废，{n} 人重采", "Spoilt: swab {n} again"],
  done: ["{tube} 已登记，{n} 人待重采", "{tube} is given up: {n} {n:person is|people are} owed a swab"],
});

type Kind = "lost" | "spoilt";
const ROLES: readonly Role[] = ["sampler", "courier", "laboratory", "ward", "community_worker"];
const STATES: readonly Schemas["TubeState"][] = ["open", "sealed", "in_transit", "received"];

interface Props {
  tube: string;
  /** How many are in it. */
  people: number;
  state: Schemas["TubeState"];
  onDone?: (kind: Kind) => void;
}

/** The button and its question; nothing for who may not say it, or about a tube that has ended. */
export function GiveUpTube({ tube, people, state, onDone }: Props) {
  const t = useText();
  const role = useSession()?.role;
  const [asking, setAsking] = useState(false);
  if (role === undefined || !ROLES.includes(role) || !STATES.includes(state)) return null;
  return (
    <>
      <Button danger className="no-print" aria-label={`${t(w.open)} ${tube}`} onClick={() => setAsking(true)}>
        {t(w.open)}
      </Button>
      {asking && <Ask tube={tube} people={people} onDone={onDone} onClose={() => setAsking(false)} />}
    </>
  );
}

function Ask({ tube, people, onDone, onClose }: { tube: string; people: number; onDone: ((kind: Kind) => void) | undefined; onClose: () => void }) {
  const t = useText();
  const [kind, setKind] = useState<Kind | null>(null);
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (e: FormEvent) => {
    e.preventDefault();
    if (!kind) return;
    setBusy(true);
    setWrong(null);
    const what = { tube, reason: reason.trim(), at: stamp() };
    try {
      await say(kind === "lost" ? { tube_lost: what } : { tube_spoilt: what });
    } catch (x) {
      setBusy(false);
      return setWrong(x instanceof Error ? x.message : String(x));
    }
    toast("good", t(w.done, { tube, n: number(people) }));
    onClose();
    onDone?.(kind);
    void queries.invalidateQueries();
  };
  return (
    <Dialog title={t(w.title)} onClose={onClose}>
      <p>
        <strong className="code big" data-typed>
          {tube}
        </strong>
      </p>
      <form className="stack" onSubmit={(e) => void send(e)}>
        <div className="stack" role="radiogroup" aria-label={t(w.which)}>
          {(["lost", "spoilt"] as const).map((k) => (
            <Button key={k} wide role="radio" aria-checked={kind === k} first={kind === k} onClick={() => setKind(k)}>
              {t(w[k])}
            </Button>
          ))}
        </div>
        {kind && <Reason key={kind} kind={kind} reason={reason} onReason={setReason} />}
        <p className="note warn">{t(w.means, { n: number(people) })}</p>
        {wrong && (
          <p className="note bad" role="alert">
            {wrong}
          </p>
        )}
        {kind && (
          <button type="submit" className="button danger wide" disabled={busy || reason.trim() === ""}>
            {t(kind === "lost" ? w.confirmLost : w.confirmSpoilt, { n: number(people) })}
          </button>
        )}
      </form>
    </Dialog>
  );
}

/** The usual reasons by one touch, others in words. */
function Reason({ kind, reason, onReason }: { kind: Kind; reason: string; onReason: (text: string) => void }) {
  const t = useText();
  return (
    <>
      <div className="row">
        {t(kind === "lost" ? w.lostReasons : w.spoiltReasons)
          .split("|")
          .map((r) => (
            <Button key={r} aria-pressed={reason === r} onClick={() => onReason(r)}>
              {r}
            </Button>
          ))}
      </div>
      <TextArea label={t(kind === "lost" ? w.lostReason : core.reason)} value={reason} onChange={(e) => onReason(e.target.value)} rows={2} maxLength={500} required />
    </>
  );
}
