//! Follow-up teams (随访组): who sees whom. Go.Data's teams with their locations, and the workload of each.
//!
//! Whoever is owed a follow-up is with one team, and stays with it: a contact opens the door to a face that is known. The rule, of a
//! household as of one person, for one household is seen on one visit:
//! 1. The team covers the home: it lies in a place of the team or below one.
//! 2. A team with room (its people and these are no more than its capacity) goes before one without.
//! 3. With room: the team of the innermost place first, so that a team of the county is the reserve of the villages' teams; of those the
//!    one that is least taken (people to capacity); of those the first by id.
//! 4. Without room anywhere: the one that is least beyond its capacity, the innermost, the first. Someone is to be seen, so someone sees
//!    them; that it is too much shows ([`Team::people`] against its capacity).
//! 5. Covered by no team that is present: with nobody, which shows too.
//!
//! A person changes the team only when it is absent or ended, does not cover the home any more (nor was chosen by hand), when the person
//! moves out of its places or into a household that another team sees, or when it is beyond its capacity and a team comes that has room.
//! While a team is absent its people are with others and still its own: when it returns they come back as far as it has room. Then
//! come those with nobody, then what others have beyond their capacity, the latest first.
//!
//! Everything is done household by household in the order of their homes, with sums of the teams kept beside: a team with 5,000 people
//! is spread in one pass.

use crate::act::{Act, Outcome};
use crate::fact::*;
use crate::follow_up::WATCHING;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::state::State;
use crate::table::{Group, Table};
use quell_foundation::*;
use std::collections::{BTreeMap, BTreeSet};

/// Most teams of a book, the ended ones too: they are held in memory, and looked through for every contact.
const MOST_TEAMS: usize = 2_000;
/// Most places of one team.
const MOST_PLACES: usize = 200;
/// Most members of one team.
const MOST_MEMBERS: usize = 100;
/// A team that sees more people a day than this is no team.
const MOST_A_DAY: u32 = 10_000;
/// Most persons of one assignment by hand.
const MOST_BY_HAND: usize = 1_000;

/// Where the journals stood before a fact.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    duties: usize,
    persons: usize,
}

impl Before {
    /// Where they stand now.
    pub(crate) fn of(s: &State) -> Self {
        Self { duties: s.duties.mark(), persons: s.persons.mark() }
    }
}

impl Team {
    /// How far inside a home lies in what the team covers: the depth of the innermost of its places that holds the home.
    fn covers(&self, home: &PlaceId) -> Option<usize> {
        self.places.iter().filter(|p| home.is_within(p)).map(PlaceId::depth).max()
    }
    fn is_present(&self) -> bool {
        self.state == TeamState::Present
    }
}

impl FollowUpAssignment {
    /// Someone chose this team, and it is not only a stand-in: no rule takes the person away.
    fn is_held(&self) -> bool {
        self.by_hand && self.team_id == self.own_team
    }
}

/// Those who are seen on one visit: a household, or a person who lives in none.
type Door = Vec<FollowUpAssignment>;

/// Rows by the door at which they are seen, in the order of their homes.
fn doors<'a>(rows: impl IntoIterator<Item = &'a FollowUpAssignment>) -> Vec<Door> {
    let mut doors: BTreeMap<(&PlaceId, Option<PersonId>), Door> = BTreeMap::new();
    for r in rows {
        doors.entry((&r.home, (!r.household).then_some(r.person_id))).or_default().push(r.clone());
    }
    doors.into_values().collect()
}

/// The latest first: whoever has been with a team for long stays with it.
fn latest_first(mut doors: Vec<Door>) -> Vec<Door> {
    doors.sort_by_key(|d| std::cmp::Reverse(d.iter().filter_map(|r| r.since).max()));
    doors
}

/// By how much the teams' people have changed, before that is written.
#[derive(Default)]
struct Loads(BTreeMap<TeamId, i64>);

