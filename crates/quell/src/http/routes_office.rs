//! Routes of the office: protocols, accounts, files that come in, papers that go out. The table goes on from [`super::routes`].

use super::route::*;
use super::routes::{AFTER, LIMIT, op, schema};
use super::{accounts, analyses, exports, imports, papers, protocols};
use crate::admission::Class;
use crate::analyses::{ANALYSTS, AnalysisWanted};
use axum::routing::{get, post, put};
use quell_store::views;
use schemars::{Schema, SchemaGenerator, json_schema};

/// Where files come in: they are longer than other bodies, and take longer to arrive.
pub const IMPORTS: &str = "/v1/imports/{kind}";

/// Who brings in files.
const IMPORTING: &[Role] = &[Role::Administrator, Role::Investigator, Role::Commander];
/// Who looks after accounts.
const ADMINISTRATION: &[Role] = &[Role::Administrator];

const ID: Param = Param { name: "id", about: "the protocol's id" };
const ANALYSIS: Param = Param { name: "analysis", about: "its id" };
const ACCOUNT: Param = Param { name: "account", about: "the account's name" };
const LANG: Param = Param { name: "lang", about: "zh or en; by default the language that you accept first" };
const PAPER_PARAMS: &[Param] = &[
    Param { name: "order", about: "of this order" },
    Param { name: "person", about: "of this person's orders" },
    Param { name: "place", about: "of residents of this place and below, 500 at most" },
    Param { name: "day", about: "of certificates for a place: orders that ended on this day; today by default" },
    Param { name: "telephone", about: "for appeals and questions; without it a line is left to write it in" },
];

/// A file as it is.
pub(super) fn bytes(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "binary", "contentMediaType": "application/octet-stream" })
}

fn pdf(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "binary", "contentMediaType": "application/pdf" })
}

