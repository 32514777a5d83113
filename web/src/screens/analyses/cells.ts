/** The words that stand in cells of results. */
import { type Text, translate, words } from "../../words/language";
import { term, termsOf } from "../../words/terms";
import type { Reader } from "./columns";
import { figures, perCent } from "./figures";

const LISTS: Partial<Record<Reader, Record<string, Text>>> = {
  channel: words({
    all: ["全部", "all"],
    community: ["社会面", "in the community"],
    controlled: ["管控中", "under control"],
    local: ["本地", "local"],
    imported: ["输入", "imported"],
    unknown: ["未知", "not known"],
  }),
  family: words({
    gamma: ["伽马分布", "gamma"],
    lognormal: ["对数正态分布", "lognormal"],
    weibull: ["韦布尔分布", "Weibull"],
  }),
  definition: words({
    "same-day": ["当日新增全部在管控中发现", "one day with all cases found under control"],
    "three-days": ["连续三天社会面无新增", "three days without a case in the community"],
    basically: ["连续三天社会面新增低于十万分之一", "three days below one in 100,000 people"],
  }),
  alarm: words({
    "0": ["否", "no"],
    "1": ["预警", "alarm"],
  }),
};

/** Events between which delays lie. */
const EVENTS = words({
  onset: ["发病", "onset"],
  sampled: ["采样", "sample"],
  found: ["发现", "found"],
  reported: ["报告", "report"],
  isolated: ["隔离", "isolation"],
  exposure_from: ["首次暴露", "first exposure"],
  exposure_to: ["末次暴露", "last exposure"],
});

const MEASURES: Record<string, Text> = words({
  known_contact: ["检测前已是密接的病例", "cases that were known contacts"],
  found_in_isolation: ["隔离中发现的病例", "cases found in isolation"],
  found_under_control: ["管控中发现的病例", "cases found under control"],
  onset_to_isolation_days: ["发病到隔离（天）", "onset to isolation (days)"],
  isolated_within_1d_of_onset: ["发病 1 天内隔离", "isolated within 1 day of onset"],
  isolated_within_2d_of_onset: ["发病 2 天内隔离", "isolated within 2 days of onset"],
  isolated_within_3d_of_onset: ["发病 3 天内隔离", "isolated within 3 days of onset"],
  onset_to_sample_days: ["发病到采样（天）", "onset to sample (days)"],
  sample_to_report_days: ["采样到报告（天）", "sample to report (days)"],
  cases_with_contacts_listed: ["登记了密接的病例", "cases with contacts listed"],
  contacts_per_case: ["每例密接人数", "contacts per case"],
  contacts_that_became_cases: ["密接转为感染者", "contacts that became cases"],
  contacts_named_within_48h: ["48 小时内判定的密接", "contacts named within 48 h"],
  contacts_quarantined_within_48h: ["48 小时内隔离的密接", "contacts quarantined within 48 h"],
  transmission_prevented: ["隔离阻断的传播", "transmission prevented by isolation"],
});

const w = words({
  foundBy: ["发现方式：{how}", "found by: {how}"],
  allCases: ["全部", "all"],
  week: ["{day} 起一周", "week from {day}"],
});

/** Measures that are no share of anything. */
const isShare = (measure: string): boolean => !/_days$|^contacts_per_case$/.test(measure);

function measureOf(measure: string): string | null {
  const own = MEASURES[measure];
  if (own) return translate(own);
  const setting = /^found_by_(\w+)$/.exec(measure)?.[1] ?? "";
  return termsOf("Setting").includes(setting) ? translate(w.foundBy, { how: term("Setting", setting) }) : null;
}

function delayOf(delay: string): string | null {
  const events = delay.split("->").map((e) => (e in EVENTS ? translate(EVENTS[e as keyof typeof EVENTS]) : null));
  return events.includes(null) ? null : events.join(" → ");
}

const small = (cell: string): string => (Number(cell) < 0.001 ? "<0.001" : figures(cell));

/** What a cell that is a number or a word of a closed list says in the user's language; `null` if it is data. `of` reads another cell of its row. */
export function wordOf(reader: Reader | null, cell: string, of: (column: string) => string): string | null {
  if (reader === "later" && cell === "NA") return `>${of("within")}`;
  if (reader === "group" && of("by") === "all") return translate(w.allCases);
  if (cell === "" || cell === "NA") return "–";
  if (reader === "share") return perCent(cell);
  if (reader === "measured") return isShare(of("measure")) ? perCent(cell) : figures(cell);
  if (reader === "p") return small(cell);
  if (reader === "group" && of("by") === "week") return translate(w.week, { day: cell });
  if (reader === "measure") return measureOf(cell);
  if (reader === "delay") return delayOf(cell);
  const text = reader && LISTS[reader]?.[cell];
  if (text) return translate(text);
  // Numbers and days are the same in every language.
  return /^-?\d+(\.\d+)?(e-?\d+)?$|^\d{4}-\d\d-\d\d$/.test(cell) ? figures(cell) : null;
}
