/** The tube that is being filled, those that are still open, those that wait for a box. */
import { useState } from "react";
import { useSession } from "../../api/session";
import type { Member, Tube } from "../../offline/db";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { hour, number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { looseTubes } from "./boxes";
import { inTurn, tubeNow, useDesk } from "./desk";
import { MemberDialog } from "./MemberDialog";
import { place } from "./place";
import { Reasons } from "./Reasons";
import { living } from "./rules";
import { seal, spoil, take, turnSingle } from "./take";
import { WalkIn } from "./WalkIn";
import { w } from "./words";

export function Tubes() {
  const t = useText();
  const desk = useDesk();
  const current = desk.current === null ? undefined : desk.tubes.get(desk.current);
  const open = [...desk.tubes.values()].filter((x) => x.state === "open" && x.tube !== desk.current && x.members.length > 0);
  const loose = looseTubes();
  return (
    <>
      {current && <Card tube={current} />}
      {open.length > 0 && <Folded title={t(w.openTubes)} tubes={open} onPick={(x) => void take(x.tube)} open />}
      {loose.length > 0 && <Folded title={t(w.sealedTubes)} tubes={loose} hint={t(w.boxNext, { prefix: place()?.boxPrefix ?? "B" })} />}
    </>
  );
}

function Card({ tube }: { tube: Tube }) {
  const t = useText();
  const [member, setMember] = useState<Member | null>(null);
  const [spoiling, setSpoiling] = useState(false);
  const [listing, setListing] = useState(false);
  const role = useSession()?.role;
  const inside = living(tube).length;
  return (
    <section className="card" aria-label={t(w.tube)} data-tube={tube.tube}>
      <div className="tube-head">
        <span className="tube-code" data-typed>
          {tube.tube}
        </span>
        {tube.mode && <span className={`mode ${tube.mode}`}>{term("TubeMode", tube.mode)}</span>}
        <span className="tube-count num">
          {inside}
          {tube.capacity !== null && `/${tube.capacity}`}
        </span>
      </div>
      {tube.capacity !== null && tube.capacity > 1 && (
        <div className="slots" aria-hidden="true">
          {Array.from({ length: tube.capacity }, (_, i) => (
            <i key={i} className={i < inside ? "in" : ""} />
          ))}
        </div>
      )}
      <div className="row" style={{ marginBlock: 8 }}>
        <Button first disabled={inside === 0} onClick={() => inTurn(() => seal(tubeNow(tube)))}>
          {t(w.seal)}
        </Button>
        {inside === 0 && (
          <Button onClick={() => inTurn(() => turnSingle(tubeNow(tube)))} aria-pressed={tube.mode === "single"}>
            {t(w.asSingle)}
          </Button>
        )}
        {role !== "ward" && <Button onClick={() => setListing(true)}>＋ {t(w.walkIn)}</Button>}
        <Button danger onClick={() => setSpoiling(true)}>
          {t(w.spoil)}
        </Button>
      </div>
      {[...tube.members].reverse().map((m, i) => (
        <button key={`${m.person}-${m.id}`} type="button" className={`member ${m.void || m.refused ? "off" : ""}`} onClick={() => setMember(m)}>
          <span className="muted num">{tube.members.length - i}</span>
          <span className="fill" data-typed>
            {m.name}
          </span>
          {m.code && !m.refused && <span className="badge warn">! {t(w.unlistedBadge)}</span>}
          {m.refused && <span className="badge bad">✕ {t(w.refusedMember)}</span>}
          <span className="muted num">{hour(m.at)}</span>
        </button>
      ))}
      {member && <MemberDialog tube={tube} member={member} onClose={() => setMember(null)} />}
      {listing && <WalkIn tube={tube} onClose={() => setListing(false)} />}
      {spoiling && (
        <Dialog title={t(w.spoilTitle)} onClose={() => setSpoiling(false)}>
          <Reasons
            reasons={w.spoilReasons}
            onReason={async (reason) => {
              await inTurn(() => spoil(tubeNow(tube), reason));
              setSpoiling(false);
            }}
          />
        </Dialog>
      )}
    </section>
  );
}

/** Tubes behind a number: opened by a touch. */
function Folded({ title, tubes, hint, onPick, open }: { title: string; tubes: Tube[]; hint?: string; onPick?: (t: Tube) => void; open?: boolean }) {
  const t = useText();
  return (
    <details className="card" open={open}>
      <summary>
        <strong>{title}</strong> <span className="num">{number(tubes.length)}</span>
        {hint && <span className="muted"> · {hint}</span>}
      </summary>
      {tubes.map((x) => {
        const inside = (
          <>
            <span className="fill" data-typed>
              {x.tube}
            </span>
            {x.mode && <span>{term("TubeMode", x.mode)}</span>}
            <span className="muted">{t(w.people, { n: living(x).length })}</span>
          </>
        );
        return onPick ? (
          <button key={x.tube} type="button" className="member" onClick={() => onPick(x)}>
            {inside}
          </button>
        ) : (
          <div key={x.tube} className="member" style={{ cursor: "default" }}>
            {inside}
          </div>
        );
      })}
    </details>
  );
}
