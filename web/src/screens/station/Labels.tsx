/** Labels to print: tubes and boxes as Code 128 on A4 sheets, people's codes as QR cards. */
import { useState } from "react";
import { useText } from "../../words/language";
import { CodeCards } from "./CodeCards";
import { LabelSheets } from "./LabelSheets";
import { l } from "./queueWords";
import "./station.css";

const TABS = ["tubes", "boxes", "people"] as const;

export default function Labels() {
  const t = useText();
  const [tab, setTab] = useState<(typeof TABS)[number]>("tubes");
  return (
    <>
      <div className="tabs no-print" role="tablist">
        {TABS.map((x) => (
          <button key={x} type="button" role="tab" aria-selected={tab === x} onClick={() => setTab(x)}>
            {t(l[x])}
          </button>
        ))}
      </div>
      {tab === "people" ? <CodeCards /> : <LabelSheets key={tab} of={tab} />}
    </>
  );
}
