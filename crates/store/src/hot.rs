//! The three tables that every registration reads, decoded column by column: at a city's rate the JSON of the other tables
//! would cost more than the rows themselves. The keys are joined (one look-up in the index each); as an array in a condition they
//! would make PostgreSQL read every entry of every page of the index that has one of them. `OFFSET 0` keeps each look-up whole: while a
//! table is empty the planner would rather go through all of a round or a book for every key.

use crate::error::StoreError;
use crate::load::Tx;
use deadpool_postgres::GenericClient;
use quell_book::rows::{CalledBack, CheckIn, Person, Registration, Roster};
use quell_book::{Brief, Venue};
use quell_foundation::*;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use std::collections::BTreeMap;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};
use uuid::Uuid;

type Read<T> = Result<T, StoreError>;

fn bad(detail: impl ToString) -> StoreError {
    StoreError::Unreadable { operation: "load", detail: detail.to_string() }
}

/// A word of a closed list.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Read<T> {
    let d: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    T::deserialize(d).map_err(bad)
}

/// A code or path, checked.
pub(crate) fn code<T: std::str::FromStr<Err = BadId>>(text: &str) -> Read<T> {
    text.parse().map_err(bad)
}

/// From 1970 to 2000, where PostgreSQL's binary times begin, in microseconds.
pub(crate) const UNIX_TO_2000: i64 = 946_684_800_000_000;

/// From 1970 to 2000, in days.
pub(crate) const DAYS_TO_2000: i32 = 10_957;

/// A moment, from PostgreSQL's binary form: microseconds since 2000-01-01.
pub(crate) struct PgTime(pub Instant);

impl<'a> FromSql<'a> for PgTime {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Instant(i64::from_be_bytes(raw.try_into()?) + UNIX_TO_2000)))
    }
    fn accepts(ty: &Type) -> bool {
        *ty == Type::TIMESTAMPTZ
    }
}

/// A day, from PostgreSQL's binary form: days since 2000-01-01.
pub(crate) struct PgDay(pub Day);

impl<'a> FromSql<'a> for PgDay {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Day(i32::from_be_bytes(raw.try_into()?) + DAYS_TO_2000)))
    }
    fn accepts(ty: &Type) -> bool {
        *ty == Type::DATE
    }
}

async fn query(tx: &Tx<'_>, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Read<Vec<Row>> {
    let statement = tx.client.prepare_cached(sql).await.map_err(StoreError::at("load"))?;
    tx.client.query(&statement, params).await.map_err(StoreError::at("load"))
}

/// Persons by id.
pub(crate) async fn persons(tx: &Tx<'_>, ids: &[Uuid]) -> Read<Vec<Person>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    const SQL: &str = "SELECT person_id, home, place, name, sex, born, identity_hash, identity_masked, phone, occupation, tags,
        standing, standing_since, away_to, exposure, attention, listed_seq, recalled::text, match_keys, same_as
        FROM unnest($2::uuid[]) AS k(id) JOIN quell.person ON book_id = $1 AND person_id = k.id";
    query(tx, SQL, &[&tx.book, &ids]).await?.iter().map(person).collect()
}

fn person(r: &Row) -> Read<Person> {
    let tags: Vec<&str> = r.get(10);
    Ok(Person {
        person_id: PersonId(r.get(0)),
        home: code(r.get(1))?,
        place: code(r.get(2))?,
        name: r.get(3),
        sex: word(r.get(4))?,
        born: r.get::<_, Option<PgDay>>(5).map(|d| d.0),
        identity_hash: r.get::<_, Option<&str>>(6).map(code).transpose()?,
        identity_masked: r.get(7),
        phone: r.get(8),
        occupation: word(r.get(9))?,
        tags: tags.into_iter().map(word).collect::<Read<_>>()?,
        standing: word(r.get(11))?,
        standing_since: r.get::<_, Option<PgTime>>(12).map(|t| t.0),
        away_to: r.get(13),
        exposure: word(r.get(14))?,
        attention: r.get(15),
        listed_seq: r.get(16),
        recalled: recalled(r.get(17))?,
        match_keys: r.get(18),
        same_as: r.get::<_, Option<Uuid>>(19).map(PersonId),
    })
}

