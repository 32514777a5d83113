//! The loader that `quell_book::needs` describes, over a book in memory instead of PostgreSQL: it brings into a slice what
//! [`Needs`] asks for and nothing more. `crates/store/src/load.rs` does the same by SQL, and like it takes people who only wait for
//! their swab from their community.

use quell_book::needs::Needs;
use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;

/// The slice of a whole book that a batch of facts needs. `now`: for a close.
pub fn slice(whole: &State, facts: &[&Fact], now: Instant, tallies: &[Tally]) -> State {
    let mut s = State::slice(whole.config.clone(), whole.open_day, whole.protocol.clone());
    put(&mut s.rounds, &whole.rounds, |r| r.state == RoundState::Open);
    put(&mut s.zones, &whole.zones, |z| z.lifted_at.is_none());
    put(&mut s.laboratory_days, &whole.laboratory_days, |_| true);
    put(&mut s.teams, &whole.teams, |_| true);
    let mut done = Needs::default();
    let mut want = Needs::of(facts.iter().copied());
    waiting(&mut s, whole, &mut want, facts);
    for _ in 0..20 {
        if want.is_empty() {
            return s;
        }
        things(&mut s, whole, &want);
        people(&mut s, whole, &want);
        by_id(&mut s, whole, &want);
        if want.closing {
            s.closing = Some(closing(whole, now, tallies));
        }
        done.add(want);
        want = Needs::follow(&s, facts).minus(&done);
    }
    panic!("the needs do not come to an end: {want:?}");
}

/// What a close needs to know.
pub fn closing(whole: &State, now: Instant, tallies: &[Tally]) -> ClosingView {
    let today = tallies.iter().filter(|t| Some(t.day) == whole.open_day).cloned().collect();
    whole.closing_view(now, today, whole.sealed_days.iter().last().cloned(), Hash::default())
}

fn put<R: Row>(to: &mut Table<R>, from: &Table<R>, wanted: impl Fn(&R) -> bool) {
    from.values().filter(|r| wanted(r)).for_each(|r| to.load(r.clone()));
}

/// Takes whoever is swabbed in an open round and only waits for that from the community, and crosses them off what is wanted.
fn waiting(s: &mut State, whole: &State, want: &mut Needs, facts: &[&Fact]) {
    let rounds: Vec<RoundId> = s.rounds.values().map(|r| r.round.clone()).collect();
    if want.rounds.iter().any(|r| !rounds.contains(r)) {
        return;
    }
    let waits = |p: &Person| {
        let on_roster = |round: &RoundId| {
            let row = whole.roster.get(&(round.clone(), p.person_id));
            row.is_some_and(|r| r.place == p.place && r.waived.is_none() && r.decider.is_none() && !r.missed)
        };
        let registered = |r: &&Registration| r.round.as_ref().is_some_and(|x| rounds.contains(x));
        let mut all = whole.registrations.group(&Group::Person(p.person_id)).into_iter();
        !p.attention && rounds.iter().all(on_roster) && !all.any(|r| registered(&r))
    };
    let loose = |p: PersonId| facts.iter().any(|f| matches!(f, Fact::Registered(f) if f.round.is_none() && f.person == p));
    for fact in facts {
        if let Fact::Registered(f) = fact
            && f.round.is_some()
            && !loose(f.person)
            && let Some(person) = whole.persons.get(&f.person).filter(|p| waits(p))
            && want.swabbed.remove(&f.person)
        {
            s.load_waiting(&rounds, [Brief::from(person)]);
        }
    }
}

