//! Identity numbers are never kept: a keyed hash stands for the number (to find the same person again) and a mask is shown.
//! The key is a file in the data directory, not in the database, so that a stolen database cannot be searched by number.

use hmac::{Hmac, KeyInit, Mac};
use quell_book::{Fact, Identity};
use quell_foundation::{BookId, Hash};
use rand::TryRng;
use std::io::{self, Read, Write};
use std::path::Path;

/// The key of a book's identity hashes.
#[derive(Clone)]
pub struct IdentityKey([u8; 32]);

impl IdentityKey {
    /// Reads the key, or makes it on first use (mode 0600).
    pub fn open(path: &Path) -> io::Result<Self> {
        match Self::read(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let mut key = [0u8; 32];
                rand::rngs::SysRng.try_fill_bytes(&mut key).map_err(io::Error::other)?;
                Self(key).keep(path)
            }
            read => read,
        }
    }

    /// Writes the key to a file that is not there yet.
    pub fn keep(self, path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut f = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        f.write_all(&self.0)?;
        f.sync_all()?;
        Ok(self)
    }

    /// Reads the key; there must be one.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut key = [0u8; 32];
        std::fs::File::open(path)?.read_exact(&mut key)?;
        Ok(Self(key))
    }

    /// A key for another purpose, from which this one cannot be found.
    pub fn derived(&self, purpose: &str, book: BookId) -> [u8; 32] {
        // No identity number has spaces when it is hashed.
        self.mac(format!("{purpose} {book}").as_bytes()).0
    }

    /// Tells this key from others, and does not give it away.
    pub fn check(&self, book: BookId) -> Hash {
        Hash(self.derived("check of the key", book))
    }

    /// A key from a text, for demos and tests.
    pub fn fixed(text: &str) -> Self {
        Self(Hash::of(text.as_bytes()).0)
    }

    /// What is kept of a number. Letters are upper-cased (the check digit X), spaces dropped.
    pub fn identity(&self, number: &str) -> Identity {
        let plain: String = number.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        Identity { hash: self.mac(plain.as_bytes()), masked: mask(&plain) }
    }

    fn mac(&self, text: &[u8]) -> Hash {
        // HMAC takes keys of any length.
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
        mac.update(text);
        Hash(mac.finalize().into_bytes().into())
    }

    /// The text to look people up by: an identity number becomes its keyed hash, anything else (a hash too) stays as it is.
    pub fn search_text(&self, text: &str) -> String {
        let number = (15..64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if number { self.identity(text).hash.to_string() } else { text.to_owned() }
    }

    /// Replaces every identity number in these facts by what is kept of it.
    pub fn pseudonymise(&self, facts: &mut [Fact]) {
        for f in facts {
            if let Fact::PersonListed(p) = f
                && let Some(number) = p.id_number.take()
            {
                p.identity = Some(self.identity(&number));
            }
        }
    }
}

/// The first and the last character of a long number; only the last of a short one. A resident identity number (GB 11643-1999) is area,
/// date of birth, three digits and a check digit: beside the date of birth, first six and last four would be the whole of it.
fn mask(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    let (head, tail) = if chars.len() >= 15 { (1, 1) } else { (0, 1.min(chars.len() / 2)) };
    let stars = "*".repeat(chars.len() - head - tail);
    chars[..head].iter().collect::<String>() + &stars + &chars[chars.len() - tail..].iter().collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_has_the_same_hash_under_one_key_only() {
        let (a, b) = (IdentityKey::fixed("a"), IdentityKey::fixed("b"));
        assert_eq!(a.identity("99999919800101001x").hash, a.identity("99999919800101001X ").hash);
        assert_ne!(a.identity("999999198001010011").hash, b.identity("999999198001010011").hash);
        assert_eq!(a.identity("999999198001010011").masked, "9****************1");
        assert_eq!(a.identity("AB1234").masked, "*****4");
        assert_eq!(a.identity("1").masked, "*");
    }
}
