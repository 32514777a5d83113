//! Sampling (采): stations swab their communities household by household; singles for recalls, contacts, exit tests and the clinic.

use super::{BUILDING, Batch, Life, event, lot};
use crate::county::County;
use crate::people::Resident;
use quell_book::rows::{Duty, Person};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{PersonTag, TubeMode, TubeQuestion, TubeRule, ZoneLevel};
use std::collections::HashMap;
use std::ops::Range;

/// Sampling of a round begins and ends, in minutes of the day. Assumption.
const HOURS: (i64, i64) = (7 * 60, 15 * 60 + 30);
/// Share of the roster that the samplers do not meet. Assumption.
const NOT_MET: f64 = 0.001;
/// Tubes of one bundle at most.
const BUNDLE_TUBES: usize = 5;
/// Facts of one bundle, about.
const BUNDLE_FACTS: usize = 50;
/// Walk-ins a day: two, and one for so many residents.
const RESIDENTS_PER_WALK_IN: u32 = 40_000;
/// Attempts with the wrong mode a day.
const WRONG_MODES: u32 = 3;

/// Where samples are taken: a station or a facility.
pub(super) struct Post {
    /// The place.
    pub place: PlaceId,
    /// What tubes and boxes of this post begin with.
    pub code: String,
    /// Residents to sample in a round, by position, in order of homes.
    ranges: Vec<Range<usize>>,
    total: usize,
    /// Where in the ranges the line stands, and how many have been called.
    at: (usize, usize),
    called: usize,
    /// Called, and waiting until there are enough for a pool: residents, by position.
    line: Vec<usize>,
    serial: u32,
    /// Sealed tubes that have not left.
    pub sealed: Vec<Sample>,
    /// Someone of an earlier pooled tube, for a wrong binding.
    earlier: Option<PersonId>,
}

/// A tube as it travels, with the people whose swabs are really in it.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub tube: TubeCode,
    pub persons: Vec<PersonId>,
    pub at: Instant,
    /// Someone waits for this one, swabbed outside the round: it goes first.
    pub urgent: bool,
}

/// A tube being filled.
struct Fill {
    mode: TubeMode,
    max: usize,
    persons: Vec<PersonId>,
    /// A walk-in among them, not yet listed.
    walk_in: Option<PersonListed>,
    home: PlaceId,
}

/// Stations, then facilities.
pub(super) fn posts(county: &County) -> Vec<Post> {
    let mut served: HashMap<&PlaceId, usize> = HashMap::new();
    for community in county.stations.iter().flat_map(|s| &s.communities) {
        *served.entry(community).or_default() += 1;
    }
    let ranges = communities(county);
    let mut turn: HashMap<&PlaceId, usize> = HashMap::new();
    let mut posts = Vec::new();
    for s in &county.stations {
        let mut post = Post::new(county, &s.place);
        for community in &s.communities {
            let Some(range) = ranges.get(community) else { continue };
            let n = turn.entry(community).or_default();
            post.ranges.push(share(county, range, *n, served.get(community).copied().unwrap_or(1)));
            *n += 1;
        }
        post.total = post.ranges.iter().map(Range::len).sum();
        posts.push(post);
    }
    posts.extend(county.facilities.iter().map(|f| Post::new(county, &f.place)));
    posts
}

/// The residents of every community, by position.
fn communities(county: &County) -> HashMap<PlaceId, Range<usize>> {
    let mut ranges: HashMap<PlaceId, Range<usize>> = HashMap::new();
    for (i, r) in county.residents.iter().enumerate() {
        ranges.entry(r.home.at_depth(super::COMMUNITY)).or_insert(i..i).end = i + 1;
    }
    ranges
}

/// The `n`-th of `of` parts of a community, cut between households.
fn share(county: &County, range: &Range<usize>, n: usize, of: usize) -> Range<usize> {
    let cut = |k: usize| {
        let mut i = range.start + range.len() * k / of;
        while i > range.start && i < range.end && same_home(county, i - 1, i) {
            i += 1;
        }
        i
    };
    cut(n)..cut(n + 1)
}

fn same_home(county: &County, a: usize, b: usize) -> bool {
    matches!((county.residents.get(a), county.residents.get(b)), (Some(a), Some(b)) if a.home == b.home)
}

