/** Zones in force, the places of a round with their forecast, and what is overdue by owner, in full. */
import { Link } from "wouter";
import type { Schemas } from "../../api/types";
import { Due } from "../../ui/Due";
import { List, usePages } from "../../ui/List";
import { Nothing, View } from "../../ui/State";
import { number, percent, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { named } from "../../api/places";
import { bookNow } from "../../api/clock";
import { over } from "./forecast";
import { itemsAt, type OwnerLine, type RoundPlace, useAnswer, wallAt, type Zone } from "./data";
import { mostOverdue } from "./Owners";
import { byForecast, Forecast } from "./Round";
import { w } from "./words";

export function ZoneList({ place }: { place: string }) {
  const t = useText();
  const pages = usePages<Zone>("/v1/zones", { place, in_force: true });
  return (
    <>
      <h1>{t(w.zonesIn)}</h1>
      <List<Zone> pages={pages} id={(z) => `${z.place} ${z.designated_at}`} label={t(w.zonesIn)} line={96}>
        {(z) => (
          <div className="line">
            <span className="row spread">
              <strong data-typed>{[...z.names, z.place_name].join(" ")}</strong>
              <span className={`badge ${z.level === "high" ? "bad" : "warn"}`}>{term("ZoneLevel", z.level)}</span>
            </span>
            <span className="muted" style={{ display: "block" }}>
              {t(w.designated)} {time(z.designated_at)} · <span data-typed>{z.decider}：{z.reason}</span>
            </span>
            {z.lift_due && (
              <span>
                {t(w.liftDue)} <Due at={z.lift_due} />
              </span>
            )}
          </div>
        )}
      </List>
    </>
  );
}

export function RoundTable({ place, round }: { place: string; round: string }) {
  const t = useText();
  const view = useAnswer<Schemas["RoundView"]>(`/v1/rounds/${round}`, { place });
  const places = useAnswer<{ items: RoundPlace[] }>(`/v1/rounds/${round}/places`, { place });
  return (
    <>
      <h1>
        {t(w.round)} <span data-typed>{view.data?.name ?? round}</span>
      </h1>
      <View of={view}>
        {(v) => (
          <p>
            {t(w.dueBy, { at: time(v.due) })} · {t(w.perHour, { n: number(Math.round(v.pace.per_hour)) })} · {t(w.samplingEnds)} {time(v.pace.sampling_ends)} · {t(w.lastResult)} {over(v.pace.last_result, bookNow()) ? t(w.unclear) : time(v.pace.last_result)}
          </p>
        )}
      </View>
      <View of={places}>
        {(p) => {
          const rows = [...p.items].sort(byForecast);
          const names = new Map((view.data?.below ?? []).map((b) => [b.place, named(b)]));
          return rows.length === 0 ? (
            <Nothing />
          ) : (
            <div className="scroll" tabIndex={0} role="region" aria-label={t(w.townships)}>
              <table className="num">
                <thead>
                  <tr>
                    {[w.place, w.shouldSample, w.sampled, w.toSample, w.waived, w.pending, w.samplingEnds, w.lastResult].map((h) => (
                      <th key={h[1]} scope="col">
                        {t(h)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((r) => (
                    <tr key={r.place}>
                      <th scope="row" data-typed>
                        <Link href={wallAt(r.place)}>{names.get(r.place) ?? r.name}</Link>
                      </th>
                      <td>{number(r.should)}</td>
                      <Count n={r.sampled} href={itemsAt({ state: "done", kind: "sample", place: r.place, round })} after={` (${percent(r.sampled, r.should - r.waived)})`} />
                      <Count n={r.open} href={itemsAt({ kind: "sample", place: r.place, round })} />
                      <Count n={r.waived} href={itemsAt({ state: "waived", kind: "sample", place: r.place, round })} />
                      <Count n={r.pending} href={itemsAt({ kind: "result", place: r.place, round })} />
                      <td>
                        {r.open > 0 ? <Forecast of={r} due={view.data?.due ?? ""} /> : "✓"}
                      </td>
                      <td>{over(r.last_result, bookNow()) ? t(w.unclear) : time(r.last_result)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </View>
    </>
  );
}

function Count({ n, href, after }: { n: number; href: string; after?: string }) {
  return (
    <td>
      <Link href={href}>{number(n)}</Link>
      {after}
    </td>
  );
}

export function OwnerTable({ place }: { place: string }) {
  const t = useText();
  const owners = useAnswer<{ items: OwnerLine[] }>("/v1/owners", { place });
  return (
    <>
      <h1>{t(w.owners)}</h1>
      <View of={owners}>
        {(o) =>
          o.items.length === 0 ? (
            <Nothing />
          ) : (
            <div className="scroll" tabIndex={0} role="region" aria-label={t(w.owners)}>
              <table className="num">
                <thead>
                  <tr>
                    {[w.role, w.kind, w.openItems, w.overdueAll, w.owned, w.unowned, w.oldest].map((h) => (
                      <th key={h[1]} scope="col">
                        {t(h)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {[...o.items].sort(mostOverdue).map((l) => (
                    <tr key={`${l.role} ${l.kind}`}>
                      <td>{term("Role", l.role)}</td>
                      <th scope="row">{term("DutyKind", l.kind)}</th>
                      <Count n={l.open} href={itemsAt({ kind: l.kind, place })} />
                      <Count n={l.overdue} href={itemsAt({ kind: l.kind, place, overdue: true })} />
                      <td>{number(l.owned)}</td>
                      <td>{number(l.not_owned)}</td>
                      <td>{l.oldest_due ? <Due at={l.oldest_due} /> : "–"}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </View>
    </>
  );
}
