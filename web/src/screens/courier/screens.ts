import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { w as station } from "../station/words";
import { courier as w } from "./words";

/** The courier's phone: boxes of tubes, and the people a driver fetches. */
export const courierScreens: readonly Screen[] = [
  { path: "/courier", title: w.boxes, roles: ["courier"], component: lazy(() => import("./Boxes")) },
  { path: "/courier/rides", title: w.rides, roles: ["courier"], component: lazy(() => import("./Rides")) },
  { path: "/courier/queue", title: station.queueTitle, roles: ["courier"], component: lazy(() => import("../station/QueueScreen")) },
];
