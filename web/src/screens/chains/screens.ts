/** Who infected whom. */
import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { w } from "./words";

export const chainScreens: Screen[] = [{ path: "/chains", title: w.title, roles: ["investigator", "commander", "auditor"], component: lazy(() => import("./Chains")) }];
