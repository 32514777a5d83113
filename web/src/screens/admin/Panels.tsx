/** Parts of a screen behind tabs. On paper there are no tabs: there they all stand, one after the other. */
import { type ReactNode, useId, useState } from "react";
import "./tables.css";

export interface Panel {
  key: string;
  title: string;
  /** A number beside the title that wants to be seen. */
  badge?: string | null;
  body: ReactNode;
  /** Not on paper. */
  screenOnly?: boolean;
}

interface Props {
  label: string;
  panels: readonly Panel[];
  /** Which one is seen, where something beside the tabs chooses it, too. */
  chosen?: string;
  onChoose?: (key: string) => void;
}

export function Panels({ label, panels, chosen: given, onChoose }: Props) {
  const id = useId();
  const [own, setOwn] = useState(panels[0]?.key);
  const chosen = given ?? own;
  return (
    <div className="stack">
      <div className="tabs no-print" role="tablist" aria-label={label}>
        {panels.map((p) => (
          <button key={p.key} type="button" role="tab" id={`${id}-${p.key}`} aria-controls={`${id}-${p.key}-panel`} aria-selected={p.key === chosen} onClick={() => (onChoose ?? setOwn)(p.key)}>
            {p.title} {p.badge && <span className="badge bad" style={{ marginInlineStart: 6 }}>{p.badge}</span>}
          </button>
        ))}
      </div>
      {panels.map((p) => (
        <section key={p.key} id={`${id}-${p.key}-panel`} role="tabpanel" aria-labelledby={`${id}-${p.key}`} className={`stack panel ${p.screenOnly ? "no-print" : ""}`} hidden={p.key !== chosen}>
          <h2 className="on-paper">{p.title}</h2>
          {p.body}
        </section>
      ))}
    </div>
  );
}
