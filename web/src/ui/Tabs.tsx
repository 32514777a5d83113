import { useRef } from "react";

/** One of some lists, with how many each holds. Arrow keys move along. */
export function Tabs<K extends string>({ label, now, tabs, onPick }: { label: string; now: K; tabs: readonly { key: K; text: string; count?: string | undefined }[]; onPick: (key: K) => void }) {
  const row = useRef<HTMLDivElement>(null);
  const step = (by: number) => {
    const at = tabs.findIndex((x) => x.key === now);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    onPick(next.key);
    row.current?.querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus();
  };
  return (
    <div
      ref={row}
      className="tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={(e) => {
        if (e.key === "ArrowRight") step(1);
        if (e.key === "ArrowLeft") step(-1);
      }}
    >
      {tabs.map((x) => (
        <button key={x.key} type="button" role="tab" data-tab={x.key} aria-selected={x.key === now} tabIndex={x.key === now ? 0 : -1} onClick={() => onPick(x.key)}>
          {x.text}
          {x.count !== undefined && <span className="count num">{x.count}</span>}
        </button>
      ))}
    </div>
  );
}