/// The first station of every community.
pub(super) fn post_of_community(county: &County) -> HashMap<PlaceId, usize> {
    let mut first = HashMap::new();
    for (i, s) in county.stations.iter().enumerate() {
        for c in &s.communities {
            first.entry(c.clone()).or_insert(i);
        }
    }
    first
}

impl Post {
    fn new(county: &County, place: &PlaceId) -> Post {
        let code = place.as_str()[county.root.as_str().len()..].replace('.', "");
        Post {
            place: place.clone(),
            code,
            ranges: Vec::new(),
            total: 0,
            at: (0, 0),
            called: 0,
            line: Vec::new(),
            serial: 0,
            sealed: Vec::new(),
            earlier: None,
        }
    }

    pub(super) fn new_tube(&mut self) -> TubeCode {
        self.serial += 1;
        TubeCode::new(format!("{}{:07}", self.code, self.serial)).expect("letters and digits")
    }

    /// The name of the post's device.
    pub(super) fn device(&self) -> String {
        format!("pad-{}", self.code)
    }

    /// The residents called until `target` have been called in all; a household is called whole.
    fn call(&mut self, county: &County, target: usize) -> Vec<usize> {
        let mut called = Vec::new();
        while let Some(range) = self.ranges.get(self.at.0) {
            let i = range.start + self.at.1;
            if i >= range.end {
                self.at = (self.at.0 + 1, 0);
                continue;
            }
            if self.called >= target && !called.last().is_some_and(|last| same_home(county, *last, i)) {
                break;
            }
            called.push(i);
            self.at.1 += 1;
            self.called += 1;
        }
        called
    }
}

impl Life {
    /// Calls the stations' lines back to the beginning: a new round.
    pub(super) fn lines_begin(&mut self) {
        for p in &mut self.posts {
            (p.at, p.called) = ((0, 0), 0);
            p.line.clear();
        }
        self.unreached.clear();
    }

    /// The zone in force over a home: the innermost.
    pub(super) fn zone_over(&self, home: &PlaceId) -> Option<(PlaceId, ZoneLevel)> {
        super::zone_over(&self.zones, home)
    }

    /// Which tube the protocol asks for: the question that the book will ask.
    pub(super) fn tube_rule(&self, p: &Person) -> TubeRule {
        let zone = self.zone_over(&p.home);
        self.plan.protocol.tube_rule(&TubeQuestion {
            zone: zone.as_ref().map(|(_, level)| *level),
            building_affected: zone.as_ref().is_some_and(|(place, level)| *level == ZoneLevel::High && place.depth() >= BUILDING),
            exposure: p.exposure,
            occupation: p.occupation,
        })
    }

    /// A quarter of an hour at every station.
    pub(super) fn sample_round(&mut self) {
        let minute = self.minute();
        let Some(round) = self.round.clone() else { return };
        if minute <= HOURS.0 || minute > HOURS.1 {
            return;
        }
        let mut batch = self.begin(Role::Sampler, "swabs of the round");
        for n in 0..self.county.stations.len() {
            self.sample_at(&mut batch, n, &round, minute);
        }
        self.end(batch);
    }

    fn sample_at(&mut self, batch: &mut Batch, n: usize, round: &RoundId, minute: i64) {
        let last = minute == HOURS.1;
        let Some(post) = self.posts.get_mut(n) else { return };
        let target = post.total * (minute - HOURS.0) as usize / (HOURS.1 - HOURS.0) as usize;
        let mut called = std::mem::take(&mut post.line);
        called.extend(post.call(&self.county, target));
        let mut fills: Vec<Fill> = Vec::new();
        for i in called {
            self.join_line(&mut fills, i, round);
        }
        self.walk_in(n, minute, &mut fills);
        let not_full = |f: &Fill| f.mode == TubeMode::Pooled && f.persons.len() < f.max && f.walk_in.is_none();
        if !last && let Some(k) = fills.iter().rposition(not_full) {
            // They come back to the table in the next quarter of an hour: what is known of them may have changed by then.
            self.posts[n].line = fills.remove(k).persons.iter().filter_map(|p| self.resident(*p)).collect();
        }
        self.fill_tubes(batch, n, round, fills);
    }

