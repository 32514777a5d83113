import { lazy } from "react";
import type { Screen } from "../../shell/screens";
import { titles as w } from "./titles";

/** What other jurisdictions ask of us, and we of them (协查函). */
export const MESSAGES: readonly Screen[] = [{ path: "/messages", title: w.messages, roles: ["investigator", "commander", "auditor"], component: lazy(() => import("./Messages")) }];
