/** One person, one tube: whoever works with people can ask, and every look is written down by the server. */
import { lazy } from "react";
import type { Role } from "../../api/types";
import type { Screen } from "../../shell/screens";
import { w } from "./words";

const roles: readonly Role[] = ["sampler", "laboratory", "investigator", "dispatcher", "ward", "community_worker", "commander", "auditor"];

export const personScreens: Screen[] = [
  { path: "/find", title: w.find, roles, component: lazy(() => import("./Find")) },
  { path: "/persons/:person", title: w.people, roles, component: lazy(() => import("./Person")) },
  { path: "/persons/:person/code", title: w.code, roles, component: lazy(() => import("./Code")) },
  { path: "/tubes/:tube", title: w.tube, roles, component: lazy(() => import("./Tube")) },
];
