//! The daily report: the book's numbers as they stand on paper, with the words of both languages.

use super::{Letterhead, PaperError};
use quell_book::{DutyKind, PlaceKind, Should};
use quell_documents::{
    self as documents, BalanceLine, BedsLine, CasesOfDay, Document, Fonts, Language, OverdueLine, RoundOfDay, SealOfDay, ShouldOfDay, Words,
};
use quell_store::views::{DailyKind, DailyReport};

/// The word of the book, and its words in English.
fn duty(kind: DutyKind) -> Words {
    Words::new(kind.zh(), sentence(kind.as_str()))
}

fn facility(kind: PlaceKind) -> Words {
    Words::new(kind.zh(), sentence(kind.as_str()))
}

/// A code of the book as English: its words apart, with a capital letter.
fn sentence(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn should(s: Should) -> Words {
    let en = match s {
        Should::Test => "Testing",
        Should::Isolate => "Isolation",
        Should::Admit => "Admission",
        Should::Treat => "Treatment",
        Should::Release => "Release",
        Should::Chain => "The chain between",
    };
    Words::new(s.zh(), en)
}

/// The five shoulds and the chain, each summed over its kinds of duty; also what nobody owed, so that no line seems to be missing.
fn shoulds(balance: &[DailyKind]) -> Vec<ShouldOfDay> {
    let sum = |s: &Should| {
        let of = |f: fn(&DailyKind) -> i64| balance.iter().filter(|b| b.kind.should() == *s).map(f).sum();
        ShouldOfDay {
            what: should(*s),
            should: of(|b| b.carried_in + b.opened),
            done: of(|b| b.discharged),
            in_time: of(|b| b.in_time),
            waived: of(|b| b.waived),
            superseded: of(|b| b.superseded),
            open: of(|b| b.carried_out),
            overdue: of(|b| b.overdue),
        }
    };
    Should::ALL.iter().map(sum).collect()
}

fn balance(b: &DailyKind) -> BalanceLine {
    BalanceLine {
        kind: duty(b.kind),
        carried_in: b.carried_in,
        opened: b.opened,
        discharged: b.discharged,
        waived: b.waived,
        superseded: b.superseded,
        carried_out: b.carried_out,
        overdue: b.overdue,
    }
}

impl Letterhead {
    /// The report of a day.
    ///
    /// # Errors
    /// If it cannot be set.
    pub fn daily_report(&self, r: &DailyReport, chinese: bool) -> Result<Document, PaperError> {
        let name = r.name.clone().unwrap_or_else(|| r.place.to_string());
        let c = &r.cases;
        let report = documents::DailyReport {
            jurisdiction: self.jurisdiction.clone(),
            place: Words::new(name, r.name_en.clone().unwrap_or_default()),
            day: r.day,
            sealed: r.sealed.as_ref().map(|s| SealOfDay {
                decider: s.decider.clone(),
                at: self.at(s.at),
                day_hash: s.day_hash.to_string().chars().take(16).collect(),
            }),
            cases: CasesOfDay {
                community_found: c.community_found,
                controlled: c.controlled,
                unknown_channel: c.unknown_channel,
                asymptomatic: c.asymptomatic,
                total: c.total,
                days_since_community: c.days_since_community,
            },
            shoulds: shoulds(&r.balance),
            rounds: r
                .rounds
                .iter()
                .map(|x| RoundOfDay {
                    name: x.name.clone(),
                    should: x.should,
                    sampled: x.sampled,
                    waived: x.waived,
                    open: x.should - x.sampled - x.waived - x.superseded,
                    resulted: x.resulted,
                    pending: x.pending,
                })
                .collect(),
            balance: r.balance.iter().map(balance).collect(),
            overdue: r
                .overdue
                .iter()
                .map(|o| OverdueLine {
                    kind: duty(o.kind),
                    place: o.name.clone().unwrap_or_else(|| o.place.to_string()),
                    overdue: o.overdue,
                    owned: o.owned.clone(),
                })
                .collect(),
            beds: r
                .beds
                .iter()
                .map(|b| BedsLine { kind: facility(b.kind), facilities: b.facilities, beds: b.beds, occupied: b.occupied })
                .collect(),
            printed_at: self.at(self.now),
        };
        let language = if chinese { Language::Chinese } else { Language::English };
        Ok(documents::daily_report(&Fonts::carried()?, &report, language)?)
    }
}
