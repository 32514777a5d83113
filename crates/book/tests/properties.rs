//! What holds for every sequence of facts, legal or not. A failure prints the shortest sequence that shows it;
//! `PROPTEST_CASES=2000 cargo test -p quell-book --test properties` looks longer.

mod common;
use common::generator::{Generator, Step};
use common::*;
use proptest::prelude::*;
use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Exposure, Protocol};
use serde_json::json;
use std::sync::LazyLock;

/// Most submissions of a sequence.
const LONGEST: usize = 150;
/// As it is, but laboratories are compared after every second tube, so that short sequences make them differ.
static PROTOCOL: LazyLock<Protocol> = LazyLock::new(|| {
    let mut p = protocol();
    let drift = p.testing.drift.as_mut().expect("it compares laboratories");
    (drift.every.value.0, drift.expected.value.0, drift.times.value.0, drift.chi_square.value.0) = (2, 1, 1, 1);
    p
});

fn context(now: Instant, seq: i64) -> Context<'static> {
    Context { protocol: &PROTOCOL, now, seq, submission: SubmissionId(uuid::Uuid::from_u128(0x77_0000 + seq as u128)), sender: SENDER }
}

/// A book with its places, eight people and a round, and the submissions accepted so far.
struct Run {
    replay: Replay,
    generator: Generator,
    seq: i64,
    accepted: Vec<(Instant, Vec<Fact>)>,
}

impl Run {
    fn new() -> Self {
        let mut run = Self { replay: empty(), generator: Generator::new(moment("01T07:00")), seq: 0, accepted: Vec::new() };
        let mut facts = world();
        facts.extend((1..=8).map(person));
        run.submit(&facts).expect("the world is accepted");
        let open = json!({"round": "r0", "name": "first", "scope": [COMPOUND]});
        run.submit(&[fact("01T07:00", "round_opened", open)]).expect("so is a round");
        run
    }
    fn submit(&mut self, facts: &[Fact]) -> Outcome {
        let c = context(self.generator.now, self.seq + 1);
        self.replay.submit(c, Hash::default(), facts)?;
        self.seq += 1;
        self.accepted.push((c.now, facts.to_vec()));
        Ok(())
    }
    fn tallies(&self) -> Vec<Tally> {
        self.replay.tallies.values().cloned().collect()
    }
}

fn stands_alone(facts: &[Fact]) -> bool {
    facts.iter().any(|f| matches!(f, Fact::DayClosed(_) | Fact::RoundOpened(_) | Fact::RoundClosed(_) | Fact::ProtocolAdopted(_)))
}

/// The steps as submissions, some of several facts.
fn submissions() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let bundle = prop_oneof![4 => prop::collection::vec(any::<Step>(), 1), 1 => prop::collection::vec(any::<Step>(), 2..4)];
    prop::collection::vec(bundle, 1..LONGEST)
}

/// The facts of one submission. Each is drawn from the book as it was before the submission.
fn draw(run: &mut Run, steps: &[Step]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for s in steps {
        let new = run.generator.step(&run.replay.state, *s);
        if matches!(new.first(), Some(Fact::DayClosed(_))) && !s.3.is_multiple_of(8) {
            return new; // Normally a submission of its own.
        }
        facts.extend(new);
    }
    facts
}

