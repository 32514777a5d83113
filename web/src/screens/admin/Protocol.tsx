/** The protocol in force: its values with their sources, and what a switch to another would change. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { Input, Select } from "../../ui/Field";
import { Nothing, View } from "../../ui/State";
import { number } from "../../words/format";
import { language, type Text, useText, words } from "../../words/language";
import { Switch } from "./ProtocolSwitch";
import { type Entry, linkOf, parse, type ProtocolText } from "./protocolText";
import { admin as w } from "./words";

/** A protocol as `/v1/protocol` tells it. */
export type Protocol = Schemas["ProtocolView"];

/** Its name in the user's language. */
export const titleOf = (p: { title_zh: string; title_en: string }): string => (language() === "zh" ? p.title_zh : p.title_en);

const sections: Record<string, Text> = words({
  meta: ["基本信息", "About"],
  definitions: ["定义", "Definitions"],
  deadlines: ["时限", "Deadlines"],
  screening: ["全员筛查", "Screening"],
  testing: ["检测", "Testing"],
  transport: ["运送", "Transport"],
  reporting: ["报告", "Reporting"],
  contacts: ["密切接触者", "Contacts"],
  exposures: ["暴露判定", "Exposures"],
  questions: ["流调问题", "Questions"],
  follow_up: ["随访", "Follow-up"],
  isolation: ["隔离", "Isolation"],
  facilities: ["收治机构", "Facilities"],
  home_monitoring: ["居家监测", "Home monitoring"],
  certification: ["解除和证明", "Certification"],
  zones: ["风险区", "Zones"],
  pep: ["暴露后预防", "Prophylaxis"],
  outbreak_end: ["疫情结束", "End of the outbreak"],
  epidemiology: ["流行病学参数", "Epidemiology"],
  retention: ["资料保存", "Retention"],
});

export default function ProtocolScreen() {
  const t = useText();
  const of = useQuery({ queryKey: ["/v1/protocol"], queryFn: ({ signal }) => get<Protocol>("/v1/protocol", {}, signal) });
  const [tab, setTab] = useState<"sections" | "text" | "switch">("sections");
  return (
    <>
      <h1>{t(w.protocol)}</h1>
      <View of={of}>
        {(p) => (
          <>
            <div className="card row spread">
              <span>
                <strong data-typed style={{ fontSize: "1.15rem" }}>{titleOf(p)}</strong> <span className="raw muted" data-typed>{p.id} · {p.disease}</span>
              </span>
              <span className="row">
                <span className="badge good">{t(w.inForce)}</span>
              </span>
            </div>
            <div className="tabs" role="tablist" aria-label={t(w.protocol)}>
              {([["sections", w.bySections], ["text", w.text], ["switch", w.compareWith]] as const).map(([k, text]) => (
                <button key={k} type="button" role="tab" aria-selected={tab === k} onClick={() => setTab(k)}>
                  {t(text)}
                </button>
              ))}
            </div>
            {tab === "sections" && <BySection text={p.text} />}
            {tab === "text" && <pre className="card raw" data-typed tabIndex={0}>{p.text}</pre>}
            {tab === "switch" && <Switch now={p} />}
          </>
        )}
      </View>
    </>
  );
}

function BySection({ text }: { text: string }) {
  const t = useText();
  const read = useMemo(() => parse(text), [text]);
  const names = useMemo(() => [...new Set(read.entries.map((e) => e.section))], [read]);
  const [section, setSection] = useState("");
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find.trim().toLowerCase());
  const at = section || (names[0] ?? "");
  const shown = read.entries.filter((e) => (wanted ? `${e.path} ${e.value ?? ""} ${e.note ?? ""} ${e.body}`.toLowerCase().includes(wanted) : e.section === at));
  const name = (s: string) => (sections[s] ? t(sections[s]) : s);
  return (
    <div className="stack">
      <div className="grid no-print">
        <Select label={t(w.sections)} value={at} disabled={wanted !== ""} onChange={(e) => setSection(e.target.value)} options={names.map((s) => [s, `${name(s)} (${number(read.entries.filter((e) => e.section === s).length)})`])} />
        <Input label={t(w.findValue)} type="search" value={find} onChange={(e) => setFind(e.target.value)} />
      </div>
      {shown.length === 0 && <Nothing>{t(w.noMatch)}</Nothing>}
      {shown.map((e, i) => (
        <Value key={`${e.path} ${i}`} of={e} sources={read.sources} />
      ))}
    </div>
  );
}

function Value({ of: e, sources }: { of: Entry; sources: ProtocolText["sources"] }) {
  const t = useText();
  const words_: Record<string, Text> = { two_sources: w.two_sources, one_source: w.one_source, weak_source: w.weak_source, memory: w.memory, local: w.local, assumption: w.assumption };
  const firm = e.verified === "two_sources" || e.verified === "one_source";
  const verified = e.verified ? words_[e.verified] : undefined;
  return (
    <article className="card stack" style={{ gap: 8 }}>
      <div className="row spread">
        <h3 className="raw" data-typed>{e.path}</h3>
        {verified && <span className={`badge ${firm ? "good" : "warn"}`}>{t(verified)}</span>}
      </div>
      {e.value !== null && <strong data-typed style={{ fontSize: "1.15rem", overflowWrap: "anywhere" }}>{e.value}</strong>}
      {e.note && <p data-typed>{e.note}</p>}
      {e.body && <pre className="raw" data-typed>{e.body}</pre>}
      {e.sources.length > 0 && (
        <p className="muted">
          {t(w.sources)} {e.sources.map((s) => <Source key={s} id={s} text={sources.get(s)} />)}
        </p>
      )}
    </article>
  );
}

function Source({ id, text = "" }: { id: string; text?: string | undefined }) {
  const link = linkOf(text);
  return (
    <span data-typed style={{ display: "block", overflowWrap: "anywhere" }}>
      {link ? (
        <a href={link} target="_blank" rel="noreferrer noopener">
          {text}
        </a>
      ) : (
        text || id
      )}
    </span>
  );
}
