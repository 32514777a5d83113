//! Everything a running Quell holds, and how it starts and stops.

use crate::admission::Admission;
use crate::clerk::Clerk;
use crate::clock::{Clock, fresh_id};
use crate::door::Door;
use crate::identity::IdentityKey;
use futures_util::future::try_join_all;
use quell_book::BookConfig;
use quell_foundation::*;
use quell_protocol::Protocol;
use quell_store::accounts::Account;
use quell_store::batch::Writer;
use quell_store::log::Sender;
use quell_store::server::{self, Postgres, ServerError};
use quell_store::shelf::{self, Shelf};
use quell_store::{Database, StoreError, log, schema};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Where the data is.
#[derive(Debug, Clone, clap::Args)]
pub struct DataOptions {
    /// Directory of the book's data: the private PostgreSQL, the identity key, the logs.
    #[arg(long, env = "QUELL_DATA", default_value = "quell-data", global = true, help_heading = "Where the data is")]
    pub data: PathBuf,
    /// Use this PostgreSQL (15 or later) instead of the embedded one: the directory of its programs.
    #[arg(long, env = "QUELL_PG_BIN", global = true, help_heading = "Where the data is")]
    pub pg_bin: Option<PathBuf>,
    /// Use a PostgreSQL server that runs already: postgres://… or key=value.
    #[arg(long, env = "QUELL_DATABASE_URL", global = true, help_heading = "Where the data is")]
    pub database_url: Option<String>,
}

/// What went wrong at the start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The private PostgreSQL.
    #[error(transparent)]
    Server(#[from] server::ServerError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data directory.
    #[error("{path}: {source}")]
    Io {
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A protocol file has faults.
    #[error("{0}")]
    Protocol(String),
    /// The people of this book are hashed under another key than the one of the data directory, or it has none.
    #[error(
        "the people of book {book} are hashed under an identity key that is not {path}; copy the book's own there (FILE.key of its backup, identity.key of its first server). Under another key nobody is found by number, the same people are listed twice, and their door codes change"
    )]
    OtherKey {
        /// The book.
        book: BookId,
        /// Where its key should be.
        path: PathBuf,
    },
    /// The command's words do not fit.
    #[error("{0}")]
    Usage(String),
}

/// A database that is ready: migrated; its private server stops when this is dropped.
pub struct Ready {
    /// The database.
    pub db: Database,
    /// The private server, if there is one.
    pub server: Mutex<Option<Postgres>>,
    /// The data directory.
    pub data: PathBuf,
}

impl Ready {
    /// The identity key of the data directory. It is made on first use, but never for a book whose people are hashed already.
    ///
    /// # Errors
    /// If it is missing then, or cannot be read.
    pub async fn identity_key(&self, book: BookId) -> Result<IdentityKey, StartError> {
        let path = self.key_path();
        let hashed = schema::identity_check(&*self.db.connection().await?, book).await?.is_some();
        if hashed && !path.exists() {
            return Err(self.other_key(book));
        }
        IdentityKey::open(&path).map_err(|source| StartError::Io { path, source })
    }

    /// Where the identity key of the data directory is.
    pub fn key_path(&self) -> PathBuf {
        self.data.join("identity.key")
    }

    fn other_key(&self, book: BookId) -> StartError {
        StartError::OtherKey { book, path: self.key_path() }
    }
}

impl DataOptions {
    /// Starts or reaches PostgreSQL and brings the schema up to date. While a server runs on the data directory,
    /// commands work beside it on the same database.
    pub async fn open(&self) -> Result<Ready, StartError> {
        let ready = self.open_empty().await?;
        schema::migrate(&mut *ready.db.connection().await?).await?;
        Ok(ready)
    }

    /// The same without bringing the schema up to date: for a restore, which brings its own.
    pub async fn open_empty(&self) -> Result<Ready, StartError> {
        let (url, server) = match &self.database_url {
            Some(url) => {
                std::fs::create_dir_all(&self.data).map_err(|source| StartError::Io { path: self.data.clone(), source })?;
                (url.clone(), None)
            }
            None => self.own_server().await?,
        };
        let db = Database::new(&url, 16)?;
        Ok(Ready { db, server: Mutex::new(server), data: self.data.clone() })
    }

