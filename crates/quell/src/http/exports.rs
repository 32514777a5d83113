//! Lists of cases, contacts, links and follow-ups over HTTP, as files. A file is answered when it is whole: half a list looks like a list.

use super::reads::place_of;
use crate::apart::apart;
use crate::app::App;
use crate::export::{self, ExportError, Format, List, Wanted};
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quell_foundation::*;
use serde::Deserialize;
use std::io::Seek;
use tokio_util::io::ReaderStream;

/// How many rows the file has.
const ROWS: &str = "quell-rows";

/// Which rows, in which shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportOf {
    #[serde(default)]
    format: Format,
    place: Option<PlaceId>,
}

/// `GET /v1/exports/{list}`
pub async fn get(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path(list): Path<List>,
    Query(q): Query<ExportOf>,
) -> Result<Response, Problem> {
    let (lang, day) = (c.lang, app.clock.now().day(app.config.offset));
    let wanted = Wanted { list, format: q.format, place: place_of(q.place, &c)?, chinese: lang.0 };
    export::check_shape(list, q.format).map_err(|e| problem(&e, lang))?;
    let written = apart(async move || {
        let mut file = tempfile::tempfile()?;
        let rows = export::write(&c.viewer(&app), &wanted, &mut file, |_| ()).await?;
        file.rewind()?;
        Ok((rows, file))
    });
    let (rows, file) = written.await.map_err(|e| problem(&e, lang))?;
    let (end, media) = q.format.file();
    let name = format!("attachment; filename=\"{}-{day}.{end}\"", list.as_str());
    let mut answer = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file))).into_response();
    let set = answer.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    // It has names in it: it is nobody's to keep on the way.
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set.insert(ROWS, HeaderValue::from(rows));
    if let Ok(name) = HeaderValue::from_str(&name) {
        set.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(answer)
}

fn problem(e: &ExportError, lang: Chinese) -> Problem {
    match e {
        ExportError::Store(e) => Problem::store(e, lang),
        ExportError::Look(e) => Problem::store(e, lang),
        ExportError::Shape { .. } => Problem::new(StatusCode::BAD_REQUEST, "parameter", lang, e.to_string(), e.zh()),
        ExportError::Write(_) | ExportError::Io(_) => {
            tracing::error!(error = %e, "an export could not be written");
            let (en, zh) =
                ("the file could not be written on the server; nothing is wrong with what you asked", "服务器无法写出文件，与您的请求无关");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "file", lang, en, zh)
        }
    }
}
