//! A small county behind the real HTTP door: one private PostgreSQL for all tests of a program, a database and a server each.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
#![allow(dead_code, reason = "each test program uses its part")]

pub mod samples;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use quell::app::{App, DataOptions, Ready};
use quell::auth::hash_password;
use quell::clock::Clock;
use quell::http;
use quell::identity::IdentityKey;
use quell_book::{BookConfig, Fact, Role};
use quell_foundation::*;
use quell_store::accounts::{self, Account};
use quell_store::log::{self, Answer, Incoming, Sender};
use quell_store::server::{Options, Postgres, start};
use quell_store::{Database, verify};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Weak};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

pub const BOOK: BookId = BookId(500_237);
pub const ROOT: &str = "50.500237";
/// Two townships with a community and a station each.
pub const TOWN_1: &str = "50.500237.101";
pub const TOWN_2: &str = "50.500237.102";
pub const A: &str = "50.500237.101.001";
pub const B: &str = "50.500237.102.001";
pub const STATION_A: &str = "50.500237.101.001.s1";
pub const STATION_B: &str = "50.500237.102.001.s1";
pub const LABORATORY: &str = "50.500237.lab1";
pub const HALL: &str = "50.500237.h1";
pub const NOW: &str = "2022-11-26T20:00:00+08:00";
pub const PASSWORD: &str = "wet mountain 2022";

/// Argon2 is slow on purpose: one hash for all accounts.
static PASSWORD_HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).unwrap());

/// The private PostgreSQL of this test program; stopped when the last test that uses it ends.
struct Server {
    pg: Postgres,
    home: tempfile::TempDir,
}

static SERVER: Mutex<(Weak<Server>, u32)> = Mutex::const_new((Weak::new(), 0));

