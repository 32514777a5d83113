//! What the stories have in common: staff who hand in and look, commands, days that are closed, and the end that every outbreak has.

pub use crate::server::{BOOK, World, fresh_submission, place, submission, time};
pub use quell_book::Role;
pub use quell_foundation::*;
pub use serde_json::{Value, json};

use quell::expiry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

pub const COUNTY: &str = "50.500237";
pub const COMMUNITY: &str = "50.500237.101.001";
pub const HOSPITAL: &str = "50.500237.h9";
pub const LABORATORY: &str = "50.500237.lab1";

/// An id by a word of the story.
pub fn id(word: &str) -> String {
    derived_uuid(&[b"outbreak", word.as_bytes()]).to_string()
}

pub fn text(v: &Value) -> &str {
    v.as_str().unwrap_or_else(|| panic!("no text: {v}"))
}

/// A book in the days of an outbreak.
pub struct Story {
    pub w: World,
    day: Day,
    /// A token a role, and until when it is used.
    tokens: Mutex<BTreeMap<Role, (String, Instant)>>,
}

impl Story {
    /// An empty book under a protocol, adopted by command as anyone would, with these places.
    pub async fn begin(protocol: &str, places: &str) -> Self {
        let s = Self { w: World::empty().await, day: time(crate::server::NOW).day(UtcOffset::CHINA), tokens: Mutex::default() };
        s.run(&["protocol", "adopt", protocol, "--decider", "county headquarters"]);
        s.run(&["import", "places", &s.file("places.csv", places)]);
        s
    }

    /// A moment of the open day.
    pub fn at(&self, hour: &str) -> String {
        format!("{}T{hour}:00+08:00", self.day)
    }

    /// The day that is n days from the open one.
    pub fn day(&self, n: i32) -> Day {
        self.day.plus(n)
    }

    /// The end of the open day.
    pub fn tonight(&self) -> Instant {
        self.day.plus(1).start(UtcOffset::CHINA)
    }

    /// It is that hour of the open day.
    pub fn hour(&self, hour: &str) -> String {
        let at = self.at(hour);
        self.w.app.clock.set(time(&at));
        at
    }

    /// A header for someone of a role.
    pub async fn token(&self, role: Role) -> String {
        let now = self.w.app.clock.now();
        let known = self.tokens.lock().unwrap().get(&role).filter(|t| t.1 > now).map(|t| t.0.clone());
        match known {
            Some(token) => token,
            None => {
                let token = self.w.token(role, COUNTY).await;
                self.tokens.lock().unwrap().insert(role, (token.clone(), now.plus(Span::hours(13))));
                token
            }
        }
    }

    /// Facts handed in by someone of a role; they must be taken.
    pub async fn says(&self, role: Role, facts: &[Value]) {
        let reply = self.w.post(&self.token(role).await, &submission(fresh_submission(), facts)).await;
        assert_eq!(reply.status, 201, "{role}: {} {:?}", reply.json(), facts.first());
    }

    /// Facts that must be refused; by which rule.
    pub async fn refused(&self, role: Role, facts: &[Value]) -> String {
        let reply = self.w.post(&self.token(role).await, &submission(fresh_submission(), facts)).await;
        assert_eq!(reply.status, 422, "{role}: {reply:?} {:?}", facts.first());
        text(&reply.json()["refusal"]["rule"]).to_owned()
    }

    pub async fn sees(&self, role: Role, path: &str) -> Value {
        let reply = self.w.get(path, &self.token(role).await).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        reply.json()
    }

