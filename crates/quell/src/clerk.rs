//! Writes looks at persons into the audit log, before anything is shown. The log is a chain, so that looks are written one after the
//! other: what arrives while some are being written goes together into the next statement. Only the writing is in turn: its commit does
//! not wait for the disk, so that the next can be written, and several wait side by side until what they wrote is there.

use quell_foundation::BookId;
use quell_store::audit::{self, AuditHead, Entry};
use quell_store::{Database, StoreError};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Most looks that wait to be written; those who come then wait for room.
const QUEUE: usize = 1_024;
/// Most entries in one statement.
const TOGETHER: usize = 500;
/// How many statements may wait for the disk side by side.
const FLUSHES: usize = 4;

type Written = Result<(), Arc<StoreError>>;

/// The clerk of one book.
#[derive(Clone)]
pub struct Clerk(mpsc::Sender<Asked>);

/// An entry, and who waits until it is written.
type Asked = (Entry, oneshot::Sender<Written>);

impl Clerk {
    /// Starts to work; ends when nobody can ask it any more.
    ///
    /// # Errors
    /// If the database's address cannot be read.
    pub fn start(db: &Database, book: BookId) -> Result<Self, StoreError> {
        let (asked, queue) = mpsc::channel(QUEUE);
        let desk = Desk { db: db.clone(), unflushed: db.unflushed()?, book, head: None };
        tokio::spawn(desk.serve(queue));
        Ok(Self(asked))
    }

    /// Writes an entry; when this returns it is durable.
    ///
    /// # Errors
    /// If it could not be written; then nothing may be shown.
    pub async fn note(&self, entry: Entry) -> Written {
        let gone = || Arc::new(StoreError::Pool("the clerk who writes looks down has ended: restart this server".into()));
        let (reply, written) = oneshot::channel();
        self.0.send((entry, reply)).await.map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }
}

struct Desk {
    db: Database,
    unflushed: Database,
    book: BookId,
    /// The head as the last entries left it; none if that is not known.
    head: Option<AuditHead>,
}

impl Desk {
    async fn serve(mut self, mut queue: mpsc::Receiver<Asked>) {
        let flushes = Arc::new(Semaphore::new(FLUSHES));
        let mut waiting: Vec<Asked> = Vec::with_capacity(TOGETHER);
        // The semaphore is never closed.
        while let Ok(permit) = flushes.clone().acquire_owned().await
            && queue.recv_many(&mut waiting, TOGETHER).await > 0
        {
            let (entries, replies): (Vec<Entry>, Vec<_>) = waiting.drain(..).unzip();
            let written = self.write(&entries).await;
            let db = self.db.clone();
            tokio::spawn(async move {
                let durable = match written {
                    Ok(()) => db.flush().await,
                    Err(e) => Err(e),
                };
                drop(permit);
                let durable = durable.map_err(Arc::new);
                for reply in replies {
                    let _ = reply.send(durable.clone()); // Who asked may have gone.
                }
            });
        }
    }

    async fn write(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut c = self.unflushed.connection().await?;
        // If this breaks off, nobody knows where the head is.
        if let Some(before) = self.head.take()
            && let Some(after) = audit::append_behind(&c, self.book, before, entries).await?
        {
            self.head = Some(after);
            return Ok(());
        }
        // Somebody else has appended: a log-in, a command beside this server.
        let tx = c.transaction().await.map_err(StoreError::at("audit log"))?;
        let after = audit::append(&tx, self.book, entries).await?;
        tx.commit().await.map_err(StoreError::at("audit log"))?;
        self.head = Some(after);
        Ok(())
    }
}
