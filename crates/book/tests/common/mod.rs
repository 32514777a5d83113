//! A small book for tests: one compound of twelve people, a station, a laboratory, a shelter hospital with two beds,
//! a designated hospital with one, an isolation site with four, under `covid-2022-twenty`.
//!
//! Times are written `26T08:30` (day of November 2022, hour and minute in China); people are numbered 1 to 12.
//! [`Book::say`] hands in one fact and checks the balance after it, [`Book::refuse`] expects a refusal that leaves no trace.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Protocol, builtin, load};
use serde_json::{Value, json};

pub mod generator;
pub mod loader;

pub const ROOT: &str = "50.500237";
pub const COMMUNITY: &str = "50.500237.101.001";
pub const COMPOUND: &str = "50.500237.101.001.c1";
pub const STATION: &str = "50.500237.101.001.st1";
pub const LABORATORY: &str = "50.500237.lab1";
pub const LABORATORY_2: &str = "50.500237.lab2";
pub const SHELTER: &str = "50.500237.fc1";
pub const HOSPITAL: &str = "50.500237.h1";
pub const ISOLATION: &str = "50.500237.iso1";
/// Who hands everything in.
pub const SENDER: &str = "desk";
/// Facts that carry no time of their own.
const TIMELESS: &[&str] = &["place_listed", "person_listed", "roster_waived", "duty_waived", "overdue_owned", "day_closed"];

/// The twelve people live three by three in four households: two in building b1, two in building b2.
pub fn household(person: u32) -> String {
    let (building, flat) = [("b1", "101"), ("b1", "102"), ("b2", "101"), ("b2", "102")][(person as usize - 1) / 3];
    format!("{COMPOUND}.{building}.u1.{flat}")
}
/// A person's id.
pub fn p(person: u32) -> PersonId {
    PersonId(uuid::Uuid::from_u128(u128::from(person)))
}
/// Any other id: of a case, a contact, a transfer, a stay.
pub fn id(n: u32) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x1000 + u128::from(n))
}
/// `26T08:30` as a moment.
pub fn moment(t: &str) -> Instant {
    text(t).parse::<EventTime>().unwrap().at
}
fn text(t: &str) -> String {
    format!("2022-11-{t}:00+08:00")
}
/// A moment as `26T08:30`.
pub fn short(at: Instant) -> String {
    at.at_offset(UtcOffset::CHINA)["2022-11-".len()..][..8].to_owned()
}
/// One fact from its kind and fields; the time is put in unless the fact has none or gives its own.
pub fn fact(t: &str, kind: &str, mut fields: Value) -> Fact {
    if !TIMELESS.contains(&kind) && fields.get("at").is_none() {
        fields["at"] = text(t).into();
    }
    for name in ["at", "last_exposure", "first_exposure", "onset", "due", "from", "to", "starts", "ends"] {
        // `26T08:30` is understood in every field that holds a time.
        if let Some(short) = fields.get(name).and_then(Value::as_str).filter(|s| s.len() == 8) {
            fields[name] = text(short).into();
        }
    }
    serde_json::from_value(json!({ kind: fields })).unwrap_or_else(|e| panic!("{kind}: {e}"))
}

/// A decision by a named office.
pub fn decision() -> Value {
    json!({"decider": "county command", "reason": "decided in the test"})
}

/// The protocol the tests run under.
pub fn protocol() -> Protocol {
    let id = ProtocolId::new("covid-2022-twenty").unwrap();
    load(id.as_str(), builtin(&id).unwrap()).unwrap()
}

/// An empty book of the county.
pub fn empty() -> Replay {
    Replay::new(BookConfig { book: BookId(500_237), root: PlaceId::new(ROOT).unwrap(), offset: UtcOffset::CHINA, tally_depth: 4 })
}

pub struct Book {
    pub replay: Replay,
    pub protocol: Protocol,
    pub seq: i64,
}

