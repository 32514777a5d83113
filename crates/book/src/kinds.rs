//! The closed lists of words: kinds of place, states of things, kinds of duty.
//! Each is written in snake_case in JSON and in the database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];
            /// The word as written in JSON and in the database.
            pub const fn as_str(self) -> &'static str { match self { $($name::$variant => $text,)+ } }
            /// The word in Simplified Chinese.
            pub const fn zh(self) -> &'static str { match self { $($name::$variant => $zh,)+ } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(s: &str) -> Result<Self, String> {
                match s { $($text => Ok($name::$variant),)+
                    _ => Err(format!("'{s}' is none of: {}", [$($text),+].join(", "))) }
            }
        }
    };
}

words!(/// What a node of the place tree is.
PlaceKind {
    /// Province or municipality.
    Province = "province", "省";
    /// City between province and county.
    City = "city", "市";
    /// County or district.
    County = "county", "区县";
    /// Township or subdistrict.
    Township = "township", "乡镇街道";
    /// Community or village.
    Community = "community", "社区村";
    /// Residential compound or villagers' group.
    Compound = "compound", "小区";
    /// Building.
    Building = "building", "楼栋";
    /// Unit (stairwell).
    Unit = "unit", "单元";
    /// Household.
    Household = "household", "户";
    /// Sampling station.
    Station = "station", "采样点";
    /// Laboratory.
    Laboratory = "laboratory", "检测机构";
    /// Shelter hospital (Fangcang).
    ShelterHospital = "shelter_hospital", "方舱医院";
    /// Designated hospital.
    DesignatedHospital = "designated_hospital", "定点医院";
    /// Isolation site.
    IsolationSite = "isolation_site", "集中隔离点";
    /// School, nursing home, factory, market ….
    Site = "site", "重点场所";
});

words!(/// Administrative sex.
Sex { /// Male.
    Male = "male", "男"; /// Female.
    Female = "female", "女"; /// Not known.
    Unknown = "unknown", "未知"; });

words!(/// Where a person stands in the response.
Standing {
    /// At home, no restriction by a case or contact record.
    AtHome = "at_home", "在家";
    /// Away, with a destination.
    Absent = "absent", "外出";
    /// Infected and in no bed: waits for one, or is cared for at home.
    Infected = "infected", "未住院感染者";
    /// Infected and in a hospital or shelter hospital.
    Inpatient = "inpatient", "在院";
    /// Contact in an isolation site.
    Isolated = "isolated", "集中隔离";
    /// Contact isolated at home.
    HomeIsolation = "home_isolation", "居家隔离";
    /// Discharged, under home monitoring.
    HomeMonitoring = "home_monitoring", "居家健康监测";
    /// Died.
    Dead = "dead", "死亡";
});

words!(/// Where a tube is on its way.
TubeState {
    /// Persons can still be registered.
    Open = "open", "采样中";
    /// Closed; still at the station.
    Sealed = "sealed", "已封管";
    /// With a courier.
    InTransit = "in_transit", "转运中";
    /// At the laboratory, adequate.
    Received = "received", "已接收";
    /// Has a valid result.
    Resulted = "resulted", "已出结果";
    /// Spoilt or found not adequate: its members are sampled again.
    Spoilt = "spoilt", "不合格";
    /// Cannot be found: its members are sampled again.
    Lost = "lost", "遗失";
});

words!(/// Result of a test of a tube.
TestResult {
    /// No nucleic acid found.
    Negative = "negative", "阴性";
    /// Nucleic acid found.
    Positive = "positive", "阳性";
    /// Grey zone or single target: must be repeated.
    Indeterminate = "indeterminate", "可疑";
    /// The run failed for this tube.
    Failed = "failed", "检测失败";
});

words!(/// Condition of a specimen at intake.
Condition { /// Fit to be tested.
    Adequate = "adequate", "合格"; /// Leaking, unlabelled, too warm, too old ….
    NotAdequate = "not_adequate", "不合格"; });

