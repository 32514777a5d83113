//! Brings the slice of the book that a batch needs into memory: set by set, one round trip a step.
//! `quell_book::needs` says what; this module says how.

use crate::closing;
use crate::error::StoreError;
use crate::hot;
use crate::neighbours::{Neighbours, Taken};
use crate::tables::Keys::{Ids, Texts};
use crate::tables::{Keys, Stored, select, select_by};
use deadpool_postgres::Transaction;
use futures_util::future::try_join_all;
use futures_util::try_join;
use quell_book::needs::Needs;
use quell_book::rows::*;
use quell_book::{Fact, Group, State, Table};
use quell_foundation::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A transaction on one book.
pub(crate) struct Tx<'a> {
    pub client: &'a Transaction<'a>,
    pub book: i32,
}

impl Tx<'_> {
    /// Rows by the keys of a column, as far as they satisfy a condition; none without asking when there are no keys.
    async fn rows<R: Stored>(&self, by: (&str, Keys<'_>), condition: &str) -> Result<Vec<R>, StoreError> {
        select_by(self.client, self.book, by, condition, None).await
    }
}

/// The slice of a book that is in memory, and what of it need not be asked for again.
pub(crate) struct Loaded {
    pub state: State,
    /// Rounds and zones in force are here, the days of laboratories, and the teams.
    small_tables: bool,
    /// Places and rounds that were asked for. They are few, and every batch needs the same ones; people and tubes are asked for again.
    known: Needs,
    neighbours: Arc<Mutex<Neighbours>>,
}

/// What was read for a batch while the one before was being decided.
pub(crate) struct Ahead {
    slice: State,
    done: Needs,
    neighbours: Arc<Mutex<Neighbours>>,
    taken: Taken,
}

impl Loaded {
    /// Nothing yet.
    pub fn new(state: State) -> Self {
        Self { state, small_tables: false, known: Needs::default(), neighbours: Arc::default() }
    }

    /// Loads everything that these facts need into the slice. Rows that are there already stay as they are: they are newer than, or
    /// the same as, what the database says. `head`: for a close, the log's hash.
    pub async fn load(&mut self, tx: &Tx<'_>, facts: &[&Fact], now: Instant, head: Hash) -> Result<(), StoreError> {
        if !self.small_tables {
            let (rounds, zones, days, teams) = try_join!(
                select::<Round>(tx.client, tx.book, "state = 'open'", &[]),
                select::<Zone>(tx.client, tx.book, "lifted_at IS NULL", &[]),
                select::<LaboratoryDay>(tx.client, tx.book, "true", &[]),
                select::<Team>(tx.client, tx.book, "true", &[]),
            )?;
            put(&mut self.state.rounds, rounds);
            put(&mut self.state.zones, zones);
            put(&mut self.state.laboratory_days, days);
            put(&mut self.state.teams, teams);
            self.small_tables = true;
        }
        let mut done = self.known.clone();
        let want = Needs::of(facts.iter().copied()).minus(&done);
        load_all(tx, &mut self.state, want, &mut done, facts, now, head).await?;
        self.remember(&done);
        Ok(())
    }

    /// An empty slice into which another batch can be read ahead.
    pub fn ahead(&self) -> Ahead {
        let neighbours = self.neighbours.clone();
        Ahead { slice: self.state.empty_slice(), done: self.known.clone(), neighbours, taken: Taken::default() }
    }

    /// A fresh start, with everything that was changed in the database by now: of the rows only the neighbours are kept.
    /// What is still being read ahead beside it must not be used any more.
    pub async fn renewed(mut self) -> Self {
        let neighbours = std::mem::take(&mut *self.neighbours.lock().await).without_changed(&self.state);
        self.state.clear();
        Self { neighbours: Arc::new(Mutex::new(neighbours)), known: Needs::default(), ..self }
    }

