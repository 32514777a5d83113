//! Cases from elsewhere (line lists, other systems): listed once, listed again with what has been learnt since, or over before the book
//! knew of them.

use crate::act::{Act, Outcome};
use crate::cases::CARE_DUTIES;
use crate::fact::*;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::table::Group;
use quell_protocol::Setting;

impl Act<'_> {
    pub(crate) fn case_listed(&mut self, f: &CaseListed) -> Outcome {
        for at in [Some(f.at), f.sampled, f.reported, f.ended.map(|e| e.at)].into_iter().flatten() {
            self.not_future(at)?;
        }
        if f.ended.is_some_and(|e| e.state == CaseState::Active) {
            return Err(refuse!(
                "case.ended",
                "ended",
                "a case that is active has not ended; leave `ended` out",
                "在管感染者尚未结束，请勿填写 ended"
            ));
        }
        let p = self.person(f.person)?;
        if let Some(number) = &f.number
            && self.s.cases.group(&Group::Number(number.clone())).into_iter().any(|c| c.case_id != f.case)
        {
            return Err(refuse!(
                "case.number_taken",
                "number",
                "another case of this book has the number {number}; if it is the same case, list it under its id",
                "病例编号 {number} 已属于台账中的另一感染者；如为同一病例，请使用其标识"
            ));
        }
        match self.s.cases.get(&f.case).cloned() {
            Some(known) => self.case_listed_again(known, f),
            None => self.case_listed_first(&p, f),
        }
    }

    fn case_listed_first(&mut self, p: &Person, f: &CaseListed) -> Outcome {
        // One that was over before may stand beside one that goes on now.
        let earlier = |c: &Case| f.ended.is_some_and(|e| e.state != CaseState::Died && e.at.at <= c.found_at);
        let stands = |c: &Case| matches!(c.state, CaseState::Active | CaseState::Died) && !earlier(c);
        let withdrawn = f.ended.is_some_and(|e| e.state == CaseState::Withdrawn);
        if !withdrawn && Self::first_of(&self.s.cases, f.person, stands).is_some() {
            return Err(refuse!("case.exists", "person", "this person is a case already", "该人员已有感染者记录"));
        }
        let case = Case {
            case_id: f.case,
            person_id: f.person,
            place: p.place.clone(),
            tube: None,
            round: None,
            found_at: f.at.at,
            sampled_at: f.sampled.map(|t| t.at),
            classification: f.classification,
            severity: f.severity,
            onset: f.onset.map(|o| o.at),
            setting: f.setting.unwrap_or(Setting::Other),
            control: f.control,
            note: f.note.clone(),
            number: f.number.clone(),
            state: CaseState::Active,
            reported_at: None,
            receipt: None,
            ended_at: None,
            opened_seq: self.c.seq,
        };
        let Some(ended) = f.ended else {
            self.start_case(case.clone(), p, f.at.at);
            if p.standing != Standing::Dead {
                self.owe_suspect_test(&case, f.at.at);
            }
            return self.reported_elsewhere(f);
        };
        self.s.contacts.know_groups([Group::Case(f.case)]);
        self.s.links.know_groups([Group::Case(f.case)]);
        self.s.leads.know_groups([Group::Case(f.case)]);
        self.s.cases.put(Case { state: ended.state, ended_at: Some(ended.at.at), reported_at: f.reported.map(|t| t.at), ..case });
        if ended.state == CaseState::Died && p.standing != Standing::Dead {
            self.died(&Died { person: f.person, at: ended.at, cause: None })?;
        }
        Ok(())
    }

    /// The source says that it was reported: that duty is done, unless it was before.
    fn reported_elsewhere(&mut self, f: &CaseListed) -> Outcome {
        if let Some((reported, case)) = f.reported.zip(self.s.cases.get(&f.case).cloned().filter(|c| c.reported_at.is_none())) {
            self.discharge_about(&case, &[DutyKind::Report], reported.at);
            self.s.cases.put(Case { reported_at: Some(reported.at), ..case });
        }
        Ok(())
    }

    fn case_listed_again(&mut self, known: Case, f: &CaseListed) -> Outcome {
        let differs = differing(&known, f);
        if !differs.is_empty() {
            let id = f.case;
            let (en, zh): (Vec<&str>, Vec<&str>) = differs.into_iter().unzip();
            let (en, zh) = (en.join(", "), zh.join("、"));
            return Err(refuse!(
                "case.differs",
                "case",
                "case {id} is in this book with another {en}; to list it again adds what is unknown, what is known is changed by a fact of its own (case_classified, channel_judged, report_filed)",
                "感染者 {id} 已在台账中，且{zh}不同；再次登记只补充未知内容，更改已知内容请用相应的上报（定性、判定、报告）"
            ));
        }
        let case = Case {
            number: known.number.clone().or(f.number.clone()),
            sampled_at: known.sampled_at.or(f.sampled.map(|t| t.at)),
            severity: known.severity.or(f.severity),
            onset: known.onset.or(f.onset.map(|t| t.at)),
            setting: f.setting.filter(|_| known.setting == Setting::Other).unwrap_or(known.setting),
            control: known.control.or(f.control),
            note: known.note.clone().or(f.note.clone()),
            ..known.clone()
        };
        if case != known {
            self.s.cases.put(case.clone());
            self.review_care(f.person, f.at.at);
        }
        self.reported_elsewhere(f)?;
        let Some(ended) = f.ended.filter(|_| known.state == CaseState::Active) else { return Ok(()) };
        match ended.state {
            CaseState::Active => Ok(()),
            CaseState::Died => self.died(&Died { person: f.person, at: ended.at, cause: None }),
            CaseState::Recovered => self.recovered_elsewhere(f, ended),
            CaseState::Withdrawn => {
                if let Some(case) = self.s.cases.get(&f.case).cloned() {
                    self.withdraw_case(case, ended.at.at, "listed as none");
                }
                Ok(())
            }
        }
    }

    /// Someone recovered under the care of others. Who lies in a bed of this book is discharged from it.
    fn recovered_elsewhere(&mut self, f: &CaseListed, ended: CaseEnded) -> Outcome {
        if self.open_stay(f.person).is_some() {
            return Err(refuse!(
                "case.in_bed",
                "ended",
                "the person lies in a bed of this book; discharge them from it",
                "该人员仍在院，请办理出院"
            ));
        }
        let at = ended.at.at;
        self.supersede_all(f.person, CARE_DUTIES, at, "recovered elsewhere");
        if let Some(t) = self.open_transfer(f.person) {
            self.call_off(t, at, "recovered elsewhere");
        }
        if let Some(case) = self.s.cases.get(&f.case).cloned() {
            self.s.cases.put(Case { state: CaseState::Recovered, ended_at: Some(at), ..case });
        }
        self.stand(f.person, Standing::AtHome, at);
        self.settle_orders(f.person, at, None);
        self.show_exposure(f.person);
        Ok(())
    }
}