words!(/// Classification of a case.
Classification {
    /// Suspected.
    Suspect = "suspect", "疑似病例";
    /// Probable.
    Probable = "probable", "可能病例";
    /// Confirmed: positive with clinical manifestations.
    Confirmed = "confirmed", "确诊病例";
    /// Positive without symptoms.
    Asymptomatic = "asymptomatic", "无症状感染者";
    /// Not a case.
    NotACase = "not_a_case", "排除";
});

words!(/// State of a case.
CaseState { /// Under management.
    Active = "active", "在管"; /// Discharged.
    Recovered = "recovered", "治愈出院"; /// Died.
    Died = "died", "死亡"; /// Withdrawn: the result or the person was wrong.
    Withdrawn = "withdrawn", "撤销"; });

words!(/// State of a contact record.
ContactState { /// Under management.
    Active = "active", "在管"; /// Stands beside another record of the same person that sets the schedule, and takes over when that one ends.
    Covered = "covered", "并入管理"; /// Schedule completed.
    Released = "released", "解除"; /// Became a case.
    Converted = "converted", "转为感染者"; /// Not a contact after all.
    Dropped = "dropped", "排除"; /// Followed up by another book, which has taken the person over.
    HandedOver = "handed_over", "移交外辖区"; });

words!(/// How it is known that someone was vaccinated.
VaccinationSource {
    /// A vaccination card or another paper.
    Card = "card", "接种证"; /// A register of vaccinations.
    Register = "register", "接种登记"; /// The person, or someone for them, said so.
    Told = "told", "本人或家属陈述"; });

impl VaccinationSource {
    /// Written somewhere; a word alone does not count as protection.
    pub const fn is_documented(self) -> bool {
        matches!(self, Self::Card | Self::Register)
    }
}

words!(/// Where or how a contact met the case.
ExposureContext {
    /// They live together.
    Household = "household", "同住"; /// Same stairwell.
    Unit = "unit", "同单元"; /// Same school class.
    Class = "class", "同班"; /// Same workplace.
    Workplace = "workplace", "同工作场所"; /// Same ward.
    Ward = "ward", "同病区"; /// Same vehicle.
    Vehicle = "vehicle", "同乘"; /// Same venue at the same time.
    Venue = "venue", "同场所"; /// In the same queue for sampling.
    SamplingQueue = "sampling_queue", "同采样点排队"; /// Care of the sick.
    Care = "care", "护理"; /// Funeral, touching the body.
    Funeral = "funeral", "丧葬"; /// Sexual contact.
    Sexual = "sexual", "性接触"; /// Any other.
    Other = "other", "其他"; });

words!(/// What kind of group people belong to.
GroupKind {
    /// School class.
    Class = "class", "班级"; /// Workplace or team.
    Workplace = "workplace", "工作场所或班组"; /// Who took part in an event, which is listed first.
    Event = "event", "聚集活动"; /// Any other: a choir, guests of a hotel.
    Other = "other", "其他"; });

words!(/// What kind of event people took part in.
EventKind {
    /// Wedding.
    Wedding = "wedding", "婚礼"; /// Funeral, wake.
    Funeral = "funeral", "丧事"; /// Eating together, a feast.
    Meal = "meal", "聚餐"; /// Meeting, training, fair.
    Meeting = "meeting", "会议培训"; /// Service of any religion, pilgrimage.
    Worship = "worship", "宗教活动"; /// Concert, match, show.
    Performance = "performance", "演出赛事"; /// A trip in company: a class, tourists.
    Trip = "trip", "集体出行"; /// Any other.
    Other = "other", "其他"; });

words!(/// What a lead is about.
LeadKind { /// One person.
    Person = "person", "个人"; /// Several, of whom the number is known.
    Group = "group", "群体"; });

words!(/// State of a lead.
LeadState { /// Not all of them are persons yet.
    Open = "open", "待核实"; /// All of them are.
    Resolved = "resolved", "已核实"; /// Not looked for any more.
    Closed = "closed", "已终止"; });

words!(/// How certain an exposure or a link is.
Certainty { /// Low.
    Low = "low", "低"; /// Medium.
    Medium = "medium", "中"; /// High.
    High = "high", "高"; });

