//! What is printed: plain fields, filled by the caller. Nothing is looked up here.

use quell_foundation::{Day, EventTime, Span};

/// A text in both languages. One may be empty: the other then stands for both and is printed once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// In Simplified Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// A text in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// The text in a language, or in the other when it lacks.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese if !self.zh.is_empty() => &self.zh,
            Language::English if self.en.is_empty() => &self.zh,
            Language::Chinese | Language::English => &self.en,
        }
    }
}

/// A text that somebody typed in one language: printed once, as it is.
impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self::new(text, "")
    }
}

/// The language of a working paper. Notices and certificates always carry both: their reader is not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

/// Sex as registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Not known.
    Unknown,
}

/// An identity number of which a paper shows only the ends. It can't be made without masking.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MaskedNumber(String);

impl MaskedNumber {
    /// Keeps the first three and the last four characters of a long number, the last two of a short one, and nothing of one with four or fewer.
    pub fn of(number: &str) -> Self {
        let all: Vec<char> = number.trim().chars().collect();
        let (first, last) = match all.len() {
            0..=4 => (0, 0),
            5..=11 => (0, 2),
            _ => (3, 4),
        };
        let hidden = |n: usize| n >= first && n + last < all.len();
        Self(all.iter().enumerate().map(|(n, c)| if hidden(n) { '*' } else { *c }).collect())
    }
    /// The masked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MaskedNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MaskedNumber({})", self.0)
    }
}

/// Whom a paper is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Year of birth, if known.
    pub birth_year: Option<i16>,
    /// Identity number, masked; empty if none is known.
    pub identity: MaskedNumber,
}

/// What a restriction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// 居家隔离.
    Home,
    /// 集中隔离.
    Central,
    /// 住院隔离.
    Hospital,
}

/// What a reason rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What is known.
    pub text: Words,
    /// The fact in the book, as its id.
    pub fact: String,
}

/// How a decision can be contested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// Where and how.
    pub how: Words,
    /// Within what time it is answered.
    pub answered_within: Span,
    /// A telephone that is answered.
    pub telephone: String,
}

/// A notice of a restriction (隔离通知书), for the person restricted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Number of the order.
    pub number: String,
    /// The jurisdiction that issues it.
    pub jurisdiction: Words,
    /// The person.
    pub person: Person,
    /// What kind of restriction.
    pub restriction: Restriction,
    /// Where it is kept.
    pub place: Words,
    /// Why.
    pub reason: Words,
    /// What the reason rests on.
    pub evidence: Vec<Evidence>,
    /// The protocol (防控方案).
    pub protocol: Words,
    /// The rule of the protocol, by its name there.
    pub rule: String,
    /// When it begins.
    pub from: EventTime,
    /// When it ends by itself.
    pub until: EventTime,
    /// What the person may do.
    pub permits: Vec<Words>,
    /// What the person may not do.
    pub forbids: Vec<Words>,
    /// Who decided.
    pub decided_by: Words,
    /// When.
    pub decided_at: EventTime,
    /// How to contest it.
    pub appeal: Appeal,
    /// A link or code to check the notice by, at most 300 bytes; printed as a QR code.
    pub code: Option<String>,
    /// When it is printed.
    pub printed_at: EventTime,
}

/// How a restriction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// At the end it was given.
    ByItsEnd,
    /// Before it, by a decision.
    Lifted {
        /// Who decided.
        by: Words,
        /// Why.
        reason: Words,
    },
    /// An appeal was granted.
    AppealGranted {
        /// Who decided.
        by: Words,
        /// Why.
        reason: Words,
    },
}

/// A test named in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// When swabbed.
    pub sampled_at: EventTime,
    /// Which test and laboratory.
    pub what: Words,
    /// Its result.
    pub result: Words,
}

/// A certificate of release (解除隔离证明), for whoever asks the person why he or she is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Number of the order that ended.
    pub number: String,
    /// The jurisdiction that issues it.
    pub jurisdiction: Words,
    /// The person.
    pub person: Person,
    /// What kind of restriction it was.
    pub restriction: Restriction,
    /// When it began.
    pub from: EventTime,
    /// When it ended.
    pub until: EventTime,
    /// How it ended.
    pub ended: Ended,
    /// Tests that it rests on, if any.
    pub tests: Vec<Test>,
    /// A telephone for questions.
    pub telephone: String,
    /// A link or code to check the certificate by, at most 300 bytes; printed as a QR code.
    pub code: Option<String>,
    /// When it is printed.
    pub printed_at: EventTime,
}