    /// Takes in what was read ahead for these facts; what they need besides, for what has changed since points to it.
    pub fn absorb(&mut self, ahead: Ahead, facts: &[&Fact]) -> Needs {
        self.remember(&ahead.done);
        self.state.absorb(ahead.slice);
        self.state.load_waiting(&ahead.taken.rounds, ahead.taken.people);
        Needs::follow(&self.state, facts).minus(&ahead.done)
    }

    /// Loads what is wanted besides.
    pub async fn load_rest(&mut self, tx: &Tx<'_>, want: Needs, facts: &[&Fact], now: Instant, head: Hash) -> Result<(), StoreError> {
        let mut done = Needs::default();
        load_all(tx, &mut self.state, want, &mut done, facts, now, head).await?;
        self.remember(&done);
        Ok(())
    }

    fn remember(&mut self, done: &Needs) {
        self.known.places.extend(done.places.iter().cloned());
        self.known.rounds.extend(done.rounds.iter().cloned());
    }
}

impl Ahead {
    /// The neighbours, and the communities of which this batch has the first.
    pub fn begun(&mut self) -> (&Arc<Mutex<Neighbours>>, Vec<PlaceId>) {
        (&self.neighbours, std::mem::take(&mut self.taken.begun))
    }

    /// Reads what these facts need.
    pub async fn read(&mut self, tx: &Tx<'_>, facts: &[&Fact], now: Instant, head: Hash) -> Result<(), StoreError> {
        let mut want = Needs::of(facts.iter().copied()).minus(&self.done);
        self.taken = self.neighbours.lock().await.take(tx, &self.slice, &mut want, facts).await?;
        load_all(tx, &mut self.slice, want, &mut self.done, facts, now, head).await
    }
}

/// Loads what is wanted, and what the rows found point to, until nothing is wanted.
async fn load_all(
    tx: &Tx<'_>,
    state: &mut State,
    mut want: Needs,
    done: &mut Needs,
    facts: &[&Fact],
    now: Instant,
    head: Hash,
) -> Result<(), StoreError> {
    while !want.is_empty() {
        load_step(tx, state, &want, now, head).await?;
        done.add(want);
        want = Needs::follow(state, facts).minus(done);
    }
    Ok(())
}

fn texts<T: ToString>(ids: impl IntoIterator<Item = T>) -> Vec<String> {
    ids.into_iter().map(|i| i.to_string()).collect()
}

fn put<R: quell_book::Row>(table: &mut Table<R>, rows: Vec<R>) {
    for r in rows {
        table.load(r);
    }
}

async fn load_step(tx: &Tx<'_>, s: &mut State, w: &Needs, now: Instant, head: Hash) -> Result<(), StoreError> {
    if !w.rounds.is_empty() {
        put(&mut s.rounds, tx.rows::<Round>(("round", Texts(&texts(&w.rounds))), "true").await?);
    }
    let rounds: Vec<String> = s.rounds.values().map(|r| r.round.to_string()).collect();
    load_things(tx, s, w).await?;
    load_people(tx, s, w, &rounds).await?;
    if w.closing {
        tx.client.batch_execute(crate::connect::WHOLE_TABLES).await.map_err(StoreError::at("close"))?;
        s.closing = Some(closing::view(tx.client, tx.book, s.open_day, now, head).await?);
    }
    Ok(())
}

