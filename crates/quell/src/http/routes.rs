//! Every route: its address, who may call it, what it takes and gives. A route that is not here does not exist.

pub use super::route::*;
use crate::admission::Class;
use crate::http::{
    candidates, cases, diary, events, health, messages, openapi, people, reads, routes_lists, routes_office, session, submissions,
};
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};
use quell_store::views;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Largest entry of a diary, in bytes.
const DIARY_ENTRY: usize = 16 * 1024;

pub(super) const PLACE: Param = Param { name: "place", about: "at this place or below; your own by default" };
/// Lists come page by page.
pub(super) const AFTER: Param = Param { name: "after", about: "the 'next' of the page before" };
pub(super) const LIMIT: Param = Param { name: "limit", about: "most items, up to 1000" };

pub(super) fn schema<T: JsonSchema>(g: &mut SchemaGenerator) -> Schema {
    g.subschema_for::<T>()
}

macro_rules! op {
    ($method:literal, $summary:literal, $takes:expr, $gives:expr) => {
        Operation { method: $method, summary: $summary, takes: $takes, gives: $gives }
    };
}
pub(super) use op;

/// Every route: this table and those that go on from it.
pub fn all() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(routes_lists::ROUTES).chain(routes_office::ROUTES)
}

/// The table.
pub static ROUTES: &[Route] = &[
    Route {
        path: "/v1/health",
        access: Access::Public,
        class: Some(Class::Read),
        operations: &[op!("get", "Version, book, open day, protocol in force", None, Some(schema::<session::Health>))],
        params: &[],
        handler: || get(session::health),
    },
    Route {
        path: "/healthz",
        access: Access::Public,
        class: None,
        operations: &[op!("get", "Should this process go on living: 200, or 500", None, Some(schema::<health::Liveness>))],
        params: &[],
        handler: || get(health::healthz),
    },
    Route {
        path: "/readyz",
        access: Access::Public,
        class: None,
        operations: &[op!("get", "Should this server be sent work now: 200, or 503 and why not", None, Some(schema::<health::Readiness>))],
        params: &[],
        handler: || get(health::readyz),
    },
    Route {
        path: "/v1/openapi.json",
        access: Access::Public,
        class: None,
        operations: &[op!("get", "This document", None, None)],
        params: &[],
        handler: || get(openapi::document),
    },
    Route {
        path: "/v1/session",
        access: Access::Public,
        class: Some(Class::LogIn),
        operations: &[op!("post", "Log in: a token for a shift", Some(schema::<session::LogIn>), Some(schema::<session::Session>))],
        params: &[],
        handler: || post(session::log_in),
    },
    Route {
        path: "/v1/session/end",
        access: Access::Account,
        class: Some(Class::Work),
        operations: &[op!("delete", "Log out: the token ends", None, None)],
        params: &[],
        handler: || delete(session::log_out),
    },
    Route {
        path: "/v1/submissions",
        access: Access::AccountOrPeer,
        class: Some(Class::Work),
        operations: &[op!(
            "post",
            "Hand in one submission or an array of them; each is accepted whole and once, or refused whole",
            Some(schema::<quell_book::Submission>),
            Some(schema::<submissions::BundleAnswer>)
        )],
        params: &[],
        handler: || post(submissions::post),
    },
    Route {
        path: "/v1/submissions/{id}",
        access: Access::AccountOrPeer,
        class: Some(Class::Work),
        operations: &[op!("get", "The receipt of a submission", None, Some(schema::<quell_book::Receipt>))],
        params: &[Param { name: "id", about: "the sender's id of the submission" }],
        handler: || get(submissions::receipt),
    },
    Route {
        path: "/v1/events",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "Server-sent events: what changed", None, Some(schema::<events::Changed>))],
        params: &[],
        handler: || get(events::events),
    },
    Route {
        path: "/v1/board",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "The command board in one call", None, Some(schema::<views::Board>))],
        params: &[PLACE],
        handler: || get(reads::board),
    },
    Route {
        path: "/v1/shoulds",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "The five shoulds by level of the place tree: should, done, in time, overdue, waived",
            None,
            Some(schema::<views::Shoulds>)
        )],
        params: &[PLACE],
        handler: || get(reads::shoulds),
    },
    Route {
        path: "/v1/items/{state}",
        access: Access::Roles(CARE_AND_COURIER),
        class: Some(Class::Read),
        operations: &[op!("get", "The list behind a number", None, Some(schema::<views::Page<views::Item>>))],
        params: &[
            Param { name: "state", about: "open, done or waived" },
            Param { name: "kind", about: "kind of duty" },
            PLACE,
            Param { name: "round", about: "the round" },
            Param { name: "overdue", about: "true: only what is overdue" },
            AFTER,
            LIMIT,
        ],
        handler: || get(reads::items),
    },
    Route {
        path: "/v1/rounds",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "Screening rounds", None, Some(schema::<views::Page<views::RoundItem>>))],
        params: &[AFTER, LIMIT],
        handler: || get(reads::rounds),
    },
    Route {
        path: "/v1/rounds/{round}",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "Progress of a round, its pace and forecast end", None, Some(schema::<views::RoundView>))],
        params: &[Param { name: "round", about: "the round" }, PLACE],
        handler: || get(reads::round),
    },
    Route {
        path: "/v1/rounds/{round}/links",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "How long each link of the chain takes, what waits where, and the bottleneck",
            None,
            Some(schema::<views::ChainSpeed>)
        )],
        params: &[Param { name: "round", about: "the round" }, PLACE],
        handler: || get(reads::links),
    },
    Route {
        path: "/v1/persons",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Find persons by name, telephone, home or identity number",
            None,
            Some(schema::<views::Page<views::PersonHit>>)
        )],
        params: &[Param { name: "text", about: "what to look for" }, AFTER, LIMIT],
        handler: || get(reads::find_persons),
    },
    Route {
        path: "/v1/persons/{person}",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!("get", "Everything known of a person", None, Some(schema::<views::PersonView>))],
        params: &[Param { name: "person", about: "the person" }],
        handler: || get(reads::person),
    },
    Route {
        path: "/v1/similar",
        access: Access::Roles(LISTING),
        class: Some(Class::Read),
        operations: &[op!(
            "post",
            "Who could be this person already, with a score and its reasons: ask before you list someone",
            Some(schema::<people::Described>),
            Some(schema::<people::Similar>)
        )],
        params: &[],
        handler: || post(people::similar),
    },
    Route {
        path: "/v1/persons/{person}/similar",
        access: Access::Roles(LISTING),
        class: Some(Class::Read),
        operations: &[op!("get", "Other records that could be this person", None, Some(schema::<people::Similar>))],
        params: &[Param { name: "person", about: "the person" }],
        handler: || get(people::similar_to),
    },
    Route {
        path: "/v1/duplicates",
        access: Access::Roles(LISTING),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "People about whom anything is open and who have a record that is alike, page by page: decide with persons_merged or persons_distinct",
            None,
            Some(schema::<people::Duplicates>)
        )],
        params: &[Param { name: "place", about: "a place; by default your own" }, AFTER],
        handler: || get(people::duplicates),
    },
    Route {
        path: "/v1/persons/{person}/status",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "What a door needs to know: last negative test, restriction with reason and end",
            None,
            Some(schema::<views::PersonStatus>)
        )],
        params: &[Param { name: "person", about: "the person" }],
        handler: || get(reads::person_status),
    },
    Route {
        path: "/v1/persons/{person}/code",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "The code by which doors ask for this person's status (GET /v1/status/{code} on the address of 'quell serve --status')",
            None,
            Some(schema::<reads::CodeOfPerson>)
        )],
        params: &[Param { name: "person", about: "the person" }],
        handler: || get(reads::person_code),
    },
    Route {
        path: "/v1/persons/{person}/diary-link",
        access: Access::Roles(TRACING),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "The link by which someone under follow-up keeps a symptom diary, without an account and until the follow-up ends",
            None,
            Some(schema::<diary::DiaryLink>)
        )],
        params: &[Param { name: "person", about: "the person" }],
        handler: || get(diary::link),
    },
    Route {
        path: "/d/{code}",
        access: Access::Public,
        class: Some(Class::Read),
        operations: &[
            op!("get", "The page of a symptom diary, in Chinese and English", None, None),
            op!("post", "What the page's form sends: feel, symptom, temperature, note", None, None),
        ],
        params: &[Param { name: "code", about: "of the link" }],
        handler: || get(diary::show).post(diary::record).layer(DefaultBodyLimit::max(DIARY_ENTRY)),
    },
    Route {
        path: "/v1/tubes/{tube}",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!("get", "Members, custody, intake and results of a tube", None, Some(schema::<views::TubeView>))],
        params: &[Param { name: "tube", about: "the barcode" }],
        handler: || get(reads::tube),
    },
    Route {
        path: "/v1/facilities",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "Beds by facility and ward", None, Some(schema::<views::Facilities>))],
        params: &[PLACE],
        handler: || get(reads::facilities),
    },
    Route {
        path: "/v1/facilities/{facility}/beds",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!("get", "Who lies where", None, Some(schema::<views::Page<views::BedItem>>))],
        params: &[Param { name: "facility", about: "the facility" }, AFTER, LIMIT],
        handler: || get(reads::beds),
    },
    Route {
        path: "/v1/facilities/{facility}/releasable",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!("get", "Who meets the criteria and can go home now", None, Some(schema::<Vec<views::Releasable>>))],
        params: &[Param { name: "facility", about: "the facility" }],
        handler: || get(reads::releasable),
    },
    Route {
        path: "/v1/cases",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Cases", None, Some(schema::<views::Page<views::CaseItem>>))],
        params: &[
            PLACE,
            Param { name: "from", about: "found on this day or later" },
            Param { name: "to", about: "found on this day or earlier" },
            Param { name: "control", about: "community_found or controlled" },
            Param { name: "state", about: "active, recovered, died or withdrawn" },
            AFTER,
            LIMIT,
        ],
        handler: || get(reads::cases),
    },
    Route {
        path: "/v1/cases/{case}/investigation",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!("get", "The record, interviews and visits of a case", None, Some(schema::<views::InvestigationView>))],
        params: &[Param { name: "case", about: "the case's id" }],
        handler: || get(cases::investigation),
    },
    Route {
        path: "/v1/cases/{case}/candidates",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!(
            "get",
            "Who may have met a case, by every register, with the evidence and the rule: proposed, never decided",
            None,
            Some(schema::<views::Candidates>)
        )],
        params: &[
            Param { name: "case", about: "the case's id" },
            Param { name: "category", about: "only of whom this is proposed: close, secondary, general or none" },
            Param {
                name: "register",
                about: "only whom this register shows: household, unit, class, workplace, group, event, ward, vehicle, venue or sampling_queue",
            },
            Param { name: "unknown", about: "true: without contacts of this case, and cases" },
            AFTER,
            LIMIT,
        ],
        handler: || get(candidates::candidates),
    },
    Route {
        path: "/v1/exposure-events",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Events, with who is listed, unknown, a case", None, Some(schema::<views::Page<views::EventItem>>))],
        params: &[
            Param { name: "place", about: "at this place or below, or with participants who live there; your own by default" },
            Param { name: "from", about: "on this day or later" },
            Param { name: "to", about: "on this day or earlier" },
            Param { name: "cases", about: "true: only those with a case among their participants" },
            Param {
                name: "unknown",
                about: "true: only those of which not every participant is listed, or nobody has said how many there were",
            },
            AFTER,
            LIMIT,
        ],
        handler: || get(candidates::exposure_events),
    },
    Route {
        path: "/v1/exposure-events/{event}",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!(
            "get",
            "An event with each of its participants and what is known of them",
            None,
            Some(schema::<views::EventView>)
        )],
        params: &[
            Param { name: "event", about: "the event's code" },
            AFTER,
            Param { name: "limit", about: "most participants, up to 1000" },
        ],
        handler: || get(candidates::exposure_event),
    },
    Route {
        path: "/v1/leads",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Contacts that are not known as persons yet", None, Some(schema::<views::Page<views::LeadItem>>))],
        params: &[
            Param { name: "place", about: "of cases at this place or below; your own by default" },
            Param { name: "case", about: "of this case" },
            Param { name: "state", about: "open, resolved or closed; open by default, of one case all" },
            AFTER,
            LIMIT,
        ],
        handler: || get(candidates::leads),
    },
    Route {
        path: "/v1/chains",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Who infected whom: links between cases, generations, doubts", None, Some(schema::<views::Chains>))],
        params: &[Param { name: "place", about: "of cases at this place or below; your own by default" }],
        handler: || get(cases::chains),
    },
    Route {
        path: "/v1/cases/{case}/sources",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Who may have infected this case, by a stated rule: the days between, what says that they met, the serial interval",
            None,
            Some(schema::<views::Sources>)
        )],
        params: &[Param { name: "case", about: "the case" }],
        handler: || get(cases::sources),
    },
    Route {
        path: "/v1/indicators",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "How good the tracing is: contacts seen, new cases that were contacts, delays, contacts a case, the lost; by place and team",
            None,
            Some(schema::<views::Indicators>)
        )],
        params: &[
            Param { name: "place", about: "a place; by default your own" },
            Param { name: "from", about: "cases found on this day or later; by default six days before 'to'" },
            Param { name: "to", about: "cases found on this day or earlier, contacts seen on this day; by default today" },
        ],
        handler: || get(cases::indicators),
    },
    Route {
        path: "/v1/cases/unlinked",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Cases without a known source", None, Some(schema::<views::Page<views::UnlinkedCase>>))],
        params: &[PLACE, AFTER, LIMIT],
        handler: || get(cases::unlinked),
    },
    Route {
        path: "/v1/questions",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "What an investigation asks under the protocol in force", None, Some(schema::<Vec<cases::QuestionItem>>))],
        params: &[],
        handler: || get(cases::questions),
    },
    Route {
        path: "/v1/contacts",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Contacts, and who of them is to be seen", None, Some(schema::<views::Page<views::ContactItem>>))],
        params: &[
            PLACE,
            Param {
                name: "state",
                about: "active, covered, released, converted, dropped or handed_over; those under management by default",
            },
            Param { name: "category", about: "close, secondary, high_risk_spillover, general or inbound" },
            Param { name: "case", about: "contacts of this case" },
            Param { name: "need", about: "due (to be seen by the end of today), overdue, lost (looked for) or ill (to be sampled)" },
            Param { name: "team", about: "seen by this follow-up team" },
            Param { name: "without_team", about: "true: under follow-up, and with no team, because none that is present covers the home" },
            AFTER,
            LIMIT,
        ],
        handler: || get(cases::contacts),
    },
    Route {
        path: "/v1/teams",
        access: Access::Roles(CARE),
        class: Some(Class::Read),
        operations: &[op!("get", "Follow-up teams: whom they cover, what they have to do today", None, Some(schema::<views::Teams>))],
        params: &[Param { name: "place", about: "teams that cover this place, a part of it or more; your own by default" }],
        handler: || get(cases::teams),
    },
    Route {
        path: "/v1/orders",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Orders that restrict people, with appeals", None, Some(schema::<views::Page<views::OrderItem>>))],
        params: &[
            PLACE,
            Param { name: "person", about: "about this person" },
            Param { name: "in_force", about: "true: only those in force now" },
            Param { name: "appealed", about: "true: only those with an appeal that waits for its answer" },
            AFTER,
            LIMIT,
        ],
        handler: || get(cases::orders),
    },
    Route {
        path: "/v1/messages",
        access: Access::Roles(MESSAGES),
        class: Some(Class::Bulk),
        operations: &[op!(
            "get",
            "Messages to other jurisdictions and from them, the latest first",
            None,
            Some(schema::<views::Page<views::MessageItem>>)
        )],
        params: &[
            Param { name: "box", about: "in or out" },
            Param { name: "state", about: "queued, acknowledged, done or refused" },
            Param { name: "overdue", about: "true: only those not answered in time" },
            Param { name: "book", about: "to or from this book" },
            PLACE,
            AFTER,
            LIMIT,
        ],
        handler: || get(messages::messages),
    },
    Route {
        path: "/v1/cases/counts",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Cases by day and channel, and days since the last community-found one",
            None,
            Some(schema::<views::CaseCounts>)
        )],
        params: &[PLACE],
        handler: || get(reads::case_counts),
    },
    Route {
        path: "/v1/day",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "The balance of the open day and what blocks its close", None, Some(schema::<views::DayView>))],
        params: &[PLACE],
        handler: || get(reads::day),
    },
    Route {
        path: "/v1/days",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "Sealed days", None, Some(schema::<views::Page<views::SealedDayLine>>))],
        params: &[AFTER, LIMIT],
        handler: || get(reads::days),
    },
    Route {
        path: "/v1/days/{day}",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "The sheet of a sealed day", None, Some(schema::<views::SealedDayView>))],
        params: &[Param { name: "day", about: "the day" }, PLACE],
        handler: || get(reads::sealed_day),
    },
    Route {
        path: "/v1/log",
        access: Access::Roles(OVERSIGHT),
        class: Some(Class::Bulk),
        operations: &[op!("get", "The log: every submission with its hashes", None, Some(schema::<views::Page<views::LogLine>>))],
        params: &[Param { name: "after", about: "after this position" }, LIMIT],
        handler: || get(reads::log),
    },
    Route {
        path: "/v1/access",
        access: Access::Roles(OVERSIGHT),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Who looked at whom", None, Some(schema::<views::Page<views::Access>>))],
        params: &[
            Param { name: "person", about: "at this person" },
            Param { name: "account", about: "by this account" },
            Param { name: "from", about: "from this time" },
            Param { name: "to", about: "before this time" },
            AFTER,
            LIMIT,
        ],
        handler: || get(reads::access),
    },
];
