/** What the laboratory owes: tubes to test, runs to repeat, cases to report; and whom its results have called back. */
import { useState } from "react";
import { stamp } from "../../api/clock";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { Input } from "../../ui/Field";
import { List, usePages } from "../../ui/List";
import { PlaceName } from "../../ui/PlaceName";
import { toast } from "../../ui/toast";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { countOf } from "../../ui/pages";
import { Tabs } from "../../ui/Tabs";
import { laboratory as w } from "./words";
import "../../ui/scan.css";
import "./laboratory.css";

type Item = Schemas["Item"];

const KINDS = ["test", "retest", "confirm_correction", "recall", "report", "report_correction"] as const;
type Kind = (typeof KINDS)[number];
const NAME = { test: w.test, retest: w.retests, confirm_correction: w.confirmCorrections, recall: w.recalls, report: w.reports, report_correction: w.reportCorrections } as const;

export default function Open() {
  const t = useText();
  const [kind, setKind] = useState<Kind>("test");
  const [reporting, setReporting] = useState<Item | null>(null);
  const lists = {
    test: usePages<Item>("/v1/items/open", { kind: "test" }),
    retest: usePages<Item>("/v1/items/open", { kind: "retest" }),
    confirm_correction: usePages<Item>("/v1/items/open", { kind: "confirm_correction" }),
    recall: usePages<Item>("/v1/items/open", { kind: "recall" }),
    report: usePages<Item>("/v1/items/open", { kind: "report" }),
    report_correction: usePages<Item>("/v1/items/open", { kind: "report_correction" }),
  };
  const reports = kind === "report" || kind === "report_correction";
  return (
    <>
      <h1>{t(w.open)}</h1>
      <Tabs label={t(w.open)} now={kind} tabs={KINDS.map((k) => ({ key: k, text: t(NAME[k]), count: countOf(lists[k]) }))} onPick={setKind} />
      <div role="tabpanel" aria-label={t(NAME[kind])}>
        <List key={kind} pages={lists[kind]} id={(i) => i.key} label={t(NAME[kind])} empty={t(w.nobody)}>
          {(i) => <Line of={i} onReport={reports ? () => setReporting(i) : null} />}
        </List>
      </div>
      {reporting && <Report of={reporting} onClose={() => setReporting(null)} />}
    </>
  );
}

function Line({ of: i, onReport }: { of: Item; onReport: (() => void) | null }) {
  const t = useText();
  const about = i.subject_kind === "tube" ? i.subject : (i.name ?? i.subject);
  return (
    <div className="line owed-line">
      <span className="stack" style={{ gap: 2 }}>
        <strong data-typed>{about}</strong>
        <span className="muted">
          <PlaceName place={i.home ?? i.place} names="near" /> · {t(w.since, { at: time(i.opened_at) })}
          {i.subject_kind !== "tube" && i.tube && <> · {t(w.pool, { tube: i.tube })}</>}
        </span>
      </span>
      <span className="row">
        <Due at={i.due} />
        {onReport && <Button first onClick={onReport}>{t(w.report)}</Button>}
      </span>
    </div>
  );
}

/** The case was reported to the statutory system: its receipt number says so. */
function Report({ of: i, onClose }: { of: Item; onClose: () => void }) {
  const t = useText();
  const [receipt, setReceipt] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const file = async () => {
    setWrong(null);
    try {
      await say({ report_filed: { case: i.subject, receipt: receipt.trim(), at: stamp() } });
    } catch (e) {
      setWrong(e instanceof Error ? e.message : String(e));
      return;
    }
    toast("good", t(w.reported, { receipt: receipt.trim() }));
    onClose();
    void queries.invalidateQueries();
  };
  return (
    <Dialog title={t(w.report)} onClose={onClose}>
      <p>
        <strong data-typed>{i.name ?? i.subject}</strong> <Due at={i.due} />
      </p>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void file();
        }}
      >
        <Input label={t(w.receipt)} value={receipt} onChange={(e) => setReceipt(e.target.value)} autoComplete="off" autoFocus required wrong={wrong} />
        <Button type="submit" first wide className="tall" disabled={!receipt.trim()}>
          {t(w.report)}
        </Button>
      </form>
    </Dialog>
  );
}
