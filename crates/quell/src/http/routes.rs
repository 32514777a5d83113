//! Every route: its address, who may call it, what it takes and gives. A route that is not here does not exist.

use crate::app::App;
use crate::http::{events, openapi, reads, session, submissions};
use axum::routing::{MethodRouter, delete, get, post};
use quell_book::Role;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Who may call a route.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Anyone.
    Public,
    /// Anyone with an account.
    Account,
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
    /// `get`, `post` or `delete`.
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
    /// Its methods, for the document.
    pub operations: &'static [Operation],
    /// Parameters.
    pub params: &'static [Param],
    /// The handlers.
    pub handler: fn() -> MethodRouter<App>,
}

/// Roles that look after people and may see who they are.
pub const CARE: &[Role] = &[Role::Sampler, Role::Laboratory, Role::Investigator, Role::Dispatcher, Role::Ward, Role::CommunityWorker, Role::Commander];

fn schema<T: JsonSchema>(g: &mut SchemaGenerator) -> Schema {
    g.subschema_for::<T>()
}

macro_rules! op {
    ($method:literal, $summary:literal, $takes:expr, $gives:expr) => {
        Operation { method: $method, summary: $summary, takes: $takes, gives: $gives }
    };
}

/// The table.
pub static ROUTES: &[Route] = &[
    Route {
        path: "/v1/health",
        access: Access::Public,
        operations: &[op!("get", "Version, book, open day, protocol in force", None, Some(schema::<session::Health>))],
        params: &[],
        handler: || get(session::health),
    },
    Route {
        path: "/v1/openapi.json",
        access: Access::Public,
        operations: &[op!("get", "This document", None, None)],
        params: &[],
        handler: || get(openapi::document),
    },
    Route {
        path: "/v1/session",
        access: Access::Public,
        operations: &[op!("post", "Log in: a token for a shift", Some(schema::<session::LogIn>), Some(schema::<session::Session>))],
        params: &[],
        handler: || post(session::log_in),
    },
    Route {
        path: "/v1/session/end",
        access: Access::Account,
        operations: &[op!("delete", "Log out: the token ends", None, None)],
        params: &[],
        handler: || delete(session::log_out),
    },
    Route {
        path: "/v1/submissions",
        access: Access::Account,
        operations: &[op!("post", "Hand in one submission or an array of them; each is accepted whole and once, or refused whole", Some(schema::<quell_book::Submission>), Some(schema::<submissions::BundleAnswer>))],
        params: &[],
        handler: || post(submissions::post),
    },
    Route {
        path: "/v1/submissions/{id}",
        access: Access::Account,
        operations: &[op!("get", "The receipt of a submission", None, Some(schema::<quell_book::Receipt>))],
        params: &[Param { name: "id", about: "the sender's id of the submission" }],
        handler: || get(submissions::receipt),
    },
    Route {
        path: "/v1/events",
        access: Access::Account,
        operations: &[op!("get", "Server-sent events: what changed", None, Some(schema::<events::Changed>))],
        params: &[],
        handler: || get(events::events),
    },
];
