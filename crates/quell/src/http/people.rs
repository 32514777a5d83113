//! Windows on who is the same person: asked before someone is listed, and of those who matter now.

use super::reads::{Answer, or_missing, place_of, read};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::Problem;
use crate::similar::{Candidate, candidates_in};
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use quell_book::{Sex, recognised_by};
use quell_foundation::*;
use quell_matching::Particulars;
use quell_store::similar::{self as store, Known};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// People of one page of possible duplicates who are looked through.
const LOOKED_THROUGH: u32 = 200;

/// What is known of someone who is to be listed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// Full name.
    name: String,
    /// Sex.
    #[serde(default)]
    sex: Option<Sex>,
    /// Date of birth.
    #[serde(default)]
    born: Option<Day>,
    /// Identity number. It is not kept.
    #[serde(default)]
    id_number: Option<String>,
    /// Telephone.
    #[serde(default)]
    phone: Option<String>,
    /// Home, as exactly as it is known; by default your own place.
    #[serde(default)]
    home: Option<PlaceId>,
}

/// A reason for or against.
#[derive(Serialize, JsonSchema)]
pub struct ReasonItem {
    /// In English.
    en: String,
    /// In Chinese.
    zh: String,
}

/// Someone who could be the same person.
#[derive(Serialize, JsonSchema)]
pub struct SimilarPerson {
    /// The record under which the person goes on.
    person_id: PersonId,
    /// The record that is alike, if it is a second one of that person.
    second_record: Option<PersonId>,
    /// Name.
    name: String,
    /// Sex.
    sex: Sex,
    /// Date of birth.
    born: Option<Day>,
    /// Identity number, masked.
    identity_masked: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// Home.
    home: PlaceId,
    /// `same`: it would be a wonder if not; `possible`: a person should look.
    verdict: String,
    /// How much speaks for it, in bits: one more is twice as likely.
    score: f64,
    /// Why.
    reasons: Vec<ReasonItem>,
}

impl From<Candidate> for SimilarPerson {
    fn from(c: Candidate) -> Self {
        let k = c.known;
        Self {
            person_id: c.person,
            second_record: (k.person_id != c.person).then_some(k.person_id),
            name: k.name,
            sex: k.sex,
            born: k.born,
            identity_masked: k.identity_masked,
            phone: k.phone,
            home: k.home,
            verdict: c.verdict.code().to_owned(),
            score: f64::from(c.score) / 100.0,
            reasons: c.reasons.into_iter().map(|w| ReasonItem { en: w.en, zh: w.zh }).collect(),
        }
    }
}

/// Who is alike.
#[derive(Serialize, JsonSchema)]
pub struct Similar {
    /// The likeliest first.
    candidates: Vec<SimilarPerson>,
    /// Records outside your jurisdiction that have a telephone, a date of birth or the like in common: ask the level above to look.
    elsewhere: usize,
}

/// `POST /v1/similar`
pub async fn similar(State(app): State<App>, Extension(c): Extension<Caller>, Json(d): Json<Described>) -> Answer<Similar> {
    let home = d.home.unwrap_or_else(|| c.account.place.clone());
    let identity = d.id_number.as_deref().filter(|n| !n.trim().is_empty()).map(|n| app.key.identity(n).hash);
    let of = recognised_by(&d.name, d.sex.unwrap_or(Sex::Unknown), d.born, identity, d.phone.as_deref(), &home);
    alike(&app, &c, None, of).await.map(Json)
}

/// `GET /v1/persons/{person}/similar`
pub async fn similar_to(State(app): State<App>, Extension(c): Extension<Caller>, Path(id): Path<PersonId>) -> Answer<Similar> {
    let found = read(&app, &c, async |tx| store::persons(tx, c.account.book, &[id]).await).await?;
    let Some(known) = found.into_iter().next() else {
        c.looked(&app, Some(id), None, 0).await?;
        return or_missing(None, &c);
    };
    alike(&app, &c, Some(&known), known.particulars()).await.map(Json)
}

