/** Where the case has been, on a map drawn from the tree of places: numbered stops, joined in their order. The list beside it says the same in words. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../../api/client";
import { named, type PlaceItem, usePlace } from "../../api/places";
import { session } from "../../api/session";
import type { Page, Schemas } from "../../api/types";
import { cut, linesOf } from "../../draw/lettering";
import { NAME, type Point, route, type RoutePicture } from "../../draw/route";
import { useSize } from "../../ui/size";
import { View } from "../../ui/State";
import { hour, time } from "../../words/format";
import { useLanguage, useText } from "../../words/language";
import { whereOf } from "./TimeLine";
import { w } from "./words";
import "./cases.css";

type Visit = Schemas["VisitRecord"];
/** Letters of names and times in the picture, in pixels. */
const LETTER = 12;

interface Props {
  /** In the order in which they were. */
  visits: readonly Visit[];
  /** The community in which the case lives. */
  home: string | null;
  chosen: string | null;
  onChoose: (visit: string) => void;
}

export function TrajectoryMap({ visits, home, chosen, onChoose }: Props) {
  const t = useText();
  const own = session()?.place ?? "";
  const areas = useQuery({ queryKey: ["/v1/places", "below", own], staleTime: 600_000, queryFn: ({ signal }) => get<Page<PlaceItem>>("/v1/places", { under: own, limit: 1000 }, signal) });
  return (
    <figure className="card stack" aria-label={t(w.map)}>
      <View of={areas}>{(found) => <Picture areas={found.items} own={own} visits={visits} home={home} chosen={chosen} onChoose={onChoose} />}</View>
      <Caption visits={visits} chosen={chosen} />
    </figure>
  );
}

/** The stop that was touched, in words; before that what the picture is. */
function Caption({ visits, chosen }: { visits: readonly Visit[]; chosen: string | null }) {
  const t = useText();
  const i = visits.findIndex((v) => v.visit_id === chosen);
  const v = visits[i];
  return (
    <figcaption className={v ? "" : "muted"} role="status">
      {v ? (
        <>
          <strong className="num">{i + 1}</strong> <strong data-typed>{whereOf(v)}</strong> <span className="num">{t(w.fromTo, { from: time(v.starts), to: time(v.ends) })}</span>
        </>
      ) : (
        t(w.mapHint)
      )}
    </figcaption>
  );
}

/** The area below one's own place in which a place lies; none if it lies elsewhere. */
function areaOf(place: string, own: string): string | null {
  if (!place.startsWith(`${own}.`)) return null;
  return `${own}.${place.slice(own.length + 1).split(".")[0] ?? ""}`;
}

function Picture({ areas, own, visits, home, chosen, onChoose }: Props & { areas: readonly PlaceItem[]; own: string }) {
  const t = useText();
  useLanguage();
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const homeName = usePlace(home ?? "").data;
  const names = new Map(areas.map((a) => [a.place, named(a)]));
  const picture = useMemo(() => drawn(areas, own, visits, home, width, height), [areas, own, visits, home, width, height]);
  const called = new Map(visits.map((v) => [keyOf(v, own), whereOf(v)]));
  const homeIs = (id: string): boolean => id === home;
  if (home && homeName) called.set(home, named(homeName));
  return (
    <div ref={ref} className="route">
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={t(w.mapLabel, { n: visits.length })} data-part="trajectory-map">
          <defs>
            <marker id="route-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
              <path d="M0 0 L8 4 L0 8 z" className="route-arrow" />
            </marker>
          </defs>
          {picture.areas.map((a) => (
            <Area key={a.id} tile={a} name={names.get(a.id) ?? a.id} />
          ))}
          {[...picture.places, ...picture.outside].map((p) => (
            <Spot key={p.id} tile={p} name={`${homeIs(p.id) ? `${t(w.homeMark)} ` : ""}${called.get(p.id) ?? p.id}`} outside={picture.outside.includes(p)} home={homeIs(p.id)} />
          ))}
          {picture.legs.map((d, i) => (
            <path key={i} d={d} className="route-leg" markerEnd="url(#route-end)" />
          ))}
          {visits.map((v, i) => {
            const at = picture.points.find((p) => p.id === v.visit_id);
            return at && <Stop key={v.visit_id} at={at} n={i + 1} visit={v} chosen={v.visit_id === chosen} onChoose={() => onChoose(v.visit_id)} />;
          })}
        </svg>
      )}
    </div>
  );
}

