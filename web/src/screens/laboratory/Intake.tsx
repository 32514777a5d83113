/** Intake at the bench: scan the box, scan what is odd, take in the rest with one key. */
import { useEffect, useRef, useState } from "react";
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import { queries } from "../../api/live";
import { Problem } from "../../api/problem";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { usePages } from "../../ui/List";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { BoxList } from "../courier/BoxList";
import { arranged, byDue } from "../../ui/pages";
import { feel, type Said, Scan } from "../../ui/Scan";
import type { BoxItem, BoxTube, BoxView } from "../courier/shapes";
import { asTemperature } from "../courier/TheBox";
import { findingOf } from "./conditions";
import { type Bench, type Finding, intakeFacts, sorted, waits } from "./intake";
import { OnTheBench } from "./OnTheBench";
import { useLaboratory } from "./useLaboratory";
import { Which } from "./Which";
import { laboratory as w } from "./words";
import "./laboratory.css";

const code = encodeURIComponent;
const missing = (e: unknown): boolean => e instanceof Problem && (e.status === 404 || e.status === 400);

async function boxOf(scanned: string): Promise<BoxView | null> {
  try {
    return await get<BoxView>(`/v1/boxes/${code(scanned)}`);
  } catch (e) {
    if (missing(e)) return null;
    throw e;
  }
}

async function tubeOf(scanned: string): Promise<BoxTube | null> {
  try {
    const v = await get<Schemas["TubeView"]>(`/v1/tubes/${code(scanned)}`);
    return { tube: v.tube, mode: v.mode, people: v.members, state: v.state };
  } catch (e) {
    if (missing(e)) return null;
    throw e;
  }
}

export default function Intake() {
  const t = useText();
  const lab = useLaboratory();
  const [bench, setBench] = useState<Bench | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [temperature, setTemperature] = useState("");
  const [said, setSaid] = useState<Said | null>(null);
  const tell = (kind: Said["kind"], text: string) => {
    feel(kind !== "bad");
    setSaid({ kind, text });
  };
  const lay = (next: Bench | null) => {
    setBench(next);
    setChosen(null);
    setTemperature("");
  };
  const openBox = (box: BoxView) => {
    lay({ box, tubes: box.contents, findings: new Map() });
    const n = box.contents.filter(waits).length;
    tell(n > 0 ? "good" : "warn", t(n > 0 ? w.boxOpen : w.boxReceived, { box: box.box, n }));
  };
  /** A tube that the open box does not list, or that came without a box. */
  const addTube = (tube: BoxTube) => {
    if (!waits(tube)) return tell("bad", t(w.tubeCannot, { tube: tube.tube, state: term("TubeState", tube.state) }));
    setBench(bench ? { ...bench, tubes: [...bench.tubes, tube] } : { box: null, tubes: [tube], findings: new Map() });
    setChosen(tube.tube);
    if (bench?.box) tell("warn", t(w.tubeNotInBox, { tube: tube.tube }));
    else tell("good", t(w.tubeMarked, { tube: tube.tube }));
  };
  const scanned = async (text: string) => {
    if (text === "") return;
    const own = bench?.tubes.find((x) => x.tube === text);
    if (own && !waits(own)) return tell("bad", t(w.tubeCannot, { tube: text, state: term("TubeState", own.state) }));
    if (own) {
      setChosen(text);
      return tell("warn", t(w.tubeMarked, { tube: text }));
    }
    const finding = chosen ? findingOf(text) : undefined;
    if (chosen && finding !== undefined) return find(chosen, finding);
    if (bench && /^-?\d{1,2}([.,]\d)?$/.test(text)) return setTemperature(text);
    try {
      const box = await boxOf(text);
      if (box) return openBox(box);
      const tube = await tubeOf(text);
      if (tube) addTube(tube);
      else tell("bad", t(w.unknown, { code: text }));
    } catch (e) {
      tell("bad", e instanceof Error ? e.message : String(e));
    }
  };
  const find = (tube: string, finding: Finding | null) => {
    if (!bench) return;
    const findings = new Map(bench.findings);
    if (finding) findings.set(tube, finding);
    else findings.delete(tube);
    setBench({ ...bench, findings });
    setChosen(null);
    tell(finding ? "warn" : "good", `${tube} · ${finding ? (finding.missing ? t(w.missing) : finding.reason) : t(w.fit)}`);
  };
  const gone = (tube: string, state: "lost" | "spoilt") => {
    if (!bench) return;
    const findings = new Map(bench.findings);
    findings.delete(tube);
    setBench({ ...bench, findings, tubes: bench.tubes.map((x) => (x.tube === tube ? { ...x, state } : x)) });
    setChosen(null);
  };
  const accept = async () => {
    if (!bench || !lab.now) return;
    const celsius = asTemperature(temperature);
    if (celsius === undefined) return;
    const { fit, odd, missing: gone } = sorted(bench);
    if (fit.length + odd.length === 0) return;
    try {
      await say(...intakeFacts(bench, lab.now.place, celsius, stamp()));
      tell("good", t(w.accepted, { code: bench.box?.box ?? t(w.loose), n: fit.length, odd: odd.length, missing: gone.length }));
      lay(null);
      void queries.invalidateQueries();
    } catch (e) {
      tell("bad", e instanceof Error ? e.message : String(e));
    }
  };
  const once = useKey("F9", accept);
  return (
    <>
      <div className="row spread">
        <h1>{t(w.intake)}</h1>
        <Which of={lab} />
      </div>
      <Scan label={t(w.scan)} hint={t(w.scanHint)} said={said} onScan={scanned} />
      {bench ? (
        <OnTheBench bench={bench} chosen={chosen} onChoose={setChosen} onFind={find} temperature={temperature} onTemperature={setTemperature} onGone={gone} onAccept={once} onClose={() => lay(null)} />
      ) : (
        <Expected onOpen={(b) => scanned(b.box)} />
      )}
    </>
  );
}

/** Does it by a key of the keyboard, too, and never twice at the same time. */
function useKey(key: string, act: () => Promise<void>): () => Promise<void> {
  const latest = useRef(act);
  latest.current = act;
  const busy = useRef<Promise<void> | null>(null);
  const once = useRef(() => {
    busy.current ??= latest.current().finally(() => (busy.current = null));
    return busy.current;
  });
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key !== key || document.querySelector("dialog[open]")) return;
      e.preventDefault();
      if (!e.repeat) void once.current();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [key]);
  return once.current;
}

/** What is on the way, the most urgent first. */
function Expected({ onOpen }: { onOpen: (b: BoxItem) => Promise<void> }) {
  const t = useText();
  const onTheWay = usePages<BoxItem>("/v1/boxes", { state: "on_the_way" });
  const packed = usePages<BoxItem>("/v1/boxes", { state: "packed" });
  return (
    <div className="halves">
      <section className="stack">
        <h2>{t(w.expected)}</h2>
        <BoxList pages={arranged(onTheWay, byDue)} label={t(w.expected)} empty={t(w.noneExpected)} onOpen={onOpen} />
      </section>
      <section className="stack">
        <h2>{t(w.atStation)}</h2>
        <BoxList pages={arranged(packed, byDue)} label={t(w.atStation)} empty={t(w.nonePacked)} onOpen={onOpen} />
      </section>
    </div>
  );
}