/// Places, tubes, boxes, plates: by their codes.
async fn load_things(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let places = texts(&w.places);
    let tubes = texts(&w.tubes);
    let boxes = texts(&w.boxes);
    let plates = texts(&w.plates);
    let members = texts(&w.members);
    let mut tube_duties = texts(&w.tube_duties);
    let place_duties = texts(&w.place_duties);
    // Seldom any: one query for both.
    tube_duties.extend(texts(&w.account_duties));
    let beds = texts(w.beds.iter().map(|b| &b.0).collect::<BTreeSet<_>>());
    let (p, t, bt, b, pl, m, td, pd, st) = try_join!(
        tx.rows::<Place>(("place", Texts(&places)), "true"),
        tx.rows::<Tube>(("tube", Texts(&tubes)), "true"),
        tx.rows::<Tube>(("box", Texts(&boxes)), "true"),
        tx.rows::<TransportBox>(("box", Texts(&boxes)), "true"),
        tx.rows::<Plate>(("plate", Texts(&plates)), "true"),
        tx.rows::<Registration>(("tube", Texts(&members)), "true"),
        tx.rows::<Duty>(("subject", Texts(&tube_duties)), "state = 'open' AND person_id IS NULL"),
        tx.rows::<Duty>(("subject", Texts(&place_duties)), "state = 'open' AND person_id IS NULL"),
        tx.rows::<Stay>(("facility", Texts(&beds)), "left_at IS NULL"),
    )?;
    s.places.know_keys(&w.places);
    put(&mut s.places, p);
    s.tubes.know_keys(&w.tubes);
    put(&mut s.tubes, t);
    s.tubes.know_groups(w.boxes.iter().cloned().map(Group::Box));
    put(&mut s.tubes, bt);
    s.boxes.know_keys(&w.boxes);
    put(&mut s.boxes, b);
    s.plates.know_keys(&w.plates);
    put(&mut s.plates, pl);
    s.registrations.know_groups(w.members.iter().cloned().map(Group::Tube));
    put(&mut s.registrations, m);
    s.duties.know_groups(w.tube_duties.iter().cloned().map(Group::Tube));
    put(&mut s.duties, td);
    s.duties.know_groups(w.place_duties.iter().cloned().map(Group::Place));
    put(&mut s.duties, pd);
    s.duties.know_groups(w.account_duties.iter().cloned().map(Group::Account));
    s.stays.know_groups(w.beds.iter().map(|(f, ward, bed)| Group::Bed(f.clone(), ward.clone(), *bed)));
    put(&mut s.stays, st);
    Ok(())
}