    /// A resident comes to the table, unless not on the roster or not met.
    fn join_line(&mut self, fills: &mut Vec<Fill>, resident: usize, round: &RoundId) {
        let Some(r) = self.county.residents.get(resident) else { return };
        let Some(p) = self.book.state.persons.get(&r.id) else { return };
        if !matches!(p.standing, Standing::AtHome | Standing::HomeIsolation) {
            return;
        }
        if lot(round.as_str(), r.id.0.as_bytes()) < NOT_MET {
            let id = r.id;
            self.unreached.push(id);
            return;
        }
        let rule = self.tube_rule(p);
        let (max, id) = (rule.max_persons as usize, r.id);
        let open = fills.iter_mut().rev().find(|f| {
            let fits = f.mode == rule.mode && f.max == max && f.persons.len() < f.max;
            fits && match rule.mode {
                TubeMode::Pooled => true,
                TubeMode::Household => f.home == r.home,
                TubeMode::Single => false,
            }
        });
        match open {
            Some(fill) => fill.persons.push(id),
            None => fills.push(Fill { mode: rule.mode, max, persons: vec![id], walk_in: None, home: r.home.clone() }),
        }
    }

    /// Now and then someone comes who is not on the roster: a visitor, listed on the spot and swabbed into a tube of the line.
    fn walk_in(&mut self, n: usize, minute: i64, fills: &mut [Fill]) {
        let name = ["访客甲", "访客乙", "访客丙"];
        let wanted = 2 + self.plan.population / RESIDENTS_PER_WALK_IN;
        let today = self.day_number().max(0) as u32;
        if minute < 9 * 60 || self.incidents.count("walk-in") >= wanted * today {
            return;
        }
        let room = fills.iter_mut().find(|f| f.mode == TubeMode::Pooled && f.persons.len() < f.max && f.walk_in.is_none());
        let Some(fill) = room else { return };
        let id = PersonId(self.ids.uuid_v7((self.now.0 / 1_000).unsigned_abs()));
        let number = format!("visitor {id}");
        let walk_in = PersonListed {
            person: id,
            name: name[n % name.len()].to_owned(),
            sex: Sex::Unknown,
            born: None,
            home: fill.home.clone(),
            id_number: None,
            identity: Some(super::registry::identity(&number)),
            phone: None,
            occupation: quell_protocol::OccupationClass::General,
            tags: [PersonTag::WalkIn, PersonTag::Visitor].into(),
            seen: None,
        };
        fill.persons.push(id);
        fill.walk_in = Some(walk_in);
        self.visitors.push(id);
        self.incidents.note("walk-in");
    }

    /// Swabs are registered tube by tube, spread over the quarter hour, and handed in in bundles.
    fn fill_tubes(&mut self, batch: &mut Batch, n: usize, round: &RoundId, fills: Vec<Fill>) {
        let people: usize = fills.iter().map(|f| f.persons.len()).sum();
        let gap = 800 / people.max(1) as i64;
        let mut at = self.now.plus(Span(-880));
        let device = self.posts[n].device();
        let (mut facts, mut samples): (Vec<Fact>, Vec<Sample>) = (Vec::new(), Vec::new());
        for fill in fills {
            self.wrong_mode_first(batch, n, round, &fill, at);
            let (sample, mut registered) = self.fill_tube(n, round, fill, &mut at, gap);
            facts.append(&mut registered);
            samples.push(sample);
            if samples.len() >= BUNDLE_TUBES || facts.len() >= BUNDLE_FACTS {
                self.hand_in_bundle(batch, n, &device, std::mem::take(&mut facts), std::mem::take(&mut samples));
            }
        }
        if !facts.is_empty() {
            self.hand_in_bundle(batch, n, &device, facts, samples);
        }
    }

    fn hand_in_bundle(&mut self, batch: &mut Batch, n: usize, device: &str, facts: Vec<Fact>, samples: Vec<Sample>) {
        if !self.post(batch, device, facts) {
            return;
        }
        self.posts[n].sealed.extend(samples);
        // The pad saw no answer and sends the same again.
        if self.incidents.first("duplicate submission")
            && let Some(same) = batch.submissions.last().cloned()
        {
            self.counted.repeated += 1;
            batch.submissions.push(same);
        }
    }

