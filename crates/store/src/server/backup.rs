//! Backup of the whole database into one file, and back. Beside the file stands a manifest with its hash and versions.

use super::account::Account;
use super::binaries::{client_tools, run};
use super::cluster::sync_parent;
use super::connection::split_password;
use super::error::{ServerError, io};
use quell_foundation::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::NamedTempFile;

/// The first field of every manifest.
const FORMAT: &str = "quell-backup 1";

/// What a backup wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// The backup: an archive in `pg_dump`'s custom format.
    pub file: PathBuf,
    /// Its manifest, the file's name with `.manifest.json` after it. Keep the two together.
    pub manifest: PathBuf,
    /// Size of the backup in bytes.
    pub bytes: u64,
    /// Hash of the backup.
    pub sha256: Hash,
    /// When the archive was begun, as the archive itself says, in UTC.
    pub created_at: String,
    /// Version of the server backed up.
    pub server_version: String,
    /// Version of `pg_dump`.
    pub tool_version: String,
}

/// The manifest file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    bytes: u64,
    sha256: Hash,
    created_at: String,
    server_version: String,
    tool_version: String,
    /// Roles that hold rights in the database; roles belong to a server, not to a database, so a dump does not carry them.
    roles: Vec<String>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Why it is none that this program reads.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(text).map_err(|e| format!("it is no manifest: {e}"))?;
        if manifest.format != FORMAT {
            return Err(format!("its format is `{}`, this quell reads `{FORMAT}`", manifest.format));
        }
        Ok(manifest)
    }
}

/// Backs up the database at `connection` (key=value form or URL) to the new file `out`. Consistent under load: it sees the
/// database at one moment, and blocks only changes of the schema. Nothing appears at `out` before the backup is whole and
/// on the disk. `bin`: directory of `pg_dump`, `pg_restore` and `psql`, not older than the server; `None`: the carried ones.
///
/// Blocks until done (minutes for millions of rows): call it from a thread that may block.
///
/// # Errors
/// `Exists` if there is a file at `out`; `Tool` with PostgreSQL's message; `Io`; `NotBuiltIn`.
pub fn backup(bin: Option<&Path>, connection: &str, out: &Path) -> Result<BackupReport, ServerError> {
    let out = std::path::absolute(out).map_err(io("resolve", out))?;
    if out.exists() {
        return Err(ServerError::Exists { path: out });
    }
    let (bin, _temporary) = client_tools(bin)?;
    let client = Client::new(&bin, connection);
    let roles = client.query(ROLES)?.lines().map(String::from).collect();
    let parent = out.parent().unwrap_or(Path::new("/"));
    let dump = NamedTempFile::new_in(parent).map_err(io("create a file in", parent))?;
    // Level 1: a third of the default's time for a tenth more bytes.
    client.run("pg_dump", |c| c.args(["--format=custom", "--compress=1", "--file"]).arg(dump.path()))?;
    dump.as_file().sync_all().map_err(io("write to disk", dump.path()))?;
    let listing = run(Account::Same, &bin, "pg_restore", |c| c.arg("--list").arg(dump.path()))?;
    let header = |label: &str| listing.lines().find_map(|l| l.split_once(label)).map_or("", |(_, v)| v.trim()).to_string();
    let (sha256, bytes) = hash_file(dump.path())?;
    let manifest = Manifest {
        format: FORMAT.into(),
        bytes,
        sha256,
        created_at: header("Archive created at "),
        server_version: header("Dumped from database version: "),
        tool_version: header("Dumped by pg_dump version: "),
        roles,
    };
    // The manifest first: whoever sees the backup sees its manifest.
    let manifest_path = manifest_path(&out);
    write_manifest(&manifest_path, &manifest)?;
    dump.persist_noclobber(&out).map_err(|e| match e.error.kind() {
        std::io::ErrorKind::AlreadyExists => ServerError::Exists { path: out.clone() },
        _ => io("create", &out)(e.error),
    })?;
    sync_parent(&out)?;
    let Manifest { created_at, server_version, tool_version, .. } = manifest;
    Ok(BackupReport { file: out, manifest: manifest_path, bytes, sha256, created_at, server_version, tool_version })
}

