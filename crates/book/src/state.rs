//! The state that facts change: every table, and the counts.

use crate::brief::Briefs;
use crate::kinds::DutyKind;
use crate::rows::*;
use crate::table::{Changed, Table};
use quell_foundation::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What never changes about a book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookConfig {
    /// The book.
    pub book: BookId,
    /// Its root in the place tree.
    pub root: PlaceId,
    /// Offset of the book's days from UTC.
    pub offset: UtcOffset,
    /// Depth of the places at which duties are counted (communities: 4 in `50.500237.101.001`).
    pub tally_depth: usize,
}

impl BookConfig {
    /// Depth of buildings: below a community come compounds, then these.
    pub const fn building_depth(&self) -> usize {
        self.tally_depth + 2
    }
}

/// Which counter of a tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Opened.
    Opened,
    /// Opened again.
    Reopened,
    /// Discharged; in time or not.
    Discharged {
        /// In time.
        in_time: bool,
    },
    /// Waived.
    Waived,
    /// Superseded.
    Superseded,
}

/// Key of a tally: day, kind, place, round (empty for none).
pub type TallyKey = (Day, DutyKind, PlaceId, String);

/// Work on whole populations that the store does set by set (and [`State::run_bulk`] row by row).
#[derive(Debug, Clone, PartialEq)]
pub enum Bulk {
    /// Put everyone whose home lies in the round's scope on its roster.
    MakeRoster(RoundId),
    /// Whoever was not sampled in this round by its closing was missed.
    CloseRoster(RoundId),
}

/// Open items by kind and place, counted from the rows themselves, and which of them are overdue.
pub type OpenCounts = BTreeMap<(DutyKind, PlaceId), Open>;

/// How many are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Open {
    /// Open.
    pub open: i64,
    /// Of these overdue.
    pub overdue: i64,
}

/// What the close of a day needs to know of the whole book.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClosingView {
    /// Open items counted from the rows.
    pub open: OpenCounts,
    /// The tallies of the day.
    pub tallies: Vec<Tally>,
    /// The last sealed day.
    pub before: Option<SealedDay>,
    /// Owners and reasons given on this day.
    pub owned: Vec<Ownership>,
    /// The log's hash before the close.
    pub log_hash: Hash,
}