    /// The facts of one tube, and the tube as it is.
    fn fill_tube(&mut self, n: usize, round: &RoundId, fill: Fill, at: &mut Instant, gap: i64) -> (Sample, Vec<Fact>) {
        let on_paper = self.registered_as(n, &fill);
        let post = &mut self.posts[n];
        let tube = post.new_tube();
        let sample = Sample { tube: tube.clone(), persons: fill.persons, at: *at, urgent: false };
        let mut facts: Vec<Fact> = fill.walk_in.into_iter().map(Fact::from).collect();
        for (k, person) in sample.persons.iter().enumerate() {
            let person = on_paper.filter(|_| k + 1 == sample.persons.len()).unwrap_or(*person);
            let mode = (k == 0).then_some(fill.mode);
            *at = at.plus(Span(gap));
            facts.push(registered(&tube, person, &post.place, *at, Some(round), mode));
        }
        facts.push(TubeSealed { tube: tube.clone(), at: event(at.plus(Span(20))) }.into());
        if let (Some(from), Some(to)) = (on_paper, sample.persons.last()) {
            let found = self.now.plus(Span::hours(2));
            self.incidents.bindings.push((found, tube, from, *to));
        } else if fill.mode == TubeMode::Pooled {
            post.earlier = sample.persons.first().copied();
        }
        (sample, facts)
    }

    /// Who is written down instead of the last person of a tube, when the wrong code is scanned.
    fn registered_as(&mut self, n: usize, fill: &Fill) -> Option<PersonId> {
        let ordinary = fill.mode == TubeMode::Pooled && fill.persons.len() > 1 && fill.walk_in.is_none();
        let earlier = self.posts[n].earlier.filter(|p| !fill.persons.contains(p));
        if ordinary && self.minute() >= 9 * 60 && earlier.is_some() && self.incidents.first("wrong binding") {
            return earlier;
        }
        None
    }

    /// A few times a day a sampler takes someone into a pool who needs a tube of their own, and is told so.
    fn wrong_mode_first(&mut self, batch: &mut Batch, n: usize, round: &RoundId, fill: &Fill, at: Instant) {
        let today = self.day_number().max(0) as u32;
        if fill.mode == TubeMode::Pooled || self.incidents.count("wrong mode refused") >= WRONG_MODES * today {
            return;
        }
        let Some(person) = fill.persons.first() else { return };
        let post = &mut self.posts[n];
        let (tube, device) = (post.new_tube(), post.device());
        let fact = registered(&tube, *person, &post.place, at, Some(round), Some(TubeMode::Pooled));
        self.post_refused(batch, &device, vec![fact], "tube.wrong_mode");
        self.incidents.note("wrong mode refused");
    }

    /// A wrong binding is noticed some hours later and put right.
    pub(super) fn put_bindings_right(&mut self) {
        let (due, later) = std::mem::take(&mut self.incidents.bindings).into_iter().partition(|b| b.0 <= self.now);
        self.incidents.bindings = later;
        let mut batch = self.begin(Role::Sampler, "wrong binding put right");
        for (_, tube, from, to) in due {
            let reason = "the code of someone already swabbed was scanned; the household's card was checked".to_owned();
            let fact = RegistrationReassigned { tube, from, to, reason, at: event(self.now) };
            if self.post(&mut batch, "pad-supervisor", vec![fact.into()]) {
                self.incidents.note("binding put right");
            }
        }
        self.end(batch);
    }

    /// Where a person is swabbed singly: in the facility of their stay, else at home by the team of the community's station.
    pub(super) fn post_for(&self, p: &Person) -> Option<usize> {
        let stay = self.stay_of(p.person_id).map(|s| s.facility);
        match stay {
            Some(facility) => self.posts.iter().position(|post| post.place == facility),
            None => self.post_of.get(&p.place).copied(),
        }
    }

