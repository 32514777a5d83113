/** The table: one field that is always listening, one answer in large letters, one tube. */
import { lazy, Suspense, useEffect, useState } from "react";
import { startSending } from "../../offline/sender";
import { prepareReader } from "../../scan/reader";
import { Waiting } from "../../ui/State";
import { Boxes } from "./Boxes";
import { change, load, refreshList, useDesk } from "./desk";
import { listOf, place, usePlace } from "./place";
import { Matches } from "./Matches";
import { Said } from "./Said";
import { ScanBar } from "./ScanBar";
import { SetUp } from "./SetUp";
import { Status } from "./Status";
import { take } from "./take";
import { Tubes } from "./Tubes";
import "./station.css";

const Camera = lazy(() => import("../../scan/Camera"));

/** The list is read anew this often while there is a line: someone may have been sampled elsewhere. */
const EVERY_MS = 10 * 60_000;

export default function Station() {
  const at = usePlace();
  const desk = useDesk();
  const [choosing, setChoosing] = useState(false);
  const [looking, setLooking] = useState(false);
  useEffect(() => {
    startSending();
    void load();
    if (import.meta.env.PROD) void prepareReader().catch(() => undefined);
    return () => change({ said: null, matches: null, pending: null });
  }, []);
  const key = at ? `${listOf(at) ?? ""} ${at.area}` : "";
  useEffect(() => {
    if (!desk.loaded || key === "") return;
    const read = () => {
      const p = place();
      if (p && navigator.onLine) void refreshList(p);
    };
    read();
    const timer = setInterval(read, EVERY_MS);
    window.addEventListener("online", read);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", read);
    };
  }, [desk.loaded, key]);
  if (!desk.loaded) return <Waiting />;
  if (!at || choosing) return <SetUp before={at} onDone={() => setChoosing(false)} />;
  return (
    <div className="station">
      <Status at={at} onChange={() => setChoosing(true)} />
      <Said />
      <ScanBar onText={take} onCamera={() => setLooking(!looking)} looking={looking} />
      {looking && (
        <Suspense fallback={<Waiting />}>
          <Camera onCode={(c) => void take(c)} onClose={() => setLooking(false)} />
        </Suspense>
      )}
      <Matches />
      <Boxes at={at} />
      <Tubes />
    </div>
  );
}
