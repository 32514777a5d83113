//! The file of checkpoints: lines are appended and on the disk before the next; what a crash left half written is cut.

use super::{Broken, Chain, Line, Written};
use quell_foundation::BookId;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Longest line that is read.
pub const LONGEST: usize = 16 * 1024;

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The system.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The line cannot stand at the end of the file.
    #[error("{path}: {why}")]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        why: Broken,
    },
    /// The file itself was changed.
    #[error("{path} line {number}: {why}; move the file away, and keep it")]
    Broken {
        /// The file.
        path: PathBuf,
        /// The first line that cannot stand where it stands.
        number: usize,
        /// Why.
        why: Broken,
    },
}

/// What a file of checkpoints holds.
#[derive(Debug, Default)]
pub struct Read {
    /// Its lines that can be read, with their numbers.
    pub lines: Vec<(usize, Line)>,
    /// Lines that cannot stand where they stand.
    pub broken: Vec<(usize, Broken)>,
    /// Bytes behind the last end of line: a crash came in between.
    pub half: u64,
    chain: Chain,
    length: u64,
}

impl Read {
    /// The last line of a book.
    pub fn last(&self, book: BookId) -> Option<&Written> {
        self.chain.last(book)
    }
}

/// Reads and checks a file from its beginning.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: &Path) -> std::io::Result<Read> {
    read_from(&mut BufReader::new(File::open(path)?))
}

/// As [`read`], of anything that can be read.
///
/// # Errors
/// If it cannot be read.
pub fn read_from(file: &mut impl BufRead) -> std::io::Result<Read> {
    let mut read = Read::default();
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let mut n = file.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut bytes)? as u64;
        let too_long = n > LONGEST as u64 && bytes.last() != Some(&b'\n');
        if too_long {
            n += skip_line(file, &mut bytes)?;
        }
        if bytes.pop_if(|b| *b == b'\n').is_none() {
            read.half = n;
            break;
        }
        read.length += n;
        if too_long {
            read.broken.push((number, Broken::Unreadable(format!("longer than {LONGEST} bytes"))));
            continue;
        }
        let text = std::str::from_utf8(&bytes).map_err(|e| Broken::Unreadable(e.to_string()));
        match text.and_then(Written::read) {
            Ok(next) => {
                if let Err(why) = read.chain.check(&next) {
                    read.broken.push((number, why));
                }
                read.lines.push((number, next.line.clone()));
                // What follows is compared with what stands here, so that each change is named once.
                read.chain.push(next);
            }
            Err(why) => read.broken.push((number, why)),
        }
    }
    Ok(read)
}

/// Passes over the rest of a line, of which only the end is kept; how long it was.
fn skip_line(file: &mut impl BufRead, end: &mut Vec<u8>) -> std::io::Result<u64> {
    let mut skipped = 0;
    loop {
        end.clear();
        let n = file.by_ref().take(LONGEST as u64).read_until(b'\n', end)? as u64;
        skipped += n;
        if n == 0 || end.last() == Some(&b'\n') {
            return Ok(skipped);
        }
    }
}

/// A file to which checkpoints are appended.
pub struct Ledger {
    path: PathBuf,
    chain: Chain,
    /// Length of the file as it was left; another one means that somebody else has written.
    length: Option<u64>,
}