    /// Recalls, resamples, tests of contacts, exit tests and tests under home monitoring: one person, one tube.
    pub(super) fn sample_singly(&mut self) {
        let labels = [
            (Role::Sampler, "single swabs", [DutyKind::Recall, DutyKind::Resample, DutyKind::ContactTest].as_slice()),
            (Role::Ward, "exit tests", [DutyKind::ExitTest].as_slice()),
            (Role::CommunityWorker, "tests at home", [DutyKind::MonitoringTest].as_slice()),
        ];
        for (role, label, kinds) in labels {
            let mut batch = self.begin(role, label);
            for kind in kinds {
                for (at, id) in self.desk.ready(*kind, self.now) {
                    self.swab_for(&mut batch, at, id);
                }
            }
            self.end(batch);
        }
        self.second_sample();
    }

    fn swab_for(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(duty) = self.open_duty(id) else { return };
        let Some(person) = duty.person_id.and_then(|p| self.book.state.persons.get(&p)).cloned() else { return };
        if person.standing == Standing::Absent {
            self.desk.put_off(id, self.now.plus(Span::hours(6)));
            return;
        }
        let Some(n) = self.post_for(&person) else { return };
        self.swab(batch, n, person.person_id, at.max(self.now.plus(Span(-840))));
    }

    /// Swabs one person into one tube, outside the round.
    pub(super) fn swab(&mut self, batch: &mut Batch, n: usize, person: PersonId, at: Instant) -> Option<TubeCode> {
        let post = self.posts.get_mut(n)?;
        let (tube, device) = (post.new_tube(), post.device());
        let facts = vec![
            registered(&tube, person, &post.place, at, None, Some(TubeMode::Single)),
            TubeSealed { tube: tube.clone(), at: event(at.plus(Span(20))) }.into(),
        ];
        if !self.post(batch, &device, facts) {
            return None;
        }
        self.posts[n].sealed.push(Sample { tube: tube.clone(), persons: vec![person], at, urgent: true });
        Some(tube)
    }

    /// The duty, if it is open.
    pub(super) fn open_duty(&self, id: DutyId) -> Option<Duty> {
        self.book.state.duties.get(&id).filter(|d| d.state == DutyState::Open).cloned()
    }

    /// People who fall ill come to the designated hospital's fever clinic between half past six and ten in the evening.
    pub(super) fn fever_clinic(&mut self) {
        let clinic = self.county.facilities.iter().find(|f| f.kind == PlaceKind::DesignatedHospital).map(|f| f.place.clone());
        let Some(n) = self.posts.iter().position(|p| Some(&p.place) == clinic.as_ref()) else { return };
        if self.day_number() < 1 || !(6 * 60 + 30..=22 * 60).contains(&self.minute()) {
            return;
        }
        let mut batch = self.begin(Role::Sampler, "fever clinic");
        for person in self.clinic_visits() {
            let at_home = self.book.state.persons.get(&person).is_some_and(|p| p.standing == Standing::AtHome);
            if at_home && self.swab(&mut batch, n, person, self.now.plus(Span(-300))).is_some() {
                self.incidents.note("clinic visit");
            }
        }
        self.end(batch);
    }

    /// Whoever doubts a positive is swabbed again.
    fn second_sample(&mut self) {
        let Some((person, since)) = self.incidents.dispute.as_ref().filter(|d| d.second.is_none()).map(|d| (d.person, d.read_at)) else {
            return;
        };
        if self.now.since(since) < Span::hours(2) {
            return;
        }
        let post = self.book.state.persons.get(&person).and_then(|p| self.post_for(p));
        let mut batch = self.begin(Role::Sampler, "second sample");
        let second = post.and_then(|n| self.swab(&mut batch, n, person, self.now.plus(Span(-300))));
        if let Some(d) = &mut self.incidents.dispute {
            d.second = second;
        }
        self.end(batch);
    }

    /// The resident behind a person, if they are one.
    pub(super) fn resident_row(&self, person: PersonId) -> Option<&Resident> {
        self.resident(person).and_then(|i| self.county.residents.get(i))
    }
}

fn registered(tube: &TubeCode, person: PersonId, station: &PlaceId, at: Instant, round: Option<&RoundId>, mode: Option<TubeMode>) -> Fact {
    let round = round.cloned();
    Registered { tube: tube.clone(), person, station: station.clone(), at: event(at), round, mode, already_swabbed: false }.into()
}
