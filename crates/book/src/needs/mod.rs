//! Which rows a batch of facts needs, so that the store can load them set by set before the facts are applied.
//! First what the facts name ([`Needs::of`]), then, as rows arrive, what those rows point to ([`Needs::follow`]).
//! What is forgotten here is found at once: a [`crate::Table`] slice panics when asked for what was not loaded.

mod follow;
mod messages;
mod teams;

use crate::fact::{Fact, Venue};
use crate::same::in_order;
use quell_foundation::*;
use std::collections::BTreeSet;

macro_rules! needs {
    ($($(#[$doc:meta])* $field:ident: $key:ty,)*) => {
        /// Keys to load.
        #[derive(Debug, Default, Clone, PartialEq, Eq)]
        pub struct Needs {
            $($(#[$doc])* pub $field: BTreeSet<$key>,)*
            /// The whole book is counted for a close.
            pub closing: bool,
        }
        impl Needs {
            /// What is in `self` but not in `done`.
            pub fn minus(&self, done: &Needs) -> Needs {
                let mut left =
                    Needs { $($field: self.$field.difference(&done.$field).cloned().collect(),)* closing: self.closing && !done.closing };
                if !left.is_empty() {
                    // Whoever is only wanted now may have been swabbed into a tube that was wanted before.
                    left.loose_tubes.extend(done.loose_tubes.iter().cloned());
                }
                left
            }
            /// Adds what is in `other`.
            pub fn add(&mut self, other: Needs) {
                $(self.$field.extend(other.$field);)*
                self.closing |= other.closing;
            }
        }
    };
}

needs! {
    /// Places by id.
    places: PlaceId,
    /// People who are swabbed: in brief, with their places on rosters and their registrations, in the rounds that are open or in
    /// `rounds`, and in `loose_tubes`.
    swabbed: PersonId,
    /// Person rows alone.
    persons: PersonId,
    /// Persons with everything open about them: duties, case, contact, stay, transfer, rosters of open rounds.
    dossiers: PersonId,
    /// Rounds by id, besides those that are open.
    rounds: RoundId,
    /// Places on rosters, with the person's registrations in that round.
    roster: (RoundId, PersonId),
    /// Registrations of these persons in the rounds that are open or in `rounds`, and in `loose_tubes`.
    registered: PersonId,
    /// Tubes into which someone is swabbed outside any round.
    loose_tubes: TubeCode,
    /// Tubes by code.
    tubes: TubeCode,
    /// Tubes with their members.
    members: TubeCode,
    /// Tubes with the duties about them.
    tube_duties: TubeCode,
    /// Boxes with their tubes.
    boxes: BoxCode,
    /// Plates.
    plates: PlateId,
    /// Cases.
    cases: CaseId,
    /// Cases with one of these numbers.
    numbers: CaseNumber,
    /// Contact records.
    contacts: ContactId,
    /// Orders.
    orders: OrderId,
    /// Appeals.
    appeals: AppealId,
    /// Records of investigations.
    investigations: CaseId,
    /// Visits.
    visits: VisitId,
    /// Merges.
    merges: MergeId,
    /// Records with the merges that stand and brought others into them.
    merged_into: PersonId,
    /// Pairs that were found to be two people: the lesser id first.
    distincts: (PersonId, PersonId),
    /// All registrations of these persons that are not void, of whatever round.
    ever_registered: PersonId,
    /// Links.
    links: LinkId,
    /// Cases with the links that name them.
    linked: CaseId,
    /// Messages to other books.
    outbox: MessageId,
    /// Messages from other books.
    inbox: MessageId,
    /// Leads.
    leads: LeadId,
    /// Events.
    events: GroupId,
    /// Persons in groups.
    memberships: (GroupId, PersonId),
    /// Check-ins: who, since when, where.
    check_ins: (PersonId, Instant, Venue),
    /// Transfers.
    transfers: TransferId,
    /// Stays.
    stays: StayId,
    /// The open stay in a bed.
    beds: (PlaceId, String, u32),
    /// Duties by id.
    duties: DutyId,
    /// Sampling duties of a person, and the end of isolation or monitoring, that ended at a position of the log ([`Group::Ended`]).
    ended: (PersonId, i64),
    /// Open duties about places (zones).
    place_duties: PlaceId,
    /// Open duties about accounts.
    account_duties: AccountId,
    /// Cases that may be withdrawn, with their contacts and leads.
    case_contacts: CaseId,
    /// Who is assigned to whom for follow-up, of these persons; of those in `dossiers` it comes with the dossier.
    assignments: PersonId,
    /// Households with all of them who are under follow-up.
    homes: PlaceId,
    /// All who are under follow-up with these teams or belong to them; none: with no team.
    teams: Option<TeamId>,
}

/// Inserts what is not there yet; most names of a batch repeat.
fn new<T: Ord + Clone>(set: &mut BTreeSet<T>, one: &T) {
    if !set.contains(one) {
        set.insert(one.clone());
    }
}

impl Needs {
    /// True if nothing is needed.
    pub fn is_empty(&self) -> bool {
        *self == Needs::default()
    }

    /// What the facts name.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Needs {
        let mut n = Needs::default();
        for f in facts {
            n.name(f);
        }
        n
    }

    fn name(&mut self, fact: &Fact) {
        match fact {
            Fact::PlaceListed(f) => self.place(&f.place),
            Fact::PersonListed(f) => self.person(f.person),
            Fact::PersonAbsent(f) => self.dossier(f.person),
            Fact::PersonReturned(f) => self.dossier(f.person),
            Fact::PersonsMerged(f) => {
                self.merges.insert(f.merge);
                self.merged_into.insert(f.gone);
                self.ever_registered.insert(f.gone);
                self.dossier(f.kept);
                self.dossier(f.gone);
            }
            Fact::MergeUndone(f) => {
                self.merges.insert(f.merge);
            }
            Fact::PersonsDistinct(f) => {
                self.person(f.person);
                self.person(f.other);
                self.distincts.insert(in_order(f.person, f.other));
            }
            Fact::ZoneDesignated(f) => self.zone(&f.place),
            Fact::ZoneLifted(f) => self.zone(&f.place),
            Fact::ProtocolAdopted(_) | Fact::OverdueOwned(_) => {}
            Fact::RoundOpened(f) => {
                self.rounds.insert(f.round.clone());
            }
            Fact::RoundClosed(f) => {
                self.rounds.insert(f.round.clone());
            }
            Fact::RosterWaived(f) => {
                self.on_roster(&f.round, f.person);
                self.registered.insert(f.person);
            }
            Fact::Registered(f) => {
                self.swabbed.insert(f.person);
                new(&mut self.places, &f.station);
                new(&mut self.tubes, &f.tube);
                match &f.round {
                    Some(r) => new(&mut self.rounds, r),
                    None => new(&mut self.loose_tubes, &f.tube),
                }
                if f.already_swabbed {
                    self.dossier(f.person);
                    // It may bring another sample, of which is asked later in the batch whether the tube still wants it.
                    self.whole_tube(&f.tube);
                }
            }
            Fact::RegistrationVoided(f) => {
                self.dossier(f.person);
                self.whole_tube(&f.tube);
            }
            Fact::RegistrationReassigned(f) => {
                self.dossier(f.from);
                self.dossier(f.to);
                self.whole_tube(&f.tube);
            }
            Fact::TubeSealed(f) => new(&mut self.tubes, &f.tube),
            Fact::TubeSpoilt(f) => self.whole_tube(&f.tube),
            Fact::TubeLost(f) => self.whole_tube(&f.tube),
            Fact::BoxPacked(f) => {
                self.boxes.insert(f.r#box.clone());
                self.tubes.extend(f.tubes.iter().cloned());
            }
            Fact::HandedOver(f) => {
                self.boxes.extend(f.r#box.iter().cloned());
                self.tubes.extend(f.tube.iter().cloned());
            }
            Fact::Received(f) => {
                self.place(&f.laboratory);
                self.boxes.extend(f.r#box.iter().cloned());
                self.tubes.extend(f.tubes.iter().cloned());
            }
            Fact::PlateRead(f) => {
                self.plates.insert(f.plate.clone());
            }
            Fact::ResultRead(f) => {
                self.plates.extend(f.plate.iter().cloned());
                self.tubes.insert(f.tube.clone());
                self.tube_duties.insert(f.tube.clone());
            }
            Fact::ResultCorrected(f) => self.whole_tube(&f.tube),
            Fact::CaseListed(f) => {
                self.cases.insert(f.case);
                self.numbers.extend(f.number.clone());
                self.dossier(f.person);
            }
            Fact::CaseClassified(f) => {
                self.cases.insert(f.case);
            }
            Fact::ChannelJudged(f) => {
                self.cases.insert(f.case);
            }
            Fact::ReportFiled(f) => {
                self.cases.insert(f.case);
            }
            Fact::Interviewed(f) => {
                self.cases.insert(f.case);
                self.investigations.insert(f.case);
            }
            Fact::Visited(f) => {
                self.cases.insert(f.case);
                self.visits.insert(f.visit);
                self.places.extend(f.place.iter().cloned());
            }
            Fact::VisitWithdrawn(f) => {
                self.visits.insert(f.visit);
            }
            Fact::InvestigationFiled(f) => {
                self.cases.insert(f.case);
                self.investigations.insert(f.case);
            }
            Fact::LinkStated(f) => {
                self.cases.extend([f.source, f.target]);
                self.linked.insert(f.target);
                self.links.insert(f.link);
            }
            Fact::LinkWithdrawn(f) => {
                self.links.insert(f.link);
            }
            Fact::MemberListed(f) => {
                self.person(f.person);
                self.memberships.insert((f.group.clone(), f.person));
                new(&mut self.events, &f.group);
            }
            Fact::EventListed(f) => {
                self.events.insert(f.event.clone());
                self.places.extend(f.place.clone());
            }
            Fact::EventWithdrawn(f) => {
                self.events.insert(f.event.clone());
            }
            Fact::CheckedIn(f) => {
                if let Venue::Place(p) = &f.venue {
                    self.place(p);
                }
                self.persons.extend(f.people.iter().map(|l| l.person));
                self.check_ins.extend(f.people.iter().map(|l| (l.person, l.from.at, f.venue.clone())));
            }
            Fact::LeadNoted(f) => {
                self.leads.insert(f.lead);
                self.cases.insert(f.case);
                self.visits.extend(f.visit);
                if let Some(Venue::Place(p)) = &f.venue {
                    self.place(p);
                }
            }
            Fact::LeadResolved(f) => {
                self.leads.insert(f.lead);
                self.persons.extend(f.persons.iter().copied());
            }
            Fact::LeadClosed(f) => {
                self.leads.insert(f.lead);
            }
            Fact::FollowedUp(f) => self.dossier(f.person),
            Fact::TeamListed(f) => f.places.iter().for_each(|p| self.place(p)),
            Fact::TeamAbsent(f) => drop(self.teams.insert(Some(f.team.clone()))),
            Fact::TeamReturned(f) => drop(self.teams.insert(Some(f.team.clone()))),
            Fact::TeamEnded(f) => drop(self.teams.insert(Some(f.team.clone()))),
            Fact::FollowUpAssigned(f) => f.persons.iter().for_each(|p| self.dossier(*p)),
            Fact::VaccinationStated(f) => self.dossier(f.person),
            Fact::ProphylaxisGiven(f) => self.dossier(f.person),
            Fact::ProphylaxisDeclined(f) => self.dossier(f.person),
            Fact::TimeRanOut(f) => self.dossier(f.person),
            Fact::OrderIssued(f) => {
                self.orders.insert(f.order);
                self.dossier(f.person);
            }
            Fact::OrderLifted(f) => {
                self.orders.insert(f.order);
            }
            Fact::AppealMade(f) => {
                self.orders.insert(f.order);
                self.appeals.insert(f.appeal);
            }
            Fact::AppealAnswered(f) => {
                self.appeals.insert(f.appeal);
            }
            Fact::AssistanceRequested(_)
            | Fact::AssistanceReceived(_)
            | Fact::AssistanceAnswered(_)
            | Fact::AssistanceAnswerReceived(_)
            | Fact::MessageAcknowledged(_)
            | Fact::MessageRefused(_) => self.name_message(fact),
            Fact::ContactNamed(f) => {
                self.contacts.insert(f.contact);
                self.cases.extend(f.case);
                self.dossier(f.person);
            }
            Fact::ContactDropped(f) => {
                self.contacts.insert(f.contact);
                self.outbox.extend(f.taken_over_by);
            }
            Fact::TransferRequested(f) => {
                self.transfers.insert(f.transfer);
                self.dossier(f.person);
            }
            Fact::VehicleAssigned(f) => {
                self.transfers.insert(f.transfer);
                self.place(&f.facility);
            }
            Fact::PickedUp(f) => {
                self.transfers.insert(f.transfer);
            }
            Fact::Arrived(f) => {
                self.transfers.insert(f.transfer);
            }
            Fact::TransferCalledOff(f) => {
                self.transfers.insert(f.transfer);
            }
            Fact::Admitted(f) => {
                self.stays.insert(f.stay);
                self.place(&f.facility);
                self.beds.insert((f.facility.clone(), f.ward.clone(), f.bed));
                self.dossier(f.person);
            }
            Fact::Observed(f) => self.dossier(f.person),
            Fact::Discharged(f) => {
                self.stays.insert(f.stay);
            }
            Fact::Released(f) => self.dossier(f.person),
            Fact::Died(f) => self.dossier(f.person),
            Fact::DutyWaived(f) => {
                self.duties.insert(f.duty);
            }
            Fact::HandInReviewed(f) => {
                self.duties.insert(f.duty);
            }
            Fact::LaboratoryReviewed(f) => self.place(&f.laboratory),
            Fact::LateHandIn(f) => {
                self.account_duties.insert(f.account.clone());
            }
            Fact::DayClosed(_) => self.closing = true,
        }
    }

    fn place(&mut self, p: &PlaceId) {
        self.places.insert(p.clone());
    }
    fn person(&mut self, p: PersonId) {
        self.persons.insert(p);
    }
    fn dossier(&mut self, p: PersonId) {
        self.persons.insert(p);
        self.registered.insert(p);
        self.dossiers.insert(p);
    }
    fn on_roster(&mut self, round: &RoundId, p: PersonId) {
        self.rounds.insert(round.clone());
        self.roster.insert((round.clone(), p));
    }
    fn zone(&mut self, p: &PlaceId) {
        self.place(p);
        self.place_duties.insert(p.clone());
    }
    fn whole_tube(&mut self, t: &TubeCode) {
        self.tubes.insert(t.clone());
        self.members.insert(t.clone());
        self.tube_duties.insert(t.clone());
    }
}
