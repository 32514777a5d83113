//! What a door is told: may this person pass, and if not, why, since when, until when, and how to appeal. No name, no id, no text that
//! anybody typed.

use super::{People, Status};
use crate::http::{Chinese, Problem};
use axum::http::StatusCode;
use quell_foundation::*;
use quell_protocol::ZoneLevel;
use quell_store::views::{Held, ZoneRow};
use serde::Serialize;
use std::borrow::Cow;

/// The most hours within which a negative test can be asked for: a month.
const MOST_HOURS: u32 = 744;

/// May this person pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing restricts the person.
    Clear,
    /// Something does.
    Restricted,
    /// Nothing does, but there is no negative test within the hours that were asked for.
    TestDue,
}

/// The latest swab with a negative result.
#[derive(Debug, Serialize)]
pub struct Negative {
    /// When swabbed.
    pub sampled_at: String,
    /// Hours since then.
    pub age_h: f64,
}

/// A text in both languages: a caller is answered in one, a page shows both.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

impl Words {
    fn of(self, lang: Chinese) -> &'static str {
        if lang.0 { self.zh } else { self.en }
    }
}

/// What restricts a person.
#[derive(Debug, Serialize)]
pub struct Hold {
    /// `case`, `isolation`, `awaiting_isolation`, `home_isolation`, `home_monitoring`, `recall` or `zone`.
    pub kind: Cow<'static, str>,
    /// The same in words.
    pub reason: &'static str,
    /// These words in both languages.
    #[serde(skip)]
    pub words: Words,
    /// Since when.
    pub since: Option<String>,
    /// When it ends, as far as it is fixed: a case's stay ends by exit tests, not by date.
    pub until: Option<String>,
    /// The place of a zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    /// May this person pass.
    pub verdict: Verdict,
    /// The latest swab with a negative result.
    pub last_negative: Option<Negative>,
    /// What restricts the person; empty when nothing does.
    pub restrictions: Vec<Hold>,
    /// How to have it looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<&'a str>,
    /// How things stood at this time.
    pub as_of: String,
    /// How long ago that was. It grows while the database is away.
    pub age_seconds: u64,
    /// Position of the log that this reflects.
    pub as_of_seq: i64,
}

impl Status {
    /// Looks a code up; `within`: a negative test is asked for within so many hours.
    ///
    /// # Errors
    /// What is wrong with the question, or that there is no answer yet.
    pub fn look(&self, code: &str, within: Option<&str>, lang: Chinese) -> Result<Answer<'_>, Problem> {
        let Some(people) = self.people() else { return Err(loading(lang)) };
        let within = within.map(|h| hours(h, lang)).transpose()?;
        let person = people.codes.person(code).ok_or_else(|| no_code(lang))?;
        let position = people.position();
        let Some(known) = people.table.get(person) else { return Err(nobody(&people, position.as_of, lang)) };
        let time = |t: Instant| t.at_offset(people.config.offset);
        // What has run out restricts nobody, whether or not anyone has said so yet.
        let now = self.clock.now();
        let in_force = |h: &&Held| h.until.is_none_or(|u| u > now);
        let mut restrictions: Vec<Hold> = known.held.iter().flat_map(|h| h.iter()).filter(in_force).map(|h| held(h, lang, time)).collect();
        if known.zone != 0 {
            restrictions.extend(people.zones().at(known.zone).map(|z| zone(z, lang, time)));
        }
        let last_negative = known.negative.map(|s| {
            let at = Instant(i64::from(s) * 1_000_000);
            let age_h = (now.since(at).seconds() as f64 / 36.0).floor() / 100.0;
            Negative { sampled_at: time(at), age_h }
        });
        let verdict = match within {
            _ if !restrictions.is_empty() => Verdict::Restricted,
            Some(h) if last_negative.as_ref().is_none_or(|n| n.age_h > f64::from(h)) => Verdict::TestDue,
            _ => Verdict::Clear,
        };
        Ok(Answer {
            verdict,
            last_negative,
            appeal: (verdict == Verdict::Restricted).then(|| self.appeal.as_deref().unwrap_or(USUAL_APPEAL.of(lang))),
            restrictions,
            as_of: time(position.as_of),
            age_seconds: position.age().as_secs(),
            as_of_seq: position.seq,
        })
    }
}

