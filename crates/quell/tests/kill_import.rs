//! `quell import contacts`, killed in its midst: what is in the book is whole, the same command goes on, and its report is right.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_bench::ordeal::Program;
use quell_store::Database;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ROWS: usize = 4_200;
const HOME: &str = "50.500237.101.001.c01.b01.u1.0101";
const PLACES: &str =
    "path,kind,name\n50.500237.101,township,Gaotang\n50.500237.101.001,community,One\n50.500237.101.001.c01.b01.u1.0101,household,101\n";

/// People with numbers of their own, so that nobody is taken for another; every hundredth row has no time of exposure.
fn contacts() -> String {
    let letters = |n: usize| -> String { [n % 26, n / 26 % 26, n / 676 % 26].iter().map(|l| char::from(b'a' + *l as u8)).collect() };
    let row = |n: usize| {
        let (first, last) = (letters(n * 7_919 % 17_576), letters(n * 104_729 % 17_576));
        let born = quell_foundation::Day(-9_000 + (n * 37 % 20_000) as i32);
        let exposed = if n % 100 == 99 { "" } else { "2022-11-24" };
        format!("E-{n},Z{first}o Qu{last}a,male,{born},P{n:07},139{:08},{HOME},{exposed},2022-11-25\n", n * 12_347 % 100_000_000)
    };
    let head = "external id,name,sex,date of birth,id number,telephone,home,last exposure,named at\n".to_owned();
    head + &(0..ROWS).map(row).collect::<String>()
}

/// How many contact records the book has, as far as PostgreSQL answers.
async fn written(data: &Path) -> Option<i64> {
    let db = Database::new(&std::fs::read_to_string(data.join("running")).ok()?, 1).ok()?;
    let rows = db.connection().await.ok()?.query_one("SELECT count(*) FROM quell.contact", &[]).await.ok().map(|r| r.get(0));
    db.close();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_and_nothing_is_lost_or_there_twice() {
    let home = tempfile::Builder::new().prefix("quell-test-").tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (program, data) = (Program::at(env!("CARGO_BIN_EXE_quell")), home.path().join("data"));
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let must = |args: &[&str]| String::from_utf8(Program::must(program.command(&data).args(args), "").unwrap().stdout).unwrap();
    must(&["book", "create", "500237", "50.500237"]);
    must(&["import", "places", &file("places.csv", PLACES)]);
    must(&["protocol", "adopt", "ebola", "--decider", "li"]);
    let rows = file("contacts.csv", &contacts());
    let import = ["--json", "import", "contacts", &rows];

    // Killed as soon as a first, a second, a third part of it is written.
    let mut midst = Vec::new();
    for least in [1, 1_001, 2_001] {
        let mut child =
            program.command(&data).args(import).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let since = Instant::now();
        while written(&data).await.is_none_or(|n| n < least) && child.try_wait().unwrap().is_none() {
            assert!(since.elapsed() < Duration::from_secs(300), "nothing is written");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        midst.push(written(&data).await.unwrap());
    }
    assert!(midst.is_sorted() && midst[0] > 0 && midst[2] < ROWS as i64, "killed in its midst: {midst:?}");
    assert!(!Path::new(&format!("{rows}.refused.csv")).exists(), "not written in parts");

    let report = || -> Value {
        let out = Program::run(program.command(&data).args(import), "").unwrap();
        assert_eq!(out.status.code(), Some(1), "there are refused rows: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    };
    let (refused, good) = (ROWS as u64 / 100, (ROWS - ROWS / 100) as u64);
    let count = |r: &Value, what: &str| r[what].as_u64().unwrap();
    let r = report();
    let (accepted, known) = (count(&r, "accepted"), count(&r, "duplicates"));
    assert_eq!((count(&r, "read"), accepted + known, count(&r, "refused")), (ROWS as u64, good, refused), "{r}");
    assert!(known >= midst[2] as u64 && accepted > 0 && count(&r, "new_persons") <= accepted, "{midst:?} {r}");
    let left = std::fs::read_to_string(format!("{rows}.refused.csv")).unwrap();
    assert_eq!(left.lines().count() as u64, refused + 1, "its head, and the refused rows of all four runs");
    let again = report();
    assert_eq!((count(&again, "accepted"), count(&again, "duplicates"), count(&again, "refused")), (0, good, refused), "{again}");

    let list = must(&["export", "contacts"]);
    assert_eq!(list.lines().count() as u64, good + 1);
    let column = |name: &str| {
        let at = list.lines().next().unwrap().trim_start_matches('\u{feff}').split(',').position(|h| h == name).unwrap();
        list.lines().skip(1).map(|l| l.split(',').nth(at).unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>().len() as u64
    };
    assert_eq!((column("Contact id"), column("Person id")), (good, good), "each once, and of a person each");
    assert!(must(&["verify"]).starts_with("sound: "));

    // A shape that there is not leaves no file behind.
    let out = home.path().join("links.csv");
    let refused = Program::run(program.command(&data).args(["export", "links", "--format", "sormas", "--out"]).arg(&out), "").unwrap();
    assert!(
        !refused.status.success() && !out.exists() && String::from_utf8_lossy(&refused.stderr).contains("SORMAS takes cases and contacts")
    );
}
