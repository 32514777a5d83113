//! Papers over HTTP: notices, certificates, day sheets and daily reports as PDF.

use super::reads::place_of;
use crate::apart::apart;
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use crate::papers::PaperError;
use crate::papers::gather::{self, OrdersOf, SheetsOf};
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use quell_documents::Document;
use quell_foundation::*;
use serde::Deserialize;

/// Most orders of one file: what is asked for over HTTP is answered while somebody waits.
const MOST: usize = 500;
/// How many characters no font has: they are printed as their numbers, and somebody writes them in by hand.
const MISSING: &str = "quell-characters-missing";

/// The language of a paper.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Lang {
    Zh,
    En,
}

/// In Chinese, if that is asked for, or else if the caller reads Chinese.
fn chinese(lang: Option<Lang>, c: &Caller) -> bool {
    lang.map_or(c.lang.0, |l| matches!(l, Lang::Zh))
}

/// Of which orders.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PapersOf {
    order: Option<OrderId>,
    person: Option<PersonId>,
    place: Option<PlaceId>,
    day: Option<Day>,
    telephone: Option<String>,
}

impl PapersOf {
    fn which(&self, c: &Caller) -> Result<OrdersOf, Problem> {
        let place = self.place.clone().map(|p| place_of(Some(p), c)).transpose()?;
        if self.order.is_none() && self.person.is_none() && place.is_none() {
            let (en, zh) = ("say of which order, person or place", "请指明决定（order）、人员（person）或地点（place）");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "parameter", c.lang, en, zh));
        }
        Ok(OrdersOf { order: self.order, person: self.person, place, day: self.day, most: Some(MOST) })
    }
    fn telephone(&self) -> &str {
        self.telephone.as_deref().unwrap_or_default()
    }
}

/// `GET /v1/papers/notices.pdf`
pub async fn notices(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<PapersOf>) -> Result<Response, Problem> {
    let (of, lang) = (q.which(&c)?, c.lang);
    let printed = apart(async move || gather::notices(&c.viewer(&app), &of, q.telephone()).await).await.map_err(|e| problem(&e, lang))?;
    Ok(file("notices.pdf", printed.document))
}

/// `GET /v1/papers/certificates.pdf`
pub async fn certificates(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<PapersOf>) -> Result<Response, Problem> {
    let (of, lang) = (q.which(&c)?, c.lang);
    let printed =
        apart(async move || gather::certificates(&c.viewer(&app), &of, q.telephone()).await).await.map_err(|e| problem(&e, lang))?;
    Ok(file("certificates.pdf", printed.document))
}

/// Which day sheets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaySheetOf {
    team: Option<String>,
    #[serde(default)]
    every: bool,
    place: Option<PlaceId>,
    day: Option<Day>,
    lang: Option<Lang>,
}

/// `GET /v1/papers/day-sheet.pdf`
pub async fn day_sheet(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<DaySheetOf>) -> Result<Response, Problem> {
    if q.team.is_some() == q.every {
        let (en, zh) = ("say which team, or every=true", "请指明小组（team），或使用 every=true");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "parameter", c.lang, en, zh));
    }
    let place = q.place.map(|p| place_of(Some(p), &c)).transpose()?;
    let (of, lang, chinese) = (SheetsOf { team: q.team, place, day: q.day }, c.lang, chinese(q.lang, &c));
    let printed = apart(async move || gather::day_sheets(&c.viewer(&app), &of, chinese).await).await.map_err(|e| problem(&e, lang))?;
    Ok(file("day-sheet.pdf", printed.document))
}

/// Which report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DailyReportOf {
    day: Day,
    place: Option<PlaceId>,
    lang: Option<Lang>,
}

/// `GET /v1/papers/daily-report.pdf`
pub async fn daily_report(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<DailyReportOf>,
) -> Result<Response, Problem> {
    let place = place_of(q.place, &c)?;
    let (lang, chinese) = (c.lang, chinese(q.lang, &c));
    let document =
        apart(async move || gather::daily_report(&c.viewer(&app), q.day, &place, chinese).await).await.map_err(|e| problem(&e, lang))?;
    Ok(file(&format!("daily-report-{}.pdf", q.day), document))
}

fn file(name: &str, document: Document) -> Response {
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION.as_str(), format!("inline; filename=\"{name}\"")),
        // It has names in it: it is nobody's to keep on the way.
        (header::CACHE_CONTROL.as_str(), "no-store".to_owned()),
        (MISSING, document.missing.len().to_string()),
    ];
    (headers, document.pdf).into_response()
}

fn problem(e: &PaperError, lang: Chinese) -> Problem {
    let (status, kind) = match e {
        PaperError::Store(e) => return Problem::store(e, lang),
        PaperError::Look(e) => return Problem::store(e, lang),
        PaperError::Document(_) => (StatusCode::UNPROCESSABLE_ENTITY, "paper"),
        PaperError::InForce(_) => (StatusCode::CONFLICT, "in-force"),
        PaperError::Nothing | PaperError::NoTeam | PaperError::UnknownTeam(_) | PaperError::NoDay(_) => {
            (StatusCode::NOT_FOUND, "nothing-to-print")
        }
        PaperError::TooMany(_) => (StatusCode::UNPROCESSABLE_ENTITY, "too-many"),
    };
    Problem::new(status, kind, lang, e.to_string(), e.zh())
}
