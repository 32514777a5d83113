/** The clocks of the chain: how long each link takes, what waits there now, and which one jams. */
import { Link } from "wouter";
import { bookNow, useNow } from "../../api/clock";
import type { Schemas } from "../../api/types";
import { View } from "../../ui/State";
import { number, span } from "../../words/format";
import { useText } from "../../words/language";
import { term } from "../../words/terms";
import { itemsAt, useAnswer } from "./data";
import { dutyOfLink, w } from "./words";

/** The first links are those of the tubes, which belong to a round; the others are those of the cases. */
export const TUBE_LINKS = 4;

export function Links({ place, round }: { place: string; round: string | null }) {
  const t = useText();
  useNow();
  const speed = useAnswer<Schemas["ChainSpeed"]>(`/v1/rounds/${round ?? ""}/links`, { place }, round !== null);
  if (round === null) return null;
  return (
    <section className="b-card" data-part="links">
      <h2>
        {t(w.links)} <small className="b-muted">{speed.data?.swab_to_result_s != null && t(w.swabToResult, { span: span(speed.data.swab_to_result_s * 1000) })}</small>
      </h2>
      <View of={speed}>
        {(s) => (
          <ul className="b-links">
            <li className="b-small" aria-hidden="true">
              <span>{t(w.link)}</span>
              <span>{t(w.median)}</span>
              <span>{t(w.waiting)}</span>
              <span>{t(w.longest)}</span>
            </li>
            {s.links.map((l, i) => (
              <One key={l.link} l={l} jams={l.link === s.bottleneck || l.link === s.case_bottleneck} href={itemsAt({ kind: dutyOfLink[l.link], place, round: i < TUBE_LINKS ? round : null })} />
            ))}
          </ul>
        )}
      </View>
    </section>
  );
}

function One({ l, jams, href }: { l: Schemas["LinkSpeed"]; jams: boolean; href: string }) {
  const t = useText();
  const oldest = l.waiting.oldest ? bookNow() - Date.parse(l.waiting.oldest) : null;
  return (
    <li className={jams ? "b-jam" : ""}>
      <span className="b-name">
        {jams && <strong className="b-tag">{t(w.bottleneck)}</strong>}
        {term("LinkName", l.link)}
      </span>
      <span className="num">{l.median_s == null ? "–" : span(l.median_s * 1000)}</span>
      <Link href={href} className="num" aria-label={`${term("LinkName", l.link)}: ${number(l.waiting.count)} ${t(w.waiting)}`}>
        {number(l.waiting.count)}
      </Link>
      <span className="num b-muted">{oldest !== null ? span(oldest) : ""}</span>
    </li>
  );
}
