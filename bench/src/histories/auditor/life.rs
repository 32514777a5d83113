//! What has become of people, in the order in which it was said, and where they stand by that.

use super::Auditor;
use super::known::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{ContactCategory, Exposure, FacilityKind, Schedule};

/// A contact record.
#[derive(Debug, Clone)]
pub struct ContactSeen {
    /// Its id.
    pub id: ContactId,
    /// The person.
    pub person: PersonId,
    /// The case, if one was named.
    pub case: Option<CaseId>,
    /// Category.
    pub category: ContactCategory,
    /// The last exposure.
    pub exposed: Instant,
}

/// A stay in a bed.
#[derive(Debug, Clone)]
pub struct StaySeen {
    /// Its id.
    pub id: StayId,
    /// The person.
    pub person: PersonId,
    /// The facility.
    pub facility: PlaceId,
    /// The bed.
    pub bed: (String, u32),
    /// Admitted.
    pub admitted: Told,
    /// Left: for home, for another bed, by death.
    pub left: Option<Told>,
}

/// A way to a facility.
#[derive(Debug, Clone)]
pub struct WaySeen {
    /// Its id.
    pub id: TransferId,
    /// The person.
    pub person: PersonId,
    /// Asked for.
    pub requested: Told,
    /// The facility to which the last vehicle was sent.
    pub facility: Option<PlaceId>,
    /// In the vehicle.
    pub picked_up: Option<Instant>,
    /// At the facility.
    pub arrived: Option<Instant>,
    /// In a bed, or called off.
    pub ended: Option<TransferState>,
}

impl WaySeen {
    /// How far it has come.
    pub fn state(&self) -> TransferState {
        match self {
            WaySeen { ended: Some(how), .. } => *how,
            WaySeen { arrived: Some(_), .. } => TransferState::Arrived,
            WaySeen { picked_up: Some(_), .. } => TransferState::PickedUp,
            WaySeen { facility: Some(_), .. } => TransferState::Assigned,
            _ => TransferState::Requested,
        }
    }
}

/// What follows a stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The case has recovered and is watched at home.
    Recovered(usize),
    /// The days at home of this contact.
    AtHome(usize),
    /// Nothing.
    Free,
}

/// One turn in a person's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Became this case.
    Found(usize),
    /// This case was none; what it was until then.
    Withdrawn(usize, CaseState),
    /// The case of which the person is a contact was none.
    CaseGone,
    /// Is this contact from here on: just named, or the next of several.
    Named(usize),
    /// Is this contact, too, while another record sets the schedule.
    Covered(usize),
    /// Was no contact in this respect; another record sets the schedule, or does so from here on.
    Struck(usize),
    /// Is this contact once more: the case that had overtaken it was none.
    Back(usize),
    /// This contact's time ran out while the person was taken for a case.
    Lapsed(usize),
    /// Under monitoring at home after this case once more: the second case was none.
    Watched(usize),
    /// Was no contact.
    Dropped(usize),
    /// At the facility.
    Arrived,
    /// In a bed.
    Admitted(usize),
    /// Out of the bed.
    Left(usize, Then),
    /// Seen.
    Observed,
    /// Seen at home under follow-up; true: what was owed then is done.
    Followed(bool),
    /// Needs another kind of facility than the one of the bed.
    Unfit(usize),
    /// A sample of this time was read as one that lets the patient go, or not.
    Tested(Instant, bool),
    /// A sample that counted was another's.
    Untested,
    /// Isolation or monitoring at home ended.
    Released,
    /// Away, and back.
    Away,
    /// Back.
    Returned,
    /// Died.
    Died,
}

/// A turn and the fact that says so.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// The fact.
    pub mark: Told,
    /// What.
    pub what: What,
}

/// The contact that someone is after these turns.
pub fn contact_after(life: &[Turn]) -> Option<usize> {
    let last = life.iter().rev().find_map(|t| match t.what {
        What::Named(k) | What::Back(k) => Some(Some(k)),
        What::Dropped(_) | What::Found(_) | What::Released | What::Left(_, Then::Free) | What::Died => Some(None),
        _ => None,
    });
    last.flatten()
}

/// The case that someone is after these turns, and the turn at which it was found.
pub fn case_after(life: &[Turn]) -> Option<(usize, usize)> {
    let last = life.iter().enumerate().rev().find_map(|(i, t)| match t.what {
        What::Found(c) => Some(Some((c, i))),
        What::Withdrawn(_, CaseState::Active) | What::Left(_, Then::Recovered(_)) | What::Died => Some(None),
        _ => None,
    });
    last.flatten()
}