/** What stands for the place of a visit: its place in the tree, else the words that tell of it. */
const keyOf = (v: Visit, own: string): string => (v.at_place && areaOf(v.at_place, own) ? v.at_place : `- ${whereOf(v)}`);

function drawn(areas: readonly PlaceItem[], own: string, visits: readonly Visit[], home: string | null, width: number, height: number): RoutePicture {
  const stops = visits.map((v) => ({ id: v.visit_id, place: keyOf(v, own) }));
  const all = [...new Set([...stops.map((s) => s.place), ...(home ? [home] : [])])];
  const places = all.flatMap((id) => {
    const area = areaOf(id, own);
    return area ? [{ id, area }] : [];
  });
  const outside = all.filter((id) => id.startsWith("- "));
  // Hospitals and laboratories are no areas: they are on the map only where the way leads to one.
  const tiles = [...new Set([...areas.filter((a) => a.children > 0).map((a) => a.place), ...places.map((p) => p.area)])];
  return route({ areas: tiles, places, outside, stops, width, height });
}

function Area({ tile: r, name }: { tile: RoutePicture["areas"][number]; name: string }) {
  const box = <rect x={r.x + 1} y={r.y + 1} width={Math.max(0, r.width - 2)} height={Math.max(0, r.height - 2)} rx={4} className={r.visited ? "route-area there" : "route-area"} />;
  if (r.visited) {
    return (
      <>
        {box}
        <text x={r.x + 8} y={r.y + 17} fontSize={LETTER + 1} fontWeight="600" className="route-name" data-typed>
          {cut(name, r.width - 16, LETTER + 1)}
        </text>
      </>
    );
  }
  const { lines, wide } = linesOf(name, r.width, r.height);
  const size = Math.min(LETTER, (r.width - 6) / wide, (r.height - 4) / (lines.length * 1.2));
  // What nobody could read is left out: the tile says its name when it is pointed at.
  return (
    <>
      {box}
      {size >= 8 &&
        lines.map((l, i) => (
          <text key={l} x={r.x + r.width / 2} y={r.y + r.height / 2 + size * (0.35 + 1.15 * (i - (lines.length - 1) / 2))} fontSize={size} textAnchor="middle" className="route-far" data-typed>
            {l}
          </text>
        ))}
      <title data-typed>{name}</title>
    </>
  );
}

function Spot({ tile: r, name, outside, home }: { tile: RoutePicture["places"][number]; name: string; outside: boolean; home: boolean }) {
  return (
    <>
      <rect x={r.x + 2} y={r.y + 2} width={Math.max(0, r.width - 4)} height={Math.max(0, r.height - 4)} rx={4} className={`route-spot ${outside ? "outside" : ""} ${home ? "home" : ""}`} />
      <text x={r.x + 8} y={r.y + NAME - 4} fontSize={LETTER} className="route-name" data-typed>
        {cut(name, r.width - 14, LETTER)}
        <title>{name}</title>
      </text>
    </>
  );
}

function Stop({ at: p, n, visit: v, chosen, onChoose }: { at: Point; n: number; visit: Visit; chosen: boolean; onChoose: () => void }) {
  const full = `${time(v.starts)}–${hour(v.ends)}`;
  const long = full.length * 6.6 <= p.room;
  return (
    <g className={`route-stop ${chosen ? "chosen" : ""}`} onClick={onChoose}>
      <title data-typed>{`${n} ${whereOf(v)} ${time(v.starts)} – ${time(v.ends)}`}</title>
      {/* A finger hits more than the eye sees. */}
      <circle cx={p.x} cy={p.y} r={Math.max(p.r, 20)} fill="transparent" />
      <circle cx={p.x} cy={p.y} r={p.r} className="dot" />
      <text x={p.x} y={p.y + p.r * 0.38} fontSize={p.r * (n > 9 ? 1 : 1.15)} textAnchor="middle" className="num n">
        {n}
      </text>
      {p.room > 0 && (
        <text x={p.x + p.r + 5} y={p.y + 4} fontSize={LETTER - 1} className="num when-text">
          {long ? full : time(v.starts)}
        </text>
      )}
    </g>
  );
}
