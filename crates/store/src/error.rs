//! What can go wrong between Quell and PostgreSQL.

use quell_foundation::{BookId, Hash};

/// An error of the store, naming the operation.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// PostgreSQL refused or broke off.
    #[error("{operation}: {}", describe(source))]
    Database {
        /// What was being done.
        operation: &'static str,
        /// What PostgreSQL said.
        source: tokio_postgres::Error,
    },
    /// No connection could be had.
    #[error("no database connection: {0}")]
    Pool(String),
    /// A stored row cannot be read: it was changed behind Quell's back, or written by a newer version.
    #[error("{operation}: a stored row cannot be read: {detail}")]
    Unreadable {
        /// What was being done.
        operation: &'static str,
        /// Why.
        detail: String,
    },
    /// Another server wrote to this book while a batch was being decided.
    #[error("another server wrote to this book meanwhile; nothing was written")]
    Overtaken,
    /// The book is not in this database.
    #[error("book {0} is not in this database; create it with 'quell serve --book' or 'quell demo'")]
    NoBook(BookId),
    /// The book exists with other settings.
    #[error("book {0} exists with other settings (root, offset or depth); they never change")]
    BookDiffers(BookId),
    /// The protocol adopted is not on the shelf.
    #[error("the protocol with hash {0} is not stored in this database")]
    NoProtocol(Hash),
    /// The database was made by a newer Quell.
    #[error("the database has migration {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// In the database.
        found: i32,
        /// In this program.
        known: i32,
    },
}

impl StoreError {
    /// For `map_err`: names the operation.
    pub fn at(operation: &'static str) -> impl FnOnce(tokio_postgres::Error) -> StoreError {
        move |source| StoreError::Database { operation, source }
    }
    /// A place in the log, or an id, that another server's line has taken meanwhile.
    pub(crate) fn or_overtaken(self) -> StoreError {
        let taken = |e: &tokio_postgres::error::DbError| matches!(e.constraint(), Some("submission_pkey" | "submission_once"));
        match &self {
            StoreError::Database { source, .. } if source.as_db_error().is_some_and(taken) => StoreError::Overtaken,
            _ => self,
        }
    }
    /// True if a parameter of the question is at fault: no number, time or id where one is asked for (as in a cursor that was changed), or
    /// the character NUL.
    pub fn is_the_askers(&self) -> bool {
        let theirs = |c: &str| ["22003", "22007", "22008", "22009", "22021", "22P02"].contains(&c);
        matches!(self, StoreError::Database { source, .. } if source.code().is_some_and(|c| theirs(c.code())))
    }
    /// True if trying again may help: the connection was lost (class 08) or the server is going down (57), two transactions were in each
    /// other's way (40, 55P03), it lacks room on its disk or in memory (53), its disk fails (58), or it may only be read for now (25006,
    /// after a fail-over; 42501 of a file, which is how PostgreSQL speaks of a disk that the system has made read-only).
    pub fn is_passing(&self) -> bool {
        match self {
            StoreError::Pool(_) => true,
            StoreError::Database { source, .. } => {
                source.is_closed()
                    || source
                        .code()
                        .is_none_or(|c| ["08", "40", "53", "57", "58"].contains(&&c.code()[..2]) || ["25006", "55P03"].contains(&c.code()))
                    || source.as_db_error().is_some_and(no_file_for_writing)
            }
            _ => false,
        }
    }
}

/// A right that the file system denies, not one of a role on a table: by the source of PostgreSQL that says so.
fn no_file_for_writing(e: &tokio_postgres::error::DbError) -> bool {
    e.code().code() == "42501" && e.file().is_some_and(|f| ["md.c", "fd.c", "slru.c", "xlog.c", "buffile.c"].contains(&f))
}

fn describe(e: &tokio_postgres::Error) -> String {
    match e.as_db_error() {
        Some(d) => format!("{} ({}){}", d.message(), d.code().code(), d.detail().map(|x| format!(": {x}")).unwrap_or_default()),
        None => {
            let cause = std::error::Error::source(e).map(|s| format!(": {s}")).unwrap_or_default();
            format!("{e}{cause}")
        }
    }
}