/// The stay after these turns, and the turn at which it began.
pub fn stay_after(life: &[Turn]) -> Option<(usize, usize)> {
    let last = life.iter().enumerate().rev().find_map(|(i, t)| match t.what {
        What::Admitted(s) => Some(Some((s, i))),
        What::Left(..) | What::Died => Some(None),
        _ => None,
    });
    last.flatten()
}

impl Auditor {
    /// A person's turns.
    pub fn life(&self, person: PersonId) -> &[Turn] {
        self.known.lives.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The contact that a person is.
    pub fn contact_of(&self, person: PersonId) -> Option<&ContactSeen> {
        contact_after(self.life(person)).map(|k| &self.known.contacts[k])
    }

    /// The stay of a person.
    pub fn stay_of(&self, person: PersonId) -> Option<&StaySeen> {
        stay_after(self.life(person)).map(|(s, _)| &self.known.stays[s])
    }

    /// The transfer of a person that is under way.
    pub fn way_of(&self, person: PersonId) -> Option<&WaySeen> {
        self.known.ways.iter().find(|w| w.person == person && w.ended.is_none())
    }

    /// What the protocol asks of a contact.
    pub fn schedule(&self, contact: usize) -> Option<Schedule> {
        self.protocol.contact_schedule(self.known.contacts[contact].category)
    }

    /// When a contact's time ends.
    pub fn until(&self, contact: usize) -> Option<Instant> {
        self.schedule(contact).map(|s| day_end(self.known.contacts[contact].exposed, s.central_days + s.home_days))
    }

    /// What is left of a contact record.
    pub fn contact_state(&self, contact: usize) -> ContactState {
        use ContactState::*;
        self.life(self.known.contacts[contact].person).iter().fold(Dropped, |state, t| match (t.what, state) {
            (What::Named(k) | What::Back(k), _) if k == contact => Active,
            (What::Covered(k), _) if k == contact => Covered,
            (What::Lapsed(k), _) if k == contact => Released,
            (What::Dropped(k) | What::Struck(k), _) if k == contact => Dropped,
            (What::Named(_), Active) => Covered,
            (What::Found(_), Active | Covered) => Converted,
            (What::Released | What::Left(_, Then::Free), Active) | (What::Died, Active | Covered) => Released,
            _ => state,
        })
    }

    /// The contact records of a person that are in one of these states.
    pub fn contacts_in(&self, person: PersonId, states: &[ContactState]) -> Vec<usize> {
        let contacts = self.known.contacts.iter().enumerate();
        contacts.filter(|(k, c)| c.person == person && states.contains(&self.contact_state(*k))).map(|(k, _)| k).collect()
    }

    /// Where someone stands after these turns.
    pub fn standing_after(&self, life: &[Turn]) -> Standing {
        if life.iter().any(|t| t.what == What::Died) {
            return Standing::Dead;
        }
        let bed = stay_after(life);
        if let Some((_, found)) = case_after(life) {
            return if bed.is_some_and(|(_, admitted)| admitted > found) { Standing::Inpatient } else { Standing::Infected };
        }
        if bed.is_some() {
            return Standing::Isolated;
        }
        let Some((last, before)) = life.split_last() else { return Standing::AtHome };
        let earlier = || self.standing_after(before);
        let confined = |k: usize| self.schedule(k).is_some_and(|s| s.confined);
        match last.what {
            What::Away => Standing::Absent,
            What::Left(_, Then::Recovered(_)) | What::Watched(_) => Standing::HomeMonitoring,
            What::Left(_, Then::AtHome(k)) if confined(k) => Standing::HomeIsolation,
            What::Named(k) | What::Back(k) if confined(k) && self.schedule(k).is_some_and(|s| s.central_days == 0) => {
                Standing::HomeIsolation
            }
            What::Named(k) | What::Back(k) if !confined(k) && earlier() == Standing::HomeIsolation => Standing::AtHome,
            What::Dropped(_) if earlier() != Standing::HomeIsolation => earlier(),
            What::Withdrawn(c, CaseState::Recovered) if self.watched_for(before) != Some(c) => earlier(),
            What::Withdrawn(_, CaseState::Died) => earlier(),
            What::Dropped(_) | What::Withdrawn(..) | What::Left(..) | What::Released | What::Returned => Standing::AtHome,
            _ => earlier(),
        }
    }

    /// The recovered case because of which someone is under monitoring at home.
    pub(super) fn watched_for(&self, life: &[Turn]) -> Option<usize> {
        let last = life.iter().rev().find_map(|t| match t.what {
            What::Left(_, Then::Recovered(c)) | What::Watched(c) => Some(c),
            _ => None,
        });
        last.filter(|_| self.standing_after(life) == Standing::HomeMonitoring)
    }

    /// Where a person stands.
    pub fn standing(&self, person: PersonId) -> Standing {
        self.standing_after(self.life(person))
    }

    /// What a person is exposed to. A case is to be isolated, under monitoring too; a contact is one; a member of a pool that is not
    /// negative is recalled until a single sample taken since is negative; whoever has recovered is sampled singly. Of the dead it is what it was; nobody calls them back.
    pub fn exposure(&self, person: PersonId) -> Exposure {
        let life = self.life(person);
        let alive = &life[..life.iter().position(|t| t.what == What::Died).unwrap_or(life.len())];
        if case_after(alive).is_some() || self.watched_for(alive).is_some() {
            return Exposure::Isolated;
        }
        match contact_after(alive).map(|k| self.known.contacts[k].category) {
            Some(ContactCategory::Close | ContactCategory::Inbound) => return Exposure::CloseContact,
            Some(ContactCategory::Secondary) => return Exposure::SecondaryContact,
            Some(ContactCategory::HighRiskSpillover) => return Exposure::HighRiskSpillover,
            Some(ContactCategory::General) | None => {}
        }
        let withdrawn = |c: usize| alive.iter().any(|t| matches!(t.what, What::Withdrawn(w, _) if w == c));
        let recovered = alive.iter().any(|t| matches!(t.what, What::Left(_, Then::Recovered(c)) if !withdrawn(c)));
        match (alive.len() == life.len() && self.is_recalled(person), recovered) {
            (true, _) => Exposure::Recalled,
            (false, true) => Exposure::Discharged,
            (false, false) => Exposure::None,
        }
    }

    /// The kind of place with beds that the protocol asks for.
    pub fn wanted_facility(&self, person: PersonId) -> Option<PlaceKind> {
        if let Some(c) = self.known.case_of(person) {
            let p = self.known.people.get(&person)?;
            let age = p.born.map(|b| ((self.now.day(UtcOffset::CHINA).0 - b.0).max(0) as f64 / 365.25) as u32);
            // Of unknown severity: as a mild one.
            let severity = c.severity.unwrap_or(quell_protocol::Severity::Mild);
            return Some(match self.protocol.destination(severity, age, &p.tags) {
                FacilityKind::DesignatedHospital => PlaceKind::DesignatedHospital,
                FacilityKind::ShelterHospital => PlaceKind::ShelterHospital,
                FacilityKind::IsolationSite => PlaceKind::IsolationSite,
                _ => return None,
            });
        }
        self.contact_of(person).map(|_| PlaceKind::IsolationSite)
    }

    /// Beds of a facility, those taken and those promised.
    pub fn beds(&self, facility: &PlaceId) -> (usize, usize, usize) {
        let beds = self.known.places.get(facility).map_or(0, |p| p.wards.iter().map(|w| w.beds as usize).sum());
        let taken = self.known.stays.iter().filter(|s| s.left.is_none() && s.facility == *facility).count();
        let on_the_way = |w: &&WaySeen| w.ended.is_none() && w.facility.as_ref() == Some(facility);
        (beds, taken, self.known.ways.iter().filter(on_the_way).count())
    }

    /// Exit tests passed in a row after these turns: since the person is this case in this bed, as far apart as the protocol asks.
    pub fn passes(&self, life: &[Turn]) -> u32 {
        let Some(rule) = self.protocol.exit_rule() else { return 0 };
        let fresh = |t: &Turn| matches!(t.what, What::Admitted(_) | What::Found(_) | What::Untested | What::Tested(_, false));
        let begin = life.iter().rposition(fresh).map_or(0, |i| i + 1);
        let mut last: Option<Instant> = None;
        let mut count = 0;
        for t in &life[begin..] {
            if let What::Tested(sampled, true) = t.what
                && last.is_none_or(|l| sampled.since(l) >= rule.min_gap)
            {
                (last, count) = (Some(sampled), count + 1);
            }
        }
        count
    }
}

/// The end of the n-th day after a moment's day.
pub fn day_end(from: Instant, n: u32) -> Instant {
    from.day(UtcOffset::CHINA).plus(n as i32 + 1).start(UtcOffset::CHINA)
}