/// Every count and flag that is kept beside the rows agrees with the rows.
fn assert_consistent(s: &State) {
    s.leads.values().for_each(|l| assert_lead(s, l));
    s.events.values().for_each(assert_event);
    for m in s.memberships.values().filter(|m| m.kind == GroupKind::Event) {
        assert!(s.events.values().any(|e| e.event == m.group_id), "participants of no event: {m:?}");
    }
    for f in s.places.values().filter(|f| f.beds > 0) {
        let open = s.stays.values().filter(|x| x.facility == f.place && x.left_at.is_none()).count() as i32;
        let coming = |t: &&Transfer| matches!(t.state, TransferState::Assigned | TransferState::PickedUp | TransferState::Arrived);
        let coming = s.transfers.values().filter(coming).filter(|t| t.facility.as_ref() == Some(&f.place)).count() as i32;
        assert_eq!((f.occupied, f.reserved), (open, coming), "{f:?}");
        let overridden = s.stays.values().any(|x| x.facility == f.place && x.override_reason.is_some());
        assert!(f.occupied <= f.beds && (overridden || f.occupied + f.reserved <= f.beds), "{f:?}");
    }
    for t in s.tubes.values() {
        let live = s.registrations.values().filter(|r| r.tube == t.tube && r.void_seq.is_none()).count();
        assert_eq!(t.members, live as i32, "{t:?}");
        let identify = |d: &&Duty| d.kind == DutyKind::IdentifySwab && d.subject == t.tube.as_str();
        let found = s.duties.values().filter(identify);
        let nobodys = live == 0 && matches!(t.result, Some(TestResult::Positive | TestResult::Indeterminate));
        let (open, waived) = found.fold((0, 0), |n, d| match d.state {
            DutyState::Open => (n.0 + 1, n.1),
            DutyState::Waived => (n.0, n.1 + 1),
            _ => n,
        });
        assert!(if nobodys { open == 1 || waived > 0 } else { open == 0 }, "{t:?}: {open} open, {waived} waived");
    }
    for d in s.duties.values().filter(|d| d.kind == DutyKind::ConfirmCorrection && d.state == DutyState::Open) {
        let tube = s.tubes.get(&TubeCode::new(d.subject.clone()).expect("a code")).expect("of a tube");
        assert!(
            matches!(tube.result, Some(TestResult::Positive | TestResult::Indeterminate)),
            "only a reading makes it negative: {tube:?}"
        );
    }
    let reviews = |of: &dyn Fn(&Duty) -> bool| s.duties.values().filter(|d| d.kind == DutyKind::ReviewLaboratory && of(d)).count();
    let days = s.laboratory_days.values().filter(|d| d.review.is_some());
    assert_eq!(days.count(), reviews(&|d| d.state == DutyState::Open));
    for l in [LABORATORY, LABORATORY_2] {
        assert!(reviews(&|d| d.state == DutyState::Open && d.subject == l) <= 1, "{l}: one review at a time");
    }
    s.outbox.values().for_each(|m| assert_sent(s, m));
    for m in s.inbox.values() {
        let open = s.duties.get(&m.duty_id).is_some_and(|d| d.state == DutyState::Open);
        assert!(m.answered_at.is_none() || !open || m.delivery == Some(Delivery::Refused), "{m:?} is answered, and still owed");
    }
    for person in s.persons.values() {
        assert_person(s, person);
    }
    assert_teams(s);
}

/// Whoever is owed a follow-up is with the team of the household, with one that is present if any such covers the home; nobody else is.
fn assert_teams(s: &State) {
    for t in s.teams.values() {
        let people = s.assignments.values().filter(|a| a.active && a.team_id.as_ref() == Some(&t.team_id)).count();
        assert_eq!(t.people, people as i32, "{t:?}");
        assert!(people == 0 || t.state == TeamState::Present, "{t:?} is not at work");
    }
    for person in s.persons.values() {
        let a = s.assignments.get(&person.person_id);
        let owed =
            s.duties.group(&Group::Person(person.person_id)).iter().any(|d| matches!(d.kind, DutyKind::FollowUp | DutyKind::TraceLost));
        assert_eq!(owed, a.is_some_and(|a| a.active), "{person:?}: {a:?}");
        let Some(a) = a.filter(|a| a.active) else { continue };
        assert_eq!((&a.home, &a.place), (&person.home, &person.place), "{a:?}");
        let covers = |t: &Team| t.places.iter().any(|p| a.home.is_within(p));
        let present = |t: &&Team| t.state == TeamState::Present && covers(t);
        assert!(a.team_id.is_some() || s.teams.values().find(present).is_none(), "{a:?} is with nobody");
        let team = |id: &Option<TeamId>| id.as_ref().map(|id| s.teams.get(id).expect("it is listed"));
        assert!(team(&a.team_id).is_none_or(|t| covers(t) || a.by_hand), "{a:?} is with a team that does not cover the home");
        assert!(team(&a.own_team).is_none_or(|t| t.state != TeamState::Ended), "{a:?} waits for a team that has ended");
        for mate in s.assignments.values().filter(|m| m.active && m.household && a.household && m.home == a.home) {
            assert_eq!((&mate.team_id, &mate.own_team, mate.by_hand), (&a.team_id, &a.own_team, a.by_hand), "one household, one team");
        }
    }
}