/// Whoever is alike, without the record itself and those that were found to be someone else.
async fn alike(app: &App, c: &Caller, asked: Option<&Known>, of: Particulars) -> Result<Similar, Problem> {
    let (found, elsewhere) = candidates_in(app, &c.scope(), c.deadline, &[of]).await.map_err(|e| Problem::store(&e, c.lang))?;
    let mut found = found.into_iter().next().unwrap_or_default();
    if let Some(k) = asked {
        let all: Vec<PersonId> = found.iter().map(|x| x.person).chain(records(k)).collect();
        drop_known(k, &distinct(app, c, &all).await?, &mut found);
    }
    c.looked(app, asked.map(|k| k.person_id), None, found.len()).await?;
    Ok(Similar { candidates: found.into_iter().map(SimilarPerson::from).collect(), elsewhere })
}

/// The record itself, and the one under which its person goes on.
fn records(of: &Known) -> [PersonId; 2] {
    [of.person_id, of.same_as.unwrap_or(of.person_id)]
}

/// The pairs among these people that were found to be two people: the lesser id first.
async fn distinct(app: &App, c: &Caller, all: &[PersonId]) -> Result<HashSet<(PersonId, PersonId)>, Problem> {
    Ok(read(app, c, async |tx| store::distinct(tx, c.account.book, all).await).await?.into_iter().collect())
}

fn drop_known(of: &Known, distinct: &HashSet<(PersonId, PersonId)>, found: &mut Vec<Candidate>) {
    let apart = |a: PersonId, b: PersonId| a == b || distinct.contains(&(a.min(b), a.max(b)));
    found.retain(|x| !records(of).iter().any(|m| apart(*m, x.person)));
}

/// Someone with records that are alike.
#[derive(Serialize, JsonSchema)]
pub struct Duplicate {
    /// Person.
    person_id: PersonId,
    /// Name.
    name: String,
    /// Date of birth.
    born: Option<Day>,
    /// Home.
    home: PlaceId,
    /// Telephone.
    phone: Option<String>,
    /// Who is alike.
    candidates: Vec<SimilarPerson>,
}

/// A page of possible duplicates. A page can be empty though there are more.
#[derive(Serialize, JsonSchema)]
pub struct Duplicates {
    /// Those found.
    items: Vec<Duplicate>,
    /// How many people were looked through.
    looked_through: usize,
    /// Ask for the next page with it; none at the end.
    next: Option<PersonId>,
}

/// Which page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicatesOf {
    place: Option<PlaceId>,
    after: Option<PersonId>,
}

/// `GET /v1/duplicates`
pub async fn duplicates(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<DuplicatesOf>) -> Answer<Duplicates> {
    let place = place_of(q.place, &c)?;
    let book = c.account.book;
    let (ids, known) = read(&app, &c, async |tx| {
        let ids = store::attended(tx, book, &place, q.after, LOOKED_THROUGH).await?;
        let known = store::persons(tx, book, &ids).await?;
        Ok((ids, known))
    })
    .await?;
    let of: Vec<Particulars> = known.iter().map(Known::particulars).collect();
    let (found, _) = candidates_in(&app, &c.scope(), c.deadline, &of).await.map_err(|e| Problem::store(&e, c.lang))?;
    let all: Vec<PersonId> = found.iter().flatten().map(|x| x.person).chain(known.iter().flat_map(records)).collect();
    let distinct = distinct(&app, &c, &all).await?;
    let mut items = Vec::new();
    for (k, mut alike) in known.into_iter().zip(found) {
        drop_known(&k, &distinct, &mut alike);
        if !alike.is_empty() {
            let candidates = alike.into_iter().map(SimilarPerson::from).collect();
            items.push(Duplicate { person_id: k.person_id, name: k.name, born: k.born, home: k.home, phone: k.phone, candidates });
        }
    }
    c.looked(&app, None, Some(&place), items.iter().map(|i| 1 + i.candidates.len()).sum()).await?;
    let next = (ids.len() == LOOKED_THROUGH as usize).then(|| ids.last().copied()).flatten();
    Ok(Json(Duplicates { items, looked_through: ids.len(), next }))
}
