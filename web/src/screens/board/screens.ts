/** The wall, and the lists behind its numbers. */
import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { w } from "./words";

const everyone = ["commander", "auditor", "investigator", "dispatcher", "ward", "community_worker", "laboratory", "sampler", "courier"] as const;
const watchers = ["commander", "auditor", "dispatcher", "investigator", "community_worker"] as const;

export const boardScreens: Screen[] = [
  { path: "/wall", title: w.wall, roles: watchers, bare: true, component: lazy(() => import("./Wall")) },
  { path: "/wall/list/:what", title: w.behind, roles: watchers, component: lazy(() => import("./Behind")) },
  { path: "/items", title: w.items, roles: everyone, component: lazy(() => import("./Items")) },
];
