//! Places and people: listing, amending, leaving and coming back.

use crate::act::{Act, Outcome};
use crate::fact::*;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::state::Count;
use crate::table::Group;
use quell_foundation::*;
use quell_matching::Particulars;
use quell_protocol::{Exposure, OccupationClass};

impl Act<'_> {
    pub(crate) fn place_listed(&mut self, f: &PlaceListed) -> Outcome {
        if f.name.trim().is_empty() {
            return Err(refuse!("place.name", "name", "the name is empty; give one", "名称为空，请填写"));
        }
        let beds: u32 = f.wards.iter().map(|w| w.beds).sum();
        let mut codes: Vec<&str> = f.wards.iter().map(|w| w.ward.as_str()).collect();
        codes.sort_unstable();
        if codes.windows(2).any(|w| w[0] == w[1]) || f.wards.iter().any(|w| w.beds == 0 || w.beds > 10_000) {
            return Err(refuse!(
                "place.wards",
                "wards",
                "each ward needs a code of its own and 1 to 10000 beds",
                "每个病区须有唯一编号，床位数为 1 至 10000"
            ));
        }
        let old = self.s.places.get(&f.place);
        if let Some(old) = old
            && old.kind != f.kind
        {
            let (p, k) = (&f.place, old.kind);
            return Err(refuse!(
                "place.kind",
                "kind",
                "{p} is listed as {k}; a place cannot change its kind, list a new one",
                "{p} 已登记为其他类别（{k}），类别不能更改，请另行登记"
            ));
        }
        if let Some(old) = old
            && (old.occupied + old.reserved) > beds as i32
        {
            let n = old.occupied + old.reserved;
            return Err(refuse!(
                "place.beds_in_use",
                "wards",
                "{n} beds are in use or reserved; fewer cannot be listed",
                "已有 {n} 张床位占用或预留，床位数不能更少"
            ));
        }
        let (occupied, reserved) = old.map_or((0, 0), |o| (o.occupied, o.reserved));
        let row = Place {
            place: f.place.clone(),
            kind: f.kind,
            name: f.name.clone(),
            name_en: f.name_en.clone(),
            wards: f.wards.clone(),
            beds: beds as i32,
            occupied,
            reserved,
        };
        if old != Some(&row) {
            self.s.places.put(row);
        }
        Ok(())
    }

    pub(crate) fn person_listed(&mut self, f: &PersonListed) -> Outcome {
        if f.name.trim().is_empty() {
            return Err(refuse!("person.name", "name", "the name is empty; give one", "姓名为空，请填写"));
        }
        if f.name.chars().count() > 200 || f.phone.as_ref().is_some_and(|p| p.chars().count() > 40) {
            return Err(refuse!(
                "person.long",
                "name",
                "a name has at most 200 characters, a telephone number 40",
                "姓名最多 200 字，电话最多 40 字"
            ));
        }
        if !f.home.is_within(&self.s.config.root) {
            let (h, r) = (&f.home, &self.s.config.root);
            return Err(refuse!("person.home", "home", "{h} lies outside this book ({r})", "住址 {h} 不在本台账辖区（{r}）内"));
        }
        if let Some(b) = f.born
            && b > self.c.now.day(self.s.config.offset)
        {
            return Err(refuse!("person.born", "born", "{b} is in the future", "出生日期 {b} 晚于今天"));
        }
        let old = self.s.persons.get(&f.person);
        let mut row = Person {
            person_id: f.person,
            home: f.home.clone(),
            place: self.s.tally_place(&f.home),
            name: f.name.clone(),
            sex: f.sex,
            born: f.born,
            identity_hash: f.identity.as_ref().map(|i| i.hash),
            identity_masked: f.identity.as_ref().map(|i| i.masked.clone()),
            phone: f.phone.clone(),
            occupation: f.occupation,
            tags: f.tags.clone(),
            standing: old.map_or(Standing::AtHome, |o| o.standing),
            standing_since: old.and_then(|o| o.standing_since),
            away_to: old.and_then(|o| o.away_to.clone()),
            exposure: old.map_or(Exposure::None, |o| o.exposure),
            recalled: old.map(|o| o.recalled.clone()).unwrap_or_default(),
            attention: old.is_some_and(|o| o.attention),
            listed_seq: old.map_or(self.c.seq, |o| o.listed_seq),
            match_keys: Vec::new(),
            same_as: old.and_then(|o| o.same_as),
        };
        let by = recognised_by(&row.name, row.sex, row.born, row.identity_hash, row.phone.as_deref(), &row.home);
        row.match_keys = quell_matching::keys(&by).into_iter().map(|k| k.as_i64()).collect();
        if old == Some(&row) {
            return Ok(());
        }
        if let Some(old) = old {
            check_overwrite(old, &row, f.seen)?;
        }
        row.listed_seq = self.c.seq;
        self.s.persons.put(row);
        Ok(())
    }

    pub(crate) fn person_absent(&mut self, f: &PersonAbsent) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        if !matches!(p.standing, Standing::AtHome | Standing::Absent) {
            let s = p.standing;
            return Err(refuse!(
                "person.bound",
                "person",
                "the person is {s}; someone under management cannot be recorded as away",
                "该人员目前状态为 {s}，处于管理中，不能登记为外出"
            ));
        }
        let confined = |c: Contact| self.c.protocol.contact_schedule(c.category).is_some_and(|s| s.confined);
        if self.active_contact(f.person).is_some_and(confined) {
            return Err(refuse!(
                "person.bound",
                "person",
                "the person is a contact who may not go out; someone under management cannot be recorded as away",
                "该人员为在管密接，处于管理中，不能登记为外出"
            ));
        }
        self.s.persons.put(Person {
            standing: Standing::Absent,
            standing_since: Some(f.at.at),
            away_to: Some(f.destination.clone()),
            attention: true,
            ..p
        });
        self.waive_rosters(f.person, &format!("absent: {}", f.destination), None, Count::Waived);
        Ok(())
    }

    pub(crate) fn person_returned(&mut self, f: &PersonReturned) -> Outcome {
        self.not_future(f.at)?;
        let p = self.person(f.person)?;
        if p.standing != Standing::Absent {
            return Err(refuse!("person.not_absent", "person", "the person is not recorded as away", "该人员没有外出登记"));
        }
        self.s.persons.put(Person { away_to: None, ..p });
        self.stand(f.person, Standing::AtHome, f.at.at);
        Ok(())
    }

    /// Ends the person's unsampled places on the rosters of open rounds.
    pub(crate) fn waive_rosters(&mut self, person: PersonId, why: &str, decider: Option<&str>, what: Count) {
        let rows: Vec<Roster> = self.s.roster.group(&Group::Person(person)).into_iter().filter(|r| r.waived.is_none()).cloned().collect();
        for r in rows {
            let open = self.s.rounds.get(&r.round).is_some_and(|x| x.state == RoundState::Open);
            if open && self.counting_registration(person, &r.round).is_none() {
                self.s.count(DutyKind::Sample, &r.place, Some(&r.round), what, 1);
                self.s.roster.put(Roster { waived: Some(why.to_owned()), decider: decider.map(str::to_owned), ..r });
            }
        }
    }
}

