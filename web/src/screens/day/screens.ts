import { lazy } from "react";
import type { Role } from "../../api/types";
import type { Screen } from "../../shell/screens";
import { titles as w } from "./titles";

const readers: Role[] = ["commander", "auditor", "administrator", "sampler", "courier", "laboratory", "investigator", "dispatcher", "ward", "community_worker"];

/** The book of the day. Everyone may read it; who closes it is the commander. */
export const day: Screen[] = [
  { path: "/day", title: w.title, roles: readers, component: lazy(() => import("./Day")) },
  { path: "/day/:day", title: w.one, roles: readers, component: lazy(() => import("./Sealed")) },
];
