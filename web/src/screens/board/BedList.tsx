/** Facilities with their beds, and who is in them. */
import { useSearchParams } from "wouter";
import type { Schemas } from "../../api/types";
import { List, usePages } from "../../ui/List";
import { Nothing, View } from "../../ui/State";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { named } from "../../api/places";
import { useAnswer } from "./data";
import { w } from "./words";

type Bed = Schemas["BedItem"];

export function BedList({ place, kind }: { place: string; kind: string | null }) {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const facilities = useAnswer<Schemas["Facilities"]>("/v1/facilities", { place });
  const chosen = params.get("facility");
  return (
    <>
      <h1>
        {t(w.beds)}
        {kind && ` · ${term("PlaceKind", kind)}`}
      </h1>
      <View of={facilities}>
        {(f) => {
          const list = f.facilities.filter((x) => !kind || x.kind === kind);
          if (list.length === 0) return <Nothing />;
          return (
            <div className="grid">
              {list.map((x) => (
                <button
                  key={x.facility}
                  type="button"
                  className="card stack"
                  style={{ textAlign: "start", cursor: "pointer" }}
                  aria-pressed={chosen === x.facility}
                  onClick={() => setParams((p) => (p.set("facility", x.facility), p))}
                >
                  <strong data-typed>{named({ place: x.facility, name: x.name, name_en: x.name_en ?? null })}</strong>
                  <span className="muted">{term("PlaceKind", x.kind)}</span>
                  <span className="num">
                    {t(w.freeBeds)} <strong>{number(x.free)}</strong> · {t(w.occupied)} {number(x.occupied)} · {t(w.reserved, { n: number(x.reserved) })} · {t(w.bedsAll)} {number(x.beds)}
                  </span>
                </button>
              ))}
            </div>
          );
        }}
      </View>
      {chosen && <Inside facility={chosen} />}
    </>
  );
}

function Inside({ facility }: { facility: string }) {
  const t = useText();
  const pages = usePages<Bed>(`/v1/facilities/${encodeURIComponent(facility)}/beds`, {});
  return (
    <section className="stack">
      <h2>{t(w.people)}</h2>
      <List<Bed> pages={pages} id={(b) => b.stay_id} label={t(w.people)}>
        {(b) => (
          <div className="line">
            <span className="row spread">
              <strong data-typed>{b.name ?? b.person_id}</strong>
              <span className="badge" data-typed>
                {t(w.bed, { ward: b.ward, bed: b.bed })}
              </span>
            </span>
            <span className="muted">
              {term("Standing", b.standing)}
              {b.severity && ` · ${term("Severity", b.severity)}`} · {time(b.admitted_at)}
            </span>
          </div>
        )}
      </List>
    </section>
  );
}
