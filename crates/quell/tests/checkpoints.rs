//! Checkpoints reach their second place, survive that it was away, and can be verified there alone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::checkpoint::{Target, Written, keep, read, receive};
use quell::client::Client;
use quell::metrics;
use quell_foundation::*;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const AT: &str = "2022-11-26T19:00:00+08:00";
const QUELL: &str = env!("CARGO_BIN_EXE_quell");

async fn until(what: &str, mut met: impl FnMut() -> bool) {
    for _ in 0..400 {
        if met() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {what}");
}

fn lines(file: &Path) -> Vec<quell::checkpoint::Line> {
    let Ok(read) = read(file) else { return Vec::new() };
    assert!(read.broken.is_empty(), "{:?}", read.broken);
    read.lines.into_iter().map(|l| l.1).collect()
}

async fn receiver(address: SocketAddr, file: &Path) -> JoinHandle<()> {
    let listener = TcpListener::bind(address).await.unwrap();
    let service = receive::service(file);
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_away_gets_the_newest_and_the_number_it_missed() {
    let w = World::county(20).await;
    let file = w.data.join("received");
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = away.local_addr().unwrap();
    let target: Target = format!("http://{address}/checkpoints").parse().unwrap();
    let every = Duration::from_millis(50);
    let keepers = keep(&w.app, std::slice::from_ref(&target), every);
    w.say(&swabs("T1", A, 0..10, AT)).await;
    for _ in 0..3 {
        drop(away.accept().await.unwrap());
    }
    drop(away);
    let serving = receiver(address, &file).await;
    until("a line comes", || !lines(&file).is_empty()).await;
    let first = lines(&file).remove(0);
    // The first of the three may have been under way before the swabs; what comes now was read after them.
    assert!(first.missed >= 2 && first.heads.seq == 2, "{first:?}");
    w.say(&swabs("T2", B, 0..10, AT)).await;
    until("a second", || lines(&file).len() == 2).await;
    assert_eq!((lines(&file)[1].missed, lines(&file)[1].heads.seq), (0, 3));
    keepers.stop().await;

    // A server that starts again does not know what the receiver has; it is told, and goes on from there.
    w.say(&swabs("T3", A, 10..20, AT)).await;
    let keepers = keep(&w.app, std::slice::from_ref(&target), every);
    until("a third", || lines(&file).len() == 3).await;
    keepers.stop().await;

    // What does not follow is refused, with the last line.
    let last = std::fs::read_to_string(&file).unwrap().lines().last().unwrap().to_owned();
    let mut line = Written::read(&last).unwrap().line;
    (line.heads.seq, line.previous) = (1, Hash::of(last.as_bytes()));
    for (body, status, answer) in [
        (Written::new(line).unwrap().text, 409, last.as_str()),
        (last.clone(), 409, last.as_str()),
        ("{}".into(), 400, "it is no checkpoint"),
    ] {
        let reply = call(address, "POST", "/", &[], body).await;
        assert!(reply.status == status && reply.body.starts_with(answer.as_bytes()), "{reply:?}");
    }
    assert_eq!(lines(&file).len(), 3);
    serving.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_cannot_be_written_to_holds_up_nothing() {
    metrics::start().unwrap();
    let w = World::county(20).await;
    let (good, bad) = (w.data.join("good"), w.data.join("no/such/directory"));
    // Takes the connection, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hung: Target = format!("http://{}", silent.local_addr().unwrap()).parse().unwrap();
    let keepers = keep(&w.app, &[Target::File(bad), hung, Target::File(good.clone())], Duration::from_millis(50));
    for n in 0..3 {
        w.say(&swabs(&format!("T{n}"), A, n * 5..n * 5 + 5, AT)).await;
        until("the good place goes on", || lines(&good).last().is_some_and(|l| l.heads.seq == n as i64 + 2)).await;
    }
    assert!(lines(&good).len() <= 4, "nothing is written when nothing changed");
    let counted = metrics::text(0, &w.app.gate);
    for (place, outcome) in [(&good, "good"), (&w.data.join("no/such/directory"), "missed")] {
        let counter = format!("quell_checkpoints_total{{to=\"{}\",outcome=\"{outcome}\"}} ", place.display());
        let age = format!("quell_checkpoint_age_seconds{{to=\"{}\"}} ", place.display());
        assert!(counted.contains(&counter) && counted.contains(&age), "{counter} {age} are not in\n{counted}");
    }
    drop(keepers);
}

fn quell(data: &Path, words: &[&str], input: &str) -> Output {
    use std::io::Write;
    let mut c = Command::new(QUELL);
    c.arg("--data").arg(data).args(["--lang", "en"]).args(words).env("RUST_LOG", "warn");
    let mut child = c.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The program itself: a line at the start, one at the orderly stop, and the small command that needs nothing but the file.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_writes_them_and_checks_them() {
    let home = temp();
    let (data, file, nowhere) = (home.path().join("data"), home.path().join("checkpoints"), home.path().join("nowhere"));
    assert!(quell(&data, &["book", "create", "500237", ROOT], "").status.success());
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let path = file.to_str().unwrap();
    let mut served = Command::new(QUELL)
        .arg("--data")
        .arg(&data)
        .args(["serve", "--listen", &address.to_string(), "--checkpoint", path, "--checkpoint-every", "3600"])
        .env("RUST_LOG", "warn")
        .spawn()
        .unwrap();
    for _ in 0..600 {
        if Client::connect(address, "").await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    until("the first", || lines(&file).len() == 1).await;
    assert!(quell(&data, &["account", "put", "chief", "--role", "commander"], "wet mountain\n").status.success());
    Command::new("sh").args(["-c", &format!("kill -TERM {}", served.id())]).status().unwrap();
    assert!(served.wait().unwrap().success());
    let written = lines(&file);
    assert_eq!(written.iter().map(|l| l.heads.audit_seq).collect::<Vec<_>>(), [1, 2], "one at the start, one at the stop");

    let out = quell(&nowhere, &["checkpoint", "verify", path], "");
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success() && said.contains("2 checkpoints") && said.contains("sound: "), "{said}");
    assert!(quell(&data, &["verify", "--checkpoint", path], "").status.success());
    assert!(!nowhere.exists());

    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{}{{\"half", text.replacen("\"seq\":0", "\"seq\":-1", 1))).unwrap();
    let out = quell(&nowhere, &["checkpoint", "verify", path, "--json"], "");
    let json: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((out.status.code(), &json["half_line_bytes"], &json["findings"][0]["line"]), (Some(1), &6.into(), &2.into()), "{json}");
    assert!(String::from_utf8(out.stderr).unwrap().contains("checkpoints line 2: it does not follow"));
}