impl Loads {
    fn of(&self, t: &Team) -> i64 {
        i64::from(t.people) + self.0.get(&t.team_id).copied().unwrap_or_default()
    }
    fn has_room(&self, t: &Team, people: usize) -> bool {
        self.of(t) + people as i64 <= i64::from(t.capacity)
    }
    fn is_beyond(&self, t: &Team) -> bool {
        self.of(t) > i64::from(t.capacity)
    }
    fn add(&mut self, team: Option<&TeamId>, people: i64) {
        if let Some(team) = team {
            *self.0.entry(team.clone()).or_default() += people;
        }
    }
    /// The team that the rule gives to so many people of one door; of those with room only, if so asked.
    fn choose(&self, teams: &Table<Team>, home: &PlaceId, people: usize, with_room: bool, but: Option<&TeamId>) -> Option<TeamId> {
        let rank = |t: &Team| {
            let inside = -i64::try_from(t.covers(home)?).ok()?;
            let room = self.has_room(t, people);
            // In billionths: two teams that differ at all differ by more, for no capacity is above 10,000.
            let taken = (self.of(t) + people as i64) * 1_000_000_000 / i64::from(t.capacity.max(1));
            Some((!room, if room { (inside, taken) } else { (taken, inside) }, t.team_id.clone()))
        };
        let present = teams.values().filter(|t| t.is_present() && Some(&t.team_id) != but);
        present.filter_map(rank).min().filter(|(full, ..)| !(*full && with_room)).map(|(.., id)| id)
    }
}

