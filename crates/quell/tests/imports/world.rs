//! A book to import into, and what is asked of it.

pub use quell::app::{App, DataOptions, Ready};
pub use quell::clock::Clock;
pub use quell::export::{self, Format, List, Wanted};
pub use quell::identity::IdentityKey;
pub use quell::import::records::{self, RecordFile, RecordKind, RecordsOptions, RecordsReport, Refused};
pub use quell::import::{FileOptions, Policy, Source, places};
use quell::viewer::Viewer;
pub use quell_book::*;
pub use quell_foundation::*;
pub use quell_store::Scope;
pub use quell_store::log::{self, Answer, Incoming};
pub use quell_store::views;
pub use serde_json::{Value, json};
pub use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

pub const NOW: &str = "2022-11-26T20:00:00+08:00";
pub const HOME: &str = "50.500237.101.001.c01.b01.u1.0101";
pub const HOME2: &str = "50.500237.101.001.c01.b01.u1.0102";
pub const PLACES: &str = "path,kind,name,wards\n50.500237.101,镇,高唐街道,\n50.500237.101.001,社区,社区一,\n50.500237.101.001.c01.b01.u1.0101,户,0101,\n\
    50.500237.101.001.c01.b01.u1.0102,户,0102,\n50.500237.lab1,检测机构,县疾控,\n50.500237.st1,采样点,一号点,\n";

pub struct World {
    pub dir: tempfile::TempDir,
    pub ready: Ready,
    pub app: App,
}

impl World {
    pub async fn new() -> Self {
        Self::under("ebola").await
    }
    pub async fn under(protocol: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("quell-imports-").tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = DataOptions { data: dir.path().join("data"), pg_bin: None, database_url: None };
        let ready = options.open().await.unwrap();
        let config =
            BookConfig { book: BookId(500_237), root: PlaceId::new("50.500237").unwrap(), offset: UtcOffset::CHINA, tally_depth: 4 };
        let clock = Clock::by_hand(NOW.parse::<EventTime>().unwrap().at);
        let app = App::open(&ready, &config, protocol, clock, IdentityKey::fixed("test")).await.unwrap();
        let w = Self { dir, ready, app };
        let source = Source::open(&w.file("places.csv", PLACES), "places", &FileOptions::default()).unwrap();
        places::import(&w.app, &source, Policy::default(), &mut |_, _, _| ()).await.unwrap();
        w
    }
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
    pub fn refused(&self, name: &str) -> PathBuf {
        self.dir.path().join(format!("{name}.refused"))
    }
    pub fn options(&self, name: &str) -> RecordsOptions {
        let ack = Some(self.dir.path().join(format!("{name}.ack")));
        RecordsOptions { home: None, system: None, dry_run: false, chinese: false, refused: Refused::File(self.refused(name)), ack }
    }
    pub async fn import_with(&self, kind: RecordKind, name: &str, bytes: impl AsRef<[u8]>, options: &RecordsOptions) -> RecordsReport {
        let path = self.file(name, bytes);
        let file = RecordFile::open(&path, kind, &FileOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let report = records::import(&self.app, &file, options, &mut |_, _, _| ()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(report.balance(), "{report:#?}");
        report
    }
    pub async fn import(&self, kind: RecordKind, name: &str, bytes: impl AsRef<[u8]>) -> RecordsReport {
        self.import_with(kind, name, bytes, &self.options(name)).await
    }
    pub async fn seq(&self) -> i64 {
        log::head(&self.app.db.connection().await.unwrap(), self.app.config.book, false).await.unwrap().seq
    }
    pub async fn say(&self, kind: &str, body: Value) {
        let fact: Fact = serde_json::from_value(json!({ kind: body })).unwrap();
        let id = SubmissionId(derived_uuid(&[b"test", format!("{fact:?}").as_bytes()]));
        let s = Incoming::new(id, self.app.operator(), vec![fact]);
        let answer = self.app.door.submit(vec![s]).await.remove(0).unwrap();
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    pub async fn export(&self, list: List, format: Format, chinese: bool) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let wanted = Wanted { list, format, place: self.app.config.root.clone(), chinese };
        let viewer = Viewer::at_the_machine(&self.app, "test".into(), "test");
        export::write(&viewer, &wanted, &mut out, |_| ()).await.unwrap();
        out.into_inner()
    }
    pub async fn cases(&self) -> Vec<views::CaseLine> {
        self.lines(async |tx, book, place| views::case_lines(tx, book, place).await?.next().await).await
    }
    pub async fn contacts(&self) -> Vec<views::ContactLine> {
        self.lines(async |tx, book, place| views::contact_lines(tx, book, place).await?.next().await).await
    }
    async fn lines<T>(
        &self,
        view: impl AsyncFn(&deadpool_postgres::Transaction<'_>, BookId, &PlaceId) -> Result<Vec<T>, quell_store::StoreError>,
    ) -> Vec<T> {
        let (book, root) = (self.app.config.book, self.app.config.root.clone());
        let scope = Scope { book, place: root.clone() };
        self.app.db.read(&scope, async |tx| view(tx, book, &root).await).await.unwrap()
    }
    /// A count, for this person.
    pub async fn count(&self, sql: &str, person: PersonId) -> i64 {
        self.app.db.connection().await.unwrap().query_one(&format!("{sql}'{person}'"), &[]).await.unwrap().get(0)
    }
    /// The duties about a person that are open.
    pub async fn owed(&self, person: PersonId) -> Vec<DutyKind> {
        let c = self.app.db.connection().await.unwrap();
        let of = quell_store::find::duties(&c, self.app.config.book, &[person], self.app.clock.now()).await.unwrap();
        of.into_iter().filter(|d| d.open > 0).map(|d| d.kind).collect()
    }
    pub async fn open_duties(&self, person: PersonId) -> i64 {
        let c = self.app.db.connection().await.unwrap();
        let of = quell_store::find::duties(&c, self.app.config.book, &[person], self.app.clock.now()).await.unwrap();
        of.iter().map(|d| d.open).sum()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.ready.stop();
    }
}

/// accepted, duplicates, refused, left out
pub fn counts(r: &RecordsReport) -> [u64; 4] {
    [r.accepted, r.duplicates, r.refused, r.left_out]
}
pub fn rules(r: &RecordsReport) -> Vec<(u64, &str)> {
    r.issues.iter().map(|i| (i.line, i.rule.as_str())).collect()
}
