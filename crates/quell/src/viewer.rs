//! Somebody who is shown persons, over HTTP or at the command line: what may be seen, and in whose name it is written down.

use crate::app::App;
use crate::clock::fresh_id;
use quell_book::Role;
use quell_foundation::*;
use quell_store::audit::{Entry, Look};
use quell_store::{Scope, StoreError};
use std::sync::Arc;

/// A place that lies outside of what somebody may see.
#[derive(Debug)]
pub struct Outside {
    /// What is wrong.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

/// The place asked for, or one's own. Outside of it nothing is shown.
///
/// # Errors
/// If it lies outside.
pub fn place_within(asked: Option<PlaceId>, own: &PlaceId) -> Result<PlaceId, Outside> {
    match asked {
        None => Ok(own.clone()),
        Some(p) if p.is_within(own) => Ok(p),
        Some(p) => {
            Err(Outside { en: format!("{p} lies outside your jurisdiction ({own})"), zh: format!("{p} 不在您的辖区（{own}）内") })
        }
    }
}

/// Whoever looks.
pub struct Viewer<'a> {
    /// The book.
    pub app: &'a App,
    /// Where it looks.
    pub scope: Scope,
    /// Its name.
    pub account: String,
    /// In which role.
    pub role: Role,
    /// What it asked for: the route or the command.
    pub what: &'a str,
    /// When it will not wait any longer.
    pub deadline: Option<std::time::Instant>,
}

impl<'a> Viewer<'a> {
    /// Whoever works on the machine itself, where the whole book lies open.
    pub fn at_the_machine(app: &'a App, account: String, what: &'a str) -> Self {
        let scope = Scope { book: app.config.book, place: app.config.root.clone() };
        Self { app, scope, account, role: Role::Administrator, what, deadline: None }
    }

    /// Runs a view within what may be seen.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn read<T, F>(&self, f: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
    {
        self.read_in(&self.scope, f).await
    }

    /// The same over the whole book, for sums of which nobody's name is a part. The caller sees to it that they are of what may be seen.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn read_book<T, F>(&self, f: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
    {
        let whole = Scope { book: self.scope.book, place: self.app.config.root.clone() };
        self.read_in(&whole, f).await
    }

    async fn read_in<T, F>(&self, scope: &Scope, f: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&deadpool_postgres::Transaction<'_>) -> Result<T, StoreError>,
    {
        match self.deadline {
            Some(deadline) => self.app.db.read_until(scope, deadline, f).await,
            None => self.app.db.read(scope, f).await,
        }
    }

    /// Writes a look at persons down. It must succeed before anything is shown.
    ///
    /// # Errors
    /// If it could not be written.
    pub async fn looked(&self, person: Option<PersonId>, place: Option<&PlaceId>, rows: usize) -> Result<(), Arc<StoreError>> {
        let (id, at) = (fresh_id(), self.app.clock.now());
        let look = Look { id, at, account: &self.account, role: self.role, what: self.what, person, place, rows };
        self.app.clerk.note(Entry::look(&look)).await
    }
}
