import { lazy } from "react";
import type { Role } from "../../api/types";
import type { Screen } from "../../shell/screens";
import { c } from "./words";

const CALLERS: readonly Role[] = ["investigator", "community_worker", "commander"];
const DECIDERS: readonly Role[] = ["investigator", "commander"];

/** Contacts and their follow-up, orders, leads, duplicates. */
export const CONTACTS: readonly Screen[] = [
  { path: "/calls", title: c.calls, roles: CALLERS, component: lazy(() => import("./CallsScreen")) },
  { path: "/orders", title: c.orders, roles: [...DECIDERS, "community_worker"], component: lazy(() => import("./OrdersScreen")) },
  { path: "/leads", title: c.leads, roles: DECIDERS, component: lazy(() => import("./LeadsScreen")) },
  { path: "/duplicates", title: c.duplicates, roles: [...DECIDERS, "administrator"], component: lazy(() => import("./DuplicatesScreen")) },
  { path: "/teams", title: c.teams, roles: DECIDERS, component: lazy(() => import("./TeamsScreen")) },
];
