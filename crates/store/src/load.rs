//! Brings the slice of the book that a batch needs into memory: set by set, one round trip a step.
//! `quell_book::needs` says what; this module says how.

use crate::closing;
use crate::error::StoreError;
use crate::hot;
use crate::tables::{Stored, select};
use deadpool_postgres::Transaction;
use futures_util::try_join;
use quell_book::needs::Needs;
use quell_book::rows::*;
use quell_book::{Fact, Group, State, Table};
use quell_foundation::*;
use std::collections::BTreeSet;
use tokio_postgres::types::ToSql;

/// A transaction on one book.
pub(crate) struct Tx<'a> {
    pub client: &'a Transaction<'a>,
    pub book: i32,
}

impl Tx<'_> {
    /// Rows that satisfy a condition; none without asking when `wanted` is false.
    async fn rows<R: Stored, const N: usize>(
        &self,
        wanted: bool,
        condition: &str,
        params: [&(dyn ToSql + Sync); N],
    ) -> Result<Vec<R>, StoreError> {
        if wanted { select(self.client, self.book, condition, &params).await } else { Ok(Vec::new()) }
    }
}

/// The slice of a book that is in memory, and what of it need not be asked for again.
pub(crate) struct Loaded {
    pub state: State,
    /// Rounds and zones in force are here.
    small_tables: bool,
    /// Places and rounds that were asked for. They are few, and every batch needs the same ones; people and tubes are asked for again.
    known: Needs,
}

impl Loaded {
    /// Nothing yet.
    pub fn new(state: State) -> Self {
        Self { state, small_tables: false, known: Needs::default() }
    }
}

