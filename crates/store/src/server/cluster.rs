//! The database directory: made once by `initdb`, its settings written anew at every start.

use super::account::Account;
use super::binaries::{Binaries, command, run};
use super::error::{ServerError, io};
use super::{DATABASE, USER};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The settings file that Quell writes into the database directory at every start.
const SETTINGS_FILE: &str = "quell.conf";

/// What Quell wants of PostgreSQL, chosen for a laptop of 2 cores and 24 GB that also runs Quell itself, in PostgreSQL's own
/// units. Memory is only touched when needed: an idle server stays far below these bounds.
const DEFAULTS: &[(&str, &str)] = &[
    // An acknowledged submission is on the disk.
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("max_connections", "100"),
    ("shared_buffers", "512MB"),
    ("effective_cache_size", "4GB"),
    ("work_mem", "16MB"),
    ("maintenance_work_mem", "256MB"),
    // Solid-state disks: a random page costs little more than the next one.
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    ("wal_compression", "on"),
    ("min_wal_size", "512MB"),
    ("max_wal_size", "4GB"),
    ("checkpoint_timeout", "15min"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "%m [%p] "),
    ("log_min_duration_statement", "2s"),
    // Recovery reports its progress this often; the launcher waits as long as it does (`process::wait_ready`).
    ("log_startup_progress_interval", "10s"),
    // People's data stay out of the log: no parameters of statements, no "Failing row contains …".
    ("log_parameter_max_length", "0"),
    ("log_error_verbosity", "terse"),
];

/// Settings that the launcher gives on the command line or that would lead away from the data directory.
const RESERVED: &[&str] = &[
    "listen_addresses",
    "unix_socket_directories",
    "port",
    "data_directory",
    "hba_file",
    "config_file",
    "logging_collector",
    "log_destination",
    "include",
    "include_if_exists",
    "include_dir",
];

/// Makes the database directory if there is none; refuses one of another major version.
pub(super) fn ensure(cluster: &Path, bin: &Binaries, account: Account) -> Result<(), ServerError> {
    let version = cluster.join("PG_VERSION");
    match fs::read_to_string(&version) {
        Ok(found) if found.trim() == bin.major.to_string() => Ok(()),
        Ok(found) => Err(ServerError::WrongMajor { cluster: cluster.into(), found: found.trim().into(), have: bin.major }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !cluster.exists() => create(cluster, bin, account),
        Err(e) => Err(io("read", &version)(e)),
    }
}

/// Runs `initdb` and creates the database beside the final place, then moves it there: it appears whole or not at all.
fn create(cluster: &Path, bin: &Binaries, account: Account) -> Result<(), ServerError> {
    let new = cluster.with_extension("new");
    if new.exists() {
        fs::remove_dir_all(&new).map_err(io("remove the half-made", &new))?;
    }
    account.private_dir(&new)?;
    run(account, &bin.dir, "initdb", |c| {
        c.args(["--auth=trust", "--encoding=UTF8", "--data-checksums", "--no-instructions"]);
        c.arg(format!("--username={USER}")).args(locale(bin.major)).arg("--pgdata").arg(&new)
    })?;
    append(
        &new.join("postgresql.conf"),
        &format!("\n# Written by quell at every start; ALTER SYSTEM overrides it.\ninclude_if_exists = '{SETTINGS_FILE}'\n"),
    )?;
    create_database(&new, bin, account)?;
    fs::rename(&new, cluster).map_err(io("create", cluster))?;
    sync_parent(cluster)
}

/// One order of text everywhere: by code point. The builtin provider does not depend on the system's libraries; LC_CTYPE is
/// C.UTF-8 beside it because text search and pg_trgm see no Chinese characters under LC_CTYPE=C.
fn locale(major: u32) -> &'static [&'static str] {
    match major {
        17.. => &["--locale=C", "--lc-ctype=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
        _ => &["--locale=C.UTF-8"],
    }
}

/// Creates Quell's database without starting a server, by PostgreSQL's single-user mode.
fn create_database(cluster: &Path, bin: &Binaries, account: Account) -> Result<(), ServerError> {
    let mut single = command(account, &bin.dir, "postgres")?;
    single.args(["--single", "-c", "exit_on_error=on", "-D"]).arg(cluster).arg("postgres");
    single.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let program = bin.dir.join("postgres");
    let mut child = single.spawn().map_err(io("run", &program))?;
    // Dropping the handle at the end of this statement ends the session.
    child.stdin.take().map_or(Ok(()), |mut i| writeln!(i, "CREATE DATABASE {DATABASE}")).map_err(io("write to", &program))?;
    let out = child.wait_with_output().map_err(io("wait for", &program))?;
    if out.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&out.stderr).trim().to_string();
    Err(ServerError::Tool { tool: "postgres --single", status: out.status.to_string(), message })
}

