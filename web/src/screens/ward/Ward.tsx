import { Link, useLocation } from "wouter";
import { Button } from "../../ui/Button";
import { View } from "../../ui/State";
import { number } from "../../words/format";
import { named } from "../../api/places";
import { useText, type Text } from "../../words/language";
import { term } from "../../words/terms";
import { BedMap } from "./BedMap";
import { chooseFacility, type Facility, useBeds, useChosen, useFacilities, useReleasable } from "./facility";
import { Home } from "./Home";
import { Round } from "./Round";
import { dueSamples, Tests } from "./Tests";
import { w } from "./words";
import "./ward.css";

type Part = "beds" | "round" | "tests" | "home";

export default function Ward() {
  const facilities = useFacilities();
  const chosen = useChosen();
  return (
    <View of={facilities}>
      {({ facilities: all }) => {
        const only = all.length === 1 ? all[0] : undefined;
        const here = all.find((f) => f.facility === chosen) ?? only;
        return here ? <Here key={here.facility} facility={here} others={all.length > 1} /> : <Choose all={all} />;
      }}
    </View>
  );
}

function Choose({ all }: { all: Facility[] }) {
  const t = useText();
  if (all.length === 0) return <p className="note warn">{t(w.noFacility)}</p>;
  return (
    <section className="stack">
      <h1>{t(w.facility)}</h1>
      <p className="muted">{t(w.chooseFacility)}</p>
      <ul className="grid">
        {all.map((f) => (
          <li key={f.facility}>
            <Button wide className="facility" onClick={() => chooseFacility(f.facility)}>
              <strong data-typed>{named(f)}</strong>
              <span className="muted">
                {term("PlaceKind", f.kind)} · {t(w.freeOf, { free: number(f.free), beds: number(f.beds) })}
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Here({ facility, others }: { facility: Facility; others: boolean }) {
  const t = useText();
  const [at] = useLocation();
  const part = at.split("/").pop() as Part;
  const beds = useBeds(facility.facility);
  const releasable = useReleasable(facility.facility);
  const samples = beds.data && dueSamples(beds.data).length;
  const tabs: [Part, Text, number | undefined][] = [
    ["beds", w.beds, beds.data?.length],
    ["round", w.round, undefined],
    ["tests", w.tests, samples],
    ["home", w.home, releasable.data?.length],
  ];
  return (
    <div className="stack ward">
      <div className="row spread">
        <h1 data-typed>{named(facility)}</h1>
        {others && <Button onClick={() => chooseFacility(null)}>{t(w.change)}</Button>}
      </div>
      <nav className="tabs" aria-label={t(w.title)}>
        {tabs.map(([to, text, n]) => (
          <Link key={to} href={`/ward/${to}`} aria-current={part === to ? "page" : undefined}>
            {t(text)}
            {n !== undefined && n > 0 && <span className="badge num">{number(n)}</span>}
          </Link>
        ))}
      </nav>
      <View of={beds}>
        {(all) => {
          if (part === "round") return <Round facility={facility} beds={all} />;
          if (part === "tests") return <Tests facility={facility} beds={all} />;
          if (part === "home") return <Home facility={facility} beds={all} releasable={releasable} />;
          return <BedMap facility={facility} beds={all} releasable={releasable.data ?? []} />;
        }}
      </View>
    </div>
  );
}
