/** Shapes of boxes, transfers, vehicles and places as the server's lists give them. */
import type { Schemas } from "../../api/types";

/** A box of sealed tubes and where it is. */
export interface BoxItem {
  box: string;
  state: "packed" | "on_the_way" | "received";
  /** The station. */
  place: string;
  place_name?: string | null;
  tubes: number;
  packed_at: string;
  /** Who took it last. */
  holder?: string | null;
  left_at?: string | null;
  received_at?: string | null;
  laboratory?: string | null;
  laboratory_name?: string | null;
  condition?: Schemas["Condition"] | null;
  /** To be at a laboratory by. */
  due?: string | null;
}

/** A tube in a box. */
export interface BoxTube {
  tube: string;
  mode: Schemas["TubeMode"];
  people: number;
  state: Schemas["TubeState"];
  sealed_at?: string | null;
}

/** A box with what is in it and whose hands it went through. */
export interface BoxView extends BoxItem {
  contents: BoxTube[];
  hand_overs: { from: string; to: string; at: string; temperature_c?: number | null }[];
}

export type TransferState = "requested" | "assigned" | "picked_up" | "arrived";

/** Someone who is brought to a hospital or an isolation site. */
export interface TransferItem {
  transfer_id: string;
  person_id: string;
  name?: string | null;
  kind?: string | null;
  state: TransferState;
  from: string;
  from_name?: string | null;
  to?: string | null;
  to_name?: string | null;
  vehicle?: string | null;
  requested_at: string;
  assigned_at?: string | null;
  picked_up_at?: string | null;
  arrived_at?: string | null;
  due?: string | null;
  severity?: Schemas["Severity"] | null;
}

/** A vehicle that a transfer has named. */
export interface VehicleItem {
  vehicle: string;
  busy: boolean;
  transfer_ids: string[];
  last_seen_at?: string | null;
}

/** A listed place. */
export interface PlaceItem {
  place: string;
  kind: string;
  name: string;
  name_en?: string | null;
  names: string[];
  children: number;
}