words!(/// How one follow-up went: the words of Go.Data.
FollowUpOutcome {
    /// Seen, no symptoms.
    SeenOk = "seen_ok", "已访视，无症状"; /// Seen, with symptoms.
    SeenNotOk = "seen_not_ok", "已访视，有症状"; /// Tried, and not found.
    Missed = "missed", "未见到"; /// Not tried.
    NotAttempted = "not_attempted", "未访视"; /// Could not be tried: no access, no telephone, weather.
    NotPerformed = "not_performed", "无法访视"; });

words!(/// State of a follow-up team.
TeamState { /// At work.
    Present = "present", "在岗"; /// Not at work for now; its people are with other teams meanwhile.
    Absent = "absent", "缺勤"; /// Does not exist any more.
    Ended = "ended", "已撤销"; });

words!(/// What kind of order restricts a person.
OrderKind {
    /// Of a contact (quarantine).
    Quarantine = "quarantine", "隔离医学观察"; /// Of an infected person.
    Isolation = "isolation", "隔离治疗"; /// At home after discharge.
    Monitoring = "monitoring", "居家健康监测"; });

words!(/// State of an order. Whatever it says, an order is in force only until its end.
OrderState {
    /// Decided, and not ended by anything but perhaps by its time.
    InForce = "in_force", "执行中"; /// Its time ran out.
    Expired = "expired", "到期"; /// Ended by a decision.
    Lifted = "lifted", "提前解除"; /// Another order has taken its place.
    Replaced = "replaced", "已被替代"; });

words!(/// State of an appeal.
AppealState { /// Not answered yet.
    Open = "open", "待答复"; /// Granted.
    Granted = "granted", "支持"; /// Refused.
    Refused = "refused", "驳回"; });

words!(/// What another jurisdiction is asked to see to.
Assistance {
    /// Someone there was exposed to a case here: to be taken over as a contact.
    Contact = "contact", "密接协查"; /// A case from here was at a place there: whoever was exposed is looked for.
    Exposure = "exposure", "暴露地协查"; /// Someone of there is a case here: household, work and travels are looked into.
    CaseElsewhere = "case_elsewhere", "病例协查"; });

words!(/// What came of a request to another jurisdiction.
AssistanceOutcome {
    /// The contact is under management there.
    TakenOver = "taken_over", "已接管"; /// The person or place was not found.
    NotFound = "not_found", "查无此人（地）"; /// It concerns another jurisdiction.
    NotOurs = "not_ours", "不属本辖区"; /// It is done; nobody need be managed, or those who must are.
    Done = "done", "已办结"; });

words!(/// Which of the two ways between books.
Leg { /// The request, to who is asked.
    Request = "request", "函件"; /// The answer, to who asked.
    Answer = "answer", "复函"; });

words!(/// How far a message has come.
Delivery { /// Waits for its delivery; it is tried until it succeeds.
    Queued = "queued", "待送达"; /// Durably in the other book, which gave a receipt.
    Acknowledged = "acknowledged", "已签收"; /// The other book will not have it, and says why.
    Refused = "refused", "被拒收"; });

words!(/// How a visit of a case is known.
VisitSource { /// The case said so.
    Told = "told", "本人陈述"; /// Someone else said so.
    Witness = "witness", "他人陈述"; /// A check-in.
    CheckIn = "check_in", "扫码记录"; /// A camera.
    Camera = "camera", "监控"; /// A payment or ticket.
    Payment = "payment", "支付或票据"; /// Any other record.
    Other = "other", "其他"; });

words!(/// State of a transfer.
TransferState { /// Asked for.
    Requested = "requested", "已申请"; /// Vehicle and facility assigned.
    Assigned = "assigned", "已派车"; /// In the vehicle.
    PickedUp = "picked_up", "已接上"; /// At the facility.
    Arrived = "arrived", "已到达"; /// In a bed.
    Admitted = "admitted", "已入住"; /// Called off.
    CalledOff = "called_off", "已取消"; });

words!(/// State of a screening round.
RoundState { /// Open for sampling.
    Open = "open", "进行中"; /// Closed.
    Closed = "closed", "已结束"; });