    /// The database of the server that runs on the data directory, or the one that was named. Nothing is started, nothing changed.
    ///
    /// # Errors
    /// If no server has run there yet.
    pub fn running(&self) -> Result<String, StartError> {
        let path = self.data.join(RUNNING);
        self.database_url.clone().map_or_else(|| std::fs::read_to_string(&path).map_err(|source| StartError::Io { path, source }), Ok)
    }

    async fn own_server(&self) -> Result<(String, Option<Postgres>), StartError> {
        let options = server::Options { data: self.data.clone(), pg_bin: self.pg_bin.clone(), settings: vec![] };
        let started = tokio::task::spawn_blocking(move || server::start(&options)).await;
        match started.unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic())) {
            Ok(s) => {
                let url = s.connection_string();
                let path = self.data.join(RUNNING);
                std::fs::write(&path, &url).map_err(|source| StartError::Io { path, source })?;
                Ok((url, Some(s)))
            }
            Err(held @ ServerError::Held { .. }) => match self.running() {
                Ok(url) => Ok((url, None)),
                Err(_) => Err(held.into()),
            },
            Err(e) => Err(e.into()),
        }
    }
}

/// How often the private PostgreSQL is looked at.
const WATCH: std::time::Duration = std::time::Duration::from_millis(500);

/// Between attempts to start it again.
const LONGEST_PAUSE: std::time::Duration = std::time::Duration::from_secs(15);

/// File in the data directory: how to reach the private PostgreSQL of the server that runs on it.
const RUNNING: &str = "running";

impl Ready {
    /// The only book of this database, or the one asked for.
    pub async fn book(&self, wanted: Option<i32>) -> Result<BookConfig, StartError> {
        let books = schema::books(&*self.db.connection().await?).await?;
        let mut fitting = books.iter().filter(|b| wanted.is_none_or(|w| b.book.0 == w));
        match (fitting.next(), fitting.next()) {
            (Some(b), None) => Ok(b.clone()),
            (None, _) => Err(StartError::Usage(match wanted {
                Some(w) => format!("there is no book {w} in this database"),
                None => "there is no book in this database yet: create one with 'quell book create', or try 'quell demo'".into(),
            })),
            (Some(_), Some(_)) => Err(StartError::Usage("there are several books here: say which with --book".into())),
        }
    }

