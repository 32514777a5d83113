/** The courier's boxes: to fetch, with me, delivered. Scan a box to see it, scan it again to take it over or hand it on. */
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { get } from "../../api/client";
import { queries } from "../../api/live";
import { Problem } from "../../api/problem";
import { useSession } from "../../api/session";
import { onQueue } from "../../offline/queue";
import { startSending } from "../../offline/sender";
import { useHeld } from "../../offline/held";
import { useQueue } from "../../offline/useQueue";
import { prepareReader } from "../../scan/reader";
import { itemsOf, usePages } from "../../ui/List";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { BoxList } from "./BoxList";
import { HandAll } from "./HandAll";
import { handOver, heldBy } from "./handOver";
import { orKnown, unread, useKnown, viewOf } from "./known";
import { arranged, byDue, countOf } from "../../ui/pages";
import { feel, type Said, Scan } from "../../ui/Scan";
import type { BoxItem, BoxView } from "./shapes";
import { Tabs } from "../../ui/Tabs";
import { asTemperature, TheBox } from "./TheBox";
import { useRecipient } from "./useRecipient";
import { courier as w } from "./words";

type Tab = "fetch" | "mine" | "delivered";

export default function Boxes() {
  const t = useText();
  const me = useSession()?.account ?? "";
  const [tab, setTab] = useState<Tab>("fetch");
  const [open, setOpen] = useState<BoxView | null>(null);
  const [temperature, setTemperature] = useState("");
  const [said, setSaid] = useState<Said | null>(null);
  const recipient = useRecipient();
  const lists = useLists();
  const { known, packed, onTheWay, received } = lists;
  const mine = itemsOf(onTheWay).filter((b) => b.holder === me);

  const tell = (kind: Said["kind"], text: string) => {
    feel(kind !== "bad");
    setSaid({ kind, text });
  };
  const show = async (code: string) => {
    const withoutLine = (e: unknown): BoxView => {
      if (e instanceof Problem && e.passing) return viewOf(code, known, t(w.station));
      throw e;
    };
    try {
      const box = lists.held(await get<BoxView>(`/v1/boxes/${encodeURIComponent(code)}`).catch(withoutLine));
      setOpen(box);
      setTemperature("");
      setSaid(box.state === "received" ? { kind: "warn", text: t(w.receivedAlready, { box: code }) } : { kind: "warn", text: t(w.lookAt, { box: code }) });
      feel(true);
    } catch (e) {
      setOpen(null);
      tell("bad", e instanceof Problem && e.status === 404 ? t(w.unknownBox, { box: code }) : e instanceof Error ? e.message : String(e));
    }
  };
  const hand = async () => {
    if (!open || open.state === "received") return;
    const giving = open.holder === me;
    if (giving && !recipient.name) return tell("bad", t(w.recipientMissing));
    const celsius = asTemperature(temperature);
    if (celsius === undefined) return tell("bad", t(w.temperatureWrong));
    const to = giving ? recipient.name : me;
    try {
      const sent = (await handOver([open], to, celsius)) === "sent";
      tell(sent ? "good" : "warn", `${t(giving ? w.gave : w.took, { box: open.box })}${sent ? "" : t(w.keptHere)}`);
      setOpen(null);
      void queries.invalidateQueries();
    } catch (e) {
      tell("bad", e instanceof Error ? e.message : String(e));
    }
  };
  const scanned = async (code: string) => {
    if (open && (code === "" || code === open.box)) return hand();
    if (code === "") return;
    if (open && asTemperature(code) !== undefined) return setTemperature(code);
    await show(code);
  };
  const tabs = [
    { key: "fetch", text: t(w.toFetch), count: countOf(packed) },
    { key: "mine", text: t(w.withMe), count: countOf(onTheWay, mine) },
    { key: "delivered", text: t(w.delivered), count: countOf(received) },
  ] as const;
  return (
    <>
      <h1 className="hidden">{t(w.boxes)}</h1>
      <Scan label={t(w.scan)} hint={t(w.scanHint)} said={said} onScan={scanned} />
      {open && <TheBox box={open} me={me} temperature={temperature} onTemperature={setTemperature} recipient={recipient} onHand={hand} onClose={() => setOpen(null)} onChange={() => void show(open.box)} />}
      <Kept at={lists.old} />
      <Tabs label={t(w.boxes)} now={tab} tabs={tabs} onPick={setTab} />
      <div role="tabpanel" className="tab-panel" aria-label={tabs.find((x) => x.key === tab)?.text}>
        {tab === "fetch" && <BoxList pages={arranged(packed, byDue)} label={t(w.toFetch)} empty={t(w.noneToFetch)} onOpen={(b) => show(b.box)} />}
        {tab === "mine" && (
          <>
            <HandAll boxes={mine} recipient={recipient} onSaid={tell} />
            <BoxList pages={arranged(onTheWay, (items) => byDue(items.filter((b) => b.holder === me)))} label={t(w.withMe)} empty={t(w.noneWithMe)} onOpen={(b) => show(b.box)} />
            <Others pages={arranged(onTheWay, (items) => byDue(items.filter((b) => b.holder !== me)))} onOpen={show} />
          </>
        )}
        {tab === "delivered" && <BoxList pages={received} label={t(w.delivered)} empty={t(w.noneDelivered)} onOpen={(b) => show(b.box)} />}
      </div>
    </>
  );
}