words!(/// Part of an investigation.
InvestigationPart { /// Core information.
    Core = "core", "核心信息"; /// Full report.
    Full = "full", "完整报告"; });

words!(/// Kinds of duty (应办事项).
DutyKind {
    /// Someone in scope of a round is sampled.
    Sample = "sample", "采样";
    /// Everyone sampled gets a result.
    Result = "result", "出结果";
    /// An open tube is sealed.
    Seal = "seal", "封管";
    /// A sealed tube reaches a laboratory.
    Deliver = "deliver", "送检";
    /// A received tube is tested.
    Test = "test", "检测";
    /// A failed run is repeated.
    Retest = "retest", "复检";
    /// Members of a spoilt, lost or wrongly pooled tube are sampled again.
    Resample = "resample", "重采";
    /// Members of a positive pool are sampled singly.
    Recall = "recall", "复核";
    /// A test on a contact's schedule.
    ContactTest = "contact_test", "密接检测";
    /// A test on which discharge depends.
    ExitTest = "exit_test", "出舱核酸";
    /// A test under home monitoring after discharge.
    MonitoringTest = "monitoring_test", "居家监测核酸";
    /// A case is reported.
    Report = "report", "报告";
    /// A change of a reported case is reported.
    ReportCorrection = "report_correction", "订正报告";
    /// Core investigation.
    InvestigateCore = "investigate_core", "核心流调";
    /// Full investigation.
    InvestigateFull = "investigate_full", "完整流调";
    /// An infected person is brought to a hospital.
    Transfer = "transfer", "转运感染者";
    /// A contact is brought to an isolation site.
    Isolate = "isolate", "转运密接";
    /// A person who has arrived gets a bed.
    Admit = "admit", "收治入住";
    /// Daily observation.
    Observe = "observe", "每日观察";
    /// A person who meets the criteria is discharged.
    Discharge = "discharge", "出院";
    /// Isolation or monitoring that has run its time is ended.
    Release = "release", "解除";
    /// A risk zone that meets the rule is lifted.
    LiftZone = "lift_zone", "解除风险区";
    /// A contact whose case was withdrawn is looked at again: let go, or kept for another reason.
    ReviewContact = "review_contact", "复核密接";
    /// A swab that is not negative and belongs to nobody any more is given to the person it was taken from.
    IdentifySwab = "identify_swab", "核实样本归属";
    /// A result that was called wrong is read again: only that makes it negative.
    ConfirmCorrection = "confirm_correction", "更正待复检证实";
    /// A contact is seen: the next time that the schedule asks for it.
    FollowUp = "follow_up", "随访";
    /// A contact who was not found several times is looked for.
    TraceLost = "trace_lost", "追查失访";
    /// A contact is offered prophylaxis while it still protects.
    Prophylaxis = "prophylaxis", "暴露后预防";
    /// Whoever was given the first of two doses is given the second, also when the follow-up is over.
    SecondDose = "second_dose", "接种第二剂";
    /// Contacts known by name, number or as a group become persons.
    IdentifyLead = "identify_lead", "核实线索";
    /// Someone who has fallen ill under follow-up is sampled.
    SymptomTest = "symptom_test", "有症状检测";
    /// An appeal is answered.
    AnswerAppeal = "answer_appeal", "答复申诉";
    /// A request to another jurisdiction is answered by it.
    AwaitAssistance = "await_assistance", "待协查复函";
    /// What another jurisdiction asks for is seen to.
    TakeOver = "take_over", "办理协查";
    /// A message that nobody took over is settled: another jurisdiction is asked, or it is decided to let it be.
    SettleMessage = "settle_message", "处置退回函件";
    /// What a revoked account handed in afterwards is looked at.
    ReviewHandIn = "review_hand_in", "复核停用账号补报";
    /// A laboratory whose positive share is far from the others' is looked at.
    ReviewLaboratory = "review_laboratory", "复核检测机构";
});

