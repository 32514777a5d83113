/** Who decides, and why: what restricts people or goes beyond a rule is never done by the program alone. */
import { useState } from "react";
import { session } from "../../../api/session";
import type { Schemas } from "../../../api/types";
import { Input, TextArea } from "../../../ui/Field";
import { core } from "../../../words/core";
import { type Text, useText } from "../../../words/language";

const KEY = () => `quell.decider.${session()?.account ?? ""}`;

export interface DecisionForm {
  value: Schemas["Decision"];
  complete: boolean;
  fields: React.ReactNode;
  /** Remembers who decided, for the next decision on this device. */
  remember: () => void;
}

/** The two fields of a decision. The decider of last time is there already. `why`: what the reason is called here. */
export function useDecision(reason = "", why: Text = core.reason): DecisionForm {
  const t = useText();
  const [value, set] = useState({ decider: localStorage.getItem(KEY()) ?? "", reason });
  const fields = (
    <>
      <Input label={t(core.decider)} value={value.decider} onChange={(e) => set({ ...value, decider: e.target.value })} required />
      <TextArea label={t(why)} value={value.reason} onChange={(e) => set({ ...value, reason: e.target.value })} required />
    </>
  );
  const trimmed = { decider: value.decider.trim(), reason: value.reason.trim() };
  return { value: trimmed, complete: trimmed.decider !== "" && trimmed.reason !== "", fields, remember: () => localStorage.setItem(KEY(), trimmed.decider) };
}
