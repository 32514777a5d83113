/** What the columns of results are called, and how their cells are read. Files keep the names that `quell analyse` gives. */
import { type Text, words } from "../../words/language";
import type { Kind } from "./words";

/** A table that an analysis gives: its result is called as it is, its second table has a name of its own. */
export type TableName = Kind | "zero" | "tree";
/** How a cell is read: as what it says, unless the column is one of these. */
export type Reader = "case" | "place" | "places" | "share" | "p" | "channel" | "family" | "definition" | "delay" | "alarm" | "group" | "measure" | "measured" | "infector" | "later";

/** Columns that mean the same in every table. */
const COMMON = words({
  date: ["日期", "Date"],
  date_start: ["起始日", "First day"],
  date_end: ["截止日", "Last day"],
  t: ["第几日", "Day no."],
  t_start: ["起始（第几日）", "First day no."],
  t_end: ["截止（第几日）", "Last day no."],
  mean: ["均值", "Mean"],
  median: ["中位数", "Median"],
  sd: ["标准差", "Standard deviation"],
  lo: ["95% 下限", "95% from"],
  hi: ["95% 上限", "95% to"],
  lo50: ["50% 下限", "50% from"],
  hi50: ["50% 上限", "50% to"],
  lo80: ["80% 下限", "80% from"],
  hi80: ["80% 上限", "80% to"],
  lo95: ["95% 下限", "95% from"],
  hi95: ["95% 上限", "95% to"],
  q05: ["5% 分位数", "5th percentile"],
  q25: ["下四分位数", "Lower quartile"],
  q50: ["中位数", "Median"],
  q75: ["上四分位数", "Upper quartile"],
  q95: ["95% 分位数", "95th percentile"],
  q99: ["99% 分位数", "99th percentile"],
  probability: ["概率", "Probability"],
  observed: ["实际例数", "Cases"],
  expected: ["期望例数", "Cases expected"],
  seen: ["已观察到的比例", "Share seen so far"],
  infector: ["传播者", "Infector"],
});

/** Columns that one table has, or means something of its own by. */
const OWN: Record<TableName, Record<string, Text>> = {
  rt: words({
    mean: ["再生数（均值）", "R (mean)"],
    q025: ["95% 下限", "95% from"],
    q975: ["95% 上限", "95% to"],
    infections: ["感染人数", "Infections"],
  }),
  growth: words({
    r: ["日增长率", "Growth per day"],
    doubling: ["倍增天数（负：减半）", "Days to double (negative: to halve)"],
    scatter: ["离散系数", "Scatter (1: chance alone)"],
    cases: ["病例数", "Cases"],
    R: ["再生数", "R"],
  }),
  delays: words({
    delay: ["间隔（天）", "Delay (days)"],
    group: ["分组", "Group"],
    family: ["分布", "Distribution"],
    n: ["例数", "Cases"],
    par1: ["参数 1", "Parameter 1"],
    par2: ["参数 2", "Parameter 2"],
    loglik: ["对数似然", "Log-likelihood"],
    aic: ["信息准则（AIC）", "AIC"],
    weight: ["权重", "Weight"],
    naive_mean: ["均值（未校正）", "Mean (not corrected)"],
    naive_sd: ["标准差（未校正）", "Standard deviation (not corrected)"],
  }),
  nowcast: words({
    reported: ["已报告", "Reported"],
    median: ["实际发病（中位数）", "Fell ill (median)"],
    share: ["已报告比例", "Share reported"],
  }),
  forecast: words({
    ahead: ["预测第几天", "Days ahead"],
    channel: ["发现途径", "Found"],
    assumed: ["假定", "Assumed"],
  }),
  zero: words({
    definition: ["清零标准", "What counts as zero"],
    within: ["预测天数", "Days looked ahead"],
    probability: ["期内达到的概率", "Reached by then"],
    median: ["几天后（中位数）", "After days (median)"],
    median_date: ["日期（中位数）", "Date (median)"],
    assumed: ["假定", "Assumed"],
  }),
  trees: words({
    infectee: ["病例", "Case"],
    infector: ["可能的传播者", "Possible infector"],
  }),
  tree: words({
    case: ["病例", "Case"],
    onset: ["发病日", "Onset"],
    infector: ["最可能的传播者", "Likeliest infector"],
    generation: ["代次", "Generation"],
    offspring: ["平均传染人数", "Infected (mean)"],
    imported: ["输入的概率", "Infected elsewhere"],
    unobserved: ["传播者不在表中的概率", "Infector not listed"],
  }),
  clusters: words({
    rank: ["序号", "No."],
    centre: ["中心", "Centre"],
    within: ["范围", "Area"],
    radius: ["上溯层级", "Levels up"],
    start: ["起始日", "First day"],
    end: ["截止日", "Last day"],
    relative_risk: ["相对危险度", "Relative risk"],
    log_ratio: ["对数似然比", "Log-likelihood ratio"],
    p_value: ["P 值", "p value"],
    p_gumbel: ["P 值（外推）", "p value (extrapolated)"],
    places: ["包含地点", "Places"],
  }),
  warning: words({
    threshold: ["预警阈值", "Threshold"],
    alarm: ["预警", "Alarm"],
  }),
  quality: words({
    by: ["分组方式", "Grouped by"],
    group: ["分组", "Group"],
    measure: ["指标", "Measure"],
    known: ["已知例数", "Known of"],
    unknown: ["未知例数", "Not known of"],
    value: ["数值", "Value"],
  }),
};

