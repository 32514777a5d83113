//! Checkpoints: one line a minute in a second place (a file, a receiver on another machine) that says how far the book's logs have come,
//! with their hashes. Who can rewrite the whole database, hashes and all, cannot rewrite these. Each line carries the hash of the line
//! before it, so that the place itself cannot be edited quietly; `quell checkpoint verify` checks that from the file alone.
//!
//! [`keep`] writes them while the server runs; [`receive`] takes them in on another machine; [`Ledger`] is the file.

mod keep;
mod ledger;
mod post;
pub mod receive;

pub use keep::{Keepers, Target, keep};
pub use ledger::{LONGEST, Ledger, LedgerError, Read, read, read_from};

use quell_foundation::*;
use quell_store::checkpoint::Heads;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One checkpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// Of which book.
    pub book: BookId,
    /// When.
    pub at: Instant,
    /// How far its logs have come.
    #[serde(flatten)]
    pub heads: Heads,
    /// How many could not be written since the line before.
    pub missed: u32,
    /// SHA-256 of the line before it of this book, without its end of line; zeros for the first.
    pub previous: Hash,
}

/// A line as it was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its text, without the end of line.
    pub text: String,
    /// Hash of the text: what the next line carries.
    pub hash: Hash,
    /// What it says.
    pub line: Line,
}

/// Why a line cannot stand where it stands.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum Broken {
    /// No checkpoint at all.
    #[error("it is no checkpoint: {0}")]
    Unreadable(String),
    /// Its hash of the line before is another.
    #[error("it does not follow the line before it: one of the two was changed, or lines between them are missing")]
    NotChained,
    /// The first line of a book has no line before it.
    #[error("it follows a line that is not here: the lines before it are missing")]
    NoBeginning,
    /// It says less than the line before it.
    #[error("it goes back: {what} was {before}, now {after}")]
    GoesBack {
        /// Which value.
        what: &'static str,
        /// In the line before.
        before: String,
        /// Now.
        after: String,
    },
    /// The same position with another hash.
    #[error("at the same {0} it has another hash than the line before it")]
    OtherHash(&'static str),
}

impl Written {
    /// Reads a line.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(text: &str) -> Result<Self, Broken> {
        let line = serde_json::from_str(text).map_err(|e| Broken::Unreadable(e.to_string()))?;
        Ok(Self { text: text.to_owned(), hash: Hash::of(text.as_bytes()), line })
    }

    /// As it is written.
    ///
    /// # Errors
    /// Never: numbers, days and hashes have a JSON form.
    pub fn new(line: Line) -> Result<Self, Broken> {
        let text = serde_json::to_string(&line).map_err(|e| Broken::Unreadable(e.to_string()))?;
        Ok(Self { hash: Hash::of(text.as_bytes()), text, line })
    }
}

/// The last line of each book.
#[derive(Debug, Default, Clone)]
pub struct Chain(BTreeMap<BookId, Written>);

impl Chain {
    /// The last line of a book.
    pub fn last(&self, book: BookId) -> Option<&Written> {
        self.0.get(&book)
    }

    /// Whether this line may follow.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, next: &Written) -> Result<(), Broken> {
        let Some(last) = self.0.get(&next.line.book) else {
            return if next.line.previous == Hash::default() { Ok(()) } else { Err(Broken::NoBeginning) };
        };
        if next.line.previous != last.hash {
            return Err(Broken::NotChained);
        }
        fn back<T: PartialOrd + std::fmt::Debug>(what: &'static str, before: T, after: T) -> Result<(), Broken> {
            if after >= before {
                return Ok(());
            }
            Err(Broken::GoesBack { what, before: format!("{before:?}"), after: format!("{after:?}") })
        }
        let (b, a) = (&last.line.heads, &next.line.heads);
        back("time", last.line.at, next.line.at)?;
        back("position of the log", b.seq, a.seq)?;
        back("position of the audit log", b.audit_seq, a.audit_seq)?;
        back("open day", b.open_day, a.open_day)?;
        back("sealed day", b.sealed_day, a.sealed_day)?;
        let same = [
            ("position of the log", b.seq == a.seq, b.log_hash == a.log_hash),
            ("position of the audit log", b.audit_seq == a.audit_seq, b.audit_hash == a.audit_hash),
            ("sealed day", b.sealed_day == a.sealed_day, b.day_hash == a.day_hash),
        ];
        match same.iter().find(|(_, position, hash)| *position && !*hash) {
            Some((what, ..)) => Err(Broken::OtherHash(what)),
            None => Ok(()),
        }
    }

    /// Goes on from this line, whether it follows or not.
    pub fn push(&mut self, next: Written) {
        self.0.insert(next.line.book, next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(chain: &Chain, seq: i64, change: impl FnOnce(&mut Line)) -> Written {
        let previous = chain.last(BookId(1)).map_or(Hash::default(), |w| w.hash);
        let hash = |n: i64| Hash::of(&n.to_be_bytes());
        let heads = Heads {
            seq,
            log_hash: hash(seq),
            audit_seq: 1,
            audit_hash: hash(1),
            open_day: Some(Day(seq as i32)),
            sealed_day: None,
            day_hash: None,
        };
        let mut line = Line { book: BookId(1), at: Instant(seq), heads, missed: 0, previous };
        change(&mut line);
        Written::new(line).unwrap()
    }

    #[test]
    fn a_line_follows_or_says_why_not() {
        let mut chain = Chain::default();
        assert_eq!(chain.check(&line(&chain, 5, |l| l.previous = Hash([1; 32]))), Err(Broken::NoBeginning));
        chain.push(line(&chain, 5, |_| ()));
        assert_eq!(chain.check(&line(&chain, 5, |_| ())), Ok(()));
        assert_eq!(chain.check(&line(&chain, 6, |l| l.previous = Hash::default())), Err(Broken::NotChained));
        assert_eq!(chain.check(&line(&chain, 5, |l| l.heads.log_hash = Hash::default())), Err(Broken::OtherHash("position of the log")));
        let back = |what: &str, w: &Written| matches!(chain.check(w), Err(Broken::GoesBack { what: said, .. }) if said == what);
        assert!(back("position of the log", &line(&chain, 4, |l| l.at = Instant(5))));
        assert!(back("time", &line(&chain, 6, |l| l.at = Instant(4))));
        assert!(back("open day", &line(&chain, 6, |l| l.heads.open_day = None)));
        assert!(back("position of the audit log", &line(&chain, 6, |l| l.heads.audit_seq = 0)));
        // Another book begins its own.
        assert_eq!(
            chain.check(&line(&chain, 1, |l| {
                l.book = BookId(2);
                l.previous = Hash::default();
            })),
            Ok(())
        );
        let read = Written::read(&line(&chain, 7, |l| l.missed = 3).text).unwrap();
        assert_eq!((read.line.missed, read.line.heads.seq), (3, 7));
        assert!(matches!(Written::read("{\"book\":1}"), Err(Broken::Unreadable(_))));
    }
}
