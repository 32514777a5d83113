//! The private server on real directories, with the carried PostgreSQL and with an installed one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_store::server::{Options, Postgres, ServerError, backup, is_built_in, restore, start};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Debian's PostgreSQL 15.
const INSTALLED: &str = "/usr/lib/postgresql/15/bin";

/// A new directory that the server's user may enter.
fn temp() -> tempfile::TempDir {
    let dir = tempfile::Builder::new().prefix("quell-test-").tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

fn options(data: &Path) -> Options {
    Options { data: data.into(), ..Options::default() }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Runs one statement and returns what psql prints.
fn sql(pg: &Postgres, statement: &str) -> String {
    psql(pg.bin_dir(), &pg.connection_string(), statement)
}

fn psql(bin: &Path, connection: &str, statement: &str) -> String {
    let out = Command::new(bin.join("psql")).args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", connection, "-c", statement]).output().unwrap();
    assert!(out.status.success(), "{statement}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_string()
}

fn kill(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid as i32).unwrap(), signal).unwrap();
}

/// Waits until the process is gone or a zombie.
fn wait_dead(pid: u32) {
    for _ in 0..1000 {
        match fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(s) if !s.contains(") Z ") => std::thread::sleep(Duration::from_millis(10)),
            _ => return,
        }
    }
    panic!("process {pid} still lives");
}

/// Leaves a running server behind, as a `kill -9` of Quell does: its lock is free, its server lives.
fn orphan(pg: Postgres) -> u32 {
    let pid = pg.pid();
    let data = fs::read_link(format!("/proc/{pid}/cwd")).unwrap().parent().unwrap().to_path_buf();
    std::mem::forget(pg);
    // The forgotten server's lock is still held by this process; another file in its place is free.
    fs::remove_file(data.join("quell.lock")).unwrap();
    pid
}

#[test]
fn starts_from_nothing_stops_and_starts_again_with_its_data() {
    let home = temp();
    let data = home.path().join("deep/data 数据");
    let pg = start(&options(&data)).unwrap();
    assert_eq!(sql(&pg, "SELECT current_user || ' ' || current_database()"), "quell quell");
    assert_eq!(sql(&pg, "SELECT version() LIKE 'PostgreSQL 18%'"), "t");
    let settings = "SELECT string_agg(setting, ',' ORDER BY name) FROM pg_settings WHERE name IN \
        ('data_checksums', 'fsync', 'jit', 'listen_addresses', 'server_encoding', 'shared_buffers', 'synchronous_commit')";
    assert_eq!(sql(&pg, settings), "on,on,off,,UTF8,65536,on");
    assert_eq!(fs::metadata(pg.socket_dir()).unwrap().mode() & 0o777, 0o700);
    sql(&pg, "CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist; CREATE EXTENSION ltree");
    assert_eq!(sql(&pg, "SELECT similarity('巫山县高唐街道', '巫山县') > 0.3"), "t", "trigrams of Chinese text");
    sql(&pg, "CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
    pg.stop().unwrap();

    let begun = Instant::now();
    let pg = start(&options(&data)).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "a warm start took {:?}", begun.elapsed());
    assert_eq!(sql(&pg, "SELECT count(*) FROM t"), "1000");
    let pid = pg.pid();
    drop(pg);
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "dropping stops the server");
}

