/** Someone in a tube who should not be: taken back, or it is another person's swab. */
import { useState } from "react";
import type { Member, Tube } from "../../offline/db";
import { enqueue } from "../../offline/queue";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { told } from "../../ui/toast";
import { useText } from "../../words/language";
import { change, desk, inTurn, type Match, matchesOf, moment, showTube, tell, tubeNow, whoOf } from "./desk";
import { Found } from "./Matches";
import { Reasons } from "./Reasons";
import { understand } from "./take";
import { w } from "./words";

export function MemberDialog({ tube, member, onClose }: { tube: Tube; member: Member; onClose: () => void }) {
  const t = useText();
  const [what, setWhat] = useState<"void" | "other" | null>(null);
  const dead = member.void === true || member.refused === true;
  return (
    <Dialog title={t(w.tube)} onClose={onClose}>
      <p>
        <strong data-typed style={{ fontSize: "1.4rem" }}>
          {member.name}
        </strong>{" "}
        · <span data-typed>{tube.tube}</span>
      </p>
      {!dead && what === null && (
        <>
          <Button wide onClick={() => setWhat("void")}>
            {t(w.voidIt)}
          </Button>
          <Button wide onClick={() => setWhat("other")}>
            {t(w.reassign)}
          </Button>
        </>
      )}
      {what === "void" && (
        <Reasons
          reasons={w.voidReasons}
          onReason={async (reason) => {
            await inTurn(() => takeBack(tubeNow(tube), member, reason));
            onClose();
          }}
        />
      )}
      {what === "other" && <Other tube={tube} member={member} onDone={onClose} />}
    </Dialog>
  );
}

function Other({ tube, member, onDone }: { tube: Tube; member: Member; onDone: () => void }) {
  const t = useText();
  const [text, setText] = useState("");
  const [to, setTo] = useState<Match[] | null>(null);
  const find = () => {
    const s = understand(text);
    const listed = s.kind === "person" ? desk().people.ofCode(s.code)?.person_id : s.kind === "person_id" ? s.id : undefined;
    const who = listed === undefined ? null : whoOf(listed);
    setTo(who ? [{ who, home: who.home ?? "", phoneEnd: null }] : s.kind === "search" ? matchesOf(s.text) : []);
    setText("");
  };
  return (
    <div className="stack">
      <form
        className="field"
        onSubmit={(e) => {
          e.preventDefault();
          find();
        }}
      >
        <label htmlFor="other">{t(w.reassignHint)}</label>
        <input id="other" value={text} onChange={(e) => setText(e.target.value)} autoFocus autoComplete="off" />
      </form>
      {to?.length === 0 && <p className="note warn">{t(w.nobody)}</p>}
      {to?.map((m) => (
        <Found
          key={m.who.person}
          match={m}
          onChoose={() =>
            void inTurn(() => reassign(tubeNow(tube), member, m, t(w.reassign))).then(onDone, told)
          }
        />
      ))}
    </div>
  );
}

const same = (a: Member, b: Member): boolean => a.id === b.id && a.person === b.person && a.void === b.void;

async function takeBack(tube: Tube, member: Member, reason: string): Promise<void> {
  const after: Tube = { ...tube, members: tube.members.map((m) => (same(m, member) ? { ...m, void: true } : m)) };
  const fact = { registration_voided: { tube: tube.tube, person: member.person, reason, at: moment().at } };
  await enqueue([fact], { kind: "registration_voided", tube: tube.tube, person: member.person, name: member.name }, { tubes: [after] });
  showTube(after);
  tell("warn", [w.voided], { who: member.name });
}

async function reassign(tube: Tube, member: Member, to: Match, reason: string): Promise<void> {
  const { at } = moment();
  const fact = { registration_reassigned: { tube: tube.tube, from: member.person, to: to.who.person, reason, at } };
  const moved: Member = { ...member, person: to.who.person, name: to.who.name };
  const after: Tube = { ...tube, members: tube.members.flatMap((m) => (same(m, member) ? [{ ...m, void: true }, moved] : [m])) };
  await enqueue([fact], { kind: "registration_reassigned", tube: tube.tube, person: to.who.person, name: to.who.name }, { tubes: [after] });
  showTube(after);
  change({ matches: null });
  tell("good", [w.reassigned], { who: to.who.name });
}
