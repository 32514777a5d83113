//! What the book has of the records that a file names, set by set, for imports. Nothing is written here.

use crate::error::StoreError;
use crate::tables::Keys::{Ids, Texts};
use crate::tables::{select, select_by};
use deadpool_postgres::GenericClient;
use quell_book::rows::{Case, Contact, FollowUp, Investigation, Link, Merge, Place, Registration};
use quell_foundation::*;

fn ids<T>(of: &[T], id: impl Fn(&T) -> uuid::Uuid) -> Vec<uuid::Uuid> {
    let mut all: Vec<uuid::Uuid> = of.iter().map(id).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Cases with one of these ids, and cases with one of these numbers.
///
/// # Errors
/// If the database refuses.
pub async fn cases(c: &impl GenericClient, book: BookId, named: &[CaseId], numbers: &[CaseNumber]) -> Result<Vec<Case>, StoreError> {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let mut found = select_by(c, book.0, ("case_id", Ids(&ids(named, |x| x.0))), "true", None).await?;
    found.extend(select_by::<Case>(c, book.0, ("number", Texts(&numbers)), "true", None).await?);
    Ok(found)
}

/// All cases of these persons.
///
/// # Errors
/// If the database refuses.
pub async fn cases_of(c: &impl GenericClient, book: BookId, persons: &[PersonId]) -> Result<Vec<Case>, StoreError> {
    select_by(c, book.0, ("person_id", Ids(&ids(persons, |p| p.0))), "true", None).await
}

/// The records of the investigations of these cases.
///
/// # Errors
/// If the database refuses.
pub async fn investigations(c: &impl GenericClient, book: BookId, cases: &[CaseId]) -> Result<Vec<Investigation>, StoreError> {
    select_by(c, book.0, ("case_id", Ids(&ids(cases, |x| x.0))), "true", None).await
}

/// Contact records with one of these ids.
///
/// # Errors
/// If the database refuses.
pub async fn contacts(c: &impl GenericClient, book: BookId, named: &[ContactId]) -> Result<Vec<Contact>, StoreError> {
    select_by(c, book.0, ("contact_id", Ids(&ids(named, |x| x.0))), "true", None).await
}

/// All contact records of these persons.
///
/// # Errors
/// If the database refuses.
pub async fn contacts_of(c: &impl GenericClient, book: BookId, persons: &[PersonId]) -> Result<Vec<Contact>, StoreError> {
    select_by(c, book.0, ("person_id", Ids(&ids(persons, |p| p.0))), "true", None).await
}

/// Links with one of these ids, and those that point to one of these cases.
///
/// # Errors
/// If the database refuses.
pub async fn links(c: &impl GenericClient, book: BookId, named: &[LinkId], targets: &[CaseId]) -> Result<Vec<Link>, StoreError> {
    let mut found = select_by(c, book.0, ("link_id", Ids(&ids(named, |x| x.0))), "true", None).await?;
    found.extend(select_by::<Link>(c, book.0, ("target_case", Ids(&ids(targets, |x| x.0))), "true", None).await?);
    Ok(found)
}

/// Follow-ups of these persons on these days (of UTC).
///
/// # Errors
/// If the database refuses.
pub async fn follow_ups(c: &impl GenericClient, book: BookId, persons: &[PersonId], days: &[Day]) -> Result<Vec<FollowUp>, StoreError> {
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    let condition = "(at AT TIME ZONE 'UTC')::date = ANY($3::text[]::date[])";
    select_by(c, book.0, ("person_id", Ids(&ids(persons, |p| p.0))), condition, Some(&days)).await
}

/// Merges that stand and have one of these persons as the one that was kept or as the one that was not.
///
/// # Errors
/// If the database refuses.
pub async fn merges(c: &impl GenericClient, book: BookId, persons: &[PersonId]) -> Result<Vec<Merge>, StoreError> {
    let persons = ids(persons, |p| p.0);
    let mut found = select_by(c, book.0, ("gone", Ids(&persons)), "undone_at IS NULL", None).await?;
    found.extend(select_by::<Merge>(c, book.0, ("kept", Ids(&persons)), "undone_at IS NULL", None).await?);
    Ok(found)
}

/// Registrations of these persons, and into these tubes, that count.
///
/// # Errors
/// If the database refuses.
pub async fn registrations(
    c: &impl GenericClient,
    book: BookId,
    persons: &[PersonId],
    tubes: &[TubeCode],
) -> Result<Vec<Registration>, StoreError> {
    let tubes: Vec<String> = tubes.iter().map(ToString::to_string).collect();
    let mut found = select_by(c, book.0, ("person_id", Ids(&ids(persons, |p| p.0))), "void_seq IS NULL", None).await?;
    found.extend(select_by::<Registration>(c, book.0, ("tube", Texts(&tubes)), "void_seq IS NULL", None).await?);
    found.sort_by(|a, b| (a.person_id, &a.tube).cmp(&(b.person_id, &b.tube)));
    found.dedup_by(|a, b| a.person_id == b.person_id && a.tube == b.tube);
    Ok(found)
}

/// Places with one of these names.
///
/// # Errors
/// If the database refuses.
pub async fn places_named(c: &impl GenericClient, book: BookId, names: &[String]) -> Result<Vec<Place>, StoreError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    select(c, book.0, "name = ANY($2)", &[&names]).await
}
