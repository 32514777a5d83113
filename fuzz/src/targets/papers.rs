//! What Quell itself has written, and may find changed or damaged: checkpoints, manifests of backups, bodies of its log; and the
//! command line.

use super::{inputs, writes_as_itself};
use crate::Target;
use clap::Parser;
use quell::checkpoint::{Chain, LONGEST, Target as Place, Written, read_from};
use quell::cli::Quell;
use quell_book::Receipt;
use quell_foundation::*;
use quell_store::checkpoint::Heads;
use quell_store::log::unpack;
use quell_store::server::{Manifest, split_password};

pub const CHECKPOINTS: Target = Target {
    name: "checkpoints",
    about: "files and posts of checkpoints, and receipts: each line is good or broken with its number, and what a crash cut off is told from it",
    run: checkpoints,
    seeds: || vec![ledger(), inputs(&["{\"book\":1}\n\n{"]).remove(0)],
    words: &["\n", "\"seq\":", "\"previous\":", "\"book\":1", "0000000000000000", "2022-11-26", "null", "-1", "\"missed\":4294967296"],
};

/// Three lines of a book, as they are written.
fn ledger() -> Vec<u8> {
    let (mut out, mut previous) = (String::new(), Hash::default());
    for seq in 1..=3 {
        let hash = Hash::of(&[seq]);
        let seq = i64::from(seq);
        let heads =
            Heads { seq, log_hash: hash, audit_seq: seq, audit_hash: hash, open_day: Some(Day(19_322)), sealed_day: None, day_hash: None };
        let line = quell::checkpoint::Line { book: BookId(1), at: Instant(seq), heads, missed: 0, previous };
        let written = Written::new(line).unwrap();
        previous = written.hash;
        out += &(written.text + "\n");
    }
    out.into_bytes()
}

fn checkpoints(data: &[u8]) {
    let read = read_from(&mut &*data).unwrap();
    let ends = data.iter().filter(|b| **b == b'\n').count();
    assert!(read.lines.len() <= ends && read.broken.len() <= ends);
    let last = data.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    assert_eq!(read.half, (data.len() - last) as u64);
    let numbers = |n: &[usize]| n.is_sorted() && n.iter().all(|n| (1..=ends).contains(n));
    assert!(numbers(&read.lines.iter().map(|l| l.0).collect::<Vec<_>>()) && numbers(&read.broken.iter().map(|l| l.0).collect::<Vec<_>>()));
    for (_, line) in &read.lines {
        let again = Written::new(line.clone()).unwrap();
        let back = Written::read(&again.text).unwrap();
        assert_eq!((back.text, back.hash), (again.text, again.hash));
        assert!(again.hash != Hash::default());
        let _ = Chain::default().check(&Written::new(line.clone()).unwrap());
    }
    let text = String::from_utf8_lossy(data);
    assert!(text.lines().all(|l| l.len() <= LONGEST) || !read.broken.is_empty() || read.half > 0);
    if let Ok(r) = serde_json::from_slice::<Receipt>(data) {
        writes_as_itself(&r);
    }
    if let Ok(Place::Http(uri)) = text.parse::<Place>() {
        assert!(uri.host().is_some());
    }
}

pub const MANIFEST: Target = Target {
    name: "manifest",
    about: "manifests of backups",
    run: |data| {
        if let Err(why) = Manifest::read(data) {
            assert!(!why.is_empty());
        }
    },
    seeds: || {
        inputs(&[r#"{"format": "quell-backup 1", "bytes": 5, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "created_at": "", "server_version": "18.3", "tool_version": "18.3", "roles": ["quell_reader"]}"#])
    },
    words: &["quell-backup 1", "\"roles\":", "[", "]", "\\u0000", "18446744073709551616", "null"],
};

pub const STORED: Target = Target {
    name: "stored",
    about: "bodies of the log: facts are read as they were written, what is damaged is refused, nothing unpacks without bound",
    run: stored,
    seeds: || {
        let json = r#"[{"tube_sealed":{"tube":"T1","at":"2022-11-26T09:00:00+08:00"}}]"#;
        vec![json.as_bytes().to_vec(), packed(json.as_bytes()), packed(&vec![b' '; 1 << 20])]
    },
    words: &["(\u{b5}/\u{fd}", "[{", "}]", "\"tube_sealed\":"],
};

fn packed(json: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(json, 1).unwrap()
}

fn stored(data: &[u8]) {
    if let Ok((_, facts)) = unpack(data) {
        writes_as_itself(&facts);
    }
}

pub const CONNECTION: Target = Target {
    name: "connection",
    about: "connection strings: no password is left in what other users can see",
    run: connection,
    seeds: || {
        inputs(&["postgres://u:p%40ss@h:5432/d?x=1", "host=h password='a b' user = u", "postgresql://[::1]/", "password = p\\'q", "%"])
    },
    words: &["postgres://", "postgresql://", "password=", "'", "\\", "@", ":", "%4", "=", " "],
};

fn connection(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (rest, password) = split_password(&text);
    let (again, none) = split_password(&rest);
    if password.is_some() {
        assert_eq!((again, none), (rest, None), "{text:?}");
    }
}

pub const COMMAND_LINE: Target = Target {
    name: "command-line",
    about: "the command line: words are understood or refused",
    run: command_line,
    seeds: || {
        inputs(&[
            "import\nplaces\nplaces.csv\n--rows\n5",
            "result\nread\n--tube\nT1\n--result\npositive\n--ct\nORF1ab=31.2,N\n--at\n2022-11-26+999:9",
            "round\nopen\nr1\n--scope\n50.1",
            "demo\n--people\n4294967296\n--days\n-1",
            "serve\n--checkpoint\nhttp://[::1\n--listen\nx",
            "export\npeople\n--kind\nx",
            "import\nlinelist\nx.csv\n--as-of\n0000-01-01\n--home\n50",
        ])
    },
    words: &[
        "\n",
        "--json",
        "--lang",
        "zh",
        "--data",
        "--at",
        "--rows",
        "--help",
        "verify",
        "backup",
        "checkpoint",
        "=",
        "2022-11-26",
        "--as-of",
        "protocol",
        "diff",
        "book",
        "create",
    ],
};

fn command_line(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Err(e) = Quell::try_parse_from(std::iter::once("quell").chain(text.split('\n'))) {
        assert!(!e.to_string().is_empty());
    }
}
