//! Analyses of the book: asked for here, made one after the other, read here.

use super::reads::{Answer, or_missing, paging, place_of as place_asked, read};
use crate::analyses::{self, AnalysisWanted};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use quell_analyse::{Trouble, asked};
use quell_foundation::*;
use quell_store::analyses::{self as store, Asked, Put};
use quell_store::views::{self, AnalysisItem, AnalysisPart, Page};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An option that an analysis takes.
#[derive(Serialize, JsonSchema)]
pub struct AnalysisOption {
    /// Its name.
    name: String,
    /// What it means, in English.
    about: String,
    /// What it may be, where that is a closed list.
    values: Vec<String>,
    /// What it is when nobody says so.
    default: Option<String>,
    /// True where it is true or false.
    flag: bool,
}

/// An analysis that can be asked for.
#[derive(Serialize, JsonSchema)]
pub struct AnalysisKind {
    /// Its name.
    analysis: String,
    /// Whether it draws a picture.
    picture: bool,
    /// What can be said of how it is made.
    options: Vec<AnalysisOption>,
}

fn refused(t: &Trouble, lang: Chinese) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "analysis", lang, t.text(false), t.text(true))
}

/// `GET /v1/analyses/kinds`
pub async fn kinds() -> Json<Vec<AnalysisKind>> {
    let option = |o: asked::OptionOf| AnalysisOption { name: o.name, about: o.about, values: o.values, default: o.default, flag: o.flag };
    let kind = |analysis: String| AnalysisKind {
        picture: asked::draws(&analysis),
        options: asked::options(&analysis).unwrap_or_default().into_iter().map(option).collect(),
        analysis,
    };
    Json(asked::analyses().into_iter().map(kind).collect())
}

/// `POST /v1/analyses`
pub async fn ask(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    body: String,
) -> Result<(StatusCode, Json<AnalysisItem>), Problem> {
    let mut wanted: AnalysisWanted = serde_json::from_str(&body).map_err(|e| {
        let (en, zh) = (format!("this is no analysis that is asked for: {e}"), format!("分析请求无法识别：{e}"));
        Problem::new(StatusCode::BAD_REQUEST, "body", c.lang, en, zh)
    })?;
    let store = |e: quell_store::StoreError| Problem::store(&e, c.lang);
    let place = place_asked(wanted.place.clone(), &c)?;
    wanted.place = Some(place.clone());
    wanted.chinese.get_or_insert(c.lang.0);
    let protocol = app.protocol().await.map_err(store)?;
    wanted.check(&protocol).map_err(|t| refused(&t, c.lang))?;
    let (account, role) = (c.account.account.to_string(), c.account.role);
    let json = serde_json::to_value(&wanted).map_err(|e| store(quell_store::StoreError::Pool(e.to_string())))?;
    let id = wanted.analysis_id;
    let a = Asked { id, place, analysis: wanted.analysis, asked: json, account, role, at: app.clock.now() };
    let put = store::put(&app.db.connection().await.map_err(store)?, c.account.book, &a).await.map_err(store)?;
    if put == Put::Other {
        let (en, zh) = ("something else was asked for under this id; take a fresh one", "该编号已用于另一分析请求，请更换编号");
        return Err(Problem::new(StatusCode::CONFLICT, "id", c.lang, en, zh));
    }
    let status = if put == Put::New { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, one(State(app), Extension(c), Path(id)).await?))
}

/// Which analyses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysesOf {
    place: Option<PlaceId>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/analyses`
pub async fn list(State(app): State<App>, Extension(c): Extension<Caller>, Query(q): Query<AnalysesOf>) -> Answer<Page<AnalysisItem>> {
    let (place, page) = (place_asked(q.place, &c)?, paging(q.after, q.limit));
    read(&app, &c, async |tx| views::analyses(tx, c.account.book, &place, &page).await).await.map(Json)
}

/// `GET /v1/analyses/{analysis}`
pub async fn one(State(app): State<App>, Extension(c): Extension<Caller>, Path(id): Path<AnalysisId>) -> Answer<AnalysisItem> {
    or_missing(read(&app, &c, async |tx| views::analysis(tx, c.account.book, id).await).await?, &c)
}

/// Which part, in which shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartOf {
    #[serde(default)]
    part: AnalysisPart,
    #[serde(default)]
    format: PartFormat,
}

/// In which shape.
#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum PartFormat {
    /// As it was written: CSV, or SVG.
    #[default]
    File,
    /// A table as a list of objects.
    Json,
}

/// `GET /v1/analyses/{analysis}/result`
pub async fn result(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(id): Path<AnalysisId>,
    Query(q): Query<PartOf>,
) -> Result<Response, Problem> {
    let found = read(&app, &c, async |tx| views::analysis_part(tx, c.account.book, id, q.part).await).await?;
    let Json((analysis, place, text)) = or_missing(found, &c)?;
    if analyses::names_cases(&analysis) {
        // Of a picture, all that is in it was seen.
        c.looked(&app, None, Some(&place), text.lines().count().saturating_sub(1)).await?;
    }
    let (media, end) = match (q.part, q.format) {
        (AnalysisPart::Picture, _) => ("image/svg+xml", "svg"),
        (_, PartFormat::File) => ("text/csv; charset=utf-8", "csv"),
        (_, PartFormat::Json) => ("application/json", "json"),
    };
    let body = if end == "json" { analyses::rows_as_json(&text).to_string() } else { text };
    let mut answer = body.into_response();
    let set = answer.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{analysis}-{id}.{end}\"")) {
        set.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(answer)
}

/// `POST /v1/analyses/{analysis}/cancel`
pub async fn cancel(State(app): State<App>, Extension(c): Extension<Caller>, Path(id): Path<AnalysisId>) -> Answer<AnalysisItem> {
    // Only one that may be seen may be called off.
    let Json(_) = one(State(app.clone()), Extension(c.clone()), Path(id)).await?;
    let store = |e: quell_store::StoreError| Problem::store(&e, c.lang);
    let connection = app.db.connection().await.map_err(store)?;
    store::cancel(&connection, c.account.book, id, app.clock.now()).await.map_err(store)?;
    drop(connection);
    one(State(app), Extension(c), Path(id)).await
}