/// The table.
pub static ROUTES: &[Route] = &[
    Route {
        path: "/v1/protocol",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "The protocol in force, with its text", None, Some(schema::<protocols::ProtocolView>))],
        params: &[],
        handler: || get(protocols::in_force),
    },
    Route {
        path: "/v1/protocols",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "Protocols that come with Quell or were adopted", None, Some(schema::<protocols::Protocols>))],
        params: &[],
        handler: || get(protocols::list),
    },
    Route {
        path: "/v1/protocols/{id}",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "A protocol with its text", None, Some(schema::<protocols::ProtocolView>))],
        params: &[ID],
        handler: || get(protocols::one),
    },
    Route {
        path: "/v1/protocols/{from}/diff/{to}",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "What a switch from one protocol to another changes", None, Some(schema::<protocols::ProtocolChanges>))],
        params: &[Param { name: "from", about: "the protocol before" }, Param { name: "to", about: "the protocol after" }],
        handler: || get(protocols::diff),
    },
    Route {
        path: "/v1/accounts",
        access: Access::Roles(ADMINISTRATION),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Accounts of your place and below, by name",
            None,
            Some(schema::<views::Page<super::accounts::AccountItem>>)
        )],
        params: &[AFTER, LIMIT],
        handler: || get(accounts::list),
    },
    Route {
        path: "/v1/accounts/{account}",
        access: Access::Roles(ADMINISTRATION),
        // A password is hashed, which costs on purpose.
        class: Some(Class::LogIn),
        operations: &[op!(
            "put",
            "Make an account or change its role, place and password; one that was revoked is given back with a new password",
            Some(schema::<accounts::AccountWanted>),
            Some(schema::<accounts::AccountItem>)
        )],
        params: &[ACCOUNT],
        handler: || put(accounts::put),
    },
    Route {
        path: "/v1/accounts/{account}/revoke",
        access: Access::Roles(ADMINISTRATION),
        class: Some(Class::Work),
        operations: &[op!(
            "post",
            "Revoke an account: it may not log in any more, and hands in only what its devices hold from before",
            Some(schema::<accounts::RevocationReason>),
            Some(schema::<accounts::AccountItem>)
        )],
        params: &[ACCOUNT],
        handler: || post(accounts::revoke),
    },
    Route {
        path: IMPORTS,
        access: Access::Roles(IMPORTING),
        class: Some(Class::Bulk),
        operations: &[op!(
            "post",
            "Bring in a file (CSV, Excel, JSON; results as HL7 or FHIR, too): see first with preview=true what would become of it. The name of \
             the file goes into X-File-Name. The same file again changes nothing. A long one is answered with white space until it is done",
            Some(bytes),
            Some(schema::<imports::ImportReport>)
        )],
        params: &[
            Param {
                name: "kind",
                about: "people, places, linelist, cases, contacts, links, followups, results, checkins, members or teams; places are for \
                        administrators and commanders",
            },
            Param { name: "preview", about: "true: compare with the book, and write nothing" },
            Param { name: "mapping", about: "one of the shipped mappings; without it the one that fits" },
            Param { name: "home", about: "where new persons live whose row does not say it; of a line list, where all do" },
            Param { name: "system", about: "the system whose ids the file has; by default the beginning of the mapping's name" },
            Param { name: "encoding", about: "of a CSV file, if it is not to be inferred: utf-8, gb18030 …" },
            Param { name: "sheet", about: "of a workbook; by default the first visible one" },
            Param { name: "rows", about: "how many were counted at the source: a file with another number is refused" },
            Param { name: "as_of", about: "of a line list: open the cases confirmed up to this day; today by default" },
            Param { name: "skip_bad", about: "true: of a list, take the good rows though others are bad" },
            Param { name: "update", about: "true: rows of a list that contradict the book replace it" },
        ],
        handler: || post(imports::post),
    },
    Route {
        path: "/v1/exports/{list}",
        access: Access::Roles(ANALYSTS),
        class: Some(Class::Bulk),
        operations: &[op!(
            "get",
            "A list as a file that comes in again, or as other systems take it; Quell-Rows says how many rows it has. One that takes longer \
             than half a minute is for `quell export`",
            None,
            Some(bytes)
        )],
        params: &[
            Param { name: "list", about: "linelist, contacts, links or followups" },
            Param { name: "format", about: "csv (by default), xlsx, sormas (of linelist and contacts), godata or fhir" },
            Param { name: "place", about: "only residents of this place and below; your own by default" },
        ],
        handler: || get(exports::get),
    },
    Route {
        path: "/v1/analyses",
        access: Access::Roles(ANALYSTS),
        class: Some(Class::Work),
        operations: &[
            op!("get", "Analyses of your place and below, the latest first", None, Some(schema::<views::Page<views::AnalysisItem>>)),
            op!(
                "post",
                "Have the book analysed: a snapshot of it is taken when its turn comes, and the result kept with how it was made",
                Some(schema::<AnalysisWanted>),
                Some(schema::<views::AnalysisItem>)
            ),
        ],
        params: &[Param { name: "place", about: "only of this place and below; your own by default" }, AFTER, LIMIT],
        handler: || get(analyses::list).post(analyses::ask),
    },
    Route {
        path: "/v1/analyses/kinds",
        access: Access::Roles(ANALYSTS),
        class: Some(Class::Read),
        operations: &[op!("get", "Analyses that can be asked for, with their options", None, Some(schema::<Vec<analyses::AnalysisKind>>))],
        params: &[],
        handler: || get(analyses::kinds),
    },
    Route {
        path: "/v1/analyses/{analysis}",
        access: Access::Roles(ANALYSTS),
        class: Some(Class::Read),
        operations: &[op!("get", "An analysis: how it stands, and how it was made", None, Some(schema::<views::AnalysisItem>))],
        params: &[ANALYSIS],
        handler: || get(analyses::one),
    },
    Route {
        path: "/v1/analyses/{analysis}/result",
        access: Access::Roles(ANALYSTS),
        class: Some(Class::Read),
        operations: &[op!("get", "What came of an analysis: a table as CSV or JSON, or the picture as SVG", None, Some(bytes))],
        params: &[
            ANALYSIS,
            Param { name: "part", about: "result (by default), second (of trees: the cases) or picture" },
            Param { name: "format", about: "file (by default) or json, of tables" },
        ],
        handler: || get(analyses::result),
    },
    Route {
        path: "/v1/analyses/{analysis}/cancel",
        access: Access::Roles(ANALYSTS),
        class: Some(Class::Work),
        operations: &[op!("post", "Call an analysis off that has not ended", None, Some(schema::<views::AnalysisItem>))],
        params: &[ANALYSIS],
        handler: || post(analyses::cancel),
    },
    Route {
        path: "/v1/papers/notices.pdf",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Notices of orders in force, in Chinese and English", None, Some(pdf))],
        params: PAPER_PARAMS,
        handler: || get(papers::notices),
    },
    Route {
        path: "/v1/papers/certificates.pdf",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "Certificates of release, in Chinese and English", None, Some(pdf))],
        params: PAPER_PARAMS,
        handler: || get(papers::certificates),
    },
    Route {
        path: "/v1/papers/day-sheet.pdf",
        access: Access::Roles(CARE),
        class: Some(Class::Bulk),
        operations: &[op!("get", "The day sheet of a follow-up team, or of every one", None, Some(pdf))],
        params: &[
            Param { name: "team", about: "the team, by id or name" },
            Param { name: "every", about: "true: a sheet for each team that has somebody to see, and one for those without a team" },
            Param { name: "place", about: "only residents of this place and below" },
            Param { name: "day", about: "whoever is to be seen by the end of this day; today by default" },
            LANG,
        ],
        handler: || get(papers::day_sheet),
    },
    Route {
        path: "/v1/papers/daily-report.pdf",
        access: Access::Account,
        class: Some(Class::Bulk),
        operations: &[op!(
            "get",
            "The report of a day, sealed or open: balance, new cases, rounds, the five shoulds, what is overdue and who sees to it, beds",
            None,
            Some(pdf)
        )],
        params: &[
            Param { name: "day", about: "a sealed day, or the open one" },
            Param { name: "place", about: "at this place or below; your own by default" },
            LANG,
        ],
        handler: || get(papers::daily_report),
    },
];
