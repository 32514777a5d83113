//! Laboratories compared: one whose positive share is far from that of the others on the same day, or from its own week when there are
//! no others, is looked into by someone. (Immensa 2021: a threshold set wrong, about 39,000 false negatives in a month; by the shares
//! it could be seen on the first day.)
//!
//! Integers only, so that every machine comes to the same answer: Pearson's chi-square of the two shares.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::hand_in::check_review;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use quell_foundation::*;
use quell_protocol::DriftRule;

/// Tubes, and how many of them were not negative.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    tubes: i64,
    positive: i64,
}

impl Share {
    fn of<'a>(days: impl Iterator<Item = &'a LaboratoryDay>) -> Self {
        days.fold(Self::default(), |s, d| Self { tubes: s.tubes + d.tubes, positive: s.positive + d.positive })
    }

    /// True if there are enough tubes on both sides for a comparison: of the smaller side so many positives are expected.
    fn compares_with(self, other: Self, r: &DriftRule) -> bool {
        let (all, positive) = (self.tubes + other.tubes, self.positive + other.positive);
        self.tubes.min(other.tubes) * positive >= i64::from(r.expected) * all && all > 0
    }

    /// True if the shares differ so many times, and more than chance explains.
    fn differs_from(self, other: Self, r: &DriftRule) -> bool {
        let [a, b, n, m] = [self.positive, other.positive, self.tubes, other.tubes].map(i128::from);
        let times = i128::from(r.times);
        let far = a * m * times <= b * n || a * m >= b * n * times;
        let (positive, negative) = (a + b, n + m - a - b);
        let cross = a * m - b * n;
        far && (n + m) * cross * cross >= i128::from(r.chi_square) * n * m * positive * negative
    }
}

