//! Messages between the books of several counties, over HTTP and on a real PostgreSQL: at least once on the wire, once in the book.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::samples::matter;
use common::*;
use quell::app::App;
use quell::identity::IdentityKey;
use quell::messages::{self, Away, peers};
use quell_book::{BookConfig, Fact, Role};
use quell_foundation::*;
use quell_store::accounts::{self, Account};
use quell_store::log::{Answer, Incoming, Sender};
use quell_store::verify;
use serde_json::{Value, json};
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const AT: &str = "2022-11-26T19:00:00+08:00";

/// A county beside others in one database, with an HTTP door of its own.
struct County {
    app: App,
    address: SocketAddr,
}

impl County {
    /// Opens a book with its root and one community, and serves it, if not later.
    async fn open(w: &World, number: i32, served: bool) -> Self {
        let config = BookConfig { book: BookId(number), root: place(&format!("50.{number}")), offset: UtcOffset::CHINA, tally_depth: 4 };
        let key = IdentityKey::fixed(&format!("county {number}"));
        let app = App::open(&w.ready, &config, "covid-2022-twenty", w.app.clock.clone(), key).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let county = Self { app, address: listener.local_addr().unwrap() };
        let (root, community) = (format!("50.{number}"), format!("50.{number}.101.001"));
        let person = |n: usize| json!({"person_listed": {"person": person(&community, n), "name": format!("居民{n}"), "sex": "female", "home": format!("{community}.c1.b1.u1.0001")}});
        county
            .say(&[
                json!({"place_listed": {"place": root, "kind": "county", "name": "县"}}),
                json!({"place_listed": {"place": community, "kind": "community", "name": "社区"}}),
                person(0),
                person(1),
            ])
            .await;
        if served {
            county.serve(listener);
        }
        county
    }
    fn serve(&self, listener: TcpListener) {
        tokio::spawn(quell::http::serve(self.app.clone(), listener, std::future::pending()));
    }
    fn book(&self) -> BookId {
        self.app.config.book
    }
    fn resident(&self, n: usize) -> PersonId {
        person(&format!("50.{}.101.001", self.book()), n)
    }
    /// Each may hand in messages at the other, which is found at this address.
    async fn knows(&self, other: &County, at: SocketAddr) {
        let token = peers::invite(&other.app, self.book(), "test").await.unwrap();
        peers::add(&self.app, other.book(), &format!("http://{at}"), token, "test").await.unwrap();
    }
    async fn say(&self, facts: &[Value]) {
        let facts: Vec<Fact> = facts.iter().map(|f| serde_json::from_value(f.clone()).unwrap_or_else(|e| panic!("{e}: {f}"))).collect();
        let sender = Sender { account: "operator".into(), scope: self.app.config.root.clone(), device: None };
        let answer = self.app.door.submit(vec![Incoming::new(fresh_submission(), sender, facts)]).await.remove(0).unwrap();
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    async fn token(&self, role: Role) -> String {
        let name = AccountId::new(format!("{role}@{}", self.book())).unwrap();
        let (book, place) = (self.book(), self.app.config.root.clone());
        let a = Account { book, account: name.clone(), role, place, password_hash: "!".into(), active: true };
        let mut c = self.app.db.connection().await.unwrap();
        let now = self.app.clock.now();
        accounts::put(&mut c, &a, "test", now).await.unwrap();
        let token = format!("{name}.{}", fresh_submission());
        accounts::put_token(&mut c, &a, Hash::of(token.as_bytes()), now, now.plus(Span::days(3))).await.unwrap();
        format!("Bearer {token}")
    }
    async fn post(&self, token: &str, facts: &[Value]) -> Reply {
        let body = submission(fresh_submission(), facts).to_string();
        call(self.address, "POST", "/v1/submissions", &[("authorization", token)], body).await
    }
    async fn get(&self, token: &str, path: &str) -> Reply {
        call(self.address, "GET", path, &[("authorization", token)], "").await
    }
    async fn messages(&self, query: &str) -> Vec<Value> {
        let token = self.token(Role::Investigator).await;
        let reply = self.get(&token, &format!("/v1/messages?{query}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["items"].as_array().unwrap().clone()
    }
    async fn count(&self, sql: &str) -> i64 {
        count(&self.app.db, &sql.replace("$book", &self.book().to_string())).await
    }
    async fn open_duties(&self, kind: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM quell.duty WHERE book_id = $book AND kind = '{kind}' AND state = 'open'")).await
    }
    /// The log says what the rows say, and the counts of the day balance.
    async fn verify(&self) {
        let c = self.app.db.connection().await.unwrap();
        let r = verify::verify(&c, &self.app.shelf, &self.app.config, &self.app.default_protocol, &[], &mut |_, _| ()).await.unwrap();
        assert!(r.findings.is_empty(), "{}: {:#?}", self.book(), r.findings);
        drop(c);
        let sum =
            "SELECT coalesce(sum(opened + reopened - discharged - waived - superseded), 0)::bigint FROM quell.tally WHERE book_id = $book";
        assert_eq!(self.count(sum).await, self.count("SELECT count(*) FROM quell.duty WHERE book_id = $book AND state = 'open'").await);
    }
}

async fn two(w: &World) -> (County, County) {
    let (a, b) = (County::open(w, 500_238, true).await, County::open(w, 500_239, true).await);
    a.knows(&b, b.address).await;
    b.knows(&a, a.address).await;
    (a, b)
}

fn message(n: u32) -> MessageId {
    MessageId(derived_uuid(&[b"message of the test", &n.to_be_bytes()]))
}
fn decision() -> Value {
    json!({"decider": "tracing team", "reason": "he told us"})
}
fn request(id: MessageId, to: BookId) -> Value {
    json!({"assistance_requested": {"message": id, "to": to, "matter": matter(), "decision": decision(), "at": AT}})
}
async fn deliver(c: &County) -> usize {
    let (arrived, away) = messages::once(&c.app).await.unwrap();
    assert!(away.is_empty(), "{away:?}");
    arrived
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_in_another_county_is_taken_over_there() {
    let w = World::empty().await;
    let (a, b) = two(&w).await;
    let tracer = a.token(Role::Investigator).await;
    let asked = a.post(&tracer, &[request(message(1), b.book())]).await;
    assert_eq!(asked.status, 201, "{asked:?}");
    assert_eq!(a.messages("box=out&state=queued").await.len(), 1);
    assert_eq!(deliver(&a).await, 1);
    assert_eq!(deliver(&a).await, 0, "it has its receipt");
    let out = a.messages("box=out&state=acknowledged").await;
    let there = b.count(&format!("SELECT seq FROM quell.submission WHERE book_id = $book AND sender = 'book-{}'", a.book())).await;
    assert_eq!((out[0]["book"].as_i64(), out[0]["receipt_seq"].as_i64()), (Some(b.book().0.into()), Some(there)));

    // There it is a duty with the asker's deadline, and all that is known is what was told.
    let came = b.messages("box=in&state=acknowledged").await;
    assert_eq!(came[0]["matter"], matter());
    assert_eq!((came[0]["due"].as_str(), came[0]["overdue"].as_bool()), (Some("2022-11-27T11:00:00Z"), Some(false)));
    let there = b.token(Role::Investigator).await;
    let items = b.get(&there, "/v1/items/open?kind=take_over").await.json();
    assert_eq!(items["items"][0]["subject"], json!(message(1)));
    let contact = fresh_submission();
    let facts = [
        json!({"contact_named": {"contact": contact, "person": b.resident(0), "category": "close", "last_exposure": "2022-11-25T08:00:00+08:00",
            "decision": decision(), "at": AT}}),
        json!({"assistance_answered": {"message": message(1), "outcome": "taken_over", "contact": contact, "decision": decision(), "at": AT}}),
    ];
    assert_eq!(b.post(&there, &facts).await.status, 201);
    assert_eq!((b.open_duties("take_over").await, a.open_duties("await_assistance").await), (0, 1));
    assert_eq!(deliver(&b).await, 1);
    assert_eq!(a.open_duties("await_assistance").await, 0);
    let done = a.messages("box=out&state=done").await;
    assert_eq!((&done[0]["outcome"], &done[0]["contact_id"]), (&json!("taken_over"), &json!(contact)));
    assert_eq!(b.messages("box=in&state=done").await.len(), 1);
    let looks = "SELECT count(*) FROM quell.audit WHERE book_id = $book AND kind = 'look' AND what = '/v1/messages'";
    assert_eq!((a.count(looks).await, b.count(looks).await), (3, 2), "every look at a message is written down");
    a.verify().await;
    b.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_took_over_comes_back_and_is_sent_on() {
    let w = World::empty().await;
    let (a, b) = two(&w).await;
    a.say(&[request(message(1), b.book())]).await;
    deliver(&a).await;
    let elsewhere = BookId(500_777);
    let answer = json!({"assistance_answered": {"message": message(1), "outcome": "not_ours", "forward_to": elsewhere, "decision": decision(), "at": AT}});
    b.say(&[answer]).await;
    deliver(&b).await;
    assert_eq!(a.messages("box=out").await[0]["forward_to"], json!(elsewhere));
    assert_eq!(a.open_duties("settle_message").await, 1);
    let mut next = request(message(2), elsewhere);
    next["assistance_requested"]["instead_of"] = json!(message(1));
    a.say(&[next]).await;
    assert_eq!(a.open_duties("settle_message").await, 0);
    // Of that one nobody has said where it is: it waits, and says why.
    let (arrived, away) = messages::once(&a.app).await.unwrap();
    assert!(arrived == 0 && matches!(away.get(&elsewhere), Some(Away::Unknown(_))), "{away:?}");
    a.app.clock.set(time("2022-11-27T19:00:01+08:00"));
    assert_eq!(a.messages("box=out&state=queued&overdue=true").await.len(), 1);
    a.verify().await;
}

/// Everything that goes to `to` passes; of the first `cut` requests the answers do not come back.
async fn swallow_answers(to: SocketAddr, cut: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (at, passed) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = passed.clone();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let n = count.fetch_add(1, Ordering::SeqCst);
            let mut far = TcpStream::connect(to).await.unwrap();
            if n >= cut {
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
                continue;
            }
            let mut buffer = vec![0; 65_536];
            let got = near.read(&mut buffer).await.unwrap();
            far.write_all(&buffer[..got]).await.unwrap();
            // The answer is there: whatever was asked is done. The sender never hears of it.
            let _ = far.read(&mut buffer).await.unwrap();
        }
    });
    (at, passed)
}

/// The line is cut, or the sender is killed, between the other book's commit and its receipt.
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_was_lost_is_asked_for_again() {
    let w = World::empty().await;
    let (a, b) = two(&w).await;
    let (at, passed) = swallow_answers(b.address, 3).await;
    a.knows(&b, at).await;
    a.say(&[request(message(1), b.book()), request(message(2), b.book())]).await;
    for n in 1..=3 {
        let (arrived, away) = messages::once(&a.app).await.unwrap();
        assert!(arrived == 0 && matches!(away.get(&b.book()), Some(Away::NoAnswer(_))), "{n}: {away:?}");
        assert_eq!(b.messages("box=in").await.len(), 2, "they are there, once");
        assert_eq!(a.messages("box=out&state=queued").await.len(), 2, "and here nobody knows");
    }
    assert_eq!(a.count("SELECT count(*) FROM quell.peer WHERE book_id = $book AND away_since IS NOT NULL").await, 1);
    // The server that died: another one on the same book, with nothing in memory.
    let key = IdentityKey::fixed(&format!("county {}", a.book()));
    let second = App::open(&w.ready, &a.app.config, "covid-2022-twenty", a.app.clock.clone(), key).await.unwrap();
    assert_eq!(messages::once(&second).await.unwrap().0, 2);
    assert_eq!(passed.load(Ordering::SeqCst), 4);
    assert_eq!(a.count("SELECT count(*) FROM quell.peer WHERE book_id = $book AND away_since IS NOT NULL").await, 0);
    assert_eq!(b.open_duties("take_over").await, 2);
    assert_eq!(b.count("SELECT count(*) FROM quell.submission WHERE book_id = $book AND sender LIKE 'book-%'").await, 2);
    a.verify().await;
    b.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_book_hands_in_its_own_messages_and_sees_nothing() {
    let w = World::empty().await;
    let (a, b) = two(&w).await;
    let token = format!("Bearer {}", peers::invite(&b.app, a.book(), "test").await.unwrap());
    let received = |from: BookId, n: u32| json!({"assistance_received": {"message": message(n), "from": from, "matter": matter(), "decision": decision(), "due": AT, "at": AT}});
    let stranger = b.post(&token, &[received(BookId(500_777), 1)]).await;
    assert_eq!((stranger.status, stranger.problem().as_str()), (403, "peer"), "in nobody else's name");
    let other = b.post(&token, &[request(message(1), a.book())]).await;
    assert_eq!((other.status, other.problem().as_str()), (403, "role"));
    for path in ["/v1/board", "/v1/events", "/v1/messages?box=in", "/v1/day", "/v1/persons?text=1"] {
        assert_eq!(b.get(&token, path).await.status, 403, "{path}");
    }
    assert_eq!(b.post(&token, &[received(a.book(), 1)]).await.status, 201);
    // Nor does the account of one book open the other, though both are in one database.
    let tracer = a.token(Role::Investigator).await;
    for (door, status) in [(&a, 200), (&b, 401)] {
        assert_eq!(door.get(&tracer, "/v1/messages?box=out").await.status, status);
    }
    // Nobody but the book itself says what has arrived.
    let commander = b.token(Role::Commander).await;
    let said = json!({"message_acknowledged": {"message": message(1), "leg": "answer", "seq": 1, "at": AT}});
    assert_eq!(b.post(&commander, &[said]).await.status, 403);
    // Once it is a peer no more it is out, with all that it still holds.
    assert!(peers::remove(&b.app, a.book(), "test").await.unwrap());
    b.app.clock.set(b.app.clock.now().plus(Span(31)));
    assert_eq!(b.post(&token, &[received(a.book(), 2)]).await.status, 401);
    assert!(!peers::remove(&b.app, a.book(), "test").await.unwrap());
    b.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_out_by_itself() {
    let w = World::empty().await;
    let (a, b) = two(&w).await;
    let task = messages::start(&a.app);
    a.say(&[request(message(1), b.book())]).await;
    let arrived = async {
        while a.messages("box=out&state=acknowledged").await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), arrived).await.expect("delivered");
    task.abort();
}

/// Twenty counties write to one another; one of them cannot be reached for a day. Nobody else waits for it, and when it is back everything
/// arrives, once.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_books_and_one_away_for_a_day() {
    const BOOKS: usize = 20;
    const AWAY: usize = 7;
    let w = World::empty().await;
    let mut counties = Vec::new();
    for n in 0..BOOKS {
        counties.push(County::open(&w, 500_300 + n as i32, n != AWAY).await);
    }
    let asks = |n: usize| [(n + 1) % BOOKS, (n + 7) % BOOKS, AWAY].into_iter().filter(move |to| *to != n);
    for (n, county) in counties.iter().enumerate() {
        for to in asks(n) {
            county.knows(&counties[to], counties[to].address).await;
            counties[to].knows(county, county.address).await;
        }
        let all: Vec<Value> = asks(n).enumerate().map(|(i, to)| request(message((n * 10 + i) as u32), counties[to].book())).collect();
        county.say(&all).await;
    }
    let all = (0..BOOKS).flat_map(asks).count();
    let to_it = (0..BOOKS).flat_map(asks).filter(|to| *to == AWAY).count();
    let inboxes = async || count(&w.app.db, "SELECT count(*) FROM quell.inbox").await as usize;
    let start = w.app.clock.now();
    for hour in (0..24).step_by(3) {
        w.app.clock.set(start.plus(Span::hours(hour)));
        for (n, county) in counties.iter().enumerate().filter(|(n, _)| *n != AWAY) {
            let (_, away) = messages::once(&county.app).await.unwrap();
            assert_eq!(away.keys().copied().collect::<Vec<_>>(), [counties[AWAY].book()], "{n} at {hour} h");
        }
        // It is cut off, and so is its own post.
        let others = all - to_it - asks(AWAY).count();
        assert_eq!(inboxes().await, others, "at {hour} h nobody else waits");
    }
    // Everyone else has answered by now, and has the answers.
    let answer_all = async |county: &County| {
        let open = county.messages("box=in&state=acknowledged").await;
        let answers: Vec<Value> = open
            .iter()
            .map(|m| json!({"assistance_answered": {"message": m["message_id"], "outcome": "done", "decision": decision(), "at": AT}}))
            .collect();
        if !answers.is_empty() {
            county.say(&answers).await;
        }
    };
    for (_, county) in counties.iter().enumerate().filter(|(n, _)| *n != AWAY) {
        answer_all(county).await;
        messages::once(&county.app).await.unwrap();
    }
    w.app.clock.set(start.plus(Span::hours(25)));
    let overdue = counties[1].messages("box=out&overdue=true").await;
    assert_eq!(overdue.len(), 1, "only what went to the county that is away: {overdue:?}");
    assert_eq!(overdue[0]["book"], json!(counties[AWAY].book()));

    counties[AWAY].serve(TcpListener::bind(counties[AWAY].address).await.unwrap());
    for _ in 0..2 {
        for county in &counties {
            deliver(county).await;
        }
        for county in &counties {
            answer_all(county).await;
            deliver(county).await;
        }
    }
    assert_eq!(inboxes().await, all);
    let applied = "SELECT count(*) FROM quell.submission WHERE sender LIKE 'book-%'";
    assert_eq!(count(&w.app.db, applied).await as usize, 2 * all, "each request and each answer once");
    for county in &counties {
        for kind in ["await_assistance", "take_over", "settle_message"] {
            assert_eq!(county.open_duties(kind).await, 0, "{kind} of {}", county.book());
        }
        county.verify().await;
    }
}

/// The commands of the README: two books of one database, each the other's peer, served by one process.
#[tokio::test(flavor = "multi_thread")]
async fn two_books_served_by_one_process() {
    let w = World::empty().await;
    let quell = |args: &[&str]| {
        let mut c = Command::new(env!("CARGO_BIN_EXE_quell"));
        c.arg("--data").arg(&w.data).args(["--database-url", w.url(), "--lang", "en"]).args(args).env("RUST_LOG", "warn").env("USER", "li");
        c.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        c
    };
    // What it prints; it must succeed. `says` goes to its standard input.
    let run = |args: &[&str], says: &str| {
        let mut child = quell(args).spawn().unwrap();
        child.stdin.take().unwrap().write_all(says.as_bytes()).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    run(&["book", "create", "500238", "50.500238"], "");
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (one, two) = (free(), free());
    for (here, there, at) in [("500237", "500238", two), ("500238", "500237", one)] {
        let token = run(&["--book", there, "peer", "invite", here], "");
        run(&["--book", here, "peer", "add", there, "--url", &format!("http://{at}")], &token);
        run(&["--book", here, "account", "put", "li", "--role", "investigator"], PASSWORD);
    }
    let refused = quell(&["--book", "500237", "account", "put", "x", "--role", "peer_book"]).output().unwrap();
    assert!(String::from_utf8(refused.stderr).unwrap().contains("quell peer invite"));

    let also = format!("500238={two}");
    let mut server = quell(&["--book", "500237", "serve", "--listen", &one.to_string(), "--also", &also]).spawn().unwrap();
    let session = async |at: SocketAddr| {
        let body = json!({"account": "li", "password": PASSWORD}).to_string();
        for _ in 0..200 {
            if TcpStream::connect(at).await.is_ok() {
                let reply = call(at, "POST", "/v1/session", &[], body.clone()).await;
                return format!("Bearer {}", reply.json()["token"].as_str().unwrap());
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{at} is not served");
    };
    let (here, there) = (session(one).await, session(two).await);
    let body = submission(fresh_submission(), &[request(message(1), BookId(500_238))]).to_string();
    assert_eq!(call(one, "POST", "/v1/submissions", &[("authorization", &here)], body).await.status, 201);
    let listed = async |at, token: &str, query: &str| {
        for _ in 0..200 {
            let reply = call(at, "GET", &format!("/v1/messages?{query}"), &[("authorization", token)], "").await.json();
            if reply["items"].as_array().is_some_and(|i| !i.is_empty()) {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        false
    };
    assert!(listed(one, &here, "box=out&state=acknowledged").await && listed(two, &there, "box=in").await);
    let peers = run(&["--book", "500237", "peer", "list"], "");
    assert!(peers.starts_with(&format!("500238\thttp://{two}\t0")), "{peers}");
    run(&["--book", "500237", "peer", "remove", "500238"], "");
    assert_eq!(run(&["--book", "500237", "peer", "list"], ""), "");
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    assert!(server.wait().unwrap().success(), "it stops in order");
    for book in ["500237", "500238"] {
        assert!(run(&["--book", book, "verify"], "").starts_with("sound: "), "{book}");
    }
}
