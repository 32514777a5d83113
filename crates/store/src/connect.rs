//! Connections: a pool, and reading under the second wall.

use crate::error::StoreError;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use quell_foundation::{BookId, PlaceId};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;

/// A database with a pool of connections.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    url: String,
    /// The pools of doors to it, which are closed with it.
    doors: Arc<Mutex<Vec<Pool>>>,
}

/// What a reader may see: one book, and in it one place and what lies below it.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The book.
    pub book: BookId,
    /// The place.
    pub place: PlaceId,
}

/// Connections of a door to read by: for a batch that is read ahead, one that is decided, a community, and one to spare.
const READING: usize = 4;
/// Connections of a door to write by: for a batch that is being committed, and those behind it.
const WRITING: usize = 2;

/// A read that was let in has at least so long; 0 would mean no limit to PostgreSQL.
const LEAST: Duration = Duration::from_millis(100);

/// A batch looks rows up by their keys. A plan that was made while a table was empty reads it from end to end, slower with every
/// batch, until statistics are gathered anew: so each batch is planned for the tables as they are, and by their indexes.
const LOOK_UPS: &str = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_custom_plan";

/// Undoes [`LOOK_UPS`] for what works on whole tables: rosters, closes.
pub(crate) const WHOLE_TABLES: &str = "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on";

impl Database {
    /// Opens a pool of at most `size` connections. `url`: key=value form or postgres://.
    pub fn new(url: &str, size: usize) -> Result<Self, StoreError> {
        Self::with(url, size, "")
    }
    /// Pools for the door, which no flood of readers can empty: one to read by, with the settings that suit look-ups by key, and one
    /// to write decided batches by.
    pub(crate) fn for_the_door(&self) -> Result<(Self, Self), StoreError> {
        let pools = (Self::with(&self.url, READING, LOOK_UPS)?, Self::with(&self.url, WRITING, "")?);
        if let Ok(mut doors) = self.doors.lock() {
            doors.extend([pools.0.pool.clone(), pools.1.pool.clone()]);
        }
        Ok(pools)
    }
    /// One connection whose commits do not wait for the disk: what it writes is durable after [`Database::flush`].
    ///
    /// # Errors
    /// If the database's address cannot be read.
    pub fn unflushed(&self) -> Result<Self, StoreError> {
        let one = Self::with(&self.url, 1, "-c synchronous_commit=off")?;
        if let Ok(mut doors) = self.doors.lock() {
            doors.push(one.pool.clone());
        }
        Ok(one)
    }
    /// One connection to follow a book by: it looks rows up by their keys, and nobody else waits for it or makes it wait.
    ///
    /// # Errors
    /// If the database's address cannot be read.
    pub fn to_follow(url: &str) -> Result<Self, StoreError> {
        Self::with(url, 1, LOOK_UPS)
    }
    /// Waits until everything that was committed before is on the disk.
    ///
    /// # Errors
    /// If that cannot be known: what was committed before may be lost.
    pub async fn flush(&self) -> Result<(), StoreError> {
        // A commit waits for the whole log of the server up to it; one that has written nothing would not.
        let c = self.connection().await?;
        let s = c.prepare_cached("SELECT pg_logical_emit_message(true, 'quell', '')").await.map_err(StoreError::at("flush"))?;
        c.execute(&s, &[]).await.map_err(StoreError::at("flush"))?;
        Ok(())
    }
    fn with(url: &str, size: usize, settings: &str) -> Result<Self, StoreError> {
        let mut config: tokio_postgres::Config = url.parse().map_err(StoreError::at("database url"))?;
        // Times are exchanged as UTC text; jit costs more than it brings on short queries.
        config.options(format!("-c timezone=UTC -c jit=off -c search_path=quell,pg_catalog {settings}"));
        config.application_name("quell");
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(size)
            // The connection used last: its caches are warm.
            .queue_mode(deadpool::managed::QueueMode::Lifo)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_secs(10)))
            .create_timeout(Some(Duration::from_secs(10)))
            .build()
            .map_err(|e| StoreError::Pool(e.to_string()))?;
        Ok(Self { pool, url: url.to_owned(), doors: Arc::default() })
    }
    /// The address, as given.
    pub fn url(&self) -> &str {
        &self.url
    }
    /// Lets go of the connections that nobody holds: they may lead to a server that does not answer any more.
    pub(crate) fn hang_up(&self) {
        self.pool.retain(|_, _| false);
    }
    /// Closes all connections, before the server is stopped.
    pub fn close(&self) {
        self.pool.close();
        if let Ok(doors) = self.doors.lock() {
            doors.iter().for_each(Pool::close);
        }
    }
    /// A connection with all rights: for the log and for administration.
    pub async fn connection(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(|e| StoreError::Pool(e.to_string()))
    }
    /// Runs a read as `quell_reader`: row-level security shows only what lies in the scope.
    pub async fn read<T, F>(&self, scope: &Scope, f: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
    {
        self.read_as(scope, "", f).await
    }
    /// The same for someone who waits until `deadline`: PostgreSQL breaks off what nobody waits for any more.
    pub async fn read_until<T, F>(&self, scope: &Scope, deadline: Instant, f: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
    {
        let left = deadline.saturating_duration_since(Instant::now()).max(LEAST);
        self.read_as(scope, &format!("; SET LOCAL statement_timeout = {}", left.as_millis()), f).await
    }
    /// The same, all of it as it was at one moment, however many statements it takes.
    pub async fn read_still<T, F>(&self, scope: &Scope, f: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
    {
        self.read_as(scope, "; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", f).await
    }
    async fn read_as<T, F>(&self, scope: &Scope, settings: &str, f: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
    {
        let mut c = self.connection().await?;
        let tx = c.build_transaction().read_only(true).start().await.map_err(StoreError::at("read"))?;
        // A PlaceId has only letters, digits, '-', '_' and '.', so that it can stand in the statement.
        let sql = format!("SET LOCAL ROLE quell_reader; SET LOCAL quell.scope = '{}'{settings}", scope.place);
        tx.batch_execute(&sql).await.map_err(StoreError::at("scope"))?;
        let out = f(&tx).await?;
        tx.commit().await.map_err(StoreError::at("read"))?;
        Ok(out)
    }
}
