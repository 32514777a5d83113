//! Finding people: by what is at hand at a desk or a door. The caller writes the look into the access log.

use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{Sex, Standing};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonHit {
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub born: Option<Day>,
    /// Identity number, masked.
    pub identity_masked: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Home.
    pub home: PlaceId,
    /// Where the person stands.
    pub standing: Standing,
    /// This is a second record of that person, who goes on under the other.
    pub same_as: Option<PersonId>,
}

/// What a text to find people by can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// 64 hexadecimal digits: the keyed hash of an identity number.
    IdentityHash,
    /// A person's id: what a code at a door stands for.
    Person,
    /// A place with at least two segments: everyone whose home lies there.
    Home,
    /// Five digits or more: a telephone number.
    Phone,
    /// Four digits: the end of a telephone number.
    LastFour,
    /// Anything else: the beginning of a name.
    Name,
}

impl By {
    fn of(text: &str) -> By {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if text.parse::<Hash>().is_ok() {
            By::IdentityHash
        } else if text.len() == 36 && text.parse::<PersonId>().is_ok() {
            By::Person
        } else if digits && text.len() >= 5 {
            By::Phone
        } else if digits && text.len() == 4 {
            By::LastFour
        } else if text.contains('.') && PlaceId::new(text).is_ok() {
            By::Home
        } else {
            By::Name
        }
    }
    /// The condition on `$2`.
    fn condition(self) -> String {
        match self {
            By::IdentityHash => "p.identity_hash = $2::text".into(),
            By::Person => "p.person_id = $2::text::uuid".into(),
            By::Home => within("p.home", 2),
            By::Phone => "p.phone = $2::text".into(),
            By::LastFour => "p.phone_end = $2::text".into(),
            // The range goes by the index; the last condition is exact also under a collation that sorts otherwise.
            By::Name => "p.name >= $2::text AND p.name < $2::text || chr(1114111) AND starts_with(p.name, $2::text)".into(),
        }
    }
}

/// People by the beginning of the name, the telephone or its last four, home (a place path), id or the keyed hash of
/// the identity number; which of these the text is follows from its form. In the order of names.
pub async fn find_persons(tx: &Transaction<'_>, book: BookId, text: &str, page: &Paging) -> Result<Page<PersonHit>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let text = text.trim();
    // No stored text holds the character NUL.
    if text.is_empty() || text.contains('\0') {
        return Ok(Page::new(Vec::new(), page, as_of_seq, |_: &PersonHit| String::new()));
    }
    let [name, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let sql = format!(
        "SELECT p.person_id, p.name, p.sex, p.born, p.identity_masked, p.phone, p.home, p.standing, p.same_as
         FROM quell.person p WHERE p.book_id = $1 AND {}
             AND ($3::text IS NULL OR (p.name, p.person_id) > ($3::text, $4::text::uuid))
         ORDER BY p.name, p.person_id LIMIT $5",
        By::of(text).condition()
    );
    let found = list(tx, "find people", &sql, &[&book.0, &text, &name, &id, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |p: &PersonHit| format!("{}{SEPARATOR}{}", p.name, p.person_id)))
}

#[cfg(test)]
mod tests {
    use super::By;

    #[test]
    fn the_form_of_a_text_says_what_it_is() {
        for (text, by) in [
            ("王", By::Name),
            ("Li.Na", By::Home),
            ("50.500237.101", By::Home),
            ("13800138000", By::Phone),
            ("123X", By::Name),
            ("1234", By::LastFour),
            ("X123", By::Name),
            ("0192f0c1-2d3e-7000-8000-000000000001", By::Person),
            ("0192f0c1-2d3e-7000-8000-00000000000x", By::Name),
        ] {
            assert_eq!(By::of(text), by, "{text}");
        }
        assert_eq!(By::of(&"ab".repeat(32)), By::IdentityHash);
    }
}
