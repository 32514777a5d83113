//! The table in a file of the data directory, so that after a restart doors are answered at once, also while PostgreSQL is down, and only
//! what has happened since is read. It holds ids and statuses, no name.
//!
//! Length and JSON of the [`Head`], then 24 bytes a person (id, last negative swab, zone), then the SHA-256 of all that. A file that is
//! damaged or of another version is not used: the book is read instead.

use super::{Known, People, Position, Zones};
use crate::identity::IdentityKey;
use quell_book::BookConfig;
use quell_foundation::*;
use quell_store::views::Held;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Version of the form.
const FORM: u32 = 1;
/// No head is longer: some million restricted people.
const LONGEST_HEAD: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
struct Head {
    form: u32,
    config: BookConfig,
    seq: i64,
    hash: Hash,
    as_of: Instant,
    zones: Zones,
    held: Vec<(PersonId, Vec<Held>)>,
    people: usize,
}

/// The file of a book.
pub fn path(data: &Path, book: BookId) -> PathBuf {
    data.join(format!("status-{book}.snapshot"))
}

/// The only such file of a directory, or that of a book.
pub fn find(data: &Path, book: Option<i32>) -> Option<PathBuf> {
    if let Some(book) = book {
        return Some(path(data, BookId(book)));
    }
    let names = std::fs::read_dir(data).ok()?.filter_map(|e| Some(e.ok()?.path()));
    let mut found = names.filter(|p| {
        let name = p.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        name.starts_with("status-") && name.ends_with(".snapshot")
    });
    found.next().filter(|_| found.next().is_none())
}

/// Hashes what passes.
struct Tee<T> {
    inner: T,
    hash: Sha256,
}

impl<T: Write> Write for Tee<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hash.update(&bytes[..n]);
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Tee<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(bytes)?;
        self.hash.update(&bytes[..n]);
        Ok(n)
    }
}

/// Writes the table as it is; it must hold everything up to its position.
///
/// # Errors
/// The system's; what was there before is still there.
pub fn write(people: &People, data: &Path) -> io::Result<()> {
    let (config, position) = (&people.config, people.position());
    let mut held = Vec::new();
    people.table.for_each(|person, known| held.extend(known.held.map(|h| (person, h.to_vec()))));
    let head = Head {
        form: FORM,
        config: config.clone(),
        seq: position.seq,
        hash: position.hash,
        as_of: position.as_of,
        zones: people.zones().clone(),
        held,
        people: people.table.len(),
    };
    let to = path(data, config.book);
    let new = to.with_extension(format!("{}.new", std::process::id()));
    let file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    let mut out = Tee { inner: BufWriter::with_capacity(1 << 20, file), hash: Sha256::new() };
    let head = serde_json::to_vec(&head)?;
    out.write_all(&(head.len() as u64).to_le_bytes())?;
    out.write_all(&head)?;
    let mut done = Ok(());
    people.table.for_each(|person, known| {
        if done.is_ok() {
            let (negative, zone) = (known.negative.unwrap_or(0), known.zone);
            done = out.write_all(&[&person.0.into_bytes()[..], &negative.to_le_bytes(), &zone.to_le_bytes()].concat());
        }
    });
    done?;
    let Tee { mut inner, hash } = out;
    inner.write_all(&hash.finalize())?;
    inner.into_inner()?.sync_all()?;
    std::fs::rename(&new, &to)
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Reads a table.
///
/// # Errors
/// If there is none, or none that can be relied on.
pub fn read(file: &Path, key: &IdentityKey, now: Instant) -> io::Result<People> {
    let file = BufReader::with_capacity(1 << 20, File::open(file)?);
    let mut from = Tee { inner: file, hash: Sha256::new() };
    let mut length = [0u8; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST_HEAD {
        return Err(bad("its head is too long"));
    }
    let mut head = vec![0u8; length as usize];
    from.read_exact(&mut head)?;
    let head: Head = serde_json::from_slice(&head)?;
    if head.form != FORM {
        return Err(bad("it is of another version"));
    }
    let people = People::new(head.config, key, now);
    for _ in 0..head.people {
        let (mut id, mut negative, mut zone) = ([0u8; 16], [0u8; 4], [0u8; 4]);
        from.read_exact(&mut id)?;
        from.read_exact(&mut negative)?;
        from.read_exact(&mut zone)?;
        let negative = Some(u32::from_le_bytes(negative)).filter(|n| *n != 0);
        people.table.put(PersonId(Uuid::from_bytes(id)), Known { negative, zone: u32::from_le_bytes(zone), held: None });
    }
    let (seen, mut said) = (from.hash.finalize(), [0u8; 32]);
    from.inner.read_exact(&mut said)?;
    if seen[..] != said {
        return Err(bad("it is damaged"));
    }
    for (person, held) in head.held {
        let known = people.table.get(person).ok_or_else(|| bad("somebody restricted is not in it"))?;
        people.table.put(person, Known { held: Some(held.into()), ..known });
    }
    people.set_zones(head.zones);
    people.followed(Position::read_before(head.seq, head.hash, head.as_of, now));
    Ok(people)
}