impl Book {
    /// The places and the twelve people, on the morning of 26 November.
    pub fn new() -> Self {
        Self::under("covid-2022-twenty")
    }
    /// The same under another protocol.
    pub fn under(protocol: &str) -> Self {
        let id = ProtocolId::new(protocol).unwrap();
        let mut book = Self { replay: empty(), protocol: load(id.as_str(), builtin(&id).unwrap()).unwrap(), seq: 0 };
        let mut facts = world();
        facts.extend((1..=12).map(person));
        book.bundle("26T06:00", facts).unwrap();
        book
    }
    /// Hands in facts as one submission at this time.
    pub fn bundle(&mut self, now: &str, facts: Vec<Fact>) -> Result<Changes, Refusal> {
        let seq = self.seq + 1;
        let submission = SubmissionId(uuid::Uuid::from_u128(0x50_0000 + seq as u128));
        let context = Context { protocol: &self.protocol, now: moment(now), seq, submission, sender: SENDER };
        let changes = self.replay.submit(context, Hash::default(), &facts)?;
        self.seq = seq;
        assert_balanced(&self.replay, moment(now));
        Ok(changes)
    }
    /// Hands in one fact, which must be accepted.
    pub fn say(&mut self, t: &str, kind: &str, fields: Value) -> Changes {
        self.bundle(t, vec![fact(t, kind, fields)]).unwrap_or_else(|r| panic!("refused: {} {r}", r.rule))
    }
    /// Hands in one fact, which must be refused, and gives the rule's name. The book must be as before.
    pub fn refuse(&mut self, t: &str, kind: &str, fields: Value) -> String {
        let before = dump(&self.replay);
        let refusal = self.bundle(t, vec![fact(t, kind, fields)]).expect_err("must be refused");
        assert_eq!(dump(&self.replay), before, "a refusal leaves no change");
        assert!(!refusal.en.is_empty() && !refusal.zh.is_empty() && refusal.kind == kind);
        refusal.rule
    }

    // --- the links of the chain, shortly

    pub fn round(&mut self, t: &str, round: &str) {
        self.say(t, "round_opened", json!({"round": round, "name": "screening", "scope": [COMPOUND]}));
    }
    /// A person into a tube of this mode; with a round if given.
    pub fn swab(&mut self, t: &str, tube: &str, person: u32, mode: &str, round: Option<&str>) {
        self.say(t, "registered", swab(tube, person, mode, round));
    }
    /// People into one pooled tube of round `r1`.
    pub fn pool(&mut self, t: &str, tube: &str, people: impl IntoIterator<Item = u32>) {
        people.into_iter().for_each(|n| self.swab(t, tube, n, "pooled", Some("r1")));
    }
    pub fn seal(&mut self, t: &str, tube: &str) {
        self.say(t, "tube_sealed", json!({"tube": tube}));
    }
    pub fn receive(&mut self, t: &str, tubes: &[&str]) {
        self.say(t, "received", json!({"laboratory": LABORATORY, "tubes": tubes, "condition": "adequate"}));
    }
    pub fn result(&mut self, t: &str, tube: &str, result: &str, ct: Option<f64>) {
        self.say(t, "result_read", read(tube, result, ct));
    }
    /// A result that is not negative is called negative, and the tube is read again on another plate, which bears that out.
    pub fn correct(&mut self, t: &str, tube: &str) {
        let plate = format!("R{}", self.seq);
        let facts =
            vec![fact(t, "result_corrected", corrected(tube, "negative")), good_plate(t, &plate), repeat(t, tube, &plate, "negative")];
        self.bundle(t, facts).unwrap_or_else(|r| panic!("refused: {} {r}", r.rule));
    }
    /// A person sampled singly outside rounds: swab, seal, intake and result at their times an hour apart from `day`'s `hour`.
    pub fn single(&mut self, day: u32, hour: u32, tube: &str, person: u32, result: &str, ct: Option<f64>) {
        let t = |h: u32| format!("{day:02}T{:02}:00", hour + h);
        self.swab(&t(0), tube, person, "single", None);
        self.receive(&t(1), &[tube]);
        self.result(&t(2), tube, result, ct);
    }
    /// Persons 1 and 2 in pool `T1` of round `r1`, read as positive at 10:00 on 26 November.
    pub fn positive_pool(&mut self) {
        self.round("26T07:00", "r1");
        self.pool("26T08:00", "T1", [1, 2]);
        self.receive("26T09:00", &["T1"]);
        self.result("26T10:00", "T1", "positive", Some(30.0));
    }
    /// A case: sampled singly at 08:00 of a day, positive at 10:00.
    pub fn case(&mut self, day: u32, person: u32) -> Case {
        self.single(day, 8, &format!("CASE{person}"), person, "positive", Some(22.0));
        self.active_case(person).expect("a positive single makes a case")
    }
    /// Transfer number `n`: asked for, vehicle assigned, picked up, arrived.
    pub fn bring(&mut self, t: &str, n: u32, person: u32, facility: &str) {
        self.say(t, "transfer_requested", json!({"transfer": id(n), "person": p(person)}));
        self.say(t, "vehicle_assigned", json!({"transfer": id(n), "vehicle": "V1", "facility": facility}));
        self.say(t, "picked_up", json!({"transfer": id(n)}));
        self.say(t, "arrived", json!({"transfer": id(n)}));
    }
    pub fn admit(&mut self, t: &str, stay: u32, person: u32, facility: &str, bed: u32) {
        self.say(t, "admitted", admission(stay, person, facility, bed));
    }
    pub fn contact(&mut self, t: &str, n: u32, person: u32, category: &str, last_exposure: &str) {
        self.say(t, "contact_named", naming(n, person, category, last_exposure));
    }

