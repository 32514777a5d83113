//! The address of its own: plain HTTP on threads of its own, so that a rush at the doors takes no thread from the desk, and the desk none
//! from the doors.

use super::page::{self, Asked};
use super::{Answer, Follower, Status};
use crate::http::connections::{SILENCE, next};
use crate::http::{Chinese, Problem};
use crate::metrics::{self, Lookup};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde::Serialize;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Most connections at a time; what is beyond them waits in the kernel.
const MOST: usize = 8_192;
/// Files that this process may need besides.
const OTHER_FILES: u64 = 4_352;
/// How long answers under way have when the server is told to stop.
const GRACE: Duration = Duration::from_secs(2);
/// Seconds after which whoever came too early is told to come back.
const COME_BACK: HeaderValue = HeaderValue::from_static("5");

/// Room for connections.
#[derive(Clone)]
struct Room {
    most: usize,
    free: Arc<Semaphore>,
}

/// The threads that answer look-ups and follow the book.
pub struct Serving {
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

impl Serving {
    /// Begins to follow the book and to answer on this address.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn start(follower: Follower, status: Arc<Status>, listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let (stop, stopped) = watch::channel(false);
        let room = Room { most: most(), free: Arc::new(Semaphore::new(most())) };
        let mut serving = Self { stop, threads: Vec::new() };
        let follow = stopped.clone();
        serving.thread("status-follow".into(), move || async move { follower.run(follow).await })?;
        // The other half of the processors stays the desk's, whatever happens at the doors.
        let threads = std::thread::available_parallelism().map_or(1, |n| n.get().div_ceil(2));
        for n in 0..threads {
            let (listener, status, room, stopped) = (listener.try_clone()?, status.clone(), room.clone(), stopped.clone());
            serving.thread(format!("status-{n}"), move || accept(listener, status, room, stopped))?;
        }
        Ok(serving)
    }

    fn thread<F: Future<Output = ()>>(&mut self, name: String, work: impl FnOnce() -> F + Send + 'static) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        self.threads.push(std::thread::Builder::new().name(name).spawn(move || runtime.block_on(work()))?);
        Ok(())
    }

    /// Stops in order: answers under way are finished.
    pub async fn stop(self) {
        let _ = self.stop.send(true); // Fails only if there is no thread.
        let _ = tokio::task::spawn_blocking(|| self.threads.into_iter().for_each(|t| drop(t.join()))).await;
    }
}

fn most() -> usize {
    let files = rlimit::increase_nofile_limit(MOST as u64 + OTHER_FILES).unwrap_or(1_024);
    (files.saturating_sub(OTHER_FILES.min(files / 2)) as usize).clamp(16, MOST)
}

async fn accept(listener: std::net::TcpListener, status: Arc<Status>, room: Room, mut stop: watch::Receiver<bool>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(e) => return tracing::error!(error = %e, "status look-ups are not served"),
    };
    let graceful = GracefulShutdown::new();
    loop {
        let (place, stream) = tokio::select! {
            accepted = next(&listener, &room.free) => accepted,
            _ = stop.changed() => break,
        };
        let _ = stream.set_nodelay(true); // It is slower without, and that is all.
        let (status, room) = (status.clone(), room.clone());
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut response = answer(&status, &request);
            // When there is hardly any room left, connections go to those who come next.
            if room.free.available_permits() < room.most / 16 {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            std::future::ready(Ok::<_, Infallible>(response))
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SILENCE)
            .max_buf_size(8 * 1024)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _ = connection.await; // A connection that breaks is its sender's to make again.
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// Whether look-ups are answered, and from when.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    people: usize,
    age_seconds: Option<u64>,
    as_of_seq: Option<i64>,
}

