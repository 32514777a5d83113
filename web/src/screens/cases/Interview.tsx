/** The interview: what the protocol asks, saved as patches, handed in part by part. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Due } from "../../ui/Due";
import { Input, TextArea } from "../../ui/Field";
import { View } from "../../ui/State";
import { toast } from "../../ui/toast";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { conflicts, useDraft } from "./draft";
import { useDecision } from "./parts/decision";
import { Form } from "./parts/Form";
import { Asked, inWords, named } from "./Question";
import { w } from "./words";

type Questions = Schemas["QuestionItem"][];
type Part = Schemas["InvestigationPart"];

export function InterviewTab({ case: id, view, duties }: { case: string; view: Schemas["InvestigationView"]; duties: readonly Schemas["DutyRecord"][] }) {
  const questions = useQuery({ queryKey: ["/v1/questions"], staleTime: 3_600_000, queryFn: ({ signal }) => get<Questions>("/v1/questions", {}, signal) });
  return <View of={questions}>{(qs) => <Interview case={id} view={view} duties={duties} questions={qs} />}</View>;
}

function Interview({ case: id, view, duties, questions }: { case: string; view: Schemas["InvestigationView"]; duties: readonly Schemas["DutyRecord"][]; questions: Questions }) {
  const t = useText();
  const { draft, change, answer, settle, send } = useDraft(id, view.record);
  const [handing, setHanding] = useState<Part | null>(null);
  const readOnly = session()?.role !== "investigator";
  const open = conflicts(draft, view.record);
  const unsaved = Object.keys(draft.answers).length;
  const answered = (q: string) => (q in draft.answers ? draft.answers[q] : view.record?.answers[q]?.value);
  const missing = (part: Part) => questions.filter((q) => q.part === part && q.required && (answered(q.id) ?? null) === null);
  const save = async () => {
    const saved = await send();
    toast(saved ? "good" : "bad", t(saved ? core.done : w.kept));
  };
  return (
    <div className="stack">
      <div className="two">
        {(["core", "full"] as const).map((part) => (
          <section key={part} className="card" aria-label={t(part === "core" ? w.coreTitle : w.fullTitle)}>
            <PartHead part={part} record={view.record} duty={duties.find((d) => d.state === "open" && d.subject === id && d.kind === `investigate_${part}`)} missing={missing(part).length} onHandIn={readOnly ? null : () => setHanding(part)} />
            {questions
              .filter((q) => q.part === part)
              .map((q) => (
                <Asked
                  key={q.id}
                  question={q}
                  kept={view.record?.answers[q.id]}
                  drafted={draft.answers[q.id]}
                  conflict={open.includes(q.id)}
                  onAnswer={(a) => answer(q.id, a)}
                  onSettle={(mine) => settle(q.id, mine)}
                  readOnly={readOnly}
                />
              ))}
          </section>
        ))}
      </div>
      {!readOnly && (
        <>
          <div className="card grid">
            <Input label={t(w.interviewer)} value={draft.interviewer} onChange={(e) => change({ ...draft, interviewer: e.target.value })} required />
            <Input label={t(w.informant)} value={draft.informant} onChange={(e) => change({ ...draft, informant: e.target.value })} />
          </div>
          <div className="sticky row spread" role="region" aria-label={t(core.save)}>
            <span role="status">{draft.waiting ? t(w.kept) : open.length > 0 ? t(w.settleFirst, { n: open.length }) : unsaved > 0 ? t(w.drafted, { n: unsaved }) : t(w.nothingToSave)}</span>
            <Button first onClick={save} disabled={unsaved === 0 || open.length > 0 || draft.interviewer.trim() === ""}>
              {unsaved > 0 ? t(w.saveAnswers, { n: unsaved }) : t(core.save)}
            </Button>
          </div>
        </>
      )}
      <Versions interviews={view.interviews} questions={questions} />
      {handing && <HandIn case={id} part={handing} missing={missing(handing)} summary={view.record?.summary ?? ""} send={send} onClose={() => setHanding(null)} />}
    </div>
  );
}

function PartHead({ part, record, duty, missing, onHandIn }: { part: Part; record: Schemas["RecordKept"] | null | undefined; duty: Schemas["DutyRecord"] | undefined; missing: number; onHandIn: (() => void) | null }) {
  const t = useText();
  const title = t(part === "core" ? w.coreTitle : w.fullTitle);
  const filed = part === "core" ? record?.core_filed_at : record?.full_filed_at;
  return (
    <div className="stack">
      <div className="row spread">
        <h2>{title}</h2>
        {duty ? <Due at={duty.due} /> : filed && <span className="badge good">{t(w.handedIn, { time: time(filed) })}</span>}
      </div>
      {(duty || !filed) && (
        <div className="row spread">
          <span className={missing > 0 ? "warn" : "good"}>{missing > 0 ? t(w.missing, { n: missing }) : t(w.nothingMissing)}</span>
          {onHandIn && (
            <Button first={missing === 0} onClick={onHandIn}>
              {t(w.handIn, { part: title })}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

interface HandInProps {
  case: string;
  part: Part;
  missing: Questions;
  summary: string;
  send: ReturnType<typeof useDraft>["send"];
  onClose: () => void;
}

/** What is not saved yet goes with it, in one submission. */
function HandIn({ case: id, part, missing, summary: before, send, onClose }: HandInProps) {
  const t = useText();
  const [summary, setSummary] = useState(before);
  const decision = useDecision();
  const title = t(w.handIn, { part: t(part === "core" ? w.coreTitle : w.fullTitle) });
  const incomplete = missing.length > 0;
  const file = async () => {
    const fact = { investigation_filed: { case: id, part, at: stamp(), ...(summary.trim() ? { summary: summary.trim() } : {}), ...(incomplete ? { decision: decision.value } : {}) } };
    const saved = await send([fact]);
    if (!saved) toast("bad", t(w.kept));
    if (incomplete) decision.remember();
    return saved;
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form action={incomplete ? t(w.incomplete) : title} onSend={file} onDone={onClose} ready={!incomplete || decision.complete} danger={incomplete}>
        {incomplete && (
          <div className="note warn">
            <strong>{t(w.missing, { n: missing.length })}</strong>
            <ul>
              {missing.map((q) => (
                <li key={q.id}>· {named(q)}</li>
              ))}
            </ul>
            <p>{t(w.missingHint)}</p>
          </div>
        )}
        <TextArea label={t(w.summary)} value={summary} onChange={(e) => setSummary(e.target.value)} />
        {incomplete && decision.fields}
      </Form>
    </Dialog>
  );
}

/** Who added or changed what, and when: the latest first. */
function Versions({ interviews, questions }: { interviews: readonly Schemas["InterviewRecord"][]; questions: Questions }) {
  const t = useText();
  return (
    <details className="card">
      <summary>{t(w.versions, { n: interviews.length })}</summary>
      {interviews.length === 0 && <p className="muted">{t(w.noVersions)}</p>}
      <ul>
        {[...interviews].reverse().map((i) => (
          <li key={i.seq} className="question">
            <span className="asked">
              <span className="num">{time(i.at)}</span> · <span data-typed>{i.interviewer}</span> {i.informant && <span data-typed>← {i.informant}</span>}
            </span>
            <dl className="pairs">
              {Object.entries(i.answers).map(([id, a]) => {
                const q = questions.find((x) => x.id === id);
                return (
                  <div key={id} style={{ display: "contents" }}>
                    <dt>{q ? named(q) : id}</dt>
                    <dd data-typed>{q ? inWords(q, a) : JSON.stringify(a)}</dd>
                  </div>
                );
              })}
            </dl>
          </li>
        ))}
      </ul>
    </details>
  );
}
