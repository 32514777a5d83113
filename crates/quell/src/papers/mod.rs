//! Papers (文书): notices of orders, certificates of release, day sheets and daily reports, filled from the book's views. [`gather`] asks for
//! what stands on them, for the command line and for HTTP.

mod daily;
pub mod gather;

use quell_book::{OrderKind, OrderState, Sex};
use quell_documents as documents;
use quell_documents::{
    Appeal, Batch, Certificate, DaySheet, Document, Ended, Evidence, Fonts, Language, MaskedNumber, Notice, Visit, Words,
};
use quell_foundation::*;
use quell_protocol::{FacilityKind, Link, Protocol, Severity};
use quell_store::StoreError;
use quell_store::views::{ContactItem, OrderItem};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is the same on all papers of one printing.
pub struct Letterhead {
    /// The jurisdiction.
    pub jurisdiction: Words,
    /// A telephone that is answered.
    pub telephone: String,
    /// The protocol in force.
    pub protocol: Arc<Protocol>,
    /// Offset of the book's days.
    pub offset: UtcOffset,
    /// When it is printed.
    pub now: Instant,
}

/// Whom a team is to see.
pub struct Walk {
    /// The team.
    pub team: String,
    /// Who is in it, if that is known.
    pub members: Vec<String>,
    /// Where it goes.
    pub place: String,
    /// Whom it sees, in the order in which it goes.
    pub contacts: Vec<ContactItem>,
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The documents.
    #[error(transparent)]
    Document(#[from] documents::Problem),
    /// An order that is still in force has no certificate of release.
    #[error("order {0} is in force: there is no release to certify yet")]
    InForce(OrderId),
    /// There is nobody to print for.
    #[error("no order fits: nothing to print")]
    Nothing,
    /// No team has anybody to see.
    #[error("nobody is to be seen by then: nothing to print")]
    NoTeam,
    /// A team that is not listed, and nothing says where it goes.
    #[error("no team '{0}' is listed: say of which place the sheet is (place), or list the team (team_listed)")]
    UnknownTeam(String),
    /// There is no sheet of such a day.
    #[error("{0} is neither sealed nor the open day: there is nothing to report")]
    NoDay(Day),
    /// Too many for one file over HTTP.
    #[error("more than {0} papers: ask for one person's, or print them at the command line (quell print)")]
    TooMany(usize),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A look that could not be written down: nothing is shown.
    #[error("{0}")]
    Look(Arc<StoreError>),
}

impl PaperError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Document(p) => p.zh(),
            Self::InForce(id) => format!("决定 {id} 仍在执行，尚不能出具解除证明"),
            Self::Nothing => "没有符合条件的决定，无可打印".into(),
            Self::NoTeam => "届时没有应随访人员，无可打印".into(),
            Self::UnknownTeam(team) => format!("没有登记小组“{team}”：请指明地点（place），或先登记该小组（team_listed）"),
            Self::NoDay(day) => format!("{day} 既未日结，也不是当前工作日，无可出具的日报"),
            Self::TooMany(n) => format!("文书超过 {n} 份：请按人员查询，或用命令行打印（quell print）"),
            Self::Store(e) => e.to_string(),
            Self::Look(e) => e.to_string(),
        }
    }
}

/// Where to go: the way within the county and the township is known to whoever goes.
fn walk_to(c: &ContactItem) -> String {
    let names = c.home_names.get(2..).unwrap_or_default();
    if names.is_empty() { c.home.as_ref().map(ToString::to_string).unwrap_or_default() } else { names.join(" ") }
}

fn sex(s: Option<Sex>) -> documents::Sex {
    match s {
        Some(Sex::Male) => documents::Sex::Male,
        Some(Sex::Female) => documents::Sex::Female,
        Some(Sex::Unknown) | None => documents::Sex::Unknown,
    }
}

fn person(o: &OrderItem) -> documents::Person {
    documents::Person {
        name: o.name.clone().unwrap_or_default(),
        sex: sex(o.sex),
        birth_year: o.born.and_then(|b| b.to_string().get(..4)?.parse().ok()),
        identity: MaskedNumber::of(o.identity_masked.as_deref().unwrap_or_default()),
    }
}

