//! The work of investigators on a large book: 45,000 cases, 85,000 contacts and a million follow-ups, handed in at the door under the
//! protocol of Ebola; then lists over HTTP, files in and out, a change of many cases at once, each beside PostgreSQL alone doing the same
//! rows in the same run.

use bytes::Bytes;
use clap::Parser;
use quell::export::{self, Format, List, Wanted};
use quell::import::FileOptions;
use quell::import::records::{self, RecordFile, RecordKind, RecordsOptions, Refused};
use quell::import::report::Effect;
use quell::viewer::Viewer;
use quell_bench::*;
use quell_book::{Fact, Role, Sex};
use quell_foundation::*;
use quell_rehearse::Resident;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant as Stopwatch;

/// How fast cases and contacts are worked with.
#[derive(Parser)]
struct Options {
    /// People in the book.
    #[arg(long, default_value_t = 300_000)]
    people: u32,
    /// Cases.
    #[arg(long, default_value_t = 45_000)]
    cases: u64,
    /// Contacts.
    #[arg(long, default_value_t = 85_000)]
    contacts: u64,
    /// Follow-ups of them.
    #[arg(long, default_value_t = 1_000_000)]
    follow_ups: u64,
    /// Rows of the long import, of the export and of the schedules.
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// Calls of each list.
    #[arg(long, default_value_t = 200)]
    calls: u32,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
    /// Programs of an installed PostgreSQL, instead of the embedded one.
    #[arg(long)]
    pg_bin: Option<PathBuf>,
}

/// Follow-up of Ebola contacts lasts three weeks.
const WATCHED: i64 = 21;
/// The epidemic so far, in days: most contacts are over.
const DAYS: u64 = 90;
/// Rows that a district sends in one file.
const FILE: u64 = 230;
/// Cases that are changed at once.
const CHANGED: u64 = 300;

fn id(what: &str, n: u64) -> uuid::Uuid {
    derived_uuid(&[what.as_bytes(), &n.to_be_bytes()])
}

/// A book and what is put into it.
struct Load<'a> {
    city: &'a City,
    o: &'a Options,
    now: Instant,
    others: Vec<Resident>,
}

