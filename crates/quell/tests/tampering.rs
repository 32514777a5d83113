//! The book is changed behind Quell's back, as whoever holds the database can: `quell verify` names it. What hangs together in itself, a log
//! rewritten with all its hashes or an older state of the whole database, is named by comparison with the checkpoints in a second place.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::app::read_protocol;
use quell::checkpoint::{Keepers, Target, keep, read};
use quell_book::rows::SealedDay;
use quell_book::{LogEntry, Role};
use quell_foundation::*;
use quell_store::shelf;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const QUELL: &str = env!("CARGO_BIN_EXE_quell");

/// Adopts the protocol, so that its text lies on the shelf.
async fn adopt(w: &World) {
    let (id, text, _) = read_protocol("covid-2022-twenty").unwrap();
    // A text of its own: what ships would be put back.
    let own = format!("{}\n# as adopted here\n", text);
    let content = shelf::put(&w.app.db.connection().await.unwrap(), &id, &own).await.unwrap();
    w.say(&[json!({"protocol_adopted": {"protocol": id, "content": content, "decider": "desk", "at": "2022-11-26T19:00:00+08:00"}})]).await;
}

/// A day with a round, a positive pool with its recalls, and its close; then a little of the next day. Somebody has logged in and looked.
async fn sealed_world() -> World {
    let w = World::county(20).await;
    adopt(&w).await;
    let at = "2022-11-26T19:00:00+08:00";
    w.say(&[json!({"round_opened": {"round": "R1", "name": "第一轮", "scope": [ROOT], "at": at}})]).await;
    for (tube, community) in [("T1", A), ("T2", B)] {
        let mut facts = swabs(tube, community, 0..10, at);
        facts.iter_mut().for_each(|f| f["registered"]["round"] = "R1".into());
        facts.push(json!({"tube_sealed": {"tube": tube, "at": at}}));
        w.say(&facts).await;
    }
    w.say(&[
        json!({"received": {"laboratory": LABORATORY, "tubes": ["T1", "T2"], "condition": "adequate", "at": at}}),
        json!({"result_read": {"tube": "T1", "at": at, "result": "positive"}}),
        json!({"result_read": {"tube": "T2", "at": at, "result": "negative"}}),
    ])
    .await;
    w.say(&[json!({"day_closed": {"day": "2022-11-26", "decider": "desk"}})]).await;
    w.say(
        &swabs("T3", A, 0..1, at)
            .into_iter()
            .map(|mut f| {
                f["registered"]["mode"] = "single".into();
                f
            })
            .collect::<Vec<_>>(),
    )
    .await;
    let token = w.token(Role::Investigator, ROOT).await;
    for n in 0..4 {
        assert_eq!(w.get(&format!("/v1/persons/{}", person(A, n)), &token).await.status, 200);
    }
    w
}

/// Runs quell beside the test on its database: exit code, and what it says of findings.
async fn quell(w: &World, words: &[&str]) -> (Option<i32>, String) {
    let mut c = Command::new(QUELL);
    c.arg("--data").arg(&w.data).args(["--lang", "en", "--database-url", w.url()]).args(words).env("RUST_LOG", "warn");
    let out = tokio::task::spawn_blocking(move || c.output().unwrap()).await.unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
}

async fn verify(w: &World) -> (Option<i32>, String) {
    quell(w, &["verify"]).await
}