/// The ids that are in any of the sets, each once, in order: neighbours in an index are looked up one after the other.
fn union(sets: [&BTreeSet<PersonId>; 3]) -> Vec<uuid::Uuid> {
    let mut all: Vec<uuid::Uuid> = sets.into_iter().flatten().map(|p| p.0).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// People and everything open about them.
async fn load_people(tx: &Tx<'_>, s: &mut State, w: &Needs, rounds: &[String]) -> Result<(), StoreError> {
    let persons: Vec<uuid::Uuid> = w.persons.iter().map(|p| p.0).collect();
    let loose_tubes = texts(&w.loose_tubes);
    let dossiers: Vec<uuid::Uuid> = w.dossiers.iter().map(|p| p.0).collect();
    let swabbed: Vec<uuid::Uuid> = w.swabbed.iter().map(|p| p.0).collect();
    let on_roster = union([&w.swabbed, &w.dossiers, &w.roster.iter().map(|r| r.1).collect()]);
    // A place on a roster needs the person's registrations in its round; one query serves both.
    let with_registrations = union([&w.swabbed, &w.registered, &w.roster.iter().map(|r| r.1).collect()]);
    let open: Vec<RoundId> = if on_roster.is_empty() { Vec::new() } else { s.rounds.values().map(|r| r.round.clone()).collect() };
    let case_contacts: Vec<uuid::Uuid> = w.case_contacts.iter().map(|c| c.0).collect();
    let (br, p, reg, loose, ros, d, ca, co, of_case, or, tr, st) = try_join!(
        hot::briefs(tx, s.config.tally_depth, &swabbed),
        hot::persons(tx, &persons),
        hot::registrations(tx, &with_registrations, rounds),
        hot::registrations_in(tx, &with_registrations, &loose_tubes),
        try_join_all(open.iter().map(|r| hot::roster(tx, r, &on_roster))),
        tx.rows::<Duty>(("person_id", Ids(&dossiers)), "state = 'open'"),
        tx.rows::<Case>(("person_id", Ids(&dossiers)), "true"),
        tx.rows::<Contact>(("person_id", Ids(&dossiers)), "true"),
        tx.rows::<Contact>(("case_id", Ids(&case_contacts)), "true"),
        tx.rows::<RestrictionOrder>(("person_id", Ids(&dossiers)), "state = 'in_force'"),
        tx.rows::<Transfer>(("person_id", Ids(&dossiers)), "true"),
        tx.rows::<Stay>(("person_id", Ids(&dossiers)), "true"),
    )?;
    put(&mut s.persons, p);
    s.persons.know_keys(&w.persons);
    s.load_briefs(&w.swabbed, br);
    put(&mut s.registrations, reg);
    put(&mut s.registrations, loose);
    s.registrations.know_groups(w.registered.iter().chain(&w.swabbed).map(|p| Group::Person(*p)));
    ros.into_iter().for_each(|rows| put(&mut s.roster, rows));
    s.roster.know_keys(&w.roster);
    for round in &open {
        s.roster.know_keys(&w.swabbed.iter().map(|p| (round.clone(), *p)).collect::<Vec<_>>());
    }
    let groups = || w.dossiers.iter().map(|p| Group::Person(*p));
    s.roster.know_groups(groups());
    s.duties.know_groups(groups());
    put(&mut s.duties, d);
    s.cases.know_groups(groups());
    put(&mut s.cases, ca);
    s.contacts.know_groups(groups());
    put(&mut s.contacts, co);
    s.contacts.know_groups(w.case_contacts.iter().map(|c| Group::Case(*c)));
    put(&mut s.contacts, of_case);
    s.orders.know_groups(groups());
    put(&mut s.orders, or);
    s.transfers.know_groups(groups());
    put(&mut s.transfers, tr);
    s.stays.know_groups(groups());
    put(&mut s.stays, st);
    load_by_id(tx, s, w).await
}

/// Cases, contacts, transfers, stays and duties that are named by their id.
async fn load_by_id(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let cases: Vec<uuid::Uuid> = w.cases.iter().map(|c| c.0).collect();
    let numbers = texts(&w.numbers);
    let contacts: Vec<uuid::Uuid> = w.contacts.iter().map(|c| c.0).collect();
    let transfers: Vec<uuid::Uuid> = w.transfers.iter().map(|c| c.0).collect();
    let stays: Vec<uuid::Uuid> = w.stays.iter().map(|c| c.0).collect();
    let duties: Vec<uuid::Uuid> = w.duties.iter().map(|c| c.0).collect();
    let ended_of: Vec<uuid::Uuid> = w.ended.iter().map(|e| e.0.0).collect::<BTreeSet<_>>().into_iter().collect();
    let ended_at: Vec<i64> = w.ended.iter().map(|e| e.1).collect();
    let (ca, nu, co, tr, st, du, en) = try_join!(
        tx.rows::<Case>(("case_id", Ids(&cases)), "true"),
        tx.rows::<Case>(("number", Texts(&numbers)), "true"),
        tx.rows::<Contact>(("contact_id", Ids(&contacts)), "true"),
        tx.rows::<Transfer>(("transfer_id", Ids(&transfers)), "true"),
        tx.rows::<Stay>(("stay_id", Ids(&stays)), "true"),
        tx.rows::<Duty>(("duty_id", Ids(&duties)), "true"),
        select_by::<Duty>(
            tx.client,
            tx.book,
            ("person_id", Ids(&ended_of)),
            "state IN ('discharged', 'superseded') AND ended_seq = ANY($3)",
            Some(&ended_at)
        ),
    )?;
    s.cases.know_keys(&w.cases);
    put(&mut s.cases, ca);
    s.cases.know_groups(w.numbers.iter().cloned().map(Group::Number));
    put(&mut s.cases, nu);
    s.contacts.know_keys(&w.contacts);
    put(&mut s.contacts, co);
    s.transfers.know_keys(&w.transfers);
    put(&mut s.transfers, tr);
    s.stays.know_keys(&w.stays);
    put(&mut s.stays, st);
    s.duties.know_keys(&w.duties);
    put(&mut s.duties, du);
    s.duties.know_groups(w.ended.iter().map(|(p, seq)| Group::Ended(*p, *seq)));
    put(&mut s.duties, en);
    load_papers(tx, s, w).await
}

/// Orders, appeals, records, visits and links that are named by their id.
async fn load_papers(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let orders: Vec<uuid::Uuid> = w.orders.iter().map(|o| o.0).collect();
    let appeals: Vec<uuid::Uuid> = w.appeals.iter().map(|a| a.0).collect();
    let investigations: Vec<uuid::Uuid> = w.investigations.iter().map(|c| c.0).collect();
    let visits: Vec<uuid::Uuid> = w.visits.iter().map(|v| v.0).collect();
    let links: Vec<uuid::Uuid> = w.links.iter().map(|l| l.0).collect();
    let linked: Vec<uuid::Uuid> = w.linked.iter().map(|c| c.0).collect();
    let (or, ap, inv, vi, li, of_target, of_source) = try_join!(
        tx.rows::<RestrictionOrder>(("order_id", Ids(&orders)), "true"),
        tx.rows::<Appeal>(("appeal_id", Ids(&appeals)), "true"),
        tx.rows::<Investigation>(("case_id", Ids(&investigations)), "true"),
        tx.rows::<Visit>(("visit_id", Ids(&visits)), "true"),
        tx.rows::<Link>(("link_id", Ids(&links)), "true"),
        tx.rows::<Link>(("target_case", Ids(&linked)), "true"),
        tx.rows::<Link>(("source_case", Ids(&linked)), "true"),
    )?;
    s.orders.know_keys(&w.orders);
    put(&mut s.orders, or);
    s.appeals.know_keys(&w.appeals);
    put(&mut s.appeals, ap);
    s.investigations.know_keys(&w.investigations);
    put(&mut s.investigations, inv);
    s.visits.know_keys(&w.visits);
    put(&mut s.visits, vi);
    s.links.know_keys(&w.links);
    put(&mut s.links, li);
    s.links.know_groups(w.linked.iter().map(|c| Group::Case(*c)));
    put(&mut s.links, of_target);
    put(&mut s.links, of_source);
    load_same(tx, s, w).await?;
    load_assignments(tx, s, w).await?;
    let dossiers: Vec<uuid::Uuid> = w.dossiers.iter().map(|p| p.0).collect();
    put(&mut s.vaccinations, tx.rows::<Vaccination>(("person_id", Ids(&dossiers)), "true").await?);
    s.vaccinations.know_keys(&w.dossiers);
    load_registers(tx, s, w).await
}

/// Who is the same person, and the swabs of a second record.
async fn load_same(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let merges: Vec<uuid::Uuid> = w.merges.iter().map(|m| m.0).collect();
    let into: Vec<uuid::Uuid> = w.merged_into.iter().map(|p| p.0).collect();
    let pairs: Vec<uuid::Uuid> = w.distincts.iter().map(|d| d.0.0).collect::<BTreeSet<_>>().into_iter().collect();
    let swabbed: Vec<uuid::Uuid> = w.ever_registered.iter().map(|p| p.0).collect();
    let (me, of, di, re) = try_join!(
        tx.rows::<Merge>(("merge_id", Ids(&merges)), "true"),
        tx.rows::<Merge>(("kept", Ids(&into)), "undone_at IS NULL"),
        tx.rows::<Distinct>(("person_id", Ids(&pairs)), "true"),
        tx.rows::<Registration>(("person_id", Ids(&swabbed)), "void_seq IS NULL"),
    )?;
    s.merges.know_keys(&w.merges);
    put(&mut s.merges, me);
    s.merges.know_groups(w.merged_into.iter().map(|p| Group::Person(*p)));
    put(&mut s.merges, of);
    s.distincts.know_keys(&w.distincts);
    put(&mut s.distincts, di);
    put(&mut s.registrations, re);
    load_messages(tx, s, w).await
}

/// Messages to other books and from them.
async fn load_messages(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let outbox: Vec<uuid::Uuid> = w.outbox.iter().map(|m| m.0).collect();
    let inbox: Vec<uuid::Uuid> = w.inbox.iter().map(|m| m.0).collect();
    let (sent, received) = try_join!(
        tx.rows::<SentMessage>(("message_id", Ids(&outbox)), "true"),
        tx.rows::<ReceivedMessage>(("message_id", Ids(&inbox)), "true"),
    )?;
    s.outbox.know_keys(&w.outbox);
    put(&mut s.outbox, sent);
    s.inbox.know_keys(&w.inbox);
    put(&mut s.inbox, received);
    Ok(())
}

/// Who is with which follow-up team: of these persons, these households, these teams.
async fn load_assignments(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let persons: Vec<uuid::Uuid> = w.dossiers.union(&w.assignments).map(|p| p.0).collect();
    let homes = texts(&w.homes);
    let teams = texts(w.teams.iter().flatten());
    let with_nobody = async {
        let none = w.teams.contains(&None).then_some("active AND team_id IS NULL");
        match none {
            Some(condition) => select::<FollowUpAssignment>(tx.client, tx.book, condition, &[]).await,
            None => Ok(Vec::new()),
        }
    };
    let (named, at_home, with_team, own, nobodys) = try_join!(
        tx.rows::<FollowUpAssignment>(("person_id", Ids(&persons)), "true"),
        tx.rows::<FollowUpAssignment>(("home", Texts(&homes)), "active AND household"),
        tx.rows::<FollowUpAssignment>(("team_id", Texts(&teams)), "active"),
        tx.rows::<FollowUpAssignment>(("own_team", Texts(&teams)), "active AND own_team IS DISTINCT FROM team_id"),
        with_nobody,
    )?;
    s.assignments.know_keys(w.dossiers.union(&w.assignments));
    s.assignments.know_groups(w.homes.iter().cloned().map(Group::Place));
    s.assignments.know_groups(w.teams.iter().cloned().map(Group::Team));
    [named, at_home, with_team, own, nobodys].into_iter().for_each(|rows| put(&mut s.assignments, rows));
    Ok(())
}

/// Leads, events, members of groups and check-ins that are named by their keys.
async fn load_registers(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let leads: Vec<uuid::Uuid> = w.leads.iter().map(|l| l.0).collect();
    let case_leads: Vec<uuid::Uuid> = w.case_contacts.iter().map(|c| c.0).collect();
    let members: Vec<uuid::Uuid> = w.memberships.iter().map(|m| m.1.0).collect();
    let events: Vec<String> = w.events.iter().map(ToString::to_string).collect();
    let (le, of_case, ev, me, ch) = try_join!(
        tx.rows::<Lead>(("lead_id", Ids(&leads)), "true"),
        tx.rows::<Lead>(("case_id", Ids(&case_leads)), "true"),
        tx.rows::<Event>(("event", Texts(&events)), "true"),
        tx.rows::<Membership>(("person_id", Ids(&members)), "true"),
        hot::check_ins(tx.client, tx.book, &w.check_ins),
    )?;
    s.leads.know_keys(&w.leads);
    s.leads.know_groups(w.case_contacts.iter().map(|c| Group::Case(*c)));
    put(&mut s.leads, le);
    put(&mut s.leads, of_case);
    s.events.know_keys(&w.events);
    put(&mut s.events, ev);
    s.memberships.know_keys(&w.memberships);
    put(&mut s.memberships, me);
    s.check_ins.know_keys(&w.check_ins);
    put(&mut s.check_ins, ch);
    Ok(())
}
