/** The screens of a ward: of one facility, and tabs of each other, so that a thumb needs no menu. */
import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { w } from "./words";

const component = lazy(() => import("./Ward"));

export const wardScreens: Screen[] = [
  { path: "/ward/beds", title: w.beds, roles: ["ward"], component },
  { path: "/ward/round", title: w.round, roles: ["ward"], component },
  { path: "/ward/tests", title: w.tests, roles: ["ward"], component },
  { path: "/ward/home", title: w.home, roles: ["ward"], component },
];
