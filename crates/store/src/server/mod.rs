//! A private PostgreSQL in Quell's data directory: unpacked, made and started on the first start, found again on the next.
//!
//! ```text
//! <data>/quell.lock         held by the living Quell
//! <data>/postgres-18.6.3/   the carried programs, unpacked
//! <data>/pg/                the database directory
//! <data>/run/               the server's socket
//! <data>/log/postgresql.log
//! ```
//!
//! * The server is a child process in a process group of its own (Ctrl-C in the terminal reaches Quell, which stops it), listens
//!   on a unix socket only, and trusts whoever can enter the socket's directory: the user it runs as, and root.
//! * Started by root it runs as the owner of `<data>/pg` (at first: of `<data>`) or, if that is root, as "nobody" (65534);
//!   `<data>` itself and the programs stay root's.
//! * If Quell is killed, the server goes on. The next start finds `quell.lock` free, stops what is left of the server, and
//!   starts anew. A server that somebody started by hand in `<data>/pg` is stopped in the same way.
//! * The carried PostgreSQL needs glibc ≥ 2.28, zlib and the locale C.UTF-8, which every Debian since 10 has.
//!
//! Everything here blocks the calling thread (a start for 0.1 s to 5 s, a backup for minutes): call it before the asynchronous
//! runtime starts or on a thread that may block.

mod account;
mod backup;
mod binaries;
mod cluster;
mod connection;
mod error;
mod process;

pub use backup::{BackupReport, Manifest, backup, restore};
pub use binaries::{CARRIED_VERSION, is_built_in};
pub use connection::split_password;
pub use error::{MIN_MAJOR, ServerError};

use account::Account;
use binaries::Binaries;
use cluster::Sockets;
use error::io;
use process::Log;
use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Child;

/// The database in the private server.
const DATABASE: &str = "quell";
/// Its superuser.
const USER: &str = "quell";
/// The number in the socket's name; the directory is private, so PostgreSQL's default does.
const PORT: u16 = 5432;

/// What to start.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The data directory; made if it does not exist.
    pub data: PathBuf,
    /// Bin directory of an installed PostgreSQL (≥ [`MIN_MAJOR`]); `None`: the one that the binary carries.
    pub pg_bin: Option<PathBuf>,
    /// Further PostgreSQL settings (name, value), which win over Quell's own.
    pub settings: Vec<(String, String)>,
}

/// A running server. Dropping it stops the server.
pub struct Postgres {
    child: Child,
    cluster: PathBuf,
    bin: PathBuf,
    sockets: Sockets,
    // Released after the server has stopped: fields are dropped after `Drop::drop`.
    _lock: File,
}

/// Starts the server of a data directory, on the first start after making it, and waits until it accepts connections.
///
/// # Errors
/// `Held` if a living Quell has the directory; `WrongMajor`, `TooOld`, `NotEnterable`, `NotBuiltIn` with what to do;
/// `NotStarted` with the end of the log.
pub fn start(options: &Options) -> Result<Postgres, ServerError> {
    let data = open_data(&options.data)?;
    let cluster = data.join("pg");
    let account = Account::of(&data, &cluster)?;
    let_in(&data, account)?;
    let lock = process::lock(&data)?;
    let bin = Binaries::find(options.pg_bin.as_deref(), &data, account)?;
    cluster::ensure(&cluster, &bin, account)?;
    process::stop_leftovers(&cluster)?;
    cluster::write_settings(&cluster, &options.settings, account)?;
    let sockets = Sockets::open(&data, account)?;
    let (log, output) = Log::open(&data, account)?;
    let mut command = binaries::command(account, &bin.dir, "postgres")?;
    command.arg("-D").arg(&cluster).args(["-c", "listen_addresses=", "-c", &format!("port={PORT}")]);
    // Quoted, as PostgreSQL reads a list; `Sockets` keeps quotes and commas out of the path.
    command.arg("-c").arg(format!("unix_socket_directories=\"{}\"", sockets.dir.display()));
    let program = bin.dir.join("postgres");
    let errors = output.try_clone().map_err(io("write the log of", &program))?;
    let mut child = command.process_group(0).stdout(output).stderr(errors).spawn().map_err(io("run", &program))?;
    process::wait_ready(&mut child, &cluster, &log)?;
    Ok(Postgres { child, cluster, bin: bin.dir, sockets, _lock: lock })
}

/// The data directory as an absolute path without symbolic links; made, for this user alone, if it does not exist.
fn open_data(data: &Path) -> Result<PathBuf, ServerError> {
    if !data.exists() {
        let data = std::path::absolute(data).map_err(io("resolve", data))?;
        let parent = data.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(parent).map_err(io("create", parent))?;
        fs::DirBuilder::new().mode(0o700).create(&data).map_err(io("create", &data))?;
    }
    fs::canonicalize(data).map_err(io("resolve", data))
}

/// Lets the server's user pass through the data directory (it may not list it) and checks that it can come that far.
fn let_in(data: &Path, account: Account) -> Result<(), ServerError> {
    if let Some(parent) = data.parent() {
        account.check_enterable(parent)?;
    }
    if account.may_enter(data)? {
        return Ok(());
    }
    // Only a new directory or one of Quell's: nobody's home is opened because it was given as --data by mistake.
    let mut names = fs::read_dir(data).map_err(io("read", data))?.filter_map(|e| Some(e.ok()?.file_name()));
    if names.next().is_some() && !data.join(process::LOCK_FILE).exists() {
        return Err(ServerError::Foreign { data: data.into() });
    }
    let mode = fs::metadata(data).map_err(io("read", data))?.permissions().mode();
    fs::set_permissions(data, fs::Permissions::from_mode(mode | 0o011)).map_err(io("set the mode of", data))
}

impl Postgres {
    /// The directory of the server's socket, to connect to as `host`.
    pub fn socket_dir(&self) -> &Path {
        &self.sockets.dir
    }

    /// The port, which is part of the socket's name.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        DATABASE
    }

    /// The user to connect as: the server's superuser, without password.
    pub fn user(&self) -> &str {
        USER
    }

    /// All of that as `host='…' port=… user=… dbname=…`, for tokio-postgres and PostgreSQL's own programs.
    pub fn connection_string(&self) -> String {
        format!("host='{}' port={PORT} user={USER} dbname={DATABASE}", self.sockets.dir.display())
    }

    /// The directory of PostgreSQL's programs, to be given to [`backup`] and [`restore`].
    pub fn bin_dir(&self) -> &Path {
        &self.bin
    }

    /// Process id of the server.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// False once the server has ended by itself: a crash, or the machine ran out of memory.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Stops the server and waits for its end: sessions are cut off, everything committed is written.
    ///
    /// # Errors
    /// `StillRunning` if it does not end.
    pub fn stop(mut self) -> Result<(), ServerError> {
        process::stop(&mut self.child, &self.cluster)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; the next start finds and stops what remains.
        let _ = process::stop(&mut self.child, &self.cluster);
    }
}
