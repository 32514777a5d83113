/** The plate as it lies on the bench: 8 rows, 12 columns, every well by colour and by sign. */
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import type { PlateControl, PlateLine } from "./shapes";
import { laboratory as w } from "./words";

const ROWS = "ABCDEFGH";
const COLUMNS = Array.from({ length: 12 }, (_, i) => i + 1);

/** A sign for each result, for eyes that do not tell red from green. */
const SIGN: Record<PlateLine["result"], string> = { negative: "−", positive: "+", indeterminate: "?", failed: "✕" };
const CONTROL_SIGN = { positive: "PC", negative: "NC" } as const;
const controlSign = (c: PlateControl): string => (c.kind.startsWith("pos") ? CONTROL_SIGN.positive : CONTROL_SIGN.negative);

/** "a01", "A1": the same well. */
function wellOf(text: string | null | undefined): string | null {
  const found = /^([A-H])0?(\d{1,2})$/i.exec(text?.trim() ?? "");
  return found?.[1] && found[2] ? `${found[1].toUpperCase()}${Number(found[2])}` : null;
}

interface Props {
  lines: readonly PlateLine[];
  controls: readonly PlateControl[];
  chosen: string | null;
  onChoose: (tube: string) => void;
}

export function PlateMap({ lines, controls, chosen, onChoose }: Props) {
  const t = useText();
  const byWell = new Map<string, PlateLine>();
  for (const l of lines) {
    const well = wellOf(l.well);
    if (well) byWell.set(well, l);
  }
  const controlAt = new Map(controls.map((c) => [wellOf(c.well), c]));
  const placed = lines.length > 0 && byWell.size === lines.length;
  const now = lines.find((l) => l.tube === chosen);
  return (
    <section className="stack" aria-label={t(w.map)}>
      <h2>{t(w.map)}</h2>
      {placed ? (
        <div className="map">
          <span className="axis" />
          {COLUMNS.map((c) => (
            <span key={c} className="axis num">
              {c}
            </span>
          ))}
          {[...ROWS].map((r) => [
            <span key={r} className="axis">
              {r}
            </span>,
            ...COLUMNS.map((c) => <Well key={`${r}${c}`} well={`${r}${c}`} line={byWell.get(`${r}${c}`)} control={controlAt.get(`${r}${c}`)} chosen={chosen} onChoose={onChoose} />),
          ])}
        </div>
      ) : (
        <>
          <p className="muted">{t(w.noWells)}</p>
          <div className="map loose">
            {controls.map((c, i) => (
              <Well key={`${c.kind} ${i}`} well={c.well ?? ""} line={undefined} control={c} chosen={chosen} onChoose={onChoose} />
            ))}
            {lines.map((l) => (
              <Well key={l.tube} well={l.well ?? ""} line={l} control={undefined} chosen={chosen} onChoose={onChoose} />
            ))}
          </div>
        </>
      )}
      <p className="note" aria-live="polite">
        {now ? (
          <>
            <strong data-typed>{[now.well, now.tube].filter(Boolean).join(" · ")}</strong> {term("TestResult", now.result)} → {t(w[now.effect] ?? w.effect)} · {t(w.people, { n: now.people })}
          </>
        ) : (
          <Legend />
        )}
      </p>
    </section>
  );
}

interface WellProps {
  well: string;
  line: PlateLine | undefined;
  control: PlateControl | undefined;
  chosen: string | null;
  onChoose: (tube: string) => void;
}

function Well({ well, line, control, chosen, onChoose }: WellProps) {
  const t = useText();
  if (control) {
    const said = `${well} ${t(control.kind.startsWith("pos") ? w.control_positive : w.control_negative)}: ${t(control.passed ? w.passed : w.failedWord)}`;
    return (
      <span className={`spot control${control.passed ? "" : " bad"}`} role="img" aria-label={said} title={said} style={{ display: "grid", placeItems: "center" }}>
        {controlSign(control)}
      </span>
    );
  }
  if (!line) return <span className="spot" role="img" aria-label={`${well} ${t(w.emptyWell)}`} />;
  const stray = line.effect === "unknown_tube";
  const said = `${well} ${line.tube}: ${term("TestResult", line.result)}, ${t(w[line.effect] ?? w.effect)}`;
  return (
    <button type="button" className={`spot ${stray ? "stray" : line.result}`} aria-label={said} title={said} aria-pressed={line.tube === chosen} onClick={() => onChoose(line.tube)}>
      {stray ? "!" : SIGN[line.result]}
    </button>
  );
}

function Legend() {
  const t = useText();
  return (
    <span className="legend">
      {(Object.keys(SIGN) as PlateLine["result"][]).map((r) => (
        <span key={r}>
          <span className={`spot ${r}`}>{SIGN[r]}</span>
          {term("TestResult", r)}
        </span>
      ))}
      <span>
        <span className="spot stray">!</span>
        {t(w.unknown_tube)}
      </span>
      <span>
        <span className="spot control">{CONTROL_SIGN.positive}</span>
        {t(w.control_positive)}
      </span>
      <span>
        <span className="spot control">{CONTROL_SIGN.negative}</span>
        {t(w.control_negative)}
      </span>
    </span>
  );
}
