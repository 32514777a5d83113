//! Server processes: who holds a data directory, what a killed Quell left behind, waiting for start and end.

use super::account::Account;
use super::error::{ServerError, io};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::Duration;

/// The file that the living Quell holds locked.
pub(super) const LOCK_FILE: &str = "quell.lock";
/// How often states are looked at.
const POLL: Duration = Duration::from_millis(10);
/// Polls in a second.
const PER_SECOND: u32 = 100;
/// Seconds a starting server may take without writing anything to its log.
const START_SILENCE_S: u32 = 60;
/// Seconds for a fast shutdown (it writes a checkpoint), after which PostgreSQL is told to drop everything and recover at
/// the next start.
const FAST_STOP_S: u32 = 120;
/// Seconds for an immediate shutdown.
const IMMEDIATE_STOP_S: u32 = 15;
/// How often a lock that is held is asked for again, 50 ms apart.
const LOCK_ATTEMPTS: u32 = 20;
/// Lines of the log that a failed start shows.
const TAIL_LINES: usize = 15;

/// Takes the data directory for this process. The lock ends with the process, however it ends; the file's content is only
/// for the message that names the holder.
pub(super) fn lock(data: &Path) -> Result<File, ServerError> {
    let path = data.join(LOCK_FILE);
    let options = File::options().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = options.map_err(io("open", &path))?;
    // A program that another thread of the holder is starting has the lock for a moment longer than the holder.
    let mut taken = file.try_lock();
    for _ in 0..LOCK_ATTEMPTS {
        if !matches!(taken, Err(TryLockError::WouldBlock)) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
        taken = file.try_lock();
    }
    match taken {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let holder = fs::read_to_string(&path).ok().and_then(|t| t.trim().parse().ok());
            return Err(ServerError::Held { data: data.into(), holder });
        }
        Err(TryLockError::Error(e)) => return Err(io("lock", &path)(e)),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(io("write", &path))?;
    Ok(file)
}

/// Ends the server processes that an earlier Quell left working in the database directory because it was killed. Only for the
/// holder of the lock: no living Quell owns them. (Stopping and starting anew is simpler and surer than taking over a server
/// of unknown settings, version and state; it costs a second.)
pub(super) fn stop_leftovers(cluster: &Path) -> Result<(), ServerError> {
    let pid_file = cluster.join("postmaster.pid");
    let main = pid_in(&pid_file);
    let left = residents(cluster);
    if let Some(main) = main.filter(|p| left.contains(p)) {
        signal(main, Signal::INT);
        wait_gone(cluster, FAST_STOP_S);
    }
    // Its children too, which may outlive a killed server for as long as a query takes.
    residents(cluster).into_iter().for_each(|p| signal(p, Signal::QUIT));
    if !wait_gone(cluster, IMMEDIATE_STOP_S) {
        return Err(ServerError::StillRunning { pids: residents(cluster), cluster: cluster.into() });
    }
    forget_pid(&pid_file)
}

/// PostgreSQL refuses to start while the process named in an old `postmaster.pid` lives, even if it is a corpse that its parent
/// has not yet buried or if the number went to another program.
fn forget_pid(pid_file: &Path) -> Result<(), ServerError> {
    let alive = pid_in(pid_file).and_then(pid).is_some_and(|p| test_kill_process(p).is_ok());
    // Without /proc nobody knows whose process it is: PostgreSQL's own check decides then.
    if alive && Path::new("/proc/self/cwd").exists() {
        fs::remove_file(pid_file).map_err(io("remove the stale", pid_file))?;
    }
    Ok(())
}

/// Processes named `postgres` whose working directory is the database directory: the server and all its children. Empty where
/// there is no /proc.
fn residents(cluster: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|e| e.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|p| {
        fs::read_link(format!("/proc/{p}/cwd")).is_ok_and(|cwd| cwd == cluster)
            && fs::read_to_string(format!("/proc/{p}/comm")).is_ok_and(|name| name.trim() == "postgres")
    })
    .collect()
}

fn wait_gone(cluster: &Path, seconds: u32) -> bool {
    (0..seconds * PER_SECOND).any(|_| {
        let gone = residents(cluster).is_empty();
        if !gone {
            sleep(POLL);
        }
        gone
    })
}

