//! Of whom a row of a register speaks: a person of the book, by id or by identity number.

use super::ImportError;
use super::report::{Effect, Issue, Issues};
use crate::app::App;
use quell_foundation::*;
use quell_store::find;
use quell_tabular::Row;
use std::collections::{HashMap, HashSet};

/// The rows whose person the book knows, each with that person; of the others an issue is noted.
pub(super) async fn known_persons(app: &App, rows: Vec<Row>, issues: &mut Issues) -> Result<Vec<(Row, PersonId)>, ImportError> {
    let id = |r: &Row| r.text("person").and_then(|t| t.parse::<PersonId>().ok());
    let hash = |r: &Row| r.text("id_number").map(|n| app.key.identity(n).hash);
    let ids: Vec<PersonId> = rows.iter().filter_map(id).collect::<HashSet<_>>().into_iter().collect();
    let hashes: Vec<Hash> = rows.iter().filter_map(hash).collect::<HashSet<_>>().into_iter().collect();
    let found = find::persons(&app.db.connection().await?, app.config.book, &ids, &hashes).await?;
    let by_id: HashSet<PersonId> = found.iter().map(|p| p.person_id).collect();
    let by_hash: HashMap<Hash, PersonId> = found.iter().filter_map(|p| Some((p.identity_hash?, p.person_id))).collect();
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        let person = id(&row).filter(|p| by_id.contains(p)).or_else(|| hash(&row).and_then(|h| by_hash.get(&h).copied()));
        match person {
            Some(p) => known.push((row, p)),
            None => {
                let message = ("the book has no such person", "台账中没有此人");
                let advice = (
                    "list the person first with 'quell import people', or note a lead of the case (lead_noted)",
                    "请先用 quell import people 登记该人员，或为感染者登记线索（lead_noted）",
                );
                issues.add(Issue::new(Effect::Bad, row.line, "person.unknown", message, advice));
            }
        }
    }
    Ok(known)
}