/// Writes Quell's settings and then those of `extra`, which win.
pub(super) fn write_settings(cluster: &Path, extra: &[(String, String)], account: Account) -> Result<(), ServerError> {
    let mut text = String::from("# Written by quell at every start: changes here are lost.\n");
    for (name, value) in DEFAULTS {
        text += &setting_line(name, value)?;
    }
    for (name, value) in extra {
        text += &setting_line(name, value)?;
    }
    let path = cluster.join(SETTINGS_FILE);
    fs::write(&path, text).map_err(io("write", &path))?;
    account.give(&path)
}

/// One line of a settings file; PostgreSQL reads `''` and `\\` inside quotes as one character.
fn setting_line(name: &str, value: &str) -> Result<String, ServerError> {
    let refuse = |reason| Err(ServerError::Setting { name: name.into(), reason });
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.') {
        return refuse("its name may have only letters, digits, `_` and `.`");
    }
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return refuse("quell decides it itself");
    }
    if value.contains(['\n', '\r', '\0']) {
        return refuse("its value must stand on one line");
    }
    Ok(format!("{name} = '{}'\n", value.replace('\\', "\\\\").replace('\'', "''")))
}

fn append(path: &Path, text: &str) -> Result<(), ServerError> {
    let mut file = File::options().append(true).open(path).map_err(io("open", path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io("write", path))
}

/// Makes a rename in the parent of `path` durable.
pub(super) fn sync_parent(path: &Path) -> Result<(), ServerError> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    File::open(parent).and_then(|d| d.sync_all()).map_err(io("write to disk", parent))
}

/// The directory of the server's socket, and the temporary directory that it may be.
pub(super) struct Sockets {
    /// Where `.s.PGSQL.<port>` lies.
    pub(super) dir: PathBuf,
    /// Removed when dropped.
    _temporary: Option<tempfile::TempDir>,
}

impl Sockets {
    /// `<data>/run`, or a directory in /tmp where the path is too long for a socket or has a character with a meaning in
    /// PostgreSQL's settings or connection strings. (If Quell is killed, the one in /tmp stays behind, empty.)
    pub(super) fn open(data: &Path, account: Account) -> Result<Self, ServerError> {
        let dir = data.join("run");
        if fits_socket(&dir) {
            // What a killed server left there: its lock file names a process id that may be another program's by now.
            if dir.exists() {
                fs::remove_dir_all(&dir).map_err(io("remove the old", &dir))?;
            }
            account.private_dir(&dir)?;
            return Ok(Self { dir, _temporary: None });
        }
        let tmp = Path::new("/tmp");
        let temp = tempfile::Builder::new().prefix("quell-").tempdir_in(tmp).map_err(io("create a directory in", tmp))?;
        account.private_dir(temp.path())?;
        Ok(Self { dir: temp.path().to_path_buf(), _temporary: Some(temp) })
    }
}

/// Bytes a socket's path may have: `sun_path` of unix(7) has 108, one of them the final NUL.
const SOCKET_PATH_MAX: usize = 107;

fn fits_socket(dir: &Path) -> bool {
    let Some(text) = dir.to_str() else { return false };
    let socket = format!("{text}/.s.PGSQL.{}", super::PORT);
    // PostgreSQL makes a lock file beside it, whose path is no socket's and may be longer.
    socket.len() <= SOCKET_PATH_MAX && !text.contains([',', '\'', '"', '\\', '%']) && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_quoted_or_refused() {
        assert_eq!(setting_line("log_line_prefix", "it's \\ ").unwrap(), "log_line_prefix = 'it''s \\\\ '\n");
        for (name, value) in [("port", "1"), ("Listen_Addresses", "*"), ("a b", "1"), ("", "1"), ("jit", "on\nfsync=off")] {
            assert!(setting_line(name, value).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn socket_paths_are_bounded() {
        // "/.s.PGSQL.5432" has 14 bytes.
        assert!(fits_socket(Path::new(&format!("/{}", "a".repeat(92)))));
        assert!(!fits_socket(Path::new(&format!("/{}", "a".repeat(93)))));
        assert!(fits_socket(Path::new("/数据/quell")));
        assert!(!fits_socket(Path::new("/a,b")));
    }
}
