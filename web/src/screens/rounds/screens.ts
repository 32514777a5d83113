import { lazy } from "react";
import type { Role } from "../../api/types";
import type { Screen } from "../../shell/screens";
import { titles as w } from "./titles";

const readers: Role[] = ["commander", "auditor", "investigator", "community_worker"];

/** Screening rounds and risk zones: the commander decides, others follow. */
export const rounds: Screen[] = [
  { path: "/rounds", title: w.rounds, roles: readers, component: lazy(() => import("./Rounds")) },
  { path: "/rounds/:round", title: w.round, roles: readers, component: lazy(() => import("./Round")) },
  { path: "/zones", title: w.zones, roles: readers, component: lazy(() => import("./Zones")) },
];
