/** Who may have infected the case, ranked by the server; stating a link, and taking one back. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { stamp } from "../../api/clock";
import { get } from "../../api/client";
import { newId, say } from "../../api/say";
import { session } from "../../api/session";
import type { Schemas } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, TextArea } from "../../ui/Field";
import { Nothing, View } from "../../ui/State";
import { core } from "../../words/core";
import { time } from "../../words/format";
import { useText } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import { Choice } from "./parts/Choice";
import { useDecision } from "./parts/decision";
import { Form } from "./parts/Form";
import { doubt, evidence, w } from "./words";

type Source = Schemas["SourceItem"];
type LinkItem = Schemas["LinkItem"];

export function SourcesTab({ case: id }: { case: string }) {
  const t = useText();
  const [stating, setStating] = useState<Source | null>(null);
  const [wrong, setWrong] = useState<LinkItem | null>(null);
  const sources = useQuery({ queryKey: ["/v1/cases", id, "sources"], queryFn: ({ signal }) => get<Schemas["Sources"]>(`/v1/cases/${id}/sources`, {}, signal) });
  const chains = useQuery({ queryKey: ["/v1/chains"], queryFn: ({ signal }) => get<Schemas["Chains"]>("/v1/chains", {}, signal) });
  const mayWrite = session()?.role === "investigator";
  return (
    <div className="two">
      <section className="stack">
        <h2>{t(w.ranked)}</h2>
        <View of={sources}>
          {(s) => (
            <>
              {s.serial_interval !== null && s.serial_interval !== undefined && <p className="muted">{t(w.serial, { n: s.serial_interval })}</p>}
              {s.candidates.length === 0 && <Nothing>{t(w.noSources)}</Nothing>}
              <ol className="stack">
                {s.candidates.map((c, i) => (
                  <li key={c.case_id} className="card row spread">
                    <SourceWords source={c} rank={i + 1} />
                    {mayWrite && (
                      <Button first={i === 0 && c.doubts.length === 0} onClick={() => setStating(c)}>
                        {t(w.link)}
                      </Button>
                    )}
                  </li>
                ))}
              </ol>
            </>
          )}
        </View>
      </section>
      <section className="stack">
        <h2>{t(w.links)}</h2>
        <View of={chains}>
          {(c) => {
            const own = c.links.filter((l) => l.source_case === id || l.target_case === id);
            return own.length === 0 ? (
              <Nothing>{t(w.noLinks)}</Nothing>
            ) : (
              <ul className="stack">
                {own.map((l) => (
                  <li key={l.link_id} className="card row spread">
                    <LinkWords link={l} of={id} />
                    {mayWrite && !l.withdrawn && <Button onClick={() => setWrong(l)}>{t(w.withdraw)}</Button>}
                  </li>
                ))}
              </ul>
            );
          }}
        </View>
      </section>
      {stating && <State source={stating} target={id} onClose={() => setStating(null)} />}
      {wrong && <WithdrawLink link={wrong} of={id} onClose={() => setWrong(null)} />}
    </div>
  );
}

function SourceWords({ source: c, rank }: { source: Source; rank?: number }) {
  const t = useText();
  return (
    <span className="line-main">
      <span className="row" style={{ gap: 8 }}>
        {rank !== undefined && <span className="num">{rank}.</span>}
        <Link href={`/cases/${c.case_id}`} className="line-name" data-typed>
          {c.name ?? c.case_id.slice(0, 8)}
        </Link>
        {c.evidence.map((e) => (
          <span key={e} className="badge good">
            {t(evidence[e])}
          </span>
        ))}
        {c.doubts.map((d) => (
          <span key={d} className="badge warn">
            {t(doubt[d])}
          </span>
        ))}
      </span>
      <span className="muted">
        {t(w.days, { n: Math.round(c.days * 10) / 10 })} · {t(w.onset)} {time(c.ill)}
        {c.met_at && <> · {t(w.met, { time: time(c.met_at) })}</>}
      </span>
    </span>
  );
}

function LinkWords({ link: l, of }: { link: LinkItem; of: string }) {
  const t = useText();
  const isTarget = l.target_case === of;
  const who = (isTarget ? l.source_name : l.target_name) ?? (isTarget ? l.source_case : l.target_case).slice(0, 8);
  return (
    <span className="line-main">
      <span className="row" style={{ gap: 8 }}>
        <strong data-typed style={l.withdrawn ? { textDecoration: "line-through" } : undefined}>
          {t(!l.directed ? w.togetherWith : isTarget ? w.infectedBy : w.infected, { who })}
        </strong>
        <span className="badge">{t(w.certainty, { c: term("Certainty", l.certainty) })}</span>
        {l.generation !== null && l.generation !== undefined && !l.withdrawn && <span className="badge">{t(w.generation, { n: l.generation })}</span>}
        {(l.doubts ?? []).map((d) => (
          <span key={d} className="badge warn">
            {t(doubt[d])}
          </span>
        ))}
        {l.withdrawn && <span className="badge warn">{t(w.withdrawn)}</span>}
      </span>
      <span className="muted">
        {l.context && <>{term("ExposureContext", l.context)} · </>}
        {time(l.stated_at)} · <span data-typed>{l.withdrawn ?? l.evidence}</span>
      </span>
    </span>
  );
}

function State({ source, target, onClose }: { source: Source; target: string; onClose: () => void }) {
  const t = useText();
  const [directed, setDirected] = useState<"yes" | "no">("yes");
  const [certainty, setCertainty] = useState<Schemas["Certainty"]>("medium");
  const [context, setContext] = useState<Schemas["ExposureContext"] | "">(source.evidence.includes("household") ? "household" : "");
  const [text, setText] = useState("");
  const send = () => say({ link_stated: { link: newId(), source: source.case_id, target, directed: directed === "yes", certainty, evidence: text.trim(), at: stamp(), ...(context ? { context } : {}), ...(source.met_at ? { contact_at: source.met_at } : {}) } });
  return (
    <Dialog title={t(w.linkTitle)} onClose={onClose}>
      <Form action={t(w.link)} onSend={send} onDone={onClose} ready={text.trim() !== ""}>
        <SourceWords source={source} />
        <Choice label={t(w.directed)} value={directed} onChoose={setDirected} options={[["yes", t(core.yes)], ["no", t(core.no)]]} />
        <Choice label={t(w.howCertain)} value={certainty} onChoose={setCertainty} options={(["high", "medium", "low"] as const).map((c) => [c, term("Certainty", c)] as const)} />
        <Select label={t(w.context)} value={context} onChange={(e) => setContext(e.target.value as Schemas["ExposureContext"])} options={[["", "–"], ...termsOf("ExposureContext").map((c) => [c, term("ExposureContext", c)] as const)]} />
        <TextArea label={t(w.evidence)} value={text} onChange={(e) => setText(e.target.value)} required />
      </Form>
    </Dialog>
  );
}

function WithdrawLink({ link, of, onClose }: { link: LinkItem; of: string; onClose: () => void }) {
  const t = useText();
  const decision = useDecision();
  const send = async () => {
    await say({ link_withdrawn: { link: link.link_id, decision: decision.value, at: stamp() } });
    decision.remember();
  };
  return (
    <Dialog title={t(w.withdraw)} onClose={onClose}>
      <Form action={t(w.withdraw)} onSend={send} onDone={onClose} ready={decision.complete} danger>
        <LinkWords link={link} of={of} />
        {decision.fields}
      </Form>
    </Dialog>
  );
}