/// The first line of `postmaster.pid`.
fn pid_in(pid_file: &Path) -> Option<u32> {
    fs::read_to_string(pid_file).ok()?.lines().next()?.trim().parse().ok()
}

fn pid(number: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(number).ok()?)
}

/// Sends a signal; a process that has ended meanwhile is no error.
fn signal(number: u32, what: Signal) {
    if let Some(p) = pid(number) {
        let _ = kill_process(p, what);
    }
}

/// The server's log file, and where this start's part of it begins.
pub(super) struct Log {
    path: PathBuf,
    begin: u64,
}

/// A log beyond this many bytes is set aside (one old file is kept) at the next start.
const LOG_MAX: u64 = 16 << 20;

impl Log {
    /// Opens `<data>/log/postgresql.log` for appending. It belongs to the server's user, who may start it without root next time.
    pub(super) fn open(data: &Path, account: Account) -> Result<(Self, File), ServerError> {
        let dir = data.join("log");
        account.private_dir(&dir)?;
        let path = dir.join("postgresql.log");
        if fs::metadata(&path).is_ok_and(|m| m.len() > LOG_MAX) {
            fs::rename(&path, dir.join("postgresql.log.1")).map_err(io("rename", &path))?;
        }
        let file = File::options().append(true).create(true).open(&path).map_err(io("open", &path))?;
        account.give(&path)?;
        let begin = file.metadata().map_err(io("read", &path))?.len();
        Ok((Self { path, begin }, file))
    }

    fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |m| m.len())
    }

    /// The last lines that this start wrote.
    fn tail(&self) -> String {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut f| f.seek(SeekFrom::Start(self.begin)).and_then(|_| f.read_to_end(&mut bytes)));
        if let Err(e) = read {
            return format!("(unreadable: {e})");
        }
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }

    fn not_started(&self, reason: String) -> ServerError {
        ServerError::NotStarted { reason, log: self.path.clone(), tail: self.tail() }
    }
}

/// Waits until the server accepts connections, as `pg_ctl -w` does: line 8 of `postmaster.pid` says "ready". Recovery after a
/// crash may take minutes, but says so in the log: a minute of silence is a failure, and the server is stopped.
pub(super) fn wait_ready(child: &mut Child, cluster: &Path, log: &Log) -> Result<(), ServerError> {
    let pid_file = cluster.join("postmaster.pid");
    let mut silence = 0;
    let mut length = log.begin;
    while silence < START_SILENCE_S * PER_SECOND {
        if let Some(status) = child.try_wait().map_err(io("wait for", &pid_file))? {
            return Err(log.not_started(format!("it ended with {status}")));
        }
        let text = fs::read_to_string(&pid_file).unwrap_or_default();
        let mut lines = text.lines();
        let own = lines.next().is_some_and(|l| l.trim().parse() == Ok(child.id()));
        if own && lines.nth(6).is_some_and(|l| l.trim() == "ready") {
            return Ok(());
        }
        let now = log.length();
        silence = if now > length { 0 } else { silence + 1 };
        length = now;
        sleep(POLL);
    }
    stop(child, cluster)?;
    Err(log.not_started(format!("not ready, and silent for {START_SILENCE_S} s")))
}

/// Ends a server that this process started: sessions are cut off, everything committed is written. Nothing happens if it has
/// ended already.
pub(super) fn stop(child: &mut Child, cluster: &Path) -> Result<(), ServerError> {
    for (what, seconds) in [(Signal::INT, FAST_STOP_S), (Signal::QUIT, IMMEDIATE_STOP_S)] {
        // Still a child of ours: its number cannot have gone to another process.
        if ended(child, cluster)?.is_some() {
            return Ok(());
        }
        signal(child.id(), what);
        for _ in 0..seconds * PER_SECOND {
            if ended(child, cluster)?.is_some() {
                return Ok(());
            }
            sleep(POLL);
        }
    }
    Err(ServerError::StillRunning { pids: vec![child.id()], cluster: cluster.into() })
}

fn ended(child: &mut Child, cluster: &Path) -> Result<Option<ExitStatus>, ServerError> {
    child.try_wait().map_err(io("wait for the server of", cluster))
}