/// Nearly nobody is called back.
fn recalled(text: &str) -> Read<BTreeMap<TubeCode, CalledBack>> {
    if text == "{}" { Ok(BTreeMap::new()) } else { serde_json::from_str(text).map_err(bad) }
}

/// Check-ins by their keys: few of those that are handed in are there already.
pub(crate) async fn check_ins(
    c: &impl GenericClient,
    book: i32,
    keys: impl IntoIterator<Item = &(PersonId, Instant, Venue)>,
) -> Read<Vec<CheckIn>> {
    const SQL: &str = "SELECT c.person_id, c.venue, c.place, c.starts, c.ends, c.seat
        FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS k(id, at, venue) CROSS JOIN LATERAL
            (SELECT * FROM quell.check_in WHERE book_id = $1 AND person_id = k.id
                AND starts = 'epoch'::timestamptz + k.at * interval '1 microsecond' AND venue = k.venue OFFSET 0) c";
    let (mut people, mut times, mut venues) = (Vec::new(), Vec::new(), Vec::new());
    for (person, at, venue) in keys {
        people.push(person.0);
        times.push(at.0);
        venues.push(venue.to_string());
    }
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let statement = c.prepare_cached(SQL).await.map_err(StoreError::at("load"))?;
    let rows = c.query(&statement, &[&book, &people, &times, &venues]).await.map_err(StoreError::at("load"))?;
    rows.iter().map(check_in).collect()
}

fn check_in(r: &Row) -> Read<CheckIn> {
    Ok(CheckIn {
        person_id: PersonId(r.get(0)),
        venue: code(r.get(1))?,
        place: code(r.get(2))?,
        starts: r.get::<_, PgTime>(3).0,
        ends: r.get::<_, Option<PgTime>>(4).map(|t| t.0),
        seat: r.get(5),
    })
}

/// Persons by id, in brief.
pub(crate) async fn briefs(tx: &Tx<'_>, tally_depth: usize, ids: &[Uuid]) -> Read<Vec<Brief>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    const SQL: &str = "SELECT person_id, home, occupation, exposure, attention
        FROM unnest($2::uuid[]) AS k(id) JOIN quell.person ON book_id = $1 AND person_id = k.id";
    query(tx, SQL, &[&tx.book, &ids]).await?.iter().map(|r| brief(r, |home| home.at_depth(tally_depth))).collect()
}

fn brief(r: &Row, place: impl Fn(&PlaceId) -> PlaceId) -> Read<Brief> {
    let home: PlaceId = code(r.get(1))?;
    Ok(Brief {
        person_id: PersonId(r.get(0)),
        place: place(&home),
        home,
        occupation: word(r.get(2))?,
        exposure: word(r.get(3))?,
        attention: r.get(4),
    })
}

/// The people of a community who have no registration in any of these rounds and of whom nothing else is open, in brief.
pub(crate) async fn unregistered(tx: &Tx<'_>, place: &PlaceId, rounds: &[RoundId]) -> Read<Vec<Brief>> {
    // From the place itself to the last that lies within it ('/' follows '.'); a neighbour whose name only begins like it has another
    // `place`. The scalar query is one look-up a person: EXISTS might be planned as a pass over all registrations.
    const SQL: &str = "SELECT person_id, home, occupation, exposure, attention FROM quell.person p
        WHERE book_id = $1 AND home >= $2 AND home < $2 || '/' AND place = $2 AND NOT attention
          AND (SELECT true FROM quell.registration g
               WHERE g.book_id = $1 AND g.person_id = p.person_id AND g.round = ANY($3) LIMIT 1) IS NULL";
    let rounds: Vec<&str> = rounds.iter().map(RoundId::as_str).collect();
    query(tx, SQL, &[&tx.book, &place.as_str(), &rounds]).await?.iter().map(|r| brief(r, |_| place.clone())).collect()
}

