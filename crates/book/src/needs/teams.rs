//! Which assignments to follow-up teams the facts will touch.

use super::Needs;
use crate::fact::Fact;
use crate::state::State;
use quell_foundation::*;

impl Needs {
    /// Whoever is assigned by hand, and whoever that person is now.
    pub(super) fn follow_assigned(&mut self, s: &State, person: PersonId) {
        self.follow_person(s, person);
        if let Some(kept) = s.persons.known(&person).flatten().and_then(|p| p.same_as) {
            self.follow_person(s, kept);
        }
    }

    /// The households of everyone who may come under follow-up or move, and all whom a change of a team may move. Called last: it looks
    /// at the dossiers that are needed.
    pub(super) fn follow_teams(&mut self, s: &State, facts: &[&Fact]) {
        let listed = facts.iter().filter_map(|f| if let Fact::TeamListed(f) = f { Some((&f.team, &f.places)) } else { None });
        let known = s.teams.values().map(|t| (&t.team_id, &t.places));
        let teams: Vec<(&TeamId, &Vec<PlaceId>)> = known.chain(listed).collect();
        let of_dossiers: Vec<PlaceId> = self.dossiers.iter().filter_map(|p| Some(s.persons.known(p).flatten()?.home.clone())).collect();
        of_dossiers.iter().for_each(|home| self.home(!teams.is_empty(), home));
        for fact in facts {
            let Fact::PersonListed(f) = fact else { continue };
            let moved = s.persons.known(&f.person).flatten().is_some_and(|p| p.home != f.home);
            if moved || self.dossiers.contains(&f.person) {
                self.assignments.insert(f.person);
                self.home(!teams.is_empty(), &f.home);
            }
        }
        for fact in facts {
            match fact {
                Fact::TeamReturned(f) => self.team_with_neighbours(&f.team, &teams),
                Fact::TeamListed(f) => self.team_with_neighbours(&f.team, &teams),
                _ => {}
            }
        }
    }

    /// What kind of place a home is, and who else lives there; without teams nobody asks for that.
    fn home(&mut self, teams: bool, home: &PlaceId) {
        self.places.insert(home.clone());
        if teams {
            self.homes.insert(home.clone());
        }
    }

    /// A team that takes people over takes them from those that cover some place with it, as it is and as these facts say that it will be.
    fn team_with_neighbours(&mut self, team: &TeamId, all: &[(&TeamId, &Vec<PlaceId>)]) {
        let mine: Vec<&PlaceId> = all.iter().filter(|t| t.0 == team).flat_map(|t| t.1).collect();
        let meets = |places: &[PlaceId]| places.iter().any(|p| mine.iter().any(|m| p.is_within(m) || m.is_within(p)));
        self.teams.extend([None, Some(team.clone())]);
        self.teams.extend(all.iter().filter(|t| meets(t.1)).map(|t| Some(t.0.clone())));
    }
}
