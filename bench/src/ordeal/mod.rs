//! A screening under fire: the real binary serves, stations and a laboratory work on without end and send again whatever has no
//! receipt, while something is broken; then every acknowledged submission must be in the book exactly once.

mod audit;
mod cage;
mod desk;
mod disks;
pub mod faults;
pub mod kill;
pub mod proxy;
mod served;

pub use audit::{Audit, Books};
pub use cage::Cage;
pub use desk::{Crew, Work};
pub use served::{Served, signal};

use crate::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What the trials have in common on their command lines.
#[derive(Debug, Clone, clap::Args)]
pub struct Trial {
    /// Print only the JSON line.
    #[arg(long)]
    pub json: bool,
    /// The program to try; by default the one built beside this.
    #[arg(long)]
    quell: Option<PathBuf>,
}

impl Trial {
    /// The program to try.
    ///
    /// # Errors
    /// If there is none beside this one.
    pub fn program(&self) -> Result<Program, Error> {
        self.quell.clone().map_or_else(Program::beside, |p| Ok(Program::at(p)))
    }
}

/// The program under trial.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    cage: Option<PathBuf>,
}

impl Program {
    /// This one.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), cage: None }
    }
    /// The `quell` that was built beside the program that runs now.
    ///
    /// # Errors
    /// If there is none.
    pub fn beside() -> Result<Self, Error> {
        let path = std::env::current_exe()?.with_file_name("quell");
        if !path.exists() {
            return Err(format!("{} is not there: build it with 'cargo build --release --bin quell'", path.display()).into());
        }
        Ok(Self::at(path))
    }
    /// The same program, whose processes live in this cage.
    pub fn caged(self, cage: &Cage) -> Self {
        Self { cage: Some(cage.door()), ..self }
    }
    /// A command of it on a data directory.
    pub fn command(&self, data: &Path) -> Command {
        let mut c = match &self.cage {
            None => Command::new(&self.path),
            Some(door) => {
                let mut c = Command::new("sh");
                c.args(["-c", r#"echo $$ > "$0" && exec "$@""#]).arg(door).arg(&self.path);
                c
            }
        };
        c.arg("--data").arg(data).args(["--lang", "en"]).env("RUST_LOG", "warn,quell=info");
        c
    }
    /// Runs a command to its end, with this on its standard input.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn run(c: &mut Command, input: &str) -> std::io::Result<Output> {
        use std::io::Write;
        let mut child = c.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends without reading says why by itself.
            let _ = stdin.write_all(input.as_bytes());
        }
        child.wait_with_output()
    }
    /// The same, for a command that must succeed.
    ///
    /// # Errors
    /// What it said when it did not.
    pub fn must(c: &mut Command, input: &str) -> Result<Output, Error> {
        let out = Self::run(c, input)?;
        if !out.status.success() {
            return Err(format!("{c:?} ended with {}: {}", out.status, String::from_utf8_lossy(&out.stderr)).into());
        }
        Ok(out)
    }
}