/// Nobody's edit is overwritten unseen (Tangerine, issue 2722): whoever replaces what is known says which version was looked at, and
/// is told when that is not the latest.
fn check_overwrite(old: &Person, new: &Person, seen: Option<i64>) -> Outcome {
    let replaced = replaced(old, new);
    if replaced.is_empty() || seen.is_some_and(|n| n >= old.listed_seq) {
        return Ok(());
    }
    let (id, seq) = (old.person_id, old.listed_seq);
    let text = |n: usize| replaced.iter().map(|r| format!("{}: {} → {}", [r.0, r.1][n], r.2, r.3)).collect::<Vec<_>>();
    let (en, zh) = (text(0).join("; "), text(1).join("；"));
    Err(match seen {
        Some(n) => refuse!(
            "person.changed_since",
            "seen",
            "person {id} was changed at position {seq} of the log, after what you saw ({n}); in the book → handed in: {en}. Look again, then hand in what is right with seen = {seq}",
            "人员 {id} 在您查看（{n}）之后已于日志 {seq} 处被更改；台账 → 上报：{zh}。请重新核对后以 seen = {seq} 上报"
        ),
        None => refuse!(
            "person.overwrites",
            "seen",
            "this would replace what is known of person {id} since position {seq} of the log; in the book → handed in: {en}. To replace it, hand it in with seen = {seq}",
            "此条将覆盖人员 {id} 在日志 {seq} 处的登记；台账 → 上报：{zh}。确需更改请以 seen = {seq} 上报"
        ),
    })
}

/// What is known and would be another, or gone: name in English and Chinese, value in the book, value handed in.
fn replaced(old: &Person, new: &Person) -> Vec<(&'static str, &'static str, String, String)> {
    let some = |v: Option<String>| v.unwrap_or_else(|| "—".to_owned());
    let tags = |p: &Person| p.tags.iter().map(|t| format!("{t:?}")).collect::<Vec<_>>().join(", ");
    let all = [
        (old.name != new.name, "name", "姓名", old.name.clone(), new.name.clone()),
        (old.home != new.home, "home", "住址", old.home.to_string(), new.home.to_string()),
        (old.sex != Sex::Unknown && old.sex != new.sex, "sex", "性别", old.sex.to_string(), new.sex.to_string()),
        (
            old.born.is_some() && old.born != new.born,
            "born",
            "出生日期",
            some(old.born.map(|b| b.to_string())),
            some(new.born.map(|b| b.to_string())),
        ),
        (
            old.identity_hash.is_some() && old.identity_hash != new.identity_hash,
            "identity",
            "证件",
            some(old.identity_masked.clone()),
            some(new.identity_masked.clone()),
        ),
        (old.phone.is_some() && old.phone != new.phone, "phone", "电话", some(old.phone.clone()), some(new.phone.clone())),
        (
            old.occupation != OccupationClass::General && old.occupation != new.occupation,
            "occupation",
            "职业",
            format!("{:?}", old.occupation),
            format!("{:?}", new.occupation),
        ),
        (!old.tags.is_subset(&new.tags), "tags", "标签", tags(old), tags(new)),
    ];
    all.into_iter().filter(|r| r.0).map(|(_, en, zh, was, is)| (en, zh, was, is)).collect()
}

/// What a person is recognised by, as the matcher takes it.
pub fn recognised_by(name: &str, sex: Sex, born: Option<Day>, identity: Option<Hash>, phone: Option<&str>, home: &PlaceId) -> Particulars {
    let sex = match sex {
        Sex::Male => Some(quell_matching::Sex::Male),
        Sex::Female => Some(quell_matching::Sex::Female),
        Sex::Unknown => None,
    };
    let phones = phone.map(str::to_owned).into_iter().collect();
    Particulars { name: name.to_owned(), sex, born, identity, phones, home: Some(home.clone()) }
}