    /// Watches the private server and starts it again when it has died, as often as it takes: a full disk is emptied some time. Returns
    /// only if that cannot help. What the door holds meanwhile is written afterwards, or its senders are told to come back.
    pub async fn keep_server(&self, options: &DataOptions) -> StartError {
        loop {
            tokio::time::sleep(WATCH).await;
            let dead = self.server.lock().ok().and_then(|mut s| if s.as_mut().is_some_and(|s| !s.is_running()) { s.take() } else { None });
            let Some(dead) = dead else { continue };
            tracing::error!("PostgreSQL has died; starting it again");
            // The lock on the directory goes with the dead server.
            let _ = tokio::task::spawn_blocking(move || drop(dead)).await;
            let mut pause = WATCH;
            loop {
                match options.own_server().await {
                    Ok((url, server)) if url == self.db.url() => {
                        if let Ok(mut s) = self.server.lock() {
                            *s = server;
                        }
                        tracing::warn!("PostgreSQL is back");
                        break;
                    }
                    Ok(_) => return StartError::Usage("PostgreSQL has died and its socket has moved: start again".into()),
                    Err(e) => tracing::error!(error = %e, again_s = pause.as_secs_f64(), "PostgreSQL does not start"),
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Stops the private server in an orderly way.
    pub fn stop(&self) {
        self.db.close();
        if let Some(server) = self.server.lock().ok().and_then(|mut s| s.take())
            && let Err(e) = server.stop()
        {
            tracing::error!(error = %e, "PostgreSQL did not stop in order");
        }
    }
}

/// A running Quell: one book, its door, its protocols.
#[derive(Clone)]
pub struct App {
    /// Database.
    pub db: Database,
    /// The book.
    pub config: BookConfig,
    /// Decides what a file would do without writing it, by connections that are not the door's.
    pub preview: Writer,
    /// The door.
    pub door: Door,
    /// Writes looks at persons down.
    pub clerk: Clerk,
    /// Protocols by hash.
    pub shelf: Arc<Shelf>,
    /// The protocol before any was adopted.
    pub default_protocol: Arc<Protocol>,
    /// Clock.
    pub clock: Clock,
    /// Identity key.
    pub key: IdentityKey,
    /// Who may come in when many knock.
    pub gate: Admission,
    /// Tokens seen lately.
    pub tokens: Arc<crate::http::TokenCache>,
    /// In whose name imports speak: the local operator's, or that of the account whose file came over HTTP.
    pub speaker: Sender,
    /// Room for imports that come over HTTP.
    pub imports: Arc<Semaphore>,
    /// This program, for work in a process of its own.
    pub program: PathBuf,
    /// The data directory.
    pub data: PathBuf,
}

/// Imports over HTTP at a time: each holds its file in memory, and they meet at the one door anyhow.
const IMPORTS: usize = 2;

/// Reads a built-in protocol, or a file.
pub fn read_protocol(name: &str) -> Result<(ProtocolId, String, Protocol), StartError> {
    let (file, text) = match ProtocolId::new(name).ok().and_then(|id| quell_protocol::builtin(&id)) {
        Some(text) => (format!("{name}.toml"), text.to_owned()),
        None => {
            let known = quell_protocol::builtin_ids().join(", ");
            let unknown = |e: std::io::Error| {
                StartError::Usage(format!("'{name}' is no built-in protocol ({known}), and as a file it cannot be read: {e}"))
            };
            (name.to_owned(), std::fs::read_to_string(name).map_err(unknown)?)
        }
    };
    let protocol = quell_protocol::load(&file, &text)
        .map_err(|p| StartError::Protocol(p.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    Ok((protocol.id().clone(), text, protocol))
}

impl App {
    /// The local operator, whose place is the whole book.
    pub fn operator(&self) -> Sender {
        operator(&self.config)
    }
    /// The same for an account: what it imports is said in its name, and nothing but its own place is in the book for it.
    #[must_use]
    pub fn speaking_for(&self, account: &Account) -> App {
        let speaker = Sender { account: account.account.to_string(), scope: account.place.clone(), device: None };
        App { speaker, config: BookConfig { root: account.place.clone(), ..self.config.clone() }, ..self.clone() }
    }
    /// The protocol in force.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn protocol(&self) -> Result<Arc<Protocol>, StoreError> {
        let c = self.db.connection().await?;
        match log::head(&c, self.config.book, false).await?.protocol {
            Some((_, hash)) => self.shelf.get(&c, hash).await,
            None => Ok(self.default_protocol.clone()),
        }
    }
    /// Opens the book (creating it if the database has none) and its door.
    pub async fn open(ready: &Ready, book: &BookConfig, protocol: &str, clock: Clock, key: IdentityKey) -> Result<App, StartError> {
        let (_, _, default) = read_protocol(protocol)?;
        let default_protocol = Arc::new(default);
        let c = ready.db.connection().await?;
        schema::open_book(&c, book, clock.now()).await?;
        if !schema::keep_identity_check(&c, book.book, key.check(book.book)).await? {
            return Err(ready.other_key(book.book));
        }
        // Whatever comes with the program can be adopted, and can be read on when the program is another.
        let shipped: Vec<_> = quell_protocol::builtins().collect();
        try_join_all(shipped.iter().map(|(id, text)| shelf::put(&c, id, text))).await?;
        let shelf = Arc::new(Shelf::default());
        let writer = || Writer::new(&ready.db, shelf.clone(), book.clone(), default_protocol.clone());
        let (door, preview) = (Door::open(writer()?, clock.clone()), writer()?);
        let clerk = Clerk::start(&ready.db, book.book)?;
        let gate = Admission::new(fresh_id().as_u64_pair().1, crate::http::connections::most());
        let (db, config, tokens) = (ready.db.clone(), book.clone(), Arc::default());
        let (speaker, imports) = (operator(book), Arc::new(Semaphore::new(IMPORTS)));
        // Where it cannot be said, the one that is found.
        let program = std::env::current_exe().unwrap_or_else(|_| "quell".into());
        let data = ready.data.clone();
        Ok(App { db, config, preview, door, clerk, shelf, default_protocol, clock, key, gate, tokens, speaker, imports, program, data })
    }
}

fn operator(book: &BookConfig) -> Sender {
    Sender { account: "operator".into(), scope: book.root.clone(), device: None }
}