#[test]
fn a_killed_server_recovers() {
    let home = temp();
    let pg = start(&options(home.path())).unwrap();
    sql(&pg, "CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
    kill(pg.pid(), Signal::KILL);
    wait_dead(pg.pid());
    drop(pg);
    let pg = start(&options(home.path())).unwrap();
    assert_eq!(sql(&pg, "SELECT count(*) FROM t"), "1000");
}

#[test]
fn what_a_killed_quell_left_is_stopped_and_started_anew() {
    let home = temp();
    let pg = start(&options(home.path())).unwrap();
    sql(&pg, "CREATE TABLE t AS SELECT 1");
    let old = orphan(pg);
    let pg = start(&options(home.path())).unwrap();
    assert_ne!(pg.pid(), old);
    wait_dead(old);
    assert_eq!(sql(&pg, "SELECT count(*) FROM t"), "1");
}

#[test]
fn a_query_that_outlives_a_killed_server_is_ended() {
    let home = temp();
    let pg = start(&options(home.path())).unwrap();
    let mut client = Command::new(pg.bin_dir().join("psql"));
    let busy = "SELECT count(*) FROM generate_series(1, 3000000000)";
    let mut client = client.args(["-Xq", "-d", &pg.connection_string(), "-c", busy]).stderr(std::process::Stdio::null()).spawn().unwrap();
    while sql(&pg, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%3000000000%' AND pid <> pg_backend_pid()") == "0" {
        std::thread::sleep(Duration::from_millis(10));
    }
    // The killed server stays a zombie of this process, so its number is still taken.
    let old = orphan(pg);
    kill(old, Signal::KILL);
    wait_dead(old);
    let pg = start(&options(home.path())).unwrap();
    assert!(!client.wait().unwrap().success(), "the query was ended");
    assert_eq!(sql(&pg, "SELECT 1"), "1");
}

#[test]
fn the_pid_of_another_program_does_not_prevent_a_start() {
    let home = temp();
    start(&options(home.path())).unwrap().stop().unwrap();
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    let file = home.path().join("pg/postmaster.pid");
    fs::write(&file, format!("{}\n{}\n", other.id(), home.path().join("pg").display())).unwrap();
    let started = start(&options(home.path())).map(|pg| sql(&pg, "SELECT 1"));
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(started.unwrap(), "1");
}

#[test]
fn a_second_start_names_the_holder() {
    let home = temp();
    let pg = start(&options(home.path())).unwrap();
    match start(&options(home.path())) {
        Err(ServerError::Held { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
        other => panic!("{:?}", other.map(|p| p.pid())),
    }
    assert_eq!(sql(&pg, "SELECT 1"), "1", "the first is undisturbed");
}

#[test]
fn a_long_path_or_one_with_a_comma_gets_its_socket_elsewhere() {
    let home = temp();
    let data = home.path().join("x,".repeat(60));
    let pg = start(&options(&data)).unwrap();
    let socket_dir = pg.socket_dir().to_path_buf();
    assert!(!socket_dir.starts_with(home.path()), "{}", socket_dir.display());
    assert_eq!(fs::metadata(&socket_dir).unwrap().mode() & 0o777, 0o700);
    assert_eq!(sql(&pg, "SELECT 1"), "1");
    pg.stop().unwrap();
    assert!(!socket_dir.exists());
}

#[test]
fn root_gives_the_server_to_another_user() {
    let home = temp();
    let pg = start(&options(home.path())).unwrap();
    let uid = fs::metadata(format!("/proc/{}", pg.pid())).unwrap().uid();
    if !is_root() {
        assert_eq!(uid, rustix::process::geteuid().as_raw());
        return;
    }
    assert_eq!(uid, 65534);
    let owner = |path: &str| fs::metadata(home.path().join(path)).unwrap().uid();
    assert_eq!((owner("pg"), owner("run")), (65534, 65534));
    assert_eq!((owner("postgres-18.6.3"), owner("")), (0, 0), "programs and data directory stay root's");
    drop(pg);

    let closed = temp();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    match start(&options(&closed.path().join("data"))) {
        Err(ServerError::NotEnterable { dir, uid: 65534, .. }) => assert_eq!(dir, fs::canonicalize(closed.path()).unwrap()),
        other => panic!("{:?}", other.map(|p| p.pid())),
    }
    fs::write(closed.path().join("letter.txt"), "private").unwrap();
    assert!(matches!(start(&options(closed.path())), Err(ServerError::Foreign { .. })));
    assert_eq!(fs::metadata(closed.path()).unwrap().mode() & 0o777, 0o700, "nobody's home is opened");
}

#[test]
fn another_major_version_is_refused() {
    let home = temp();
    start(&options(home.path())).unwrap().stop().unwrap();
    fs::write(home.path().join("pg/PG_VERSION"), "14\n").unwrap();
    match start(&options(home.path())) {
        Err(e @ ServerError::WrongMajor { .. }) => assert!(e.to_string().contains("--pg-bin of a PostgreSQL 14"), "{e}"),
        other => panic!("{:?}", other.map(|p| p.pid())),
    }
}

#[test]
fn a_failed_start_shows_the_log() {
    let home = temp();
    let broken = Options { settings: vec![("shared_buffers".into(), "a lot".into())], ..options(home.path()) };
    let error = start(&broken).map(|p| p.pid()).unwrap_err();
    assert!(matches!(error, ServerError::NotStarted { .. }));
    assert!(error.to_string().contains("invalid value for parameter \"shared_buffers\""), "{error}");
    let reserved = Options { settings: vec![("port".into(), "1".into())], ..options(home.path()) };
    assert!(matches!(start(&reserved), Err(ServerError::Setting { .. })));
    let own = Options { settings: vec![("work_mem".into(), "8MB".into())], ..options(home.path()) };
    assert_eq!(sql(&start(&own).unwrap(), "SHOW work_mem"), "8MB");
}

#[test]
fn an_installed_postgresql_serves_as_well() {
    let bin = PathBuf::from(INSTALLED);
    if !bin.exists() {
        println!("skipped: there is no {INSTALLED}");
        return;
    }
    let home = temp();
    let o = Options { pg_bin: Some(bin.clone()), ..options(home.path()) };
    let pg = start(&o).unwrap();
    assert_eq!(sql(&pg, "SELECT version() LIKE 'PostgreSQL 15%'"), "t");
    sql(&pg, "CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
    assert!(!home.path().join("postgres-18.6.3").exists(), "nothing is unpacked");
    // Its own tools, and the carried ones, back it up.
    let (own, carried) = (home.path().join("own.backup"), home.path().join("carried.backup"));
    assert!(backup(Some(&bin), &pg.connection_string(), &own).unwrap().server_version.starts_with("15."));
    assert!(backup(None, &pg.connection_string(), &carried).unwrap().tool_version.starts_with("18."));
    pg.stop().unwrap();
    let pg = start(&o).unwrap();
    assert_eq!(sql(&pg, "SELECT count(*) FROM t"), "1000");
    pg.stop().unwrap();

    let refused = start(&options(home.path()));
    assert!(matches!(refused, Err(ServerError::WrongMajor { .. })), "18 on the directory of 15: {:?}", refused.err());
    // The way that the refusal advises: back up with 15, restore into 18.
    let new = temp();
    let pg = start(&options(new.path())).unwrap();
    restore(None, &pg.connection_string(), &own).unwrap();
    assert_eq!(sql(&pg, "SELECT count(*) FROM t"), "1000");

    let empty = temp();
    let none = Options { pg_bin: Some(empty.path().into()), ..options(home.path()) };
    assert!(matches!(start(&none), Err(ServerError::MissingTool { .. })));
}

#[test]
fn a_backup_under_load_comes_back_whole() {
    let home = temp();
    let pg = start(&options(&home.path().join("a"))).unwrap();
    // Two tables that every transaction changes together, rights of a role, a policy, a password in the connection string.
    sql(
        &pg,
        "CREATE ROLE quell_door NOLOGIN; CREATE TABLE a (n int PRIMARY KEY, name text); CREATE TABLE b (n int PRIMARY KEY); \
        ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a TO quell_door USING (n > 0); GRANT SELECT ON a TO quell_door",
    );
    sql(&pg, "INSERT INTO a SELECT g, '巫山 ' || g FROM generate_series(1, 20000) g; INSERT INTO b SELECT n FROM a");
    let mut writer = Command::new(pg.bin_dir().join("psql"));
    let load = "DO $$ BEGIN FOR i IN 20001..100000 LOOP INSERT INTO a VALUES (i, ''); INSERT INTO b VALUES (i); COMMIT; END LOOP; END $$";
    let mut writer = writer.args(["-XAtq", "-d", &pg.connection_string(), "-c", load]).stderr(std::process::Stdio::null()).spawn().unwrap();
    while sql(&pg, "SELECT count(*) > 20000 FROM a") == "f" {
        std::thread::sleep(Duration::from_millis(10));
    }
    let file = home.path().join("one.backup");
    let connection = format!("{} password=unused", pg.connection_string());
    let report = backup(Some(pg.bin_dir()), &connection, &file).unwrap();
    assert!(writer.try_wait().unwrap().is_none(), "the load went on while the backup ran");
    assert_eq!(report.bytes, fs::metadata(&file).unwrap().len());
    assert!(report.created_at.ends_with("UTC") && report.server_version.starts_with("18."), "{report:?}");
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600, "people's data are for the owner only");
    assert!(matches!(backup(Some(pg.bin_dir()), &connection, &file), Err(ServerError::Exists { .. })));
    assert!(matches!(restore(None, &connection, &file), Err(ServerError::NotEmpty { .. })));
    pg.stop().unwrap();
    writer.wait().unwrap();

    let pg = start(&options(&home.path().join("b"))).unwrap();
    restore(None, &pg.connection_string(), &file).unwrap();
    assert_eq!(sql(&pg, "SELECT count(*) FROM a FULL JOIN b USING (n) WHERE a.n IS NULL OR b.n IS NULL"), "0");
    assert_eq!(sql(&pg, "SELECT count(*) > 20000 FROM a"), "t");
    assert_eq!(sql(&pg, "SELECT name FROM a WHERE n = 7"), "巫山 7");
    assert_eq!(sql(&pg, "SELECT has_table_privilege('quell_door', 'a', 'SELECT'), (SELECT count(*) FROM pg_policies)"), "t|1");
}

#[test]
fn a_damaged_backup_is_refused() {
    let home = temp();
    let pg = start(&options(&home.path().join("data"))).unwrap();
    sql(&pg, "CREATE TABLE t AS SELECT 1");
    let file = home.path().join("one.backup");
    let report = backup(Some(pg.bin_dir()), &pg.connection_string(), &file).unwrap();
    sql(&pg, "DROP TABLE t");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let refused = || restore(Some(pg.bin_dir()), &pg.connection_string(), &file);
    assert!(matches!(refused(), Err(ServerError::BadBackup { .. })));
    fs::remove_file(&report.manifest).unwrap();
    assert!(matches!(refused(), Err(ServerError::BadBackup { .. })));
    bytes[middle] ^= 1;
    assert_eq!(sql(&pg, "SELECT count(*) FROM pg_class WHERE relname = 't'"), "0", "nothing was restored");
}

#[test]
fn the_build_carries_postgresql() {
    assert!(is_built_in(), "run scripts/fetch-postgres and build again");
}
