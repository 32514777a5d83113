/** The screens of a ward: one in the menu, its parts as tabs within reach of a thumb. */
import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { w } from "./words";

const component = lazy(() => import("./Ward"));

export const wardScreens: Screen[] = [
  { path: "/ward", title: w.title, roles: ["ward"], component },
  { path: "/ward/:part", title: w.title, roles: ["ward"], component },
];
