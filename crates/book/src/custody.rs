//! Transport (送): sealing, boxes, hand-overs, intake at the laboratory, and what goes wrong on the way.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::state::Count;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{Link, TubeMode};

impl Act<'_> {
    pub(crate) fn tube_sealed(&mut self, f: &TubeSealed) -> Outcome {
        self.not_future(f.at)?;
        let t = self.tube(&f.tube)?;
        if t.state != TubeState::Open {
            let (c, s) = (&f.tube, t.state);
            let zh = s.zh();
            return Err(refuse!("tube.not_open", "tube", "tube {c} is {s} already", "采样管 {c} 已是{zh}状态"));
        }
        self.seal(t, f.at.at);
        Ok(())
    }

    fn seal(&mut self, t: Tube, at: Instant) -> Tube {
        if let Some(due) = t.seal_due {
            self.s.count(DutyKind::Seal, &t.place, t.round.as_ref(), Count::Discharged { in_time: at <= due }, 1);
        }
        let deliver_due = self.c.protocol.deadline(Link::Deliver).map(|s| at.plus(s));
        if deliver_due.is_some() {
            self.s.count(DutyKind::Deliver, &t.place, t.round.as_ref(), Count::Opened, 1);
        }
        let t = Tube { state: TubeState::Sealed, sealed_at: Some(at), deliver_due, ..t };
        self.s.tubes.put(t.clone());
        t
    }

    pub(crate) fn tube_spoilt(&mut self, f: &TubeSpoilt) -> Outcome {
        self.not_future(f.at)?;
        let t = self.tube(&f.tube)?;
        self.give_up(t, TubeState::Spoilt, f.at.at, &f.reason)
    }

    pub(crate) fn tube_lost(&mut self, f: &TubeLost) -> Outcome {
        self.not_future(f.at)?;
        let t = self.tube(&f.tube)?;
        self.give_up(t, TubeState::Lost, f.at.at, &f.reason)
    }

    /// A tube that can no longer be tested: its open duties end and every member is sampled again.
    pub(crate) fn give_up(&mut self, t: Tube, state: TubeState, at: Instant, reason: &str) -> Outcome {
        if reason.trim().is_empty() {
            return Err(refuse!("tube.reason", "reason", "say why the tube cannot be tested", "请写明采样管不能检测的原因"));
        }
        if matches!(t.state, TubeState::Resulted | TubeState::Spoilt | TubeState::Lost) {
            let (c, s) = (&t.tube, t.state);
            let zh = s.zh();
            return Err(refuse!("tube.ended", "tube", "tube {c} is {s} already", "采样管 {c} 已是{zh}状态"));
        }
        let round = t.round.as_ref();
        let open_link = match t.state {
            TubeState::Open => t.seal_due.map(|_| DutyKind::Seal),
            TubeState::Sealed | TubeState::InTransit => t.deliver_due.map(|_| DutyKind::Deliver),
            _ => t.test_due.map(|_| DutyKind::Test),
        };
        if let Some(kind) = open_link {
            self.s.count(kind, &t.place, round, Count::Superseded, 1);
        }
        for d in self.tube_duties(&t.tube, DutyKind::Retest) {
            self.supersede(&d, at, "tube given up");
        }
        self.s.count(DutyKind::Result, &t.place, round, Count::Superseded, i64::from(t.members));
        for m in self.members(&t.tube) {
            self.owe_resample(m.person_id, &t.tube, at);
        }
        self.s.tubes.put(Tube { state, seal_due: None, deliver_due: None, test_due: None, ..t });
        Ok(())
    }

    /// The person is sampled again, because of this tube.
    pub(crate) fn owe_resample(&mut self, person: PersonId, tube: &TubeCode, at: Instant) {
        let Some(p) = self.s.persons.get(&person).cloned().filter(|p| p.standing != Standing::Dead) else { return };
        if self.open_because_of(person, tube, &[DutyKind::Resample]).is_empty() {
            self.open(DutyKind::Resample, Link::Resample, Subject::PersonOf(person, tube.clone()), &p.place, at);
        }
    }

    pub(crate) fn box_packed(&mut self, f: &BoxPacked) -> Outcome {
        self.not_future(f.at)?;
        let b = &f.r#box;
        if self.s.boxes.get(b).is_some() {
            return Err(refuse!(
                "box.exists",
                "box",
                "box {b} was packed before; every filling has a code of its own",
                "转运箱编号 {b} 已使用，每次装箱请用新编号"
            ));
        }
        let Some(first) = f.tubes.first() else {
            return Err(refuse!("box.empty", "tubes", "the box is empty", "箱内没有采样管"));
        };
        let place = self.tube(first)?.place;
        for code in &f.tubes {
            let t = self.tube(code)?;
            if t.state != TubeState::Sealed || t.r#box.is_some() {
                let s = t.state;
                let zh = s.zh();
                return Err(refuse!(
                    "box.tube",
                    "tubes",
                    "tube {code} is {s} or in another box; only sealed tubes that are in no box can be packed",
                    "采样管 {code} 状态为{zh}或已在其他箱中，只能装入已封管且未装箱的采样管"
                ));
            }
            self.s.tubes.put(Tube { r#box: Some(b.clone()), ..t });
        }
        self.s.boxes.put(TransportBox { r#box: b.clone(), place, packed_at: f.at.at, tubes: f.tubes.len() as i32, holder: None });
        Ok(())
    }

    pub(crate) fn handed_over(&mut self, f: &HandedOver) -> Outcome {
        self.not_future(f.at)?;
        let (place, tubes) = match (&f.r#box, &f.tube) {
            (Some(b), None) => {
                let row = self.transport_box(b)?;
                self.s.boxes.put(TransportBox { holder: Some(f.to.clone()), ..row.clone() });
                (row.place, self.tubes_in(b))
            }
            (None, Some(t)) => {
                let t = self.tube(t)?;
                (t.place.clone(), vec![t])
            }
            _ => return Err(refuse!("hand_over.what", "box", "name a box or a tube, not both", "请只填写转运箱或采样管之一")),
        };
        for t in tubes {
            let state = if t.state == TubeState::Sealed { TubeState::InTransit } else { t.state };
            let left_at = t.left_at.or(Some(f.at.at));
            self.s.tubes.put(Tube { state, left_at, holder: Some(f.to.clone()), ..t });
        }
        self.s.hand_overs.put(HandOver {
            seq: self.c.seq,
            idx: self.index as i32,
            place,
            r#box: f.r#box.clone(),
            tube: f.tube.clone(),
            given_by: f.from.clone(),
            taken_by: f.to.clone(),
            at: f.at.at,
            temperature: f.temperature,
        });
        Ok(())
    }

    fn transport_box(&self, b: &BoxCode) -> Result<TransportBox, Refusal> {
        self.s.boxes.get(b).cloned().ok_or_else(|| {
            refuse!(
                "box.unknown",
                "box",
                "no box {b}; check the code, or record its packing first",
                "没有转运箱 {b}，请核对编号或先登记装箱"
            )
        })
    }

    fn tubes_in(&self, b: &BoxCode) -> Vec<Tube> {
        self.s.tubes.group(&Group::Box(b.clone())).into_iter().cloned().collect()
    }

    pub(crate) fn received(&mut self, f: &Received) -> Outcome {
        self.not_future(f.at)?;
        let lab = &f.laboratory;
        if self.s.places.get(lab).is_none_or(|p| p.kind != PlaceKind::Laboratory) {
            return Err(refuse!("laboratory.unknown", "laboratory", "{lab} is not a listed laboratory", "{lab} 不是已登记的检测机构"));
        }
        if f.condition == Condition::NotAdequate && f.reason.as_deref().unwrap_or("").trim().is_empty() {
            return Err(refuse!("intake.reason", "reason", "say why the condition is not adequate", "样本不合格须写明原因"));
        }
        let tubes = match &f.r#box {
            Some(b) => {
                self.transport_box(b)?;
                let inside = self.tubes_in(b);
                if f.tubes.is_empty() { inside } else { self.listed_tubes(&f.tubes)? }
            }
            None if f.tubes.is_empty() => return Err(refuse!("intake.what", "tubes", "name a box or tubes", "请填写转运箱或采样管")),
            None => self.listed_tubes(&f.tubes)?,
        };
        for t in tubes {
            // Read again: a tube that is named twice is refused the second time.
            let t = self.tube(&t.tube)?;
            self.take_in(t, f)?;
        }
        Ok(())
    }

    fn listed_tubes(&self, codes: &[TubeCode]) -> Result<Vec<Tube>, Refusal> {
        codes.iter().map(|c| self.tube(c)).collect()
    }

    fn take_in(&mut self, t: Tube, f: &Received) -> Outcome {
        let at = f.at.at;
        let t = if t.state == TubeState::Open { self.seal(t, at) } else { t };
        if !matches!(t.state, TubeState::Sealed | TubeState::InTransit) {
            let (c, s) = (&t.tube, t.state);
            let zh = s.zh();
            return Err(refuse!("intake.state", "tubes", "tube {c} is {s} already", "采样管 {c} 已是{zh}状态"));
        }
        if f.condition == Condition::NotAdequate {
            return self.give_up(t, TubeState::Spoilt, at, f.reason.as_deref().unwrap_or(""));
        }
        if let Some(due) = t.deliver_due {
            self.s.count(DutyKind::Deliver, &t.place, t.round.as_ref(), Count::Discharged { in_time: at <= due }, 1);
        }
        let link = if t.mode == TubeMode::Single { Link::TestSingle } else { Link::TestPooled };
        let test_due = self.c.protocol.deadline(link).map(|s| at.plus(s));
        if test_due.is_some() {
            self.s.count(DutyKind::Test, &t.place, t.round.as_ref(), Count::Opened, 1);
        }
        self.s.tubes.put(Tube {
            state: TubeState::Received,
            received_at: Some(at),
            left_at: t.left_at.or(Some(at)),
            laboratory: Some(f.laboratory.clone()),
            holder: Some(f.laboratory.to_string()),
            test_due,
            ..t
        });
        Ok(())
    }
}
