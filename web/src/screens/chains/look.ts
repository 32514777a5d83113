/** Colours of the picture. All of them stand out from paper by three to one or more, and none is the only mark of what it says. */
import { wall } from "../../api/zone";
import type { Look } from "../../draw/paint";
import { day } from "../../words/format";
import type { Chained } from "./data";
import { called } from "./data";

export const COLOURS = {
  community: "#b3261e",
  controlled: "#0b5ea8",
  unknown: "#5c6b76",
  contact: "#b06a00",
  contactEnded: "#8b98a2",
  contactCase: "#b3261e",
  ink: "#14212b",
  muted: "#4a5965",
  grid: "#e3e8ec",
  paper: "#ffffff",
  doubt: "#c2185b",
  focus: "#ff9d00",
} as const;

export function lookOf(data: Chained, states: readonly string[]): Look {
  return {
    label: (i) => called(data.cases[i]),
    fill: (i) => {
      const control = data.cases[i]?.control;
      return control === "community_found" ? COLOURS.community : control === "controlled" ? COLOURS.controlled : COLOURS.unknown;
    },
    hollow: (i) => data.cases[i]?.asymptomatic ?? false,
    dot: (i) => (states[i] === "active" ? COLOURS.contact : states[i] === "converted" ? COLOURS.contactCase : COLOURS.contactEnded),
    day: (at) => day(wall(at)),
    ink: COLOURS.ink,
    muted: COLOURS.muted,
    grid: COLOURS.grid,
    paper: COLOURS.paper,
    doubt: COLOURS.doubt,
    focus: COLOURS.focus,
  };
}
