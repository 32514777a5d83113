//! Who could be the same person: found by keys ([`quell_matching::keys`]), judged by the caller.

use crate::error::StoreError;
use crate::hot;
use crate::views::within;
use deadpool_postgres::GenericClient;
use quell_book::Sex;
use quell_foundation::*;
use quell_matching::Particulars;
use std::collections::HashMap;
use tokio_postgres::Row;
use uuid::Uuid;

/// A key that more people share says nothing: they are found by their other keys, or not by machine.
const MOST_HOLDERS: i64 = 300;

/// The people who have one of these keys, by key. `OFFSET 0`: each key is looked up by itself in the index.
///
/// Run as the owner of the tables: an index on arrays cannot be used under row-level security. It gives ids alone; who they are is read
/// under the reader's scope.
///
/// # Errors
/// If the database refuses.
pub async fn by_keys(c: &impl GenericClient, book: BookId, keys: &[i64]) -> Result<HashMap<i64, Vec<PersonId>>, StoreError> {
    const SQL: &str = "SELECT k.key, p.person_id FROM unnest($2::bigint[]) AS k(key) CROSS JOIN LATERAL
        (SELECT person_id FROM quell.person WHERE match_keys @> ARRAY[k.key] AND book_id = $1 LIMIT $3 OFFSET 0) p";
    let statement = c.prepare_cached(SQL).await.map_err(StoreError::at("similar people"))?;
    let rows = c.query(&statement, &[&book.0, &keys, &MOST_HOLDERS]).await.map_err(StoreError::at("similar people"))?;
    let mut found: HashMap<i64, Vec<PersonId>> = HashMap::new();
    for r in rows {
        found.entry(r.get(0)).or_default().push(PersonId(r.get(1)));
    }
    Ok(found)
}

/// Of these pairs (the lesser id first) those that were found to be two people.
///
/// # Errors
/// If the database refuses.
pub async fn distinct(c: &impl GenericClient, book: BookId, persons: &[PersonId]) -> Result<Vec<(PersonId, PersonId)>, StoreError> {
    const SQL: &str = "SELECT d.person_id, d.other_id FROM unnest($2::uuid[]) AS k(id)
        JOIN quell.distinct_person d ON d.book_id = $1 AND d.person_id = k.id";
    let ids: Vec<Uuid> = persons.iter().map(|p| p.0).collect();
    let statement = c.prepare_cached(SQL).await.map_err(StoreError::at("distinct people"))?;
    let rows = c.query(&statement, &[&book.0, &ids]).await.map_err(StoreError::at("distinct people"))?;
    Ok(rows.iter().map(|r| (PersonId(r.get(0)), PersonId(r.get(1)))).collect())
}

/// What of a person is compared, and shown to whoever decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub born: Option<Day>,
    /// Keyed hash of the identity number.
    pub identity_hash: Option<Hash>,
    /// Masked identity number.
    pub identity_masked: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Home.
    pub home: PlaceId,
    /// The record under which the person goes on, if this is a second one.
    pub same_as: Option<PersonId>,
}

impl Known {
    /// As the matcher takes it.
    pub fn particulars(&self) -> Particulars {
        quell_book::recognised_by(&self.name, self.sex, self.born, self.identity_hash, self.phone.as_deref(), &self.home)
    }
}

/// These people, as far as the connection may see them.
///
/// # Errors
/// If the database refuses.
pub async fn persons(c: &impl GenericClient, book: BookId, ids: &[PersonId]) -> Result<Vec<Known>, StoreError> {
    const SQL: &str = "SELECT person_id, name, sex, born, identity_hash, identity_masked, phone, home, same_as
        FROM unnest($2::uuid[]) AS k(id) JOIN quell.person ON book_id = $1 AND person_id = k.id";
    let ids: Vec<Uuid> = ids.iter().map(|p| p.0).collect();
    let statement = c.prepare_cached(SQL).await.map_err(StoreError::at("similar people"))?;
    let rows = c.query(&statement, &[&book.0, &ids]).await.map_err(StoreError::at("similar people"))?;
    rows.iter().map(known).collect()
}

fn known(r: &Row) -> Result<Known, StoreError> {
    Ok(Known {
        person_id: PersonId(r.get(0)),
        name: r.get(1),
        sex: hot::word(r.get(2))?,
        born: r.get::<_, Option<hot::PgDay>>(3).map(|d| d.0),
        identity_hash: r.get::<_, Option<&str>>(4).map(hot::code).transpose()?,
        identity_masked: r.get(5),
        phone: r.get(6),
        home: hot::code(r.get(7))?,
        same_as: r.get::<_, Option<Uuid>>(8).map(PersonId),
    })
}

/// A page of the people below a place about whom anything is open (cases, contacts, the recalled), by id: whom a second record would
/// harm. Who comes next, if there are more.
///
/// # Errors
/// If the database refuses.
pub async fn attended(
    c: &impl GenericClient,
    book: BookId,
    place: &PlaceId,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<PersonId>, StoreError> {
    let sql = format!(
        "SELECT p.person_id FROM quell.person p WHERE p.book_id = $1 AND p.attention AND p.same_as IS NULL AND {}
             AND p.person_id > $3 ORDER BY p.person_id LIMIT $4",
        within("p.place", 2)
    );
    let after = after.map_or(Uuid::nil(), |p| p.0);
    let statement = c.prepare_cached(&sql).await.map_err(StoreError::at("people alike"))?;
    let rows = c.query(&statement, &[&book.0, &place.as_str(), &after, &i64::from(limit)]).await.map_err(StoreError::at("people alike"))?;
    Ok(rows.iter().map(|r| PersonId(r.get(0))).collect())
}