fn answer(status: &Status, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let (lang, path) = (Chinese::of(request.headers()), request.uri().path());
    if request.method() != Method::GET {
        let (en, zh) = ("only GET is answered here", "此地址仅支持 GET");
        let mut refused = problem(&Problem::new(StatusCode::METHOD_NOT_ALLOWED, "request", lang, en, zh));
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
        return refused;
    }
    if let Some(code) = path.strip_prefix("/v1/status/") {
        let found = within(request.uri().query(), lang).and_then(|within| status.look(code, within, lang));
        metrics::looked_up(outcome(&found));
        if wants_page(request.headers()) {
            let within = within(request.uri().query(), lang).ok().flatten();
            return shown(status, &found, Asked { within, at_door: false });
        }
        return found.map_or_else(|p| problem(&p), |a| json(StatusCode::OK, "application/json", &a));
    }
    if let Some(code) = path.strip_prefix("/s/") {
        return looked_at(status, code, within(request.uri().query(), lang), false, lang);
    }
    match path {
        "/" => html(StatusCode::OK, page::start()),
        "/s" => match form(request.uri().query(), lang) {
            Ok((code, _)) if code.is_empty() => html(StatusCode::OK, page::start()),
            Ok((code, within)) => looked_at(status, &code, Ok(within), true, lang),
            Err(p) => looked_at(status, "", Err(p), true, lang),
        },
        "/healthz" => json(StatusCode::OK, "application/json", &serde_json::json!({ "alive": true })),
        "/readyz" => readiness(status),
        _ => {
            let (en, zh) = (
                "no such address; look up GET /v1/status/{code}, or open /s/{code} in a browser",
                "没有此地址，请查询 GET /v1/status/{code}，或用浏览器打开 /s/{code}",
            );
            problem(&Problem::new(StatusCode::NOT_FOUND, "no-such-route", lang, en, zh))
        }
    }
}

/// A browser was led to the address of the scanners' programs.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

/// The page of a code.
fn looked_at(status: &Status, code: &str, within: Result<Option<&str>, Problem>, at_door: bool, lang: Chinese) -> Response<Full<Bytes>> {
    let asked = Asked { within: within.as_ref().ok().copied().flatten(), at_door };
    let found = within.and_then(|w| status.look(code, w, lang));
    metrics::looked_up(outcome(&found));
    shown(status, &found, asked)
}

fn shown(status: &Status, found: &Result<Answer<'_>, Problem>, asked: Asked<'_>) -> Response<Full<Bytes>> {
    match found {
        Ok(a) => html(StatusCode::OK, page::answer(a, status.appeal(), asked)),
        Err(p) => html(code_of(p), page::refused(p, asked)),
    }
}

/// The form of the page: a code, and the hours or nothing.
fn form(query: Option<&str>, lang: Chinese) -> Result<(String, Option<&str>), Problem> {
    let (mut code, mut hours) = (String::new(), None);
    for pair in query.unwrap_or_default().split('&').filter(|p| !p.is_empty()) {
        match pair.split_once('=') {
            // Of what a form writes otherwise a code holds only spaces.
            Some(("code", c)) => code = c.replace('+', " ").replace("%20", " ").trim().to_owned(),
            Some(("within", "")) => (),
            _ => hours = within(Some(pair), lang)?,
        }
    }
    Ok((code, hours))
}

/// What is asked besides the code. A word that is not known is refused: a slip must not open a door.
fn within(query: Option<&str>, lang: Chinese) -> Result<Option<&str>, Problem> {
    match query.filter(|q| !q.is_empty()) {
        None => Ok(None),
        Some(q) => q.strip_prefix("within=").map(Some).ok_or_else(|| {
            let (en, zh) = ("only 'within' (hours) is understood after '?'", "问号之后仅支持参数 within（小时数）");
            Problem::new(StatusCode::BAD_REQUEST, "query", lang, en, zh)
        }),
    }
}

fn outcome(found: &Result<Answer<'_>, Problem>) -> Lookup {
    match found {
        Ok(a) => a.verdict.into(),
        Err(p) => match p.status {
            404 => Lookup::Unknown,
            503 => Lookup::Loading,
            _ => Lookup::Garbled,
        },
    }
}

/// Ready as long as there are answers, however old: to take a server out because its database is away would close the doors.
fn readiness(status: &Status) -> Response<Full<Bytes>> {
    let people = status.people();
    let position = people.as_ref().map(|p| p.position());
    let ready = Readiness {
        ready: people.is_some(),
        people: people.map_or(0, |p| p.table.len()),
        age_seconds: position.map(|p| p.age().as_secs()),
        as_of_seq: position.map(|p| p.seq),
    };
    json(if ready.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, "application/json", &ready)
}

fn code_of(p: &Problem) -> StatusCode {
    StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn problem(p: &Problem) -> Response<Full<Bytes>> {
    json(code_of(p), "application/problem+json", p)
}

fn html(status: StatusCode, page: String) -> Response<Full<Bytes>> {
    let mut response = answered(status, "text/html; charset=utf-8", Bytes::from(page));
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        // The code is the person's: it goes to nobody else.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn json(status: StatusCode, kind: &'static str, body: &impl Serialize) -> Response<Full<Bytes>> {
    // Text and numbers: their JSON cannot fail.
    answered(status, kind, Bytes::from(serde_json::to_vec(body).unwrap_or_default()))
}

fn answered(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Whose code was looked up is nobody's business, least of all a cache's.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, COME_BACK);
    }
    response
}
