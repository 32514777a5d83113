//! Ids that follow from what they name, so that the same thing has the same id in every file.

use quell_foundation::{Hash, derived_uuid};
use uuid::Uuid;

/// Longer ids are replaced by their hash: they go into indexes.
const MAX_REPORT: usize = 200;

/// The id of a report: its parts joined by bars, as FHIR joins a system and its value.
pub(crate) fn report_id(who: &[String], what: &[String]) -> String {
    let parts: Vec<String> = who.iter().chain(what).map(|p| p.replace('%', "%25").replace('|', "%7C")).collect();
    let id = parts.join("|");
    if id.len() > MAX_REPORT { Hash::of(id.as_bytes()).to_string() } else { id }
}

/// The book's own UUID, or one that follows from another kind of id.
pub(crate) fn uuid_of(kind: &str, id: &str) -> Uuid {
    Uuid::parse_str(id).unwrap_or_else(|_| derived_uuid(&[b"quell-exchange", kind.as_bytes(), id.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_parts_never_make_the_same_report() {
        let id = |parts: &[&str]| report_id(&[], &parts.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
        assert_ne!(id(&["a|b", "c"]), id(&["a", "b|c"]));
        assert_ne!(id(&["a%7C"]), id(&["a|"]));
        assert_eq!(id(&["x".repeat(500).as_str()]).len(), 64);
    }
}
