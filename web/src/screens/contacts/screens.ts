import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { c } from "./words";

/** Contacts and their follow-up, orders, leads, duplicates. */
export const CONTACTS: readonly Screen[] = [
  { path: "/calls", title: c.calls, roles: ["investigator", "community_worker"], component: lazy(() => import("./CallsScreen")) },
  { path: "/orders", title: c.orders, roles: ["investigator", "commander", "community_worker"], component: lazy(() => import("./OrdersScreen")) },
  { path: "/leads", title: c.leads, roles: ["investigator", "commander"], component: lazy(() => import("./LeadsScreen")) },
  { path: "/duplicates", title: c.duplicates, roles: ["investigator", "commander", "administrator"], component: lazy(() => import("./DuplicatesScreen")) },
  { path: "/teams", title: c.teams, roles: ["investigator", "commander"], component: lazy(() => import("./TeamsScreen")) },
];