/// How to appeal where the place has said nothing else.
pub(super) const USUAL_APPEAL: Words = Words {
    en: "Ask your community: it sees who decided this and why, and a record that is wrong is corrected.",
    zh: "如有异议，请向所在社区（村）申诉：社区可查看决定人和依据，记录有误的予以更正。",
};

fn held(h: &Held, lang: Chinese, time: impl Fn(Instant) -> String) -> Hold {
    let (en, zh) = match h.kind.as_str() {
        "isolation" => ("contact, in an isolation site", "密切接触者，集中隔离"),
        "awaiting_isolation" => ("contact, to be taken to an isolation site; waits at home", "密切接触者，待转运集中隔离，请居家等候"),
        "home_isolation" => ("contact, isolated at home", "接触者，居家隔离"),
        "home_monitoring" => ("health monitored at home after isolation or discharge", "解除隔离或出院后居家健康监测"),
        "recall" => ("a mixed sample was positive; waits for a negative single sample", "混采管阳性，待单采复核阴性"),
        _ => ("infected", "感染者"),
    };
    let words = Words { en, zh };
    Hold {
        kind: Cow::Owned(h.kind.clone()),
        reason: words.of(lang),
        words,
        since: h.since.map(&time),
        until: h.until.map(&time),
        place: None,
    }
}

fn zone(z: &ZoneRow, lang: Chinese, time: impl Fn(Instant) -> String) -> Hold {
    let (en, zh) = match z.level {
        ZoneLevel::High => ("lives in a high-risk zone", "居住地为高风险区"),
        ZoneLevel::Medium => ("lives in a medium-risk zone", "居住地为中风险区"),
        ZoneLevel::TemporaryControl => ("lives in a temporary control area", "居住地为临时管控区"),
        ZoneLevel::Low => ("lives in a low-risk zone", "居住地为低风险区"),
    };
    let words = Words { en, zh };
    Hold {
        kind: "zone".into(),
        reason: words.of(lang),
        words,
        since: Some(time(z.since)),
        until: z.until.map(&time),
        place: Some(z.place.clone()),
    }
}

fn hours(text: &str, lang: Chinese) -> Result<u32, Problem> {
    text.parse().ok().filter(|h| (1..=MOST_HOURS).contains(h)).ok_or_else(|| {
        let (en, zh) = (format!("'within' is a number of hours, 1 to {MOST_HOURS}"), format!("参数 within 为小时数，1 至 {MOST_HOURS}"));
        Problem::new(StatusCode::BAD_REQUEST, "within", lang, en, zh)
    })
}

fn loading(lang: Chinese) -> Problem {
    let (en, zh) = (
        "the statuses are still being read from the book; ask again after the seconds in Retry-After",
        "正在从台账读取人员状态，请按 Retry-After 的秒数稍后重试",
    );
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "loading", lang, en, zh)
}

fn no_code(lang: Chinese) -> Problem {
    let (en, zh) =
        ("this is no person code: it has 27 letters and digits. Scan it again", "这不是人员码：人员码为 27 位字母和数字，请重新扫码");
    Problem::new(StatusCode::BAD_REQUEST, "code", lang, en, zh)
}

fn nobody(people: &People, as_of: Instant, lang: Chinese) -> Problem {
    let as_of = as_of.at_offset(people.config.offset);
    let en = format!("nobody in this book had this code at {as_of}; whoever was listed since appears within seconds");
    let zh = format!("截至 {as_of}，台账中没有此码对应的人员；新登记的人员数秒后可查");
    Problem::new(StatusCode::NOT_FOUND, "unknown-code", lang, en, zh)
}
