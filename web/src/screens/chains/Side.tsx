/** Beside the picture, in words: the case that is looked at, what is doubtful and by which rule, the clusters. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import { Link } from "wouter";
import { useSession } from "../../api/session";
import type { Schemas } from "../../api/types";
import { opens } from "../../ui/opens";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { called, type Chained } from "./data";
import { COLOURS } from "./look";
import { doubts, w } from "./words";

type LinkItem = Schemas["LinkItem"];

/** Everything known here of one case. */
export function Chosen({ data, id, generation, onChoose }: { data: Chained; id: string | null; generation: number | null; onChoose: (id: string) => void }) {
  const t = useText();
  const role = useSession()?.role;
  const c = id === null ? undefined : data.cases[data.index.get(id) ?? -1];
  if (!c) return <p className="note">{t(w.choose)}</p>;
  const to = data.items.filter((l) => l.target_case === c.id || (!l.directed && l.source_case === c.id));
  const from = data.items.filter((l) => l.directed && l.source_case === c.id);
  const sources = to.filter((l) => l.directed);
  const others = to.filter((l) => !l.directed);
  return (
    <section className="card stack" aria-live="polite" data-chosen={c.id}>
      <div className="row spread">
        <h2 data-typed>{called(c)}</h2>
        {opens(role, `/cases/${c.id}`) && (
          <Link href={`/cases/${c.id}`} className="button first">
            {t(w.openCase)}
          </Link>
        )}
      </div>
      {c.number && c.name && <p data-typed>{c.name}</p>}
      <p>
        {c.onset ? `${t(w.onset)} ${time(c.onset)}` : t(w.noOnset)}
        {c.found && ` · ${t(w.found)} ${time(c.found)}`}
        {" · "}
        {generation === null ? t(w.unlinked) : sources.length === 0 ? t(w.noSource) : t(w.generation, { n: generation })}
      </p>
      <Group title={t(w.infectedBy)} links={sources} far={(l) => l.source_case} data={data} onChoose={onChoose} />
      <Group title={t(w.infected)} links={from} far={(l) => l.target_case} data={data} onChoose={onChoose} />
      <Group title={t(w.linkedWith)} links={others} far={(l) => (l.source_case === c.id ? l.target_case : l.source_case)} data={data} onChoose={onChoose} />
    </section>
  );
}

function Group({ title, links, far, data, onChoose }: { title: string; links: LinkItem[]; far: (l: LinkItem) => string; data: Chained; onChoose: (id: string) => void }) {
  if (links.length === 0) return null;
  return (
    <div className="stack">
      <h3>
        {title} <span className="num">{number(links.length)}</span>
      </h3>
      <Rows count={links.length} height={18} label={title}>
        {(i) => {
          const l = links[i];
          return l && <LinkLine link={l} onChoose={() => onChoose(far(l))} heading={called(data.cases[data.index.get(far(l)) ?? -1])} />;
        }}
      </Rows>
    </div>
  );
}

/** One link with its evidence, and the rules by which it is doubtful. */
export function LinkLine({ link: l, heading, onChoose }: { link: LinkItem; heading: string; onChoose: () => void }) {
  const t = useText();
  return (
    <button type="button" className="line" onClick={onChoose}>
      <strong data-typed>{heading}</strong>{" "}
      <span className="muted">
        {t(w.certainty, { word: term("Certainty", l.certainty) })}
        {l.context && ` · ${term("ExposureContext", l.context)}`}
        {l.contact_at && ` · ${time(l.contact_at)}`}
      </span>
      {l.evidence && (
        <div className="muted" data-typed>
          {l.evidence}
        </div>
      )}
      {(l.doubts ?? []).map((d) => (
        <div key={d} style={{ color: COLOURS.doubt }}>
          ⚠ {t(doubts[d])}
        </div>
      ))}
    </button>
  );
}

/** The links that cannot well be true. */
export function Doubtful({ data, onChoose }: { data: Chained; onChoose: (id: string) => void }) {
  const t = useText();
  const links = data.items.filter((l) => (l.doubts?.length ?? 0) > 0);
  return (
    <section className="stack">
      <h2>
        {t(w.doubtful)} <span className="num">{number(links.length)}</span>
      </h2>
      {links.length === 0 ? (
        <p className="note good">{t(w.noDoubts)}</p>
      ) : (
        <Rows count={links.length} height={22} label={t(w.doubtful)}>
          {(i) => {
            const l = links[i];
            const end = (id: string): string => called(data.cases[data.index.get(id) ?? -1]);
            return l && <LinkLine link={l} heading={`${end(l.source_case)} ${l.directed ? "→" : "–"} ${end(l.target_case)}`} onChoose={() => onChoose(l.target_case)} />;
          }}
        </Rows>
      )}
    </section>
  );
}

export function Clusters({ data, onChoose }: { data: Chained; onChoose: (id: string) => void }) {
  const t = useText();
  const list = data.clusters;
  return (
    <section className="stack">
      <h2>
        {t(w.clusters)} <span className="num">{number(list.length)}</span>
      </h2>
      {list.length === 0 ? (
        <p className="note">{t(w.noClusters)}</p>
      ) : (
        <Rows count={list.length} height={22} label={t(w.clusters)}>
          {(i) => {
            const c = list[i];
            return (
              c && (
                <button type="button" className="line" onClick={() => onChoose(c.cluster)}>
                  <strong>{t(w.ofCases, { n: number(c.cases) })}</strong> · {t(w.generations, { n: c.generations })} · <span data-typed>{called(data.cases[data.index.get(c.cluster) ?? -1])}</span>
                  <div className="muted">
                    {t(w.onset)} {time(c.first_onset)} – {time(c.last_onset)}
                  </div>
                  {c.events.map((e) => (
                    <div key={e.event}>
                      {term("EventKind", e.kind)} · <span data-typed>{t(w.event, { name: e.name, n: e.cases })}</span>
                    </div>
                  ))}
                </button>
              )
            );
          }}
        </Rows>
      )}
    </section>
  );
}

/** Lines of which only those that are seen are drawn. `height` in rem. */
function Rows({ count, height, label, children }: { count: number; height: number; label: string; children: (i: number) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const seen = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => 72, overscan: 6 });
  const rows = seen.getVirtualItems();
  return (
    <div ref={box} className="list" role="list" aria-label={label} tabIndex={0} style={{ height: `min(${height}rem, ${seen.getTotalSize() + 2}px)` }}>
      <div style={{ height: seen.getTotalSize(), position: "relative" }}>
        <div style={{ position: "absolute", insetInline: 0, transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
          {rows.map((r) => (
            <div key={r.key} data-index={r.index} ref={seen.measureElement} role="listitem">
              {children(r.index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
