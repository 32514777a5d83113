/** Who is to be seen now: call, one tap, the next. */
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { bookNow, stamp } from "../../api/clock";
import { get } from "../../api/client";
import { queries } from "../../api/live";
import { say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { download } from "../../ui/file";
import { itemsOf, List, usePages } from "../../ui/List";
import { toast } from "../../ui/toast";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { AssignBar, type Picked, toggled } from "./Assign";
import { CallLine, PickLine } from "./CallLine";
import { IllDialog } from "./IllDialog";
import { useTakeBack } from "./takeBack";
import { c } from "./words";
import "../cases/cases.css";

export type Contact = Schemas["ContactItem"];
export type Outcome = Schemas["FollowUpOutcome"];

const NEEDS = ["due", "overdue", "lost", "ill"] as const;
type Need = (typeof NEEDS)[number];

/** What a follow-up says besides how it went. */
export type More = Pick<Schemas["FollowedUp"], "symptoms" | "temperature" | "note">;

export default function CallsScreen() {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const need: Need = NEEDS.find((n) => n === params.get("need")) ?? "due";
  const team = params.get("team") ?? "";
  const [ill, setIll] = useState<Contact | null>(null);
  const { pages, done, followed } = useCalls(need, team);
  // Whoever calls nobody themselves only gives people to teams.
  const mayCall = session()?.role !== "commander";
  const [picking, setPicking] = useState(!mayCall);
  const [picked, setPicked] = useState<Picked>(new Map());
  const [unfolded, setUnfolded] = useState(false);
  const folded = need === "due" && !unfolded;
  const box = useRef<HTMLDivElement>(null);
  const teams = useQuery({ queryKey: ["/v1/teams"], queryFn: ({ signal }) => get<Schemas["Teams"]>("/v1/teams", {}, signal) });
  const choose = (change: Record<string, string>) => setParams({ need, ...(team ? { team } : {}), ...change }, { replace: true });
  const { tap, takeBack, tappedOf } = useTakeBack((contact, outcome, at) => followed(contact, outcome, {}, at));
  const callLine = (x: Contact) => (
    <CallLine
      contact={x}
      tapped={tappedOf(x.contact_id)}
      onOutcome={(o) => {
        tap(x, o);
        next(box.current, x.contact_id);
      }}
      onTakeBack={() => takeBack(x.contact_id)}
      onIll={() => setIll(x)}
    />
  );
  return (
    <>
      <div className="row spread">
        <h1>{t(c.calls)}</h1>
        <span className="row">
          {mayCall && (
            <Button
              aria-pressed={picking}
              onClick={() => {
                setPicking(!picking);
                setPicked(new Map());
              }}
            >
              {t(picking ? c.assignEnd : c.assign)}
            </Button>
          )}
          <SheetButton team={team} />
        </span>
      </div>
      <Needs now={need} onChoose={(n) => choose({ need: n })} />
      {(teams.data?.items.length ?? 0) > 0 && (
        <Select label={t(c.team)} value={team} onChange={(e) => choose({ team: e.target.value })} options={[["", t(c.everyTeam)], ["-", t(c.noTeam)], ...(teams.data?.items ?? []).map((x) => [x.team_id, x.name] as const)]} data-typed />
      )}
      {need === "due" && done.size > 0 && (
        <Button onClick={() => setUnfolded(!unfolded)} aria-pressed={unfolded}>
          ✓ {t(c.seenHere, { n: done.size })}
        </Button>
      )}
      <div ref={box}>
        <List pages={pages} id={(x) => x.contact_id} label={t(c[need])} empty={t(c.callsEmpty)} line={190} height="max(420px, calc(100dvh - 240px))">
          {(x) => (folded && done.has(x.contact_id) ? <span /> : picking ? <PickLine contact={x} picked={picked.has(x.person_id)} onPick={() => setPicked(toggled(picked, x))} /> : callLine(x))}
        </List>
      </div>
      {picking && <AssignBar teams={teams.data?.items ?? []} shown={itemsOf(pages)} picked={picked} onPicked={setPicked} />}
      {ill && (
        <IllDialog
          contact={ill}
          onClose={() => setIll(null)}
          onSend={async (more) => {
            await followed(ill, "seen_not_ok", more);
            next(box.current, ill.contact_id);
            setIll(null);
          }}
        />
      )}
    </>
  );
}

/** Which of them: by what they need. */
function Needs({ now, onChoose }: { now: Need; onChoose: (n: Need) => void }) {
  const t = useText();
  return (
    <div className="tabs" role="group" aria-label={t(c.calls)}>
      {NEEDS.map((n) => (
        <button key={n} type="button" aria-current={n === now ? "page" : undefined} onClick={() => onChoose(n)}>
          {t(c[n])}
        </button>
      ))}
    </div>
  );
}

/**
 * The list, and what is said of one of it. Whoever was seen here is folded away, though a protocol may want them seen again today: who works down the
 * list is not shown the same people twice.
 */
function useCalls(need: Need, team: string) {
  const t = useText();
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const pages = usePages<Contact>("/v1/contacts", { need, ...(team === "-" ? { without_team: true } : team ? { team } : {}) });
  const followed = async (contact: Contact, outcome: Outcome, more: More, at = stamp()) => {
    const given = Object.fromEntries(Object.entries(more).filter(([, v]) => v !== undefined));
    await say({ followed_up: { person: contact.person_id, outcome, at, by: contact.team_name ?? session()?.account ?? "", ...given } });
    toast("good", t(c.saidOf, { name: contact.name ?? "", how: term("FollowUpOutcome", outcome) }));
    // Who was not seen stays to be seen.
    if (outcome === "seen_ok" || outcome === "seen_not_ok") setDone((d) => new Set([...d, contact.contact_id]));
    void queries.invalidateQueries();
  };
  return { pages, done, followed };
}

/** The focus goes to the next one in line. */
function next(box: HTMLElement | null, done: string): void {
  const all = [...(box?.querySelectorAll<HTMLElement>("[data-contact]") ?? [])];
  const at = all.findIndex((x) => x.dataset["contact"] === done);
  const target = all[at + 1] ?? all.find((x) => x.dataset["contact"] !== done);
  target?.querySelector<HTMLElement>("a[href^='tel:'], button")?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

/** The list on paper, for a team without a telephone. */
function SheetButton({ team }: { team: string }) {
  const t = useText();
  const day = stamp(bookNow()).slice(0, 10);
  const which = team && team !== "-" ? `team=${encodeURIComponent(team)}` : "every=true";
  return <Button onClick={() => download(`/v1/papers/day-sheet.pdf?${which}&day=${day}`, `day-sheet-${team || "all"}-${day}.pdf`)}>{t(c.sheet)}</Button>;
}
