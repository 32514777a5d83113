import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { laboratory as w } from "./words";

/** The bench: what comes in, what was read, what is owed, what was wrong. */
export const laboratoryScreens: readonly Screen[] = [
  { path: "/laboratory", title: w.intake, roles: ["laboratory"], component: lazy(() => import("./Intake")) },
  { path: "/laboratory-plates", title: w.plates, roles: ["laboratory"], component: lazy(() => import("./Plates")) },
  { path: "/laboratory-open", title: w.open, roles: ["laboratory"], component: lazy(() => import("./Open")) },
  { path: "/laboratory-corrections", title: w.corrections, roles: ["laboratory"], component: lazy(() => import("./Corrections")) },
];
