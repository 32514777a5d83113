/** Shapes of plates and of what a result file will do. */
import type { Fact, Schemas } from "../../api/types";

/** A plate that was read. */
export interface PlateItem {
  plate: string;
  laboratory: string;
  mode?: Schemas["TubeMode"] | null;
  read_at: string;
  valid: boolean;
  wells: number;
  positive: number;
  indeterminate: number;
  failed: number;
}

/** What a tube's result brings about. */
export type Effect = "release" | "recall" | "case" | "retest" | "unknown_tube";

/** One tube of a result file. */
export interface PlateLine {
  well?: string | null;
  tube: string;
  result: Schemas["TestResult"];
  cts: { gene: string; ct?: number | null }[];
  effect: Effect;
  people: number;
}

/** A control of a plate. */
export interface PlateControl {
  well?: string | null;
  kind: string;
  passed: boolean;
  en: string;
  zh: string;
}

/** A row that cannot be used, and what to do about it. */
export interface RefusedRow {
  row: number;
  column?: string | null;
  rule: string;
  en: string;
  zh: string;
  /** What stands there: the tube. */
  value?: string | null;
}

/** What a result file will do. Nothing is in the book before its `facts` are said. */
export interface PlatePreview {
  plate: string;
  valid: boolean;
  controls: PlateControl[];
  lines: PlateLine[];
  totals: Record<Effect, number> & { people_released: number; people_recalled: number };
  refused: RefusedRow[];
  /** Tubes of the same boxes that are not in the file: they still owe a result. */
  waiting?: string[];
  facts: Fact[];
}