/// Who of a community is on the roster of a round, and neither waived nor missed.
pub(crate) async fn still_on_roster(tx: &Tx<'_>, place: &PlaceId, round: &RoundId) -> Read<Vec<PersonId>> {
    const SQL: &str = "SELECT person_id FROM quell.roster
        WHERE book_id = $1 AND round = $2 AND place = $3 AND waived IS NULL AND decider IS NULL AND NOT missed";
    let rows = query(tx, SQL, &[&tx.book, &round.as_str(), &place.as_str()]).await?;
    Ok(rows.iter().map(|r| PersonId(r.get(0))).collect())
}

/// The place on the roster of a round that follows another.
pub(crate) async fn next_on_roster(tx: &Tx<'_>, round: &RoundId, place: &PlaceId) -> Read<Option<PlaceId>> {
    const SQL: &str = "SELECT min(place) FROM quell.roster WHERE book_id = $1 AND round = $2 AND place > $3";
    let rows = query(tx, SQL, &[&tx.book, &round.as_str(), &place.as_str()]).await?;
    rows.first().and_then(|r| r.get::<_, Option<&str>>(0)).map(code).transpose()
}

/// Places of these persons on the roster of a round.
pub(crate) async fn roster(tx: &Tx<'_>, round: &RoundId, persons: &[Uuid]) -> Read<Vec<Roster>> {
    const SQL: &str = "SELECT person_id, place, waived, decider, missed
        FROM unnest($3::uuid[]) AS k(id) JOIN quell.roster ON book_id = $1 AND round = $2 AND person_id = k.id";
    let rows = query(tx, SQL, &[&tx.book, &round.as_str(), &persons]).await?;
    rows.iter()
        .map(|r| {
            Ok(Roster {
                round: round.clone(),
                person_id: PersonId(r.get(0)),
                place: code(r.get(1))?,
                waived: r.get(2),
                decider: r.get(3),
                missed: r.get(4),
            })
        })
        .collect()
}

const REGISTRATION: &str = "g.person_id, g.tube, g.round, g.place, g.sampled_at, g.seq, g.counts, g.flag, g.void_seq";

/// Registrations of these persons in these rounds.
pub(crate) async fn registrations(tx: &Tx<'_>, persons: &[Uuid], rounds: &[String]) -> Read<Vec<Registration>> {
    if persons.is_empty() || rounds.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {REGISTRATION} FROM unnest($3::text[]) AS r(id) CROSS JOIN unnest($2::uuid[]) AS k(id)
         CROSS JOIN LATERAL (SELECT * FROM quell.registration WHERE book_id = $1 AND person_id = k.id AND round = r.id OFFSET 0) g"
    );
    query(tx, &sql, &[&tx.book, &persons, &rounds]).await?.iter().map(registration).collect()
}

/// Registrations of these persons in these tubes, as far as they belong to no round.
pub(crate) async fn registrations_in(tx: &Tx<'_>, persons: &[Uuid], tubes: &[String]) -> Read<Vec<Registration>> {
    if persons.is_empty() || tubes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {REGISTRATION} FROM unnest($3::text[]) AS t(id)
         CROSS JOIN LATERAL (SELECT * FROM quell.registration WHERE book_id = $1 AND tube = t.id AND round IS NULL OFFSET 0) g
         WHERE g.person_id = ANY($2)"
    );
    query(tx, &sql, &[&tx.book, &persons, &tubes]).await?.iter().map(registration).collect()
}

fn registration(r: &Row) -> Read<Registration> {
    Ok(Registration {
        person_id: PersonId(r.get(0)),
        tube: code(r.get(1))?,
        round: r.get::<_, Option<&str>>(2).map(code).transpose()?,
        place: code(r.get(3))?,
        sampled_at: r.get::<_, PgTime>(4).0,
        seq: r.get(5),
        counts: r.get(6),
        flag: r.get(7),
        void_seq: r.get(8),
    })
}
