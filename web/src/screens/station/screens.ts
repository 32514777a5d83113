import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { w } from "./words";

const roles = ["sampler", "ward", "community_worker"] as const;

/** The sampling station: scan, seal, box, hand over; what waits to be handed in; labels to print. */
export const stationScreens: Screen[] = [
  { path: "/station", title: w.title, roles, component: lazy(() => import("./Station")) },
  { path: "/station/queue", title: w.queueTitle, roles, component: lazy(() => import("./QueueScreen")) },
  { path: "/station/labels", title: w.labelsTitle, roles, component: lazy(() => import("./Labels")) },
];
