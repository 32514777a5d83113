//! Links: between two cases `link_stated`; of a contact to a case a contact record, which is there already or is made.

use super::named::NamedContacts;
use super::report::refused;
use super::{Decided, Run, no_such_case, word_of};
use crate::import::ImportError;
use crate::import::report::Issue;
use quell_book::rows::{Case, Contact, Link};
use quell_book::{Certainty, ContactNamed, Decision, Fact, LinkStated};
use quell_exchange::LinkRecord;
use quell_foundation::*;
use quell_store::known;
use std::collections::{BTreeSet, HashMap};

/// What the book has of the links of a chunk.
struct Known {
    links: Vec<Link>,
    contacts: NamedContacts,
    of_person: HashMap<PersonId, Vec<Contact>>,
}

impl Known {
    /// The contact records of a person, under whichever record of theirs.
    fn of(&self, person: PersonId) -> impl Iterator<Item = &Contact> {
        let all: BTreeSet<PersonId> = self.contacts.kept.all(&[person]).into_iter().collect();
        all.into_iter().filter_map(|p| self.of_person.get(&p)).flatten()
    }
}

impl Run<'_> {
    pub(super) async fn links(&mut self, rows: Vec<(u64, LinkRecord)>) -> Result<Vec<(u64, Decided)>, ImportError> {
        let book = self.app.config.book;
        let names = rows.iter().flat_map(|(_, r)| [&r.source, &r.source_number, &r.target, &r.target_number]).map(String::as_str);
        let cases = self.cases_named(names).await?;
        let mut contacts = self.contacts_named(rows.iter().map(|(_, r)| (&r.target, &r.target_number))).await?;
        let ids: Vec<Option<ContactId>> = rows.iter().map(|(_, r)| self.contact_id(&contacts, &r.target, &r.target_number)).collect();
        let links: Vec<LinkId> = rows.iter().filter_map(|(_, r)| r.link.parse().ok()).collect();
        let targets: Vec<CaseId> = cases.by_id.keys().copied().collect();
        let of_contacts = ids.iter().filter_map(|id| contacts.get((*id)?)).map(|c| c.person_id);
        let persons: Vec<PersonId> = cases.by_id.values().map(|c| c.person_id).chain(of_contacts).collect();
        contacts.kept = self.kept(&persons).await?;
        let persons = contacts.kept.all(&persons);
        let c = self.app.db.connection().await?;
        let mut known = Known { links: known::links(&c, book, &links, &targets).await?, contacts, of_person: HashMap::new() };
        for c in known::contacts_of(&c, book, &persons).await? {
            known.of_person.entry(c.person_id).or_default().push(c);
        }
        let by_target = index(&known.links);
        drop(c);
        let mut seen: HashMap<uuid::Uuid, u64> = HashMap::new();
        let mut out = Vec::with_capacity(rows.len());
        for ((line, r), id) in rows.iter().zip(ids) {
            let source_names = [r.source.as_str(), r.source_number.as_str()];
            let target_names = [r.target.as_str(), r.target_number.as_str()];
            let field = if r.source.is_empty() { "source_number" } else { "source" };
            let contact = id.and_then(|id| known.contacts.get(id));
            let decided =
                cases.first(source_names).ok_or_else(|| no_such_case(*line, self.column(field), source_names)).and_then(|source| {
                    match (cases.first(target_names).filter(|_| r.target_kind != "contact"), contact) {
                        (Some(target), _) => self.case_link(*line, r, (source, target), &known, &by_target),
                        (None, Some(contact)) => self.contact_link(*line, r, source, contact, &known),
                        (None, None) => {
                            let field = if r.target.is_empty() { "target_number" } else { "target" };
                            let name = target_names.into_iter().find(|n| !n.is_empty()).unwrap_or_default();
                            let message =
                                ("no case and no contact record of this book has this id or number", "台账中没有此标识或编号的病例或密接");
                            let issue =
                                *refused(*line, "link.target", message, ("import the cases and contacts first", "请先导入病例和密接"));
                            Err(Box::new(Issue { column: self.column(field), ..issue }.with_value(name)))
                        }
                    }
                });
            let decided = decided.map(|fact| match fact {
                Some((key, fact)) if *seen.entry(key).or_insert(*line) == *line => Decided::hand(vec![fact]),
                _ => Decided::Duplicate,
            });
            out.push((*line, decided.unwrap_or_else(Decided::Refused)));
        }
        Ok(out)
    }

    fn case_link(
        &self,
        line: u64,
        r: &LinkRecord,
        (source, target): (&Case, &Case),
        known: &Known,
        by_target: &HashMap<CaseId, Vec<&Link>>,
    ) -> Result<Option<(uuid::Uuid, Fact)>, Box<Issue>> {
        let own: Option<LinkId> = r.link.parse().ok();
        let named = own.is_some_and(|id| known.links.iter().any(|l| l.link_id == id));
        let stands = |l: &&Link| l.withdrawn.is_none() && l.source_case == source.case_id;
        let stated = by_target.get(&target.case_id).into_iter().flatten().any(stands);
        // A contact who became a case is shown as a link: the record of the contact is that link. In other systems a relationship has no id,
        // and the one of a contact stays when the contact becomes a case.
        let is_it = |c: &Contact| own == Some(LinkId(derived_uuid(&[b"link", c.contact_id.0.as_bytes()])));
        let of_contact = |c: &Contact| c.case_id == Some(source.case_id) && (is_it(c) || own.is_none() && self.system != "quell");
        if named || stated || known.of(target.person_id).any(of_contact) {
            return Ok(None);
        }
        let (source, target) = (source.case_id, target.case_id);
        let link = own.unwrap_or_else(|| LinkId(self.derived("link", &format!("{source} {target}"))));
        let stated = LinkStated {
            link,
            source,
            target,
            directed: r.directed.unwrap_or(true),
            certainty: word_of(line, "certainty", &r.certainty)?.unwrap_or(Certainty::Low),
            context: word_of(line, "context", &r.context)?,
            contact_at: r.contact_at,
            evidence: if r.note.is_empty() { format!("listed by {}", self.system) } else { r.note.clone() },
            at: self.exactly(self.now),
        };
        Ok(Some((derived_uuid(&[source.0.as_bytes(), target.0.as_bytes()]), stated.into())))
    }

    fn contact_link(
        &self,
        line: u64,
        r: &LinkRecord,
        source: &Case,
        contact: &Contact,
        known: &Known,
    ) -> Result<Option<(uuid::Uuid, Fact)>, Box<Issue>> {
        let of_case = |c: &Contact| c.case_id == Some(source.case_id);
        if known.of(contact.person_id).any(of_case) {
            return Ok(None);
        }
        let last_exposure = r.contact_at.unwrap_or_else(|| self.exactly(contact.last_exposure));
        let named_at = self.exactly(contact.named_at);
        let named = ContactNamed {
            contact: ContactId(self.derived("link of", &format!("{} {}", source.case_id, contact.contact_id))),
            person: known.contacts.person(contact),
            case: Some(source.case_id),
            category: contact.category,
            first_exposure: None,
            last_exposure,
            context: word_of(line, "context", &r.context)?,
            relation: None,
            certainty: word_of(line, "certainty", &r.certainty)?,
            decision: Decision {
                decider: self.elsewhere(),
                reason: if r.note.is_empty() { contact.reason.clone() } else { r.note.clone() },
            },
            ended: None,
            at: if named_at.at < last_exposure.at { last_exposure } else { named_at },
        };
        Ok(Some((named.contact.0, named.into())))
    }
}

fn index(links: &[Link]) -> HashMap<CaseId, Vec<&Link>> {
    let mut by_target: HashMap<CaseId, Vec<&Link>> = HashMap::new();
    links.iter().for_each(|l| by_target.entry(l.target_case).or_default().push(l));
    by_target
}