/// Restores a backup into the empty database at `connection`, in one transaction: all of it or nothing. The restored tables
/// belong to the connection's user; roles that the backup gives rights to are created without log-in where they are missing.
/// `bin` as for [`backup`], not older than the `pg_dump` that made it. Blocks until done.
///
/// # Errors
/// `BadBackup` if the manifest is missing or the file is not the one it describes; `NotEmpty`; `Tool` with PostgreSQL's
/// message; `Io`; `NotBuiltIn`.
pub fn restore(bin: Option<&Path>, connection: &str, from: &Path) -> Result<(), ServerError> {
    let manifest = read_manifest(from)?;
    let (sha256, bytes) = hash_file(from)?;
    if (sha256, bytes) != (manifest.sha256, manifest.bytes) {
        let reason = format!(
            "it has {bytes} bytes with SHA-256 {sha256}, its manifest says {} with {}: the file is damaged, take another copy",
            manifest.bytes, manifest.sha256
        );
        return Err(ServerError::BadBackup { path: from.into(), reason });
    }
    let (bin, _temporary) = client_tools(bin)?;
    let client = Client::new(&bin, connection);
    match client.query(OBJECTS)?.trim().parse() {
        Ok(0) => {}
        Ok(found) => return Err(ServerError::NotEmpty { found }),
        Err(_) => return Err(ServerError::Tool { tool: "psql", status: "no number".into(), message: OBJECTS.into() }),
    }
    let existing = client.query("SELECT rolname FROM pg_roles")?;
    for role in manifest.roles.iter().filter(|r| !existing.lines().any(|e| e == r.as_str())) {
        client.query(&format!("CREATE ROLE \"{}\" NOLOGIN", role.replace('"', "\"\"")))?;
    }
    client.run("pg_restore", |c| c.args(["--single-transaction", "--no-owner"]).arg(from))?;
    // The planner's statistics are not in the archive.
    client.query("ANALYZE").map(|_| ())
}

/// Names of the roles with rights in this database (privileges, policies), except owners and the superuser of `initdb`.
const ROLES: &str = "SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid \
    WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype IN ('a', 'r') \
    AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1";

/// Number of tables, views, sequences and functions outside the system's schemas, and of schemas besides "public".
const OBJECTS: &str = "WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_') \
    SELECT (SELECT count(*) FROM pg_class c JOIN own ON own.oid = c.relnamespace) \
    + (SELECT count(*) FROM pg_proc p JOIN own ON own.oid = p.pronamespace) \
    + (SELECT count(*) FROM own WHERE nspname <> 'public')";

/// PostgreSQL's client programs with a connection.
struct Client<'a> {
    bin: &'a Path,
    connection: String,
    password: Option<String>,
}

impl<'a> Client<'a> {
    fn new(bin: &'a Path, connection: &str) -> Self {
        let (connection, password) = split_password(connection);
        Self { bin, connection, password }
    }

    fn run(&self, tool: &'static str, arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<String, ServerError> {
        run(Account::Same, self.bin, tool, |c| {
            if let Some(password) = &self.password {
                c.env("PGPASSWORD", password);
            }
            arguments(c.arg("--no-password").arg("--dbname").arg(&self.connection))
        })
    }

    fn query(&self, sql: &str) -> Result<String, ServerError> {
        self.run("psql", |c| c.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", sql]))
    }
}

fn manifest_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_os_string();
    name.push(".manifest.json");
    name.into()
}

fn write_manifest(path: &Path, manifest: &Manifest) -> Result<(), ServerError> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    let mut file = NamedTempFile::new_in(parent).map_err(io("create a file in", parent))?;
    let text = serde_json::to_vec_pretty(manifest).map_err(|e| io("write", path)(e.into()))?;
    file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(io("write", path))?;
    file.persist(path).map_err(|e| io("create", path)(e.error))?;
    Ok(())
}

fn read_manifest(backup: &Path) -> Result<Manifest, ServerError> {
    let bad = |reason| ServerError::BadBackup { path: backup.into(), reason };
    let path = manifest_path(backup);
    let text = fs::read(&path).map_err(|e| bad(format!("its manifest {} cannot be read: {e}", path.display())))?;
    Manifest::read(&text).map_err(|why| bad(format!("{}: {why}", path.display())))
}

/// SHA-256 and length of a file.
fn hash_file(path: &Path) -> Result<(Hash, u64), ServerError> {
    let mut file = File::open(path).map_err(io("open", path))?;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let n = file.read(&mut buffer).map_err(io("read", path))?;
        if n == 0 {
            return Ok((Hash(sha.finalize().into()), bytes));
        }
        sha.update(&buffer[..n]);
        bytes += n as u64;
    }
}