words!(/// The four shoulds and the fifth (四应四尽, 应解尽解).
Should {
    /// Who should be tested is tested.
    Test = "test", "应检尽检";
    /// Who should be isolated is isolated.
    Isolate = "isolate", "应隔尽隔";
    /// Who should be admitted is admitted.
    Admit = "admit", "应收尽收";
    /// Who should be treated is treated.
    Treat = "treat", "应治尽治";
    /// Who should be released is released.
    Release = "release", "应解尽解";
    /// The work between: seal, deliver, test, report, investigate.
    Chain = "chain", "全链条";
});

words!(/// Who is responsible for a duty, and what an account may do.
Role {
    /// Samples people.
    Sampler = "sampler", "采样员";
    /// Carries boxes.
    Courier = "courier", "转运员";
    /// Tests.
    Laboratory = "laboratory", "检验员";
    /// Investigates and traces.
    Investigator = "investigator", "流调员";
    /// Sends vehicles.
    Dispatcher = "dispatcher", "调度员";
    /// Cares for patients.
    Ward = "ward", "病区护士";
    /// Looks after households.
    CommunityWorker = "community_worker", "社区工作者";
    /// Decides.
    Commander = "commander", "指挥员";
    /// Reads everything, changes nothing.
    Auditor = "auditor", "审计员";
    /// Keeps accounts and the system.
    Administrator = "administrator", "管理员";
    /// Another jurisdiction's book, which hands its messages in.
    PeerBook = "peer_book", "外辖区台账";
});

impl DutyKind {
    /// Which of the shoulds this kind counts under.
    pub const fn should(self) -> Should {
        use DutyKind::*;
        match self {
            Sample | Resample | Recall | ContactTest | MonitoringTest | SymptomTest | IdentifySwab => Should::Test,
            Isolate | FollowUp | TraceLost | IdentifyLead | TakeOver | SettleMessage => Should::Isolate,
            Transfer | Admit => Should::Admit,
            Observe | ExitTest | Prophylaxis | SecondDose => Should::Treat,
            Discharge | Release | LiftZone | ReviewContact | AnswerAppeal => Should::Release,
            Result | Seal | Deliver | Test | Retest | Report | ReportCorrection | InvestigateCore | InvestigateFull | ConfirmCorrection
            | ReviewHandIn | ReviewLaboratory | AwaitAssistance => Should::Chain,
        }
    }
    /// Who is responsible by default.
    pub const fn responsible(self) -> Role {
        use DutyKind::*;
        match self {
            Sample | Resample | Recall | ContactTest | SymptomTest | Seal => Role::Sampler,
            Deliver => Role::Courier,
            Result | Test | Retest | Report | ConfirmCorrection => Role::Laboratory,
            ReportCorrection | InvestigateCore | InvestigateFull | ReviewContact | TraceLost | IdentifySwab | IdentifyLead
            | AwaitAssistance | TakeOver | SettleMessage => Role::Investigator,
            Transfer | Isolate => Role::Dispatcher,
            Admit | Observe | ExitTest | Discharge => Role::Ward,
            MonitoringTest | Release | FollowUp | Prophylaxis | SecondDose => Role::CommunityWorker,
            LiftZone | AnswerAppeal | ReviewHandIn | ReviewLaboratory => Role::Commander,
        }
    }
    /// True for the duties that a single sample of the person fulfils.
    pub const fn is_sampling(self) -> bool {
        use DutyKind::*;
        matches!(self, Resample | Recall | ContactTest | ExitTest | MonitoringTest | SymptomTest)
    }
}

words!(/// How a duty stands.
DutyState { /// Not done yet.
    Open = "open", "未办"; /// Fulfilled by a fact.
    Discharged = "discharged", "办结"; /// Waived by a decision.
    Waived = "waived", "豁免"; /// Overtaken by a later fact.
    Superseded = "superseded", "已被取代"; });

words!(/// What a duty is about.
SubjectKind { /// A person.
    Person = "person", "人员"; /// A tube.
    Tube = "tube", "采样管"; /// A case.
    Case = "case", "感染者"; /// A place.
    Place = "place", "地点"; /// A lead.
    Lead = "lead", "线索"; /// An account.
    Account = "account", "账号"; /// A message to or from another book.
    Message = "message", "函件"; });