/// Loads everything that these facts need into the slice. Rows that are there already stay as they are: they are newer than, or the
/// same as, what the database says. `head`: for a close, the log's hash.
pub(crate) async fn load(tx: &Tx<'_>, loaded: &mut Loaded, facts: &[&Fact], now: Instant, head: Hash) -> Result<(), StoreError> {
    let state = &mut loaded.state;
    if !loaded.small_tables {
        let (rounds, zones) = try_join!(
            select::<Round>(tx.client, tx.book, "state = 'open'", &[]),
            select::<Zone>(tx.client, tx.book, "lifted_at IS NULL", &[]),
        )?;
        put(&mut state.rounds, rounds);
        put(&mut state.zones, zones);
        loaded.small_tables = true;
    }
    let mut done = loaded.known.clone();
    let mut want = Needs::of(facts.iter().copied()).minus(&done);
    while !want.is_empty() {
        load_step(tx, state, &want, now, head).await?;
        loaded.known.places.extend(want.places.iter().cloned());
        loaded.known.rounds.extend(want.rounds.iter().cloned());
        done.add(want);
        want = Needs::follow(state, facts).minus(&done);
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
        put(&mut s.rounds, select::<Round>(tx.client, tx.book, "round = ANY($2)", &[&texts(&w.rounds)]).await?);
    }
    let rounds: Vec<String> = s.rounds.values().map(|r| r.round.to_string()).collect();
    load_things(tx, s, w).await?;
    load_people(tx, s, w, &rounds).await?;
    if w.closing {
        tx.client.batch_execute(crate::batch::WHOLE_TABLES).await.map_err(StoreError::at("close"))?;
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
    let tube_duties = texts(&w.tube_duties);
    let place_duties = texts(&w.place_duties);
    let beds = texts(w.beds.iter().map(|b| &b.0));
    let (p, t, bt, b, pl, m, td, pd, st) = try_join!(
        tx.rows::<Place, _>(!places.is_empty(), "place = ANY($2)", [&places]),
        tx.rows::<Tube, _>(!tubes.is_empty(), "tube = ANY($2)", [&tubes]),
        tx.rows::<Tube, _>(!boxes.is_empty(), "box = ANY($2)", [&boxes]),
        tx.rows::<TransportBox, _>(!boxes.is_empty(), "box = ANY($2)", [&boxes]),
        tx.rows::<Plate, _>(!plates.is_empty(), "plate = ANY($2)", [&plates]),
        tx.rows::<Registration, _>(!members.is_empty(), "tube = ANY($2)", [&members]),
        tx.rows::<Duty, _>(!tube_duties.is_empty(), "state = 'open' AND person_id IS NULL AND subject = ANY($2)", [&tube_duties]),
        tx.rows::<Duty, _>(!place_duties.is_empty(), "state = 'open' AND person_id IS NULL AND subject = ANY($2)", [&place_duties]),
        tx.rows::<Stay, _>(!beds.is_empty(), "left_at IS NULL AND facility = ANY($2)", [&beds]),
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
    s.stays.know_groups(w.beds.iter().map(|(f, ward, bed)| Group::Bed(f.clone(), ward.clone(), *bed)));
    put(&mut s.stays, st);
    Ok(())
}

/// People and everything open about them.
async fn load_people(tx: &Tx<'_>, s: &mut State, w: &Needs, rounds: &[String]) -> Result<(), StoreError> {
    let persons: Vec<uuid::Uuid> = w.persons.iter().map(|p| p.0).collect();
    let registered: Vec<uuid::Uuid> = w.registered.iter().map(|p| p.0).collect();
    let tubes = texts(&w.tubes);
    let dossiers: Vec<uuid::Uuid> = w.dossiers.iter().map(|p| p.0).collect();
    let roster_persons: Vec<uuid::Uuid> = w.roster.iter().map(|r| r.1.0).chain(dossiers.iter().copied()).collect();
    // A place on a roster needs the person's registrations in its round; one query serves both.
    let swabbed: Vec<uuid::Uuid> =
        registered.iter().copied().chain(w.roster.iter().map(|r| r.1.0)).collect::<BTreeSet<_>>().into_iter().collect();
    let (p, reg, ros, d, ca, co, tr, st) = try_join!(
        hot::persons(tx, &persons),
        hot::registrations(tx, &swabbed, rounds, &tubes),
        hot::roster(tx, rounds, &roster_persons),
        tx.rows::<Duty, _>(!dossiers.is_empty(), "state = 'open' AND person_id = ANY($2)", [&dossiers]),
        tx.rows::<Case, _>(!dossiers.is_empty(), "person_id = ANY($2)", [&dossiers]),
        tx.rows::<Contact, _>(!dossiers.is_empty(), "person_id = ANY($2)", [&dossiers]),
        tx.rows::<Transfer, _>(!dossiers.is_empty(), "person_id = ANY($2)", [&dossiers]),
        tx.rows::<Stay, _>(!dossiers.is_empty(), "person_id = ANY($2)", [&dossiers]),
    )?;
    s.persons.know_keys(&w.persons);
    put(&mut s.persons, p);
    s.registrations.know_groups(w.registered.iter().map(|p| Group::Person(*p)));
    put(&mut s.registrations, reg);
    s.roster.know_keys(&w.roster);
    put(&mut s.roster, ros);
    let groups = || w.dossiers.iter().map(|p| Group::Person(*p));
    s.roster.know_groups(groups());
    s.duties.know_groups(groups());
    put(&mut s.duties, d);
    s.cases.know_groups(groups());
    put(&mut s.cases, ca);
    s.contacts.know_groups(groups());
    put(&mut s.contacts, co);
    s.transfers.know_groups(groups());
    put(&mut s.transfers, tr);
    s.stays.know_groups(groups());
    put(&mut s.stays, st);
    load_by_id(tx, s, w).await
}

/// Cases, contacts, transfers, stays and duties that are named by their id.
async fn load_by_id(tx: &Tx<'_>, s: &mut State, w: &Needs) -> Result<(), StoreError> {
    let cases: Vec<uuid::Uuid> = w.cases.iter().map(|c| c.0).collect();
    let contacts: Vec<uuid::Uuid> = w.contacts.iter().map(|c| c.0).collect();
    let transfers: Vec<uuid::Uuid> = w.transfers.iter().map(|c| c.0).collect();
    let stays: Vec<uuid::Uuid> = w.stays.iter().map(|c| c.0).collect();
    let duties: Vec<uuid::Uuid> = w.duties.iter().map(|c| c.0).collect();
    let ended_of: Vec<uuid::Uuid> = w.ended.iter().map(|e| e.0.0).collect();
    let ended_at: Vec<i64> = w.ended.iter().map(|e| e.1).collect();
    let (ca, co, tr, st, du, en) = try_join!(
        tx.rows::<Case, _>(!cases.is_empty(), "case_id = ANY($2)", [&cases]),
        tx.rows::<Contact, _>(!contacts.is_empty(), "contact_id = ANY($2)", [&contacts]),
        tx.rows::<Transfer, _>(!transfers.is_empty(), "transfer_id = ANY($2)", [&transfers]),
        tx.rows::<Stay, _>(!stays.is_empty(), "stay_id = ANY($2)", [&stays]),
        tx.rows::<Duty, _>(!duties.is_empty(), "duty_id = ANY($2)", [&duties]),
        tx.rows::<Duty, _>(
            !w.ended.is_empty(),
            "state = 'discharged' AND person_id = ANY($2) AND ended_seq = ANY($3)",
            [&ended_of, &ended_at]
        ),
    )?;
    s.cases.know_keys(&w.cases);
    put(&mut s.cases, ca);
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
    Ok(())
}
