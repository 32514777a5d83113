import { type ButtonHTMLAttributes, type ReactNode, useRef, useState } from "react";
import { told } from "./toast";

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "onClick"> {
  /** What it does. While a promise is under way the button waits: nothing is said twice by an impatient finger. */
  onClick?: () => void | Promise<void>;
  first?: boolean;
  danger?: boolean;
  wide?: boolean;
  children: ReactNode;
}

export function Button({ onClick, first, danger, wide, children, className, type, disabled, ...rest }: Props) {
  const [busy, setBusy] = useState(false);
  const held = useRef(false);
  const press = async () => {
    if (!onClick || held.current) return;
    held.current = true;
    setBusy(true);
    try {
      await onClick();
    } catch (e) {
      told(e);
    } finally {
      held.current = false;
      setBusy(false);
    }
  };
  const classes = ["button", first && "first", danger && "danger", wide && "wide", className].filter(Boolean).join(" ");
  return (
    <button type={type ?? "button"} className={classes} disabled={disabled || busy} aria-busy={busy || undefined} onClick={onClick ? () => void press() : undefined} {...rest}>
      {children}
    </button>
  );
}
