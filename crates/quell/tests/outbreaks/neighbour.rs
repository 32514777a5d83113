//! The next county: a book of its own on the same server, which writes to ours and is written to.

use crate::common::*;
use crate::server::call;
use quell::app::App;
use quell::identity::IdentityKey;
use quell::messages::{self, peers};
use quell_book::{BookConfig, Fact};
use quell_store::accounts::{self, Account};
use quell_store::log::{Answer, Incoming};
use quell_store::verify;
use std::net::SocketAddr;
use tokio::net::TcpListener;

pub struct Neighbour {
    pub app: App,
    address: SocketAddr,
}

impl Neighbour {
    /// Its book is open and served, with a village; the two know one another.
    pub async fn open(s: &Story, number: i32) -> Self {
        let root = format!("50.{number}");
        let config = BookConfig { book: BookId(number), root: place(&root), offset: UtcOffset::CHINA, tally_depth: 4 };
        let protocol = s.w.app.protocol().await.unwrap().id().to_string();
        let app = App::open(&s.w.ready, &config, &protocol, s.w.app.clock.clone(), IdentityKey::fixed(&root)).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let n = Self { app, address: listener.local_addr().unwrap() };
        tokio::spawn(quell::http::serve(n.app.clone(), listener, std::future::pending()));
        let listed = |place: String, kind: &str| json!({"place_listed": {"place": place, "kind": kind, "name": "邻县"}});
        n.says(&[listed(root.clone(), "county"), listed(format!("{root}.101.001"), "community")]).await;
        for (a, b, at) in [(&s.w.app, &n.app, n.address), (&n.app, &s.w.app, s.w.address)] {
            let token = peers::invite(b, a.config.book, "test").await.unwrap();
            peers::add(a, b.config.book, &format!("http://{at}"), token, "test").await.unwrap();
        }
        n
    }

    /// Everything that waits on either side is delivered.
    pub async fn post(&self, s: &Story) {
        for app in [&s.w.app, &self.app] {
            let (_, away) = messages::once(app).await.unwrap();
            assert!(away.is_empty(), "{away:?}");
        }
    }

    /// Handed in by its staff.
    pub async fn says(&self, facts: &[Value]) {
        let facts: Vec<Fact> = facts.iter().map(|f| serde_json::from_value(f.clone()).unwrap_or_else(|e| panic!("{e}: {f}"))).collect();
        let answer = self.app.door.submit(vec![Incoming::new(fresh_submission(), self.app.operator(), facts)]).await.remove(0).unwrap();
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }

    pub async fn sees(&self, path: &str) -> Value {
        let name = AccountId::new("tracer").unwrap();
        let (book, root, now) = (self.app.config.book, self.app.config.root.clone(), self.app.clock.now());
        let a = Account { book, account: name.clone(), role: Role::Investigator, place: root, password_hash: "!".into(), active: true };
        let mut c = self.app.db.connection().await.unwrap();
        accounts::put(&mut c, &a, "test", now).await.unwrap();
        let token = format!("{name}.{}", fresh_submission());
        accounts::put_token(&mut c, &a, Hash::of(token.as_bytes()), now, now.plus(Span::hours(14))).await.unwrap();
        drop(c);
        let reply = call(self.address, "GET", path, &[("authorization", &format!("Bearer {token}"))], "").await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        reply.json()
    }

    pub async fn inbox(&self) -> Vec<Value> {
        self.sees("/v1/messages?box=in").await["items"].as_array().unwrap().clone()
    }

    /// The book is what its log says.
    pub async fn verify(&self) {
        let c = self.app.db.connection().await.unwrap();
        let r = verify::verify(&c, &self.app.shelf, &self.app.config, &self.app.default_protocol, &[], &mut |_, _| ()).await.unwrap();
        assert!(r.findings.is_empty(), "{:#?}", r.findings);
    }
}
