/** The owners and reasons of the day before, for what is overdue still: they hold for one day, and are named again in one press. */
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Fact, Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { toast, told } from "../../ui/toast";
import { date, number } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { ownerOf } from "./sums";
import { useLastSealed } from "./useLastSealed";
import { dayWords as w } from "./words";

type Blocked = Schemas["BlockedItem"];

export function AsBefore({ lines, may }: { lines: readonly Blocked[]; may: boolean }) {
  const t = useText();
  const { last, before } = useLastSealed();
  const owned = before.data?.sheet.owned ?? [];
  if (last === undefined || owned.length === 0) return null;
  const again = lines.flatMap((b) => {
    const o = ownerOf(owned, b.kind, b.place);
    return o ? [{ ...b, owner: o.owner, reason: o.reason }] : [];
  });
  const n = again.reduce((s, b) => s + b.overdue_without_owner, 0);
  const send = async () => {
    await say(...again.map(({ kind, place, owner, reason }): Fact => ({ overdue_owned: { kind, place, owner, reason } })));
    toast("good", t(w.applied, { n }));
    await queries.invalidateQueries();
  };
  const names = [...new Set(again.map((b) => JSON.stringify([b.kind, b.owner, b.reason])))].map((x) => JSON.parse(x) as [string, string, string]);
  return (
    <div className="card stack no-print">
      <p>{t(w.sealedOwners, { day: date(last) })}</p>
      {n > 0 && may && (
        <>
          <ul>
            {names.map(([kind, owner, reason]) => (
              <li key={`${kind} ${owner} ${reason}`}>
                {term("DutyKind", kind)}: <span data-typed>{owner} · {reason}</span>
              </li>
            ))}
          </ul>
          <div className="row">
            <Button first onClick={() => send().catch(told)}>
              {t(w.sameAsBefore, { n: number(n), day: date(last) })}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
