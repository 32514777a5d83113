import { useEffect, useState } from "react";
import { Button } from "./Button";
import { core } from "../words/core";
import { useText } from "../words/language";

/** How long a first press counts. */
const ARMED_MS = 4_000;

/** What cannot be taken back is pressed twice: a glove slips easily. */
export function Armed({ onClick, wide, children }: { onClick: () => Promise<void>; wide?: boolean; children: string }) {
  const t = useText();
  const [armed, arm] = useState(false);
  useEffect(() => {
    if (!armed) return;
    const timer = setTimeout(() => arm(false), ARMED_MS);
    return () => clearTimeout(timer);
  }, [armed]);
  const press = async () => {
    if (!armed) return arm(true);
    await onClick();
    arm(false);
  };
  return (
    <Button first wide={wide} className={`tall${armed ? " armed" : ""}`} onClick={press}>
      {armed ? t(core.pressAgain) : children}
    </Button>
  );
}