/// Nobody waits for a message that is answered, and none that came back is forgotten.
fn assert_sent(s: &State, m: &SentMessage) {
    let about: Vec<&Duty> = s.duties.values().filter(|d| d.subject == m.message_id.to_string()).collect();
    let open: Vec<DutyKind> = about.iter().filter(|d| d.state == DutyState::Open).map(|d| d.kind).collect();
    let in_vain = m.delivery == Delivery::Refused || matches!(m.outcome, Some(AssistanceOutcome::NotFound | AssistanceOutcome::NotOurs));
    let waived = about.iter().any(|d| d.state == DutyState::Waived);
    let replaced = s.outbox.values().any(|n| n.instead_of == Some(m.message_id));
    match (m.answered_at, in_vain) {
        _ if waived => {}
        (_, true) => assert!(open == [DutyKind::SettleMessage] || (replaced && open.is_empty()), "{m:?}: {open:?}"),
        (None, _) => assert_eq!(open, [DutyKind::AwaitAssistance], "{m:?}"),
        (Some(_), _) => assert!(open.is_empty(), "{m:?}: {open:?}"),
    }
}

/// A lead is open exactly as long as someone of it is unknown and nobody has decided otherwise, and as long there is a duty (unless that
/// was waived by itself).
fn assert_event(e: &Event) {
    assert!(e.starts <= e.ends && e.ends.since(e.starts) <= LONGEST_EVENT, "{e:?}");
    assert!(!e.name.trim().is_empty() && e.expected.is_none_or(|n| n > 0), "{e:?}");
    assert!(e.withdrawn_at.is_none() || (e.reason.is_some() && e.decider.is_some()), "{e:?}");
}

fn assert_lead(s: &State, l: &Lead) {
    let duty = l.duty_id.and_then(|d| s.duties.get(&d)).map(|d| d.state);
    let known = l.persons.len() as i32;
    assert!(known <= l.expected && l.expected > 0, "{l:?}");
    match l.state {
        LeadState::Open => assert!(known < l.expected && matches!(duty, Some(DutyState::Open | DutyState::Waived)), "{l:?} {duty:?}"),
        LeadState::Resolved => assert!(known == l.expected && duty != Some(DutyState::Open), "{l:?} {duty:?}"),
        LeadState::Closed => assert!(known < l.expected && l.reason.is_some() && duty != Some(DutyState::Open), "{l:?} {duty:?}"),
    }
    assert_eq!(l.ended_at.is_none(), l.state == LeadState::Open, "{l:?}");
}

