//! What a case overtook and is owed again when it was none: swabs for which tubes still ask, and the monitoring after an earlier case.

use crate::act::{Act, Subject};
use crate::kinds::*;
use crate::rows::*;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::Link;

/// Why a duty ended when its person became a case.
pub(crate) const BECAME_A_CASE: &str = "became a case";
/// The rule by which someone is under monitoring at home after discharge.
pub(crate) const MONITORING: &str = "home_monitoring";

impl Act<'_> {
    /// Opens again what this case, which was none, had overtaken and what still matters. Whoever has recovered was swabbed for it since,
    /// and owes only what no negative swab has answered. (The contact record it had overtaken is `withdraw_case`'s.)
    pub(crate) fn owe_again(&mut self, case: &Case, before: CaseState, at: Instant) {
        let person = case.person_id;
        let Some(p) = self.s.persons.get(&person).cloned().filter(|p| p.standing != Standing::Dead) else { return };
        if self.active_case(person).is_some() {
            return;
        }
        // Not `group`: what a case of the same batch overtook is in memory without having been loaded.
        let ended = self.s.duties.loaded_group(&Group::Ended(person, case.opened_seq)).into_iter();
        let mut overtaken: Vec<Duty> = ended.filter(|d| d.reason.as_deref() == Some(BECAME_A_CASE)).cloned().collect();
        overtaken.sort_by_key(|d| (d.due, d.duty_id));
        for d in &overtaken {
            let (link, matters) = match d.kind {
                DutyKind::Recall => {
                    let called = d.tube.as_ref().and_then(|t| p.recalled.get(t));
                    (Link::Recall, called.is_some_and(|c| c.answered.is_empty()))
                }
                DutyKind::Resample => (Link::Resample, before == CaseState::Active),
                _ => continue,
            };
            if let (true, true, Some(tube)) = (matters, self.still_asks(d), &d.tube) {
                self.open(d.kind, link, Subject::PersonOf(person, tube.clone()), &p.place, at);
            }
        }
        if before == CaseState::Active {
            self.watch_again(&p, &overtaken, at);
        }
    }

    /// The monitoring at home goes on to the end of its days. In a bed, or as a contact, the person is looked after otherwise.
    fn watch_again(&mut self, p: &Person, overtaken: &[Duty], at: Instant) {
        let person = p.person_id;
        let recovered = Self::first_of(&self.s.cases, person, |c| c.state == CaseState::Recovered).is_some();
        let elsewhere = self.open_stay(person).is_some() || self.active_contact(person).is_some();
        let of_monitoring = |d: &&Duty| d.rule == MONITORING && d.due > at;
        let goes_on = overtaken.iter().filter(of_monitoring).any(|d| d.kind == DutyKind::Release);
        if !recovered || elsewhere || !goes_on {
            return;
        }
        self.stand(person, Standing::HomeMonitoring, at);
        for d in overtaken.iter().filter(of_monitoring) {
            let same = |o: &Duty| o.rule == d.rule && o.due == d.due;
            if !self.open_duties(person, &[d.kind]).iter().any(same) {
                self.open_by(d.kind, Subject::Person(person), &p.place, at, d.due, MONITORING.into());
            }
        }
    }
}
