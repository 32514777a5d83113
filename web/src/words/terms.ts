/** The words of the closed lists. Those of the book come from the program (`terms.json`); those of the protocol stand here. */
import type { Schemas } from "../api/types";
import { type Text, translate } from "./language";
import book from "./terms.json";

type Of<L extends keyof Schemas> = Schemas[L] extends string ? Record<Schemas[L], Text> : never;

const tubeMode: Of<"TubeMode"> = { single: ["单采", "single"], household: ["一户一管", "one household a tube"], pooled: ["混采", "pooled"] };
const contactCategory: Of<"ContactCategory"> = {
  close: ["密接", "close contact"],
  secondary: ["次密接", "secondary contact"],
  high_risk_spillover: ["高风险区外溢人员", "spillover from a high-risk zone"],
  general: ["一般接触者", "casual contact"],
  inbound: ["入境人员", "inbound traveller"],
};
const proposal: Of<"Proposal"> = {
  close: ["密接", "close contact"],
  secondary: ["次密接", "secondary contact"],
  general: ["一般接触者", "casual contact"],
  none: ["无需管理", "no contact"],
};
const zoneLevel: Of<"ZoneLevel"> = { high: ["高风险区", "high risk"], medium: ["中风险区", "medium risk"], temporary_control: ["临时管控区", "temporary control"], low: ["低风险区", "low risk"] };
const severity: Of<"Severity"> = { asymptomatic: ["无症状", "asymptomatic"], mild: ["轻型", "mild"], moderate: ["普通型", "moderate"], severe: ["重型", "severe"], critical: ["危重型", "critical"] };
const control: Of<"Control"> = { community_found: ["社会面", "community-found"], controlled: ["管控中", "controlled"] };
const exposure: Of<"Exposure"> = {
  none: ["无", "none"],
  close_contact: ["密接", "close contact"],
  secondary_contact: ["次密接", "secondary contact"],
  high_risk_spillover: ["高风险区外溢人员", "spillover from a high-risk zone"],
  recalled: ["待复采", "recalled"],
  symptomatic: ["有症状", "symptomatic"],
  discharged: ["出院后监测", "discharged"],
  isolated: ["隔离中", "isolated"],
};
const personTag: Of<"PersonTag"> = {
  elderly: ["老年人", "elderly"],
  lives_alone: ["独居", "lives alone"],
  pregnant: ["孕产妇", "pregnant"],
  infant: ["婴幼儿", "infant"],
  dialysis: ["血透", "dialysis"],
  chemotherapy: ["放化疗", "chemotherapy"],
  disabled: ["残疾", "disabled"],
  mental_disorder: ["精神障碍", "mental disorder"],
  bedridden: ["卧床", "bedridden"],
  chronic_medicine: ["长期用药", "long-term medicine"],
  walk_in: ["临时登记", "walk-in"],
  visitor: ["外来人员", "visitor"],
};
const occupationClass: Of<"OccupationClass"> = {
  general: ["一般", "general"],
  health: ["医护", "health care"],
  closed_loop: ["闭环", "closed loop"],
  inbound_facing: ["接触入境", "inbound-facing"],
  cold_chain: ["冷链", "cold chain"],
  delivery: ["快递外卖", "delivery"],
  transport: ["交通运输", "transport"],
  market: ["市场", "market"],
  school: ["学校", "school"],
  nursing_home: ["养老机构", "nursing home"],
  construction: ["工地", "construction"],
  public_service: ["公共服务", "public service"],
};
const register: Of<"Register"> = {
  household: ["同户", "household"],
  unit: ["同单元", "stairwell"],
  class: ["同班", "class"],
  workplace: ["同事", "workplace"],
  group: ["同组", "group"],
  event: ["聚集活动", "event"],
  ward: ["同病区", "ward"],
  vehicle: ["同车", "vehicle"],
  venue: ["同场所", "venue"],
  sampling_queue: ["采样排队", "sampling queue"],
};
const setting: Of<"Setting"> = {
  round_screening: ["全员筛查", "screening round"],
  clinic: ["就诊", "clinic"],
  arrival: ["来返人员", "arrival"],
  isolation_site: ["集中隔离点", "isolation site"],
  home_isolation: ["居家隔离", "home isolation"],
  high_risk_zone: ["高风险区", "high-risk zone"],
  closed_loop: ["闭环", "closed loop"],
  recall: ["复采", "recall"],
  contact_tracing: ["流调", "contact tracing"],
  other: ["其他", "other"],
};
const linkName: Of<"LinkName"> = {
  sampled_to_sealed: ["采样→封管", "sampled → sealed"],
  sealed_to_left: ["封管→送出", "sealed → left"],
  left_to_received: ["送出→接收", "left → received"],
  received_to_resulted: ["接收→出结果", "received → result"],
  resulted_to_reported: ["出结果→上报", "result → reported"],
  reported_to_picked_up: ["上报→上车", "reported → picked up"],
  picked_up_to_admitted: ["上车→入院", "picked up → admitted"],
};
const messageState: Of<"MessageState"> = { queued: ["待发送", "queued"], acknowledged: ["已接收", "acknowledged"], done: ["已办结", "done"], refused: ["被拒", "refused"] };

const lists = {
  ...(book as unknown as Record<keyof typeof book, Record<string, Text>>),
  TubeMode: tubeMode as Record<string, Text>,
  ContactCategory: contactCategory as Record<string, Text>,
  Proposal: proposal as Record<string, Text>,
  ZoneLevel: zoneLevel as Record<string, Text>,
  Severity: severity as Record<string, Text>,
  Control: control as Record<string, Text>,
  Exposure: exposure as Record<string, Text>,
  PersonTag: personTag as Record<string, Text>,
  OccupationClass: occupationClass as Record<string, Text>,
  Register: register as Record<string, Text>,
  Setting: setting as Record<string, Text>,
  LinkName: linkName as Record<string, Text>,
  MessageState: messageState as Record<string, Text>,
};
export type List = keyof typeof lists;

/** The word of a closed list in the user's language. A word that a newer server has is shown as it is. */
export function term(list: List, word: string | null | undefined): string {
  if (word === null || word === undefined) return "–";
  const text = lists[list][word];
  return text ? translate(text) : word;
}

/** The words of a list, for a choice. */
export const termsOf = (list: List): string[] => Object.keys(lists[list]);
