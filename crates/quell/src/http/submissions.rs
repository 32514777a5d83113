//! The one door: submissions, singly or in bundles.

use crate::app::App;
use crate::auth::{may_say, speaks_for};
use crate::door::DoorError;
use crate::http::access::Caller;
use crate::http::problem::{Chinese, Problem};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use quell_book::{Fact, LateHandIn, MAX_FACTS, Receipt, Submission};
use quell_foundation::*;
use quell_store::log::{self, Answer, Incoming, Sender};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The answer to one submission of a bundle.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BundleAnswer {
    /// In the book, durably.
    Accepted(Receipt),
    /// Not in the book, and why.
    Refused(Problem),
}

/// `POST /v1/submissions`: one submission, or an array of them. Each is accepted or refused by itself.
pub async fn post(State(app): State<App>, Extension(caller): Extension<Caller>, body: Bytes) -> Response {
    let (raws, bundle) = match bodies(&body, caller.lang) {
        Ok(r) => r,
        Err(p) => return p.into_response(),
    };
    let answers = hand_in(&app, &caller, &raws).await;
    if bundle {
        let answers: Vec<BundleAnswer> = answers
            .into_iter()
            .map(|a| match a {
                Ok(r) => BundleAnswer::Accepted(r),
                Err(p) => BundleAnswer::Refused(p),
            })
            .collect();
        return Json(answers).into_response();
    }
    match answers.into_iter().next() {
        Some(Ok(r)) => (if r.repeat { StatusCode::OK } else { StatusCode::CREATED }, Json(r)).into_response(),
        Some(Err(p)) => p.into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The submissions of a body, each still as its text, and whether it is a bundle.
///
/// # Errors
/// If it is no JSON, or a bundle of too many: the answers, one for each, would be many times as long as the body.
pub fn bodies(body: &[u8], lang: Chinese) -> Result<(Vec<&RawValue>, bool), Problem> {
    let bundle = body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
    let parsed = if bundle { serde_json::from_slice(body) } else { serde_json::from_slice(body).map(|one| vec![one]) };
    let raws: Vec<&RawValue> = parsed.map_err(|e| malformed(&e, lang))?;
    if raws.len() > MAX_BUNDLE {
        let n = raws.len();
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "bundle",
            lang,
            format!("a bundle has at most {MAX_BUNDLE} submissions, this one has {n}; split it"),
            format!("一次最多上报 {MAX_BUNDLE} 份，此次为 {n} 份，请拆分"),
        ));
    }
    Ok((raws, bundle))
}

fn malformed(e: &serde_json::Error, lang: Chinese) -> Problem {
    let en = format!("not a submission: {e}. See /v1/openapi.json for the form of each fact");
    let zh = format!("上报格式有误：{e}。各类事实的格式见 /v1/openapi.json");
    Problem::new(StatusCode::BAD_REQUEST, "malformed", lang, en, zh)
}

/// The same for a submission whose form is wrong, with the place in it: read once more, for the parser keeps no path in the usual case.
fn malformed_at(text: &str, lang: Chinese) -> Problem {
    let mut parser = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, Submission>(&mut parser) {
        Err(e) => malformed(&<serde_json::Error as serde::de::Error>::custom(format!("{}: {}", e.path(), e.inner())), lang),
        // What follows a whole submission.
        Ok(_) => malformed(&<serde_json::Error as serde::de::Error>::custom("there is more behind the submission"), lang),
    }
}

/// Checks each submission by itself, hands the good ones to the door together, and puts the answers in order.
async fn hand_in(app: &App, caller: &Caller, raws: &[&RawValue]) -> Vec<Result<Receipt, Problem>> {
    let mut answers: Vec<Option<Result<Receipt, Problem>>> = Vec::with_capacity(raws.len());
    let mut incoming = Vec::with_capacity(raws.len());
    for raw in raws {
        match check(app, caller, raw) {
            Ok(i) => {
                incoming.push(i);
                answers.push(None);
            }
            Err(p) => answers.push(Some(Err(p))),
        }
    }
    if let (Some(revoked), Some(first)) = (caller.revoked, incoming.first().map(Incoming::id))
        && let Err(e) = announce(app, caller, revoked, first).await
    {
        return raws.iter().map(|_| Err(Problem::door(&e, caller.lang))).collect();
    }
    let mut from_door = app.door.submit_until(incoming, Some(caller.deadline)).await.into_iter();
    answers
        .into_iter()
        .map(|a| match a {
            Some(a) => a,
            None => answer(from_door.next(), caller.lang),
        })
        .collect()
}

