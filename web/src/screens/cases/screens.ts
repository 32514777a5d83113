import { lazy } from "react";
import type { Role } from "../../api/types";
import type { Screen } from "../../shell/screens";
import { TABS } from "./tabs";
import { w } from "./words";

const READERS: readonly Role[] = ["investigator", "commander"];
const component = lazy(() => import("./CaseScreen"));

/** Cases and their investigation: a case has an address for each of its tabs. */
export const CASES: readonly Screen[] = [
  { path: "/cases", title: w.title, roles: READERS, component: lazy(() => import("./CasesScreen")) },
  ...TABS.map((tab): Screen => ({ path: `/cases/:case${tab === "interview" ? "" : `/${tab}`}`, title: w[tab], roles: READERS, component })),
];
