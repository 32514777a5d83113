//! Whose a record is: by the person's id, the identity number, else by what is alike. Who is nobody's double becomes a new person.
//! What the book knows of a person stays; what it does not know is added.

use super::report::{PossibleDuplicate, refused, remark};
use super::{Run, word_of};
use crate::app::App;
use crate::import::ImportError;
use crate::import::people::person_id;
use crate::import::report::{Issue, Words};
use crate::similar::{self, Candidate};
use quell_book::rows::Person;
use quell_book::{Fact, Identity, PersonListed, Sex};
use quell_exchange::{PersonPart, same_name};
use quell_foundation::*;
use quell_matching::{Key, Matcher, Particulars, Prepared, Verdict};
use quell_protocol::OccupationClass;
use quell_store::{find, known};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Holders of one key of this file that are looked at: those of a common name are many, and more do not help.
const MOST_ALIKE: usize = 200;
/// Possible doubles of one row that are told.
const MOST_TOLD: usize = 5;

/// Of whom a record speaks.
pub(super) struct Asked<'r> {
    /// The row.
    pub line: u64,
    /// What it says of the person.
    pub part: &'r PersonPart,
    /// Whose the record is, if the book has it.
    pub known: Option<PersonId>,
    /// What the record is called where it comes from: its person is the same in the next file.
    pub key: Option<String>,
}

/// Who it is.
pub(super) struct Found {
    /// The person.
    pub person: PersonId,
    /// What is to be listed first: a new person, or what is added to a known one.
    pub listing: Option<PersonListed>,
}

/// What is remembered of persons and homes while a file is read.
#[derive(Default)]
pub(super) struct Who {
    homes: HashMap<String, Home>,
    matcher: Matcher,
    /// New persons that a look at the database may not have found.
    new: Vec<New>,
    by_key: HashMap<Key, Vec<usize>>,
    /// Those of them that the rows handed in last have brought: the look ahead for the next rows may have come too early for them.
    latest: usize,
    /// Who the next rows could be, by row, looked up while the rows before them were written.
    pub(super) ahead: HashMap<u64, Vec<Candidate>>,
    /// New persons whose first row has not been handed in yet.
    fresh: HashSet<PersonId>,
    /// Persons whom rows of this file name by an id of theirs: who has another id there is somebody else, however alike.
    named: HashSet<PersonId>,
}

/// Who the rows to come are, as far as that can be looked up before it is their turn.
pub(super) struct Ahead {
    lines: Vec<u64>,
    like: Vec<Particulars>,
    /// Ids that each may have had in an earlier file, and its identity number: who is found by these is not looked for by what is alike.
    own: Vec<(Vec<PersonId>, Option<Hash>)>,
}

impl Ahead {
    /// Looks them up.
    pub(super) async fn look(self, app: &App) -> Result<HashMap<u64, Vec<Candidate>>, ImportError> {
        if self.lines.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<PersonId> = self.own.iter().flat_map(|(ids, _)| ids).copied().collect();
        let hashes: Vec<Hash> = self.own.iter().filter_map(|(_, hash)| *hash).collect();
        let known = find::persons(&app.db.connection().await?, app.config.book, &ids, &hashes).await?;
        let numbers: HashSet<Hash> = known.iter().filter_map(|p| p.identity_hash).collect();
        let known: HashSet<PersonId> = known.into_iter().map(|p| p.person_id).collect();
        let unknown: Vec<bool> = self
            .own
            .iter()
            .map(|(ids, hash)| !ids.iter().any(|i| known.contains(i)) && !hash.is_some_and(|h| numbers.contains(&h)))
            .collect();
        fn of<T>(all: Vec<T>, which: &[bool]) -> Vec<T> {
            all.into_iter().zip(which).filter_map(|(one, which)| which.then_some(one)).collect()
        }
        let candidates = similar::candidates(app, &of(self.like, &unknown)).await?;
        Ok(of(self.lines, &unknown).into_iter().zip(candidates).collect())
    }
}

