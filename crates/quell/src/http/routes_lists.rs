//! The routes of the chain's lists: places, boxes, plates, transfers, zones, rosters, and the preview of a plate. The table goes on from
//! [`super::routes`].

use super::route::*;
use super::routes::{AFTER, LIMIT, PLACE, op, schema};
use super::routes_office::bytes;
use crate::admission::Class;
use crate::http::{lists, preview};
use axum::routing::{get, post};
use quell_store::views;

const ROUND: Param = Param { name: "round", about: "the round" };

/// The table.
pub static ROUTES: &[Route] = &[
    Route {
        path: "/v1/places",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Places: those directly below one, or all below it that bear a name or are of a kind",
            None,
            Some(schema::<views::Page<views::PlaceItem>>)
        )],
        params: &[
            Param { name: "under", about: "below this place; your own by default" },
            Param { name: "text", about: "the name has this in it, or the code begins with it" },
            Param { name: "kind", about: "kind of place" },
            AFTER,
            LIMIT,
        ],
        handler: || get(lists::places),
    },
    Route {
        path: "/v1/places/{place}",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "One place: your own, below it or above it", None, Some(schema::<views::PlaceItem>))],
        params: &[Param { name: "place", about: "the place" }],
        handler: || get(lists::place),
    },
    Route {
        path: "/v1/rounds/{round}/people",
        access: Access::Roles(ROSTERS),
        class: Some(Class::Bulk),
        operations: &[op!(
            "get",
            "What a station takes with it: who is on the roster, household by household, and which tube each goes into",
            None,
            Some(schema::<views::Page<lists::RosterItem>>)
        )],
        params: &[ROUND, Param { name: "place", about: "who lives at this place or below; your own by default" }, AFTER, LIMIT],
        handler: || get(lists::roster),
    },
    Route {
        path: "/v1/rounds/{round}/places",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "A round at each place one level below, with its forecast end", None, Some(schema::<views::RoundPlaces>))],
        params: &[ROUND, PLACE],
        handler: || get(lists::round_places),
    },
    Route {
        path: "/v1/boxes",
        access: Access::Roles(CUSTODY),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Transport boxes: those under way by when they must arrive, others the latest first. A laboratory sees its own and what nobody has received",
            None,
            Some(schema::<views::Page<views::BoxItem>>)
        )],
        params: &[
            Param { name: "state", about: "packed, on_the_way or received" },
            Param { name: "place", about: "packed at this place or below; your own by default" },
            AFTER,
            LIMIT,
        ],
        handler: || get(lists::boxes),
    },
    Route {
        path: "/v1/boxes/{box}",
        access: Access::Roles(CUSTODY),
        class: Some(Class::Read),
        operations: &[op!("get", "A box, what is in it, and through whose hands it went", None, Some(schema::<views::BoxView>))],
        params: &[Param { name: "box", about: "the box's code" }],
        handler: || get(lists::transport_box),
    },
    Route {
        path: "/v1/plates",
        access: Access::Roles(LABORATORIES),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Plates that were read, the latest first, with what was found on them",
            None,
            Some(schema::<views::Page<views::PlateItem>>)
        )],
        params: &[Param { name: "laboratory", about: "by this laboratory, or those below this place; your own by default" }, AFTER, LIMIT],
        handler: || get(lists::plates),
    },
    Route {
        path: "/v1/results/preview",
        access: Access::Roles(&[quell_book::Role::Laboratory]),
        class: Some(Class::Bulk),
        operations: &[op!(
            "post",
            "What a plate or result file (CSV or a workbook) would do. Nothing is written; hand in the facts of the answer",
            Some(bytes),
            Some(schema::<preview::PlatePreview>)
        )],
        params: &[
            Param { name: "laboratory", about: "where it was read; your own place by default" },
            Param { name: "plate", about: "the plate's code, used once" },
            Param { name: "at", about: "when it was read; by default what the file says, or now" },
            Param { name: "controls_ok", about: "true: the file has no rows of controls, but both were seen to be right" },
        ],
        handler: || post(preview::preview),
    },
    Route {
        path: "/v1/transfers",
        access: Access::Roles(MOVING),
        class: Some(Class::Bulk),
        operations: &[op!(
            "get",
            "Transfers: those under way by how long they wait, others the latest first. A ward sees those to its facility",
            None,
            Some(schema::<views::Page<views::TransferItem>>)
        )],
        params: &[
            Param { name: "state", about: "requested, assigned, picked_up, arrived, admitted or called_off" },
            Param { name: "open", about: "true: only those under way" },
            AFTER,
            LIMIT,
        ],
        handler: || get(lists::transfers),
    },
    Route {
        path: "/v1/vehicles",
        access: Access::Roles(MOVING),
        class: Some(Class::Read),
        operations: &[op!(
            "get",
            "Every vehicle that a transfer has named, and what it is on",
            None,
            Some(schema::<views::Page<views::VehicleItem>>)
        )],
        params: &[AFTER, LIMIT],
        handler: || get(lists::vehicles),
    },
    Route {
        path: "/v1/zones",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "Risk zones, the latest first", None, Some(schema::<views::Page<views::ZoneItem>>))],
        params: &[
            Param { name: "place", about: "at this place, below it, or that it lies in; your own by default" },
            Param { name: "in_force", about: "true: only those that are not lifted" },
            AFTER,
            LIMIT,
        ],
        handler: || get(lists::zones),
    },
    Route {
        path: "/v1/owners",
        access: Access::Account,
        class: Some(Class::Read),
        operations: &[op!("get", "What is open and overdue, by who is responsible", None, Some(schema::<views::Owners>))],
        params: &[PLACE],
        handler: || get(lists::owners),
    },
];