const READ: Partial<Record<TableName, Record<string, Reader>>> = {
  rt: { seen: "share" },
  delays: { delay: "delay", family: "family", weight: "share", seen: "share" },
  nowcast: { share: "share" },
  forecast: { channel: "channel" },
  zero: { definition: "definition", probability: "share", median: "later", lo50: "later", hi50: "later", lo80: "later", hi80: "later", lo95: "later", hi95: "later" },
  trees: { infectee: "case", infector: "infector", probability: "share" },
  tree: { case: "case", infector: "infector", probability: "share", imported: "share", unobserved: "share" },
  clusters: { centre: "place", within: "place", places: "places", p_value: "p", p_gumbel: "p" },
  warning: { alarm: "alarm" },
  quality: { group: "group", measure: "measure", value: "measured", lo: "measured", hi: "measured", q25: "measured", q75: "measured" },
};

/** The words of a column; an end of an interval has those of what it is the interval of, too. None if the page does not know the column. */
export function heading(table: TableName | null, column: string): readonly Text[] | null {
  const own = table ? OWN[table] : {};
  const text = own[column] ?? (column in COMMON ? COMMON[column as keyof typeof COMMON] : undefined);
  if (text) return [text];
  const [, of, end] = /^(.+)_(lo|hi)$/.exec(column) ?? [];
  const whole = of && heading(table, of);
  return whole ? [...whole, COMMON[end as "lo" | "hi"]] : null;
}

export const readerOf = (table: TableName | null, column: string): Reader | null => (table && READ[table]?.[column]) ?? null;

/** Columns that need not be seen to read a row: `group` says by what it is grouped, and numbers of days stand only where there are no dates. */
const UNSEEN: Partial<Record<TableName, readonly string[]>> = { quality: ["by"] };
/** Columns that stand first: what a row is about. */
const FIRST = ["measure", "date", "date_start", "date_end"];

/** Which columns are shown, in their order. One that no row fills is left out, unless that nobody is known says something. */
export function worthShowing(table: TableName | null, columns: readonly string[], rows: readonly (readonly string[])[]): number[] {
  const dated = columns.includes("date") || columns.includes("date_start");
  const unseen = (c: string) => (table && UNSEEN[table]?.includes(c)) || (dated && /^t(_start|_end)?$/.test(c));
  const shown = columns.map((c, i) => [c, i] as const).filter(([c, i]) => !unseen(c) && (["infector", "group"].includes(readerOf(table, c) ?? "") || rows.some((r) => r[i])));
  return [...shown.filter(([c]) => FIRST.includes(c)), ...shown.filter(([c]) => !FIRST.includes(c))].map(([, i]) => i);
}