impl Act<'_> {
    /// Counts a reading for the laboratory that holds the tube; now and then the laboratories are compared.
    pub(crate) fn count_for_laboratory(&mut self, t: &Tube, f: &ResultRead) {
        let (Some(laboratory), false) = (t.laboratory.clone(), f.result == TestResult::Failed) else { return };
        let (day, mode) = (f.at.at.day(self.s.config.offset), t.mode);
        let old = self.s.laboratory_days.get(&(laboratory.clone(), day, mode)).cloned();
        let mut row = old.unwrap_or(LaboratoryDay { laboratory, day, mode, tubes: 0, positive: 0, review: None, reviewed: false });
        row.tubes += 1;
        row.positive += i64::from(f.result != TestResult::Negative);
        if let Some(rule) = self.c.protocol.drift()
            && row.tubes % i64::from(rule.every) == 0
            && !row.reviewed
            && !self.in_review(&row.laboratory)
            && self.has_drifted(&row, &rule)
        {
            let (at, place) = (f.at.at, row.laboratory.clone());
            row.review = Some(self.open_by(
                DutyKind::ReviewLaboratory,
                Subject::Place(place.clone()),
                &place,
                at,
                at.plus(rule.review),
                "testing.drift".to_owned(),
            ));
        }
        self.s.laboratory_days.put(row);
    }

    fn in_review(&self, laboratory: &PlaceId) -> bool {
        self.s.laboratory_days.values().any(|d| d.laboratory == *laboratory && d.review.is_some())
    }

    /// Against the other laboratories of the same day; where they have read too little, against its own week before.
    fn has_drifted(&self, row: &LaboratoryDay, rule: &DriftRule) -> bool {
        let same_mode = || self.s.laboratory_days.values().filter(|d| d.mode == row.mode);
        let own = Share { tubes: row.tubes, positive: row.positive };
        let others = Share::of(same_mode().filter(|d| d.day == row.day && d.laboratory != row.laboratory));
        if own.compares_with(others, rule) {
            return own.differs_from(others, rule);
        }
        let week = row.day.plus(-7);
        let before = Share::of(same_mode().filter(|d| d.laboratory == row.laboratory && d.day >= week && d.day < row.day));
        own.compares_with(before, rule) && own.differs_from(before, rule)
    }

    pub(crate) fn laboratory_reviewed(&mut self, f: &LaboratoryReviewed) -> Outcome {
        self.not_future(f.at)?;
        check_review(&f.decision)?;
        let l = &f.laboratory;
        let review = self.s.laboratory_days.values().filter(|d| d.laboratory == *l).find_map(|d| d.review);
        let Some(duty) = review.and_then(|id| self.s.duties.get(&id).cloned()) else {
            return Err(refuse!("laboratory.no_review", "laboratory", "no review of {l} is open", "{l} 没有待复核事项"));
        };
        self.discharge(&duty, f.at.at);
        self.end_review(&duty);
        Ok(())
    }

    /// The day that brought the duty brings no other.
    pub(crate) fn end_review(&mut self, duty: &Duty) {
        let found: Vec<LaboratoryDay> = self.s.laboratory_days.values().filter(|d| d.review == Some(duty.duty_id)).cloned().collect();
        for d in found {
            self.s.laboratory_days.put(LaboratoryDay { review: None, reviewed: true, ..d });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Context;
    use crate::state::{BookConfig, State};
    use quell_protocol::{Protocol, TubeMode, builtin, load};

    const LABORATORIES: [&str; 4] = ["50.500237.lab1", "50.500237.lab2", "50.500237.lab3", "50.500237.lab4"];

    /// Laboratories that read tubes day by day; each tube is positive with the chance of its laboratory.
    struct Days {
        state: State,
        protocol: Protocol,
        chance: Stream,
        day: i32,
        seq: i64,
    }

    impl Days {
        fn new(seed: u64) -> Self {
            let id = ProtocolId::new("covid-2022-twenty").unwrap();
            let config = BookConfig { book: BookId(1), root: PlaceId::new("50.500237").unwrap(), offset: UtcOffset::CHINA, tally_depth: 4 };
            let protocol = load(id.as_str(), builtin(&id).unwrap()).unwrap();
            Self { state: State::whole(config), protocol, chance: Stream::named(seed, "tubes"), day: 19_300, seq: 0 }
        }
        /// One tube read by a laboratory; true if that made someone look into it.
        fn read(&mut self, laboratory: &str, share: f64) -> bool {
            self.seq += 1;
            let at = EventTime::exact(Day(self.day).start(UtcOffset::CHINA).plus(Span::hours(12)), UtcOffset::CHINA);
            let result = if self.chance.chance(share) { TestResult::Positive } else { TestResult::Negative };
            let code = TubeCode::new("T").unwrap();
            let f = ResultRead { tube: code.clone(), plate: None, at, result, targets: vec![] };
            let t = tube(code, laboratory, at.at);
            let c =
                Context { protocol: &self.protocol, now: at.at, seq: self.seq, submission: SubmissionId(uuid::Uuid::nil()), sender: "" };
            Act { s: &mut self.state, c, index: 0 }.count_for_laboratory(&t, &f);
            let opened = self.state.duties.values().filter(|d| d.opened_seq == self.seq).count();
            assert!(opened <= 1);
            opened == 1
        }
        /// A day on which each laboratory reads so many, in turn; the first alarm: which laboratory, after how many of its tubes.
        fn live(&mut self, tubes: u32, shares: [f64; 4]) -> Option<(usize, u32)> {
            self.day += 1;
            let mut first = None;
            for n in 1..=tubes {
                for (i, l) in LABORATORIES.iter().enumerate() {
                    if self.read(l, shares[i]) {
                        first = first.or(Some((i, n)));
                    }
                }
            }
            self.state.take_changes();
            first
        }
    }

    fn tube(tube: TubeCode, laboratory: &str, at: Instant) -> Tube {
        Tube {
            tube,
            round: None,
            place: PlaceId::new("50.500237.101.001").unwrap(),
            mode: TubeMode::Pooled,
            capacity: 10,
            members: 10,
            household: None,
            state: TubeState::Received,
            opened_at: at,
            seal_due: None,
            sealed_at: None,
            r#box: None,
            holder: None,
            left_at: None,
            deliver_due: None,
            received_at: Some(at),
            laboratory: Some(PlaceId::new(laboratory).unwrap()),
            test_due: None,
            resulted_at: None,
            result: None,
            targets: vec![],
            plate: None,
            runs: 0,
        }
    }

    #[test]
    fn equal_laboratories_are_left_alone() {
        // 200 days of four laboratories at three levels of infection: 600,000 tubes.
        for (seed, share) in [(1, 0.08), (2, 0.02), (3, 0.002)] {
            let mut days = Days::new(seed);
            let alarms = (0..50).filter_map(|_| days.live(1_000, [share; 4])).count();
            assert_eq!(alarms, 0, "at {share}");
        }
    }

    #[test]
    fn a_laboratory_whose_share_falls_or_rises_is_seen_on_the_first_day() {
        for seed in 0..20 {
            let mut days = Days::new(100 + seed);
            for _ in 0..3 {
                assert_eq!(days.live(1_000, [0.08; 4]), None);
            }
            let (laboratory, after) = days.live(1_000, [0.08, 0.02, 0.08, 0.08]).expect("Immensa: too few positives");
            println!("falls to a quarter: after {after} tubes");
            assert!(laboratory == 1 && after <= 1_000);
        }
        let mut days = Days::new(7);
        let (laboratory, after) = days.live(1_000, [0.08, 0.08, 0.30, 0.08]).expect("contamination: too many");
        assert!(laboratory == 2 && after <= 300, "{after}");
    }

    #[test]
    fn a_laboratory_alone_is_compared_with_its_own_week() {
        let mut days = Days::new(9);
        for _ in 0..4 {
            days.day += 1;
            assert!((0..500).all(|_| !days.read(LABORATORIES[0], 0.10)));
        }
        days.day += 1;
        assert!((0..1_000).any(|_| days.read(LABORATORIES[0], 0.02)));
    }

    #[test]
    fn one_review_at_a_time_and_the_day_that_was_reviewed_is_done_with() {
        let mut days = Days::new(11);
        assert!(days.live(1_000, [0.08, 0.01, 0.08, 0.08]).is_some());
        let open = |d: &Days| d.state.duties.values().filter(|d| d.state == DutyState::Open).cloned().collect::<Vec<_>>();
        assert!(days.live(1_000, [0.08, 0.01, 0.08, 0.08]).is_none() && open(&days).len() == 1);
        let duty = open(&days).remove(0);
        assert_eq!((duty.kind, duty.responsible, duty.subject.as_str()), (DutyKind::ReviewLaboratory, Role::Commander, LABORATORIES[1]));
        let (now, seq) = (duty.opened_at.plus(Span::days(1)), days.seq + 1);
        let c = Context { protocol: &days.protocol, now, seq, submission: SubmissionId(uuid::Uuid::nil()), sender: "" };
        let mut act = Act { s: &mut days.state, c, index: 0 };
        let review = |reason: &str| LaboratoryReviewed {
            laboratory: PlaceId::new(LABORATORIES[1]).unwrap(),
            decision: Decision { decider: "county command".into(), reason: reason.into() },
            at: EventTime::exact(now, UtcOffset::CHINA),
        };
        assert_eq!(act.laboratory_reviewed(&review(" ")).unwrap_err().rule, "review.reason");
        act.laboratory_reviewed(&review("a threshold was set wrong")).unwrap();
        assert_eq!(act.laboratory_reviewed(&review("again")).unwrap_err().rule, "laboratory.no_review");
        assert!(open(&days).is_empty());
        assert!(days.live(1_000, [0.08, 0.01, 0.08, 0.08]).is_some(), "another day, the same drift");
    }
}
