/** Every screen of the page: its address, its name, whose work it is. A screen that is not here does not exist. */
import { type ComponentType, type LazyExoticComponent } from "react";
import { stationScreens } from "../screens/station/screens";
import type { Role } from "../api/types";
import type { Text } from "../words/language";

export interface Screen {
  /** Address; `:name` stands for a part of it. Without a `:` it is in the menu. */
  path: string;
  title: Text;
  roles: readonly Role[];
  component: LazyExoticComponent<ComponentType>;
  /** Without frame: the wall. */
  bare?: boolean;
}

/** In the order of the menu: the first that a role has is where it starts. */
export const SCREENS: readonly Screen[] = [
  ...stationScreens,
];
