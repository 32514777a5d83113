//! Disks that fill up or fail: small file systems of their own; they need root.

use super::faults::{DESKS, Fault, Found, NotHere, PAUSE, ended, said};
use super::{Crew, Program, Served};
use crate::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Enough for a new database and what a trial writes, in megabytes.
const SIZE: u32 = 700;

/// Runs a command of the system; what it said if it failed.
fn system(command: &mut Command) -> Result<(), NotHere> {
    let out = command.output().map_err(|e| NotHere(format!("{}: {e}", command.get_program().display())))?;
    let said = || format!("{}: {}", command.get_program().display(), String::from_utf8_lossy(&out.stderr).trim());
    if out.status.success() { Ok(()) } else { Err(NotHere(said())) }
}

/// A mounted file system, taken down at the end.
struct Disk {
    at: PathBuf,
    image: PathBuf,
}

impl Disk {
    /// In memory.
    fn small(home: &Path) -> Result<Self, Error> {
        let at = home.join("disk");
        std::fs::create_dir_all(&at)?;
        system(Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={SIZE}m,mode=755"), "tmpfs"]).arg(&at))?;
        Ok(Self { at, image: PathBuf::new() })
    }
    /// In a file, as ext4.
    fn frail(home: &Path) -> Result<Self, Error> {
        let disk = Self { at: home.join("disk"), image: home.join("image") };
        std::fs::create_dir_all(&disk.at)?;
        std::fs::File::create(&disk.image)?.set_len(u64::from(SIZE) << 20)?;
        system(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&disk.image))?;
        disk.mount()?;
        Ok(disk)
    }
    fn mount(&self) -> Result<(), NotHere> {
        system(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.at))
    }
    /// As ext4 does after an error of the device: from now on it can only be read.
    fn fail(&self) -> Result<(), NotHere> {
        system(Command::new("mount").args(["-o", "remount,abort"]).arg(&self.at))
    }
    /// What an administrator does when nothing uses it any more.
    async fn check(&self) -> Result<(), Error> {
        for _ in 0..100 {
            if system(Command::new("umount").arg(&self.at)).is_ok() {
                // 0: nothing to mend; 1: mended.
                let code = Command::new("e2fsck").args(["-p", "-f"]).arg(&self.image).output()?.status.code();
                return if code.is_some_and(|c| c <= 1) { Ok(self.mount()?) } else { Err(format!("e2fsck ended with {code:?}").into()) };
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Err("somebody still uses the disk".into())
    }
    /// Leaves no byte free.
    fn fill(&self) -> std::io::Result<()> {
        use std::io::Write;
        let mut file = std::fs::File::create(self.at.join("ballast"))?;
        while file.write_all(&[1; 64 * 1024]).is_ok() {}
        while file.write_all(&[1]).is_ok() {}
        Ok(())
    }
    fn relieve(&self) -> std::io::Result<()> {
        std::fs::remove_file(self.at.join("ballast"))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

pub(super) async fn full(program: &Program, home: &Path) -> Result<Found, Error> {
    let disk = Disk::small(home)?;
    // The log is on it, too.
    let mut served = Served::new_book(program, &disk.at.join("data"), &[]).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    crew.goes_on(40).await?;
    disk.fill()?;
    tokio::time::sleep(Duration::from_secs(15)).await;
    disk.relieve()?;
    served.recovered().await?;
    crew.goes_on(40).await?;
    let log = served.log()?;
    let said = said(&log, &["No space left"]).or_else(|_| said(&log, &["PostgreSQL has died"]))?;
    ended(served, crew, Fault::DiskFull, 1, said).await
}

pub(super) async fn read_only(program: &Program, home: &Path) -> Result<Found, Error> {
    let disk = Disk::frail(home)?;
    let data = home.join("data");
    std::fs::create_dir(disk.at.join("data"))?;
    std::os::unix::fs::symlink(disk.at.join("data"), &data)?;
    let mut served = Served::new_book(program, &data, &[]).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    crew.goes_on(40).await?;
    disk.fail()?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    if !served.lives() {
        return Err(format!("the server has ended: {}", served.log()?).into());
    }
    served.kill()?;
    disk.check().await?;
    served.again().await?;
    crew.goes_on(40).await?;
    let said = said(&served.log()?, &["Read-only file system"])?;
    ended(served, crew, Fault::DiskReadOnly, 1, said).await
}
