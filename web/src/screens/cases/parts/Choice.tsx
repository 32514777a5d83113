import "../cases.css";

interface Props<V extends string> {
  label: string;
  options: readonly (readonly [V, string])[];
  value: V | null | undefined;
  onChoose: (v: V) => void;
}

/** One of a few, each a large button: quicker with a thumb than a list that folds out. */
export function Choice<V extends string>({ label, options, value, onChoose }: Props<V>) {
  return (
    <fieldset className="plain field">
      <legend className="label">{label}</legend>
      <div className="choices">
        {options.map(([v, text]) => (
          <button key={v} type="button" className="button" aria-pressed={v === value} onClick={() => onChoose(v)}>
            {text}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