impl Ledger {
    /// A ledger in this file, which is made when the first line comes.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), chain: Chain::default(), length: None }
    }

    /// The last line of a book.
    ///
    /// # Errors
    /// If the file cannot be read, or was changed.
    pub fn last(&mut self, book: BookId) -> Result<Option<&Written>, LedgerError> {
        match File::open(&self.path) {
            Ok(file) => self.look_again(&file)?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => self.begin_anew(),
            Err(e) => return Err(self.io(e)),
        }
        Ok(self.chain.last(book))
    }

    fn begin_anew(&mut self) {
        if self.length.is_some_and(|l| l > 0) {
            tracing::warn!(file = %self.path.display(), "the file of checkpoints is gone; a new one begins");
        }
        (self.chain, self.length) = (Chain::default(), None);
    }

    fn io(&self, source: std::io::Error) -> LedgerError {
        LedgerError::Io { path: self.path.clone(), source }
    }

    /// Reads the file if it is not as it was left.
    fn look_again(&mut self, file: &File) -> Result<(), LedgerError> {
        let length = file.metadata().map_err(|e| self.io(e))?.len();
        if self.length == Some(length) {
            return Ok(());
        }
        let mut reader = BufReader::new(file);
        reader.seek(SeekFrom::Start(0)).map_err(|e| self.io(e))?;
        let read = read_from(&mut reader).map_err(|e| self.io(e))?;
        if let Some((number, why)) = read.broken.into_iter().next() {
            return Err(LedgerError::Broken { path: self.path.clone(), number, why });
        }
        // With half a line the length differs, and it is looked at once more when something is appended.
        (self.chain, self.length) = (read.chain, Some(read.length));
        Ok(())
    }

    /// Appends a line and waits until it is on the disk.
    ///
    /// # Errors
    /// If it cannot stand at the end, or the file cannot be written.
    pub fn append(&mut self, next: Written) -> Result<(), LedgerError> {
        let io = |source| LedgerError::Io { path: self.path.clone(), source };
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.path).map_err(io)?;
        // Two servers of two books may share a file.
        file.lock().map_err(io)?;
        self.look_again(&file)?;
        self.cut_half_a_line(&file)?;
        self.chain.check(&next).map_err(|why| LedgerError::Refused { path: self.path.clone(), why })?;
        let new = self.length == Some(0);
        let line = format!("{}\n", next.text);
        if line.len() > LONGEST {
            let why = Broken::Unreadable(format!("longer than {LONGEST} bytes"));
            return Err(LedgerError::Refused { path: self.path.clone(), why });
        }
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(|e| self.io(e))?;
        if new {
            // The name of a new file must be on the disk as well.
            let directory = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(directory).and_then(|d| d.sync_all()).map_err(|e| self.io(e))?;
        }
        self.length = self.length.map(|l| l + line.len() as u64);
        self.chain.push(next);
        Ok(())
    }

    fn cut_half_a_line(&mut self, file: &File) -> Result<(), LedgerError> {
        let there = file.metadata().map_err(|e| self.io(e))?.len();
        let whole = self.length.unwrap_or(0);
        if there > whole {
            let bytes = there - whole;
            tracing::warn!(file = %self.path.display(), bytes, "half a line at the end of the checkpoints, as a crash leaves it, was cut off");
            file.set_len(whole).and_then(|()| file.sync_data()).map_err(|e| self.io(e))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quell_foundation::*;
    use quell_store::checkpoint::Heads;

    fn next(ledger: &mut Ledger, seq: i64) -> Written {
        let previous = ledger.last(BookId(1)).unwrap().map_or(Hash::default(), |w| w.hash);
        let hash = Hash::of(&seq.to_be_bytes());
        let heads = Heads { seq, log_hash: hash, audit_seq: seq, audit_hash: hash, open_day: None, sealed_day: None, day_hash: None };
        Written::new(Line { book: BookId(1), at: Instant(seq), heads, missed: 0, previous }).unwrap()
    }

    fn five(path: &Path) -> Ledger {
        let mut ledger = Ledger::new(path);
        for seq in 1..=5 {
            let line = next(&mut ledger, seq);
            ledger.append(line).unwrap();
        }
        ledger
    }

    fn broken(path: &Path) -> Vec<usize> {
        read(path).unwrap().broken.iter().map(|b| b.0).collect()
    }

    #[test]
    fn what_was_edited_or_left_out_is_named_by_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("checkpoints");
        five(&path);
        assert_eq!((broken(&path), read(&path).unwrap().lines.len()), (vec![], 5));
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let written = |lines: &[&str]| std::fs::write(&path, lines.iter().map(|l| format!("{l}\n")).collect::<String>()).unwrap();
        let edited = lines[2].replace("\"missed\":0", "\"missed\":1");
        written(&[lines[0], lines[1], &edited, lines[3], lines[4]]);
        assert_eq!(broken(&path), [4], "the line behind the edited one");
        written(&[lines[0], lines[2], lines[3], lines[4]]);
        assert_eq!(broken(&path), [2], "where a line is missing");
        written(&lines[1..]);
        assert_eq!(broken(&path), [1], "the first is missing");
        written(&[lines[0], lines[2], lines[1], lines[3], lines[4]]);
        assert_eq!(broken(&path), [2, 3, 4], "reordered");
        written(&[lines[0], "nothing", lines[1]]);
        assert_eq!(broken(&path), [2]);
        // Nothing is appended to what was changed.
        let refused = Ledger::new(&path).last(BookId(1)).map(|_| ());
        assert!(matches!(refused, Err(LedgerError::Broken { number: 2, .. })), "{refused:?}");
    }

    #[test]
    fn half_a_line_is_cut_and_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("checkpoints");
        let mut ledger = five(&path);
        let whole = std::fs::read(&path).unwrap();
        for torn in [ledger.chain.last(BookId(1)).unwrap().text.clone(), "{\"book\":1,\"at\"".into()] {
            std::fs::write(&path, [&whole[..], torn.as_bytes()].concat()).unwrap();
            assert_eq!((broken(&path), read(&path).unwrap().half), (vec![], torn.len() as u64));
            // The ledger that wrote it, and one that finds it.
            for ledger in [&mut ledger, &mut Ledger::new(&path)] {
                std::fs::write(&path, [&whole[..], torn.as_bytes()].concat()).unwrap();
                let line = next(ledger, 6);
                ledger.append(line).unwrap();
                let now = read(&path).unwrap();
                assert_eq!((now.broken.len(), now.half, now.lines.len()), (0, 0, 6));
            }
        }
        std::fs::remove_file(&path).unwrap();
        assert!(ledger.last(BookId(1)).unwrap().is_none(), "a file that is gone begins anew");
    }

    #[test]
    fn a_line_without_end_is_not_kept_in_memory() {
        let long = format!("{}\n{}\n{}", "x".repeat(5 * LONGEST), "y", "z".repeat(3 * LONGEST));
        let read = read_from(&mut long.as_bytes()).unwrap();
        assert_eq!(read.broken.iter().map(|b| b.0).collect::<Vec<_>>(), [1, 2]);
        assert!(read.broken[0].1.to_string().contains("longer"), "{:?}", read.broken[0]);
        assert_eq!((read.half, read.length), (3 * LONGEST as u64, 5 * LONGEST as u64 + 3));
    }

    #[test]
    fn a_line_that_goes_back_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("checkpoints");
        let mut ledger = five(&path);
        let line = next(&mut ledger, 4);
        assert!(matches!(ledger.append(line), Err(LedgerError::Refused { why: Broken::GoesBack { .. }, .. })));
        assert_eq!(read(&path).unwrap().lines.len(), 5);
    }
}
