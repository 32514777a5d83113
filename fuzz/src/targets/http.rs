//! What a request brings.

use super::{chances, inputs, writes_as_itself};
use crate::Target;
use crate::choice::Choices;
use crate::shape::Shape;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use quell::admission::Class;
use quell::http::Problem;
use quell::http::parsing::*;
use quell::identity::IdentityKey;
use quell_book::{Fact, MAX_FACTS};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::time::Duration;

const BODIES: &[&str] = &[
    r#"{"id": "00000000-0000-0000-0000-000000000001", "facts": [{"tube_sealed": {"tube": "T1", "at": "2022-11-26T09:00:00+08:00"}}]}"#,
    r#"[{"id": "00000000-0000-0000-0000-000000000002", "device": "D1", "facts": [{"result_read": {"tube": "T1", "at": "2022-11-26T09+08:00",
        "result": "positive", "targets": [{"target": "N", "ct": 31.25}]}}]}]"#,
    r#"{"id": "00000000-0000-0000-0000-000000000003", "facts": [{"person_listed": {"person": "00000000-0000-0000-0000-000000000004",
        "name": "张\u0000三", "sex": "female", "born": "0000-01-01", "home": "50.1", "id_number": "11010519491231002X", "tags": ["pregnant"]}}]}"#,
    "[]",
    "[[[[[[",
    " [1, {}, null]",
];

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\ud800",
    "\\\\u0000",
    "null",
    "1e999",
    "-0",
    "{\"id\":",
    "\"facts\":[",
    "\"at\":",
    "\"device\":",
    "\"box\":",
    "9223372036854775808",
    "\"tubes\":[\"T1\",\"T2\"]",
    "\u{feff}",
    "//",
    "NaN",
];

pub const BODY: Target = Target {
    name: "submission-body",
    about: "POST /v1/submissions, any bytes: an answer in both languages, or a submission that is written as itself and fits the database",
    run: body,
    seeds: || inputs(BODIES),
    words: JSON,
};

fn body(data: &[u8]) {
    for lang in [Chinese(false), Chinese(true)] {
        match bodies(data, lang) {
            Ok((raws, _)) => {
                assert!(raws.len() <= MAX_BUNDLE);
                raws.iter().for_each(|r| one(r.get(), lang));
            }
            Err(p) => explained(&p),
        }
    }
}

fn one(raw: &str, lang: Chinese) {
    match submission(raw, lang) {
        Ok(mut s) => {
            writes_as_itself(&s);
            assert!((1..=MAX_FACTS).contains(&s.facts.len()));
            IdentityKey::fixed("fuzz").pseudonymise(&mut s.facts);
            s.facts.iter().for_each(storable);
        }
        Err(p) => explained(&p),
    }
}

