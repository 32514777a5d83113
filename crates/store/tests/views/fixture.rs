//! A small book whose every number can be counted by hand: three communities, 60 people, seven tubes, one case.

use quell_book::{BookConfig, Fact};
use quell_foundation::*;
use quell_store::batch::Writer;
use quell_store::log::{Answer, Incoming, Sender};
use quell_store::server::{Options, Postgres, start};
use quell_store::{Database, Scope, schema};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

pub const ROOT: &str = "50.500237";
pub const A: &str = "50.500237.101.001";
pub const B: &str = "50.500237.101.002";
pub const C: &str = "50.500237.102.001";
pub const BOOK: BookId = BookId(500237);

pub fn place(p: &str) -> PlaceId {
    PlaceId::new(p).unwrap()
}

/// A time of 26 November 2022, in China.
pub fn at(hm: &str) -> Instant {
    format!("2022-11-26T{hm}:00+08:00").parse().unwrap()
}

/// Person n of a community.
pub fn id_of(community: &str, n: u32) -> PersonId {
    PersonId(derived_uuid(&[community.as_bytes(), &n.to_be_bytes()]))
}

pub struct Fixture {
    pub db: Database,
    writer: Writer,
    count: std::cell::Cell<u32>,
    _server: Arc<Server>,
}

/// One server for all tests that run at the same time; each has a database of its own.
struct Server {
    // Stopped when dropped, before its directory goes.
    pg: Postgres,
    _home: tempfile::TempDir,
}

static SERVER: Mutex<(Weak<Server>, u32)> = Mutex::new((Weak::new(), 0));

impl Server {
    /// The running server, or a new one; and the number of the next database.
    fn shared(slot: &mut (Weak<Server>, u32)) -> (Arc<Server>, u32) {
        let server = slot.0.upgrade().unwrap_or_else(|| {
            let home = tempfile::Builder::new().prefix("quell-views-").tempdir().unwrap();
            std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
            // What is read is tested here, not what survives a crash.
            let settings = vec![("fsync".into(), "off".into())];
            let pg = start(&Options { data: home.path().into(), settings, ..Options::default() }).unwrap();
            Arc::new(Server { pg, _home: home })
        });
        slot.0 = Arc::downgrade(&server);
        slot.1 += 1;
        (server, slot.1)
    }
}

/// Runs a test on a runtime of its own.
pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

impl Fixture {
    /// A server with an empty book.
    #[allow(clippy::await_holding_lock, reason = "every test has a thread and a runtime of its own")]
    pub async fn empty() -> Self {
        // Roles belong to the whole server, so that databases are made one after the other.
        let mut slot = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        let (server, n) = Server::shared(&mut slot);
        let maintenance = Database::new(&server.pg.connection_string(), 1).unwrap();
        maintenance.connection().await.unwrap().batch_execute(&format!("CREATE DATABASE t{n}")).await.unwrap();
        let db = Database::new(&server.pg.connection_string().replace("dbname=quell", &format!("dbname=t{n}")), 4).unwrap();
        let config = BookConfig { book: BOOK, root: place(ROOT), offset: UtcOffset::CHINA, tally_depth: 4 };
        let mut c = db.connection().await.unwrap();
        schema::migrate(&mut c).await.unwrap();
        schema::open_book(&c, &config, at("08:00")).await.unwrap();
        drop(slot);
        let id = ProtocolId::new("covid-2022-twenty").unwrap();
        let protocol = quell_protocol::load(id.as_str(), quell_protocol::builtin(&id).unwrap()).unwrap();
        let writer = Writer::new(&db, Arc::default(), config, Arc::new(protocol)).unwrap();
        Self { db, writer, count: Default::default(), _server: server }
    }

    /// Hands in facts, written as JSON, as one submission recorded at a time.
    pub async fn push(&self, now: &str, facts: serde_json::Value) {
        let facts: Vec<Fact> = serde_json::from_value(facts).unwrap();
        self.count.set(self.count.get() + 1);
        let id = SubmissionId(derived_uuid(&[&self.count.get().to_be_bytes()]));
        let sender = Sender { account: "desk".into(), scope: place(ROOT), device: None };
        let batch = Arc::new(vec![Incoming::new(id, sender, facts)]);
        let (answers, _) = self.writer.decide_and_write(at(now), batch).await.unwrap();
        assert!(matches!(answers[0], Answer::Accepted(_)), "{:?}", answers[0]);
    }

