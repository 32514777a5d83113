//! A control group: a server that may use only a share of a processor, or so much memory. Needs root.

use std::path::{Path, PathBuf};

/// A control group of this process; it is removed at the end.
pub struct Cage(PathBuf);

/// Of a second, in microseconds: short, so that a small share comes in small pieces.
const PERIOD: u64 = 10_000;

impl Cage {
    /// A share of one processor, for all processes in it together.
    ///
    /// # Errors
    /// If this user may make no control groups.
    pub fn processor(share: f64) -> std::io::Result<Self> {
        let quota = (share * PERIOD as f64) as u64;
        Self::make(
            "cpu",
            &[("cpu.cfs_period_us", PERIOD.to_string()), ("cpu.cfs_quota_us", quota.to_string())],
            &[("cpu.max", format!("{quota} {PERIOD}"))],
        )
    }
    /// So much memory, in bytes; who needs more is killed by the system.
    ///
    /// # Errors
    /// If this user may make no control groups.
    pub fn memory(bytes: u64) -> std::io::Result<Self> {
        Self::make("memory", &[("memory.limit_in_bytes", bytes.to_string())], &[("memory.max", bytes.to_string())])
    }
    /// By version 1 if the system has it, else by version 2.
    fn make(controller: &str, old: &[(&str, String)], new: &[(&str, String)]) -> std::io::Result<Self> {
        let (root, settings) = match Path::new("/sys/fs/cgroup").join(controller) {
            v1 if v1.is_dir() => (v1, old),
            _ => (PathBuf::from("/sys/fs/cgroup"), new),
        };
        let cage = Self(root.join(format!("quell-trial-{}", std::process::id())));
        std::fs::create_dir_all(&cage.0)?;
        for (file, value) in settings {
            std::fs::write(cage.0.join(file), value)?;
        }
        Ok(cage)
    }
    /// Changes how much memory there is.
    ///
    /// # Errors
    /// The system's; version 1 refuses less than what cannot be let go.
    pub fn memory_is(&self, bytes: u64) -> std::io::Result<()> {
        let old = self.0.join("memory.limit_in_bytes");
        std::fs::write(if old.exists() { old } else { self.0.join("memory.max") }, bytes.to_string())
    }
    /// Takes away all memory that can be taken: the next that needs more is killed.
    pub fn squeeze(&self) {
        // In steps of a twentieth, from 4 GB down to some 20 MB.
        let mut bytes = (4u64 << 30) as f64;
        while bytes > 2e7 && self.memory_is(bytes as u64).is_ok() {
            bytes *= 0.95;
        }
    }
    /// Something in it that needs more memory without end; the system kills something else first. Kill it when it has done its work.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn hungry(&self) -> std::io::Result<std::process::Child> {
        for process in std::fs::read_to_string(self.door())?.lines() {
            // Whoever has ended meanwhile needs no mark.
            let _ = std::fs::write(format!("/proc/{process}/oom_score_adj"), "1000");
        }
        // `tail` keeps the last line, which never ends.
        let script = r#"echo $$ > "$0" && exec tail /dev/zero"#;
        std::process::Command::new("sh").args(["-c", script]).arg(self.door()).spawn()
    }
    /// How many processes the system has killed in it.
    ///
    /// # Errors
    /// The system's.
    pub fn killed(&self) -> std::io::Result<u64> {
        let old = self.0.join("memory.oom_control");
        let text = std::fs::read_to_string(if old.exists() { old } else { self.0.join("memory.events") })?;
        Ok(text.lines().find_map(|l| l.strip_prefix("oom_kill ")?.trim().parse().ok()).unwrap_or(0))
    }
    /// The file into which a process writes its number to come in.
    pub(super) fn door(&self) -> PathBuf {
        self.0.join("cgroup.procs")
    }
}

impl Drop for Cage {
    fn drop(&mut self) {
        // It stays while a process is left in it; an empty one costs nothing.
        let _ = std::fs::remove_dir(&self.0);
    }
}