/// A new person of this file.
struct New {
    by: Particulars,
    prepared: Prepared,
    listing: PersonListed,
}

/// What the text of a home means.
#[derive(Clone)]
enum Home {
    Place(PlaceId),
    Several,
    Nowhere,
}

impl Who {
    /// How many of these facts list someone new: each is counted once.
    pub(super) fn count_new(&mut self, facts: &[Fact]) -> u64 {
        let new = facts.iter().filter(|f| matches!(f, Fact::PersonListed(p) if self.fresh.remove(&p.person)));
        new.count() as u64
    }

    /// The rows of a file that were decided are in the database from now on.
    pub(super) fn written(&mut self) {
        self.new.drain(..self.latest);
        self.by_key.clear();
        for (n, new) in self.new.iter().enumerate() {
            for key in new.prepared.keys() {
                self.by_key.entry(key).or_default().push(n);
            }
        }
        self.latest = self.new.len();
    }
}

/// The text that says where someone lives: the home, else the address.
fn home_text(part: &PersonPart) -> Option<&String> {
    [&part.home, &part.address].into_iter().find(|t| !t.is_empty())
}

/// The number as it stands, unless an export has masked it.
fn whole_number(part: &PersonPart) -> Option<&str> {
    Some(part.id_number.as_str()).filter(|n| !n.is_empty() && !n.contains('*'))
}

fn particulars(part: &PersonPart, identity: Option<&Identity>, home: Option<&PlaceId>) -> Particulars {
    let sex = match part.sex.as_str() {
        "male" => Some(quell_matching::Sex::Male),
        "female" => Some(quell_matching::Sex::Female),
        _ => None,
    };
    let phones = Some(part.phone.clone()).filter(|p| !p.is_empty()).into_iter().collect();
    Particulars { name: part.name.clone(), sex, born: part.born, identity: identity.map(|i| i.hash), phones, home: home.cloned() }
}