impl Load<'_> {
    fn when(&self, seconds_ago: i64) -> EventTime {
        EventTime::exact(self.now.plus(Span(-seconds_ago)), UtcOffset::CHINA)
    }

    /// The n-th person of a walk through everyone that visits nobody twice: households are spread over it.
    fn resident(&self, n: u64) -> &Resident {
        let all = &self.city.county.residents;
        // A step that divides no city of these sizes.
        &all[(n * 7_919 % all.len() as u64) as usize]
    }

    fn fact(&self, kind: &str, body: Value) -> Result<Fact, Error> {
        Ok(serde_json::from_value(json!({ kind: body }))?)
    }

    fn case(&self, n: u64) -> Result<Vec<Fact>, Error> {
        let ago = (lot("case day", n, DAYS * 86_400) + 86_400) as i64;
        let over = ago > WATCHED * 86_400;
        let ended = over.then(|| json!({ "state": "recovered", "at": self.when(ago - 20 * 86_400) }));
        let listed = json!({ "case": id("case", n), "person": self.resident(n).id, "classification": "confirmed", "number": number(n),
            "onset": self.when(ago + 3 * 86_400), "at": self.when(ago), "ended": ended });
        Ok(vec![self.fact("case_listed", listed)?])
    }

    /// When the n-th contact met the case last, in seconds ago.
    fn met(&self, n: u64) -> i64 {
        (lot("contact day", n, DAYS * 86_400) + 3_600) as i64
    }

    fn contact(&self, n: u64) -> Result<Fact, Error> {
        let met = self.met(n);
        let end = met - (WATCHED + 1) * 86_400;
        let ended = (end > 0).then(|| json!({ "state": "released", "at": self.when(end) }));
        self.contact_named(id("contact", n), self.o.cases + n, (n, met), ended)
    }

    fn contact_named(&self, contact: uuid::Uuid, person: u64, (case, met): (u64, i64), ended: Option<Value>) -> Result<Fact, Error> {
        let body = json!({ "contact": contact, "person": self.resident(person).id, "case": id("case", case % self.o.cases),
            "category": "close", "last_exposure": self.when(met), "context": "household", "relation": "family", "certainty": "high",
            "decision": { "decider": "tracer", "reason": "cared for the patient" }, "ended": ended, "at": self.when(met - 1_800) });
        self.fact("contact_named", body)
    }

    fn follow_ups(&self, n: u64) -> Result<Vec<Fact>, Error> {
        let each = self.o.follow_ups.div_ceil(self.o.contacts) as i64;
        let met = self.met(n);
        let fact = |day: i64| {
            let outcome = if lot("missed", n * 32 + day as u64, 12) == 0 { "missed" } else { "seen_ok" };
            let body = json!({ "person": self.resident(self.o.cases + n).id, "contact": id("contact", n), "at": self.when(met - day * 86_400),
                "outcome": outcome, "temperature": 36.5, "by": format!("team {}", n % 40) });
            self.fact("followed_up", body)
        };
        (1..=each).filter(|day| met > day * 86_400).map(fact).collect()
    }

    /// A file of contacts as Go.Data exports it: seven of ten are listed already, one of those with a slip; the rest are new.
    fn file(&self, first: u64, rows: u64) -> Result<String, Error> {
        let mut text = "Contact ID,Relationship Case ID,First name,Last name,Gender,Date of birth,Addresses Phone number [1],\
            Addresses Location ID [1],Type,Relationship Date of first contact,Date of last contact,Date of reporting,\
            Relationship Context of exposure,Relationship Certainty level,Relationship Exposure type\n"
            .to_owned();
        for n in first..first + rows {
            let listed = self.resident(self.o.cases + self.o.contacts + n);
            let who = if n % 10 < 7 { listed } else { &self.others[n as usize % self.others.len()] };
            let slip = n % 10 == 6;
            let born = if slip { who.born.plus(-10) } else { who.born };
            let phone = if slip { "" } else { who.phone.as_deref().unwrap_or("") };
            let sex = if who.sex == Sex::Male { "MALE" } else { "FEMALE" };
            let day = self.now.plus(Span::days(-((n % 20) as i64) - 1)).day(UtcOffset::CHINA);
            writeln!(
                text,
                "CO-{n:07},{},{},,{sex},{born},{phone},{},CONTACT,{day},{day},{day},Family,3 - High,cared for the patient",
                number(n % self.o.cases),
                who.name,
                listed.home.at_depth(4)
            )?;
        }
        Ok(text)
    }
}