fn assert_person(s: &State, person: &Person) {
    let id = person.person_id;
    let open: Vec<DutyKind> = s.duties.group(&Group::Person(id)).iter().map(|d| d.kind).collect();
    let attention =
        person.standing != Standing::AtHome || person.exposure != Exposure::None || person.same_as.is_some() || !open.is_empty();
    assert_eq!(person.attention, attention, "{person:?} {open:?}");
    let cases = s.cases.group(&Group::Person(id)).iter().filter(|c| c.state == CaseState::Active).count();
    let contacts = s.contacts.group(&Group::Person(id)).iter().filter(|c| c.state == ContactState::Active).count();
    let stays = s.stays.group(&Group::Person(id)).iter().filter(|x| x.left_at.is_none()).count();
    let ended = |t: &Transfer| matches!(t.state, TransferState::Admitted | TransferState::CalledOff);
    let moving = s.transfers.group(&Group::Person(id)).iter().filter(|t| !ended(t)).count();
    let covered = s.contacts.group(&Group::Person(id)).iter().filter(|c| c.state == ContactState::Covered).count();
    assert!(covered == 0 || contacts == 1, "{person:?}: {covered} contact records wait behind none");
    assert!(cases + contacts <= 1 && stays <= 1 && moving <= 1, "{person:?}: {cases} cases, {contacts} contacts, {stays} stays");
    if let Some(kept) = person.same_as {
        assert_eq!(s.persons.get(&kept).and_then(|k| k.same_as), None, "{person:?}: what is said of it is said of one who goes on");
    }
    assert!(moving == 0 || cases + contacts == 1, "{person:?} is moved without a reason");
    // Nobody is forgotten: whoever is restricted has a duty that ends it, and no duty outlives what it is about.
    let has = |kinds: &[DutyKind]| kinds.iter().any(|k| open.contains(k));
    let waived = s.duties.values().any(|d| d.person_id == Some(id) && d.state == DutyState::Waived);
    use DutyKind::{Admit, ContactTest, Discharge, ExitTest, Isolate, MonitoringTest, Observe, Recall, Release, Resample, ReviewContact};
    if !waived && matches!(person.standing, Standing::HomeIsolation | Standing::HomeMonitoring) {
        assert!(has(&[Release, Isolate]), "{person:?} at home without an end: {open:?}");
    }
    if !waived && cases == 1 {
        let pending = s.registrations.group(&Group::Person(id)).iter().any(|r| {
            r.void_seq.is_none()
                && s.tubes
                    .get(&r.tube)
                    .is_some_and(|t| matches!(t.state, TubeState::Open | TubeState::Sealed | TubeState::InTransit | TubeState::Received))
        });
        let cared = stays == 1 && (pending || has(&[ExitTest, Resample, Discharge, DutyKind::Transfer]));
        assert!(cared || has(&[DutyKind::Transfer, Admit]), "{person:?} a case nobody moves: {open:?}");
    }
    if cases == 0 {
        assert!(!has(&[ExitTest, DutyKind::Transfer]), "{person:?}: {open:?} without a case");
    }
    if contacts == 0 {
        assert!(!has(&[ContactTest, Isolate, ReviewContact]), "{person:?}: {open:?} without a contact record");
    }
    let of_none = |c: &&Contact| c.case_id.and_then(|id| s.cases.get(&id)).is_some_and(|x| x.state == CaseState::Withdrawn);
    let contact = s.contacts.group(&Group::Person(id)).into_iter().find(|c| c.state == ContactState::Active);
    if !waived && contact.filter(of_none).is_some() {
        assert!(has(&[ReviewContact]), "{person:?} is still a contact of a case that was none");
    }
    if stays == 0 && contacts == 0 {
        assert!(!has(&[Observe, Discharge]), "{person:?}: {open:?} without a stay");
    }
    if person.standing == Standing::Dead {
        assert!(stays + cases + contacts + moving == 0, "{person:?}");
        assert!(!has(&[Recall, Resample, Release, MonitoringTest]), "{person:?}: {open:?}");
    }
    if person.standing == Standing::AtHome && contacts == 0 {
        assert!(!has(&[Release, MonitoringTest]), "{person:?}: {open:?} though free");
    }
}

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// Never a panic; the book balances and agrees with itself after every submission; a refusal leaves nothing.
    #[test]
    fn the_book_balances_after_every_submission(steps in submissions()) {
        let mut run = Run::new();
        for s in &steps {
            let facts = draw(&mut run, s);
            let (before, tallies) = (run.replay.state.clone(), run.replay.tallies.clone());
            if run.submit(&facts).is_err() {
                prop_assert!(same_rows(&run.replay.state, &before) && run.replay.tallies == tallies);
                let left = run.replay.state.take_changes();
                prop_assert_eq!(format!("{left:?}"), format!("{:?}", Changes::default()));
            }
            assert_balanced(&run.replay, run.generator.now);
            assert_consistent(&run.replay.state);
        }
    }

    /// The log alone gives the same book.
    #[test]
    fn a_replay_of_what_was_accepted_gives_the_same_book(steps in submissions()) {
        let mut run = Run::new();
        for s in &steps {
            let facts = draw(&mut run, s);
            let _ = run.submit(&facts);
        }
        let mut again = empty();
        for (i, (now, facts)) in run.accepted.iter().enumerate() {
            let c = context(*now, i as i64 + 1);
            again.submit(c, Hash::default(), facts).expect("what was accepted is accepted again");
        }
        prop_assert_eq!(dump(&again), dump(&run.replay));
    }

    /// A slice that holds only what `needs` asks for decides the same, and changes the same, as the whole book:
    /// for batches of one to four submissions that build on one another, as the store makes them.
    #[test]
    fn a_slice_decides_as_the_whole_book(steps in submissions(), sizes in prop::collection::vec(1usize..5, LONGEST)) {
        let mut run = Run::new();
        let mut left = steps.iter();
        let mut alone = None;
        for size in sizes {
            let (before, tallies) = (run.replay.state.clone(), run.tallies());
            let mut batch: Vec<(Context, Vec<Fact>)> = Vec::new();
            while batch.len() < size {
                let Some(facts) = alone.take().or_else(|| left.next().map(|s| draw(&mut run, s))) else { break };
                let by_itself = stands_alone(&facts);
                if by_itself && !batch.is_empty() {
                    alone = Some(facts);
                    break;
                }
                batch.push((context(run.generator.now, run.seq + 1), facts));
                let _ = run.submit(&batch[batch.len() - 1].1);
                if by_itself {
                    break;
                }
            }
            same_decisions(&before, &tallies, &batch);
        }
    }
}

