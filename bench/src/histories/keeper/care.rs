//! What is said of contacts, ways, beds and deaths.

use super::super::auditor::life::*;
use super::*;
use quell_protocol::ContactCategory;

impl Keeper {
    /// Someone who is looked after is brought on.
    pub(super) fn care(&mut self, a: &Auditor) -> Vec<Fact> {
        let looked_after = |p: &PersonId| {
            a.known.case_of(*p).is_some()
                || a.contact_of(*p).is_some()
                || a.stay_of(*p).is_some()
                || a.way_of(*p).is_some()
                || !matches!(a.standing(*p), Standing::AtHome | Standing::Absent | Standing::Dead)
        };
        let people: Vec<PersonId> = (1..=PEOPLE).map(person).filter(looked_after).collect();
        let Some(p) = self.some(&people) else { return vec![] };
        let mut facts = self.care_for(p, a);
        if a.stay_of(p).is_none() && self.r.chance(0.4) {
            facts.extend(self.rest_of_the_way(p, &facts, a));
        }
        facts
    }

    /// What may come next for a person.
    pub(super) fn care_for(&mut self, p: PersonId, a: &Auditor) -> Vec<Fact> {
        let at = self.at();
        if self.r.chance(0.02) {
            return vec![Died { person: p, at, cause: None }.into()];
        }
        if let Some(stay) = a.stay_of(p).map(|s| s.id)
            && !self.r.chance(0.1)
        {
            return self.in_bed(p, stay, a);
        }
        let managed = a.known.case_of(p).is_some() || a.contact_of(p).is_some();
        let home = matches!(a.standing(p), Standing::HomeIsolation | Standing::HomeMonitoring);
        match a.way_of(p) {
            _ if home && self.r.chance(0.5) => match self.r.below(3) {
                0 => self.single(p),
                _ => vec![Released { person: p, at, decision: self.decision(0.3) }.into()],
            },
            _ if self.r.chance(0.15) => self.single(p),
            None if a.contact_of(p).is_some() && self.r.chance(0.4) => {
                let outcome = self.some(FollowUpOutcome::ALL).unwrap_or(FollowUpOutcome::SeenOk);
                let symptoms = if self.r.chance(0.2) { vec![self.words()] } else { vec![] };
                vec![
                    FollowedUp {
                        person: p,
                        contact: None,
                        at,
                        outcome,
                        temperature: None,
                        symptoms,
                        by: None,
                        self_reported: false,
                        note: None,
                    }
                    .into(),
                ]
            }
            Some(way) => self.on_the_way(way, a),
            None if managed && self.r.chance(0.8) => {
                vec![TransferRequested { transfer: TransferId(self.id()), person: p, at }.into()]
            }
            None => self.bed_for(p, a).into_iter().collect(),
        }
    }

    fn on_the_way(&mut self, way: &WaySeen, a: &Auditor) -> Vec<Fact> {
        let (at, transfer) = (self.at(), way.id);
        if self.r.chance(0.06) {
            let decision = Decision { decider: "office".into(), reason: self.words() };
            return vec![TransferCalledOff { transfer, decision, at }.into()];
        }
        match way.state() {
            TransferState::Requested => vec![self.vehicle(transfer, way.person, a)],
            TransferState::Assigned if self.r.chance(0.1) => vec![self.vehicle(transfer, way.person, a)],
            TransferState::Assigned => vec![PickedUp { transfer, at }.into()],
            TransferState::PickedUp => vec![Arrived { transfer, at }.into()],
            _ => self.bed_for(way.person, a).into_iter().collect(),
        }
    }

    fn vehicle(&mut self, transfer: TransferId, person: PersonId, a: &Auditor) -> Fact {
        let vehicle = VehicleId::new("V1").unwrap_or_else(|_| unreachable!("a short name"));
        let (facility, decision, at) = (self.facility(person, a), self.decision(0.15), self.at());
        VehicleAssigned { transfer, vehicle, facility, at, decision }.into()
    }

    /// The whole way in one submission.
    fn rest_of_the_way(&mut self, p: PersonId, said: &[Fact], a: &Auditor) -> Vec<Fact> {
        let Some(Fact::TransferRequested(f)) = said.first() else { return vec![] };
        let (transfer, at) = (f.transfer, self.soon());
        let mut facts = vec![self.vehicle(transfer, p, a), PickedUp { transfer, at }.into(), Arrived { transfer, at }.into()];
        facts.extend(self.bed_for(p, a).filter(|_| self.r.chance(0.7)));
        facts
    }

    pub(super) fn decision(&mut self, often: f64) -> Option<Decision> {
        self.r.chance(often).then(|| Decision { decider: "office".into(), reason: self.words() })
    }

    /// The facility that is asked for, mostly.
    fn facility(&mut self, p: PersonId, a: &Auditor) -> PlaceId {
        let wanted = a.wanted_facility(p);
        let right = FACILITIES.iter().map(|f| place(f)).find(|f| a.known.places.get(f).map(|x| x.kind) == wanted);
        let any = place(FACILITIES[self.r.below(3) as usize]);
        let strange = self.r.chance(0.02);
        if strange { place(LABORATORY) } else { right.filter(|_| !self.r.chance(0.15)).unwrap_or(any) }
    }

