//! What can go wrong around the PostgreSQL server, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// A failure to start, stop, back up or restore. The text names the operation, the path and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The binary carries no PostgreSQL and none was named.
    #[error("built without PostgreSQL: give --pg-bin or --database-url")]
    NotBuiltIn,
    /// An operation on a file or directory failed.
    #[error("cannot {what} {path}: {source}", path = path.display())]
    Io {
        /// The operation, as a verb: "create", "read" ….
        what: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The carried archive could not be unpacked.
    #[error("cannot unpack the carried PostgreSQL to {path}: {reason}", path = path.display())]
    Unpack {
        /// The place it should go to.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// Another Quell uses the data directory.
    #[error(
        "the data directory {data} is in use by {holder}: stop that one first, or use another --data",
        data = data.display(), holder = holder.map_or("another quell".into(), |p| format!("the quell with process id {p}"))
    )]
    Held {
        /// The data directory.
        data: PathBuf,
        /// Process id of the holder, where it is known.
        holder: Option<u32>,
    },
    /// Started by root, PostgreSQL runs as another user, and that user cannot get at a directory.
    #[error(
        "started by root, PostgreSQL runs as user id {uid}, which may not enter the directory {dir}: \
         {path} must lie elsewhere, for example --data /var/lib/quell",
        dir = dir.display(), path = path.display()
    )]
    NotEnterable {
        /// The directory that bars the way.
        dir: PathBuf,
        /// What should be reached below it.
        path: PathBuf,
        /// The user id PostgreSQL runs as.
        uid: u32,
    },
    /// The data directory has other things in it.
    #[error("{data} is not empty and not a data directory of quell: give --data a new directory", data = data.display())]
    Foreign {
        /// The directory.
        data: PathBuf,
    },
    /// A program of PostgreSQL is not where it should be.
    #[error("there is no {tool} in {dir}: give --pg-bin the bin directory of a PostgreSQL ≥ {MIN_MAJOR} with server and client programs", dir = dir.display())]
    MissingTool {
        /// The program.
        tool: &'static str,
        /// The directory searched.
        dir: PathBuf,
    },
    /// The installed PostgreSQL is too old, or is none.
    #[error("the PostgreSQL in {dir} is `{found}`, but version {MIN_MAJOR} or newer is needed: give another --pg-bin, or none", dir = dir.display())]
    TooOld {
        /// The bin directory.
        dir: PathBuf,
        /// What it says of itself.
        found: String,
    },
    /// The data directory belongs to another major version of PostgreSQL.
    #[error(
        "{cluster} was made by PostgreSQL {found}, but this is PostgreSQL {have}: start with --pg-bin of a PostgreSQL {found}, \
         back up with it, and restore into a new --data",
        cluster = cluster.display()
    )]
    WrongMajor {
        /// The database directory.
        cluster: PathBuf,
        /// The version that made it.
        found: String,
        /// The version at hand.
        have: u32,
    },
    /// A setting that may not be given.
    #[error("the PostgreSQL setting {name} cannot be given: {reason}")]
    Setting {
        /// Its name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// A program of PostgreSQL failed.
    #[error("{tool} failed ({status}): {message}")]
    Tool {
        /// The program.
        tool: &'static str,
        /// How it ended.
        status: String,
        /// What it said.
        message: String,
    },
    /// The server did not come up.
    #[error("PostgreSQL did not start ({reason}); the end of {log}:\n{tail}", log = log.display())]
    NotStarted {
        /// What was seen.
        reason: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// Server processes could not be stopped.
    #[error("PostgreSQL processes {pids:?} still work in {cluster}: end them with `kill -QUIT`, then try again", cluster = cluster.display())]
    StillRunning {
        /// Their ids.
        pids: Vec<u32>,
        /// The database directory.
        cluster: PathBuf,
    },
    /// A backup would overwrite something.
    #[error("{path} exists already and is not overwritten: give another name", path = path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A backup is damaged or is none.
    #[error("{path} cannot be restored: {reason}", path = path.display())]
    BadBackup {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The database to restore into holds something.
    #[error("the database is not empty ({found} tables, views, schemas or functions): restore into a new one (another --data)")]
    NotEmpty {
        /// How many objects it holds.
        found: u64,
    },
}

/// The oldest major version of PostgreSQL that Quell runs on (issue: "an installed PostgreSQL ≥ 15").
pub const MIN_MAJOR: u32 = 15;

/// For `map_err`: names the operation and the path of an I/O error.
pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ServerError {
    let path = path.to_path_buf();
    move |source| ServerError::Io { what, path, source }
}