/// The number by which people know a case.
fn number(n: u64) -> String {
    format!("EBO-{n:06}")
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let o = Options::parse();
    let temp = temporary()?;
    let say = |text: &str| {
        if !o.json {
            eprintln!("{text}");
        }
    };
    say("people");
    let city = City::start_under("ebola", temp.path().join("data"), o.pg_bin.clone(), o.people).await?;
    let needed = o.cases + o.contacts + 2 * o.rows + FILE;
    if needed > u64::from(o.people) * 2 || o.cases + o.contacts + o.rows > u64::from(o.people) {
        return Err(format!("{} people are too few: each case and contact is someone else", o.people).into());
    }
    let now = city.app.clock.now();
    let others = quell_rehearse::city(2, (o.rows as u32).max(1_000), now.day(UtcOffset::CHINA)).residents;
    let load = Load { city: &city, o: &o, now, others };
    let token = account(&city.app, "tracer", Role::Investigator).await?;

    say("cases, contacts, follow-ups");
    let since = Stopwatch::now();
    fill(&load, o.cases, 500, |n| load.case(n)).await?;
    fill(&load, o.contacts, 500, |n| Ok(vec![load.contact(n)?])).await?;
    let contacts_filled = since.elapsed().as_secs_f64();
    let since = Stopwatch::now();
    fill(&load, o.contacts, 50, |n| load.follow_ups(n)).await?;
    let follow_ups_filled = since.elapsed().as_secs_f64();
    let c = city.app.db.connection().await?;
    c.batch_execute("VACUUM ANALYZE").await?;
    c.batch_execute("CHECKPOINT").await?;
    let counts = c
        .query_one(
            "SELECT (SELECT count(*) FROM quell.\"case\"), (SELECT count(*) FROM quell.contact),
        (SELECT count(*) FROM quell.follow_up), (SELECT count(*) FROM quell.duty WHERE state = 'open')",
            &[],
        )
        .await?;
    let counts: Vec<i64> = (0..4).map(|i| counts.get(i)).collect();
    drop(c);

    say("lists");
    let lists = lists(&load, &token).await?;
    say("changes of many cases");
    let change = change(&load, &token).await?;
    say(&change.to_string());
    say("a file of a district");
    let mut short = Vec::new();
    for n in 0..5 {
        short.push(import(&load, temp.path(), o.rows + n * FILE, FILE).await?["seconds"].as_f64().unwrap_or(f64::NAN));
    }
    short.sort_by(f64::total_cmp);
    say(&format!("{short:?} s"));
    say("a long file");
    let long = import(&load, temp.path(), 0, o.rows).await?;
    say(&long.to_string());
    say("export");
    let out = export(&load, temp.path()).await?;
    say("schedules");
    let schedules = schedules(&load).await?;
    println!(
        "{}",
        json!({ "cases": counts[0], "contacts": counts[1], "follow_ups": counts[2], "open_duties": counts[3],
            "filling": { "cases_and_contacts_s": round(contacts_filled), "follow_ups_s": round(follow_ups_filled) },
            "lists": lists, "change_of_cases": change, "import_of_230_s": { "median": round(percentile(&short, 0.5)), "worst": round(percentile(&short, 1.0)) },
            "long_import": long, "export": out, "schedules": schedules })
    );
    city.ready.stop();
    Ok(())
}