    /// Every question of a part is answered by "unknown".
    pub fn interview(&mut self, t: &str, case: CaseId, part: &str) {
        let asked = self.protocol.questions().iter().filter(|q| serde_json::to_value(q.part).unwrap() == part);
        let answers: serde_json::Map<String, Value> = asked.map(|q| (q.id.clone(), "unknown".into())).collect();
        self.say(t, "interviewed", json!({"case": case, "interviewer": "one", "answers": answers}));
    }

    // --- looking

    /// Open duties of a person, earliest due first.
    pub fn duties(&self, person: u32) -> Vec<Duty> {
        let mut d: Vec<Duty> = self.replay.state.duties.group(&Group::Person(p(person))).into_iter().cloned().collect();
        d.sort_by_key(|d| (d.due, d.kind));
        d
    }
    /// All orders about a person, oldest first.
    pub fn orders(&self, person: u32) -> Vec<RestrictionOrder> {
        let mut all: Vec<_> = self.replay.state.orders.iter().filter(|o| o.person_id == p(person)).cloned().collect();
        all.sort_by_key(|o| (o.decided_at, o.starts, o.state == OrderState::InForce));
        all
    }
    /// The last of them.
    pub fn order_of(&self, person: u32) -> RestrictionOrder {
        self.orders(person).pop().expect("an order")
    }
    /// Their kinds.
    pub fn kinds(&self, person: u32) -> Vec<DutyKind> {
        let mut k: Vec<DutyKind> = self.duties(person).iter().map(|d| d.kind).collect();
        k.sort();
        k
    }
    /// When the open duties of this kind are due.
    pub fn due(&self, person: u32, kind: DutyKind) -> Vec<String> {
        self.duties(person).iter().filter(|d| d.kind == kind).map(|d| short(d.due)).collect()
    }
    pub fn person(&self, person: u32) -> Person {
        self.replay.state.persons.get(&p(person)).unwrap().clone()
    }
    pub fn tube(&self, tube: &str) -> Tube {
        self.replay.state.tubes.get(&TubeCode::new(tube).unwrap()).unwrap().clone()
    }
    pub fn place(&self, place: &str) -> Place {
        self.replay.state.places.get(&PlaceId::new(place).unwrap()).unwrap().clone()
    }
    pub fn registration(&self, person: u32, tube: &str) -> Registration {
        self.replay.state.registrations.get(&(p(person), TubeCode::new(tube).unwrap())).unwrap().clone()
    }
    pub fn active_case(&self, person: u32) -> Option<Case> {
        self.replay.state.cases.iter().find(|c| c.person_id == p(person) && c.state == CaseState::Active).cloned()
    }
    pub fn contact_of(&self, n: u32) -> Contact {
        self.replay.state.contacts.get(&ContactId(id(n))).unwrap().clone()
    }
    pub fn transfer(&self, n: u32) -> Transfer {
        self.replay.state.transfers.get(&TransferId(id(n))).unwrap().clone()
    }
    /// The sums of a kind's tallies: opened, reopened, discharged, waived, superseded.
    pub fn counts(&self, kind: DutyKind) -> [i64; 5] {
        let mut n = [0; 5];
        for t in self.replay.tallies.values().filter(|t| t.kind == kind) {
            for (sum, x) in n.iter_mut().zip([t.opened, t.reopened, t.discharged, t.waived, t.superseded]) {
                *sum += x;
            }
        }
        n
    }
}

