//! Contacts: a person and `contact_named`, over already or under management from now on.

use super::report::{refused, remark};
use super::who::Asked;
use super::{Decided, NamedCases, Run, differs, no_such_case, text_of, word_of};
use crate::import::ImportError;
use crate::import::report::Issue;
use quell_book::rows::Contact;
use quell_book::{ContactDropped, ContactEnded, ContactNamed, ContactState, Decision, Fact};
use quell_exchange::{ContactRecord, sormas};
use quell_foundation::*;
use quell_protocol::ContactCategory;
use quell_store::known;
use std::collections::HashMap;

/// What a record is called where it comes from.
pub(super) fn key(r: &ContactRecord) -> Option<String> {
    [&r.external, &r.contact].into_iter().find(|k| !k.is_empty()).cloned()
}

impl Run<'_> {
    pub(super) async fn contacts(&mut self, rows: Vec<(u64, ContactRecord)>) -> Result<Vec<(u64, Decided)>, ImportError> {
        let book = self.app.config.book;
        let (rows, mut out) = self.of_our_disease(rows);
        let cases = self.cases_named(rows.iter().flat_map(|(_, r)| [r.case.as_str(), r.case_number.as_str()])).await?;
        let records = self.contacts_named(rows.iter().map(|(_, r)| (&r.contact, &r.external))).await?;
        let ids: Vec<Option<ContactId>> = rows.iter().map(|(_, r)| self.contact_id(&records, &r.contact, &r.external)).collect();
        let asked: Vec<Asked<'_>> = rows
            .iter()
            .zip(&ids)
            .map(|((line, r), id)| {
                let person = id.and_then(|id| records.get(id)).map(|c| records.person(c));
                Asked { line: *line, part: &r.who, known: person, key: key(r) }
            })
            .collect();
        let found = self.persons(&asked).await?;
        let persons: Vec<PersonId> = found.iter().flatten().map(|f| f.person).collect();
        let mut of_person: HashMap<PersonId, Vec<Contact>> = HashMap::new();
        for c in known::contacts_of(&self.app.db.connection().await?, book, &persons).await? {
            of_person.entry(c.person_id).or_default().push(c);
        }
        let mut seen: HashMap<ContactId, u64> = HashMap::new();
        for (((line, r), id), person) in rows.iter().zip(ids).zip(found) {
            let decided = person.and_then(|p| {
                let theirs = of_person.get(&p.person).map_or(&[][..], Vec::as_slice);
                let mut facts: Vec<Fact> = p.listing.map(Fact::from).into_iter().collect();
                let named = self.named(*line, r, (p.person, id), &cases)?;
                let known = id.and_then(|id| records.get(id));
                match self.contact((*line, r), named, (known, theirs), &mut seen)? {
                    // Nothing of a contact who is known already needs the person listed again.
                    None => {}
                    Some(fact) => facts.push(fact),
                }
                Ok(Decided::hand(facts))
            });
            out.push((*line, decided.unwrap_or_else(Decided::Refused)));
        }
        Ok(out)
    }

    /// The row in the words of the book.
    fn named(
        &self,
        line: u64,
        r: &ContactRecord,
        (person, id): (PersonId, Option<ContactId>),
        cases: &NamedCases,
    ) -> Result<ContactNamed, Box<Issue>> {
        let names = [r.case.as_str(), r.case_number.as_str()];
        let case = match cases.first(names) {
            Some(c) => Some(c.case_id),
            None if names.iter().all(|n| n.is_empty()) => None,
            None => {
                let field = if r.case.is_empty() { "case_number" } else { "case" };
                return Err(no_such_case(line, self.column(field), names));
            }
        };
        let last_exposure = r.last_exposure.ok_or_else(|| {
            let message = ("the last exposure is missing: the schedule counts from it", "缺少末次接触时间，管理期由此计算");
            let issue = *refused(line, "contact.last_exposure", message, ("fill it in", "请填写"));
            Box::new(Issue { column: self.column("last_exposure"), ..issue })
        })?;
        if let Some(first) = r.first_exposure.filter(|f| f.at > last_exposure.end()) {
            let message = (
                format!("the first exposure ({first}) is after the last one ({last_exposure})"),
                format!("首次接触时间（{first}）晚于末次接触时间（{last_exposure}）"),
            );
            let issue = *refused(line, "contact.first_exposure", message, ("correct one of the two", "请更正其一"));
            return Err(Box::new(Issue { column: self.column("first_exposure"), ..issue }));
        }
        let category: ContactCategory = word_of(line, "category", &r.category)?.unwrap_or(ContactCategory::Close);
        let named = r.named.unwrap_or(last_exposure);
        let decider = if r.decider.is_empty() { self.elsewhere() } else { r.decider.clone() };
        let reasons = [&r.reason, &r.relation, &r.note, &r.context].into_iter().find(|t| !t.is_empty()).cloned();
        let reason = reasons.unwrap_or_else(|| format!("listed by {}", self.system));
        let at = if named.at < last_exposure.at { last_exposure } else { named };
        let contact = id.unwrap_or_else(|| ContactId(self.derived("contact of", &format!("{person} {case:?} {}", last_exposure.at))));
        Ok(ContactNamed {
            contact,
            person,
            case,
            category,
            first_exposure: r.first_exposure.filter(|f| f.at < last_exposure.at),
            last_exposure,
            context: word_of(line, "context", &r.context)?,
            relation: Some(r.relation.clone()).filter(|t| !t.is_empty()),
            certainty: word_of(line, "certainty", &r.certainty)?,
            decision: Decision { decider, reason },
            ended: self.ended(line, r, category, last_exposure)?,
            at,
        })
    }

    /// Whether it is over: by the row's own word, or because its schedule has run out by now.
    fn ended(
        &self,
        line: u64,
        r: &ContactRecord,
        category: ContactCategory,
        last_exposure: EventTime,
    ) -> Result<Option<ContactEnded>, Box<Issue>> {
        let offset = self.app.config.offset;
        let said: Option<ContactState> = word_of(line, "state", &r.state)?;
        let by_follow_up = match r.follow_up.as_str() {
            "completed" => Some(ContactState::Released),
            "cancelled" => Some(ContactState::Dropped),
            _ => None,
        };
        let by_rule = self.protocol.contact_schedule(category).map(|s| {
            let days = i32::try_from(s.central_days + s.home_days).unwrap_or(i32::MAX / 2);
            self.exactly(last_exposure.at.day(offset).plus(days + 1).start(offset))
        });
        // A day of the end is followed up to its own end.
        let by_row = r.until.map(|u| if u.precision == Precision::Day { self.exactly(u.at.day(offset).plus(1).start(offset)) } else { u });
        let past = by_row.or(by_rule).filter(|t| t.at <= self.now);
        let state = match said.or(by_follow_up) {
            Some(ContactState::Active | ContactState::Covered) | None => past.map(|_| ContactState::Released),
            ended => ended,
        };
        Ok(state.map(|state| ContactEnded { state, at: past.unwrap_or(last_exposure) }))
    }

    /// What a row says that the book does not know of this contact. `known`: the record that it names; `theirs`: all of the person's.
    fn contact(
        &mut self,
        (line, r): (u64, &ContactRecord),
        mut named: ContactNamed,
        (known, theirs): (Option<&Contact>, &[Contact]),
        seen: &mut HashMap<ContactId, u64>,
    ) -> Result<Option<Fact>, Box<Issue>> {
        let own = r.contact.parse() == Ok(named.contact);
        if let Some(k) = known.or_else(|| theirs.iter().find(|c| c.contact_id == named.contact)) {
            let later = !own && named.last_exposure.at > k.last_exposure && !self.agrees(k.last_exposure, named.last_exposure);
            if !later {
                return Ok(self.known_contact(line, r, k, &named));
            }
            // A later exposure is a record of its own, which leads from then on.
            named.contact = ContactId(self.derived("exposure of", &format!("{} {}", named.contact, named.last_exposure.at)));
        }
        let same = |c: &&Contact| {
            c.contact_id == named.contact
                || (!own && c.case_id == named.case && self.agrees(c.last_exposure, named.last_exposure) && c.category == named.category)
        };
        if theirs.iter().any(|c| same(&c)) {
            return Ok(None);
        }
        if r.follow_up == "lost" && named.ended.is_none() {
            let message = (
                "a contact who goes on is not lost by a word: whoever was not found is looked for",
                "在管密接不因文字记为失访：未访到者将被追查",
            );
            let advice = ("import the follow-ups, those that missed the person too", "请同时导入随访记录，包括未访到的");
            self.report.note(remark(line, "contact.lost", message, advice));
        }
        let first = *seen.entry(named.contact).or_insert(line);
        if first != line {
            let message = (format!("line {first} lists the same contact record"), format!("第 {first} 行是同一密接记录"));
            return Err(refused(line, "duplicate.contact", message, ("keep one of them", "请只保留一行")));
        }
        Ok(Some(named.into()))
    }

    fn known_contact(&mut self, line: u64, r: &ContactRecord, k: &Contact, named: &ContactNamed) -> Option<Fact> {
        let managed = matches!(k.state, ContactState::Active | ContactState::Covered);
        if let Some(ended) = named.ended.filter(|e| managed && e.state == ContactState::Dropped) {
            let at = if ended.at.at < k.named_at { self.exactly(k.named_at) } else { ended.at };
            return Some(ContactDropped { contact: k.contact_id, taken_over_by: None, decision: named.decision.clone(), at }.into());
        }
        // What a system has no word for, or fewer words, does not differ.
        let word = |c: ContactCategory| if self.system == "sormas" { sormas::risk(&text_of(c)).to_owned() } else { text_of(c) };
        let all = [
            (!r.category.is_empty() && word(k.category) != word(named.category), ("category", "类别")),
            (named.case.is_some() && k.case_id != named.case, ("case", "病例")),
            (!self.agrees(k.last_exposure, named.last_exposure), ("last exposure", "末次接触时间")),
        ];
        let differing: Vec<(&str, &str)> = all.into_iter().filter_map(|(d, name)| d.then_some(name)).collect();
        if !differing.is_empty() {
            self.report.note(differs(line, &differing));
        }
        None
    }
}
