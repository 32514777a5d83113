import { useEffect, useState } from "react";
import type { Queued } from "./db";
import { all, onQueue } from "./queue";

/** The records of this device, read again when they change. */
export function useQueue(): readonly Queued[] | null {
  const [items, set] = useState<readonly Queued[] | null>(null);
  useEffect(() => {
    let gone = false;
    const read = () => void all().then((x) => !gone && set(x));
    read();
    const stop = onQueue(read);
    return () => {
      gone = true;
      stop();
    };
  }, []);
  return items;
}
