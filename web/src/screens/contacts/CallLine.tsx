import { ask } from "../../api/client";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { toast } from "../../ui/toast";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import type { Contact, Outcome } from "./CallsScreen";
import { ProphylaxisDue, Protection } from "./Protection";
import { c } from "./words";

interface Props {
  contact: Contact;
  /** What was tapped a moment ago and is not handed in yet. */
  tapped: Outcome | undefined;
  onOutcome: (o: Outcome) => void;
  onTakeBack: () => void;
  onIll: () => void;
}

/** One person to be seen: who, where, until when; and how it went, by one tap. */
export function CallLine({ contact: x, tapped, onOutcome, onTakeBack, onIll }: Props) {
  const t = useText();
  return (
    <div className="line call" data-contact={x.contact_id}>
      <Who contact={x} />
      <div className="stack" style={{ gap: 8 }}>
        <div className="outcomes reach">
          {x.phone ? (
            <a className="button phone" href={`tel:${x.phone}`}>
              ☎ <span className="num">{x.phone}</span>
            </a>
          ) : (
            <span className="muted row phone">{t(c.noPhone)}</span>
          )}
          <DiaryButton person={x.person_id} />
          <Protection of={x} contact />
        </div>
        {tapped && (
          <div className="note good row spread">
            <strong role="status">{t(c.tapped, { how: term("FollowUpOutcome", tapped) })}</strong>
            <Button onClick={onTakeBack}>{t(c.takeBack)}</Button>
          </div>
        )}
        <div className="outcomes" hidden={tapped !== undefined}>
          <Button className="ok" onClick={() => onOutcome("seen_ok")}>
            {t(c.ok)}
          </Button>
          <Button className="ill" onClick={onIll}>
            {t(c.notOk)}
          </Button>
          <Button onClick={() => onOutcome("missed")}>{t(c.missed)}</Button>
          <Button onClick={() => onOutcome("not_attempted")}>{t(c.notTried)}</Button>
          <Button onClick={() => onOutcome("not_performed")}>{t(c.notDone)}</Button>
        </div>
      </div>
    </div>
  );
}

/** The same line where people are chosen: all of it is the box to tick. */
export function PickLine({ contact: x, picked, onPick }: { contact: Contact; picked: boolean; onPick: () => void }) {
  return (
    <button type="button" role="checkbox" aria-checked={picked} className={`line candidate ${picked ? "chosen" : ""}`} data-contact={x.contact_id} onClick={onPick}>
      <span className="tick" aria-hidden="true">
        {picked ? "✓" : ""}
      </span>
      <Who contact={x} />
    </button>
  );
}

function Who({ contact: x }: { contact: Contact }) {
  const t = useText();
  return (
    <span className="line-main">
      <span className="row spread">
        <span className="row" style={{ gap: 8 }}>
          <span className="line-name" data-typed>
            {x.name ?? x.person_id.slice(0, 8)}
          </span>
          <span className="badge">{term("ContactCategory", x.category)}</span>
          {x.lost_since && <span className="badge bad">{t(c.lostSince, { time: time(x.lost_since) })}</span>}
          {x.test_due && (
            <span className="badge bad">
              {t(c.testDue)}
            </span>
          )}
        </span>
        <span className="row" style={{ gap: 8 }}>
          <ProphylaxisDue at={x.prophylaxis_due} />
          {x.prophylaxis_due && term("DutyKind", x.follow_up_due ? "follow_up" : "symptom_test")} <Due at={x.follow_up_due ?? x.test_due} />
        </span>
      </span>
      <span className="muted" data-typed>
        {x.home_names.slice(2).join(" ")}
      </span>
      <span className="muted">
        {x.last_outcome ? t(x.last_seen ? c.seen : c.tried, { time: time(x.last_seen), how: term("FollowUpOutcome", x.last_outcome) }) : t(c.never)} · {t(c.until, { time: time(x.until) })}
        {x.team_name && (
          <>
            {" "}
            · <span data-typed>{x.team_name}</span>
          </>
        )}
      </span>
    </span>
  );
}

/** The address at which the contact says how they are, without an account. */
function DiaryButton({ person }: { person: string }) {
  const t = useText();
  const copy = async () => {
    const response = await ask(`/v1/persons/${person}/diary-link`);
    const { path } = (await response.json()) as Schemas["DiaryLink"];
    const link = new URL(path, window.location.origin).href;
    if (await handOver(link)) toast("good", t(c.diaryCopied));
  };
  return <Button onClick={copy}>{t(c.diary)}</Button>;
}

/** On a phone into whatever message one writes; elsewhere into the clipboard, which only secure pages have. True if it is there. */
async function handOver(link: string): Promise<boolean> {
  if ("share" in navigator) {
    // Whoever closes the choice of messages has changed their mind.
    await navigator.share({ url: link }).catch(() => undefined);
    return false;
  }
  if (window.isSecureContext) {
    await (navigator as Navigator).clipboard.writeText(link);
    return true;
  }
  window.prompt("", link);
  return false;
}
