/** The command board: read from six metres, on a wall that nobody touches for days, or on a phone. */
import { Link, useSearchParams } from "wouter";
import { bookNow, bookTime, useNow } from "../../api/clock";
import { useSession } from "../../api/session";
import type { Schemas } from "../../api/types";
import { LanguageButton } from "../../shell/Frame";
import { Fault, View } from "../../ui/State";
import { day, hour } from "../../words/format";
import { useText } from "../../words/language";
import { Beds } from "./Beds";
import { Cases } from "./Cases";
import { named } from "../../api/places";
import { above, itemsAt, useAnswer, wallAt } from "./data";
import { Links } from "./Links";
import { Map } from "./Map";
import { Owners } from "./Owners";
import { Round } from "./Round";
import { ShouldTiles } from "./ShouldTiles";
import "./wall.css";
import { w } from "./words";

export default function Wall() {
  const session = useSession();
  const [params] = useSearchParams();
  const own = session?.place ?? "";
  const place = params.get("place") ?? own;
  const board = useAnswer<Schemas["Board"]>("/v1/board", { place });
  const shoulds = useAnswer<Schemas["Shoulds"]>("/v1/shoulds", { place });
  const rounds = useAnswer<{ items: Schemas["RoundItem"][] }>("/v1/rounds", { limit: 10 });
  const round = params.get("round") ?? board.data?.rounds[0]?.round ?? rounds.data?.items[0]?.round ?? null;
  return (
    <div className="wall">
      <main className="board">
        <Head place={place} own={own} of={shoulds.data?.place} board={board} />
        <View of={board}>
          {(b) => (
            <>
              <ShouldTiles lines={b.shoulds} place={place} />
              <div className="b-main">
                <div className="b-col">{shoulds.error && !shoulds.data ? <Fault error={shoulds.error} /> : <Map place={place} round={round} shoulds={shoulds.data} />}</div>
                <div className="b-col">
                  <Round place={place} round={round} />
                  <Links place={place} round={round} />
                </div>
                <div className="b-col">
                  <Cases place={place} summary={b.cases} />
                  <Beds beds={b.beds} place={place} />
                  <Owners place={place} />
                </div>
              </div>
            </>
          )}
        </View>
      </main>
    </div>
  );
}

function Head({ place, own, of, board }: { place: string; own: string; of: Schemas["PlaceShoulds"] | undefined; board: { data?: Schemas["Board"] | undefined; error: Error | null; dataUpdatedAt: number } }) {
  const t = useText();
  return (
    <header className="b-head">
      <h1 data-typed>{of ? named(of) : place}</h1>
      {place !== own && (
        <Link href={wallAt(above(place) === own ? null : above(place))} className="b-link">
          ↑ {t(w.upper)}
        </Link>
      )}
      <span className="b-muted">
        {board.data?.open_day && t(w.openDay, { day: day(board.data.open_day) })}
        {board.data?.last_sealed && ` · ${t(w.sealed, { day: day(board.data.last_sealed) })}`}
      </span>
      <span className="b-fill" />
      {board.error && board.data ? (
        <strong className="b-bad" role="alert">
          {t(w.stopped, { at: hour(bookTime(board.dataUpdatedAt)) })}
        </strong>
      ) : (
        <span className="b-muted">{board.dataUpdatedAt > 0 && t(w.asOf, { at: hour(bookTime(board.dataUpdatedAt)) })}</span>
      )}
      <Clock />
      <Link href={itemsAt({ place })} className="b-link">
        {t(w.lists)}
      </Link>
      <LanguageButton />
    </header>
  );
}

function Clock() {
  useNow(10_000);
  return <time className="b-clock num">{hour(bookNow())}</time>;
}