/// Table, what is done to it, what the finding must name.
const TAMPERINGS: &[(&str, &str, &[&str])] = &[
    (
        "registration",
        "UPDATE quell.registration SET counts = NOT counts WHERE ctid = (SELECT min(ctid) FROM quell.registration WHERE tube = 'T1')",
        &["quell.registration", "T1", "counts"],
    ),
    (
        "registration",
        "INSERT INTO quell.registration SELECT book_id, person_id, 'T2', round, place, sampled_at, seq, counts, flag, void_seq FROM quell.registration WHERE tube = 'T1' LIMIT 1",
        &["quell.registration", "T2", "no such row"],
    ),
    (
        "tube",
        "UPDATE quell.tube SET result = 'negative' WHERE tube = 'T1'",
        &["quell.tube", "T1", "result must be \"positive\" but is \"negative\""],
    ),
    ("tube", "UPDATE quell.tube SET state = 'vanished' WHERE tube = 'T1'", &["quell.tube", "vanished"]),
    (
        "duty",
        "UPDATE quell.duty SET due = due + interval '1 day' WHERE duty_id = (SELECT min(duty_id::text)::uuid FROM quell.duty)",
        &["quell.duty", "due"],
    ),
    (
        "duty",
        "DELETE FROM quell.duty WHERE duty_id = (SELECT min(duty_id::text)::uuid FROM quell.duty)",
        &["quell.duty DutyId", "the row is missing"],
    ),
    (
        "tally",
        "UPDATE quell.tally SET discharged = discharged + 1 WHERE ctid = (SELECT min(ctid) FROM quell.tally)",
        &["tally (", "discharged"],
    ),
    ("tally", "DELETE FROM quell.tally WHERE ctid = (SELECT min(ctid) FROM quell.tally)", &["tally (", "the row is missing"]),
    ("person", "UPDATE quell.person SET name = 'x' WHERE ctid = (SELECT min(ctid) FROM quell.person)", &["quell.person", "name"]),
    ("result", "UPDATE quell.result SET at = at - interval '1 second' WHERE tube = 'T1'", &["quell.result", "at must be"]),
    (
        "roster",
        "DELETE FROM quell.roster WHERE ctid = (SELECT min(ctid) FROM quell.roster)",
        &["quell.roster", "R1", "PersonId", "the row is missing"],
    ),
    ("sealed_day", "UPDATE quell.sealed_day SET sheet = jsonb_set(sheet, '{lines,0,opened}', '77')", &["quell.sealed_day", "2022-11-26"]),
    ("sealed_day", "UPDATE quell.sealed_day SET decider = 'x'", &["quell.sealed_day", "2022-11-26", "decider"]),
    ("sealed_day", "DELETE FROM quell.sealed_day", &["quell.sealed_day 2022-11-26: the row is missing"]),
    (
        "submission",
        "UPDATE quell.submission s SET body = o.body FROM quell.submission o WHERE s.seq = 3 AND o.seq = 4",
        &["submission", "position 3", "content was changed"],
    ),
    ("submission", "UPDATE quell.submission SET body = '\\x00' WHERE seq = 3", &["submission", "position 3"]),
    ("submission", "UPDATE quell.submission SET log_hash = repeat('0', 64) WHERE seq = 3", &["submission", "position 3", "chain"]),
    ("submission", "UPDATE quell.submission SET content_hash = repeat('0', 64) WHERE seq = 3", &["submission", "position 3", "chain"]),
    ("submission", "UPDATE quell.submission SET sender = 'x' WHERE seq = 3", &["submission", "position 3", "chain"]),
    ("submission", "UPDATE quell.submission SET device = 'x' WHERE seq = 3", &["submission", "position 3", "chain"]),
    (
        "submission",
        "UPDATE quell.submission SET recorded_at = recorded_at + interval '1 second' WHERE seq = 3",
        &["submission", "position 3", "chain"],
    ),
    ("submission", "UPDATE quell.submission SET facts = facts + 1 WHERE seq = 3", &["submission", "position 3"]),
    ("submission", "DELETE FROM quell.submission WHERE seq = (SELECT max(seq) FROM quell.submission)", &["the head says", "T3"]),
    ("submission", "DELETE FROM quell.submission WHERE seq = 3", &["position", "3", "missing"]),
    (
        "tally_before",
        "UPDATE quell.tally_before SET opened = opened + 1 WHERE ctid = (SELECT min(ctid) FROM quell.tally_before)",
        &["quell.tally_before (", "sum of the sealed days"],
    ),
    ("tally_before", "DELETE FROM quell.tally_before WHERE ctid = (SELECT min(ctid) FROM quell.tally_before)", &["quell.tally_before ("]),
    ("submission", "INSERT INTO quell.submission SELECT book_id, 0, gen_random_uuid(), sender, device, content_hash, log_hash, recorded_at, facts, body
        FROM quell.submission WHERE seq = 3", &["submission", "position 0", "chain"]),
    ("book", "UPDATE quell.book SET tallied_through = tallied_through + 1", &["book", "not sealed"]),
    ("book", "UPDATE quell.book SET head_seq = head_seq + 1", &["book", "head"]),
    ("book", "UPDATE quell.book SET open_day = open_day + 1", &["book", "open day"]),
    ("book", "UPDATE quell.book SET root = '50'", &["book: it was opened with root 50.500237", "now it has 50,"]),
    ("book", "UPDATE quell.book SET offset_minutes = 0", &["book: it was opened with", "offset 480"]),
    ("book", "UPDATE quell.book SET tally_depth = 3", &["book: it was opened with", "tally depth 4"]),
    ("protocol_text", "UPDATE quell.protocol_text SET body = replace(body, '14', '15') WHERE content_hash = (SELECT protocol_hash FROM quell.book)", &["protocol_text covid-2022-twenty", "text was changed"]),
    ("protocol_text", "UPDATE quell.protocol_text SET protocol = 'measles' WHERE content_hash = (SELECT protocol_hash FROM quell.book)", &["protocol_text measles", "another protocol"]),
    ("protocol_text", "DELETE FROM quell.protocol_text WHERE content_hash = (SELECT protocol_hash FROM quell.book)", &["submission", "cannot be replayed"]),
    // Looks: the last four entries.
    ("audit", "UPDATE quell.audit SET person_id = gen_random_uuid() WHERE seq = (SELECT max(seq) - 1 FROM quell.audit)", &["audit position", "chain"]),
    ("audit", "UPDATE quell.audit SET place = '' WHERE seq = (SELECT max(seq) - 1 FROM quell.audit)", &["audit position", "chain"]),
    ("audit", "UPDATE quell.audit SET at = at + interval '1 second' WHERE seq = (SELECT max(seq) FROM quell.audit)", &["audit position", "chain"]),
    ("audit", "UPDATE quell.audit SET account = 'x' WHERE seq = (SELECT max(seq) FROM quell.audit)", &["audit position", "by x", "chain"]),
    ("audit", "DELETE FROM quell.audit WHERE seq = (SELECT max(seq) - 1 FROM quell.audit)", &["audit: positions", "missing"]),
    ("audit", "DELETE FROM quell.audit WHERE seq = (SELECT max(seq) FROM quell.audit)", &["audit: the head says"]),
    (
        "audit",
        "UPDATE quell.audit a SET (person_id, access_id, at, hash) = (b.person_id, b.access_id, b.at, b.hash) FROM quell.audit b
            WHERE a.seq + b.seq = (SELECT max(seq) * 2 - 2 FROM quell.audit) AND a.seq IN (SELECT max(seq) - s FROM quell.audit, (VALUES (0), (2)) v (s) GROUP BY s)",
        &["audit position", "chain"],
    ),
    (
        "audit",
        "INSERT INTO quell.audit SELECT book_id, seq + 1, kind, at, 'x', role, what, access_id, person_id, place, rows, detail, hash
            FROM quell.audit ORDER BY seq DESC LIMIT 1",
        &["audit position", "by x", "chain"],
    ),
    (
        "audit",
        "INSERT INTO quell.audit SELECT book_id, 0, kind, at, 'x', role, what, access_id, person_id, place, rows, detail, hash
            FROM quell.audit ORDER BY seq DESC LIMIT 1",
        &["audit position 0", "by x", "chain"],
    ),
    ("audit", "UPDATE quell.audit SET kind = 'whisper' WHERE seq = (SELECT max(seq) FROM quell.audit)", &["audit position", "never writes"]),
    ("audit", "UPDATE quell.audit SET detail = replace(detail, '480', '540') WHERE kind = 'book_opened'", &["audit position 1", "chain"]),
    ("audit_head", "UPDATE quell.audit_head SET seq = seq + 1", &["audit: the head says"]),
    ("audit_head", "DELETE FROM quell.audit_head", &["audit", "no head"]),
    ("account", "UPDATE quell.account SET role = 'commander'", &["account investigator@50.500237: role not as"]),
    ("account", "UPDATE quell.account SET password_hash = 'x'", &["account investigator@50.500237: password not as"]),
    ("account", "UPDATE quell.account SET revoked_at = created_at", &["account investigator@50.500237: revoked_at not as"]),
    ("account", "UPDATE quell.account SET active = NOT active, place = '50'", &["account investigator@50.500237: place, active not as"]),
    (
        "account",
        "INSERT INTO quell.account SELECT book_id, 'ghost', 'commander', place, password_hash, true, created_at FROM quell.account",
        &["account ghost", "no such account"],
    ),
    ("account", "DELETE FROM quell.account", &["account investigator@50.500237: the row is missing"]),
    (
        "token",
        "INSERT INTO quell.token SELECT book_id, repeat('0', 64), account, created_at, expires_at FROM quell.token",
        &["token of investigator@50.500237", "no log-in gave it"],
    ),
    ("token", "UPDATE quell.token SET expires_at = expires_at + interval '1 year'", &["token of investigator@50.500237", "no log-in gave it"]),
    ("token", "UPDATE quell.token SET account = 'chief'", &["token of chief", "no log-in gave it"]),
];

/// The columns of a table that are not generated.
const WRITTEN: &str = "SELECT string_agg(column_name, ', ') FROM information_schema.columns
    WHERE table_schema = 'quell' AND table_name = $1 AND is_generated = 'NEVER'";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_behind_its_back_is_named() {
    let w = sealed_world().await;
    let (code, said) = verify(&w).await;
    assert_eq!(code, Some(0), "{said}");
    let c = w.app.db.connection().await.unwrap();
    c.batch_execute("CREATE SCHEMA keep").await.unwrap();
    let mut missed = Vec::new();
    for (table, change, names) in TAMPERINGS {
        c.batch_execute(&format!("CREATE TABLE keep.{table} AS TABLE quell.{table}")).await.unwrap();
        let rows = c.execute(*change, &[]).await.unwrap_or_else(|e| panic!("{change}: {e:?}"));
        assert!(rows == 1 || rows == 2 && table == &"audit", "{change}: {rows}");
        let (code, said) = verify(&w).await;
        if code != Some(1) || !names.iter().all(|n| said.contains(n)) {
            missed.push(format!("{change}\n  exit code {code:?}, wanted {names:?} in:\n{said}"));
        }
        let columns: String = c.query_one(WRITTEN, &[table]).await.unwrap().get(0);
        let undo = format!(
            "DELETE FROM quell.{table}; INSERT INTO quell.{table} ({columns}) SELECT {columns} FROM keep.{table}; DROP TABLE keep.{table}"
        );
        c.batch_execute(&undo).await.unwrap();
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let (code, said) = verify(&w).await;
    assert_eq!(code, Some(0), "all was put back: {said}");
}

/// What can be changed without a finding: the end of a token.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_is_no_finding() {
    let w = sealed_world().await;
    w.app.db.connection().await.unwrap().batch_execute("DELETE FROM quell.token").await.unwrap();
    let (code, said) = verify(&w).await;
    assert_eq!(code, Some(0), "{said}");
}

