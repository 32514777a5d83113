/** Analyses of the book: ask for one, see how those asked for stand. */
import { Link } from "wouter";
import { PlaceName } from "../../ui/PlaceName";
import { Nothing, View } from "../../ui/State";
import { number, time } from "../../words/format";
import { useText } from "../../words/language";
import { Ask } from "./Ask";
import { type Item, useAnalyses } from "./data";
import { titles } from "./titles";
import { kindOf, states, w } from "./words";

function Line({ of }: { of: Item }) {
  const t = useText();
  const mood = of.state === "failed" ? "bad" : of.state === "done" ? "good" : "";
  return (
    <li className="card row spread">
      <span className="stack" style={{ gap: "0.25rem" }}>
        <Link href={`/analyses/${of.analysis_id}`} className="big">
          {t(kindOf(of.analysis))}
        </Link>
        <span className="muted">
          <PlaceName place={of.place} /> · <span data-typed>{of.account}</span> · {time(of.asked_at)}
        </span>
      </span>
      <span className={`badge ${mood}`}>
        {t(states[of.state])} {of.rows != null && t(w.rows, { n: number(of.rows) })}
      </span>
    </li>
  );
}

export default function Analyses() {
  const t = useText();
  const latest = useAnalyses();
  return (
    <>
      <h1>{t(titles.analyses)}</h1>
      <Ask />
      <h2>{t(w.latest)}</h2>
      <View of={latest}>
        {(page) =>
          page.items.length === 0 ? (
            <Nothing>{t(w.none)}</Nothing>
          ) : (
            <ul className="stack" style={{ listStyle: "none", padding: 0 }} aria-label={t(w.latest)}>
              {page.items.map((a) => (
                <Line key={a.analysis_id} of={a} />
              ))}
            </ul>
          )
        }
      </View>
    </>
  );
}
