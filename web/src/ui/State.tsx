/** A view that is being read, could not be read, or is there. Every wait ends: with the view or with a reason and a button. */
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { PATIENCE_MS } from "../api/client";
import { core } from "../words/core";
import { useText } from "../words/language";
import { Button } from "./Button";

export function View<T>({ of, children }: { of: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) {
    return (
      <>
        {of.error && <Fault error={of.error} again={() => void of.refetch()} />}
        {children(of.data)}
      </>
    );
  }
  if (of.error) return <Fault error={of.error} again={() => void of.refetch()} />;
  return <Waiting />;
}

export function Fault({ error, again }: { error: Error; again?: () => void }) {
  const t = useText();
  return (
    <div className="note bad row spread" role="alert">
      <span>{error.message}</span>
      {again && <Button onClick={again}>{t(core.retry)}</Button>}
    </div>
  );
}

/** After so long a wait is worth a word. */
const LONG_MS = 2_000;

export function Waiting() {
  const t = useText();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="muted" role="status">
      <span>{t(core.loading)}</span> {long && <span>{t(core.stillLoading, { n: PATIENCE_MS / 1_000 })}</span>}
    </p>
  );
}

export function Nothing({ children }: { children?: ReactNode }) {
  const t = useText();
  return <p className="note">{children ?? t(core.nothing)}</p>;
}
