//! What the benchmarks share: a server on loopback with people in its book, and a small HTTP client.

pub mod doors;
pub mod histories;
pub mod ordeal;
pub mod screening;

use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use quell::app::{App, DataOptions, Ready};
pub use quell::client::Client;
use quell::clock::{Clock, fresh_id};
use quell::identity::IdentityKey;
use quell_book::{BookConfig, Fact, PersonListed, PlaceListed, Registered, Role, RoundOpened, Submission, TubeSealed};
use quell_foundation::*;
use quell_protocol::{Exposure, TubeMode, TubeQuestion};
use quell_rehearse::{County, PlaceKind, Resident};
use quell_store::accounts::{self, Account};
use quell_store::audit::{Entry, Look};
use quell_store::log::{Answer, Incoming};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Anything that ends a benchmark.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A server with a book full of people.
pub struct City {
    /// The application.
    pub app: App,
    /// Its database.
    pub ready: Ready,
    /// Where it listens.
    pub address: SocketAddr,
    /// A token of a commander for the whole book.
    pub token: String,
    /// The county.
    pub county: County,
}

/// The round in which everyone is sampled.
pub fn round() -> RoundId {
    RoundId::new("bench-1").unwrap_or_else(|_| unreachable!("a constant"))
}

impl City {
    /// Starts a server on a new data directory and lists `people` persons and opens a round for all of them.
    pub async fn start(data: PathBuf, pg_bin: Option<PathBuf>, people: u32) -> Result<City, Error> {
        Self::start_under("covid-2022-twenty", data, pg_bin, people).await
    }

    /// The same under another protocol.
    pub async fn start_under(protocol: &str, data: PathBuf, pg_bin: Option<PathBuf>, people: u32) -> Result<City, Error> {
        let clock = Clock::real();
        let county = quell_rehearse::city(1, people, clock.now().day(UtcOffset::CHINA));
        let ready = DataOptions { data, pg_bin, database_url: None }.open().await?;
        let config = BookConfig { book: county.book, root: county.root.clone(), offset: UtcOffset::CHINA, tally_depth: 4 };
        let app = App::open(&ready, &config, protocol, clock, IdentityKey::fixed("bench")).await?;
        let token = account(&app, "bench", Role::Sampler).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(quell::http::serve(app.clone(), listener, std::future::pending()));
        let city = City { app, ready, address, token, county };
        city.preload().await?;
        Ok(city)
    }

    async fn preload(&self) -> Result<(), Error> {
        let places: Vec<Fact> = self
            .county
            .places
            .iter()
            .filter(|p| !matches!(p.kind, PlaceKind::Household | PlaceKind::Unit | PlaceKind::Building | PlaceKind::Compound))
            .map(|p| {
                let wards = self
                    .county
                    .facilities
                    .iter()
                    .find(|f| f.place == p.id)
                    .map(|f| f.wards.iter().map(|(ward, beds)| quell_book::Ward { ward: ward.clone(), beds: *beds }).collect());
                PlaceListed { place: p.id.clone(), kind: p.kind, name: p.name.clone(), name_en: None, wards: wards.unwrap_or_default() }
                    .into()
            })
            .collect();
        self.hand_in(places.chunks(1_000).map(<[Fact]>::to_vec).collect()).await?;
        for part in self.county.residents.chunks(40_000) {
            let batches = part.chunks(1_000).map(|c| c.iter().map(person).collect()).collect();
            self.hand_in(batches).await?;
        }
        let at = EventTime::exact(self.app.clock.now(), UtcOffset::CHINA);
        // Not every protocol says how long a round lasts.
        let due = EventTime::exact(self.app.clock.now().plus(Span::hours(24)), UtcOffset::CHINA);
        let open = RoundOpened {
            round: round(),
            name: "benchmark".into(),
            scope: vec![self.county.root.clone()],
            at,
            due: Some(due),
            pool_size: None,
        };
        self.hand_in(vec![vec![open.into()]]).await?;
        let c = self.app.db.connection().await?;
        c.batch_execute("VACUUM ANALYZE").await?;
        c.batch_execute("CHECKPOINT").await?;
        Ok(())
    }

    /// Submissions that register everyone, in home order, ten a tube, five tubes a submission, each tube sealed.
    ///
    /// # Errors
    /// If a community has no station.
    pub fn bundles(&self) -> Result<Vec<Bytes>, Error> {
        let at = EventTime::exact(self.app.clock.now(), UtcOffset::CHINA);
        let mut tube_no = 0u64;
        let mut out = Vec::new();
        // A large community has several stations: its people go to the first.
        let mut station_of: BTreeMap<PlaceId, PlaceId> = BTreeMap::new();
        for s in &self.county.stations {
            for c in &s.communities {
                station_of.entry(c.clone()).or_insert_with(|| s.place.clone());
            }
        }
        let mut people: BTreeMap<PlaceId, Vec<&Resident>> = BTreeMap::new();
        for r in &self.county.residents {
            let station = station_of.get(&r.home.at_depth(4)).ok_or("a community without a station")?;
            people.entry(station.clone()).or_default().push(r);
        }
        for (station, people) in people {
            for bundle in people.chunks(50) {
                let mut facts: Vec<Fact> = Vec::with_capacity(60);
                let (single, pooled): (Vec<&Resident>, Vec<&Resident>) = bundle.iter().partition(|r| self.mode(r) == TubeMode::Single);
                let tubes = pooled.chunks(10).map(|m| (TubeMode::Pooled, m)).chain(single.chunks(1).map(|m| (TubeMode::Single, m)));
                for (mode, members) in tubes {
                    tube_no += 1;
                    let tube = TubeCode::new(format!("T{tube_no:010}"))?;
                    for (i, r) in members.iter().enumerate() {
                        facts.push(
                            Registered {
                                tube: tube.clone(),
                                person: r.id,
                                station: station.clone(),
                                at,
                                round: Some(round()),
                                mode: (i == 0).then_some(mode),
                                already_swabbed: false,
                            }
                            .into(),
                        );
                    }
                    facts.push(TubeSealed { tube, at }.into());
                }
                out.push(bytes_of(facts)?);
            }
        }
        Ok(out)
    }

