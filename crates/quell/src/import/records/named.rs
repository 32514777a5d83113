//! Which cases, contact records and persons of the book a file means by the names that it has for them. What was merged into another
//! record since is that record.

use super::Run;
use crate::import::ImportError;
use quell_book::rows::{Case, Contact};
use quell_foundation::*;
use quell_store::known;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What went on under another record of the same person.
#[derive(Default)]
pub(super) struct Kept {
    persons: HashMap<PersonId, PersonId>,
    cases: HashMap<CaseId, CaseId>,
    contacts: HashMap<ContactId, ContactId>,
}

impl Kept {
    /// Under which record this person goes on.
    pub fn person(&self, id: PersonId) -> PersonId {
        self.persons.get(&id).copied().unwrap_or(id)
    }
    /// All records of these persons: their own, the ones they go on under, and the ones merged into those.
    pub fn all(&self, persons: &[PersonId]) -> Vec<PersonId> {
        let kept: BTreeSet<PersonId> = persons.iter().map(|p| self.person(*p)).collect();
        let gone = self.persons.iter().filter(|(_, k)| kept.contains(k)).map(|(g, _)| *g);
        persons.iter().copied().chain(kept.iter().copied()).chain(gone).collect()
    }
}

/// Cases by what files call them.
pub(super) struct NamedCases {
    pub by_id: HashMap<CaseId, Case>,
    by_name: HashMap<String, CaseId>,
    /// Names of cases that are the same as another one.
    moved: HashSet<String>,
}

impl NamedCases {
    /// The first of these names that a case has.
    pub fn first(&self, names: [&str; 2]) -> Option<&Case> {
        names.into_iter().find_map(|n| self.by_id.get(self.by_name.get(n)?))
    }
    /// True if this names a case by another case's number, or by an id: its own number is not this.
    pub fn is_no_number(&self, name: &str) -> bool {
        self.moved.contains(name) || name.parse().is_ok_and(|id| self.by_id.contains_key(&id))
    }
}

/// Contact records by their ids.
pub(super) struct NamedContacts {
    by_id: HashMap<ContactId, Contact>,
    pub kept: Kept,
}

impl NamedContacts {
    /// The record that goes on under this id, or the record itself.
    pub fn get(&self, id: ContactId) -> Option<&Contact> {
        let id = self.kept.contacts.get(&id).copied().unwrap_or(id);
        self.by_id.get(&id)
    }
    /// Whose it is now.
    pub fn person(&self, contact: &Contact) -> PersonId {
        self.kept.person(contact.person_id)
    }
}

impl Run<'_> {
    /// What of these persons goes on under another record, and which records go on under theirs.
    pub(super) async fn kept(&self, persons: &[PersonId]) -> Result<Kept, ImportError> {
        let mut kept = Kept::default();
        for m in known::merges(&self.app.db.connection().await?, self.app.config.book, persons).await? {
            kept.persons.insert(m.gone, m.kept);
            kept.cases.extend(m.moved.case.map(|(second, first)| (second.case_id, first)));
            kept.contacts.extend(m.moved.contacts.into_iter().filter_map(|(old, new)| Some((old, new?))));
        }
        Ok(kept)
    }

    /// The cases that these texts name: by id, number, or id of the system of this file.
    pub(super) async fn cases_named(&self, names: impl Iterator<Item = &str>) -> Result<NamedCases, ImportError> {
        let names: BTreeSet<&str> = names.filter(|n| !n.is_empty()).collect();
        let ids = names.iter().flat_map(|n| n.parse().ok().into_iter().chain([CaseId(self.derived("case", n))]));
        let ids: Vec<CaseId> = ids.collect();
        let numbers: Vec<CaseNumber> = names.iter().filter_map(|n| CaseNumber::new(*n).ok()).collect();
        let book = self.app.config.book;
        let found = known::cases(&self.app.db.connection().await?, book, &ids, &numbers).await?;
        let mut by_id: HashMap<CaseId, Case> = found.into_iter().map(|c| (c.case_id, c)).collect();
        let by_number: HashMap<String, CaseId> = by_id.values().filter_map(|c| Some((c.number.as_ref()?.to_string(), c.case_id))).collect();
        let id_of = |n: &str| {
            let own = n.parse().ok().filter(|id| by_id.contains_key(id));
            let derived = CaseId(self.derived("case", n));
            own.or_else(|| by_number.get(n).copied()).or_else(|| by_id.contains_key(&derived).then_some(derived))
        };
        let mut by_name: HashMap<String, CaseId> = names.into_iter().filter_map(|n| Some((n.to_owned(), id_of(n)?))).collect();
        let kept = self.kept(&by_id.values().map(|c| c.person_id).collect::<Vec<_>>()).await?;
        let mut moved = HashSet::new();
        if !kept.cases.is_empty() {
            let firsts: Vec<CaseId> = kept.cases.values().copied().collect();
            by_id.extend(known::cases(&self.app.db.connection().await?, book, &firsts, &[]).await?.into_iter().map(|c| (c.case_id, c)));
            for (name, id) in &mut by_name {
                if let Some(first) = kept.cases.get(id) {
                    *id = *first;
                    moved.insert(name.clone());
                }
            }
        }
        Ok(NamedCases { by_id, by_name, moved })
    }

    /// The contact records that these pairs of an id in the book and a name elsewhere can mean.
    pub(super) async fn contacts_named<'r>(
        &self,
        names: impl Iterator<Item = (&'r String, &'r String)>,
    ) -> Result<NamedContacts, ImportError> {
        let texts: BTreeSet<&String> = names.flat_map(|(own, external)| [own, external]).filter(|n| !n.is_empty()).collect();
        let ids: Vec<ContactId> =
            texts.iter().flat_map(|n| n.parse().ok().into_iter().chain([ContactId(self.derived("contact", n))])).collect();
        let book = self.app.config.book;
        let found = known::contacts(&self.app.db.connection().await?, book, &ids).await?;
        let mut by_id: HashMap<ContactId, Contact> = found.into_iter().map(|c| (c.contact_id, c)).collect();
        let kept = self.kept(&by_id.values().map(|c| c.person_id).collect::<Vec<_>>()).await?;
        if !kept.contacts.is_empty() {
            let later: Vec<ContactId> = kept.contacts.values().copied().collect();
            let found = known::contacts(&self.app.db.connection().await?, book, &later).await?;
            by_id.extend(found.into_iter().map(|c| (c.contact_id, c)));
        }
        Ok(NamedContacts { by_id, kept })
    }

    /// The id of a record: by its id in the book, by its id in the book that another system's file hands back, or by what that system
    /// calls it.
    pub(super) fn contact_id(&self, named: &NamedContacts, own: &str, external: &str) -> Option<ContactId> {
        let handed_back = || external.parse().ok().filter(|id| named.by_id.contains_key(id));
        let elsewhere = || [external, own].into_iter().find(|n| !n.is_empty()).map(|n| ContactId(self.derived("contact", n)));
        own.parse().ok().or_else(handed_back).or_else(elsewhere)
    }

    /// Whether a time of the file can be this moment of the book: as exactly as the file says it. Days are compared as days, at the offset
    /// of the book and of the file: a list has no offset.
    pub(super) fn agrees(&self, known: Instant, said: EventTime) -> bool {
        match said.precision {
            Precision::Exact => (known.0 - said.at.0).abs() < 1_000_000,
            Precision::Hour => said.at <= known && known < said.end(),
            Precision::Day => {
                let day = said.at.day(said.offset);
                known.day(said.offset) == day || known.day(self.app.config.offset) == day
            }
        }
    }
}