/// One contact to be seen on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Name.
    pub name: String,
    /// Age in years, if known.
    pub age: Option<u8>,
    /// Sex.
    pub sex: Sex,
    /// Where to go.
    pub address: String,
    /// Telephone.
    pub telephone: String,
    /// Which day of the follow-up, from 1.
    pub day: u16,
    /// Of how many.
    pub of: u16,
    /// The symptoms to ask for.
    pub ask: String,
}

/// The day sheet of a follow-up team (随访日报单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySheet {
    /// The team.
    pub team: String,
    /// Who is in it; empty if that is not known.
    pub members: Vec<String>,
    /// The place it works in.
    pub place: String,
    /// The jurisdiction.
    pub jurisdiction: Words,
    /// The day.
    pub day: Day,
    /// The contacts, in the order of the walk; at most [`crate::MOST_VISITS`].
    pub visits: Vec<Visit>,
    /// When it is printed.
    pub printed_at: EventTime,
}

/// One kind of duty in the balance of a day. `carried_in + opened = discharged + waived + superseded + carried_out`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceLine {
    /// Kind of duty.
    pub kind: Words,
    /// Open at the end of the day before.
    pub carried_in: i64,
    /// Opened.
    pub opened: i64,
    /// Discharged.
    pub discharged: i64,
    /// Waived.
    pub waived: i64,
    /// Superseded.
    pub superseded: i64,
    /// Open at the end.
    pub carried_out: i64,
    /// Of these overdue.
    pub overdue: i64,
}

/// One of the shoulds on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShouldOfDay {
    /// Which.
    pub what: Words,
    /// What was to be done: carried in and opened.
    pub should: i64,
    /// Done.
    pub done: i64,
    /// Of these in time.
    pub in_time: i64,
    /// Waived.
    pub waived: i64,
    /// Overtaken by a later fact.
    pub superseded: i64,
    /// Still open.
    pub open: i64,
    /// Of these overdue.
    pub overdue: i64,
}

/// New cases of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CasesOfDay {
    /// Found in the community.
    pub community_found: i64,
    /// Found under control.
    pub controlled: i64,
    /// How they were found is not known.
    pub unknown_channel: i64,
    /// Of all: without symptoms.
    pub asymptomatic: i64,
    /// Found up to this day.
    pub total: i64,
    /// Days since the last one found in the community; none if there never was one.
    pub days_since_community: Option<i32>,
}

/// How far a round was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundOfDay {
    /// Name.
    pub name: String,
    /// On the roster.
    pub should: i64,
    /// Sampled.
    pub sampled: i64,
    /// Waived.
    pub waived: i64,
    /// Not sampled yet.
    pub open: i64,
    /// Have a result.
    pub resulted: i64,
    /// Wait for it.
    pub pending: i64,
}

/// What is overdue of a kind at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueLine {
    /// Kind of duty.
    pub kind: Words,
    /// Place.
    pub place: String,
    /// How many.
    pub overdue: i64,
    /// Who sees to it, and why it is late; none if nobody has said.
    pub owned: Option<(String, String)>,
}

/// Beds of one kind of facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BedsLine {
    /// Kind of facility.
    pub kind: Words,
    /// Facilities.
    pub facilities: i64,
    /// Beds.
    pub beds: i64,
    /// Taken.
    pub occupied: i64,
}

/// Who sealed a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealOfDay {
    /// By whom.
    pub decider: String,
    /// When.
    pub at: EventTime,
    /// Hash of the day.
    pub day_hash: String,
}

/// The report of a day (疫情防控日报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyReport {
    /// The jurisdiction.
    pub jurisdiction: Words,
    /// The place.
    pub place: Words,
    /// The day.
    pub day: Day,
    /// Who sealed it; none while it is open.
    pub sealed: Option<SealOfDay>,
    /// Cases.
    pub cases: CasesOfDay,
    /// The shoulds.
    pub shoulds: Vec<ShouldOfDay>,
    /// Rounds.
    pub rounds: Vec<RoundOfDay>,
    /// The balance.
    pub balance: Vec<BalanceLine>,
    /// What is overdue.
    pub overdue: Vec<OverdueLine>,
    /// Beds.
    pub beds: Vec<BedsLine>,
    /// When it is printed.
    pub printed_at: EventTime,
}
