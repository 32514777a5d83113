//! Follow-ups: of the contact record that the row names, else of the record under which its person is managed.

use super::report::refused;
use super::{Decided, Run, word_of};
use crate::import::ImportError;
use crate::import::report::Issue;
use quell_book::rows::Contact;
use quell_book::{ContactState, Fact, FollowUpOutcome, FollowedUp};
use quell_exchange::{FollowUpRecord, PersonPart};
use quell_foundation::*;
use quell_store::known;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The days by which the database is asked.
const UTC: UtcOffset = UtcOffset(0);

impl Run<'_> {
    pub(super) async fn follow_ups(&mut self, rows: Vec<(u64, FollowUpRecord)>) -> Result<Vec<(u64, Decided)>, ImportError> {
        let book = self.app.config.book;
        let records = self.contacts_named(rows.iter().map(|(_, r)| (&r.contact, &r.external))).await?;
        let ids: Vec<Option<ContactId>> = rows.iter().map(|(_, r)| self.contact_id(&records, &r.contact, &r.external)).collect();
        let by_id = |i: usize| ids[i].and_then(|id| records.get(id));
        let without: Vec<usize> = (0..rows.len()).filter(|i| by_id(*i).is_none()).collect();
        let parts: Vec<&PersonPart> = without.iter().map(|i| &rows[*i].1.who).collect();
        let found = self.persons_named(&parts).await?;
        let persons: HashMap<usize, PersonId> = without.iter().zip(found).filter_map(|(i, p)| Some((*i, p?))).collect();
        let c = self.app.db.connection().await?;
        let mut of_person: HashMap<PersonId, Vec<Contact>> = HashMap::new();
        for c in known::contacts_of(&c, book, &persons.values().copied().collect::<Vec<_>>()).await? {
            of_person.entry(c.person_id).or_default().push(c);
        }
        let contact_of = |i: usize| {
            by_id(i).or_else(|| of_person.get(persons.get(&i)?)?.iter().max_by_key(|c| (c.state == ContactState::Active, c.last_exposure)))
        };
        let everyone: Vec<PersonId> = (0..rows.len()).filter_map(|i| Some(contact_of(i)?.person_id)).collect();
        let kept = &records.kept;
        let days: BTreeSet<Day> = rows.iter().filter_map(|(_, r)| r.at).flat_map(|t| [t.at.day(UTC), t.end().day(UTC)]).collect();
        let days: Vec<Day> = days.into_iter().collect();
        let mut had: HashMap<PersonId, Vec<(Instant, FollowUpOutcome)>> = HashMap::new();
        for f in known::follow_ups(&c, book, &kept.all(&everyone), &days).await? {
            had.entry(kept.person(f.person_id)).or_default().push((f.at, f.outcome));
        }
        drop(c);
        let mut seen: HashSet<(PersonId, Instant)> = HashSet::new();
        let mut out = Vec::with_capacity(rows.len());
        for (i, (line, r)) in rows.iter().enumerate() {
            let decided = match (contact_of(i), r.at) {
                (Some(contact), Some(at)) => {
                    let person = kept.person(contact.person_id);
                    // Of a day's several, those that went the same way: a list without times of day cannot say more.
                    let is_it = |(t, o): &(Instant, FollowUpOutcome)| {
                        self.agrees(*t, at) && (at.precision == Precision::Exact || o.to_string() == r.outcome)
                    };
                    if !seen.insert((person, at.at)) || had.get(&person).into_iter().flatten().any(is_it) {
                        Ok(Decided::Duplicate)
                    } else {
                        self.follow_up(*line, r, (contact, person), at).map(|f| Decided::hand(vec![f]))
                    }
                }
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

    fn follow_up(&self, line: u64, r: &FollowUpRecord, (contact, person): (&Contact, PersonId), at: EventTime) -> Result<Fact, Box<Issue>> {
        let outcome: FollowUpOutcome = word_of(line, "outcome", &r.outcome)?.ok_or_else(|| {
            let issue = *refused(line, "follow_up.outcome", ("the result is missing", "缺少随访结果"), ("fill it in", "请填写"));
            Box::new(Issue { column: self.column("outcome"), ..issue })
        })?;
        let text = |t: &String| Some(t.clone()).filter(|t| !t.is_empty());
        // Of another system's record that stands behind one with a stricter schedule, the one in charge is meant.
        let by_own_id = r.contact.parse() == Ok(contact.contact_id);
        let contact_id = Some(contact.contact_id).filter(|_| by_own_id || contact.state != ContactState::Covered);
        // A record that was merged away while it was under management, and not moved, has its place in the schedule of the one kept.
        let elsewhere = person != contact.person_id && contact.state == ContactState::Dropped;
        let (person, contact_id) = if elsewhere { (person, None) } else { (contact.person_id, contact_id) };
        Ok(FollowedUp {
            person,
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
