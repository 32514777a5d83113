import type { Schemas } from "../../api/types";
import { type Text, words } from "../../words/language";

export const w = words({
  ask: ["新的分析", "A new analysis"],
  run: ["开始分析", "Analyse"],
  asked: ["已提交，轮到时开始", "Asked for: it begins when its turn comes"],
  whole: ["所辖人员的全部病例，不含姓名；每次读取个人信息均有记录", "All cases of your place, without names; that persons' rows were read is written down"],
  countBy: ["按哪一天计数", "Count by the day"],
  found: ["发现", "found"],
  onset: ["发病", "of onset"],
  sampled: ["采样", "sampled"],
  reported: ["报告", "reported"],
  from: ["起始日", "From"],
  until: ["截止日（空：到昨天）", "Until (empty: yesterday)"],
  method: ["方法", "Method"],
  window: ["窗口（天）", "Window (days)"],
  days: ["预测天数", "Days ahead"],
  scan: ["查找", "Look for"],
  prospective: ["仍在持续的聚集", "what is going on still"],
  retrospective: ["任何时段的聚集", "what was at any time"],
  smooth: ["逐日平滑", "each day, smoothed"],
  cori: ["滑动窗口法", "sliding window (Cori, as EpiEstim)"],
  teunis: ["按发病队列推算", "by onset cohort (Wallinga–Teunis)"],
  c1: ["与前一周相比（C1）", "EARS C1: unlike the week before"],
  c2: ["隔两天与前一周相比（C2）", "EARS C2: the same, two days apart"],
  c3: ["三天内上升（C3）", "EARS C3: a rise over three days"],
  cusum: ["累积和：持续的小幅上升", "CUSUM: a small rise that lasts"],
  latest: ["最近的分析", "The latest analyses"],
  none: ["尚无分析", "No analyses yet"],
  rows: ["{n} 行", "{n} {n:row|rows}"],
  cancel: ["取消分析", "Call it off"],
  running: ["正在分析，完成后自动显示", "It runs; the result shows here by itself"],
  waiting: ["排队中，前面的分析完成后开始", "It waits: those before it come first"],
  cancelled: ["已取消", "It was called off"],
  pictureOf: ["分析结果图", "Picture of the result"],
  saveTable: ["导出表格（CSV）", "Save the table (CSV)"],
  saveSecond: ["导出病例表（CSV）", "Save the cases (CSV)"],
  saveZero: ["导出清零表（CSV）", "Save when it is zero (CSV)"],
  savePicture: ["导出 SVG", "Save as SVG"],
  result: ["结果", "Result"],
  zero: ["社会面何时清零", "When none is found in the community"],
  eachCase: ["每例概况", "Case by case"],
  noRows: ["没有结果行", "No rows came of it"],
  noInfector: ["输入或来源不明", "imported or not known"],
  comma: ["、", ", "],
  morePlaces: ["等 {all} 处", " and {n} more"],
  fileNames: ["导出的文件含全部列和原列名", "Saved files have all columns, under their own names"],
  firstRows: ["前 {n} 行，共 {all} 行", "The first {n} of {all} {all:row|rows}"],
  said: ["说明与诊断", "What was said beside it"],
  how: ["如何得出", "How it was made"],
  snapshot: ["数据截至台账第 {seq} 条记录", "The book as of log position {seq}"],
  inputs: ["全部数据的摘要", "Hash of all tables"],
  outcome: ["结果的摘要", "Hash of the result"],
  command: ["命令", "Command"],
  version: ["程序版本", "Version of the program"],
  back: ["全部分析", "All analyses"],
  unknown: ["未知", "not known"],
});

type Kind = "rt" | "growth" | "delays" | "nowcast" | "forecast" | "trees" | "clusters" | "warning" | "quality";

/** What each analysis answers, in the order in which they are offered. */
export const KINDS: Record<Kind, readonly [Text, Text]> = {
  rt: [["再生数", "Reproduction number"], ["每个病例平均传染多少人", "how many people a case infects"]],
  forecast: [["预测", "Forecast"], ["未来病例数，何时社会面清零", "cases to come, and when none is found in the community"]],
  trees: [["谁传染谁", "Who infected whom"], ["每例的可能传染来源及概率", "each case's possible infectors, and how probable they are"]],
  clusters: [["聚集", "Clusters"], ["何处病例多于随机所能解释", "where there are more cases than chance gives"]],
  quality: [["处置质量", "Quality of the response"], ["密接占比、各环节耗时、阻断的传播", "known contacts, delays, transmission prevented"]],
  delays: [["时间间隔", "Delays"], ["从发病到采样、报告、隔离要多久", "from onset to sample, report and isolation"]],
  nowcast: [["补报估计", "Nowcast"], ["近几天实际发病多少（含尚未报告）", "how many fell ill lately, those not reported yet included"]],
  growth: [["增长率", "Growth"], ["增长或下降多快，倍增时间", "how fast numbers grow or fall, doubling time"]],
  warning: [["预警", "Early warning"], ["今天是否异常偏高", "whether today is more than the past lets expect"]],
};

export const kinds = Object.keys(KINDS) as Kind[];
export type { Kind };

/** The name of an analysis; of one that the page does not know, its own. */
export const kindOf = (name: string): Text => (name in KINDS ? KINDS[name as Kind][0] : [name, name]);

export const states: Record<Schemas["AnalysisState"], Text> = {
  queued: ["排队中", "Waiting"],
  running: ["分析中", "Running"],
  done: ["完成", "Done"],
  failed: ["失败", "Failed"],
  cancelled: ["已取消", "Called off"],
};