/// Before anything of a revoked account is taken someone owes a look at it. `first`: what is handed in first; again, it is no other hand-in.
async fn announce(app: &App, caller: &Caller, revoked: Instant, first: SubmissionId) -> Result<(), DoorError> {
    let (a, offset) = (&caller.account, app.config.offset);
    let fact = LateHandIn {
        account: a.account.clone(),
        place: a.place.clone(),
        revoked_at: EventTime::exact(revoked, offset),
        at: EventTime::exact(app.clock.now(), offset),
    };
    let sender = Sender { account: a.account.to_string(), scope: a.place.clone(), device: None };
    let id = derived_uuid(&[b"late hand-in", &app.config.book.0.to_be_bytes(), first.0.as_bytes()]);
    let notice = Incoming::new(SubmissionId(id), sender, vec![fact.into()]);
    match app.door.submit(vec![notice]).await.into_iter().next() {
        // Noted at another time: it is the same hand-in once more.
        Some(Ok(Answer::Accepted(_) | Answer::IdReused)) => Ok(()),
        Some(Err(e)) => Err(e),
        other => Err(DoorError::Broken(format!("a late hand-in could not be noted: {other:?}"))),
    }
}

/// Refuses what a revoked account says of the time after, and what has no time. A newcomer may be listed with a swab of the time before.
fn check_late(facts: &[Fact], revoked: Instant, offset: UtcOffset, lang: Chinese) -> Result<(), Problem> {
    let times: Vec<Option<EventTime>> = facts.iter().map(event_time).collect();
    let dated = times.iter().any(Option::is_some);
    let late = facts.iter().zip(&times).find(|(f, at)| match at {
        Some(at) => at.at > revoked,
        None => !dated || !matches!(f, Fact::PersonListed(_)),
    });
    let Some((fact, at)) = late else { return Ok(()) };
    let (kind, since) = (fact.kind(), revoked.at_offset(offset));
    let (of, of_zh) = at.map_or(("of no time".to_owned(), "没有时间".to_owned()), |t| (format!("of {t}"), format!("时间为 {t}")));
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "revoked",
        lang,
        format!(
            "this account was revoked at {since}; what happened before can be handed in, and this {kind} is {of}. Keep it on the device and give the device to the commander: nothing is lost"
        ),
        format!("该账号已于 {since} 停用，仅可补报停用前的内容，此条 {kind} {of_zh}。请保留在设备上并将设备交给指挥员，数据不会丢失"),
    ))
}

/// When a fact happened, if it says so: every fact that does calls it `at`.
fn event_time(fact: &Fact) -> Option<EventTime> {
    let json = serde_json::to_value(fact).ok()?;
    json.as_object()?.values().next()?.get("at")?.as_str()?.parse().ok()
}

fn answer(a: Option<Result<Answer, DoorError>>, lang: Chinese) -> Result<Receipt, Problem> {
    match a {
        Some(Ok(Answer::Accepted(r))) => Ok(r),
        Some(Ok(Answer::Refused(r))) => Err(Problem::refused(r, lang)),
        Some(Ok(Answer::IdReused)) => Err(Problem::new(
            StatusCode::CONFLICT,
            "id-reused",
            lang,
            "this id is in the book with other content; nothing was written. Give new content a new id",
            "该编号已用于其他内容，未写入。新内容请使用新编号",
        )),
        Some(Err(e)) => Err(Problem::door(&e, lang)),
        None => Err(Problem::door(&DoorError::Broken("no answer".into()), lang)),
    }
}

/// Reads one submission; nobody has been asked whether the sender may say it.
///
/// # Errors
/// If it has not the form of one, or a text or the whole is too long.
pub fn submission(raw: &str, lang: Chinese) -> Result<Submission, Problem> {
    if has_nul(raw) {
        let e = <serde_json::Error as serde::de::Error>::custom("a text holds the character NUL, which cannot be stored");
        return Err(malformed(&e, lang));
    }
    if let Some(text) = too_long(raw) {
        let shown: String = text.chars().take(40).collect();
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "text",
            lang,
            format!("a text has at most {MAX_TEXT} bytes; this one is longer: {shown}…"),
            format!("一段文字最多 {MAX_TEXT} 字节，以下文字过长：{shown}…"),
        ));
    }
    let s: Submission = serde_json::from_str(raw).map_err(|_| malformed_at(raw, lang))?;
    if s.facts.is_empty() || s.facts.len() > MAX_FACTS {
        let n = s.facts.len();
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "facts",
            lang,
            format!("a submission has 1 to {MAX_FACTS} facts, this one has {n}; split it"),
            format!("每次上报须含 1 至 {MAX_FACTS} 条事实，此次为 {n} 条，请拆分"),
        ));
    }
    Ok(s)
}

