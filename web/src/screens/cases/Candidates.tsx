/** Who may have met the case, by every register: chosen singly, in a row or all at once, and confirmed by someone with a reason. */
import { type KeyboardEvent, type MouseEvent, useRef, useState } from "react";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select } from "../../ui/Field";
import { itemsOf, List, usePages } from "../../ui/List";
import { core } from "../../words/core";
import { number, time } from "../../words/format";
import { type Text, useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { CandidateLine } from "./CandidateLine";
import { Choice } from "./parts/Choice";
import { useDecision } from "./parts/decision";
import { Form } from "./parts/Form";
import { type Candidate, type Category, categoryOf, isDecided, nameAll, readAll } from "./naming";
import { w } from "./words";
import "./cases.css";

type Chosen = ReadonlyMap<string, Candidate>;
/** What a button does with those who are chosen: the category that all of them get, if it is one. */
function action(chosen: readonly Candidate[], category: Category | null): [Text, { n: string; what: string }] {
  const named = chosen.flatMap((c) => categoryOf(c, category) ?? []);
  const [what, another] = new Set(named);
  const n = number(named.length || chosen.length);
  return what && !another ? [w.confirmAs, { n, what: term("ContactCategory", what) }] : [what ? w.confirmMixed : w.confirmNone, { n, what: "" }];
}

const PROPOSALS = ["close", "secondary", "general", "none"] as const;

export function CandidatesTab({ case: id }: { case: string }) {
  const t = useText();
  const [category, setCategory] = useState<Schemas["Proposal"] | "">("");
  const [register, setRegister] = useState("");
  const [decided, setDecided] = useState(false);
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [confirming, setConfirming] = useState(false);
  const query = { category: category || null, register: register || null, unknown: decided ? null : true };
  const pages = usePages<Candidate>(`/v1/cases/${id}/candidates`, query);
  const head = pages.data?.pages[0] as Schemas["Candidates"] | undefined;
  const items = itemsOf(pages);
  const mayWrite = session()?.role === "investigator";
  const many = (p: string) => head?.counts.find((c) => c.proposal === p)?.persons ?? 0;
  const all = async (p: string) => {
    const found = await readAll(id, { ...query, category: p, unknown: true });
    setChosen(new Map([...chosen, ...found.map((c) => [c.contact_id, c] as const)]));
  };
  return (
    <div className="stack">
      {head && <p className="muted">{t(w.infectious, { from: time(head.from), to: time(head.to) })}</p>}
      <div className="row" style={{ alignItems: "end" }}>
        <Choice label={t(w.category)} value={category} onChoose={setCategory} options={[["", t(core.all)], ...PROPOSALS.filter((p) => many(p) > 0 || p === category).map((p) => [p, `${term("Proposal", p)} ${number(many(p))}`] as const)]} />
        <Select label={t(w.register)} value={register} onChange={(e) => setRegister(e.target.value)} options={[["", t(w.anyRegister)], ...termsOf("Register").map((r) => [r, term("Register", r)] as const)]} />
        <button type="button" className="button" aria-pressed={decided} onClick={() => setDecided(!decided)}>
          {decided ? "☑" : "☐"} {t(w.decided)}
        </button>
      </div>
      {mayWrite && (
        <div className="row">
          {PROPOSALS.filter((p) => p !== "none" && many(p) > 0).map((p) => (
            <Button key={p} onClick={() => all(p)}>
              {t(w.selectAll, { what: term("Proposal", p), n: number(many(p)) })}
            </Button>
          ))}
        </div>
      )}
      <Chooser id={id} pages={pages} items={items} chosen={chosen} onChosen={setChosen} onConfirm={() => setConfirming(chosen.size > 0)} mayWrite={mayWrite} />
      {mayWrite && chosen.size > 0 && (
        <div className="sticky row spread">
          <strong role="status">{t(w.chosen, { n: number(chosen.size) })}</strong>
          <span className="row">
            <Button onClick={() => setChosen(new Map())}>{t(w.clear)}</Button>
            <Button first onClick={() => setConfirming(true)}>
              {t(...action([...chosen.values()], null))}
            </Button>
          </span>
        </div>
      )}
      {mayWrite && <p className="muted hide-narrow">{t(w.keys)}</p>}
      {confirming && (
        <Confirm
          id={id}
          chosen={[...chosen.values()]}
          onClose={() => setConfirming(false)}
          onDone={() => {
            setConfirming(false);
            setChosen(new Map());
          }}
        />
      )}
    </div>
  );
}

interface ChooserProps {
  id: string;
  pages: ReturnType<typeof usePages<Candidate>>;
  items: readonly Candidate[];
  chosen: Chosen;
  onChosen: (c: Chosen) => void;
  onConfirm: () => void;
  mayWrite: boolean;
}

/** The list, as one chooses in a file manager: click, Shift and click, arrows and Space. */
function Chooser({ id, pages, items, chosen, onChosen, onConfirm, mayWrite }: ChooserProps) {
  const t = useText();
  const anchor = useRef(0);
  const box = useRef<HTMLDivElement>(null);
  const free = (c: Candidate | undefined): c is Candidate => mayWrite && c !== undefined && !isDecided(c, id);
  const put = (list: readonly (Candidate | undefined)[], on: boolean) => {
    const next = new Map(chosen);
    for (const c of list) {
      if (!free(c)) continue;
      if (on) next.set(c.contact_id, c);
      else next.delete(c.contact_id);
    }
    onChosen(next);
  };
  const range = (to: number) => put(items.slice(Math.min(anchor.current, to), Math.max(anchor.current, to) + 1), true);
  const toggle = (i: number, shift: boolean) => {
    if (shift) return range(i);
    anchor.current = i;
    const c = items[i];
    put([c], c !== undefined && !chosen.has(c.contact_id));
  };
  const keys = (e: KeyboardEvent) => {
    const line = (e.target as HTMLElement).closest("[data-index]");
    const at = line ? Number(line.getAttribute("data-index")) : -1;
    if (e.key === "a" && (e.ctrlKey || e.metaKey)) put(items, true);
    else if (e.key === "Enter") onConfirm();
    else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      const next = Math.max(0, Math.min(items.length - 1, at + (e.key === "ArrowDown" ? 1 : -1)));
      if (e.shiftKey) range(next);
      const target = box.current?.querySelector<HTMLElement>(`[data-index="${next}"] .line`);
      target?.focus();
      target?.scrollIntoView({ block: "nearest" });
    } else return;
    e.preventDefault();
  };
  return (
    <div ref={box} onKeyDown={keys}>
      <List pages={pages} id={(c) => c.contact_id} label={t(w.candidates)} empty={t(w.noCandidates)} line={104}>
        {(c, i) => <CandidateLine candidate={c} case={id} chosen={chosen.has(c.contact_id)} fixed={!free(c)} onPress={(e: MouseEvent) => toggle(i, e.shiftKey)} />}
      </List>
    </div>
  );
}

function Confirm({ id, chosen, onClose, onDone }: { id: string; chosen: readonly Candidate[]; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const [category, setCategory] = useState<Category | "">("");
  const [done, setDone] = useState(0);
  const decision = useDecision();
  const left = category === "" ? chosen.filter((c) => c.proposal === "none").length : 0;
  const send = async () => {
    await nameAll(id, chosen, category || null, decision.value, setDone);
    decision.remember();
  };
  return (
    <Dialog title={t(w.confirmTitle, { n: number(chosen.length - left) })} onClose={onClose}>
      <Form action={t(...action(chosen, category || null))} onSend={send} onDone={onDone} ready={decision.complete && chosen.length > left}>
        <Choice label={t(w.category)} value={category} onChoose={setCategory} options={[["", t(w.asProposed)], ...(["close", "secondary", "general"] as const).map((c) => [c, term("ContactCategory", c)] as const)]} />
        {left > 0 && <p className="note warn">{t(w.noneLeftOut, { n: left })}</p>}
        {decision.fields}
        <p className="muted">{t(w.confirmHint)}</p>
        {done > 0 && <p role="status">{t(w.progress, { done: number(done), all: number(chosen.length - left) })}</p>}
      </Form>
    </Dialog>
  );
}
