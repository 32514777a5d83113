/** The shapes of the server's answers and of the facts: made from its OpenAPI document (`npm run schema`). */
import type { components } from "./schema";

export type Schemas = components["schemas"];
/** One thing that happened: `{ registered: { … } }`. */
export type Fact = Schemas["Fact"];
export type Role = Schemas["Role"];
export type Receipt = Schemas["Receipt"];
export type Submission = Schemas["Submission"];
/** One page of a list: `next`, if any, is handed in as `after` for the page that follows. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}
