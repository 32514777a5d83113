import { useState } from "react";
import { queries } from "../../api/live";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { core } from "../../words/core";
import { useText } from "../../words/language";
import { handOver } from "./handOver";
import { RecipientFields } from "./RecipientFields";
import type { Said } from "../../ui/Scan";
import type { BoxItem } from "./shapes";
import type { Recipient } from "./useRecipient";
import { courier as w } from "./words";

/** At the laboratory's door: everything that I hold, at once. */
export function HandAll({ boxes, recipient, onSaid }: { boxes: readonly BoxItem[]; recipient: Recipient; onSaid: (kind: Said["kind"], text: string) => void }) {
  const t = useText();
  const [asking, setAsking] = useState(false);
  if (boxes.length < 2) return null;
  const hand = async () => {
    const sent = (await handOver(boxes, recipient.name, null)) === "sent";
    setAsking(false);
    onSaid(sent ? "good" : "warn", `${t(w.gaveAll, { n: boxes.length })}${sent ? "" : t(w.keptHere)}`);
    void queries.invalidateQueries();
  };
  return (
    <>
      <Button wide className="tall" onClick={() => setAsking(true)}>
        {t(w.handAll, { n: boxes.length })}
      </Button>
      {asking && (
        <Dialog title={t(w.handAll, { n: boxes.length })} onClose={() => setAsking(false)}>
          <RecipientFields of={recipient} />
          {recipient.name && <p data-typed>{t(w.handAllAsk, { n: boxes.length, to: recipient.name })}</p>}
          <Button first wide className="tall" onClick={hand} disabled={!recipient.name}>
            {t(core.confirm)}
          </Button>
        </Dialog>
      )}
    </>
  );
}
