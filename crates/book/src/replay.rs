//! The book from its log alone: every submission applied again, in memory, from the first to the last.
//! `quell verify` compares the result with the database; a rehearsal runs on it without a database.

use crate::act::{Context, apply};
use crate::fact::Fact;
use crate::refusal::Refusal;
use crate::rows::*;
use crate::state::{BookConfig, Changes, State, TallyKey};
use quell_foundation::*;
use std::collections::BTreeMap;

/// A whole book in memory.
#[derive(Debug)]
pub struct Replay {
    /// All tables.
    pub state: State,
    /// All tallies.
    pub tallies: BTreeMap<TallyKey, Tally>,
    last_sealed: Option<SealedDay>,
}

impl Replay {
    /// An empty book.
    pub fn new(config: BookConfig) -> Self {
        Self { state: State::whole(config), tallies: BTreeMap::new(), last_sealed: None }
    }

    /// Applies one submission as the door did. `log_hash`: the log's hash before it.
    pub fn submit(&mut self, context: Context<'_>, log_hash: Hash, facts: &[Fact]) -> Result<Changes, Refusal> {
        if facts.iter().any(|f| matches!(f, Fact::DayClosed(_))) {
            let day = self.state.open_day;
            let tallies = self.tallies.values().filter(|t| Some(t.day) == day).cloned().collect();
            self.state.closing = Some(self.state.closing_view(context.now, tallies, self.last_sealed.clone(), log_hash));
        }
        let outcome = apply(&mut self.state, context, facts);
        self.state.closing = None;
        outcome?;
        let mut changes = self.state.take_changes();
        let bulk = std::mem::take(&mut changes.bulk);
        if !bulk.is_empty() {
            self.state.run_bulk(bulk);
            let more = self.state.take_changes();
            changes.roster.extend(more.roster);
            changes.tallies.extend(more.tallies);
        }
        for t in &changes.tallies {
            self.add_tally(t);
        }
        if let Some(d) = changes.sealed_days.last() {
            self.last_sealed = Some(d.clone());
        }
        Ok(changes)
    }

    fn add_tally(&mut self, t: &Tally) {
        let key = (t.day, t.kind, t.place.clone(), t.round.clone());
        match self.tallies.get_mut(&key) {
            Some(sum) => {
                sum.opened += t.opened;
                sum.reopened += t.reopened;
                sum.discharged += t.discharged;
                sum.in_time += t.in_time;
                sum.waived += t.waived;
                sum.superseded += t.superseded;
            }
            None => {
                self.tallies.insert(key, t.clone());
            }
        }
    }
}