macro_rules! state {
    ($($field:ident : $row:ty,)*) => {
        /// All tables of one book: whole, or the slice that one batch needs.
        #[derive(Debug, Clone)]
        pub struct State {
            /// The book.
            pub config: BookConfig,
            /// The day of the book that is open now.
            pub open_day: Option<Day>,
            /// The protocol adopted, with the hash of its file.
            pub protocol: Option<(ProtocolId, Hash)>,
            $(#[doc = concat!("Table `", stringify!($field), "`.")] pub $field: Table<$row>,)*
            /// People of whom a slice knows only what a swab needs.
            pub(crate) briefs: Briefs,
            /// What a close needs; loaded only for it.
            pub closing: Option<ClosingView>,
            tally_log: Vec<Counted>,
            bulk: Vec<Bulk>,
        }
        /// A point to roll back to.
        #[derive(Debug, Clone)]
        pub struct Mark { $($field: usize,)* tally: usize, bulk: usize, open_day: Option<Day>, protocol: Option<(ProtocolId, Hash)> }
        /// Everything that changed.
        #[derive(Debug, Default)]
        pub struct Changes {
            $(#[doc = concat!("Changed rows of `", stringify!($field), "`.")] pub $field: Changed<$row>,)*
            /// Counts to add.
            pub tallies: Vec<Tally>,
            /// Bulk work.
            pub bulk: Vec<Bulk>,
        }
        impl State {
            /// An empty book, held whole.
            pub fn whole(config: BookConfig) -> Self {
                Self { config, open_day: None, protocol: None, $($field: Table::whole(),)* briefs: Briefs::default(), closing: None, tally_log: vec![], bulk: vec![] }
            }
            /// An empty slice, to be loaded.
            pub fn slice(config: BookConfig, open_day: Option<Day>, protocol: Option<(ProtocolId, Hash)>) -> Self {
                Self { config, open_day, protocol, $($field: Table::slice(),)* briefs: Briefs::default(), closing: None, tally_log: vec![], bulk: vec![] }
                    .with_whole_small_tables()
            }
            /// Takes in what another slice of the same book has loaded; what is already here wins, for it is as new or newer.
            pub fn absorb(&mut self, other: State) {
                $(self.$field.absorb(other.$field);)*
                self.briefs.absorb(other.briefs);
            }
            /// Empties the slice of everything but rounds, zones, teams and the laboratories' days; nothing of it may be changed and not
            /// taken.
            pub fn clear(&mut self) {
                let (rounds, zones, days) = (self.rounds.clone(), self.zones.clone(), self.laboratory_days.clone());
                let teams = self.teams.clone();
                $(self.$field.clear();)*
                self.briefs.clear();
                (self.rounds, self.zones, self.laboratory_days, self.teams) = (rounds, zones, days, teams);
            }
            /// A mark to roll back to.
            pub fn mark(&self) -> Mark {
                Mark { $($field: self.$field.mark(),)* tally: self.tally_log.len(), bulk: self.bulk.len(), open_day: self.open_day, protocol: self.protocol.clone() }
            }
            /// Undoes everything since the mark.
            pub fn rollback(&mut self, m: &Mark) {
                $(self.$field.rollback(m.$field);)*
                self.tally_log.truncate(m.tally);
                self.bulk.truncate(m.bulk);
                self.open_day = m.open_day;
                self.protocol.clone_from(&m.protocol);
            }
            /// What has changed since the last call.
            pub fn take_changes(&mut self) -> Changes {
                Changes {
                    $($field: self.$field.take_changes(),)*
                    tallies: sum_tallies(self.tally_log.drain(..)),
                    bulk: std::mem::take(&mut self.bulk),
                }
            }
        }
    };
}

state! {
    places: Place,
    persons: Person,
    merges: Merge,
    distincts: Distinct,
    rounds: Round,
    roster: Roster,
    registrations: Registration,
    tubes: Tube,
    boxes: TransportBox,
    hand_overs: HandOver,
    plates: Plate,
    results: ResultLine,
    laboratory_days: LaboratoryDay,
    cases: Case,
    contacts: Contact,
    follow_ups: FollowUp,
    prophylaxes: Prophylaxis,
    vaccinations: Vaccination,
    orders: RestrictionOrder,
    appeals: Appeal,
    investigations: Investigation,
    interviews: Interview,
    visits: Visit,
    links: Link,
    outbox: SentMessage,
    inbox: ReceivedMessage,
    leads: Lead,
    events: Event,
    memberships: Membership,
    check_ins: CheckIn,
    teams: Team,
    assignments: FollowUpAssignment,
    transfers: Transfer,
    stays: Stay,
    observations: Observation,
    zones: Zone,
    duties: Duty,
    ownerships: Ownership,
    sealed_days: SealedDay,
}

impl State {
    /// An empty slice of the same book, with the same rounds, zones and teams.
    pub fn empty_slice(&self) -> Self {
        let mut slice = Self::slice(self.config.clone(), self.open_day, self.protocol.clone());
        self.rounds.values().for_each(|r| slice.rounds.load(r.clone()));
        self.zones.values().for_each(|z| slice.zones.load(z.clone()));
        self.teams.values().for_each(|t| slice.teams.load(t.clone()));
        slice
    }
    /// Rounds and zones are few: the slice holds all that are in force. So are the days of laboratories and the teams: all of them.
    fn with_whole_small_tables(mut self) -> Self {
        self.rounds = Table::whole();
        self.zones = Table::whole();
        self.laboratory_days = Table::whole();
        self.teams = Table::whole();
        self
    }
    /// Counts n duties of a kind at a place. The day is the book's open day.
    pub(crate) fn count(&mut self, kind: DutyKind, place: &PlaceId, round: Option<&RoundId>, what: Count, n: i64) {
        let day = self.open_day.unwrap_or(Day(0));
        self.tally_log.push(Counted { of: (day, kind, place.clone(), round.cloned()), what, n });
    }
    /// True if this submission opened the round: its roster is made after it.
    pub(crate) fn makes_roster(&self, round: &RoundId) -> bool {
        self.bulk.contains(&Bulk::MakeRoster(round.clone()))
    }
    pub(crate) fn push_bulk(&mut self, b: Bulk) {
        self.bulk.push(b);
    }
    /// The place of the tally for something at this place.
    pub fn tally_place(&self, place: &PlaceId) -> PlaceId {
        place.at_depth(self.config.tally_depth)
    }
}

/// A count of one fact. Every registration makes two: the round is shared, not copied.
#[derive(Debug, Clone)]
struct Counted {
    of: (Day, DutyKind, PlaceId, Option<RoundId>),
    what: Count,
    n: i64,
}

/// Adds up counts by day, kind, place and round, in this order.
fn sum_tallies(log: impl IntoIterator<Item = Counted>) -> Vec<Tally> {
    let mut sums: HashMap<_, Tally, foldhash::fast::RandomState> = HashMap::default();
    for Counted { of, what, n } in log {
        let t = sums.entry(of).or_insert_with_key(|(day, kind, place, round)| Tally {
            day: *day,
            kind: *kind,
            place: place.clone(),
            round: round.as_ref().map(|r| r.to_string()).unwrap_or_default(),
            opened: 0,
            reopened: 0,
            discharged: 0,
            in_time: 0,
            waived: 0,
            superseded: 0,
        });
        match what {
            Count::Opened => t.opened += n,
            Count::Reopened => t.reopened += n,
            Count::Discharged { in_time } => {
                t.discharged += n;
                t.in_time += if in_time { n } else { 0 };
            }
            Count::Waived => t.waived += n,
            Count::Superseded => t.superseded += n,
        }
    }
    let mut tallies: Vec<Tally> = sums.into_values().collect();
    tallies.sort_unstable_by(|a, b| (a.day, a.kind, &a.place, &a.round).cmp(&(b.day, b.kind, &b.place, &b.round)));
    tallies
}
