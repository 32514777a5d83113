/** People who must be moved and for whom nobody has asked for a transfer yet. */
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { newId, say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Due } from "../../ui/Due";
import { itemsOf, List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { toast } from "../../ui/toast";
import { useText } from "../../words/language";
import { arranged, byDue, countOf } from "../../ui/pages";
import { called, useHaste } from "./TransferCard";
import { dispatch as w } from "./words";

type Item = Schemas["Item"];
type Pages = ReturnType<typeof usePages<Item>>;

/** Open duties to move someone, cases before contacts of the same hour, without those who are on the board already. */
export function useOwed(moving: ReadonlySet<string>): { pages: Pages; count: string | undefined } {
  const cases = usePages<Item>("/v1/items/open", { kind: "transfer" });
  const contacts = usePages<Item>("/v1/items/open", { kind: "isolate" });
  const more = cases.hasNextPage ? cases : contacts;
  const both = arranged({ ...more, isPending: cases.isPending || contacts.isPending, error: cases.error ?? contacts.error } as Pages, () =>
    byDue([...itemsOf(cases), ...itemsOf(contacts)].filter((i) => i.person_id && !moving.has(i.person_id))),
  );
  return { pages: both, count: countOf(both) };
}

export function Owed({ of, height }: { of: { pages: Pages }; height: string }) {
  const t = useText();
  return (
    <List pages={of.pages} id={(i) => i.key} label={t(w.owed)} empty={t(w.noneOwed)} line={150} height={height}>
      {(i) => (
        <div className="ticket-room">
          <One of={i} />
        </div>
      )}
    </List>
  );
}

function One({ of: i }: { of: Item }) {
  const t = useText();
  const haste = useHaste(i.due);
  const name = called(i);
  const request = async () => {
    if (!i.person_id) return;
    await say({ transfer_requested: { transfer: newId(), person: i.person_id, at: stamp() } });
    toast("good", t(w.requestedFor, { name }));
    void queries.invalidateQueries();
  };
  return (
    <article className={`ticket ${haste}`} aria-label={name}>
      <div className="row spread">
        <h3 data-typed>{name}</h3>
        <Due at={i.due} />
      </div>
      <div className="row" style={{ gap: 6 }}>
        <span className={`badge ${i.kind === "transfer" ? "bad" : ""}`}>{t(i.kind === "transfer" ? w.moved_case : w.moved_contact)}</span>
        <span className="muted">
          <PlaceName place={i.home ?? i.place} names="near" />
        </span>
      </div>
      <div className="acts">
        <Button first onClick={request}>
          {t(w.request)}
        </Button>
      </div>
    </article>
  );
}
