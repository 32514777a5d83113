//! Which rows a batch of facts needs, so that the store can load them set by set before the facts are applied.
//! First what the facts name ([`Needs::of`]), then, as rows arrive, what those rows point to ([`Needs::follow`]).
//! What is forgotten here is found at once: a [`crate::Table`] slice panics when asked for what was not loaded.

use crate::fact::Fact;
use crate::kinds::{CaseState, Classification, Condition, DutyState, SubjectKind, TestResult};
use crate::state::State;
use crate::table::Group;
use crate::testing::is_alarming;
use quell_foundation::*;
use quell_protocol::TubeMode;
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
                Needs { $($field: self.$field.difference(&done.$field).cloned().collect(),)* closing: self.closing && !done.closing }
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
    /// Links.
    links: LinkId,
    /// Cases with the links that point to them.
    linked: CaseId,
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
    /// Cases that may be withdrawn, with their contacts.
    case_contacts: CaseId,
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
            Fact::FollowedUp(f) => self.dossier(f.person),
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
            Fact::ContactNamed(f) => {
                self.contacts.insert(f.contact);
                self.cases.extend(f.case);
                self.dossier(f.person);
            }
            Fact::ContactDropped(f) => {
                self.contacts.insert(f.contact);
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

    /// What the loaded rows point to and the facts will touch. Call until [`Needs::minus`] leaves nothing.
    pub fn follow(state: &State, facts: &[&Fact]) -> Needs {
        let mut n = Needs::default();
        for fact in facts {
            n.follow_fact(state, fact);
        }
        n.follow_new_members(state, facts);
        n
    }

    /// People who are registered in the same batch to a tube that the batch also ends or corrects.
    fn follow_new_members(&mut self, s: &State, facts: &[&Fact]) {
        let boxes: BTreeSet<&BoxCode> = facts
            .iter()
            .filter_map(|f| match f {
                Fact::Received(f) if f.condition == Condition::NotAdequate => f.r#box.as_ref(),
                _ => None,
            })
            .collect();
        for fact in facts {
            if let Fact::BoxPacked(f) = fact
                && boxes.contains(&f.r#box)
            {
                f.tubes.iter().for_each(|t| self.follow_tube(s, t));
            }
        }
        let mut rounds = Vec::new();
        for fact in facts {
            if let Fact::Registered(f) = fact
                && self.members.contains(&f.tube)
            {
                self.follow_person(s, f.person);
                self.follow_open(s, f.person);
                rounds.extend(f.round.iter().map(|r| (&f.tube, r)));
            }
        }
        for fact in facts {
            if let Fact::RegistrationReassigned(f) = fact {
                rounds.iter().filter(|(t, _)| **t == f.tube).for_each(|(_, r)| self.on_roster(r, f.to));
            }
        }
    }

    fn follow_fact(&mut self, s: &State, fact: &Fact) {
        match fact {
            Fact::Registered(f) if s.loaded_brief(f.person).is_some_and(|p| p.attention) => self.follow_person(s, f.person),
            Fact::RegistrationVoided(f) => self.follow_void(s, &f.tube, f.person),
            Fact::RegistrationReassigned(f) => {
                self.follow_void(s, &f.tube, f.from);
                self.follow_person(s, f.to);
                self.follow_open(s, f.to);
                if let Some(round) = s.tubes.get(&f.tube).and_then(|t| t.round.as_ref()) {
                    self.on_roster(round, f.to);
                }
            }
            Fact::TubeSpoilt(f) => self.follow_tube(s, &f.tube),
            Fact::TubeLost(f) => self.follow_tube(s, &f.tube),
            Fact::ResultRead(f) => self.follow_result(s, f),
            Fact::ResultCorrected(f) => {
                self.follow_tube(s, &f.tube);
                self.follow_withdrawals(s, &f.tube);
            }
            Fact::Received(f) => self.follow_intake(s, f),
            Fact::BoxPacked(_) | Fact::HandedOver(_) => {}
            Fact::CaseClassified(f) => {
                self.follow_case(s, &f.case);
                if f.classification == Classification::NotACase && s.cases.get(&f.case).is_some() {
                    self.follow_withdrawal(s, f.case);
                }
            }
            Fact::ChannelJudged(f) => self.follow_case(s, &f.case),
            Fact::ReportFiled(f) => self.follow_case(s, &f.case),
            Fact::InvestigationFiled(f) => self.follow_case(s, &f.case),
            Fact::CaseListed(f) => {
                self.follow_person(s, f.person);
                self.follow_open(s, f.person);
            }
            Fact::ContactNamed(f) => self.follow_person(s, f.person),
            Fact::FollowedUp(f) => self.follow_person(s, f.person),
            Fact::ProphylaxisGiven(f) => self.follow_person(s, f.person),
            Fact::ProphylaxisDeclined(f) => self.follow_person(s, f.person),
            Fact::TimeRanOut(f) => self.follow_person(s, f.person),
            Fact::OrderIssued(f) => self.follow_person(s, f.person),
            Fact::OrderLifted(f) => self.follow_order(s, &f.order),
            Fact::AppealMade(f) => self.follow_order(s, &f.order),
            Fact::AppealAnswered(f) => {
                if let Some(a) = s.appeals.get(&f.appeal) {
                    self.orders.insert(a.order_id);
                    self.duties.extend(a.duty_id);
                    self.follow_person(s, a.person_id);
                }
            }
            Fact::ContactDropped(f) => {
                if let Some(c) = s.contacts.get(&f.contact) {
                    self.follow_person(s, c.person_id);
                }
            }
            Fact::TransferRequested(f) => self.follow_person(s, f.person),
            Fact::VehicleAssigned(f) => self.follow_transfer(s, &f.transfer),
            Fact::PickedUp(f) => self.follow_transfer(s, &f.transfer),
            Fact::Arrived(f) => self.follow_transfer(s, &f.transfer),
            Fact::TransferCalledOff(f) => self.follow_transfer(s, &f.transfer),
            Fact::PersonAbsent(f) => self.follow_person(s, f.person),
            Fact::PersonReturned(f) => self.follow_person(s, f.person),
            Fact::Admitted(f) => self.follow_person(s, f.person),
            Fact::Observed(f) => self.follow_person(s, f.person),
            Fact::Released(f) => self.follow_person(s, f.person),
            Fact::Died(f) => self.follow_person(s, f.person),
            Fact::Discharged(f) => {
                if let Some(stay) = s.stays.get(&f.stay) {
                    self.place(&stay.facility);
                    self.follow_person(s, stay.person_id);
                }
            }
            Fact::LaboratoryReviewed(f) => {
                self.duties.extend(s.laboratory_days.values().filter(|d| d.laboratory == f.laboratory).filter_map(|d| d.review));
            }
            Fact::DutyWaived(f) => {
                if let Some(d) = s.duties.get(&f.duty) {
                    if let Some(p) = d.person_id {
                        self.follow_person(s, p);
                    }
                    if d.subject_kind == SubjectKind::Place && d.state == DutyState::Open {
                        self.place_duties.insert(d.place.clone());
                    }
                }
            }
            _ => {}
        }
    }

    /// A negative pool releases its members without a look at them, unless it bears out a correction.
    fn follow_result(&mut self, s: &State, f: &crate::fact::ResultRead) {
        let tube = s.tubes.get(&f.tube);
        let corrected = tube.is_some_and(|t| is_alarming(t.result));
        if f.result != TestResult::Negative || corrected || tube.is_none_or(|t| t.mode != TubeMode::Pooled) {
            self.follow_tube(s, &f.tube);
        }
        if corrected || f.result == TestResult::Positive {
            self.follow_withdrawals(s, &f.tube);
        }
    }

    fn follow_intake(&mut self, s: &State, f: &crate::fact::Received) {
        if f.condition == Condition::NotAdequate {
            let inside = f.r#box.iter().flat_map(|b| s.tubes.group(&Group::Box(b.clone()))).map(|t| t.tube.clone());
            for t in inside.chain(f.tubes.iter().cloned()).collect::<Vec<_>>() {
                self.follow_tube(s, &t);
            }
        }
    }

    /// A registration that is void: what it discharged may be open again.
    fn follow_void(&mut self, s: &State, tube: &TubeCode, person: PersonId) {
        self.follow_tube(s, tube);
        self.follow_withdrawals(s, tube);
        if let Some(round) = s.tubes.get(tube).and_then(|t| t.round.as_ref()) {
            self.on_roster(round, person);
        }
        for r in s.registrations.loaded_group(&Group::Tube(tube.clone())).into_iter().filter(|r| r.person_id == person) {
            self.follow_ended(s, person, r.seq);
        }
    }

    /// What ended at a position of the log may be owed again: of the tubes that have brought it is asked whether they still want it.
    fn follow_ended(&mut self, s: &State, person: PersonId, seq: i64) {
        let ended = s.duties.loaded_group(&Group::Ended(person, seq)).into_iter();
        ended.filter_map(|d| d.tube.as_ref()).for_each(|t| self.whole_tube(t));
        self.ended.insert((person, seq));
        self.follow_open(s, person);
    }

    /// What is open may end in this batch, and be owed again in it.
    fn follow_open(&mut self, s: &State, person: PersonId) {
        let open = s.duties.loaded_group(&Group::Person(person)).into_iter().filter(|d| d.kind.is_sampling());
        open.filter_map(|d| d.tube.as_ref()).for_each(|t| self.whole_tube(t));
    }

    /// A tube whose members the facts will touch.
    fn follow_tube(&mut self, s: &State, tube: &TubeCode) {
        self.whole_tube(tube);
        let members = s.registrations.loaded_group(&Group::Tube(tube.clone()));
        let people: Vec<PersonId> = members.iter().map(|r| r.person_id).collect();
        for p in people {
            self.follow_person(s, p);
        }
    }

    /// The cases that came from a tube, or come from it in this batch, may be withdrawn.
    fn follow_withdrawals(&mut self, s: &State, tube: &TubeCode) {
        for member in s.registrations.loaded_group(&Group::Tube(tube.clone())) {
            self.follow_open(s, member.person_id);
            let cases = s.cases.loaded_group(&Group::Person(member.person_id)).into_iter();
            let of_tube: Vec<CaseId> = cases.filter(|c| c.tube.as_ref() == Some(tube)).map(|c| c.case_id).collect();
            of_tube.into_iter().for_each(|c| self.follow_withdrawal(s, c));
        }
    }

    /// The contacts of a case that may be withdrawn are looked at again; what it overtook may be owed again.
    fn follow_withdrawal(&mut self, s: &State, case: CaseId) {
        self.case_contacts.insert(case);
        if let Some(c) = s.cases.get(&case) {
            self.follow_ended(s, c.person_id, c.opened_seq);
        }
        for c in s.contacts.loaded_group(&Group::Case(case)) {
            self.dossier(c.person_id);
        }
    }

    fn follow_case(&mut self, s: &State, case: &CaseId) {
        if let Some(c) = s.cases.get(case) {
            self.follow_person(s, c.person_id);
        }
    }

    fn follow_order(&mut self, s: &State, o: &OrderId) {
        if let Some(o) = s.orders.get(o) {
            self.follow_person(s, o.person_id);
            self.contacts.extend(o.contact_id);
        }
    }

    fn follow_transfer(&mut self, s: &State, t: &TransferId) {
        if let Some(t) = s.transfers.get(t) {
            self.places.extend(t.facility.iter().cloned());
            self.follow_person(s, t.person_id);
        }
    }

    /// A person with everything about them, and the facilities and zones that a change would touch.
    fn follow_person(&mut self, s: &State, p: PersonId) {
        self.dossier(p);
        let group = Group::Person(p);
        for stay in s.stays.loaded_group(&group).into_iter().filter(|x| x.left_at.is_none()) {
            self.place(&stay.facility);
        }
        for t in s.transfers.loaded_group(&group) {
            self.places.extend(t.facility.iter().cloned());
        }
        for c in s.cases.loaded_group(&group).into_iter().filter(|c| c.state == CaseState::Active) {
            self.cases.insert(c.case_id);
        }
        self.cases.extend(s.contacts.loaded_group(&group).into_iter().filter_map(|c| c.case_id));
        for r in s.roster.loaded_group(&group) {
            self.roster.insert((r.round.clone(), p));
        }
        let zones: Vec<PlaceId> = s.zones.values().filter(|z| z.lifted_at.is_none()).map(|z| z.place.clone()).collect();
        self.place_duties.extend(zones);
    }
}