pub fn temp() -> tempfile::TempDir {
    let dir = tempfile::Builder::new().prefix("quell-test-").tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

pub fn place(p: &str) -> PlaceId {
    PlaceId::new(p).unwrap()
}

pub fn time(t: &str) -> Instant {
    t.parse::<EventTime>().unwrap().at
}

/// Person n of a community.
pub fn person(community: &str, n: usize) -> PersonId {
    PersonId(derived_uuid(&[community.as_bytes(), &n.to_be_bytes()]))
}

/// An id that no other call in this process gives.
pub fn fresh_submission() -> SubmissionId {
    static N: AtomicU64 = AtomicU64::new(0);
    SubmissionId(derived_uuid(&[b"submission", &N.fetch_add(1, Ordering::Relaxed).to_be_bytes()]))
}

/// A submission as JSON.
pub fn submission(id: SubmissionId, facts: &[Value]) -> Value {
    json!({ "id": id, "facts": facts })
}

/// Places of the county and `people` persons in each of the two communities, two a household.
pub fn county(people: usize) -> Vec<Value> {
    let mut facts: Vec<Value> = [
        (ROOT, "county", "巫山县"),
        (TOWN_1, "township", "高唐街道"),
        (TOWN_2, "township", "龙门街道"),
        (A, "community", "社区甲"),
        (B, "community", "社区乙"),
        (STATION_A, "station", "甲站"),
        (STATION_B, "station", "乙站"),
        (LABORATORY, "laboratory", "县疾控"),
    ]
    .iter()
    .map(|(p, kind, name)| json!({"place_listed": {"place": p, "kind": kind, "name": name}}))
    .collect();
    facts.push(json!({"place_listed": {"place": HALL, "kind": "shelter_hospital", "name": "方舱", "wards": [{"ward": "w1", "beds": 2}]}}));
    for community in [A, B] {
        for n in 0..people {
            let (id, home) = (person(community, n), format!("{community}.c1.b1.u1.{:04}", n / 2));
            facts.push(json!({"person_listed": {"person": id, "name": format!("居民{community}{n}"), "sex": "female", "home": home}}));
        }
    }
    facts
}

/// Registrations of these persons of a community to a pooled tube.
pub fn swabs(tube: &str, community: &str, persons: std::ops::Range<usize>, at: &str) -> Vec<Value> {
    let one = |n| json!({"registered": {"tube": tube, "person": person(community, n), "station": format!("{community}.s1"), "at": at, "mode": "pooled"}});
    persons.map(one).collect()
}

/// An answer of the server.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: hyper::HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
    /// The last part of a problem's type; checks that the answer is a problem.
    pub fn problem(&self) -> String {
        assert_eq!(self.headers.get("content-type").map(|v| v.as_bytes()), Some(&b"application/problem+json"[..]), "{self:?}");
        let p = self.json();
        assert_eq!(p["status"].as_u64(), Some(u64::from(self.status)));
        p["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }
}

/// One request on a connection of its own.
pub async fn call(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request =
        hyper::Request::builder().method(method).uri(path).header("host", "localhost").header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = sender.send_request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    // A stream of events never ends: its head is the answer.
    let endless = headers.get("content-type").is_some_and(|v| v.as_bytes().starts_with(b"text/event-stream"));
    let body = if endless { Bytes::new() } else { answer.into_body().collect().await.unwrap().to_bytes() };
    Reply { status, headers, body }
}

/// A book behind its HTTP door.
pub struct World {
    pub ready: Ready,
    pub app: App,
    pub address: SocketAddr,
    pub data: std::path::PathBuf,
    // After all that uses it.
    server: Arc<Server>,
}

impl World {
    /// An empty book.
    pub async fn empty() -> Self {
        // Roles belong to the whole server: databases are made one after the other.
        let mut slot = SERVER.lock().await;
        let server = match slot.0.upgrade() {
            Some(s) => s,
            None => tokio::task::spawn_blocking(|| {
                let home = temp();
                let pg = start(&Options { data: home.path().join("pg"), ..Options::default() }).unwrap();
                Arc::new(Server { pg, home })
            })
            .await
            .unwrap(),
        };
        slot.0 = Arc::downgrade(&server);
        slot.1 += 1;
        let n = slot.1;
        let all = Database::new(&server.pg.connection_string(), 1).unwrap();
        all.connection().await.unwrap().batch_execute(&format!("CREATE DATABASE t{n}")).await.unwrap();
        let url = server.pg.connection_string().replace("dbname=quell", &format!("dbname=t{n}"));
        let data = server.home.path().join(format!("data{n}"));
        let ready = DataOptions { data: data.clone(), pg_bin: None, database_url: Some(url) }.open().await.unwrap();
        drop(slot);
        let config = BookConfig { book: BOOK, root: place(ROOT), offset: UtcOffset::CHINA, tally_depth: 4 };
        let key = IdentityKey::open(&data.join("identity.key")).unwrap();
        let app = App::open(&ready, &config, "covid-2022-twenty", Clock::by_hand(time(NOW)), key).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(http::serve(app.clone(), listener, std::future::pending()));
        Self { ready, app, address, data, server }
    }

    /// The county with some people in each community.
    pub async fn county(people: usize) -> Self {
        let w = Self::empty().await;
        w.say(&county(people)).await;
        w
    }

    /// Hands facts in past HTTP, as the operator; they must be accepted.
    pub async fn say(&self, facts: &[Value]) -> quell_book::Receipt {
        match self.try_say(facts).await {
            Answer::Accepted(r) => r,
            other => panic!("{other:?}"),
        }
    }

    pub async fn try_say(&self, facts: &[Value]) -> Answer {
        self.app.door.submit(vec![incoming(facts)]).await.remove(0).unwrap()
    }

    /// An account of a role at a place; its name.
    pub async fn account(&self, role: Role, at: &str) -> AccountId {
        let name = AccountId::new(format!("{role}@{at}")).unwrap();
        let a = Account { book: BOOK, account: name.clone(), role, place: place(at), password_hash: PASSWORD_HASH.clone(), active: true };
        accounts::put(&mut self.app.db.connection().await.unwrap(), &a, "test", self.app.clock.now()).await.unwrap();
        name
    }

    /// A header with a token of such an account, made without the slow log-in.
    pub async fn token(&self, role: Role, at: &str) -> String {
        let name = self.account(role, at).await;
        let mut c = self.app.db.connection().await.unwrap();
        let a = accounts::find(&c, BOOK, &name).await.unwrap().unwrap();
        let token = format!("{name}.{}", fresh_submission());
        let now = self.app.clock.now();
        accounts::put_token(&mut c, &a, Hash::of(token.as_bytes()), now, now.plus(Span::hours(14))).await.unwrap();
        format!("Bearer {token}")
    }

    pub async fn call(&self, method: &str, path: &str, token: &str, body: impl Into<Bytes>) -> Reply {
        call(self.address, method, path, &[("authorization", token)], body).await
    }

    pub async fn post(&self, token: &str, body: &Value) -> Reply {
        self.call("POST", "/v1/submissions", token, body.to_string()).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.call("GET", path, token, "").await
    }

    /// A form as a browser sends it; the status.
    pub async fn form(&self, path: &str, form: &str) -> u16 {
        let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = hyper::Request::post(path).header("host", "x").header("content-type", "application/x-www-form-urlencoded");
        sender.send_request(request.body(Full::new(Bytes::from(form.to_owned()))).unwrap()).await.unwrap().status().as_u16()
    }

    /// One number from the database.
    pub async fn count(&self, sql: &str) -> i64 {
        count(&self.app.db, sql).await
    }

    pub async fn seq(&self) -> i64 {
        log::head(&self.app.db.connection().await.unwrap(), BOOK, false).await.unwrap().seq
    }

    pub fn url(&self) -> &str {
        self.app.db.url()
    }

    /// Replays the log: every row and counter must be what it says.
    pub async fn verify(&self) {
        let c = self.app.db.connection().await.unwrap();
        let r = verify::verify(&c, &self.app.shelf, &self.app.config, &self.app.default_protocol, &[], &mut |_, _| ()).await.unwrap();
        assert!(r.findings.is_empty(), "{:#?}", r.findings);
    }
}

/// Facts as the operator hands them in.
pub fn incoming(facts: &[Value]) -> Incoming {
    let facts: Vec<Fact> = facts.iter().map(|f| serde_json::from_value(f.clone()).unwrap_or_else(|e| panic!("{e}: {f}"))).collect();
    let id = fresh_submission();
    Incoming::new(id, Sender { account: "operator".into(), scope: place(ROOT), device: None }, facts)
}

/// What the receipt of a submission without identity numbers must have.
pub fn content_hash(submission: &str) -> Hash {
    let s: quell_book::Submission = serde_json::from_str(submission).unwrap();
    Hash::of(&serde_json::to_vec(&s.facts).unwrap())
}

pub async fn count(db: &Database, sql: &str) -> i64 {
    db.connection().await.unwrap().query_one(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e:?}")).get(0)
}
