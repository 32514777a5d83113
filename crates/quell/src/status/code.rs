//! The code of a person, as a card or a screen shows it: 27 letters and digits that tell nothing. It is the person's id, enciphered under
//! a key of the book, so that no table of codes has to be kept: whoever has the key has the person. Seven more bits tell a misread code
//! from one that nobody has.

use crate::identity::IdentityKey;
use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use quell_foundation::{BookId, PersonId};
use uuid::Uuid;

/// Crockford's: no I, L, O, U; a QR code holds it in its narrow alphanumeric mode.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of a code: 128 bits and the check.
const LENGTH: usize = 27;
/// Bits of the check.
const CHECK: u32 = 7;

/// Turns ids into codes and back, for one purpose: a code of another purpose means nothing. Nobody can guess one, for of all codes that
/// could be only those of ids that are in the book lead anywhere.
#[derive(Clone)]
pub struct Codes(Aes256);

impl Codes {
    /// The codes of a book for a purpose.
    pub fn new(key: &IdentityKey, book: BookId, purpose: &str) -> Self {
        Self(Aes256::new(&key.derived(purpose, book).into()))
    }

    /// The code of an id.
    pub fn code(&self, id: Uuid) -> String {
        let mut block = id.into_bytes().into();
        self.0.encrypt_block(&mut block);
        write(u128::from_be_bytes(block.into()))
    }

    /// The id of a code, if it can be one: small letters, spaces and hyphens are taken as they are meant. Whether there is such an id is
    /// another question.
    pub fn id(&self, code: &str) -> Option<Uuid> {
        let mut block = read(code)?.to_be_bytes().into();
        self.0.decrypt_block(&mut block);
        Some(Uuid::from_bytes(block.into()))
    }
}

/// Turns persons into their codes at doors and back.
#[derive(Clone)]
pub struct PersonCodes(Codes);

impl PersonCodes {
    /// The codes of a book.
    pub fn new(key: &IdentityKey, book: BookId) -> Self {
        Self(Codes::new(key, book, "person code"))
    }

    /// The code of a person.
    pub fn code(&self, person: PersonId) -> String {
        self.0.code(person.0)
    }

    /// Whose code this is, if it can be one.
    pub fn person(&self, code: &str) -> Option<PersonId> {
        self.0.id(code).map(PersonId)
    }
}

fn write(bits: u128) -> String {
    // What does not fit into 128 bits: the last three of them and the check make the last two digits.
    let tail = ((bits & 7) as u32) << CHECK | u32::from(check(bits));
    let digit = |i: usize| match i {
        25 => tail >> 5,
        26 => tail & 31,
        _ => (bits >> (123 - 5 * i) & 31) as u32,
    };
    (0..LENGTH).map(|i| char::from(DIGITS[digit(i) as usize])).collect()
}

fn read(code: &str) -> Option<u128> {
    let (mut bits, mut tail, mut n) = (0u128, 0u32, 0);
    for c in code.bytes().filter(|c| !matches!(c, b'-' | b' ')) {
        let digit = digit(c)?;
        match n {
            0..25 => bits = bits << 5 | u128::from(digit),
            25..LENGTH => tail = tail << 5 | digit,
            _ => return None,
        }
        n += 1;
    }
    bits = bits << 3 | u128::from(tail >> CHECK);
    (n == LENGTH && u32::from(check(bits)) == tail & 0x7f).then_some(bits)
}

fn digit(c: u8) -> Option<u32> {
    let c = match c.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        c => c,
    };
    DIGITS.iter().position(|d| *d == c).map(|d| d as u32)
}

/// A cyclic redundancy check (x⁷ + x³ + 1): it finds every single wrong digit, for a digit is five bits side by side.
fn check(bits: u128) -> u8 {
    let step = |crc: u8, byte: &u8| {
        (0..8).rev().fold(crc, |crc, i| {
            let carry = ((crc >> 6) ^ (byte >> i)) & 1;
            ((crc << 1) & 0x7f) ^ (carry * 0x09)
        })
    };
    bits.to_be_bytes().iter().fold(0, step)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    fn codes(key: &str, book: i32) -> PersonCodes {
        PersonCodes::new(&IdentityKey::fixed(key), BookId(book))
    }

    #[test]
    fn a_code_is_of_one_book_and_one_key() {
        let person = PersonId(Uuid::from_u128(7));
        let code = codes("a", 1).code(person);
        assert_eq!(codes("a", 1).person(&code), Some(person));
        for other in [codes("a", 2), codes("b", 1)] {
            assert_ne!(other.code(person), code);
            assert_ne!(other.person(&code), Some(person));
        }
        // Neighbours are not neighbours any more.
        let next = codes("a", 1).code(PersonId(Uuid::from_u128(8)));
        assert!(code.bytes().zip(next.bytes()).filter(|(a, b)| a == b).count() < 10, "{code} {next}");
    }

    #[test]
    fn what_is_misread_is_no_code() {
        let codes = codes("a", 1);
        let code = codes.code(PersonId(Uuid::from_u128(7)));
        for (i, right) in code.char_indices() {
            for wrong in DIGITS.iter().map(|d| char::from(*d)).filter(|d| *d != right) {
                let mut misread: Vec<char> = code.chars().collect();
                misread[i] = wrong;
                assert_eq!(codes.person(&misread.into_iter().collect::<String>()), None, "{i} {wrong}");
            }
        }
        for bad in ["", "0", &code[1..], &format!("{code}0"), &code.replace(&code[..1], "U"), "测试"] {
            assert_eq!(codes.person(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_id_comes_back(id: u128) {
            let (codes, person) = (codes("a", 1), PersonId(Uuid::from_u128(id)));
            let code = codes.code(person);
            prop_assert_eq!(code.len(), LENGTH);
            prop_assert_eq!(codes.person(&code), Some(person));
            let typed = code.to_lowercase().replace('0', "o").replace('1', "l");
            prop_assert_eq!(codes.person(&format!("{} {}-{}", &typed[..5], &typed[5..10], &typed[10..])), Some(person));
        }
        #[test]
        fn bits_come_back(bits: u128) {
            prop_assert_eq!(read(&write(bits)), Some(bits));
        }
    }
}
