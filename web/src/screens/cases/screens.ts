import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { w } from "./words";

/** Cases and their investigation. */
export const CASES: readonly Screen[] = [
  { path: "/cases", title: w.title, roles: ["investigator", "commander"], component: lazy(() => import("./CasesScreen")) },
  { path: "/cases/:case/:tab?", title: w.caseTitle, roles: ["investigator", "commander"], component: lazy(() => import("./CaseScreen")) },
];
