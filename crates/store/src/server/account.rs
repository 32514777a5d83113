//! Under which user PostgreSQL runs. PostgreSQL refuses to run as root, so a Quell started by root gives it another user.

use super::error::{ServerError, io};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The unprivileged user and group ("nobody", "nogroup") that every Linux has; used when root starts a new data directory.
const NOBODY: u32 = 65534;

/// The user that PostgreSQL runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// The user who started Quell.
    Same,
    /// Quell was started by root: this user and group.
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// The account for a data directory and the database directory in it: whoever owns the latter or, before there is one, the
    /// former, so that it may be started by root today and by its owner tomorrow. If both are root's: "nobody".
    pub(super) fn of(data: &Path, cluster: &Path) -> Result<Self, ServerError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Same);
        }
        let owned = if cluster.exists() { cluster } else { data };
        let m = fs::metadata(owned).map_err(io("read", owned))?;
        match m.uid() {
            0 => Ok(Self::Other { uid: NOBODY, gid: NOBODY }),
            uid => Ok(Self::Other { uid, gid: m.gid() }),
        }
    }

    /// Makes the command run under this account, and then in `/`: the account may not enter the present directory.
    pub(super) fn apply(self, command: &mut Command) {
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid).current_dir("/");
        }
    }

    /// Gives a file or directory to this account.
    pub(super) fn give(self, path: &Path) -> Result<(), ServerError> {
        match self {
            Self::Same => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(uid), Some(gid)).map_err(io("change the owner of", path)),
        }
    }

    /// Creates a directory that only this account (and root) may enter, or makes an existing one so.
    pub(super) fn private_dir(self, path: &Path) -> Result<(), ServerError> {
        fs::create_dir_all(path).map_err(io("create", path))?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(io("set the mode of", path))?;
        self.give(path)
    }

    /// Checks that the account can enter `path` and every directory above it.
    pub(super) fn check_enterable(self, path: &Path) -> Result<(), ServerError> {
        let Self::Other { uid, .. } = self else { return Ok(()) };
        for dir in path.ancestors().filter(|a| !a.as_os_str().is_empty()) {
            if !self.may_enter(dir)? {
                return Err(ServerError::NotEnterable { dir: dir.to_path_buf(), path: path.to_path_buf(), uid });
            }
        }
        Ok(())
    }

    /// By the mode bits; access lists are not read.
    pub(super) fn may_enter(self, dir: &Path) -> Result<bool, ServerError> {
        let Self::Other { uid, gid } = self else { return Ok(true) };
        let m = fs::metadata(dir).map_err(io("read", dir))?;
        let bit = if m.uid() == uid {
            0o100
        } else if m.gid() == gid {
            0o010
        } else {
            0o001
        };
        Ok(m.mode() & bit != 0)
    }
}
