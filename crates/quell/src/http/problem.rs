//! Every error as a problem (RFC 9457), in the caller's language.

use crate::app::App;
use crate::door::DoorError;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quell_book::Refusal;
use quell_store::StoreError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A problem. `type` is stable; `detail` says what is wrong and what to do.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Stable name.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// Short title.
    pub title: String,
    /// What is wrong and what to do, in the caller's language.
    pub detail: String,
    /// For a refused submission: fact, field, rule, and both languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

/// The caller's language, from `Accept-Language`: Chinese if it comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chinese(pub bool);

impl Chinese {
    /// From the headers.
    pub fn of(headers: &HeaderMap) -> Self {
        Self(
            headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|v| v.trim_start().to_ascii_lowercase().starts_with("zh")),
        )
    }
}

impl Problem {
    /// A problem with both texts; the caller's language is chosen.
    pub fn new(status: StatusCode, kind: &str, lang: Chinese, en: impl Into<String>, zh: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("error").to_owned();
        let detail = if lang.0 { zh.into() } else { en.into() };
        Self { kind: format!("https://quell.example/problems/{kind}"), status: status.as_u16(), title, detail, refusal: None }
    }
    /// A refused submission.
    pub fn refused(r: Refusal, lang: Chinese) -> Self {
        let mut p = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", lang, r.en.clone(), r.zh.clone());
        p.refusal = Some(r);
        p
    }
    /// The door's own errors.
    pub fn door(e: &DoorError, lang: Chinese) -> Self {
        let en = e.to_string();
        match e {
            DoorError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", lang, en, "系统繁忙，请稍后用同一编号重新上报"),
            DoorError::Store(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-written", lang, en, "未写入，请稍后用同一编号重新上报"),
            DoorError::Broken(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", lang, en, "系统内部错误，未写入"),
        }
    }
    /// A read that failed.
    pub fn store(e: &StoreError, lang: Chinese) -> Self {
        if matches!(e, StoreError::Unreadable { operation: "after", .. }) {
            return Self::new(
                StatusCode::BAD_REQUEST,
                "cursor",
                lang,
                "'after' must be the 'next' of the page before, unchanged",
                "参数 after 须为上一页返回的 next",
            );
        }
        if e.is_the_askers() {
            return Self::new(
                StatusCode::BAD_REQUEST,
                "parameter",
                lang,
                "a parameter cannot be read; 'after' must be the 'next' of the page before, unchanged, and no text may hold the character NUL",
                "参数无法识别：after 须为上一页返回的 next，文字中不得有空字符（NUL）",
            );
        }
        tracing::error!(error = %e, "a read failed");
        if !e.is_passing() {
            let en = "an internal error; the log of the server says more";
            return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", lang, en, "系统内部错误，详见服务器日志");
        }
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "database",
            lang,
            "the database did not answer; try again in a few seconds",
            "数据库暂无响应，请稍后重试",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut r = (status, Json(self)).into_response();
        r.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        r
    }
}

/// No such route.
pub async fn not_found(headers: HeaderMap) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-route",
        Chinese::of(&headers),
        "no such address; /v1/openapi.json lists them",
        "没有此地址，全部接口见 /v1/openapi.json",
    )
}

/// Whoever cannot be served now is told when to come back, each another time.
pub async fn as_problem(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = in_problem_form(request, next).await;
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(app.gate.come_back()));
    }
    answer
}

/// What the framework itself refuses (a path, query or body that it cannot read, a wrong method, a body too large) as a problem.
async fn in_problem_form(request: Request, next: Next) -> Response {
    /// More of its text than this tells nobody anything.
    const TEXT: usize = 4_096;
    let lang = Chinese::of(request.headers());
    let answer = next.run(request).await;
    let (status, kind) = (answer.status(), answer.headers().get(header::CONTENT_TYPE));
    // A page is for people to read, whatever its status.
    let told = |k: &HeaderValue| k == "application/problem+json" || k.as_bytes().starts_with(b"text/html");
    if status.as_u16() < 400 || kind.is_some_and(told) {
        return answer;
    }
    let allow = answer.headers().get(header::ALLOW).cloned();
    let text = axum::body::to_bytes(answer.into_body(), TEXT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let en = format!(
        "the request cannot be read: {}; /v1/openapi.json tells its form",
        if text.is_empty() { "not for this address" } else { &text }
    );
    let mut problem = Problem::new(status, "request", lang, en, format!("请求无法识别：{text}。格式见 /v1/openapi.json")).into_response();
    allow.map(|a| problem.headers_mut().insert(header::ALLOW, a));
    problem
}
