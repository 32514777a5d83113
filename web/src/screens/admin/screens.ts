import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { titles as w } from "./titles";

/** Administration: whoever keeps the system, and what the commander and the auditor may see of it. */
export const administration: Screen[] = [
  { path: "/admin/accounts", title: w.accounts, roles: ["administrator"], component: lazy(() => import("./Accounts")) },
  { path: "/admin/places", title: w.places, roles: ["administrator", "commander", "auditor"], component: lazy(() => import("./Places")) },
  { path: "/admin/facilities", title: w.facilities, roles: ["administrator", "commander", "auditor"], component: lazy(() => import("./Facilities")) },
  { path: "/admin/protocol", title: w.protocol, roles: ["administrator", "commander", "auditor", "investigator"], component: lazy(() => import("./Protocol")) },
  { path: "/admin/imports", title: w.imports, roles: ["administrator", "commander", "investigator"], component: lazy(() => import("./Imports")) },
  { path: "/admin/exports", title: w.exports, roles: ["commander", "investigator", "auditor"], component: lazy(() => import("./Exports")) },
  { path: "/admin/access", title: w.traces, roles: ["administrator", "commander", "auditor"], component: lazy(() => import("./Traces")) },
  { path: "/admin/log", title: w.log, roles: ["administrator", "commander", "auditor"], component: lazy(() => import("./Log")) },
  { path: "/admin/system", title: w.system_, roles: ["administrator", "commander", "auditor"], component: lazy(() => import("./System")) },
];