    pub fn scope(&self, p: &str) -> Scope {
        Scope { book: BOOK, place: place(p) }
    }

    /// The whole story up to 18:00.
    pub async fn lived() -> Self {
        let f = Self::empty().await;
        f.people().await;
        f.sampling().await;
        f.testing().await;
        f.care().await;
        f
    }

    async fn people(&self) {
        let mut facts = vec![];
        for (p, kind, name) in [
            (ROOT, "county", "County"),
            ("50.500237.101", "township", "First township"),
            ("50.500237.102", "township", "Second township"),
            (A, "community", "Community A"),
            (B, "community", "Community B"),
            (C, "community", "Community C"),
            ("50.500237.101.001.s1", "station", "Station A"),
            ("50.500237.101.002.s1", "station", "Station B"),
            ("50.500237.lab1", "laboratory", "Laboratory"),
        ] {
            facts.push(serde_json::json!({"place_listed": {"place": p, "kind": kind, "name": name}}));
        }
        facts.push(serde_json::json!({"place_listed": {"place": "50.500237.h1", "kind": "shelter_hospital", "name": "Hall",
            "wards": [{"ward": "W1", "beds": 2}, {"ward": "W2", "beds": 1}]}}));
        for (community, letter, n) in [(A, "a", 30), (B, "b", 20), (C, "c", 10)] {
            for i in 0..n {
                let hash = Hash::of(format!("{letter}{i}").as_bytes());
                facts.push(serde_json::json!({"person_listed": {"person": id_of(community, i), "name": format!("{letter}{i:02}"),
                    "sex": "female", "home": format!("{community}.h{}", i / 2), "phone": format!("138{n:04}{:04}", 1000 + i),
                    "identity": {"hash": hash, "masked": format!("500237********{:04}", 1000 + i)}}}));
            }
        }
        self.push("07:00", facts.into()).await;
        self.push(
            "07:30",
            serde_json::json!([{"person_absent": {"person": id_of(A, 29), "destination": "Wanzhou", "at": "2022-11-26T07:00:00+08:00"}}]),
        )
        .await;
    }

    fn swabs(tube: &str, community: &str, persons: std::ops::Range<u32>, hm: &str) -> Vec<serde_json::Value> {
        persons
            .map(|i| {
                serde_json::json!({"registered": {"tube": tube, "person": id_of(community, i), "station": format!("{community}.s1"),
                    "at": at(hm), "round": "R1", "mode": "pooled"}})
            })
            .collect()
    }

    async fn sampling(&self) {
        self.push("08:00", serde_json::json!([{"round_opened": {"round": "R1", "name": "Round 1", "scope": [ROOT], "at": at("08:00")}}]))
            .await;
        let waived =
            serde_json::json!({"roster_waived": {"round": "R1", "person": id_of(B, 19), "reason": "bedridden", "decider": "post"}});
        self.push("08:05", serde_json::json!([waived])).await;
        for (tube, community, persons, hm) in [
            ("A1", A, 0..10, "08:10"),
            ("A2", A, 10..20, "08:30"),
            ("A3", A, 20..25, "08:50"),
            ("B1", B, 0..10, "09:00"),
            ("B2", B, 10..13, "09:10"),
        ] {
            self.push(hm, Self::swabs(tube, community, persons, hm).into()).await;
        }
        for (tube, hm) in [("A1", "08:20"), ("A2", "08:40"), ("B1", "09:40")] {
            self.push(hm, serde_json::json!([{"tube_sealed": {"tube": tube, "at": at(hm)}}])).await;
        }
        self.push("09:20", serde_json::json!([{"tube_spoilt": {"tube": "B2", "reason": "broken", "at": at("09:20")}}])).await;
        self.push(
            "09:45",
            serde_json::json!([
                {"box_packed": {"box": "X1", "tubes": ["A1", "A2"], "at": at("08:55")}},
                {"handed_over": {"box": "X1", "from": "station A", "to": "courier 1", "at": at("09:00"), "temperature": 4.0}},
            ]),
        )
        .await;
        self.push(
            "10:00",
            serde_json::json!([{"handed_over": {"tube": "B1", "from": "station B", "to": "courier 2", "at": at("10:00")}},
            {"received": {"laboratory": "50.500237.lab1", "box": "X1", "condition": "adequate", "at": at("10:00")}}]),
        )
        .await;
        let voided = serde_json::json!({"tube": "A2", "person": id_of(A, 19), "reason": "wrong person", "at": at("11:00")});
        self.push("11:00", serde_json::json!([{"registration_voided": voided}])).await;
    }

