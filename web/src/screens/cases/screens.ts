import { lazy } from "react";
import type { Role } from "../../api/types";
import type { Screen } from "../../shell/screens";
import { e } from "./events/words";
import { TABS } from "./tabs";
import { w } from "./words";

const READERS: readonly Role[] = ["investigator", "commander"];
const component = lazy(() => import("./CaseScreen"));

const LISTERS: readonly Role[] = [...READERS, "community_worker"];

/** Cases and their investigation: a case has an address for each of its tabs. */
export const CASES: readonly Screen[] = [
  { path: "/cases", title: w.title, roles: READERS, component: lazy(() => import("./CasesScreen")) },
  ...TABS.map((tab): Screen => ({ path: `/cases/:case${tab === "interview" ? "" : `/${tab}`}`, title: w[tab], roles: READERS, component })),
  { path: "/exposure-events", title: e.events, roles: LISTERS, component: lazy(() => import("./events/EventsScreen")) },
  { path: "/exposure-events/:event", title: e.event, roles: LISTERS, component: lazy(() => import("./events/EventScreen")) },
];
