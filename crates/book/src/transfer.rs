//! Transfers (转): request, vehicle, pick-up, arrival, calling off.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use quell_foundation::*;
use quell_protocol::{FacilityKind, Link};

impl Act<'_> {
    pub(crate) fn transfer_requested(&mut self, f: &TransferRequested) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        if self.s.transfers.get(&f.transfer).is_some() || self.open_transfer(f.person).is_some() {
            return Err(refuse!("transfer.exists", "person", "a transfer of this person is under way", "该人员已有进行中的转运"));
        }
        if self.active_case(f.person).is_none() && self.active_contact(f.person).is_none() {
            return Err(refuse!(
                "transfer.no_reason",
                "person",
                "the person is neither a case nor a contact under management: nobody is moved without a reason",
                "该人员既非感染者也非在管密接，不得转运"
            ));
        }
        self.s.transfers.put(Transfer {
            transfer_id: f.transfer,
            person_id: f.person,
            place: p.place,
            requested_at: f.at.at,
            state: TransferState::Requested,
            vehicle: None,
            facility: None,
            assigned_at: None,
            picked_up_at: None,
            arrived_at: None,
            reason: None,
        });
        Ok(())
    }

    fn transfer(&self, id: &TransferId, allowed: &[TransferState]) -> Result<Transfer, Refusal> {
        let t = self
            .s
            .transfers
            .get(id)
            .cloned()
            .ok_or_else(|| refuse!("transfer.unknown", "transfer", "no transfer {id}", "没有转运 {id}"))?;
        if allowed.contains(&t.state) {
            return Ok(t);
        }
        let s = t.state;
        let zh = s.zh();
        Err(refuse!("transfer.state", "transfer", "the transfer is {s}; this step does not follow", "转运状态为{zh}，不能进行此步骤"))
    }

    /// The kind of facility that the protocol asks for, for a case or a contact.
    pub(crate) fn wanted_facility(&self, person: &Person) -> Option<FacilityKind> {
        if let Some(case) = self.active_case(person.person_id) {
            let today = self.c.now.day(self.s.config.offset);
            let age = person.born.map(|b| ((today.0 - b.0).max(0) as f64 / 365.25) as u32);
            return Some(self.c.protocol.destination(case.severity_for_care(), age, &person.tags));
        }
        self.active_contact(person.person_id).map(|_| FacilityKind::IsolationSite)
    }

    /// Checks that this facility is of the kind asked for; another kind needs a decision.
    pub(crate) fn check_facility(&self, person: &Person, facility: &PlaceId, decision: Option<&Decision>) -> Result<Place, Refusal> {
        check_decision(decision)?;
        let Some(place) = self.s.places.get(facility).cloned().filter(|p| p.beds > 0) else {
            return Err(refuse!(
                "facility.unknown",
                "facility",
                "{facility} is not a listed facility with beds",
                "{facility} 不是已登记的收治点"
            ));
        };
        let wanted = self.wanted_facility(person);
        if decision.is_none() {
            match wanted.and_then(facility_place_kind) {
                Some(kind) if kind == place.kind => {}
                Some(kind) => {
                    let (k, zh) = (kind.as_str(), kind.zh());
                    return Err(refuse!(
                        "facility.kind",
                        "facility",
                        "the protocol sends this person to a {k}; another kind needs a decision",
                        "按方案应送{zh}，送往其他类别须有决定"
                    ));
                }
                None if wanted == Some(FacilityKind::Home) => {
                    return Err(refuse!(
                        "facility.home",
                        "facility",
                        "the protocol has this person cared for at home; a bed needs a decision",
                        "按方案该人员居家治疗，收治入院须有决定"
                    ));
                }
                None => {
                    return Err(refuse!(
                        "facility.no_reason",
                        "person",
                        "the person is neither a case nor a contact under management; an admission needs a decision",
                        "该人员既非感染者也非在管密接，收治须有决定"
                    ));
                }
            }
        }
        Ok(place)
    }

    pub(crate) fn vehicle_assigned(&mut self, f: &VehicleAssigned) -> Outcome {
        self.not_future(f.at)?;
        let t = self.transfer(&f.transfer, &[TransferState::Requested, TransferState::Assigned])?;
        let person = self.person(t.person_id)?;
        let place = self.check_facility(&person, &f.facility, f.decision.as_ref())?;
        self.unreserve(&t);
        let place = self.s.places.get(&place.place).cloned().unwrap_or(place);
        if place.occupied + place.reserved >= place.beds {
            let (n, b) = (&place.name, place.beds);
            return Err(refuse!(
                "facility.full",
                "facility",
                "{n} is full ({b} beds taken or promised); choose another",
                "{n} 已满（{b} 张床位均已占用或预留），请选择其他收治点"
            ));
        }
        self.s.places.put(Place { reserved: place.reserved + 1, ..place });
        self.s.transfers.put(Transfer {
            state: TransferState::Assigned,
            vehicle: Some(f.vehicle.clone()),
            facility: Some(f.facility.clone()),
            assigned_at: Some(f.at.at),
            ..t
        });
        Ok(())
    }

    /// Gives back the bed that a transfer holds.
    pub(crate) fn unreserve(&mut self, t: &Transfer) {
        let holds = matches!(t.state, TransferState::Assigned | TransferState::PickedUp | TransferState::Arrived);
        if holds && let Some(p) = t.facility.as_ref().and_then(|f| self.s.places.get(f)).cloned() {
            self.s.places.put(Place { reserved: p.reserved - 1, ..p });
        }
    }

    pub(crate) fn picked_up(&mut self, f: &PickedUp) -> Outcome {
        self.not_future(f.at)?;
        let t = self.transfer(&f.transfer, &[TransferState::Assigned])?;
        self.s.transfers.put(Transfer { state: TransferState::PickedUp, picked_up_at: Some(f.at.at), ..t });
        Ok(())
    }

    pub(crate) fn arrived(&mut self, f: &Arrived) -> Outcome {
        self.not_future(f.at)?;
        let t = self.transfer(&f.transfer, &[TransferState::PickedUp])?;
        self.s.transfers.put(Transfer { state: TransferState::Arrived, arrived_at: Some(f.at.at), ..t.clone() });
        self.discharge_first(t.person_id, &[DutyKind::Transfer, DutyKind::Isolate], f.at.at);
        self.open(DutyKind::Admit, Link::Admit, Subject::Person(t.person_id), &t.place, f.at.at);
        Ok(())
    }

    pub(crate) fn transfer_called_off(&mut self, f: &TransferCalledOff) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let t = self.transfer(&f.transfer, &[TransferState::Requested, TransferState::Assigned, TransferState::PickedUp])?;
        self.call_off(t, f.at.at, &f.decision.reason);
        Ok(())
    }

    /// Calls a transfer off and gives its bed back.
    pub(crate) fn call_off(&mut self, t: Transfer, at: Instant, why: &str) {
        self.unreserve(&t);
        self.supersede_all(t.person_id, &[DutyKind::Admit], at, why);
        self.s.transfers.put(Transfer { state: TransferState::CalledOff, reason: Some(why.to_owned()), ..t });
    }
}