    /// An admission, mostly to a free bed.
    fn bed_for(&mut self, p: PersonId, a: &Auditor) -> Option<Fact> {
        let facility = a.way_of(p).and_then(|w| w.facility.clone()).filter(|_| !self.r.chance(0.15));
        let facility = facility.unwrap_or_else(|| self.facility(p, a));
        let wards = a.known.places.get(&facility).map(|f| f.wards.clone()).unwrap_or_default();
        let beds: Vec<(String, u32)> = wards.iter().flat_map(|w| (1..=w.beds).map(|b| (w.ward.clone(), b))).collect();
        let taken = |b: &(String, u32)| a.known.stays.iter().any(|s| s.left.is_none() && s.facility == facility && s.bed == *b);
        let free: Vec<(String, u32)> = beds.iter().filter(|b| !taken(b)).cloned().collect();
        let (ward, bed) = match self.r.below(12) {
            0 => self.some(&beds)?,
            1 => self.some(&[("A".to_owned(), 0), ("A".to_owned(), 4), ("Z".to_owned(), 1)])?,
            _ => self.some(&free)?,
        };
        let decision = self.decision(0.15);
        Some(Admitted { stay: StayId(self.id()), person: p, facility, ward, bed, at: self.at(), decision }.into())
    }

    /// A person in a bed is seen, tested, let out, moved.
    fn in_bed(&mut self, p: PersonId, stay: StayId, a: &Auditor) -> Vec<Fact> {
        let at = self.at();
        match self.r.below(10) {
            0..=3 => {
                let severity = self.r.chance(0.25).then(|| Severity::ALL[self.r.below(5) as usize]);
                let oxygen = self.r.chance(0.3).then(|| [92, 98, 101][self.r.below(3) as usize]);
                vec![Observed { person: p, at, temperature: None, oxygen, symptoms: None, severity }.into()]
            }
            4..=6 => self.exit_test(p),
            7 => self.bed_for(p, a).into_iter().collect(),
            _ => vec![Discharged { stay, at, decision: self.decision(0.25) }.into()],
        }
    }

    /// A single sample that mostly lets a patient go, read at once.
    fn exit_test(&mut self, person: PersonId) -> Vec<Fact> {
        let n = self.fresh();
        let tube = TubeCode::new(format!("E{n}")).unwrap_or_else(|_| unreachable!("a short code"));
        let (station, at, mode) = (place(STATIONS[0]), self.at(), Some(TubeMode::Single));
        let swab = Registered { tube: tube.clone(), person, station, at, round: None, mode, already_swabbed: false };
        let result =
            [TestResult::Negative, TestResult::Negative, TestResult::Indeterminate, TestResult::Positive][self.r.below(4) as usize];
        let (targets, read) = (self.targets(result), self.soon());
        vec![swab.into(), self.intake(None, vec![tube.clone()]), ResultRead { tube, plate: None, at: read, result, targets }.into()]
    }

    /// Contacts are named, and now and then it turns out that they are none.
    pub(super) fn contact(&mut self, a: &Auditor) -> Vec<Fact> {
        let at = self.at();
        if self.r.chance(0.2)
            && let Some(contact) = self.some(&a.known.contacts.iter().map(|c| c.id).collect::<Vec<_>>())
        {
            let decision = Decision { decider: "office".into(), reason: self.words() };
            return vec![ContactDropped { contact, taken_over_by: None, decision, at }.into()];
        }
        let cases: Vec<CaseId> = a.known.cases.iter().filter_map(|c| c.id).collect();
        let strange = CaseId(self.id());
        let case = self.some(&cases).filter(|_| self.r.chance(0.7)).or_else(|| self.r.chance(0.05).then_some(strange));
        let kinds = if self.r.chance(0.1) { 6 } else { 5 };
        let category = [
            ContactCategory::Close,
            ContactCategory::Close,
            ContactCategory::HighRiskSpillover,
            ContactCategory::General,
            ContactCategory::Inbound,
            ContactCategory::Secondary,
        ][self.r.below(kinds) as usize];
        let hours = if self.r.chance(0.05) { -5 } else { self.r.between(0, 24 * 9) };
        let last_exposure = EventTime::exact(at.at.plus(Span::hours(-hours)), UtcOffset::CHINA);
        let decision = Decision { decider: "office".into(), reason: self.words() };
        let named = ContactNamed {
            contact: ContactId(self.id()),
            person: self.somebody(),
            case,
            category,
            first_exposure: None,
            last_exposure,
            context: None,
            relation: None,
            certainty: None,
            decision,
            ended: None,
            at,
        };
        vec![named.into()]
    }

    /// Anything about anyone's life, whether it may be said or not.
    pub(super) fn any_care(&mut self, a: &Auditor) -> Vec<Fact> {
        let (at, p) = (self.at(), self.somebody());
        let ways: Vec<TransferId> = a.known.ways.iter().map(|w| w.id).collect();
        let transfer = self.some(&ways).unwrap_or(TransferId(uuid::Uuid::from_u128(1)));
        let stays: Vec<StayId> = a.known.stays.iter().map(|s| s.id).collect();
        let stay = self.some(&stays).unwrap_or(StayId(uuid::Uuid::from_u128(1)));
        match self.r.below(10) {
            0 => vec![PickedUp { transfer, at }.into()],
            1 => vec![Arrived { transfer, at }.into()],
            2 => vec![self.vehicle(transfer, p, a)],
            3 => vec![Discharged { stay, at, decision: self.decision(0.5) }.into()],
            4 => vec![Released { person: p, at, decision: self.decision(0.5) }.into()],
            5 => vec![Observed { person: p, at, temperature: None, oxygen: None, symptoms: None, severity: None }.into()],
            6 => self.bed_for(p, a).into_iter().collect(),
            7 => vec![
                TransferRequested { transfer: if self.r.chance(0.1) { transfer } else { TransferId(self.id()) }, person: p, at }.into(),
            ],
            8 => vec![TransferCalledOff { transfer, decision: Decision { decider: "office".into(), reason: self.words() }, at }.into()],
            _ if self.r.chance(0.2) => vec![Died { person: p, at, cause: None }.into()],
            _ => vec![],
        }
    }
}
