//! The address of its own: plain HTTP on threads of its own, so that a rush at the doors takes no thread from the desk, and the desk none
//! from the doors.

use super::{Answer, Follower, Status};
use crate::http::connections::{SILENCE, next};
use crate::http::{Chinese, Problem};
use crate::metrics::{self, Lookup};
use axum::http::{HeaderValue, StatusCode, header};
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
        return found.map_or_else(|p| problem(&p), |a| json(StatusCode::OK, "application/json", &a));
    }
    match path {
        "/healthz" => json(StatusCode::OK, "application/json", &serde_json::json!({ "alive": true })),
        "/readyz" => readiness(status),
        _ => {
            let (en, zh) = ("no such address; look up GET /v1/status/{code}", "没有此地址，请查询 GET /v1/status/{code}");
            problem(&Problem::new(StatusCode::NOT_FOUND, "no-such-route", lang, en, zh))
        }
    }
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

fn problem(p: &Problem) -> Response<Full<Bytes>> {
    json(StatusCode::from_u16(p.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), "application/problem+json", p)
}

fn json(status: StatusCode, kind: &'static str, body: &impl Serialize) -> Response<Full<Bytes>> {
    // Text and numbers: their JSON cannot fail.
    let mut response = Response::new(Full::new(Bytes::from(serde_json::to_vec(body).unwrap_or_default())));
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
