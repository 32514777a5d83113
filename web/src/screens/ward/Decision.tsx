import { useState } from "react";
import type { Schemas } from "../../api/types";
import { Input } from "../../ui/Field";
import { core } from "../../words/core";
import { useText } from "../../words/language";

/** Who decided, and why: what goes beyond a rule needs both. */
export function useDecision() {
  const [decider, setDecider] = useState("");
  const [reason, setReason] = useState("");
  const complete = decider.trim() !== "" && reason.trim() !== "";
  const given: { decision?: Schemas["Decision"] } = complete ? { decision: { decider: decider.trim(), reason: reason.trim() } } : {};
  return { decider, setDecider, reason, setReason, complete, given };
}

export function DecisionFields({ of, hint }: { of: ReturnType<typeof useDecision>; hint: string }) {
  const t = useText();
  return (
    <>
      <p>{hint}</p>
      <Input label={t(core.decider)} value={of.decider} onChange={(e) => of.setDecider(e.target.value)} required />
      <Input label={t(core.reason)} value={of.reason} onChange={(e) => of.setReason(e.target.value)} required />
    </>
  );
}
