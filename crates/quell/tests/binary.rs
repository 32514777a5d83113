//! The binary as its users call it, on a PostgreSQL server of their own (`--database-url`): a book is made, filled from files,
//! looked at; every look is written down, and the book verifies.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_store::Database;
use quell_store::server::{Options, start};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

struct Binary {
    data: PathBuf,
    url: String,
}

impl Binary {
    fn command(&self, args: &[&str]) -> Command {
        let mut c = Command::new(env!("CARGO_BIN_EXE_quell"));
        c.arg("--data").arg(&self.data).arg("--database-url").arg(&self.url).args(args).env("RUST_LOG", "warn").env("USER", "li");
        c.env_remove("SUDO_USER");
        c
    }
    /// What it prints; it must succeed.
    fn run(&self, args: &[&str]) -> String {
        let out = self.command(args).output().unwrap();
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        assert!(out.status.success(), "{args:?}: {}{}", text(&out.stdout), text(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }
}

const PLACES: &str = "place,kind,name
50.500237,county,巫山县
50.500237.101,township,高唐街道
50.500237.101.001,community,社区甲
50.500237.101.001.s1,station,甲站
50.500237.101.001.c1.b1.u1.0101,household,1栋1单元101
50.500237.101.001.c1.b1.u1.0102,household,1栋1单元102
";
const PEOPLE: &str = "姓名,性别,联系电话,户编码
王小明,男,13800000001,50.500237.101.001.c1.b1.u1.0101
李红,女,13800000002,50.500237.101.001.c1.b1.u1.0102
";

#[tokio::test(flavor = "multi_thread")]
async fn a_book_on_a_server_of_ones_own() {
    let home = tempfile::Builder::new().prefix("quell-test-").tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let pg = start(&Options { data: home.path().join("pg"), ..Options::default() }).unwrap();
    let q = Binary { data: home.path().join("data"), url: pg.connection_string() };
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    q.run(&["book", "create", "500237", "50.500237"]);
    q.run(&["import", "places", &file("places.csv", PLACES)]);
    q.run(&["import", "people", &file("people.csv", PEOPLE)]);
    q.run(&["round", "open", "r1"]);

    let shown = q.run(&["--lang", "zh", "round", "show", "r1"]);
    assert!(shown.contains("轮次 r1") && shown.lines().any(|l| l.starts_with("高唐街道") && l.contains(" 2 ")), "{shown}");
    let person = q.run(&["--lang", "en", "trace", "person", "王小明"]);
    assert!(
        person.starts_with("王小明 (male") && person.contains("at_home") && person.contains("50.500237.101.001.c1.b1.u1.0101"),
        "{person}"
    );
    let unknown = q.command(&["--lang", "en", "trace", "tube", "T404"]).output().unwrap();
    assert_eq!((unknown.status.code(), String::from_utf8(unknown.stderr).unwrap().trim()), (Some(1), "quell: no tube T404"));
    // The list of who is still to be sampled names people: its export is a look, too.
    let open = q.run(&["export", "open", "--kind", "sample"]);
    assert!(open.starts_with("\u{feff}kind,subject_kind,subject,duty_id,person_id,name,home,phone,") && open.contains("李红"), "{open}");

    let db = Database::new(&q.url, 1).unwrap();
    let c = db.connection().await.unwrap();
    let looks =
        c.query("SELECT account, what, person_id IS NOT NULL, rows FROM quell.audit WHERE kind = 'look' ORDER BY at", &[]).await.unwrap();
    let looks: Vec<(String, String, bool, i32)> = looks.iter().map(|r| (r.get(0), r.get(1), r.get(2), r.get(3))).collect();
    let look = |what: &str, one: bool, rows: i32| ("operator (li)".to_owned(), what.to_owned(), one, rows);
    let (found, seen, listed) =
        (look("quell trace person", false, 1), look("quell trace person", true, 1), look("quell export open", false, 2));
    assert_eq!(looks, [found, seen, listed]);
    assert!(q.run(&["--lang", "en", "verify"]).starts_with("sound: "));
    // A second server finds the same people by number, or none: without their key, or with another, it does not begin.
    let second = Binary { data: home.path().join("second"), url: q.url.clone() };
    let refused = || String::from_utf8(second.command(&["--lang", "en", "round", "list"]).output().unwrap().stderr).unwrap();
    assert!(refused().contains("identity key") && !second.data.join("identity.key").exists(), "{}", refused());
    std::fs::create_dir_all(&second.data).unwrap();
    std::fs::write(second.data.join("identity.key"), [7; 32]).unwrap();
    assert!(refused().contains("identity key"), "{}", refused());
    std::fs::copy(q.data.join("identity.key"), second.data.join("identity.key")).unwrap();
    assert!(second.run(&["round", "list"]).contains("r1"));
}

/// A slip in `--data` makes no empty database.
#[test]
fn a_wrong_data_directory_is_said_and_left_alone() {
    let nowhere = std::env::temp_dir().join("quell-test-nowhere");
    let out =
        Command::new(env!("CARGO_BIN_EXE_quell")).arg("--data").arg(&nowhere).args(["--lang", "en", "round", "list"]).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.code() == Some(1) && said.starts_with("quell: no data in ") && !nowhere.exists(), "{said}");
}

#[test]
fn a_protocol_shows_one_value_or_a_group() {
    let show = |path: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_quell")).args(["protocol", "show", "measles", path]).output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap())
    };
    let (code, group) = show("exposures");
    assert!(code == Some(0) && group.matches("exposures.").count() > 5, "{group}");
    let one = group.lines().find_map(|l| l.split_whitespace().find(|w| w.starts_with("exposures."))).unwrap();
    let (code, said) = show(one);
    assert!(code == Some(0) && said.lines().count() < group.lines().count() && said.contains(one), "{said}");
    assert_eq!(show("exposure").0, Some(2), "a part of a word is no group");
}

/// `quell … | head -1` is no error and no panic.
#[test]
fn a_reader_may_stop_reading() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["protocol", "show", "covid-2022-ninth"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}