    /// The items of a list, which must fit on one page.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let found = self.sees(Role::Investigator, path).await;
        assert_eq!(found["next"], Value::Null, "{path}");
        found["items"].as_array().unwrap_or_else(|| panic!("{path}: {found}")).clone()
    }

    /// Open duties of a kind, by the name of the person, with when they are due.
    pub async fn owed(&self, kind: &str) -> BTreeMap<String, String> {
        let items = self.list(&format!("/v1/items/open?kind={kind}&limit=1000")).await;
        items.iter().map(|i| (i["name"].as_str().unwrap_or(text(&i["subject"])).to_owned(), local(&i["due"]))).collect()
    }

    /// How many duties of each kind are open.
    pub async fn open(&self) -> BTreeMap<String, i64> {
        let sheet = self.sees(Role::Commander, "/v1/day").await["sheet"].clone();
        let mut open = BTreeMap::new();
        for l in sheet["lines"].as_array().unwrap().iter().filter(|l| l["carried_out"] != 0) {
            *open.entry(text(&l["kind"]).to_owned()).or_default() += l["carried_out"].as_i64().unwrap();
        }
        open
    }

    /// The evening: what has come to its end ends, what is overdue gets an owner and a reason, and only these; the day is closed.
    /// Then it is eight in the morning of the next one.
    pub async fn evening(&mut self, owned: &[(&str, &str, &str)]) {
        self.hour("23:00");
        for (kind, owner, reason) in owned {
            let fact = json!({"overdue_owned": {"kind": kind, "place": COUNTY, "owner": owner, "reason": reason}});
            self.says(Role::Commander, &[fact]).await;
        }
        let day = self.sees(Role::Commander, "/v1/day").await;
        assert_eq!(day["blocked"], json!([]), "{}: {}", self.day, day["sheet"]);
        let mut kinds: Vec<&str> =
            day["sheet"]["lines"].as_array().unwrap().iter().filter(|l| l["overdue"] != 0).map(|l| text(&l["kind"])).collect();
        kinds.dedup();
        assert!(
            kinds.iter().all(|k| owned.iter().any(|o| o.0 == *k)) && owned.iter().all(|o| kinds.contains(&o.0)),
            "{}: {kinds:?}",
            self.day
        );
        self.says(Role::Commander, &[json!({"day_closed": {"day": self.day, "decider": "county headquarters"}})]).await;
        self.day = self.day.plus(1);
        self.hour("00:30");
        expiry::once(&self.w.app).await.unwrap();
        self.hour("08:00");
    }

    /// Of someone: the page that staff see.
    pub async fn page(&self, person: &str) -> Value {
        self.sees(Role::Investigator, &format!("/v1/persons/{person}")).await
    }

    /// The id of the one person of this name.
    pub async fn person(&self, name: &str) -> String {
        let c = self.w.app.db.connection().await.unwrap();
        let rows = c.query("SELECT person_id::text FROM quell.person WHERE book_id = $1 AND name = $2", &[&BOOK.0, &name]).await.unwrap();
        assert_eq!(rows.len(), 1, "{name}");
        rows[0].get(0)
    }

    /// A file in the data directory; its path.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.w.data.join(name)
    }

    /// A command, at the time of the story.
    pub fn command(&self, words: &[&str]) -> Output {
        self.w.app.clock.keep(&self.w.data).unwrap();
        let mut c = Command::new(env!("CARGO_BIN_EXE_quell"));
        c.arg("--data")
            .arg(&self.w.data)
            .args(["--book", &BOOK.to_string(), "--database-url", self.w.url()])
            .args(words)
            .env("RUST_LOG", "warn")
            .output()
            .unwrap()
    }

    /// A command that must succeed; what it prints.
    pub fn run(&self, words: &[&str]) -> String {
        let out = self.command(words);
        assert!(out.status.success(), "{words:?}: {} {}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// The same with an answer for machines.
    pub fn ask(&self, words: &[&str]) -> Value {
        let text = self.run(&[&["--json"], words].concat());
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{words:?}: {e}: {text}"))
    }

    /// A paper; how many pages.
    pub fn print(&self, words: &[&str]) -> u64 {
        let out = self.path(&format!("{}.pdf", words[0]));
        let said = self.ask(&[&["print"], words, &["--out", out.to_str().unwrap()]].concat());
        assert_eq!(&std::fs::read(&out).unwrap()[..5], b"%PDF-");
        said["pages"].as_u64().unwrap()
    }

    /// A single swab, taken now, and its way to the laboratory; the result comes with its report.
    pub async fn swabbed(&self, tube: &str, person: &str) {
        let at = self.w.app.clock.now().at_offset(UtcOffset::CHINA);
        let registered = json!({"registered": {"tube": tube, "person": person, "station": HOSPITAL, "at": at, "mode": "single"}});
        self.says(Role::Sampler, &[registered, json!({"tube_sealed": {"tube": tube, "at": at}})]).await;
        self.says(Role::Laboratory, &[json!({"received": {"laboratory": LABORATORY, "tubes": [tube], "condition": "adequate", "at": at}})])
            .await;
    }

    /// The laboratory's table of results comes in by command.
    pub fn reported(&self, tube: &str, result: &str) {
        let at = self.w.app.clock.now().at_offset(UtcOffset::CHINA);
        let file = self.file(&format!("{tube}.csv"), &format!("报告编号,采样管编号,检出时间,检测结果\nR-{tube},{tube},{at},{result}\n"));
        assert_eq!(self.ask(&["import", "results", &file])["accepted"], 1);
    }

    /// The staff do what is owed by tonight: everyone but these is seen, observed, sampled (with a negative result at once). How many that were.
    pub async fn daily(&self, hour: &str, except: &[&str]) -> usize {
        static TUBES: AtomicU32 = AtomicU32::new(0);
        let (at, tonight) = (self.hour(hour), self.tonight());
        let (mut care, mut swabs, mut tubes, mut results, mut people) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), BTreeSet::new());
        let open = self.open().await;
        for kind in ["follow_up", "observe", "contact_test", "exit_test", "monitoring_test", "symptom_test"]
            .into_iter()
            .filter(|k| open.contains_key(*k))
        {
            for item in self.list(&format!("/v1/items/open?kind={kind}&limit=1000")).await {
                let (person, name) = (text(&item["person_id"]), text(&item["name"]));
                if time(text(&item["due"])) > tonight
                    || except.contains(&name)
                    || !people.insert((kind.ends_with("test"), person.to_owned()))
                {
                    continue;
                }
                match kind {
                    "follow_up" => care.push(json!({"followed_up": {"person": person, "outcome": "seen_ok", "by": "第一组", "at": at}})),
                    "observe" => care.push(json!({"observed": {"person": person, "temperature": 36.6, "at": at}})),
                    _ => {
                        let tube = format!("D{}", TUBES.fetch_add(1, Ordering::Relaxed));
                        swabs
                            .push(json!({"registered": {"tube": tube, "person": person, "station": HOSPITAL, "at": at, "mode": "single"}}));
                        swabs.push(json!({"tube_sealed": {"tube": tube, "at": at}}));
                        results.push(json!({"result_read": {"tube": tube, "at": at, "result": "negative"}}));
                        tubes.push(tube);
                    }
                }
            }
        }
        let done = care.len() + tubes.len();
        if !care.is_empty() {
            self.says(Role::CommunityWorker, &care).await;
        }
        if !tubes.is_empty() {
            self.says(Role::Sampler, &swabs).await;
            results.insert(0, json!({"received": {"laboratory": LABORATORY, "tubes": tubes, "condition": "adequate", "at": at}}));
            self.says(Role::Laboratory, &results).await;
        }
        done
    }

    /// From here to a place: asked for, a vehicle, the way, a bed.
    pub async fn brought(&self, person: &str, word: &str, facility: &str, ward: &str, bed: u32) {
        let (at, t) = (self.w.app.clock.now().at_offset(UtcOffset::CHINA), id(&format!("transfer {word}")));
        self.says(
            Role::Dispatcher,
            &[
                json!({"transfer_requested": {"transfer": t, "person": person, "at": at}}),
                json!({"vehicle_assigned": {"transfer": t, "vehicle": "渝F120", "facility": facility, "at": at}}),
                json!({"picked_up": {"transfer": t, "at": at}}),
                json!({"arrived": {"transfer": t, "at": at}}),
            ],
        )
        .await;
        let stay = id(&format!("stay {word}"));
        self.says(
            Role::Ward,
            &[json!({"admitted": {"stay": stay, "person": person, "facility": facility, "ward": ward, "bed": bed, "at": at}})],
        )
        .await;
    }

    /// It is over: nobody is restricted or under management, nothing is owed, the book is what its log says.
    pub async fn is_over(&self) {
        assert_eq!(self.open().await, BTreeMap::new());
        assert_eq!(self.list("/v1/contacts").await, Vec::<Value>::new());
        assert_eq!(self.list("/v1/orders?in_force=true").await, Vec::<Value>::new());
        assert_eq!(self.list("/v1/leads").await, Vec::<Value>::new());
        let standing = "SELECT count(*) FROM quell.person WHERE standing NOT IN ('at_home', 'absent', 'dead')";
        assert_eq!(self.w.count(standing).await, 0, "nobody is still isolated, monitored or in a bed");
        assert_eq!(self.w.count("SELECT count(*) FROM quell.\"case\" WHERE state = 'active'").await, 0, "no case goes on");
        assert!(self.run(&["verify"]).starts_with("sound: "));
    }
}

/// A time as the people of the county read it.
pub fn local(v: &Value) -> String {
    let at = text(v).parse::<EventTime>().unwrap().at.at_offset(UtcOffset::CHINA);
    at[..16].replace('T', " ")
}

pub fn decision(reason: &str) -> Value {
    json!({"decider": "Dr Li", "reason": reason})
}

/// What is at a path of each of these.
pub fn each<'a>(items: &'a [Value], field: &str) -> Vec<&'a str> {
    items.iter().map(|i| text(&i[field])).collect()
}
