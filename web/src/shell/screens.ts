/** Every screen of the page: its address, its name, whose work it is. A screen that is not here does not exist. */
import { type ComponentType, type LazyExoticComponent } from "react";
import type { Role } from "../api/types";
import { administration } from "../screens/admin/screens";
import { analysisScreens } from "../screens/analyses/screens";
import { boardScreens } from "../screens/board/screens";
import { CASES } from "../screens/cases/screens";
import { chainScreens } from "../screens/chains/screens";
import { CONTACTS } from "../screens/contacts/screens";
import { courierScreens } from "../screens/courier/screens";
import { day } from "../screens/day/screens";
import { dispatchScreens } from "../screens/dispatch/screens";
import { laboratoryScreens } from "../screens/laboratory/screens";
import { MESSAGES } from "../screens/messages/screens";
import { personScreens } from "../screens/person/screens";
import { rounds } from "../screens/rounds/screens";
import { stationScreens } from "../screens/station/screens";
import { wardScreens } from "../screens/ward/screens";
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

/** Where each role begins. */
export const START: Readonly<Record<Role, string>> = {
  sampler: "/station",
  courier: "/courier",
  laboratory: "/laboratory",
  investigator: "/cases",
  dispatcher: "/dispatch",
  ward: "/ward/beds",
  community_worker: "/calls",
  commander: "/wall",
  auditor: "/day",
  administrator: "/admin/accounts",
  // A peer is another book's server: it has no screen.
  peer_book: "/find",
};

/** In the order of the menu. */
export const SCREENS: readonly Screen[] = [
  ...stationScreens,
  ...courierScreens,
  ...laboratoryScreens,
  ...CASES,
  ...CONTACTS,
  ...MESSAGES,
  ...dispatchScreens,
  ...wardScreens,
  ...boardScreens,
  ...day,
  ...rounds,
  ...chainScreens,
  ...analysisScreens,
  ...personScreens,
  ...administration,
];
