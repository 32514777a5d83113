//! Transport (送): boxes, couriers, intake at the laboratory, and what goes wrong on the way.

use super::sampling::Sample;
use super::{Life, event, lot};
use quell_book::*;
use quell_foundation::*;

/// Tubes of one box at most. Assumption (protocol facts give none).
const BOX_TUBES: usize = 100;
/// A box leaves when it holds so many tubes …
const BOX_LEAVES_AT: usize = 60;
/// … or its first tube has waited so long, so that the protocol's 4 hours to the laboratory are kept.
const LONGEST_WAIT: Span = Span::minutes(75);
/// Minutes by road from a facility to the laboratories at the county seat. Assumption.
const FROM_FACILITY: u32 = 15;
/// One box in so many is late, and by how much.
const LATE: (u32, u32) = (40, 7);
const DELAY: Span = Span::minutes(210);
/// How long a missing tube is looked for.
const SEARCH: Span = Span::hours(3);

/// A box on the road.
pub(super) struct Transit {
    /// Position of the laboratory.
    lab: usize,
    samples: Vec<Sample>,
    late: bool,
}

impl Life {
    /// Sealed tubes are packed and handed to the couriers.
    pub(super) fn carry(&mut self) {
        let mut packed = Vec::new();
        let mut batch = self.begin(Role::Sampler, "boxes packed");
        for n in 0..self.posts.len() {
            let post = &mut self.posts[n];
            let waited = post.sealed.first().is_some_and(|s| self.now.since(s.at) >= LONGEST_WAIT);
            if !(waited || post.sealed.len() >= BOX_LEAVES_AT || post.sealed.iter().any(|s| s.urgent)) {
                continue;
            }
            let samples = std::mem::take(&mut post.sealed);
            let (device, code) = (post.device(), post.code.clone());
            for load in samples.chunks(BOX_TUBES) {
                self.boxes += 1;
                let code = BoxCode::new(format!("B{code}-{:06}", self.boxes)).expect("letters and digits");
                let tubes = load.iter().map(|s| s.tube.clone()).collect();
                let fact = BoxPacked { r#box: code.clone(), tubes, at: event(self.now.plus(Span(-10))) };
                if self.post(&mut batch, &device, vec![fact.into()]) {
                    packed.push((n, code, load.to_vec()));
                }
            }
        }
        self.end(batch);
        self.hand_over(packed);
    }

    fn hand_over(&mut self, packed: Vec<(usize, BoxCode, Vec<Sample>)>) {
        let mut batch = self.begin(Role::Courier, "boxes handed over");
        for (n, code, samples) in packed {
            let place = self.posts[n].place.clone();
            let township = self.county.stations.iter().position(|s| s.place == place).unwrap_or(0);
            let courier = format!("courier-{}", township + 1);
            let warmth = 3.0 + 3.0 * lot("temperature", code.as_str().as_bytes());
            let fact = HandedOver {
                r#box: Some(code.clone()),
                tube: None,
                from: format!("station {place}"),
                to: courier.clone(),
                at: event(self.now),
                temperature: Celsius::new(warmth),
            };
            if self.post(&mut batch, &courier, vec![fact.into()]) {
                self.set_out(&place, code, samples);
            }
        }
        self.end(batch);
    }

    /// To the laboratory at which the tubes will wait least, road included.
    fn set_out(&mut self, from: &PlaceId, code: BoxCode, samples: Vec<Sample>) {
        let minutes = |lab: usize| {
            let road = self.county.laboratories.get(lab).and_then(|l| l.transport_minutes_from(from)).unwrap_or(FROM_FACILITY);
            (road, f64::from(road) + self.benches[lab].minutes_of_work())
        };
        let best = (0..self.benches.len()).min_by(|a, b| minutes(*a).1.total_cmp(&minutes(*b).1)).unwrap_or(0);
        let (road, _) = minutes(best);
        let urgent = samples.iter().any(|s| s.urgent);
        let late = !urgent && self.incidents.count("box sent") % LATE.0 == LATE.1;
        if !urgent {
            self.incidents.note("box sent");
        }
        let arrives = self.now.plus(Span::minutes(i64::from(road))).plus(if late { DELAY } else { Span(0) });
        self.benches[best].expected += samples.len();
        self.transits.insert((arrives, code), Transit { lab: best, samples, late });
    }

    /// Boxes that have arrived are opened and their tubes checked.
    pub(super) fn take_in(&mut self) {
        let mut batch = self.begin(Role::Laboratory, "boxes taken in");
        while let Some(((at, code), transit)) = self.transits.pop_first() {
            if at > self.now {
                self.transits.insert((at, code), transit);
                break;
            }
            self.open_box(&mut batch, at, code, transit);
        }
        self.end(batch);
        self.give_up_missing();
    }

    fn open_box(&mut self, batch: &mut super::Batch, at: Instant, code: BoxCode, mut t: Transit) {
        let Some(laboratory) = self.county.laboratories.get(t.lab).map(|l| l.place.clone()) else { return };
        self.benches[t.lab].expected = self.benches[t.lab].expected.saturating_sub(t.samples.len());
        if t.late {
            self.incidents.note("late box");
        }
        let ordinary = t.samples.len() > 2 && t.samples.iter().all(|s| !s.urgent);
        let missing = (ordinary && self.incidents.first("tube lost")).then(|| t.samples.remove(0));
        let today = self.day_number().max(0) as u32;
        let spoilt = (ordinary && missing.is_none() && self.incidents.count("tube not adequate") < today).then(|| t.samples.remove(1));
        let warmth = Celsius::new(3.5 + 3.0 * lot("arrival", code.as_str().as_bytes()));
        let received = |tubes: Vec<TubeCode>, condition, reason: Option<&str>| {
            let (laboratory, reason) = (laboratory.clone(), reason.map(str::to_owned));
            Fact::from(Received { laboratory, r#box: Some(code.clone()), tubes, condition, reason, temperature: warmth, at: event(at) })
        };
        let whole = missing.is_none() && spoilt.is_none();
        let listed = if whole { Vec::new() } else { t.samples.iter().map(|s| s.tube.clone()).collect() };
        let mut facts = vec![received(listed, Condition::Adequate, None)];
        if let Some(s) = &spoilt {
            facts.push(received(vec![s.tube.clone()], Condition::NotAdequate, Some("the lid was loose, the liquid had leaked")));
            self.incidents.note("tube not adequate");
        }
        if let Some(s) = missing {
            self.incidents.missing.push((at.plus(SEARCH), s.tube));
        }
        let device = self.benches[t.lab].device();
        if self.post(batch, &device, facts) {
            self.benches[t.lab].take(at, t.samples);
        }
    }

    fn give_up_missing(&mut self) {
        let (due, later) = std::mem::take(&mut self.incidents.missing).into_iter().partition(|m| m.0 <= self.now);
        self.incidents.missing = later;
        let mut batch = self.begin(Role::Courier, "tube given up as lost");
        for (at, tube) in due {
            let reason = "not in the box; vehicle, station and laboratory were searched".to_owned();
            self.post(&mut batch, "courier-1", vec![TubeLost { tube, reason, at: event(at) }.into()]);
        }
        self.end(batch);
    }
}