/// What holds for everyone, whatever an order says: care, supplies, and the way out in danger.
fn always_permitted() -> Vec<Words> {
    vec![
        Words::new("随时要求就医、送药和生活物资", "Ask for medical care, medicine and supplies at any time"),
        Words::new("发生火灾、地震等危险时立即离开", "Leave at once in case of fire, earthquake or other danger"),
        Words::new("正常通信、上网", "Telephone and use the internet"),
    ]
}

fn forbidden(r: documents::Restriction) -> Vec<Words> {
    let leave = match r {
        documents::Restriction::Home => {
            Words::new("离开住所（就医经联系社区除外）", "Leave your home, except for medical care arranged with the community")
        }
        documents::Restriction::Central => Words::new("离开隔离点（就医除外）", "Leave the isolation site, except for medical care"),
        documents::Restriction::Hospital => Words::new("离开病区（经医务人员同意除外）", "Leave the ward without the consent of its staff"),
    };
    vec![leave, Words::new("接待访客", "Receive visitors")]
}

impl Letterhead {
    fn at(&self, t: Instant) -> EventTime {
        EventTime::exact(t, self.offset)
    }

    fn restriction(&self, o: &OrderItem) -> documents::Restriction {
        let care = || self.protocol.destination(o.severity.unwrap_or(Severity::Mild), None, &BTreeSet::new());
        match o.kind {
            OrderKind::Isolation if !o.in_bed && care() == FacilityKind::Home => documents::Restriction::Home,
            OrderKind::Isolation => documents::Restriction::Hospital,
            OrderKind::Quarantine if o.site_until.is_some() => documents::Restriction::Central,
            OrderKind::Quarantine | OrderKind::Monitoring => documents::Restriction::Home,
        }
    }

    fn place(&self, o: &OrderItem) -> Words {
        let home = o.home_names.join(" ");
        match (self.restriction(o), o.site_until) {
            (documents::Restriction::Central, Some(until)) => {
                let until = until.at_offset(self.offset);
                let day = until.get(..10).unwrap_or_default().to_owned();
                Words::new(
                    format!("集中隔离点，至 {day} 0 时；其后居家：{home}"),
                    format!("An isolation site until {day}, 00:00; then at home: {home}"),
                )
            }
            (documents::Restriction::Hospital, _) => Words::new("定点医院或方舱医院", "A designated or shelter hospital"),
            _ => Words::from(home.as_str()),
        }
    }

    fn notice(&self, o: &OrderItem) -> Notice {
        let r = self.restriction(o);
        let meta = &self.protocol.meta;
        let mut permits = always_permitted();
        permits.extend(o.permits.as_deref().map(Words::from));
        Notice {
            number: o.order_id.to_string(),
            jurisdiction: self.jurisdiction.clone(),
            person: person(o),
            restriction: r,
            place: self.place(o),
            reason: Words::from(o.reason.as_str()),
            evidence: vec![Evidence { text: Words::from(o.evidence.as_str()), fact: o.order_id.to_string() }],
            protocol: Words::new(meta.name_zh.clone(), meta.name_en.clone()),
            rule: o.rule.clone().unwrap_or_else(|| "isolation".into()),
            from: self.at(o.starts),
            until: self.at(o.ends),
            permits,
            forbids: forbidden(r),
            decided_by: Words::from(o.decider.as_str()),
            decided_at: self.at(o.decided_at),
            appeal: Appeal {
                how: Words::new(
                    "向社区工作人员口头或书面提出，或拨打下列电话。答复人不得是作出本决定的人。",
                    "Tell or write to the staff of your community, or call the number below. Whoever decided this does not answer the appeal.",
                ),
                answered_within: self.protocol.deadline(Link::AnswerAppeal).unwrap_or(Span::days(1)),
                telephone: self.telephone.clone(),
            },
            code: Some(format!("quell:order:{}", o.order_id)),
            printed_at: self.at(self.now),
        }
    }

