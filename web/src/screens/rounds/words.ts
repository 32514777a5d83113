/** Words of screening rounds and risk zones. */
import { type Text, translate, words } from "../../words/language";
import { titles } from "./titles";

export const roundWords = {
  ...titles,
  ...words({
    none: ["还没有开展过轮次", "No round has been opened"],
    open: ["开启新轮次", "Open a round"],
    starts: ["采样开始", "Sampling starts"],
    due: ["截止时间", "To be finished by"],
    dueHint: ["不填则按现行方案的轮次时长", "Empty: the round length of the protocol in force"],
    fromTo: ["{from} 至 {to}", "{from} to {to}"],
    name: ["轮次名称", "Name of the round"],
    nth: ["第{n}轮", "Round {n}"],
    number: ["轮次编号", "Number of the round"],
    scope: ["检测范围", "Scope"],
    zoneScope: ["风险区范围", "Scope"],
    addPlace: ["添加地点", "Add a place"],
    remove: ["移除", "Remove"],
    pool: ["混采人数", "People in a pooled tube"],
    poolHint: ["1 至 20；不填则按方案", "1 to 20; empty: as the protocol says"],
    poolOf: ["混采 {n} 人", "pools of {n}"],
    scopeNeeded: ["请至少选择一个地点", "Choose at least one place"],
    openMeans: ["开启后，范围内所有在家人员列入应检名单；感染者、隔离和外出人员自动除外。", "Everyone at home in the scope is put on the roster; cases, people in isolation and people away are left out."],
    opened: ["{name} 已开启", "{name} is open"],
    close: ["结束本轮", "Close the round"],
    closeMeans: ["结束后不能再登记采样。还有 {n} 人未采，将记为漏检。", "Nobody can be sampled in it afterwards. {n} {n:person|people} not sampled will count as missed."],
    closed: ["{name} 已结束", "{name} is closed"],
    should: ["应检", "On the roster"],
    sampled: ["已采", "Sampled"],
    waived: ["除外或豁免", "Excluded or waived"],
    superseded: ["转出名单", "Left the roster"],
    toGo: ["未采", "To sample"],
    missed: ["漏检", "Missed"],
    resulted: ["已出结果", "With a result"],
    pending: ["待出结果", "Results pending"],
    rate: ["完成率", "Done"],
    pace: ["最近 {n} 分钟每小时采样 {p} 人", "{p} {p:person|people} an hour in the last {n} minutes"],
    samplingEnds: ["预计采完", "Sampled by"],
    lastResult: ["预计出齐结果", "Results by"],
    noForecast: ["暂无法预计", "No forecast"],
    late: ["预计超时", "Forecast late"],
    byPlace: ["各地进度", "By place"],
    lists: ["名单", "Lists"],
    links: ["各环节用时", "Speed of each link"],
    link: ["环节", "Link"],
    median: ["中位数", "Median"],
    p90: ["九成以内", "9 of 10 within"],
    waiting: ["正在等待", "Waiting now"],
    bottleneck: ["瓶颈", "Bottleneck"],
    waive: ["豁免", "Waive"],
    waiveTitle: ["本轮豁免采样", "Waive sampling in this round"],
    waiveMeans: ["{n} 人本轮不再采样。", "{n} {n:person|people} need not be sampled in this round."],
    waivedDone: ["已豁免 {n} 人", "{n} {n:person|people} waived"],
    tick: ["选择 {name}", "Choose {name}"],
    ticked: ["豁免所选 {n} 人", "Waive the {n} chosen"],
    inForce: ["现行", "In force"],
    everAll: ["全部（含已解除）", "All, lifted ones too"],
    zonesNone: ["没有风险区", "No risk zones"],
    designate: ["划定风险区", "Designate a zone"],
    level: ["等级", "Level"],
    designated: ["已划定{level}", "Designated: {level}"],
    designateMeans: ["范围内人员按现行方案管控。同一地点再次划定即调整等级。", "People in it come under the measures of the protocol. Designating a place again changes its level."],
    lift: ["解除", "Lift"],
    liftTitle: ["解除风险区", "Lift the zone"],
    early: ["未满天数，提前解除", "Before its days are over"],
    earlyMeans: ["满 {time} 才到期。提前解除须有理由，并会记入台账。", "Its days end at {time}. Lifting it before needs a reason and is kept in the book."],
    lifted: ["已解除", "Lifted"],
    since: ["{time} 划定", "since {time}"],
    liftDue: ["应解除", "To be lifted"],
    from: ["生效时间", "From"],
    seeZones: ["查看风险区", "Risk zones"],
    seeRounds: ["查看轮次", "Screening rounds"],
  }),
};

/** Why someone is left out of a round: the book's own words, in the user's language; a commander's words as they are. */
const reasons: Record<string, Text> = {
  case: ["感染者", "case"],
  "in isolation": ["隔离中", "in isolation"],
  "home monitoring after discharge": ["出院后居家监测", "home monitoring after discharge"],
  dead: ["已死亡", "dead"],
};
const away: Text = ["外出：{where}", "away: {where}"];

export function whyOut(reason: string | null | undefined): string {
  if (!reason) return "";
  const known = reasons[reason];
  if (known) return translate(known);
  return reason.startsWith("absent: ") ? translate(away, { where: reason.slice(8) }) : reason;
}