fn check(app: &App, caller: &Caller, raw: &RawValue) -> Result<Incoming, Problem> {
    let lang = caller.lang;
    let mut s = submission(raw.get(), lang)?;
    if let Some(f) = s.facts.iter().find(|f| !may_say(caller.account.role, f)) {
        let (role, kind) = (caller.account.role, f.kind());
        let zh = role.zh();
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "role",
            lang,
            format!("the role {role} may not hand in {kind}"),
            format!("{zh}无权上报 {kind}"),
        ));
    }
    if s.facts.iter().any(|f| !speaks_for(&caller.account, f)) {
        let (en, zh) = ("a book hands in its own messages, not those of another book", "只能提交本台账的函件，不能代其他台账提交");
        return Err(Problem::new(StatusCode::FORBIDDEN, "peer", lang, en, zh));
    }
    if let Some(revoked) = caller.revoked {
        check_late(&s.facts, revoked, app.config.offset, lang)?;
    }
    app.key.pseudonymise(&mut s.facts);
    let sender = Sender { account: caller.account.account.to_string(), scope: caller.account.place.clone(), device: s.device };
    Ok(Incoming::new(s.id, sender, s.facts))
}

/// Most submissions of a bundle.
pub const MAX_BUNDLE: usize = 20_000;

/// Longest text of a fact, in bytes of JSON: some 600 Chinese characters.
const MAX_TEXT: usize = 2_000;

/// The first string of a JSON text that is too long. The text is well formed: it was parsed as a raw value.
fn too_long(json: &str) -> Option<&str> {
    let bytes = json.as_bytes();
    let mut from = None;
    let mut i = 0;
    while i < bytes.len() {
        match (bytes[i], from) {
            (b'\\', Some(_)) => i += 1,
            (b'"', Some(start)) => {
                if i - start > MAX_TEXT {
                    return json.get(start..i);
                }
                from = None;
            }
            (b'"', None) => from = Some(i + 1),
            _ => {}
        }
        i += 1;
    }
    None
}

/// True if a JSON text holds the character NUL, which PostgreSQL cannot store: `\u0000` behind an even number of backslashes.
fn has_nul(json: &str) -> bool {
    json.match_indices("\\u0000").any(|(i, _)| json[..i].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 0)
}

/// `GET /v1/submissions/{id}`: the receipt, for a sender that lost the answer.
pub async fn receipt(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<SubmissionId>,
) -> Result<Json<Receipt>, Problem> {
    let c = app.db.connection().await.map_err(|e| Problem::store(&e, caller.lang))?;
    let found = log::receipts(&c, caller.account.book, &[id.0]).await.map_err(|e| Problem::store(&e, caller.lang))?;
    found.into_values().next().map(Json).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-submission",
            caller.lang,
            "this submission is not in the book: send it again",
            "台账中没有该上报，请重新发送",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Chinese, MAX_BUNDLE, MAX_TEXT, bodies, has_nul, too_long};

    #[test]
    fn a_bundle_of_too_many_is_refused_before_each_is_answered() {
        let bundle = |n: usize| format!("[{}]", vec!["0"; n].join(","));
        assert_eq!(bodies(bundle(MAX_BUNDLE).as_bytes(), Chinese(false)).map(|(all, _)| all.len()).map_err(|p| p.kind), Ok(MAX_BUNDLE));
        let refused = bodies(bundle(MAX_BUNDLE + 1).as_bytes(), Chinese(true)).map(|_| ()).map_err(|p| (p.status, p.detail));
        assert!(refused.is_err_and(|(status, detail)| status == 400 && detail.contains("请拆分")));
    }

    #[test]
    fn a_long_text_is_found_between_escapes() {
        let text = |n: usize| format!(r#"{{"a\\\"": "{}", "b": "x"}}"#, "é".repeat(n / 2));
        assert_eq!(too_long(&text(MAX_TEXT)), None);
        assert_eq!(too_long(&text(MAX_TEXT + 2)).map(str::len), Some(MAX_TEXT + 2));
    }

    #[test]
    fn nul_is_found_and_what_only_looks_like_it_is_not() {
        assert!(has_nul(r#"{"name": "a\u0000b"}"#) && has_nul(r#""\\\u0000""#));
        assert!(!has_nul(r#"{"name": "a\\u0000b"}"#) && !has_nul(r#""\u0001""#));
    }
}