    fn certificate(&self, o: &OrderItem) -> Result<Certificate, PaperError> {
        let (zh_by, why) = (o.end_decider.as_deref().unwrap_or("—"), o.end_reason.as_deref().unwrap_or("—"));
        let by = || (Words::from(zh_by), Words::from(why));
        let appealed = o.appeals.iter().any(|a| a.state == quell_book::AppealState::Granted);
        let ended = match o.state {
            _ if o.ends <= self.now && o.ended_at.is_none_or(|e| e >= o.ends) => Ended::ByItsEnd,
            OrderState::InForce => return Err(PaperError::InForce(o.order_id)),
            OrderState::Expired => Ended::ByItsEnd,
            OrderState::Lifted | OrderState::Replaced => {
                let (by, reason) = by();
                if appealed { Ended::AppealGranted { by, reason } } else { Ended::Lifted { by, reason } }
            }
        };
        Ok(Certificate {
            number: o.order_id.to_string(),
            jurisdiction: self.jurisdiction.clone(),
            person: person(o),
            restriction: self.restriction(o),
            from: self.at(o.starts),
            until: self.at(o.ended_at.unwrap_or(o.ends).min(o.ends)),
            ended,
            tests: Vec::new(),
            telephone: self.telephone.clone(),
            code: Some(format!("quell:release:{}", o.order_id)),
            printed_at: self.at(self.now),
        })
    }

    /// Notices of these orders, one after the other in one file.
    ///
    /// # Errors
    /// If there are none, or they cannot be set.
    pub fn notices(&self, orders: &[OrderItem]) -> Result<Document, PaperError> {
        self.batch(orders, |batch, o| Ok(batch.notice(&self.notice(o))?))
    }

    /// Certificates that these orders have ended.
    ///
    /// # Errors
    /// If there are none, one is in force, or they cannot be set.
    pub fn certificates(&self, orders: &[OrderItem]) -> Result<Document, PaperError> {
        self.batch(orders, |batch, o| Ok(batch.certificate(&self.certificate(o)?)?))
    }

    fn batch(
        &self,
        orders: &[OrderItem],
        mut add: impl FnMut(&mut Batch<'_>, &OrderItem) -> Result<(), PaperError>,
    ) -> Result<Document, PaperError> {
        if orders.is_empty() {
            return Err(PaperError::Nothing);
        }
        let fonts = Fonts::carried()?;
        let mut batch = if orders.len() > 1 { Batch::new(&fonts).for_both_sides() } else { Batch::new(&fonts) };
        for o in orders {
            add(&mut batch, o)?;
        }
        Ok(batch.finish()?)
    }

    /// Day sheets, one a team: of these contacts, in this order.
    ///
    /// # Errors
    /// If one cannot be set, or there is none.
    pub fn day_sheets(&self, walks: &[Walk], day: Day, chinese: bool) -> Result<Document, PaperError> {
        let language = if chinese { Language::Chinese } else { Language::English };
        let fonts = Fonts::carried()?;
        let mut batch = Batch::new(&fonts);
        if walks.is_empty() {
            return Err(PaperError::NoTeam);
        }
        for walk in walks {
            batch.day_sheet(&self.day_sheet(walk, day, chinese), language)?;
        }
        Ok(batch.finish()?)
    }

    fn day_sheet(&self, walk: &Walk, day: Day, chinese: bool) -> DaySheet {
        let symptoms = self.protocol.question("symptoms").map(|q| q.options.iter().filter(|o| o.id != "other")).into_iter().flatten();
        let ask = symptoms.map(|o| if chinese { o.zh.as_str() } else { o.en.as_str() }).collect::<Vec<_>>().join(if chinese {
            "、"
        } else {
            ", "
        });
        let visit = |c: &ContactItem| {
            let exposed = c.last_exposure.day(self.offset);
            let days = c.until.map_or(0, |u| u.day(self.offset).0 - exposed.0 - 1);
            Visit {
                name: c.name.clone().unwrap_or_default(),
                age: c.born.and_then(|b| u8::try_from((day.0 - b.0) * 100 / 36_525).ok()),
                sex: sex(c.sex),
                address: walk_to(c),
                telephone: c.phone.clone().unwrap_or_default(),
                day: u16::try_from(day.0 - exposed.0).unwrap_or(0),
                of: u16::try_from(days).unwrap_or(0),
                ask: ask.clone(),
            }
        };
        DaySheet {
            team: walk.team.clone(),
            members: walk.members.clone(),
            place: walk.place.clone(),
            jurisdiction: self.jurisdiction.clone(),
            day,
            visits: walk.contacts.iter().map(visit).collect(),
            printed_at: self.at(self.now),
        }
    }
}
