/** Why: one touch for the usual reasons, words for the others. */
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Input } from "../../ui/Field";
import { core } from "../../words/core";
import { type Text, useText } from "../../words/language";
import { w } from "./words";

export function Reasons({ reasons, onReason }: { reasons: Text; onReason: (reason: string) => Promise<void> }) {
  const t = useText();
  const [other, setOther] = useState("");
  return (
    <div className="stack">
      {t(reasons)
        .split("|")
        .map((r) => (
          <Button key={r} wide onClick={() => onReason(r)}>
            {r}
          </Button>
        ))}
      <form
        className="row"
        onSubmit={(e) => {
          e.preventDefault();
          if (other.trim() !== "") void onReason(other.trim());
        }}
      >
        <Input label={t(w.otherReason)} value={other} onChange={(e) => setOther(e.target.value)} maxLength={200} />
        <Button type="submit" disabled={other.trim() === ""}>
          {t(core.confirm)}
        </Button>
      </form>
    </div>
  );
}
