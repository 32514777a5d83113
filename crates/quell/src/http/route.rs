//! What a route is, and the groups of roles that may call one.

use crate::admission::Class;
use crate::app::App;
use axum::routing::MethodRouter;
pub(super) use quell_book::Role;
use schemars::{Schema, SchemaGenerator};

/// Who may call a route.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Anyone.
    Public,
    /// Anyone with an account, but not another book.
    Account,
    /// Anyone with an account, and other books.
    AccountOrPeer,
    /// These roles.
    Roles(&'static [Role]),
}

/// A parameter of a route, in its path or query.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Name.
    pub name: &'static str,
    /// Meaning.
    pub about: &'static str,
}

/// One method of one address.
pub struct Operation {
    /// `get`, `post`, `put` or `delete`.
    pub method: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Schema of the body it takes.
    pub takes: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// Schema of what it gives.
    pub gives: Option<fn(&mut SchemaGenerator) -> Schema>,
}

/// One address.
pub struct Route {
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Which line it waits in when many knock; none for what must answer always.
    pub class: Option<Class>,
    /// Its methods, for the document.
    pub operations: &'static [Operation],
    /// Parameters.
    pub params: &'static [Param],
    /// The handlers.
    pub handler: fn() -> MethodRouter<App>,
}

/// Roles that look after people and may see who they are, and the auditor, whose looks are written down like everyone's.
pub const CARE: &[Role] = &[
    Role::Sampler,
    Role::Laboratory,
    Role::Investigator,
    Role::Dispatcher,
    Role::Ward,
    Role::CommunityWorker,
    Role::Commander,
    Role::Auditor,
];

/// Those and the courier, who sees of the duties those that are a courier's.
pub const CARE_AND_COURIER: &[Role] = &[
    Role::Sampler,
    Role::Courier,
    Role::Laboratory,
    Role::Investigator,
    Role::Dispatcher,
    Role::Ward,
    Role::CommunityWorker,
    Role::Commander,
    Role::Auditor,
];

/// Roles that list people, and so must know who is there already.
pub const LISTING: &[Role] = &[Role::Administrator, Role::Sampler, Role::CommunityWorker, Role::Investigator, Role::Commander];

/// Roles that watch over the others.
pub const OVERSIGHT: &[Role] = &[Role::Auditor, Role::Commander, Role::Administrator];

/// Who follows contacts up.
pub const TRACING: &[Role] = &[Role::Investigator, Role::CommunityWorker, Role::Commander];

/// Who deals with other jurisdictions.
pub const MESSAGES: &[Role] = &[Role::Investigator, Role::Commander, Role::Auditor];

/// Who swabs, and so takes a roster along.
pub const ROSTERS: &[Role] = &[Role::Sampler, Role::Ward, Role::CommunityWorker, Role::Commander];

/// Through whose hands boxes go, and who watches over that.
pub const CUSTODY: &[Role] = &[Role::Sampler, Role::Courier, Role::Laboratory, Role::Dispatcher, Role::Commander, Role::Auditor];

/// Who reads plates, and who watches over that.
pub const LABORATORIES: &[Role] = &[Role::Laboratory, Role::Commander, Role::Auditor];

/// Who moves people, and who waits for them.
pub const MOVING: &[Role] = &[Role::Courier, Role::Investigator, Role::Dispatcher, Role::Ward, Role::Commander, Role::Auditor];