impl Act<'_> {
    /// After every fact: whoever is owed a follow-up from now on gets a team, whoever is not any more leaves it, and who has moved is
    /// looked at again. It follows the duties, so that nothing that opens or ends one can forget it.
    pub(crate) fn settle_teams(&mut self, before: Before) {
        let watching = self.s.duties.since(before.duties).map(|(_, d)| d).filter(|d| WATCHING.contains(&d.kind));
        let watched: BTreeSet<PersonId> = watching.filter_map(|d| d.person_id).collect();
        // Whoever is under follow-up has something open, and asks for attention.
        let moved = self.s.persons.since(before.persons).filter(|(old, p)| old.is_some_and(|o| o.attention && o.home != p.home));
        let moved: BTreeSet<PersonId> = moved.map(|(_, p)| p.person_id).collect();
        watched.into_iter().for_each(|p| self.settle_team(p));
        moved.into_iter().for_each(|p| self.move_home(p));
    }

    fn settle_team(&mut self, person: PersonId) {
        let owed = !self.open_duties(person, WATCHING).is_empty();
        let old = self.s.assignments.get(&person).cloned();
        match old {
            Some(a) if a.active && !owed => {
                let mut loads = Loads::default();
                loads.add(a.team_id.as_ref(), -1);
                self.s.assignments.put(FollowUpAssignment { active: false, ..a });
                self.keep_loads(loads);
            }
            Some(a) if a.active => {}
            old if owed => self.begin_with_team(person, old),
            _ => {}
        }
    }

    /// A home is a household unless it is listed as something else, or is no more exact than a community: then whoever lives there is
    /// seen at a door of their own.
    fn is_household(&self, home: &PlaceId) -> bool {
        let listed_otherwise = || self.s.places.get(home).is_some_and(|p| p.kind != PlaceKind::Household);
        home.depth() > self.s.config.tally_depth && !listed_otherwise()
    }

    /// One of the others of a household who is under follow-up.
    fn housemate(&self, a: &FollowUpAssignment) -> Option<FollowUpAssignment> {
        if self.s.teams.is_empty() || !a.household {
            return None;
        }
        self.s.assignments.group(&Group::Place(a.home.clone())).into_iter().find(|m| m.person_id != a.person_id).cloned()
    }

    fn begin_with_team(&mut self, person: PersonId, old: Option<FollowUpAssignment>) {
        let Some(p) = self.s.persons.get(&person) else { return };
        let (place, home) = (p.place.clone(), p.home.clone());
        let household = self.is_household(&home);
        let (own_team, by_hand) = old.map_or((None, false), |o| (o.own_team, o.by_hand));
        let new =
            FollowUpAssignment { person_id: person, place, home, household, team_id: None, own_team, by_hand, since: None, active: true };
        self.place_anew(new);
    }

    /// Someone under follow-up has another home.
    fn move_home(&mut self, person: PersonId) {
        let Some(a) = self.s.assignments.get(&person).filter(|a| a.active).cloned() else { return };
        let Some(p) = self.s.persons.get(&person) else { return };
        let (place, home) = (p.place.clone(), p.home.clone());
        let household = self.is_household(&home);
        let moved = FollowUpAssignment { place, home, household, ..a };
        let stays =
            |id: &TeamId| self.s.teams.get(id).is_some_and(|t| t.is_present() && (moved.is_held() || t.covers(&moved.home).is_some()));
        if self.housemate(&moved).is_none() && moved.team_id.as_ref().is_some_and(stays) {
            return self.s.assignments.put(moved);
        }
        self.place_anew(moved);
    }

    /// The team of the household; else the own one, if it may have the person back; else by the rule.
    fn place_anew(&mut self, a: FollowUpAssignment) {
        let mut loads = Loads::default();
        loads.add(a.team_id.as_ref(), -1);
        let mate = self.housemate(&a);
        let covers = |t: &Team| a.by_hand || t.covers(&a.home).is_some();
        let own = a.own_team.as_ref().and_then(|id| self.s.teams.get(id));
        let back = own.filter(|t| t.is_present() && covers(t) && loads.has_room(t, 1)).map(|t| t.team_id.clone());
        // An absent team keeps its claim on whoever it would cover.
        let claim = own.filter(|t| t.state == TeamState::Absent && covers(t)).map(|t| t.team_id.clone());
        let (team_id, own_team, by_hand) = match (mate, back) {
            (Some(m), _) => (m.team_id, m.own_team, m.by_hand),
            (None, Some(team)) => (Some(team.clone()), Some(team), a.by_hand),
            (None, None) => {
                let team = loads.choose(&self.s.teams, &a.home, 1, false, None);
                let by_hand = a.by_hand && claim.is_some();
                (team.clone(), claim.or(team), by_hand)
            }
        };
        loads.add(team_id.as_ref(), 1);
        let since = team_id.as_ref().map(|_| self.c.now);
        self.s.assignments.put(FollowUpAssignment { team_id, own_team, by_hand, since, ..a });
        self.keep_loads(loads);
    }

    /// A door goes to another team, or to none.
    fn hand_over(
        &mut self,
        door: &[FollowUpAssignment],
        team: Option<&TeamId>,
        own: impl Fn(&FollowUpAssignment) -> (Option<TeamId>, bool),
        loads: &mut Loads,
    ) {
        for a in door {
            loads.add(a.team_id.as_ref(), -1);
            loads.add(team, 1);
            let (own_team, by_hand) = own(a);
            let since = team.map(|_| self.c.now);
            self.s.assignments.put(FollowUpAssignment { team_id: team.cloned(), own_team, by_hand, since, ..a.clone() });
        }
    }

    fn keep_loads(&mut self, loads: Loads) {
        for (id, more) in loads.0.into_iter().filter(|(_, more)| *more != 0) {
            if let Some(t) = self.s.teams.get(&id).cloned() {
                self.s.teams.put(Team { people: t.people + more as i32, ..t });
            }
        }
    }

    /// Those under follow-up of whom this holds; they are with these teams or belong to them.
    fn assigned(&self, of: &[Option<&TeamId>], want: impl Fn(&FollowUpAssignment) -> bool) -> Vec<Door> {
        let groups: Vec<Group> = of.iter().map(|t| Group::Team(t.cloned())).collect();
        doors(self.s.assignments.among(&groups, |a| a.active && want(a)))
    }

    pub(crate) fn team_listed(&mut self, f: &TeamListed) -> Outcome {
        self.not_future(f.at)?;
        self.check_team(f)?;
        let mut places = f.places.clone();
        places.sort();
        places.dedup();
        let old = self.s.teams.get(&f.team);
        let ended = old.is_none_or(|o| o.state == TeamState::Ended);
        let row = Team {
            team_id: f.team.clone(),
            place: common_place(&places),
            name: f.name.trim().to_owned(),
            name_en: f.name_en.clone(),
            places,
            members: f.members.clone(),
            capacity: f.capacity as i32,
            state: old.filter(|_| !ended).map_or(TeamState::Present, |o| o.state),
            state_since: old.filter(|_| !ended).map_or(f.at.at, |o| o.state_since),
            reason: old.filter(|_| !ended).and_then(|o| o.reason.clone()),
            people: old.map_or(0, |o| o.people),
        };
        if old != Some(&row) {
            self.s.teams.put(row);
            self.let_go(&f.team);
            self.take_over(&f.team);
        }
        Ok(())
    }

    fn check_team(&self, f: &TeamListed) -> Outcome {
        let long = |s: &str| s.trim().is_empty() || s.chars().count() > 100;
        if long(&f.name) || f.name_en.as_deref().is_some_and(long) || f.members.iter().any(|m| long(m)) || f.members.len() > MOST_MEMBERS {
            return Err(refuse!(
                "team.name",
                "name",
                "a team has a name, and up to {MOST_MEMBERS} members with names, of 1 to 100 characters each",
                "小组及成员须有名称，每个 1 至 100 字，成员最多 {MOST_MEMBERS} 名"
            ));
        }
        if f.capacity == 0 || f.capacity > MOST_A_DAY {
            return Err(refuse!(
                "team.capacity",
                "capacity",
                "a team sees 1 to {MOST_A_DAY} people a day; one that sees nobody for now is absent (team_absent)",
                "每组每日可访 1 至 {MOST_A_DAY} 人；暂不能工作的小组请登记缺勤（team_absent）"
            ));
        }
        if f.places.is_empty() || f.places.len() > MOST_PLACES {
            return Err(refuse!(
                "team.places",
                "places",
                "a team covers 1 to {MOST_PLACES} places; name the place above them instead",
                "每组负责 1 至 {MOST_PLACES} 个地点，过多时请写其上级地点"
            ));
        }
        for p in &f.places {
            if !p.is_within(&self.s.config.root) {
                return Err(refuse!("team.place", "places", "{p} lies outside this book", "{p} 不在本台账辖区内"));
            }
            if self.s.places.get(p).is_none() {
                return Err(refuse!("place.unknown", "places", "no place {p} in this book; list it first", "台账中没有地点 {p}，请先登记"));
            }
        }
        let name = f.name.trim();
        if let Some(t) = self.s.teams.values().find(|t| t.team_id != f.team && t.state != TeamState::Ended && t.name == name) {
            let other = &t.team_id;
            return Err(refuse!(
                "team.same_name",
                "name",
                "team {other} has this name; a sheet and a visit would belong to both",
                "小组 {other} 已用此名称，工作单和访视记录将无法区分"
            ));
        }
        if self.s.teams.get(&f.team).is_none() && self.s.teams.values().count() >= MOST_TEAMS {
            return Err(refuse!(
                "team.too_many",
                "team",
                "a book has at most {MOST_TEAMS} teams, the ended ones too; list an ended one again",
                "每个台账最多 {MOST_TEAMS} 个小组（含已撤销者），请重新启用已撤销的小组"
            ));
        }
        Ok(())
    }

    /// The team, if it has not ended.
    fn team(&self, id: &TeamId) -> Result<Team, Refusal> {
        self.s.teams.get(id).filter(|t| t.state != TeamState::Ended).cloned().ok_or_else(|| {
            refuse!("team.unknown", "team", "no team {id}; list it first (team_listed)", "没有小组 {id}，请先登记（team_listed）")
        })
    }

    pub(crate) fn team_absent(&mut self, f: &TeamAbsent) -> Outcome {
        self.not_future(f.at)?;
        let t = self.team(&f.team)?;
        if !t.is_present() {
            let id = &f.team;
            return Err(refuse!("team.absent", "team", "team {id} is absent already", "小组 {id} 已登记缺勤"));
        }
        self.s.teams.put(Team { state: TeamState::Absent, state_since: f.at.at, reason: f.reason.clone(), ..t });
        self.spread(&f.team);
        Ok(())
    }

    pub(crate) fn team_returned(&mut self, f: &TeamReturned) -> Outcome {
        self.not_future(f.at)?;
        let t = self.team(&f.team)?;
        if t.is_present() {
            let id = &f.team;
            return Err(refuse!("team.present", "team", "team {id} is not absent", "小组 {id} 未登记缺勤"));
        }
        self.s.teams.put(Team { state: TeamState::Present, state_since: f.at.at, reason: None, ..t });
        self.take_over(&f.team);
        Ok(())
    }

    pub(crate) fn team_ended(&mut self, f: &TeamEnded) -> Outcome {
        self.not_future(f.at)?;
        let t = self.team(&f.team)?;
        self.s.teams.put(Team { state: TeamState::Ended, state_since: f.at.at, reason: f.reason.clone(), ..t });
        self.spread(&f.team);
        // Nobody waits for it to return: whoever stood in for it has them for good.
        for a in self.assigned(&[Some(&f.team)], |a| a.own_team.as_ref() == Some(&f.team)).into_iter().flatten() {
            self.s.assignments.put(FollowUpAssignment { own_team: a.team_id.clone(), by_hand: false, ..a });
        }
        Ok(())
    }

    /// The people of a team that is not at work go to the others that cover them; they stay its own.
    fn spread(&mut self, team: &TeamId) {
        let mut loads = Loads::default();
        for door in self.assigned(&[Some(team)], |a| a.team_id.as_ref() == Some(team)) {
            let Some(home) = door.first().map(|a| a.home.clone()) else { continue };
            let to = loads.choose(&self.s.teams, &home, door.len(), false, None);
            self.hand_over(&door, to.as_ref(), |a| (a.own_team.clone(), a.by_hand), &mut loads);
        }
        self.keep_loads(loads);
    }

    /// A team that was listed anew lets go whom it does not cover any more, and of what is beyond its capacity whom others have room for.
    fn let_go(&mut self, team: &TeamId) {
        let Some(t) = self.s.teams.get(team).cloned() else { return };
        let mut loads = Loads::default();
        let with_it = self.assigned(&[Some(team)], |a| a.team_id.as_ref() == Some(team) && !a.is_held());
        let (stay, leave): (Vec<Door>, Vec<Door>) = with_it.into_iter().partition(|d| d.iter().all(|a| t.covers(&a.home).is_some()));
        for door in leave {
            let Some(home) = door.first().map(|a| a.home.clone()) else { continue };
            let to = loads.choose(&self.s.teams, &home, door.len(), false, None);
            self.hand_over(&door, to.as_ref(), |a| claim_of(a, team, to.as_ref()), &mut loads);
        }
        for door in latest_first(stay) {
            let Some(home) = door.first().map(|a| a.home.clone()).filter(|_| loads.is_beyond(&t)) else { break };
            if let Some(to) = loads.choose(&self.s.teams, &home, door.len(), true, Some(team)) {
                self.hand_over(&door, Some(&to), |a| claim_of(a, team, Some(&to)), &mut loads);
            }
        }
        self.keep_loads(loads);
    }

    /// A team that is at work takes its own people back as far as it has room, then those with nobody, then what others have beyond their
    /// capacity, the latest first, as far as it has room.
    fn take_over(&mut self, team: &TeamId) {
        let Some(t) = self.s.teams.get(team).filter(|t| t.is_present()).cloned() else { return };
        let mut loads = Loads::default();
        let mine = |a: &FollowUpAssignment| a.own_team.as_ref() == Some(team) && a.team_id.as_ref() != Some(team);
        for door in self.assigned(&[Some(team)], mine) {
            let covered = door.iter().all(|a| a.by_hand || t.covers(&a.home).is_some());
            if covered && loads.has_room(&t, door.len()) {
                self.hand_over(&door, Some(team), |a| (a.own_team.clone(), a.by_hand), &mut loads);
            }
        }
        for door in self.assigned(&[None], |a| a.team_id.is_none() && t.covers(&a.home).is_some()) {
            let Some(home) = door.first().map(|a| a.home.clone()) else { continue };
            let to = loads.choose(&self.s.teams, &home, door.len(), false, None);
            self.hand_over(&door, to.as_ref(), |a| (a.own_team.clone().or(to.clone()), a.by_hand), &mut loads);
        }
        let meets = |x: &Team| x.places.iter().any(|p| t.places.iter().any(|m| p.is_within(m) || m.is_within(p)));
        let others = self.s.teams.iter().filter(|x| x.team_id != *team && loads.is_beyond(x) && meets(x));
        for x in others.cloned().collect::<Vec<_>>() {
            let with_x = |a: &FollowUpAssignment| a.team_id.as_ref() == Some(&x.team_id) && !a.is_held() && t.covers(&a.home).is_some();
            for door in latest_first(self.assigned(&[Some(&x.team_id)], with_x)) {
                if loads.is_beyond(&x) && loads.has_room(&t, door.len()) {
                    self.hand_over(&door, Some(team), |a| claim_of(a, &x.team_id, Some(team)), &mut loads);
                }
            }
        }
        self.keep_loads(loads);
    }

    pub(crate) fn follow_up_assigned(&mut self, f: &FollowUpAssigned) -> Outcome {
        self.not_future(f.at)?;
        if f.persons.is_empty() || f.persons.len() > MOST_BY_HAND {
            let n = f.persons.len();
            return Err(refuse!(
                "assignment.persons",
                "persons",
                "1 to {MOST_BY_HAND} persons are assigned at a time, not {n}; split the list",
                "每次指派 1 至 {MOST_BY_HAND} 人，此次为 {n} 人，请拆分"
            ));
        }
        let id = &f.team;
        if !self.team(id)?.is_present() {
            return Err(refuse!("team.absent", "team", "team {id} is absent; choose one that is at work", "小组 {id} 缺勤，请另选"));
        }
        for person in &f.persons {
            let p = self.person(*person)?;
            let person = p.same_as.unwrap_or(*person);
            let Some(a) = self.s.assignments.get(&person).filter(|a| a.active).cloned() else {
                return Err(refuse!(
                    "assignment.not_followed_up",
                    "persons",
                    "person {person} is owed no follow-up: name the contact first",
                    "人员 {person} 目前无随访任务，请先登记密接"
                ));
            };
            let mut door: Door = vec![a.clone()];
            if a.household {
                door = self.s.assignments.group(&Group::Place(a.home.clone())).into_iter().cloned().collect();
            }
            let mut loads = Loads::default();
            self.hand_over(&door, Some(id), |_| (Some(id.clone()), true), &mut loads);
            self.keep_loads(loads);
        }
        Ok(())
    }

    /// The team whose visit this was: the listed one that is named, by id or name; else the one that the person is assigned to, unless it
    /// is the person's own word.
    pub(crate) fn visiting_team(&self, f: &FollowedUp) -> Option<TeamId> {
        let named = f.by.as_deref().map(str::trim).and_then(|by| {
            let is = |t: &&Team| t.state != TeamState::Ended && (t.team_id.as_str() == by || t.name == by);
            // An id goes before a name.
            self.s.teams.values().filter(is).max_by_key(|t| t.team_id.as_str() == by)
        });
        let assigned = || self.s.assignments.get(&f.person).filter(|a| a.active && !f.self_reported).and_then(|a| a.team_id.clone());
        named.map(|t| t.team_id.clone()).or_else(assigned)
    }
}

/// To whom someone belongs who goes from one team to another for good: to that one, unless the one before only stood in.
fn claim_of(a: &FollowUpAssignment, from: &TeamId, to: Option<&TeamId>) -> (Option<TeamId>, bool) {
    if a.own_team.as_ref() == Some(from) { (to.cloned(), false) } else { (a.own_team.clone(), a.by_hand) }
}

/// The innermost place that holds all of these.
fn common_place(places: &[PlaceId]) -> PlaceId {
    let mut common = places[0].clone();
    while let Some(above) = common.parent().filter(|_| !places.iter().all(|p| p.is_within(&common))) {
        common = above;
    }
    common
}
