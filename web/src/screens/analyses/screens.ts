import { lazy } from "react";
import type { Role } from "../../api/types";
import type { Screen } from "../../shell/screens";
import { titles as w } from "./titles";

const analysts: Role[] = ["investigator", "commander", "auditor"];

/** Analyses of the book: asked for, waited for, read. */
export const analysisScreens: Screen[] = [
  { path: "/analyses", title: w.analyses, roles: analysts, component: lazy(() => import("./Analyses")) },
  { path: "/analyses/:analysis", title: w.analysis, roles: analysts, component: lazy(() => import("./Analysis")) },
];