fn round(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

/// Hands in what `of` says about 0..n, `a_submission` of them in one.
async fn fill(load: &Load<'_>, n: u64, a_submission: u64, of: impl Fn(u64) -> Result<Vec<Fact>, Error>) -> Result<(), Error> {
    let bar = progress(n, load.o.json);
    let numbers: Vec<u64> = (0..n).collect();
    for window in numbers.chunks(a_submission as usize * 40) {
        let mut submissions = Vec::with_capacity(40);
        for some in window.chunks(a_submission as usize) {
            let mut facts = Vec::new();
            for k in some {
                facts.extend(of(*k)?);
            }
            if !facts.is_empty() {
                submissions.push(facts);
            }
        }
        load.city.hand_in(submissions).await?;
        bar.inc(window.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

/// A text as part of an address.
fn escaped(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// The first page of every list, over HTTP, by place and without.
async fn lists(load: &Load<'_>, token: &str) -> Result<Value, Error> {
    let mut client = Client::connect(load.city.address, token).await?;
    let root = load.city.county.root.clone();
    let township = load.resident(0).home.at_depth(3);
    let community = load.resident(0).home.at_depth(4);
    let case = id("case", 7);
    let paths = [
        "/v1/cases?state=active".to_owned(),
        format!("/v1/cases?state=recovered&place={township}"),
        "/v1/contacts".into(),
        "/v1/contacts?need=due".into(),
        "/v1/contacts?need=overdue".into(),
        "/v1/contacts?need=lost".into(),
        format!("/v1/contacts?need=overdue&place={township}"),
        format!("/v1/contacts?state=released&place={community}"),
        format!("/v1/contacts?case={case}"),
        "/v1/orders?in_force=true".into(),
        "/v1/orders?appealed=true".into(),
        "/v1/leads".into(),
        "/v1/cases/unlinked".into(),
        "/v1/duplicates".into(),
        format!("/v1/cases/{case}/sources"),
        format!("/v1/persons?text={}", escaped(&load.resident(3).name)),
        format!("/v1/indicators?place={root}"),
        format!("/v1/indicators?place={community}"),
        format!("/v1/chains?place={community}"),
    ];
    let mut all = serde_json::Map::new();
    for path in paths {
        let mut took = Vec::new();
        for round in 0..=load.o.calls {
            let since = Stopwatch::now();
            let (status, body) = client.send("GET", &path, Bytes::new()).await?;
            if status != 200 {
                return Err(format!("{path}: {}", String::from_utf8_lossy(&body)).into());
            }
            // Once to warm up.
            if round > 0 {
                took.push(since.elapsed().as_secs_f64());
            }
        }
        took.sort_by(f64::total_cmp);
        let ms = |share| (percentile(&took, share) * 1e4).round() / 10.0;
        if !load.o.json {
            eprintln!("  {path}: {} / {} ms", ms(0.5), ms(0.99));
        }
        all.insert(path, json!({ "p50_ms": ms(0.5), "p99_ms": ms(0.99) }));
    }
    Ok(all.into())
}

/// Three hundred cases classified anew in one submission, over HTTP; beside it the same rows updated plainly.
async fn change(load: &Load<'_>, token: &str) -> Result<Value, Error> {
    let mut client = Client::connect(load.city.address, token).await?;
    let mut took = Vec::new();
    for round in 0..5u64 {
        let facts = (0..CHANGED).map(|k| {
            let body = json!({ "case": id("case", round * CHANGED + k), "classification": "confirmed", "severity": "severe",
                "at": load.when(0), "decider": "tracer" });
            load.fact("case_classified", body)
        });
        let body = bytes_of(facts.collect::<Result<_, _>>()?)?;
        let since = Stopwatch::now();
        let (status, body) = client.send("POST", "/v1/submissions", body).await?;
        took.push(since.elapsed().as_secs_f64());
        if status != 201 && status != 200 {
            return Err(String::from_utf8_lossy(&body).into_owned().into());
        }
    }
    took.sort_by(f64::total_cmp);
    let c = load.city.app.db.connection().await?;
    let cases: Vec<uuid::Uuid> = (0..CHANGED).map(|k| id("case", k)).collect();
    let since = Stopwatch::now();
    c.execute(
        "UPDATE quell.\"case\" SET severity = severity WHERE book_id = $1 AND case_id = ANY($2)",
        &[&load.city.app.config.book.0, &cases],
    )
    .await?;
    let plain = since.elapsed().as_secs_f64();
    Ok(
        json!({ "cases": CHANGED, "median_s": round(percentile(&took, 0.5)), "worst_s": round(percentile(&took, 1.0)), "plain_s": round(plain) }),
    )
}

/// Imports contacts from a file; beside it, the rows it wrote written once more into plain tables with the same indexes.
async fn import(load: &Load<'_>, dir: &Path, first: u64, rows: u64) -> Result<Value, Error> {
    let path = dir.join(format!("contacts-{first}.csv"));
    std::fs::write(&path, load.file(first, rows)?)?;
    let app = &load.city.app;
    let since = Stopwatch::now();
    let file = RecordFile::open(&path, RecordKind::Contacts, &FileOptions::default())?;
    let refused = dir.join("refused.csv");
    let options =
        RecordsOptions { home: None, system: None, dry_run: false, chinese: false, refused: Refused::File(refused.clone()), ack: None };
    let bar = progress(rows, load.o.json || rows <= FILE);
    let report = records::import(app, &file, &options, &mut |_, done, _| bar.set_position(done)).await?;
    bar.finish_and_clear();
    let seconds = since.elapsed().as_secs_f64();
    if report.refused > 0 {
        let why = report.issues.iter().find(|i| i.effect != Effect::Note);
        return Err(format!("the import refused {} rows: {why:?}", report.refused).into());
    }
    let c = app.db.connection().await?;
    c.batch_execute("CREATE TABLE quell.plain_contact (LIKE quell.contact INCLUDING ALL EXCLUDING GENERATED); CREATE TABLE quell.plain_person (LIKE quell.person INCLUDING ALL EXCLUDING GENERATED)").await?;
    let written = Stopwatch::now();
    let copied = "WITH new AS (INSERT INTO quell.plain_contact SELECT * FROM quell.contact LIMIT $1 RETURNING book_id, person_id)
        INSERT INTO quell.plain_person SELECT p.* FROM quell.person p JOIN (SELECT DISTINCT * FROM new) n USING (book_id, person_id)";
    c.execute(copied, &[&(rows as i64)]).await?;
    let plain = written.elapsed().as_secs_f64();
    c.batch_execute("DROP TABLE quell.plain_contact, quell.plain_person").await?;
    Ok(
        json!({ "rows": rows, "seconds": round(seconds), "possible_duplicates": report.possible_duplicates.len(), "plain_s": round(plain), "plain_over_import": round(plain / seconds) }),
    )
}

/// Exports every contact; beside it, PostgreSQL's own COPY of the same rows to a file. Memory: the resident set before and the most after.
async fn export(load: &Load<'_>, dir: &Path) -> Result<Value, Error> {
    let app = &load.city.app;
    let mut all = serde_json::Map::new();
    for (name, list, format) in [
        ("contacts.csv", List::Contacts, Format::Csv),
        ("contacts.xlsx", List::Contacts, Format::Xlsx),
        ("contacts.sormas.csv", List::Contacts, Format::Sormas),
        ("contacts.godata.csv", List::Contacts, Format::Godata),
        ("cases.csv", List::Linelist, Format::Csv),
        ("follow-ups.csv", List::Followups, Format::Csv),
    ] {
        let before = resident_mb()?;
        let since = Stopwatch::now();
        let wanted = Wanted { list, format, place: app.config.root.clone(), chinese: false };
        let file = std::fs::File::create(dir.join(name))?;
        let rows = export::write(&Viewer::at_the_machine(app, "bench".into(), "bench"), &wanted, file, |_| ()).await?;
        let seconds = since.elapsed().as_secs_f64();
        let more = resident_mb()? - before;
        if !load.o.json {
            eprintln!("  {name}: {rows} rows, {seconds:.2} s, {more:.0} MB more");
        }
        let per = seconds * 100_000.0 / rows.max(1) as f64;
        all.insert(
            name.into(),
            json!({ "rows": rows, "seconds": round(seconds), "seconds_per_100000": round(per), "more_memory_mb": more.round() }),
        );
    }
    let c = app.db.connection().await?;
    let since = Stopwatch::now();
    let plain = "SELECT c.*, p.* FROM quell.contact c JOIN quell.person p USING (book_id, person_id)";
    let rows = c.query(plain, &[]).await?.len();
    all.insert("plain".into(), json!({ "rows": rows, "seconds": round(since.elapsed().as_secs_f64()) }));
    Ok(all.into())
}

/// The resident set of this process, in megabytes.
fn resident_mb() -> Result<f64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1_024.0)
}

/// Schedules of as many people as the long file has rows, who become contacts at once: at the door, without a file.
async fn schedules(load: &Load<'_>) -> Result<Value, Error> {
    let first = load.o.cases + load.o.contacts + load.o.rows;
    let since = Stopwatch::now();
    let n = load.o.rows.min(u64::from(load.o.people) - first);
    fill(load, n, 1_000, |n| Ok(vec![load.contact_named(id("scheduled", n), first + n, (n, 86_400), None)?])).await?;
    let seconds = since.elapsed().as_secs_f64();
    Ok(json!({ "contacts": n, "seconds": round(seconds), "seconds_per_100000": round(seconds * 100_000.0 / n.max(1) as f64) }))
}