/// What a listing says otherwise than the book knows, in English and Chinese.
fn differing(known: &Case, f: &CaseListed) -> Vec<(&'static str, &'static str)> {
    fn other<T: PartialEq>(known: &Option<T>, said: Option<&T>) -> bool {
        known.as_ref().zip(said).is_some_and(|(k, s)| k != s)
    }
    let ended = f.ended.is_some_and(|e| known.state != CaseState::Active && known.state != e.state);
    let all = [
        (known.person_id != f.person, ("person", "人员")),
        (known.classification != f.classification, ("classification", "分类")),
        (known.found_at != f.at.at, ("time of finding", "发现时间")),
        (other(&known.number, f.number.as_ref()), ("number", "编号")),
        (other(&known.severity, f.severity.as_ref()), ("severity", "严重程度")),
        (other(&known.onset, f.onset.map(|t| t.at).as_ref()), ("onset", "发病时间")),
        (other(&known.sampled_at, f.sampled.map(|t| t.at).as_ref()), ("time of sampling", "采样时间")),
        (other(&known.reported_at, f.reported.map(|t| t.at).as_ref()), ("time of the report", "报告时间")),
        (known.setting != Setting::Other && f.setting.is_some_and(|s| s != known.setting), ("setting", "发现途径")),
        (other(&known.control, f.control.as_ref()), ("channel", "社会面或管控")),
        (other(&known.note, f.note.as_ref()), ("note", "备注")),
        (ended, ("outcome", "转归")),
    ];
    all.into_iter().filter_map(|(differs, name)| differs.then_some(name)).collect()
}