/** The three lists: those of the server, or, without a line, what the device knows; with what it has said and the server does not know yet. */
function useLists() {
  const queue = useQueue();
  const packed = usePages<BoxItem>("/v1/boxes", { state: "packed" });
  const onTheWay = usePages<BoxItem>("/v1/boxes", { state: "on_the_way" });
  const received = usePages<BoxItem>("/v1/boxes", { state: "received" });
  const known = useKnown(packed, onTheWay, received);
  useEffect(() => {
    startSending();
    if (import.meta.env.PROD) void prepareReader().catch(() => undefined);
    return onQueue((c) => {
      if (c === "settled") void queries.invalidateQueries();
    });
  }, []);
  const said = heldBy(queue);
  const held = <B extends BoxItem>(b: B): B => (said.has(b.box) && b.state !== "received" ? { ...b, holder: said.get(b.box), state: "on_the_way" } : b);
  const [atStation, away, done] = [orKnown(packed, known, "packed"), orKnown(onTheWay, known, "on_the_way"), orKnown(received, known, "received")];
  const taken = itemsOf(atStation).filter((b) => said.has(b.box)).map(held);
  return {
    known,
    held,
    old: known && [packed, onTheWay, received].some(unread) ? known.at : null,
    packed: arranged(atStation, (items) => items.filter((b) => !said.has(b.box))),
    onTheWay: arranged(away, (items) => [...items.map(held), ...taken]),
    received: done,
  };
}

/** How old the lists are without a network, and what waits on this device. */
function Kept({ at }: { at: number | null }) {
  const t = useText();
  const me = useSession()?.account ?? "";
  const n = useHeld()[me] ?? 0;
  return (
    <>
      {at !== null && <p className="note warn" role="status">{t(w.oldLists, { at: time(at) })}</p>}
      {n > 0 && (
        <Link href="/courier/queue" className="button" data-waiting={n}>
          {t(w.waiting, { n })}
        </Link>
      )}
    </>
  );
}

/** Boxes that are with another courier: they may be taken over on the way. */
function Others({ pages, onOpen }: { pages: ReturnType<typeof usePages<BoxItem>>; onOpen: (code: string) => Promise<void> }) {
  const t = useText();
  if (itemsOf(pages).length === 0) return null;
  return (
    <>
      <h2>{t(w.others)}</h2>
      <p className="muted">{t(w.othersHint)}</p>
      <BoxList pages={pages} label={t(w.others)} onOpen={(b) => onOpen(b.box)} />
    </>
  );
}
