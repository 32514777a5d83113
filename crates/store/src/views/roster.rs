//! Who is on the roster of a round at a place: what a sampling station takes with it, household by household.

use super::shoulds::{Named, names};
use super::{Page, Paging, SEPARATOR, head_seq, list, single, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{Sex, Standing};
use quell_foundation::*;
use quell_protocol::{Exposure, OccupationClass, PersonTag, ZoneLevel};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A person on a roster. Which tube the person goes into is not kept: it follows from these columns and the zones.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RosterRow {
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub born: Option<Day>,
    /// Home.
    pub home: PlaceId,
    /// Names of the listed places of the home, from below the book's root down.
    #[serde(default)]
    pub home_names: Vec<String>,
    /// The end of the telephone number, by which people are asked for at a desk.
    pub phone_end: Option<String>,
    /// What the person is exposed to.
    pub exposure: Exposure,
    /// Occupation.
    pub occupation: OccupationClass,
    /// Where the person stands.
    pub standing: Standing,
    /// Tags.
    pub tags: BTreeSet<PersonTag>,
    /// Excluded or waived, and why.
    pub waived: Option<String>,
    /// Sampled in this round, at that time.
    pub sampled_at: Option<Instant>,
    /// The tube of that sample.
    pub tube: Option<TubeCode>,
}

/// A page of a roster, and the zones that decide which tube its people go into.
#[derive(Debug, Clone)]
pub struct RosterPage {
    /// The people, in the order of their homes.
    pub page: Page<RosterRow>,
    /// Every zone in force, whether it lies in the reader's scope or not: zones are published.
    pub zones: BTreeMap<PlaceId, ZoneLevel>,
}

impl RosterPage {
    /// The innermost zone in force at a home or above it.
    pub fn zone_at(&self, home: &PlaceId) -> Option<(&PlaceId, ZoneLevel)> {
        let mut here = Some(home.clone()).filter(|_| !self.zones.is_empty());
        while let Some(p) = here {
            if let Some((place, level)) = self.zones.get_key_value(&p) {
                return Some((place, *level));
            }
            here = p.parent();
        }
        None
    }
}

#[derive(Deserialize)]
struct InForce {
    place: PlaceId,
    level: ZoneLevel,
}

#[derive(Deserialize)]
struct Begun {
    root: PlaceId,
}

/// The people of a round who live at a place or below it; none if there is no such round.
pub async fn roster(
    tx: &Transaction<'_>,
    book: BookId,
    round: &RoundId,
    place: &PlaceId,
    page: &Paging,
) -> Result<Option<RosterPage>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [home, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let known = "SELECT b.root FROM quell.round r JOIN quell.book b ON b.book_id = $1 WHERE r.book_id = $1 AND r.round = $2";
    let Some(Begun { root }) = single(tx, "round", known, &[&book.0, &round.as_str()]).await? else { return Ok(None) };
    let sql = format!(
        "SELECT p.person_id, p.name, p.sex, p.born, p.home, p.phone_end, p.exposure, p.occupation, p.standing, p.tags, p.waived,
             g.sampled_at, g.tube
         FROM (SELECT p.*, r.waived FROM quell.person p JOIN quell.roster r ON r.book_id = $1 AND r.round = $2 AND r.person_id = p.person_id
             WHERE p.book_id = $1 AND {} AND ($4::text IS NULL OR (p.home, p.person_id) > ($4::text COLLATE \"C\", $5::text::uuid))
             ORDER BY p.home, p.person_id LIMIT $6) p
         LEFT JOIN LATERAL (SELECT g.sampled_at, g.tube FROM quell.registration g
             WHERE g.book_id = $1 AND g.person_id = p.person_id AND g.round = $2 AND g.counts LIMIT 1) g ON true
         ORDER BY p.home, p.person_id",
        within("p.home", 3)
    );
    let params: super::Params<'_> = &[&book.0, &round.as_str(), &place.as_str(), &home, &id, &page.rows()];
    let mut found: Vec<RosterRow> = list(tx, "roster", &sql, params).await?;
    let zones: Vec<InForce> =
        list(tx, "zones", "SELECT place, level FROM quell.zone WHERE book_id = $1 AND lifted_at IS NULL", &[&book.0]).await?;
    name_homes(tx, book, &root, &mut found).await?;
    let page = Page::new(found, page, as_of_seq, |r: &RosterRow| format!("{}{SEPARATOR}{}", r.home, r.person_id));
    Ok(Some(RosterPage { page, zones: zones.into_iter().map(|z| (z.place, z.level)).collect() }))
}

/// Gives the homes their names: of households that share a building each place is asked for once.
async fn name_homes(tx: &Transaction<'_>, book: BookId, root: &PlaceId, rows: &mut [RosterRow]) -> Result<(), StoreError> {
    let depths = |home: &PlaceId| root.depth() + 1..=home.depth();
    let wanted: BTreeSet<PlaceId> = rows.iter().flat_map(|r| depths(&r.home).map(|d| r.home.at_depth(d))).collect();
    let named: BTreeMap<PlaceId, Named> = names(tx, book, wanted.iter()).await?;
    for r in rows {
        r.home_names = depths(&r.home).filter_map(|d| named.get(&r.home.at_depth(d))).map(|n| n.name.clone()).collect();
    }
    Ok(())
}
