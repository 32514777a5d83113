/** People, tubes and boxes for the journeys of couriers, laboratories and dispatchers: made by facts, through the same door as all others. */
import type { APIRequestContext } from "@playwright/test";
import type { Fact, Page as ListPage, Schemas } from "../src/api/types";
import { ask, say, URL_OF } from "./journey";

/** What the station and the home of all these people are: any of the demo's will do. */
interface Scene {
  station: string;
  home: string;
  /** The book's time, in milliseconds. */
  now: number;
}

/** A time as facts want it, so many minutes ago. */
export const ago = (scene: Scene, minutes: number): string => `${new Date(scene.now - minutes * 60_000 + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

export async function scene(request: APIRequestContext): Promise<Scene> {
  const health = (await (await request.get(`${URL_OF()}/v1/health`)).json()) as Schemas["Health"];
  const stations = await ask<ListPage<{ place: string }>>(request, "commander", "/v1/places?kind=station&limit=1");
  const people = await ask<ListPage<{ home: string }>>(request, "commander", `/v1/persons?text=${encodeURIComponent("王")}&limit=1`);
  return { station: stations.items[0]?.place ?? "", home: people.items[0]?.home ?? "", now: Date.parse(health.now) };
}

const digits = (n: number): string => Array.from(crypto.getRandomValues(new Uint8Array(n)), (x) => x % 10).join("");

/** Newly listed people, with names that no other journey has. */
export async function people(request: APIRequestContext, s: Scene, n: number): Promise<{ person: string; name: string }[]> {
  const list = Array.from({ length: n }, () => ({ person: crypto.randomUUID(), name: `赵测${digits(5)}` }));
  await say(request, "commander", ...list.map((p): Fact => ({ person_listed: { ...p, sex: "female", home: s.home, occupation: "general" } })));
  return list;
}

/** A sealed tube with so many people in it. */
export async function sealed(request: APIRequestContext, s: Scene, n = 1): Promise<{ tube: string; people: { person: string; name: string }[] }> {
  const tube = `T${digits(10)}`;
  const mode: Schemas["TubeMode"] = n === 1 ? "single" : "pooled";
  const inside = await people(request, s, n);
  const facts = inside.map((p): Fact => ({ registered: { tube, person: p.person, station: s.station, at: ago(s, 60), mode } }));
  await say(request, "sampler", ...facts, { tube_sealed: { tube, at: ago(s, 50) } });
  return { tube, people: inside };
}

/** A packed box with so many tubes of one person each. */
export async function packed(request: APIRequestContext, s: Scene, tubes: number): Promise<{ box: string; tubes: string[] }> {
  const box = `B${digits(8)}`;
  const list = await Promise.all(Array.from({ length: tubes }, () => sealed(request, s)));
  const codes = list.map((x) => x.tube).sort();
  await say(request, "sampler", { box_packed: { box, tubes: codes, at: ago(s, 40) } });
  return { box, tubes: codes };
}

/** The first laboratory of the list: the one that a new device works for. */
export async function laboratory(request: APIRequestContext): Promise<{ place: string; name: string }> {
  const all = await ask<ListPage<{ place: string; name: string }>>(request, "laboratory", "/v1/places?kind=laboratory");
  const first = all.items[0];
  if (!first) throw new Error("the demo lists no laboratory");
  return first;
}

/** Tubes that a laboratory has taken in. */
export async function received(request: APIRequestContext, s: Scene, tubes: string[]): Promise<void> {
  const { place } = await laboratory(request);
  await say(request, "laboratory", { received: { laboratory: place, tubes, condition: "adequate", at: ago(s, 20) } });
}

/** A contact under management, who owes isolation. */
export async function contact(request: APIRequestContext, s: Scene): Promise<{ person: string; name: string }> {
  const [one] = await people(request, s, 1);
  if (!one) throw new Error("nobody was listed");
  const decision = { decider: "流调组", reason: "同桌用餐" };
  await say(request, "investigator", { contact_named: { contact: crypto.randomUUID(), person: one.person, category: "close", last_exposure: ago(s, 600), decision, at: ago(s, 10) } });
  return one;
}