fn things(s: &mut State, whole: &State, w: &Needs) {
    s.places.know_keys(&w.places);
    put(&mut s.places, &whole.places, |r| w.places.contains(&r.place));
    put(&mut s.rounds, &whole.rounds, |r| w.rounds.contains(&r.round));
    s.tubes.know_keys(&w.tubes);
    put(&mut s.tubes, &whole.tubes, |r| w.tubes.contains(&r.tube));
    s.boxes.know_keys(&w.boxes);
    put(&mut s.boxes, &whole.boxes, |r| w.boxes.contains(&r.r#box));
    s.tubes.know_groups(w.boxes.iter().cloned().map(Group::Box));
    put(&mut s.tubes, &whole.tubes, |r| r.r#box.as_ref().is_some_and(|b| w.boxes.contains(b)));
    s.plates.know_keys(&w.plates);
    put(&mut s.plates, &whole.plates, |r| w.plates.contains(&r.plate));
    s.registrations.know_groups(w.members.iter().cloned().map(Group::Tube));
    put(&mut s.registrations, &whole.registrations, |r| w.members.contains(&r.tube));
    s.duties.know_groups(w.tube_duties.iter().cloned().map(Group::Tube));
    s.duties.know_groups(w.place_duties.iter().cloned().map(Group::Place));
    s.duties.know_groups(w.account_duties.iter().cloned().map(Group::Account));
    put(&mut s.duties, &whole.duties, |d| {
        let tube = d.subject_kind == SubjectKind::Tube && w.tube_duties.iter().any(|t| t.as_str() == d.subject);
        let place = d.subject_kind == SubjectKind::Place && w.place_duties.iter().any(|p| p.as_str() == d.subject);
        let account = d.subject_kind == SubjectKind::Account && w.account_duties.iter().any(|a| a.as_str() == d.subject);
        d.state == DutyState::Open && (tube || place || account)
    });
    s.stays.know_groups(w.beds.iter().map(|(f, ward, bed)| Group::Bed(f.clone(), ward.clone(), *bed)));
    put(&mut s.stays, &whole.stays, |r| r.left_at.is_none() && w.beds.contains(&(r.facility.clone(), r.ward.clone(), r.bed as u32)));
}

/// People and everything open about them.
fn people(s: &mut State, whole: &State, w: &Needs) {
    put(&mut s.persons, &whole.persons, |r| w.persons.contains(&r.person_id));
    s.persons.know_keys(&w.persons);
    s.load_briefs(&w.swabbed, whole.persons.values().filter(|p| w.swabbed.contains(&p.person_id)).map(Brief::from));
    let rounds: Vec<RoundId> = s.rounds.values().map(|r| r.round.clone()).collect();
    s.registrations.know_groups(w.registered.iter().chain(&w.swabbed).map(|p| Group::Person(*p)));
    put(&mut s.registrations, &whole.registrations, |r| {
        let of_person = w.registered.contains(&r.person_id) || w.swabbed.contains(&r.person_id);
        let on_roster = r.round.as_ref().is_some_and(|round| w.roster.contains(&(round.clone(), r.person_id)));
        on_roster || of_person && (r.round.as_ref().is_some_and(|x| rounds.contains(x)) || w.loose_tubes.contains(&r.tube))
    });
    put(&mut s.registrations, &whole.registrations, |r| r.void_seq.is_none() && w.ever_registered.contains(&r.person_id));
    s.roster.know_keys(&w.roster);
    let of = |p: &PersonId| w.dossiers.contains(p);
    let all_rounds = |p: &PersonId| of(p) || w.swabbed.contains(p);
    put(&mut s.roster, &whole.roster, |r| w.roster.contains(&r.key()) || (all_rounds(&r.person_id) && rounds.contains(&r.round)));
    for round in &rounds {
        s.roster.know_keys(&w.swabbed.iter().map(|p| (round.clone(), *p)).collect::<Vec<_>>());
    }
    let groups = || w.dossiers.iter().map(|p| Group::Person(*p));
    s.roster.know_groups(groups());
    s.duties.know_groups(groups());
    put(&mut s.duties, &whole.duties, |d| d.state == DutyState::Open && d.person_id.as_ref().is_some_and(of));
    s.cases.know_groups(groups());
    put(&mut s.cases, &whole.cases, |r| of(&r.person_id));
    s.contacts.know_groups(groups());
    s.contacts.know_groups(w.case_contacts.iter().map(|c| Group::Case(*c)));
    put(&mut s.contacts, &whole.contacts, |r| r.case_id.is_some_and(|c| w.case_contacts.contains(&c)));
    put(&mut s.contacts, &whole.contacts, |r| of(&r.person_id));
    s.orders.know_groups(groups());
    put(&mut s.orders, &whole.orders, |r| r.state == OrderState::InForce && of(&r.person_id));
    s.transfers.know_groups(groups());
    put(&mut s.transfers, &whole.transfers, |r| of(&r.person_id));
    s.stays.know_groups(groups());
    put(&mut s.stays, &whole.stays, |r| of(&r.person_id));
}

/// Cases, contacts, transfers, stays and duties that are named by their id; sampling duties ended by a swab.
fn by_id(s: &mut State, whole: &State, w: &Needs) {
    s.cases.know_keys(&w.cases);
    put(&mut s.cases, &whole.cases, |r| w.cases.contains(&r.case_id));
    s.cases.know_groups(w.numbers.iter().cloned().map(Group::Number));
    put(&mut s.cases, &whole.cases, |r| r.number.as_ref().is_some_and(|n| w.numbers.contains(n)));
    s.contacts.know_keys(&w.contacts);
    put(&mut s.contacts, &whole.contacts, |r| w.contacts.contains(&r.contact_id));
    s.orders.know_keys(&w.orders);
    put(&mut s.orders, &whole.orders, |r| w.orders.contains(&r.order_id));
    s.appeals.know_keys(&w.appeals);
    put(&mut s.appeals, &whole.appeals, |r| w.appeals.contains(&r.appeal_id));
    s.investigations.know_keys(&w.investigations);
    put(&mut s.investigations, &whole.investigations, |r| w.investigations.contains(&r.case_id));
    s.visits.know_keys(&w.visits);
    put(&mut s.visits, &whole.visits, |r| w.visits.contains(&r.visit_id));
    s.merges.know_keys(&w.merges);
    s.merges.know_groups(w.merged_into.iter().map(|p| Group::Person(*p)));
    put(&mut s.merges, &whole.merges, |r| w.merges.contains(&r.merge_id) || (r.undone_at.is_none() && w.merged_into.contains(&r.kept)));
    s.distincts.know_keys(&w.distincts);
    put(&mut s.distincts, &whole.distincts, |r| w.distincts.contains(&r.key()));
    s.links.know_keys(&w.links);
    s.links.know_groups(w.linked.iter().map(|c| Group::Case(*c)));
    put(&mut s.links, &whole.links, |r| {
        w.links.contains(&r.link_id) || w.linked.contains(&r.target_case) || w.linked.contains(&r.source_case)
    });
    s.outbox.know_keys(&w.outbox);
    put(&mut s.outbox, &whole.outbox, |r| w.outbox.contains(&r.message_id));
    s.inbox.know_keys(&w.inbox);
    put(&mut s.inbox, &whole.inbox, |r| w.inbox.contains(&r.message_id));
    s.leads.know_keys(&w.leads);
    s.leads.know_groups(w.case_contacts.iter().map(|c| Group::Case(*c)));
    put(&mut s.leads, &whole.leads, |r| w.leads.contains(&r.lead_id) || w.case_contacts.contains(&r.case_id));
    s.events.know_keys(&w.events);
    put(&mut s.events, &whole.events, |r| w.events.contains(&r.event));
    s.memberships.know_keys(&w.memberships);
    put(&mut s.memberships, &whole.memberships, |r| w.memberships.contains(&r.key()));
    s.check_ins.know_keys(&w.check_ins);
    put(&mut s.check_ins, &whole.check_ins, |r| w.check_ins.contains(&r.key()));
    s.vaccinations.know_keys(&w.dossiers);
    put(&mut s.vaccinations, &whole.vaccinations, |r| w.dossiers.contains(&r.person_id));
    s.assignments.know_keys(w.dossiers.iter().chain(&w.assignments));
    s.assignments.know_groups(w.homes.iter().cloned().map(Group::Place));
    s.assignments.know_groups(w.teams.iter().cloned().map(Group::Team));
    put(&mut s.assignments, &whole.assignments, |r| {
        let own = r.own_team.is_some() && w.teams.contains(&r.own_team);
        let at_home = r.household && w.homes.contains(&r.home);
        let named = w.dossiers.contains(&r.person_id) || w.assignments.contains(&r.person_id);
        named || r.active && (at_home || own || w.teams.contains(&r.team_id))
    });
    s.transfers.know_keys(&w.transfers);
    put(&mut s.transfers, &whole.transfers, |r| w.transfers.contains(&r.transfer_id));
    s.stays.know_keys(&w.stays);
    put(&mut s.stays, &whole.stays, |r| w.stays.contains(&r.stay_id));
    s.duties.know_keys(&w.duties);
    put(&mut s.duties, &whole.duties, |r| w.duties.contains(&r.duty_id));
    s.duties.know_groups(w.ended.iter().map(|(p, seq)| Group::Ended(*p, *seq)));
    put(&mut s.duties, &whole.duties, |d| d.groups().iter().any(|g| matches!(g, Group::Ended(p, seq) if w.ended.contains(&(*p, *seq)))));
}