    /// The tube that the protocol asks for, outside zones.
    fn mode(&self, r: &Resident) -> TubeMode {
        let question = TubeQuestion { zone: None, building_affected: false, exposure: Exposure::None, occupation: r.occupation };
        self.app.default_protocol.tube_rule(&question).mode
    }

    /// Hands facts in at the door, without HTTP.
    pub async fn hand_in(&self, submissions: Vec<Vec<Fact>>) -> Result<(), Error> {
        let incoming = submissions
            .into_iter()
            .map(|mut facts| {
                self.app.key.pseudonymise(&mut facts);
                Incoming::new(SubmissionId(fresh_id()), self.app.operator(), facts)
            })
            .collect();
        for a in self.app.door.submit(incoming).await {
            match a? {
                Answer::Accepted(_) => {}
                other => return Err(format!("{other:?}").into()),
            }
        }
        Ok(())
    }
}

/// Makes an account for the whole book and logs in.
pub async fn account(app: &App, name: &str, role: Role) -> Result<String, Error> {
    let a = Account {
        book: app.config.book,
        account: AccountId::new(name)?,
        role,
        place: app.config.root.clone(),
        password_hash: quell::auth::hash_password("benchmark")?,
        active: true,
    };
    accounts::put(&mut app.db.connection().await?, &a, "bench", app.clock.now()).await?;
    let (token, _, _) = quell::auth::log_in(&app.db, &app.clock, app.config.book, &a.account, "benchmark").await?.ok_or("log in")?;
    Ok(token)
}

fn person(r: &quell_rehearse::Resident) -> Fact {
    PersonListed {
        person: r.id,
        name: r.name.clone(),
        sex: r.sex,
        born: Some(r.born),
        home: r.home.clone(),
        id_number: Some(r.identity_number.clone()),
        identity: None,
        phone: r.phone.clone(),
        occupation: r.occupation,
        tags: r.tags.clone(),
        seen: None,
    }
    .into()
}

/// A submission as bytes.
pub fn bytes_of(facts: Vec<Fact>) -> Result<Bytes, Error> {
    Ok(serde_json::to_vec(&Submission { id: SubmissionId(fresh_id()), device: None, facts })?.into())
}

/// A directory for a trial's data that PostgreSQL's user may enter, too; removed at the end.
///
/// # Errors
/// The system's.
pub fn temporary() -> std::io::Result<tempfile::TempDir> {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new().prefix("quell-bench").permissions(std::fs::Permissions::from_mode(0o755)).tempdir()
}

/// A bar for long work, unless only the last line is wanted.
pub fn progress(of: u64, quiet: bool) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}, {eta} left: {msg}");
    match (quiet, style) {
        (false, Ok(style)) => ProgressBar::new(of).with_style(style),
        _ => ProgressBar::hidden(),
    }
}

/// A draw below a number, the same in each run.
pub fn lot(what: &str, n: u64, below: u64) -> u64 {
    let (head, _) = derived_uuid(&[what.as_bytes(), &n.to_be_bytes()]).as_u64_pair();
    head % below.max(1)
}

/// The value below which this share of the measurements lies.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    match sorted.len() {
        0 => 0.0,
        n => sorted[(((n as f64) * share).ceil() as usize).clamp(1, n) - 1],
    }
}

/// A book without people on a server of its own: what the audit log needs.
pub async fn empty_book(data: PathBuf, pg_bin: Option<PathBuf>) -> Result<(Ready, BookConfig), Error> {
    let ready = DataOptions { data, pg_bin, database_url: None }.open().await?;
    let config = BookConfig { book: BookId(500_237), root: PlaceId::new("50.500237")?, offset: UtcOffset::CHINA, tally_depth: 4 };
    quell_store::schema::open_book(&*ready.db.connection().await?, &config, Clock::real().now()).await?;
    Ok((ready, config))
}

/// The n-th look of a busy office: at one person, or at a list of a community.
pub fn look(n: u64, at: Instant) -> Result<Entry, Error> {
    let id = derived_uuid(&[b"look", &n.to_be_bytes()]);
    let account = format!("desk-{}", n % 400);
    let person = (!n.is_multiple_of(5)).then(|| PersonId(derived_uuid(&[b"person", &(n % 300_000).to_be_bytes()])));
    let place = PlaceId::new(format!("50.500237.{:03}.{:03}", n % 26, n % 340))?;
    let (what, place) = if person.is_some() { ("/v1/persons/{person}/status", None) } else { ("/v1/items/{state}", Some(&place)) };
    Ok(Entry::look(&Look { id, at, account: &account, role: Role::CommunityWorker, what, person, place, rows: 1 }))
}
