//! Windows on protocols: the one in force, those there are, and what a switch would change.

use super::reads::{Answer, or_missing};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use crate::protocols::{self, Text};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::Serialize;

/// A protocol in a list.
#[derive(Serialize, JsonSchema)]
pub struct ProtocolItem {
    /// Its id.
    id: ProtocolId,
    /// Its title, in the caller's language.
    title: String,
    /// In English.
    title_en: String,
    /// In Chinese.
    title_zh: String,
    /// The disease.
    disease: String,
    /// True if the response runs under it.
    in_force: bool,
}

impl ProtocolItem {
    fn of(t: &Text, lang: Chinese) -> Self {
        let meta = &t.protocol.meta;
        let (title_en, title_zh) = (meta.name_en.clone(), meta.name_zh.clone());
        let title = if lang.0 { title_zh.clone() } else { title_en.clone() };
        Self { id: t.id.clone(), title, title_en, title_zh, disease: meta.disease.clone(), in_force: t.in_force }
    }
}

/// A protocol with its text.
#[derive(Serialize, JsonSchema)]
pub struct ProtocolView {
    #[serde(flatten)]
    item: ProtocolItem,
    /// Hash of the text.
    #[schemars(with = "String")]
    content_hash: Hash,
    /// The text as it was adopted, or comes with Quell: TOML, each value with its source.
    text: String,
}

impl ProtocolView {
    fn of(t: Text, lang: Chinese) -> Self {
        Self { item: ProtocolItem::of(&t, lang), content_hash: Hash::of(t.text.as_bytes()), text: t.text }
    }
}

/// The protocols.
#[derive(Serialize, JsonSchema)]
pub struct Protocols {
    /// In the order of their ids.
    items: Vec<ProtocolItem>,
}

/// `GET /v1/protocols`
pub async fn list(State(app): State<App>, Extension(c): Extension<Caller>) -> Answer<Protocols> {
    let all = protocols::all(&app).await.map_err(|e| Problem::store(&e, c.lang))?;
    Ok(Json(Protocols { items: all.iter().map(|t| ProtocolItem::of(t, c.lang)).collect() }))
}

/// `GET /v1/protocol`: the one in force.
pub async fn in_force(State(app): State<App>, Extension(c): Extension<Caller>) -> Answer<ProtocolView> {
    let found = protocols::in_force(&app).await.map_err(|e| Problem::store(&e, c.lang))?;
    or_missing(found.map(|t| ProtocolView::of(t, c.lang)), &c)
}

/// `GET /v1/protocols/{id}`
pub async fn one(State(app): State<App>, Extension(c): Extension<Caller>, Path(id): Path<ProtocolId>) -> Answer<ProtocolView> {
    let found = protocols::one(&app, &id).await.map_err(|e| Problem::store(&e, c.lang))?;
    or_missing(found.map(|t| ProtocolView::of(t, c.lang)), &c)
}

/// A value that differs.
#[derive(Serialize, JsonSchema)]
pub struct ProtocolChange {
    /// Its path in the file.
    path: String,
    /// As it is in the first; none if it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// As it is in the second; none if it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// What the second rests on; of a value that it does not have, the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// What a switch changes.
#[derive(Serialize, JsonSchema)]
pub struct ProtocolChanges {
    /// In the order of paths.
    items: Vec<ProtocolChange>,
}

/// `GET /v1/protocols/{from}/diff/{to}`
pub async fn diff(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Path((from, to)): Path<(ProtocolId, ProtocolId)>,
) -> Answer<ProtocolChanges> {
    let all = protocols::all(&app).await.map_err(|e| Problem::store(&e, c.lang))?;
    let find = |id: &ProtocolId| all.iter().find(|t| t.id == *id).map(|t| &t.protocol);
    let (Some(a), Some(b)) = (find(&from), find(&to)) else { return or_missing(None, &c) };
    let cite = |keys: &[String], of: &quell_protocol::Protocol| {
        let cited: Vec<String> = keys.iter().map(|k| of.sources.get(k).cloned().unwrap_or_else(|| k.clone())).collect();
        (!cited.is_empty()).then(|| cited.join("; "))
    };
    let change = |x: quell_protocol::Change| {
        let source = if x.after.is_some() { cite(&x.sources_after, b) } else { cite(&x.sources_before, a) };
        ProtocolChange { path: x.path, from: x.before, to: x.after, source }
    };
    Ok(Json(ProtocolChanges { items: quell_protocol::diff(a, b).into_iter().map(change).collect() }))
}
