/** Shapes of boxes, transfers and vehicles as the server's lists give them. */
import type { Schemas } from "../../api/types";

/** A box of sealed tubes and where it is. */
export type BoxItem = Schemas["BoxItem"];
/** A box with what is in it and whose hands it went through. */
export type BoxView = Schemas["BoxView"];
/** A tube in a box, or beside one. */
export type BoxTube = Pick<Schemas["BoxedTube"], "tube" | "mode" | "people" | "state">;
/** Someone who is brought to a hospital or an isolation site. */
export type TransferItem = Schemas["TransferItem"];
/** A state that the board has a column for. */
export type Stage = "requested" | "assigned" | "picked_up" | "arrived";
/** A vehicle that a transfer has named. */
export type VehicleItem = Schemas["VehicleItem"];