    async fn testing(&self) {
        let plate = |p: &str, hm: &str| {
            serde_json::json!({"plate_read": {"plate": p, "laboratory": "50.500237.lab1", "at": at(hm), "positive_control_ok": true,
                "negative_control_ok": true}})
        };
        self.push(
            "12:05",
            serde_json::json!([
                plate("P1", "12:00"),
                {"result_read": {"tube": "A1", "plate": "P1", "at": at("12:00"), "result": "positive", "targets": [{"target": "N", "ct": 20.0}]}},
                {"result_read": {"tube": "A2", "plate": "P1", "at": at("12:05"), "result": "negative"}},
            ]),
        )
        .await;
        for (tube, i) in [("S0", 0), ("S1", 1)] {
            self.push(
                "13:30",
                serde_json::json!([
                    {"registered": {"tube": tube, "person": id_of(A, i), "station": format!("{A}.s1"), "at": at("13:00"), "mode": "single"}},
                    {"tube_sealed": {"tube": tube, "at": at("13:05")}},
                    {"received": {"laboratory": "50.500237.lab1", "tubes": [tube], "condition": "adequate", "at": at("13:30")}},
                ]),
            )
            .await;
        }
        self.push(
            "15:00",
            serde_json::json!([
                plate("P2", "15:00"),
                {"result_read": {"tube": "S0", "plate": "P2", "at": at("15:00"), "result": "positive", "targets": [{"target": "N", "ct": 21.0}]}},
                {"result_read": {"tube": "S1", "plate": "P2", "at": at("15:00"), "result": "negative"}},
            ]),
        )
        .await;
    }

    /// The case's id, from the book itself.
    pub async fn case(&self) -> CaseId {
        let c = self.db.connection().await.unwrap();
        CaseId(c.query_one("SELECT case_id FROM quell.\"case\" WHERE book_id = $1", &[&BOOK.0]).await.unwrap().get(0))
    }

    async fn care(&self) {
        let case = self.case().await;
        let transfer = derived_uuid(&[b"transfer"]);
        self.push("15:30", serde_json::json!([{"report_filed": {"case": case, "receipt": "N1", "at": at("15:30")}}])).await;
        self.push(
            "16:40",
            serde_json::json!([
                {"transfer_requested": {"transfer": transfer, "person": id_of(A, 0), "at": at("15:40")}},
                {"vehicle_assigned": {"transfer": transfer, "vehicle": "V1", "facility": "50.500237.h1", "at": at("15:45")}},
                {"picked_up": {"transfer": transfer, "at": at("16:00")}},
                {"arrived": {"transfer": transfer, "at": at("16:30")}},
                {"admitted": {"stay": derived_uuid(&[b"stay"]), "person": id_of(A, 0), "facility": "50.500237.h1", "ward": "W1", "bed": 2,
                    "at": at("16:40")}},
                {"observed": {"person": id_of(A, 0), "at": at("16:40"), "temperature": 36.8, "oxygen": 98}},
            ]),
        )
        .await;
        self.push(
            "17:00",
            serde_json::json!([
                {"contact_named": {"contact": derived_uuid(&[b"contact"]), "person": id_of(A, 2), "case": case, "category": "close",
                    "last_exposure": at("08:10"), "decision": {"decider": "investigator", "reason": "same table"}, "at": at("16:00")}},
                {"zone_designated": {"place": format!("{A}.h0"), "level": "high", "reason": "home of a case", "decider": "post", "at": at("16:00")}},
                {"overdue_owned": {"kind": "recall", "place": A, "owner": "station A", "reason": "not at home"}},
            ]),
        )
        .await;
        let c = self.db.connection().await.unwrap();
        let sql = "SELECT duty_id FROM quell.duty WHERE book_id = $1 AND kind = 'recall' AND person_id = $2 AND state = 'open'";
        let duty: uuid::Uuid = c.query_one(sql, &[&BOOK.0, &id_of(A, 3).0]).await.unwrap().get(0);
        drop(c);
        self.push(
            "17:30",
            serde_json::json!([{"duty_waived": {"duty": duty, "decision": {"decider": "post", "reason": "left the county"}}}]),
        )
        .await;
    }
}
