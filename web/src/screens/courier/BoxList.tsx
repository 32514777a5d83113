import { Due } from "../../ui/Due";
import { List, type usePages } from "../../ui/List";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import type { BoxItem } from "./shapes";
import { courier as w } from "./words";

interface Props {
  pages: ReturnType<typeof usePages<BoxItem>>;
  label: string;
  empty?: string;
  onOpen: (box: BoxItem) => void | Promise<void>;
}

/** Boxes, one a line, with the time that is left. */
export function BoxList({ pages, label, empty, onOpen }: Props) {
  const t = useText();
  return (
    <List pages={pages} id={(b) => b.box} label={label} empty={empty} line={72}>
      {(b) => (
        <button type="button" className="line box-line" onClick={() => void onOpen(b)}>
          <span className="code" data-typed>
            {b.box}
          </span>
          {b.state === "received" ? <span className={`badge ${b.condition === "not_adequate" ? "bad" : "good"}`}>{b.condition ? term("Condition", b.condition) : t(w.delivered)}</span> : <Due at={b.due} />}
          <span className="muted shrink" data-typed>
            {b.state === "received" ? (b.laboratory_name ?? b.laboratory) : (b.place_name ?? b.place)}
          </span>
          <span className="muted num">{b.state === "received" ? time(b.received_at) : t(w.tubes, { n: b.waiting })}</span>
        </button>
      )}
    </List>
  );
}
