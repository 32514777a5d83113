import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { dispatch as w } from "./words";

/** The dispatcher's board, and what it is filled from: vehicles and beds. */
export const dispatchScreens: readonly Screen[] = [
  { path: "/dispatch", title: w.board, roles: ["dispatcher"], component: lazy(() => import("./Board")) },
  { path: "/dispatch-vehicles", title: w.vehicles, roles: ["dispatcher"], component: lazy(() => import("./Vehicles")) },
  { path: "/dispatch-beds", title: w.beds, roles: ["dispatcher"], component: lazy(() => import("./Beds")) },
];
