/** Every screen of the page: its address, its name, whose work it is. A screen that is not here does not exist. */
import { type ComponentType, type LazyExoticComponent } from "react";
import type { Role } from "../api/types";
import { boardScreens } from "../screens/board/screens";
import { chainScreens } from "../screens/chains/screens";
import { administration } from "../screens/admin/screens";
import { day } from "../screens/day/screens";
import { rounds } from "../screens/rounds/screens";
import type { Text } from "../words/language";
import { courierScreens } from "../screens/courier/screens";
import { dispatchScreens } from "../screens/dispatch/screens";
import { laboratoryScreens } from "../screens/laboratory/screens";
import { personScreens } from "../screens/person/screens";
import { wardScreens } from "../screens/ward/screens";

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
  ...boardScreens,
  ...chainScreens,
  ...courierScreens,
  ...laboratoryScreens,
  ...dispatchScreens,
  ...wardScreens,
  ...personScreens,
  ...day,
  ...rounds,
  ...administration,
];