/// Applies a batch to the whole book and to the slice that it needs.
fn same_decisions(book: &State, tallies: &[Tally], batch: &[(Context, Vec<Fact>)]) {
    let Some((last, _)) = batch.last() else { return };
    let facts: Vec<&Fact> = batch.iter().flat_map(|(_, f)| f).collect();
    let mut slice = loader::slice(book, &facts, last.now, tallies);
    let mut whole = book.clone();
    whole.closing = slice.closing.clone();
    for (context, facts) in batch {
        let (in_slice, in_whole) = (apply(&mut slice, *context, facts), apply(&mut whole, *context, facts));
        assert_eq!(in_slice, in_whole, "{facts:#?}");
    }
    let (in_slice, in_whole) = (slice.take_changes(), whole.take_changes());
    macro_rules! same_rows {
        ($($table:ident)*) => { $(assert_eq!(sorted(&in_slice.$table), sorted(&in_whole.$table));)* };
    }
    same_rows! { places persons rounds roster registrations tubes boxes hand_overs plates results laboratory_days cases contacts follow_ups prophylaxes vaccinations orders appeals investigations interviews visits links leads events memberships check_ins teams assignments outbox inbox merges distincts transfers stays
    observations zones duties ownerships sealed_days }
    // The store copies new rows of these in, which must not be there.
    assert_eq!(in_slice.persons.new_rows(), in_whole.persons.new_rows());
    assert_eq!(in_slice.tubes.new_rows(), in_whole.tubes.new_rows());
    assert_eq!(in_slice.registrations.new_rows(), in_whole.registrations.new_rows());
    assert_eq!(in_slice.check_ins.new_rows(), in_whole.check_ins.new_rows());
    assert_eq!((in_slice.tallies, in_slice.bulk), (in_whole.tallies, in_whole.bulk));
}

fn sorted<R: Row>(rows: &[R]) -> Vec<R> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(Row::key);
    rows
}

/// What a sequence of chances seldom brings: a batch whose facts build on one another before anything is stored.
#[test]
fn a_batch_may_build_on_itself() {
    let mut run = Run::new();
    let sealed =
        vec![fact("01T08:00", "registered", swab("K1", 1, "pooled", Some("r0"))), fact("01T08:10", "tube_sealed", json!({"tube": "K1"}))];
    run.submit(&sealed).expect("a sealed tube");
    let new = |n: u32, round: Option<&str>| fact("01T07:00", "registered", swab("N1", n, "pooled", round));
    let gone = |kind: &str| fact("01T07:00", kind, json!({"tube": "N1", "reason": "broken"}));
    let moved = |to: u32| fact("01T07:00", "registration_reassigned", json!({"tube": "N1", "from": p(1), "to": p(to), "reason": "twins"}));
    let void = || fact("01T07:00", "registration_voided", json!({"tube": "N1", "person": p(1), "reason": "wrong"}));
    let packed = || fact("01T07:00", "box_packed", json!({"box": "B1", "tubes": ["K1"]}));
    let warm = json!({"box": "B1", "laboratory": LABORATORY, "condition": "not_adequate", "reason": "too warm"});
    let tested = |result: &str| {
        let intake = json!({"laboratory": LABORATORY, "tubes": ["N1"], "condition": "adequate"});
        [fact("01T07:00", "received", intake), fact("01T07:00", "result_read", read("N1", result, None))]
    };
    let listed = person(9);
    let batches = [
        vec![packed(), fact("01T07:00", "received", warm)],
        vec![new(1, None), gone("tube_spoilt")],
        vec![new(1, Some("r0")), new(2, Some("r0")), gone("tube_lost"), void()],
        vec![new(1, Some("r0")), moved(2), moved(3)],
        vec![listed, new(1, Some("r0")), moved(9)],
        [vec![new(1, None), new(2, None)], tested("positive").to_vec(), vec![void(), moved(3)]].concat(),
        [vec![new(1, None)], tested("positive").to_vec(), vec![fact("01T07:00", "died", json!({"person": p(1)}))]].concat(),
    ];
    // A second record of someone who is in a tube outside any round is swabbed into it again.
    let merged = json!({"merge": p(90), "kept": p(5), "gone": p(6), "decision": {"decider": "desk", "reason": "one person"}});
    run.submit(&[fact("01T08:20", "persons_merged", merged)]).expect("merged");
    run.submit(&[fact("01T08:30", "registered", swab("L1", 5, "pooled", None))]).expect("swabbed outside any round");
    let twice = vec![fact("01T08:40", "registered", swab("L1", 6, "pooled", None))];
    let batches = batches.into_iter().chain([twice]);
    for batch in batches {
        // Each fact as a submission, and all as one.
        let each: Vec<(Context, Vec<Fact>)> =
            batch.iter().enumerate().map(|(i, f)| (context(run.generator.now, 10 + i as i64), vec![f.clone()])).collect();
        same_decisions(&run.replay.state, &run.tallies(), &each);
        same_decisions(&run.replay.state, &run.tallies(), &[(context(run.generator.now, 10), batch)]);
    }
}
