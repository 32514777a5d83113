//! Where a fact acts: an account may only say what lies in its own place.

use crate::fact::{Fact, Venue};
use crate::state::State;
use quell_foundation::*;

/// The places in which this fact does something, as far as they are known. An account's place must contain each of them.
/// Sampling, laboratory and ward work acts where it is done, not where the person lives.
pub fn acting_places(s: &State, fact: &Fact) -> Vec<PlaceId> {
    let root = || vec![s.config.root.clone()];
    let tube = |t: &TubeCode| s.tubes.get(t).map(|t| t.place.clone()).into_iter().collect::<Vec<_>>();
    let laboratory = |t: &TubeCode| s.tubes.get(t).and_then(|t| t.laboratory.clone()).into_iter().collect::<Vec<_>>();
    let person = |p: &PersonId| s.persons.get(p).map(|p| p.place.clone()).into_iter().collect::<Vec<_>>();
    let case = |c: &CaseId| s.cases.get(c).map(|c| c.place.clone()).into_iter().collect::<Vec<_>>();
    let order = |o: &OrderId| s.orders.get(o).map(|o| o.place.clone()).into_iter().collect::<Vec<_>>();
    let lead = |l: &LeadId| s.leads.get(l).map(|l| l.place.clone()).into_iter().collect::<Vec<_>>();
    let team = |t: &TeamId| s.teams.get(t).map(|t| t.place.clone()).into_iter().collect::<Vec<_>>();
    let event = |e: &GroupId| s.events.get(e).and_then(|e| e.venue.clone());
    let transfer = |t: &TransferId| s.transfers.get(t).map(|t| t.place.clone()).into_iter().collect::<Vec<_>>();
    match fact {
        Fact::PlaceListed(f) => vec![f.place.clone()],
        Fact::PersonListed(f) => vec![f.home.clone()],
        Fact::PersonAbsent(f) => person(&f.person),
        Fact::PersonReturned(f) => person(&f.person),
        Fact::PersonsMerged(f) => [&f.kept, &f.gone].into_iter().flat_map(person).collect(),
        Fact::MergeUndone(f) => s.merges.get(&f.merge).map(|m| m.place.clone()).into_iter().collect(),
        Fact::PersonsDistinct(f) => [&f.person, &f.other].into_iter().flat_map(person).collect(),
        Fact::ZoneDesignated(f) => vec![f.place.clone()],
        Fact::ZoneLifted(f) => vec![f.place.clone()],
        Fact::ProtocolAdopted(_) | Fact::DayClosed(_) => root(),
        Fact::RoundOpened(f) => f.scope.clone(),
        Fact::RoundClosed(f) => s.rounds.get(&f.round).map(|r| r.scope.clone()).unwrap_or_default(),
        Fact::RosterWaived(f) => s.roster.get(&(f.round.clone(), f.person)).map(|r| r.place.clone()).into_iter().collect(),
        Fact::Registered(f) => vec![f.station.clone()],
        Fact::RegistrationVoided(f) => tube(&f.tube),
        Fact::RegistrationReassigned(f) => tube(&f.tube),
        Fact::TubeSealed(f) => tube(&f.tube),
        Fact::TubeSpoilt(f) => tube(&f.tube),
        Fact::TubeLost(f) => tube(&f.tube),
        Fact::BoxPacked(f) => f.tubes.iter().flat_map(tube).collect(),
        Fact::HandedOver(f) => {
            f.r#box.iter().filter_map(|b| s.boxes.get(b)).map(|b| b.place.clone()).chain(f.tube.iter().flat_map(tube)).collect()
        }
        Fact::Received(f) => vec![f.laboratory.clone()],
        Fact::PlateRead(f) => vec![f.laboratory.clone()],
        Fact::ResultRead(f) => laboratory(&f.tube),
        Fact::ResultCorrected(f) => laboratory(&f.tube),
        Fact::CaseListed(f) => person(&f.person),
        Fact::CaseClassified(f) => case(&f.case),
        Fact::ChannelJudged(f) => case(&f.case),
        Fact::ReportFiled(f) => case(&f.case),
        Fact::Interviewed(f) => case(&f.case),
        Fact::Visited(f) => case(&f.case),
        Fact::VisitWithdrawn(f) => s.visits.get(&f.visit).map(|v| v.place.clone()).into_iter().collect(),
        Fact::InvestigationFiled(f) => case(&f.case),
        Fact::LinkStated(f) => case(&f.target),
        Fact::LinkWithdrawn(f) => s.links.get(&f.link).map(|l| l.place.clone()).into_iter().collect(),
        Fact::MemberListed(f) => person(&f.person),
        // Without a place it belongs to none, and its guests come from anywhere.
        Fact::EventListed(f) => f.place.clone().into_iter().chain(event(&f.event)).collect(),
        Fact::EventWithdrawn(f) => event(&f.event).into_iter().collect(),
        Fact::CheckedIn(f) => match &f.venue {
            Venue::Place(p) => vec![p.clone()],
            // It belongs to no place, and carries people from anywhere.
            Venue::Vehicle(_) => Vec::new(),
        },
        Fact::LeadNoted(f) => case(&f.case),
        Fact::LeadResolved(f) => lead(&f.lead),
        Fact::LeadClosed(f) => lead(&f.lead),
        Fact::ContactNamed(f) => person(&f.person),
        Fact::ContactDropped(f) => s.contacts.get(&f.contact).map(|c| c.place.clone()).into_iter().collect(),
        Fact::FollowedUp(f) => person(&f.person),
        Fact::TeamListed(f) => f.places.iter().cloned().chain(team(&f.team)).collect(),
        Fact::TeamAbsent(f) => team(&f.team),
        Fact::TeamReturned(f) => team(&f.team),
        Fact::TeamEnded(f) => team(&f.team),
        Fact::FollowUpAssigned(f) => f.persons.iter().flat_map(person).collect(),
        Fact::VaccinationStated(f) => person(&f.person),
        Fact::ProphylaxisGiven(f) => person(&f.person),
        Fact::ProphylaxisDeclined(f) => person(&f.person),
        Fact::TimeRanOut(f) => person(&f.person),
        Fact::OrderIssued(f) => person(&f.person),
        Fact::OrderLifted(f) => order(&f.order),
        Fact::AppealMade(f) => order(&f.order),
        Fact::AppealAnswered(f) => s.appeals.get(&f.appeal).map(|a| a.place.clone()).into_iter().collect(),
        Fact::TransferRequested(f) => person(&f.person),
        Fact::VehicleAssigned(f) => transfer(&f.transfer),
        Fact::PickedUp(f) => transfer(&f.transfer),
        Fact::Arrived(f) => transfer(&f.transfer),
        Fact::TransferCalledOff(f) => transfer(&f.transfer),
        Fact::Admitted(f) => vec![f.facility.clone()],
        Fact::Observed(f) => {
            // In a facility the ward acts, at home the community does.
            let stay = s.stays.loaded_group(&crate::table::Group::Person(f.person)).into_iter().find(|x| x.left_at.is_none());
            stay.map_or_else(|| person(&f.person), |x| vec![x.facility.clone()])
        }
        Fact::Discharged(f) => s.stays.get(&f.stay).map(|x| x.facility.clone()).into_iter().collect(),
        Fact::Released(f) => person(&f.person),
        Fact::Died(f) => {
            let stay = s.stays.loaded_group(&crate::table::Group::Person(f.person)).into_iter().find(|x| x.left_at.is_none());
            stay.map_or_else(|| person(&f.person), |x| vec![x.facility.clone()])
        }
        Fact::AssistanceRequested(f) => {
            let about: Vec<PlaceId> = f.case.iter().flat_map(case).chain(f.person.iter().flat_map(person)).collect();
            if about.is_empty() { root() } else { about }
        }
        Fact::AssistanceReceived(_) | Fact::AssistanceAnswerReceived(_) | Fact::MessageAcknowledged(_) | Fact::MessageRefused(_) => root(),
        Fact::AssistanceAnswered(f) => s.inbox.get(&f.message).map(|m| m.place.clone()).into_iter().collect(),
        Fact::LateHandIn(f) => vec![f.place.clone()],
        Fact::HandInReviewed(f) => s.duties.get(&f.duty).map(|d| d.place.clone()).into_iter().collect(),
        Fact::LaboratoryReviewed(f) => vec![f.laboratory.clone()],
        Fact::DutyWaived(f) => s.duties.get(&f.duty).map(|d| d.place.clone()).into_iter().collect(),
        Fact::OverdueOwned(f) => vec![f.place.clone()],
    }
}
