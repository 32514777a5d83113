//! Follow-ups: of the contact record that the row names, else of the record under which its person is managed.

use super::report::refused;
use super::{Decided, Run, word_of};
use crate::import::ImportError;
use crate::import::report::Issue;
use quell_book::rows::{Contact, FollowUp};
use quell_book::{ContactState, Fact, FollowUpOutcome, FollowedUp};
use quell_exchange::{FollowUpRecord, PersonPart};
use quell_foundation::*;
use quell_store::known;
use std::collections::{HashMap, HashSet};

impl Run<'_> {
    pub(super) async fn follow_ups(&mut self, rows: Vec<(u64, FollowUpRecord)>) -> Result<Vec<(u64, Decided)>, ImportError> {
        let book = self.app.config.book;
        let ids: Vec<Option<ContactId>> = rows.iter().map(|(_, r)| self.contact_id(&r.contact, &r.external)).collect();
        let c = self.app.db.connection().await?;
        let wanted: Vec<ContactId> = ids.iter().flatten().copied().collect();
        let by_id: HashMap<ContactId, Contact> = known::contacts(&c, book, &wanted).await?.into_iter().map(|c| (c.contact_id, c)).collect();
        let unnamed = |i: &usize| ids[*i].is_none_or(|id| !by_id.contains_key(&id));
        let without: Vec<usize> = (0..rows.len()).filter(unnamed).collect();
        let parts: Vec<&PersonPart> = without.iter().map(|i| &rows[*i].1.who).collect();
        let found = self.persons_named(&parts).await?;
        let persons: HashMap<usize, PersonId> = without.iter().zip(found).filter_map(|(i, p)| Some((*i, p?))).collect();
        let mut of_person: HashMap<PersonId, Vec<Contact>> = HashMap::new();
        for c in known::contacts_of(&c, book, &persons.values().copied().collect::<Vec<_>>()).await? {
            of_person.entry(c.person_id).or_default().push(c);
        }
        let contact_of = |i: usize| match ids[i].and_then(|id| by_id.get(&id)) {
            Some(c) => Some(c),
            None => of_person.get(persons.get(&i)?)?.iter().max_by_key(|c| (c.state == ContactState::Active, c.last_exposure)),
        };
        let everyone: Vec<PersonId> = (0..rows.len()).filter_map(|i| Some(contact_of(i)?.person_id)).collect();
        let at: Vec<Instant> = rows.iter().filter_map(|(_, r)| Some(r.at?.at)).collect();
        let had = known::follow_ups(&c, book, &everyone, &at).await?;
        let mut had: HashSet<(PersonId, Instant)> = had.iter().map(|f: &FollowUp| (f.person_id, f.at)).collect();
        drop(c);
        let mut out = Vec::with_capacity(rows.len());
        for (i, (line, r)) in rows.iter().enumerate() {
            let decided = match (contact_of(i), r.at) {
                (Some(contact), Some(at)) if !had.insert((contact.person_id, at.at)) => Ok(Decided::Duplicate),
                (Some(contact), Some(at)) => self.follow_up(*line, r, contact, at).map(|f| Decided::hand(vec![f])),
                (None, _) => Err(self.no_such_contact(*line, r)),
                (_, None) => {
                    let issue = *refused(*line, "follow_up.at", ("the time is missing", "缺少随访时间"), ("fill it in", "请填写"));
                    Err(Box::new(Issue { column: self.column("at"), ..issue }))
                }
            };
            out.push((*line, decided.unwrap_or_else(Decided::Refused)));
        }
        Ok(out)
    }

    fn follow_up(&self, line: u64, r: &FollowUpRecord, contact: &Contact, at: EventTime) -> Result<Fact, Box<Issue>> {
        let outcome: FollowUpOutcome = word_of(line, "outcome", &r.outcome)?.ok_or_else(|| {
            let issue = *refused(line, "follow_up.outcome", ("the result is missing", "缺少随访结果"), ("fill it in", "请填写"));
            Box::new(Issue { column: self.column("outcome"), ..issue })
        })?;
        let text = |t: &String| Some(t.clone()).filter(|t| !t.is_empty());
        // Of another system's record that stands behind one with a stricter schedule, the one in charge is meant.
        let by_own_id = r.contact.parse() == Ok(contact.contact_id);
        let contact_id = Some(contact.contact_id).filter(|_| by_own_id || contact.state != ContactState::Covered);
        Ok(FollowedUp {
            person: contact.person_id,
            contact: contact_id,
            at,
            outcome,
            temperature: r.temperature,
            symptoms: r.symptoms.clone(),
            by: text(&r.team),
            self_reported: false,
            note: text(&r.note),
        }
        .into())
    }

    fn no_such_contact(&self, line: u64, r: &FollowUpRecord) -> Box<Issue> {
        let (field, name) = match (r.contact.is_empty(), r.external.is_empty()) {
            (false, _) => ("contact", &r.contact),
            (true, false) => ("external", &r.external),
            (true, true) => ("person", &r.who.person),
        };
        let message = ("no contact record of this book is meant by this row", "台账中没有该行所指的密接记录");
        let issue =
            *refused(line, "contact.unknown", message, ("import the contacts first, or correct the id", "请先导入密接，或更正编号"));
        Box::new(Issue { column: self.column(field), ..issue }.with_value(name))
    }
}