/// Writes a checkpoint of the book as it is.
async fn checkpoint(w: &World, file: &Path) {
    let keepers: Keepers = keep(&w.app, &[Target::File(file.into())], Duration::from_secs(60));
    keepers.stop().await;
}

fn lines(file: &Path) -> usize {
    read(file).unwrap().lines.len()
}

/// Runs `quell verify` without and with the checkpoints.
async fn both(w: &World, file: &Path) -> [(Option<i32>, String); 2] {
    [verify(w).await, quell(w, &["verify", "--checkpoint", file.to_str().unwrap()]).await]
}

fn second_place() -> (tempfile::TempDir, PathBuf) {
    let dir = temp();
    let file = dir.path().join("checkpoints");
    (dir, file)
}

/// Writes the log anew from a position on, with another sender there and with all hashes that follow from it.
async fn rewrite(w: &World, from: i64) {
    let c = w.app.db.connection().await.unwrap();
    c.execute("UPDATE quell.submission SET sender = 'somebody else' WHERE seq = $1", &[&from]).await.unwrap();
    let sql = "SELECT seq, submission_id, sender, device, content_hash, (extract(epoch FROM recorded_at) * 1000000)::bigint, log_hash
        FROM quell.submission ORDER BY seq";
    let mut hash = Hash::default();
    for r in c.query(sql, &[]).await.unwrap() {
        let (before, device) = (hash, r.get::<_, Option<String>>(3).map(|d| DeviceId::new(d).unwrap()));
        let content_hash = r.get::<_, &str>(4).parse().unwrap();
        let (seq, submission, recorded_at) = (r.get(0), SubmissionId(r.get(1)), Instant(r.get(5)));
        hash = LogEntry { seq, submission, sender: r.get(2), device: device.as_ref(), content_hash, recorded_at }.chain(before);
        c.execute("UPDATE quell.submission SET log_hash = $2 WHERE seq = $1", &[&seq, &hash.to_string()]).await.unwrap();
        let sealed = "SELECT day::text, sheet_hash FROM quell.sealed_day WHERE seq = $1";
        if let Some(d) = c.query_opt(sealed, &[&seq]).await.unwrap() {
            let day_hash = SealedDay::chain(None, d.get::<_, &str>(0).parse().unwrap(), d.get::<_, &str>(1).parse().unwrap(), before);
            c.execute("UPDATE quell.sealed_day SET day_hash = $1", &[&day_hash.to_string()]).await.unwrap();
        }
    }
    c.execute("UPDATE quell.book SET head_hash = $1", &[&hash.to_string()]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_rewritten_as_a_whole_does_not_agree_with_its_checkpoints() {
    let w = World::county(20).await;
    let (_dir, file) = second_place();
    checkpoint(&w, &file).await;
    adopt(&w).await;
    w.say(&swabs("T1", A, 0..10, "2022-11-26T19:00:00+08:00")).await;
    w.say(&[json!({"tube_sealed": {"tube": "T1", "at": "2022-11-26T19:00:00+08:00"}})]).await;
    w.say(&[json!({"day_closed": {"day": "2022-11-26", "decider": "desk"}})]).await;
    checkpoint(&w, &file).await;
    checkpoint(&w, &file).await;
    assert_eq!(lines(&file), 2, "nothing changed before the third");
    let [(alone, _), (with, said)] = both(&w, &file).await;
    assert_eq!((alone, with), (Some(0), Some(0)), "{said}");

    rewrite(&w, 2).await;
    let [(alone, said_alone), (with, said)] = both(&w, &file).await;
    assert_eq!(alone, Some(0), "in itself it hangs together: {said_alone}");
    assert_eq!(with, Some(1));
    for words in
        ["line 2", "position 5 of the log had another hash", "rewritten behind position 1", "2022-11-26 was sealed with another hash"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    // The server itself writes no checkpoint that would cover it up.
    checkpoint(&w, &file).await;
    assert_eq!(lines(&file), 2);
    // Checkpoints that were edited to fit do not follow each other any more.
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"audit_seq\":1", "\"audit_seq\":0", 1)).unwrap();
    let (code, said) = quell(&w, &["verify", "--checkpoint", file.to_str().unwrap()]).await;
    assert!(code == Some(1) && said.contains("line 2: it does not follow"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_is_behind_its_checkpoints() {
    let w = sealed_world().await;
    let (_dir, file) = second_place();
    checkpoint(&w, &file).await;
    let c = w.app.db.connection().await.unwrap();
    let tables: Vec<String> =
        c.query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'quell'", &[]).await.unwrap().iter().map(|r| r.get(0)).collect();
    c.batch_execute("CREATE SCHEMA keep").await.unwrap();
    for table in &tables {
        c.batch_execute(&format!("CREATE TABLE keep.\"{table}\" AS TABLE quell.\"{table}\"")).await.unwrap();
    }
    w.say(&swabs("T9", B, 10..20, "2022-11-26T19:30:00+08:00")).await;
    w.token(Role::Ward, HALL).await;
    checkpoint(&w, &file).await;
    let [(alone, _), (with, said)] = both(&w, &file).await;
    assert_eq!((alone, with), (Some(0), Some(0)), "{said}");

    for table in &tables {
        let columns: String = c.query_one(WRITTEN, &[table]).await.unwrap().get(0);
        let back =
            format!("DELETE FROM quell.\"{table}\"; INSERT INTO quell.\"{table}\" ({columns}) SELECT {columns} FROM keep.\"{table}\"");
        c.batch_execute(&back).await.unwrap();
    }
    let [(alone, said_alone), (with, said)] = both(&w, &file).await;
    assert_eq!(alone, Some(0), "in itself it hangs together: {said_alone}");
    assert_eq!(with, Some(1));
    for words in ["line 2", "the log had", "the audit log had", "rolled back"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    checkpoint(&w, &file).await;
    assert_eq!(lines(&file), 2, "no checkpoint of what is behind the last");
    // Nor of what has grown beyond it another way.
    for n in 0..2 {
        w.say(&swabs(&format!("T{n}9"), A, 10 + 5 * n..15 + 5 * n, "2022-11-26T19:30:00+08:00")).await;
        w.token(Role::Courier, ROOT).await;
    }
    checkpoint(&w, &file).await;
    assert_eq!(lines(&file), 2, "no checkpoint of another book than the one that was seen");
    let [(alone, said_alone), (with, said)] = both(&w, &file).await;
    assert_eq!((alone, with), (Some(0), Some(1)), "{said_alone}");
    assert!(said.contains("of the log had another hash") && said.contains("of the audit log had another hash"), "{said}");
}
