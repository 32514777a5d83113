/** Shapes of plates and of what a result file will do. */
import type { Schemas } from "../../api/types";

/** A plate that was read. */
export type PlateItem = Schemas["PlateItem"];
/** One tube of a result file. */
export type PlateLine = Schemas["PreviewLine"];
/** What a tube's result brings about. */
export type Effect = PlateLine["effect"];
/** A control of a plate. */
export type PlateControl = Schemas["ControlLine"];
/** A row that cannot be used, and what to do about it; without a row it is the whole file. */
export type RefusedRow = Schemas["RefusedRow"];
/** What a result file will do. Nothing is in the book before its `facts` are said. */
export type PlatePreview = Schemas["PlatePreview"];