/// A fact as the database can hold it: no character NUL, no number of an identity document.
pub(super) fn storable(fact: &Fact) {
    writes_as_itself(fact);
    let text = serde_json::to_string(fact).unwrap();
    let as_sent = format!(r#"{{"id": "00000000-0000-0000-0000-000000000001", "facts": [{text}]}}"#);
    let door = submission(&as_sent, Chinese(false));
    assert!(door.is_ok(), "the door would not take {text}: {:?}", door.err());
    if let Fact::PersonListed(p) = fact {
        assert!(p.id_number.is_none(), "an identity number is kept");
    }
}

fn explained(p: &Problem) {
    assert!((400..500).contains(&p.status) && !p.detail.is_empty(), "{p:?}");
    assert!(p.detail.len() < 20_000, "a detail of {} bytes", p.detail.len());
}

pub const SHAPED: Target = Target {
    name: "submission-shaped",
    about: "the same for bodies that are made by the schema, with a slip in one value of forty",
    run: shaped,
    seeds: chances,
    words: &[],
};

fn shaped(data: &[u8]) {
    let mut c = Choices::new(data);
    let slips = if c.below(4) == 0 { 0 } else { 40 };
    let known = |name: &str| ids_of(name).iter().map(|s| (*s).to_owned()).collect();
    let shape = Shape::facts(&known, slips);
    let n = 1 + c.below(3);
    let bundle: Vec<_> = (0..n).map(|_| shape.submission(&mut c)).collect();
    let whole = if n == 1 { bundle[0].clone() } else { json!(bundle) };
    body(whole.to_string().as_bytes());
}

/// Texts of the right form for a name of the schema.
pub(super) fn ids_of(name: &str) -> &'static [&'static str] {
    match name {
        "SubmissionId" | "PersonId" | "CaseId" | "TransferId" | "StayId" | "ContactId" | "DutyId" => {
            &["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "0190a6b0-0000-7000-8000-000000000003"]
        }
        "TubeCode" => &["T1", "T2", "T3"],
        "BoxCode" => &["B1", "B2"],
        "PlateId" => &["P1", "P2"],
        "RoundId" => &["r1", "r2"],
        "VehicleId" => &["V1"],
        "ProtocolId" => &["covid-2022-twenty", "measles"],
        "AccountId" => &["phone"],
        "DeviceId" => &["D1"],
        "PlaceId" => &["50.500237", "50.500237.101.001", "50.500237.lab1"],
        "EventTime" => &["2022-11-26T08:15:00+08:00", "2022-11-26T08+08:00", "2022-11-26+08:00", "2022-11-26T08:15:00.000001Z"],
        "Day" | "day" | "born" => &["2022-11-26", "1949-12-31"],
        "content" | "hash" => &["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
        _ => &[],
    }
}

const NAMES: [&str; 7] =
    ["prefer", "accept-language", "authorization", "x-request-id", "content-length", "transfer-encoding", "content-type"];
const HEADS: &[&str] = &[
    "prefer: wait=3",
    "prefer: respond-async, Wait = 7",
    "prefer: wait=99999999999999999999",
    "accept-language: zh-CN,zh;q=0.9",
    "authorization: Bearer abc",
    "x-request-id: a-b_c.d:e",
    "content-length: 18446744073709551615",
    "transfer-encoding: chunked",
];

pub const HEADERS: Target = Target {
    name: "headers",
    about: "Prefer, Accept-Language, Authorization, X-Request-Id, Content-Length: bounded, and nothing but plain characters is taken over",
    run: headers,
    seeds: || inputs(HEADS),
    words: HEADS,
};

fn headers(data: &[u8]) {
    let mut map = HeaderMap::new();
    for line in data.split(|b| *b == b'\n') {
        let (name, value) = match line.iter().position(|b| *b == b':') {
            Some(i) => (line[..i].to_vec(), &line[i + 1..]),
            None => (NAMES[line.len() % NAMES.len()].into(), line),
        };
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(&name), HeaderValue::from_bytes(value.trim_ascii())) {
            map.append(name, value);
        }
    }
    assert!(patience(&map, Class::Read) <= Duration::from_secs(120));
    assert!(weight(&map) >= 1);
    if let Some(id) = request_id(&map) {
        assert!(!id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic()));
    }
    let _ = (bearer(&map), Chinese::of(&map));
}

const QUERIES: &[&str] = &[
    "place=50.500237&after=x&limit=4294967295",
    "kind=sample&overdue=true&round=r1",
    "text=%E5%BC%A0%00",
    "from=2022-11-26&to=0000-01-01&control=community&state=active",
    "from=2022-11-26T08:15:00%2B08:00&account=a&person=00000000-0000-0000-0000-000000000001",
    "after=-9223372036854775808",
    "place=%ff&place=1",
];

pub const QUERY: Target = Target {
    name: "query",
    about: "the query parameters of every list, and the log-in",
    run: query,
    seeds: || inputs(QUERIES),
    words: &["&", "=", "%00", "%ff", "+", "place=", "after=", "limit=", "from=", "kind=", "text=", "\u{1f}", "%1f"],
};

fn query(data: &[u8]) {
    let _ = serde_json::from_slice::<LogIn>(data);
    // What is no address does not come past the HTTP library.
    let Ok(uri) = format!("/v1/x?{}", String::from_utf8_lossy(data)).parse::<Uri>() else { return };
    fn read<T: DeserializeOwned>(uri: &Uri) {
        let _ = Query::<T>::try_from_uri(uri);
    }
    read::<AtPlace>(&uri);
    read::<PageOf>(&uri);
    read::<ItemsOf>(&uri);
    read::<Find>(&uri);
    read::<CasesOf>(&uri);
    read::<LogFrom>(&uri);
    read::<LooksOf>(&uri);
}
