import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from "react";

interface Common {
  label: string;
  hint?: ReactNode;
  /** What is wrong with it. */
  wrong?: string | null | undefined;
}

function Around({ label, hint, wrong, id, children }: Common & { id: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && <span className="hint">{hint}</span>}
      {wrong && (
        <span className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

export function Input({ label, hint, wrong, ...rest }: Common & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Around label={label} hint={hint} wrong={wrong} id={id}>
      <input id={id} aria-invalid={wrong ? true : undefined} {...rest} />
    </Around>
  );
}

export function TextArea({ label, hint, wrong, ...rest }: Common & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <Around label={label} hint={hint} wrong={wrong} id={id}>
      <textarea id={id} rows={3} aria-invalid={wrong ? true : undefined} {...rest} />
    </Around>
  );
}

/** One of some. `options`: value and what is shown. */
export function Select({ label, hint, wrong, options, ...rest }: Common & { options: readonly (readonly [string, string])[] } & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <Around label={label} hint={hint} wrong={wrong} id={id}>
      <select id={id} aria-invalid={wrong ? true : undefined} {...rest}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Around>
  );
}