impl Run<'_> {
    /// Who each of these is.
    pub(super) async fn persons(&mut self, asked: &[Asked<'_>]) -> Result<Vec<Result<Found, Box<Issue>>>, ImportError> {
        let identities: Vec<Option<Identity>> = asked.iter().map(|a| whole_number(a.part).map(|n| self.app.key.identity(n))).collect();
        let own: Vec<Vec<PersonId>> = asked.iter().map(|a| self.own_ids(a)).collect();
        let by_id = asked.iter().zip(&own).filter(|(a, _)| !a.part.person.is_empty()).filter_map(|(_, ids)| ids.first());
        self.who.named.extend(by_id.copied());
        self.look_up_homes(asked).await?;
        let ids: Vec<PersonId> = own.iter().flatten().copied().chain(asked.iter().filter_map(|a| a.known)).collect();
        let hashes: Vec<Hash> = identities.iter().flatten().map(|i| i.hash).collect();
        let mut people = HashMap::new();
        self.load_persons(&ids, &hashes, &mut people).await?;
        let by_identity: HashMap<Hash, PersonId> = people.values().filter_map(|p: &Person| Some((p.identity_hash?, p.person_id))).collect();
        let mut who: Vec<Option<PersonId>> = (0..asked.len())
            .map(|i| {
                let known = asked[i].known.or_else(|| own[i].iter().find(|id| people.contains_key(*id)).copied());
                known.or_else(|| by_identity.get(&identities[i].as_ref()?.hash).copied())
            })
            .collect();
        let unknown: Vec<usize> = (0..asked.len()).filter(|i| who[*i].is_none() && !asked[*i].part.name.is_empty()).collect();
        let homes: Vec<Option<PlaceId>> = asked.iter().map(|a| self.home_of(a.part)).collect();
        let like: Vec<Particulars> =
            unknown.iter().map(|i| particulars(asked[*i].part, identities[*i].as_ref(), homes[*i].as_ref())).collect();
        let mut ahead = std::mem::take(&mut self.who.ahead);
        let mut found: Vec<Option<Vec<Candidate>>> = unknown.iter().map(|i| ahead.remove(&asked[*i].line)).collect();
        let rest: Vec<Particulars> = like.iter().zip(&found).filter(|(_, f)| f.is_none()).map(|(l, _)| l.clone()).collect();
        let mut looked = similar::candidates(self.app, &rest).await?.into_iter();
        let candidates = found.iter_mut().map(|f| f.take().or_else(|| looked.next()).unwrap_or_default());
        let mut possible: HashMap<usize, Vec<(PersonId, i32, Vec<Words>)>> = HashMap::new();
        for (i, found) in unknown.iter().zip(candidates) {
            let told_apart = |id: &PersonId| !asked[*i].part.person.is_empty() && self.who.named.contains(id);
            let same = found.iter().filter(|c| c.verdict == Verdict::Same && !told_apart(&c.known.person_id)).map(|c| c.person);
            let same: Vec<PersonId> = same.collect();
            match same.as_slice() {
                [one] => who[*i] = Some(*one),
                _ => drop(possible.insert(*i, found.into_iter().map(|c| (c.person, c.score, c.reasons)).collect())),
            }
        }
        // Of two records that are one person the one that was kept is meant; those that are alike are that one already.
        for id in who.iter_mut().flatten() {
            *id = people.get(id).and_then(|p| p.same_as).unwrap_or(*id);
        }
        let matched: Vec<PersonId> = who.iter().flatten().filter(|id| !people.contains_key(*id)).copied().collect();
        self.load_persons(&matched, &[], &mut people).await?;
        let mut like = unknown.iter().copied().zip(like).collect::<HashMap<_, _>>();
        let mut out = Vec::with_capacity(asked.len());
        for (i, a) in asked.iter().enumerate() {
            let found = match who[i].and_then(|id| people.get_mut(&id)) {
                Some(p) => {
                    let found = self.known_person(a, p, identities[i].clone());
                    // Of someone who stands in several rows each adds to what the rows before it have added.
                    if let Ok(Found { listing: Some(l), .. }) = &found {
                        let number = l.identity.as_ref();
                        (p.sex, p.born, p.phone, p.occupation) = (l.sex, l.born, l.phone.clone(), l.occupation);
                        (p.identity_hash, p.identity_masked) = (number.map(|i| i.hash), number.map(|i| i.masked.clone()));
                    }
                    found
                }
                None => {
                    let by = like.remove(&i).unwrap_or_else(|| particulars(a.part, identities[i].as_ref(), homes[i].as_ref()));
                    self.new_person(a, by, identities[i].clone(), possible.remove(&i).unwrap_or_default())
                }
            };
            out.push(found);
        }
        Ok(out)
    }

    /// What can be looked up for rows to come. `whose`: the row, what it says of the person, what the record is called where it comes from.
    pub(super) async fn ahead(&mut self, whose: Vec<(u64, &PersonPart, Option<String>)>) -> Result<Ahead, ImportError> {
        let asked = whose.into_iter().filter(|(_, part, _)| !part.name.is_empty());
        let asked: Vec<Asked<'_>> = asked.map(|(line, part, key)| Asked { line, part, known: None, key }).collect();
        self.look_up_homes(&asked).await?;
        let mut ahead = Ahead { lines: Vec::new(), like: Vec::new(), own: Vec::new() };
        for a in &asked {
            let identity = whole_number(a.part).map(|n| self.app.key.identity(n));
            ahead.lines.push(a.line);
            ahead.like.push(particulars(a.part, identity.as_ref(), self.home_of(a.part).as_ref()));
            ahead.own.push((self.own_ids(a), identity.map(|i| i.hash)));
        }
        Ok(ahead)
    }

    /// Persons whose ids, or identity numbers, these are: nobody new, and nothing is added.
    pub(super) async fn persons_named(&self, parts: &[&PersonPart]) -> Result<Vec<Option<PersonId>>, ImportError> {
        let ids: Vec<Option<PersonId>> = parts.iter().map(|p| p.person.parse().ok()).collect();
        let hashes: Vec<Option<Hash>> = parts.iter().map(|p| whole_number(p).map(|n| self.app.key.identity(n).hash)).collect();
        let mut people = HashMap::new();
        let wanted: Vec<PersonId> = ids.iter().flatten().copied().collect();
        self.load_persons(&wanted, &hashes.iter().flatten().copied().collect::<Vec<_>>(), &mut people).await?;
        let by_identity: HashMap<Hash, PersonId> = people.values().filter_map(|p: &Person| Some((p.identity_hash?, p.person_id))).collect();
        let one = |(id, hash): (&Option<PersonId>, &Option<Hash>)| {
            let found = id.filter(|id| people.contains_key(id)).or_else(|| by_identity.get(hash.as_ref()?).copied())?;
            Some(people.get(&found).and_then(|p| p.same_as).unwrap_or(found))
        };
        let mut found: Vec<Option<PersonId>> = ids.iter().zip(&hashes).map(one).collect();
        let unknown: Vec<usize> = (0..parts.len()).filter(|i| found[*i].is_none() && !parts[*i].name.is_empty()).collect();
        let like: Vec<Particulars> = unknown.iter().map(|i| particulars(parts[*i], None, None)).collect();
        for (i, alike) in unknown.into_iter().zip(similar::candidates(self.app, &like).await?) {
            let same: Vec<PersonId> = alike.iter().filter(|c| c.verdict == Verdict::Same).map(|c| c.person).collect();
            found[i] = same.first().copied().filter(|_| same.len() == 1);
        }
        Ok(found)
    }

    pub(super) async fn load_persons(
        &self,
        ids: &[PersonId],
        identities: &[Hash],
        into: &mut HashMap<PersonId, Person>,
    ) -> Result<(), ImportError> {
        if !ids.is_empty() || !identities.is_empty() {
            let found = find::persons(&self.app.db.connection().await?, self.app.config.book, ids, identities).await?;
            into.extend(found.into_iter().map(|p| (p.person_id, p)));
        }
        Ok(())
    }

    /// Ids that the person can have had in an earlier file, the surest first.
    fn own_ids(&self, a: &Asked<'_>) -> Vec<PersonId> {
        let named =
            a.part.person.parse().ok().or_else(|| (!a.part.person.is_empty()).then(|| PersonId(self.derived("person", &a.part.person))));
        let by_key = a.key.as_ref().map(|k| PersonId(self.derived("person of", k)));
        named.into_iter().chain(by_key).collect()
    }

    fn known_person(&mut self, a: &Asked<'_>, known: &Person, identity: Option<Identity>) -> Result<Found, Box<Issue>> {
        let sex: Sex = word_of(a.line, "sex", &a.part.sex)?.unwrap_or(Sex::Unknown);
        let occupation: OccupationClass = word_of(a.line, "occupation", &a.part.occupation)?.unwrap_or(OccupationClass::General);
        let phone = Some(a.part.phone.clone()).filter(|p| !p.is_empty());
        let had = known.identity_hash.map(|hash| Identity { hash, masked: known.identity_masked.clone().unwrap_or_default() });
        let differs = [
            (!a.part.name.is_empty() && !same_name(&a.part.name, &known.name), ("name", "姓名")),
            (known.sex != Sex::Unknown && sex != Sex::Unknown && sex != known.sex, ("sex", "性别")),
            (known.born.is_some() && a.part.born.is_some() && a.part.born != known.born, ("date of birth", "出生日期")),
            (known.phone.is_some() && phone.is_some() && phone != known.phone, ("telephone", "电话")),
            (had.is_some() && identity.is_some() && identity.as_ref().map(|i| i.hash) != known.identity_hash, ("identity number", "证件")),
        ];
        let differs: Vec<(&str, &str)> = differs.into_iter().filter_map(|(d, name)| d.then_some(name)).collect();
        if !differs.is_empty() {
            let (en, zh): (Vec<&str>, Vec<&str>) = differs.into_iter().unzip();
            self.report.note(remark(
                a.line,
                "person.differs",
                (
                    format!("the book has another {} of person {}; it stays", en.join(", "), known.person_id),
                    format!("台账中人员 {} 的{}不同，保留台账内容", known.person_id, zh.join("、")),
                ),
                ("if the row is right, correct the person", "如以本行为准，请更正人员信息"),
            ));
        }
        let listing = PersonListed {
            person: known.person_id,
            name: known.name.clone(),
            sex: if known.sex == Sex::Unknown { sex } else { known.sex },
            born: known.born.or(a.part.born),
            home: known.home.clone(),
            id_number: None,
            identity: had.clone().or(identity),
            phone: known.phone.clone().or(phone),
            occupation: if known.occupation == OccupationClass::General { occupation } else { known.occupation },
            tags: known.tags.clone(),
            seen: None,
        };
        let adds = listing.sex != known.sex
            || listing.born != known.born
            || listing.identity.as_ref().map(|i| i.hash) != known.identity_hash
            || listing.phone != known.phone
            || listing.occupation != known.occupation;
        Ok(Found { person: known.person_id, listing: adds.then_some(listing) })
    }

    fn new_person(
        &mut self,
        a: &Asked<'_>,
        by: Particulars,
        identity: Option<Identity>,
        mut possible: Vec<(PersonId, i32, Vec<Words>)>,
    ) -> Result<Found, Box<Issue>> {
        if a.part.name.is_empty() {
            return Err(refused(
                a.line,
                "person.unknown",
                ("nobody in this book has this id, and the row has no name", "台账中没有此人员标识，且该行没有姓名"),
                ("give the name, or the id of someone who is listed", "请填写姓名或已登记人员的标识"),
            ));
        }
        let prepared = self.who.matcher.prepare(&by);
        let (mut same, mut looked): (BTreeSet<PersonId>, BTreeSet<usize>) = Default::default();
        for key in prepared.keys() {
            looked.extend(self.who.by_key.get(&key).into_iter().flatten().take(MOST_ALIKE));
        }
        for n in looked {
            let other = &self.who.new[n];
            let found = self.who.matcher.compare(&prepared, &other.prepared);
            let told_apart = !a.part.person.is_empty() && self.who.named.contains(&other.listing.person);
            match found.verdict {
                Verdict::Same if !told_apart => drop(same.insert(other.listing.person)),
                Verdict::Same | Verdict::Possible => {
                    possible.push((other.listing.person, found.score, similar::reasons(&found, &by, &other.by)));
                }
                Verdict::Different => {}
            }
        }
        if let (Some(one), 1) = (same.first().copied(), same.len()) {
            let listing = self.who.new.iter().find(|n| n.listing.person == one).map(|n| n.listing.clone());
            return Ok(Found { person: one, listing });
        }
        let home = self.home_for(a)?;
        let mut listing = PersonListed {
            person: PersonId(uuid::Uuid::nil()),
            name: a.part.name.clone(),
            sex: word_of(a.line, "sex", &a.part.sex)?.unwrap_or(Sex::Unknown),
            born: a.part.born,
            home,
            id_number: None,
            identity,
            phone: Some(a.part.phone.clone()).filter(|p| !p.is_empty()),
            occupation: word_of(a.line, "occupation", &a.part.occupation)?.unwrap_or(OccupationClass::General),
            tags: Default::default(),
            seen: None,
        };
        listing.person = match self.own_ids(a).first() {
            Some(own) => *own,
            None => person_id(self.app.config.book, &listing),
        };
        let person = listing.person;
        possible.sort_by_key(|(other, score, _)| (-score, *other));
        possible.dedup_by_key(|(other, ..)| *other);
        let pair = |(other, score, reasons)| PossibleDuplicate { line: a.line, person, other, score, reasons };
        self.report.possible_duplicates.extend(possible.into_iter().filter(|(other, ..)| *other != person).take(MOST_TOLD).map(pair));
        self.who.fresh.insert(person);
        let n = self.who.new.len();
        for key in prepared.keys() {
            self.who.by_key.entry(key).or_default().push(n);
        }
        self.who.new.push(New { by, prepared, listing: listing.clone() });
        Ok(Found { person, listing: Some(listing) })
    }

    /// Finds out which places the texts of homes mean: paths first, and names of places only where there is no path.
    async fn look_up_homes(&mut self, asked: &[Asked<'_>]) -> Result<(), ImportError> {
        let texts = asked.iter().filter_map(|a| home_text(a.part));
        let texts: BTreeSet<&String> = texts.filter(|t| !self.who.homes.contains_key(*t)).collect();
        if texts.is_empty() {
            return Ok(());
        }
        let (c, book, root) = (self.app.db.connection().await?, self.app.config.book, &self.app.config.root);
        // Of a home in parts (region/district/community) the last one says it.
        let path = |t: &String| PlaceId::new(t.rsplit('/').next().unwrap_or(t).trim()).ok().filter(|p| p.is_within(root));
        let listed = find::listed(&c, book, &texts.iter().filter_map(|t| path(t)).collect::<Vec<_>>()).await?;
        let is_path = |t: &String| path(t).is_some_and(|p| listed.contains(&p));
        let names: Vec<String> = texts.iter().filter(|t| !is_path(t)).map(|t| (*t).clone()).collect();
        let mut named: HashMap<String, Vec<PlaceId>> = HashMap::new();
        for p in known::places_named(&c, book, &names).await? {
            named.entry(p.name).or_default().push(p.place);
        }
        for text in texts {
            let home = match (path(text).filter(|p| listed.contains(p)), named.get(text).map(Vec::as_slice)) {
                (Some(p), _) => Home::Place(p),
                (None, Some([one])) => Home::Place(one.clone()),
                (None, Some([_, ..])) => Home::Several,
                (None, _) => Home::Nowhere,
            };
            self.who.homes.insert(text.clone(), home);
        }
        Ok(())
    }

    /// The place that the row gives as home, if it can be told.
    fn home_of(&self, part: &PersonPart) -> Option<PlaceId> {
        match self.who.homes.get(home_text(part)?) {
            Some(Home::Place(p)) => Some(p.clone()),
            _ => None,
        }
    }

    fn home_for(&self, a: &Asked<'_>) -> Result<PlaceId, Box<Issue>> {
        if let Some(home) = self.home_of(a.part).or_else(|| self.options.home.clone()) {
            return Ok(home);
        }
        let advice = (
            "give the path of the household (column home), a place name that only one place has, or --home for all such rows",
            "请填写户的地点编码（住址编码列）或唯一的地点名称，或用 --home 为此类行指定地点",
        );
        let several = home_text(a.part).is_some_and(|t| matches!(self.who.homes.get(t), Some(Home::Several)));
        Err(Box::new(if several {
            let message = ("several places have this name", "有多个地点使用该名称");
            refused(a.line, "home.several", message, advice).with_value(home_text(a.part).cloned().unwrap_or_default())
        } else if a.part.home.is_empty() {
            *refused(
                a.line,
                "home.missing",
                ("the person is new, and the row does not say where they live", "该人员为新增，但该行没有住址"),
                advice,
            )
        } else {
            let message = ("the home is no listed place of this book", "住址不是本台账已登记的地点");
            refused(a.line, "home.unlisted", message, advice).with_value(&a.part.home)
        }))
    }
}
