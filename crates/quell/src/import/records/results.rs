//! Laboratory results, matched to samples that wait for one: by the tube, else by person and day of sampling. A report that has come
//! before is known by the laboratory's own id for it, whichever message carries it.

use super::named::Kept;
use super::report::refused;
use super::{Decided, Run, word_of};
use crate::import::ImportError;
use crate::import::report::Issue;
use quell_book::rows::{Person, Registration, Tube};
use quell_book::{Fact, ResultCorrected, ResultRead, TargetCt, TestResult, TubeState};
use quell_exchange::{PersonPart, ResultRecord};
use quell_foundation::*;
use quell_matching::{Particulars, Verdict};
use quell_protocol::TubeMode;
use quell_store::log;
use quell_store::{find, known};
use std::collections::{HashMap, HashSet};

/// What the book has of the samples of a chunk.
struct Samples {
    tubes: HashMap<TubeCode, Tube>,
    of_person: HashMap<PersonId, Vec<Registration>>,
    in_tube: HashMap<TubeCode, Vec<PersonId>>,
    people: HashMap<PersonId, Person>,
    /// Reports that are in the book.
    reported: HashSet<SubmissionId>,
    kept: Kept,
}

impl Run<'_> {
    pub(super) async fn results(&mut self, rows: Vec<(u64, ResultRecord)>) -> Result<Vec<(u64, Decided)>, ImportError> {
        let who = self.whose(&rows).await?;
        let samples = self.samples(&rows, &who).await?;
        let mut out = Vec::with_capacity(rows.len());
        let mut seen: HashSet<(TubeCode, TestResult)> = HashSet::new();
        for (i, (line, r)) in rows.iter().enumerate() {
            let decided = self.result(*line, r, who[i], &samples, &mut seen);
            out.push((*line, decided.unwrap_or_else(Decided::Refused)));
        }
        Ok(out)
    }

    /// Whose results these are, as far as the book knows: by the person's id or identity number, by a case's number, by what is alike.
    async fn whose(&self, rows: &[(u64, ResultRecord)]) -> Result<Vec<Option<PersonId>>, ImportError> {
        let parts: Vec<&PersonPart> = rows.iter().map(|(_, r)| &r.who).collect();
        let cases = self.cases_named(parts.iter().map(|p| p.person.as_str())).await?;
        let nothing = String::new();
        let contacts = self.contacts_named(parts.iter().map(|p| (&nothing, &p.person))).await?;
        let named = self.persons_named(&parts).await?;
        let one = |(part, person): (&&PersonPart, Option<PersonId>)| {
            let of_case = || cases.first([&part.person, ""]).map(|c| c.person_id);
            let of_contact = || contacts.get(self.contact_id(&contacts, "", &part.person)?).map(|c| c.person_id);
            person.or_else(of_case).or_else(of_contact)
        };
        Ok(parts.iter().zip(named).map(one).collect())
    }

    async fn samples(&self, rows: &[(u64, ResultRecord)], who: &[Option<PersonId>]) -> Result<Samples, ImportError> {
        let book = self.app.config.book;
        let named: Vec<TubeCode> = rows.iter().filter_map(|(_, r)| TubeCode::new(r.tube.as_str()).ok()).collect();
        let c = self.app.db.connection().await?;
        let persons: Vec<PersonId> = who.iter().flatten().copied().collect();
        // Samples stay with the record under which they were taken.
        let persons = self.kept(&persons).await?.all(&persons);
        let registrations = known::registrations(&c, book, &persons, &named).await?;
        let mut codes: Vec<TubeCode> = registrations.iter().map(|r| r.tube.clone()).chain(named).collect();
        codes.sort_unstable();
        codes.dedup();
        let tubes = find::tubes(&c, book, &codes).await?.into_iter().map(|t| (t.tube.clone(), t)).collect();
        let ids: Vec<uuid::Uuid> = rows.iter().filter_map(|(_, r)| Some(self.report_id(r)?.0)).collect();
        let reported = log::receipts(&c, book, &ids).await?.into_keys().collect();
        drop(c);
        let members: Vec<PersonId> = registrations.iter().map(|r| r.person_id).chain(persons).collect();
        let kept = self.kept(&members).await?;
        let mut samples = Samples { tubes, of_person: HashMap::new(), in_tube: HashMap::new(), people: HashMap::new(), reported, kept };
        self.load_persons(&members, &[], &mut samples.people).await?;
        for r in registrations {
            samples.in_tube.entry(r.tube.clone()).or_default().push(r.person_id);
            samples.of_person.entry(samples.kept.person(r.person_id)).or_default().push(r);
        }
        Ok(samples)
    }

    /// The submission of a report: a correction is another one.
    fn report_id(&self, r: &ResultRecord) -> Option<SubmissionId> {
        let status = if r.status == "corrected" { "corrected" } else { "" };
        let book = self.app.config.book.0.to_be_bytes();
        let parts: [&[u8]; 5] = [b"report", &book, r.report.as_bytes(), status.as_bytes(), r.result.as_bytes()];
        (!r.report.is_empty()).then(|| SubmissionId(derived_uuid(&parts)))
    }

    fn result(
        &self,
        line: u64,
        r: &ResultRecord,
        person: Option<PersonId>,
        samples: &Samples,
        seen: &mut HashSet<(TubeCode, TestResult)>,
    ) -> Result<Decided, Box<Issue>> {
        if r.status == "cancelled" || matches!(r.result.as_str(), "" | "pending" | "not_done") {
            return Ok(Decided::LeftOut);
        }
        let id = self.report_id(r);
        if id.is_some_and(|id| samples.reported.contains(&id)) {
            return Ok(Decided::Duplicate);
        }
        let result: TestResult = word_of(line, "result", &r.result)?.unwrap_or(TestResult::Failed);
        let tube = self.tube(line, r, person, samples)?;
        if tube.result == Some(result) || !seen.insert((tube.tube.clone(), result)) {
            return Ok(Decided::Duplicate);
        }
        let at = r.resulted.or(r.received).or(r.sampled).unwrap_or_else(|| self.exactly(self.now));
        let targets = r.targets.iter().map(|t| TargetCt { target: t.target.clone(), ct: t.ct }).collect();
        let code = tube.tube.clone();
        let fact: Fact = if r.status == "corrected" && tube.result.is_some() {
            let laboratory = Some(r.laboratory.clone()).filter(|l| !l.is_empty()).unwrap_or_else(|| self.elsewhere());
            ResultCorrected { tube: code, at, result, targets, reason: format!("corrected report {}", r.report), decider: laboratory }
                .into()
        } else {
            ResultRead { tube: code, plate: None, at, result, targets }.into()
        };
        Ok(Decided::Hand { facts: vec![fact], id })
    }

    /// The sample that a result is of.
    fn tube<'s>(&self, line: u64, r: &ResultRecord, person: Option<PersonId>, samples: &'s Samples) -> Result<&'s Tube, Box<Issue>> {
        let refuse = |field: &str, rule: &str, message: (&str, &str), advice: (&str, &str)| {
            Err(Box::new(Issue { column: self.column(field), ..*refused(line, rule, message, advice) }))
        };
        let named = TubeCode::new(r.tube.as_str()).ok().and_then(|code| samples.tubes.get(&code));
        if let Some(tube) = named {
            if tube.mode != TubeMode::Pooled && !self.is_theirs(r, person, tube, samples) {
                let message = ("the sample was taken from another person than the report names", "该样本登记的人员与报告所写不是同一人");
                return refuse(
                    "tube",
                    "result.other_person",
                    message,
                    ("ask the laboratory whose sample it was", "请与检测机构核实样本归属"),
                );
            }
            return Ok(tube);
        }
        let day = r.sampled.map(|t| t.at.day(self.app.config.offset));
        let (Some(person), Some(day)) = (person, day) else {
            let message = (
                "no sample of this book has this number, and person and day of sampling do not tell which it is",
                "台账中没有此样本编号，也无法按人员和采样日期对应",
            );
            let advice = ("correct the number, or give person and day of sampling", "请更正样本编号，或补全人员和采样日期");
            return refuse("tube", "result.unmatched", message, advice);
        };
        let of_day = |reg: &&Registration| reg.sampled_at.day(self.app.config.offset) == day;
        let taken: Vec<&Tube> = samples
            .of_person
            .get(&samples.kept.person(person))
            .into_iter()
            .flatten()
            .filter(of_day)
            .filter_map(|reg| samples.tubes.get(&reg.tube))
            .collect();
        let waits = |t: &&&Tube| !matches!(t.state, TubeState::Resulted | TubeState::Spoilt | TubeState::Lost);
        let waiting: Vec<&&Tube> = taken.iter().filter(waits).collect();
        let one = match (waiting.as_slice(), taken.as_slice()) {
            ([one], _) => **one,
            ([], [one]) => *one,
            ([], []) => {
                let message = ("no sample of this person was taken on that day", "该人员当日没有采样登记");
                return refuse("sampled", "result.unmatched", message, ("check the person and the day", "请核对人员和日期"));
            }
            _ => {
                let message = ("several samples of this person were taken on that day", "该人员当日有多份样本");
                return refuse("tube", "result.several", message, ("give the number of the sample", "请填写样本编号"));
            }
        };
        if one.mode == TubeMode::Pooled {
            let message = (
                "the sample of that day was pooled: a result of one person is none of the pool",
                "当日样本为混采，个人结果不能作为混管结果",
            );
            return refuse("tube", "result.pool", message, ("give the number of the single sample", "请填写单采样本编号"));
        }
        Ok(one)
    }

    /// Whether the person of a report can be the one from whom the sample was taken.
    fn is_theirs(&self, r: &ResultRecord, person: Option<PersonId>, tube: &Tube, samples: &Samples) -> bool {
        let members = samples.in_tube.get(&tube.tube).map_or(&[][..], Vec::as_slice);
        let is_member = |p: PersonId| members.iter().any(|m| samples.kept.person(*m) == samples.kept.person(p));
        if members.is_empty() || r.who.name.is_empty() && person.is_none() || person.is_some_and(is_member) {
            return true;
        }
        if r.who.name.is_empty() {
            return false;
        }
        let reported = Particulars { born: r.who.born, ..Particulars::named(r.who.name.as_str()) };
        let alike = |p: &Person| {
            let theirs = Particulars { born: p.born, ..Particulars::named(p.name.as_str()) };
            p.name == r.who.name || quell_matching::compare(&reported, &theirs).verdict != Verdict::Different
        };
        members.iter().filter_map(|m| samples.people.get(m)).any(alike)
    }
}
