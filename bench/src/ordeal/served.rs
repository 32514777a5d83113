//! A server process that can be killed, and comes back.

use super::Program;
use crate::{Client, Error, screening};
use quell::clock::Clock;
use quell_foundation::AccountId;
use quell_store::Database;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

/// How long a server may take to answer from its database, from its start or from a fault: PostgreSQL recovers what a kill left.
const PATIENCE: Duration = Duration::from_secs(120);
pub(super) const PASSWORD: &str = "wet mountain";

/// Sends a signal to a process.
///
/// # Errors
/// If there is no shell.
pub fn signal(pid: u32, name: &str) -> std::io::Result<()> {
    // The shell's own command: every machine has it.
    std::process::Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().map(drop)
}

/// The server process of a data directory.
pub struct Served {
    program: Program,
    child: Child,
    data: PathBuf,
    /// Where it listens.
    pub address: SocketAddr,
    /// Further words on its command line, behind `serve`.
    options: Vec<String>,
}

impl Served {
    /// Makes a book in a new data directory and serves it. `options`: for every command (`--database-url …`).
    ///
    /// # Errors
    /// What the commands said.
    pub async fn new_book(program: &Program, data: &Path, options: &[String]) -> Result<Self, Error> {
        let mut create = program.command(data);
        create.args(options).args(["book", "create", &screening::BOOK.to_string(), screening::ROOT]);
        blocking(move || Program::must(&mut create, "")).await?;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Self::start(program, data, address, options).await
    }
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// Its log, if it does not.
    pub async fn start(program: &Program, data: &Path, address: SocketAddr, options: &[String]) -> Result<Self, Error> {
        let child = spawn(program, data, address, options)?;
        let mut served = Self { program: program.clone(), child, data: data.into(), address, options: options.to_vec() };
        served.recovered().await?;
        Ok(served)
    }
    /// Waits until it answers from the database.
    ///
    /// # Errors
    /// Its log, if it has ended or does not answer in time.
    pub async fn recovered(&mut self) -> Result<(), Error> {
        let since = std::time::Instant::now();
        while since.elapsed() < PATIENCE {
            if self.answers().await {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() {
                return Err(format!("the server has ended: {}", self.log()?).into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("the server does not answer: {}", self.log()?).into())
    }
    async fn answers(&self) -> bool {
        let asked = async {
            let mut c = Client::connect(self.address, "").await?;
            c.send("GET", "/v1/health", "".into()).await
        };
        matches!(tokio::time::timeout(Duration::from_secs(5), asked).await, Ok(Ok((200, _))))
    }
    /// Everything that it has logged, over all its lives.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn log(&self) -> std::io::Result<String> {
        std::fs::read_to_string(log_of(&self.data))
    }
    /// A command of the program on its data.
    pub fn command(&self) -> std::process::Command {
        let mut c = self.program.command(&self.data);
        c.args(&self.options);
        c
    }
    /// Runs a command to its end beside the server; it must succeed.
    ///
    /// # Errors
    /// What it said when it did not.
    pub async fn must(&self, args: &[&str], input: &str) -> Result<std::process::Output, Error> {
        let (mut c, input) = (self.command(), input.to_owned());
        c.args(args);
        blocking(move || Program::must(&mut c, &input)).await
    }
    /// An account for the whole book; its token.
    ///
    /// # Errors
    /// What the program said.
    pub async fn account(&self, role: &str) -> Result<String, Error> {
        self.must(&["account", "put", role, "--role", role], &format!("{PASSWORD}\n")).await?;
        let mut client = Client::connect(self.address, "").await?;
        client.log_in(&AccountId::new(role)?, PASSWORD).await?;
        Ok(client.token().to_owned())
    }
    /// Somebody answers for everything that is overdue, so that the day can be closed.
    ///
    /// # Errors
    /// What the server said.
    pub async fn own_what_is_overdue(&self) -> Result<(), Error> {
        let mut chief = Client::connect(self.address, &self.account("commander").await?).await?;
        let facts = quell_book::DutyKind::ALL.iter().map(|kind| screening::owned(*kind)).collect();
        let (status, answer) = chief.send("POST", "/v1/submissions", crate::bytes_of(facts)?).await?;
        if status == 201 { Ok(()) } else { Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into()) }
    }
    /// Lists the county with so many people and opens the round.
    ///
    /// # Errors
    /// What the server said.
    pub async fn list(&self, people: usize) -> Result<(), Error> {
        let mut chief = Client::connect(self.address, &self.account("commander").await?).await?;
        for facts in screening::county(people, Clock::real().now()) {
            let (status, answer) = chief.send("POST", "/v1/submissions", crate::bytes_of(facts)?).await?;
            if status != 201 {
                return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
            }
        }
        Ok(())
    }
    /// The database of a server that runs its own PostgreSQL, once that takes connections.
    ///
    /// # Errors
    /// If it runs none, or none that answers in time.
    pub async fn database(&self) -> Result<Database, Error> {
        let since = std::time::Instant::now();
        loop {
            let db = Database::new(&std::fs::read_to_string(self.data.join("running"))?, 1)?;
            match db.connection().await {
                Ok(_) => return Ok(db),
                Err(e) if since.elapsed() > PATIENCE => return Err(e.into()),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
    /// The process of its own PostgreSQL.
    ///
    /// # Errors
    /// If it runs none.
    pub fn postmaster(&self) -> Result<u32, Error> {
        let file = std::fs::read_to_string(self.data.join("pg/postmaster.pid"))?;
        Ok(file.lines().next().unwrap_or_default().parse()?)
    }
    /// True unless its process has ended.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
    /// `kill -9`.
    ///
    /// # Errors
    /// The system's.
    pub fn kill(&mut self) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
    /// Starts it again after it was killed.
    ///
    /// # Errors
    /// Its log, if it does not come back.
    pub async fn again(&mut self) -> Result<(), Error> {
        self.child = spawn(&self.program, &self.data, self.address, &self.options)?;
        self.recovered().await
    }
    /// Stops it in order.
    ///
    /// # Errors
    /// If it does not end with success.
    pub fn stop(mut self) -> Result<(), Error> {
        signal(self.child.id(), "TERM")?;
        match self.child.wait()?.success() {
            true => Ok(()),
            false => Err(format!("no orderly end: {}", self.log()?).into()),
        }
    }
}

/// Beside the data, which can be on a disk that takes nothing.
fn log_of(data: &Path) -> PathBuf {
    data.with_file_name("serve.log")
}

fn spawn(program: &Program, data: &Path, address: SocketAddr, options: &[String]) -> std::io::Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(log_of(data))?;
    program.command(data).args(options).args(["serve", "--listen", &address.to_string()]).stderr(log).spawn()
}

/// Runs what blocks on a thread that may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => std::panic::resume_unwind(e.into_panic()),
    }
}

impl Drop for Served {
    /// A trial that fails leaves no server behind; PostgreSQL is left to whoever opens the directory next.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = signal(self.child.id(), "TERM");
            let _ = self.child.wait();
        }
    }
}