/// Facts that list the places.
pub fn world() -> Vec<Fact> {
    let list = |place: &str, kind: &str, beds: u32| {
        let wards = if beds > 0 { json!([{"ward": "A", "beds": beds}]) } else { json!([]) };
        fact("26T06:00", "place_listed", json!({"place": place, "kind": kind, "name": kind, "wards": wards}))
    };
    vec![
        list(COMMUNITY, "community", 0),
        list(COMPOUND, "compound", 0),
        list(STATION, "station", 0),
        list(LABORATORY, "laboratory", 0),
        list(LABORATORY_2, "laboratory", 0),
        list(SHELTER, "shelter_hospital", 2),
        list(HOSPITAL, "designated_hospital", 1),
        list(ISOLATION, "isolation_site", 4),
    ]
}
/// A person, born in 1985.
pub fn person(n: u32) -> Fact {
    let fields = json!({"person": p(n), "name": format!("Person {n}"), "sex": "unknown", "born": "1985-05-05", "home": household(n)});
    fact("26T06:00", "person_listed", fields)
}
pub fn swab(tube: &str, person: u32, mode: &str, round: Option<&str>) -> Value {
    json!({"tube": tube, "person": p(person), "station": STATION, "mode": mode, "round": round})
}
/// The swab is in the tube already.
pub fn swabbed(tube: &str, person: u32, mode: &str, round: Option<&str>) -> Value {
    json!({"tube": tube, "person": p(person), "station": STATION, "mode": mode, "round": round, "already_swabbed": true})
}
pub fn read(tube: &str, result: &str, ct: Option<f64>) -> Value {
    json!({"tube": tube, "result": result, "targets": targets(ct)})
}
pub fn corrected(tube: &str, result: &str) -> Value {
    json!({"tube": tube, "result": result, "reason": "contaminated well", "decider": "head of the laboratory"})
}
/// A plate whose controls are right.
pub fn good_plate(t: &str, plate: &str) -> Fact {
    fact(t, "plate_read", json!({"plate": plate, "laboratory": LABORATORY, "positive_control_ok": true, "negative_control_ok": true}))
}
/// A tube's reading on a plate.
pub fn repeat(t: &str, tube: &str, plate: &str, result: &str) -> Fact {
    fact(t, "result_read", json!({"tube": tube, "plate": plate, "result": result}))
}
fn targets(ct: Option<f64>) -> Value {
    ct.map_or(json!([]), |ct| json!([{"target": "ORF1ab", "ct": ct}, {"target": "N", "ct": ct}]))
}
pub fn admission(stay: u32, person: u32, facility: &str, bed: u32) -> Value {
    json!({"stay": id(stay), "person": p(person), "facility": facility, "ward": "A", "bed": bed})
}
pub fn naming(n: u32, person: u32, category: &str, last_exposure: &str) -> Value {
    json!({"contact": id(n), "person": p(person), "category": category, "last_exposure": last_exposure, "decision": decision()})
}

/// Every line of the balance holds, counted over all days.
pub fn assert_balanced(replay: &Replay, now: Instant) {
    let view = replay.state.closing_view(now, replay.tallies.values().cloned().collect(), None, Hash::default());
    for line in balance(&view) {
        assert_eq!(line.difference(), 0, "{line:?}");
    }
}

/// True if two books have the same rows.
pub fn same_rows(a: &State, b: &State) -> bool {
    macro_rules! same { ($($table:ident)+) => { $(a.$table.iter().eq(b.$table.iter()))&&+ } }
    (a.open_day, &a.protocol) == (b.open_day, &b.protocol)
        && same!(places persons rounds roster registrations tubes boxes hand_overs plates results laboratory_days cases)
        && same!(follow_ups prophylaxes vaccinations orders appeals investigations interviews visits links merges distincts outbox inbox)
        && same!(leads events memberships check_ins teams assignments)
        && same!(contacts transfers stays observations zones duties ownerships sealed_days)
}

/// All rows and tallies as text, sorted: to compare whole books.
pub fn dump(replay: &Replay) -> String {
    fn rows<R: Row>(table: &Table<R>) -> String {
        table.iter().map(|r| format!("{r:?}\n")).collect()
    }
    let s = &replay.state;
    let mut out = format!("{:?} {:?}\n{:#?}\n", s.open_day, s.protocol, replay.tallies);
    out += &[rows(&s.places), rows(&s.persons), rows(&s.rounds), rows(&s.roster), rows(&s.registrations), rows(&s.tubes)].concat();
    out += &[
        rows(&s.boxes),
        rows(&s.hand_overs),
        rows(&s.plates),
        rows(&s.results),
        rows(&s.laboratory_days),
        rows(&s.cases),
        rows(&s.contacts),
        rows(&s.follow_ups),
        rows(&s.prophylaxes),
        rows(&s.vaccinations),
        rows(&s.orders),
        rows(&s.appeals),
        rows(&s.investigations),
        rows(&s.interviews),
        rows(&s.visits),
        rows(&s.links),
        rows(&s.merges),
        rows(&s.distincts),
        rows(&s.outbox),
        rows(&s.inbox),
        rows(&s.leads),
        rows(&s.events),
        rows(&s.memberships),
        rows(&s.check_ins),
        rows(&s.teams),
        rows(&s.assignments),
    ]
    .concat();
    out += &[rows(&s.transfers), rows(&s.stays), rows(&s.observations), rows(&s.zones), rows(&s.duties)].concat();
    out + &[rows(&s.ownerships), rows(&s.sealed_days)].concat()
}
