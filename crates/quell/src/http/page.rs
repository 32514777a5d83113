//! The page: its files are part of the program, and every address that is no route of [`super::routes`] and that a browser opens is the
//! page's own.

use crate::http::problem::{self, Chinese, Problem};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `make page` built. A development build reads the folder each time, a release build holds it.
#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Files;

/// Everything comes from this server, and nothing else may. (`wasm-unsafe-eval`: the reader of codes that older phones need.)
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// A year: the name of such a file changes with its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for each time; unchanged costs one line.
const ASK_AGAIN: &str = "no-cache";

/// What is no route: a file of the page, the page itself, or nothing.
pub async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let lang = Chinese::of(&headers);
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("v1/") || !matches!(method, Method::GET | Method::HEAD) {
        return problem::not_found(headers).await.into_response();
    }
    if let Some(file) = Files::get(path) {
        let keep = if path.starts_with("assets/") { FOR_EVER } else { ASK_AGAIN };
        return answer(&file, keep, &headers);
    }
    // An address of one of its screens; not a file that an older page asks for and that is gone.
    let opened = headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    match Files::get("index.html") {
        Some(index) if opened => answer(&index, ASK_AGAIN, &headers),
        None if opened => not_built(lang).into_response(),
        _ => problem::not_found(headers).await.into_response(),
    }
}

fn answer(file: &EmbeddedFile, keep: &'static str, asked: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().take(16).map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{hash}\"");
    let same = asked.get(header::IF_NONE_MATCH).and_then(|t| t.to_str().ok()).is_some_and(|t| t.contains(&tag));
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { file.data.clone().into_owned().into_response() };
    let set = response.headers_mut();
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    set.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    set.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    for (name, value) in [(header::ETAG, tag.as_str()), (header::CONTENT_TYPE, file.metadata.mimetype())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            set.insert(name, value);
        }
    }
    response
}

fn not_built(lang: Chinese) -> Problem {
    let en = "this program was built without its page: run `make build`; the addresses under /v1 work";
    Problem::new(StatusCode::NOT_FOUND, "no-page", lang, en, "此程序未包含网页：请运行 make build；/v1 下的接口可用")
}
