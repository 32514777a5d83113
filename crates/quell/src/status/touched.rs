//! Whose status the facts of the log may have changed. Every kind of fact stands here, so that a new one cannot be forgotten.

use quell_book::{Fact, TestResult};
use quell_foundation::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What has to be looked at again.
#[derive(Debug, Default)]
pub struct Touched {
    /// These persons.
    pub persons: BTreeSet<PersonId>,
    /// These, if something restricts them: a swab ends a recall.
    pub swabbed: BTreeSet<PersonId>,
    /// All members of these tubes.
    pub tubes: BTreeSet<TubeCode>,
    /// The members of these tubes, for whom a negative result is new and nothing else, unless something restricts them.
    pub negative: BTreeSet<TubeCode>,
    /// The persons of these cases, contact records, transfers, stays and duties.
    pub things: BTreeSet<Uuid>,
}

impl Touched {
    /// By these facts.
    pub fn by(facts: &[Fact]) -> Self {
        let mut t = Self::default();
        facts.iter().for_each(|f| t.add(f));
        t
    }

    fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::PersonListed(f) => drop(self.persons.insert(f.person)),
            Fact::PersonAbsent(f) => drop(self.persons.insert(f.person)),
            Fact::PersonReturned(f) => drop(self.persons.insert(f.person)),
            Fact::PersonsMerged(f) => self.persons.extend([f.kept, f.gone]),
            Fact::MergeUndone(f) => drop(self.things.insert(f.merge.0)),
            Fact::Registered(f) => drop(self.swabbed.insert(f.person)),
            Fact::RegistrationVoided(f) => {
                self.persons.insert(f.person);
                self.tubes.insert(f.tube.clone());
            }
            Fact::RegistrationReassigned(f) => {
                self.persons.extend([f.from, f.to]);
                self.tubes.insert(f.tube.clone());
            }
            Fact::TubeSpoilt(f) => drop(self.tubes.insert(f.tube.clone())),
            Fact::TubeLost(f) => drop(self.tubes.insert(f.tube.clone())),
            Fact::ResultRead(f) if f.result == TestResult::Negative => drop(self.negative.insert(f.tube.clone())),
            Fact::ResultRead(f) => drop(self.tubes.insert(f.tube.clone())),
            Fact::ResultCorrected(f) => drop(self.tubes.insert(f.tube.clone())),
            Fact::CaseListed(f) => {
                self.persons.insert(f.person);
                self.things.insert(f.case.0);
            }
            Fact::CaseClassified(f) => drop(self.things.insert(f.case.0)),
            Fact::ContactNamed(f) => drop(self.persons.insert(f.person)),
            Fact::ContactDropped(f) => drop(self.things.insert(f.contact.0)),
            Fact::FollowedUp(f) => drop(self.persons.insert(f.person)),
            Fact::TimeRanOut(f) => drop(self.persons.insert(f.person)),
            Fact::ProphylaxisGiven(f) => drop(self.persons.insert(f.person)),
            Fact::ProphylaxisDeclined(f) => drop(self.persons.insert(f.person)),
            Fact::OrderIssued(f) => drop(self.persons.insert(f.person)),
            Fact::OrderLifted(f) => drop(self.things.insert(f.order.0)),
            Fact::AppealAnswered(f) => drop(self.things.insert(f.appeal.0)),
            Fact::TransferRequested(f) => drop(self.persons.insert(f.person)),
            Fact::VehicleAssigned(f) => drop(self.things.insert(f.transfer.0)),
            Fact::PickedUp(f) => drop(self.things.insert(f.transfer.0)),
            Fact::Arrived(f) => drop(self.things.insert(f.transfer.0)),
            Fact::TransferCalledOff(f) => drop(self.things.insert(f.transfer.0)),
            Fact::Admitted(f) => drop(self.persons.insert(f.person)),
            Fact::Observed(f) => drop(self.persons.insert(f.person)),
            Fact::Discharged(f) => drop(self.things.insert(f.stay.0)),
            Fact::Released(f) => drop(self.persons.insert(f.person)),
            Fact::Died(f) => drop(self.persons.insert(f.person)),
            Fact::DutyWaived(f) => drop(self.things.insert(f.duty.0)),
            // Zones are read afresh whenever the log has moved.
            Fact::ZoneDesignated(_) | Fact::ZoneLifted(_) => {}
            Fact::PersonsDistinct(_) => {}
            // Nobody's status: places, rounds, boxes, papers, days. A sample that is not adequate is owed again, but restricts nobody.
            Fact::PlaceListed(_) | Fact::ProtocolAdopted(_) | Fact::RoundOpened(_) | Fact::RoundClosed(_) | Fact::RosterWaived(_) => {}
            Fact::TubeSealed(_) | Fact::BoxPacked(_) | Fact::HandedOver(_) | Fact::Received(_) | Fact::PlateRead(_) => {}
            Fact::ChannelJudged(_) | Fact::ReportFiled(_) | Fact::InvestigationFiled(_) | Fact::AppealMade(_) => {}
            Fact::Interviewed(_) | Fact::Visited(_) | Fact::VisitWithdrawn(_) | Fact::LinkStated(_) | Fact::LinkWithdrawn(_) => {}
            // Messages restrict nobody: who is taken over is named as a contact.
            Fact::AssistanceRequested(_) | Fact::AssistanceReceived(_) | Fact::AssistanceAnswered(_) => {}
            Fact::AssistanceAnswerReceived(_) | Fact::MessageAcknowledged(_) | Fact::MessageRefused(_) => {}
            // Registers, events and leads restrict nobody.
            Fact::EventListed(_) | Fact::EventWithdrawn(_) => {}
            Fact::MemberListed(_) | Fact::CheckedIn(_) | Fact::LeadNoted(_) | Fact::LeadResolved(_) | Fact::LeadClosed(_) => {}
            // Nor does it matter who sees someone.
            Fact::VaccinationStated(_) => {}
            Fact::TeamListed(_) | Fact::TeamAbsent(_) | Fact::TeamReturned(_) | Fact::TeamEnded(_) | Fact::FollowUpAssigned(_) => {}
            Fact::LateHandIn(_) | Fact::HandInReviewed(_) | Fact::LaboratoryReviewed(_) => {}
            Fact::OverdueOwned(_) | Fact::DayClosed(_) => {}
        }
    }
}
