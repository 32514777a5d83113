//! What a meeting that a register shows makes of someone: the rules by which candidates for contacts are proposed. They propose only:
//! a person decides, and nobody is restricted by a match.

use crate::decode::{Reader, section};
use crate::model::Protocol;
use crate::param::Param;
use crate::quantity::{Count, Limit};
use crate::words::{Confidence, ContactCategory, Proposal, Register};
use quell_foundation::Span;

section! {
    /// One rule a register. A register without a rule is not searched.
    Exposures {
        /// Same household.
        household: Option<ExposureRule>,
        /// Same unit (stairwell).
        unit: Option<ExposureRule>,
        /// Same school class.
        class: Option<ExposureRule>,
        /// Same workplace or team.
        workplace: Option<ExposureRule>,
        /// Any other group that has a list.
        group: Option<ExposureRule>,
        /// The same event: a wedding, a funeral, a meal.
        event: Option<ExposureRule>,
        /// Same ward.
        ward: Option<ExposureRule>,
        /// Same vehicle.
        vehicle: Option<ExposureRule>,
        /// Same venue.
        venue: Option<ExposureRule>,
        /// Same queue for sampling.
        sampling_queue: Option<ExposureRule>,
    }
}

section! {
    /// What a meeting makes of someone.
    ExposureRule {
        /// Of whoever was near and long enough.
        category: Param<Proposal>,
        /// How certain it is that they met.
        certainty: Param<Confidence>,
        /// Least time together.
        overlap: Option<Param<Limit>>,
        /// Whoever came up to so long after the case had left still counts: the air of a room. In a queue: so far apart in time.
        within: Option<Param<Limit>>,
        /// Most rows between the seats of a vehicle.
        rows: Option<Param<Count>>,
        /// Of whoever was there for less time, or farther away; by default no contact.
        otherwise: Option<Param<Proposal>>,
        /// How long someone stays who is checked in and not checked out.
        stay: Option<Param<Limit>>,
        /// Goes on while the case is isolated at home by an order; by default the meeting ends with it. (In a facility nobody is at home.)
        through_isolation: Option<Param<bool>>,
    }
}

/// A rule as an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// The register.
    pub register: Register,
    /// Of whoever was near and long enough.
    pub category: Proposal,
    /// How certain it is that they met.
    pub certainty: Confidence,
    /// Least time together.
    pub overlap: Span,
    /// So long after the case had left, or so far apart in a queue.
    pub within: Span,
    /// Most rows between seats.
    pub rows: Option<u32>,
    /// Of whoever was there for less time, or farther away.
    pub otherwise: Proposal,
    /// How long someone stays who is not checked out.
    pub stay: Span,
    /// Goes on while the case is isolated at home by an order.
    pub through_isolation: bool,
    /// Path of the rule in the protocol.
    pub rule: &'static str,
}

/// How long someone stays who is not checked out, where the rule does not say it.
const STAY: Span = Span::hours(1);

impl Exposures {
    fn rules(&self) -> [(Register, &'static str, Option<&ExposureRule>); 10] {
        [
            (Register::Household, "exposures.household", self.household.as_ref()),
            (Register::Unit, "exposures.unit", self.unit.as_ref()),
            (Register::Class, "exposures.class", self.class.as_ref()),
            (Register::Workplace, "exposures.workplace", self.workplace.as_ref()),
            (Register::Group, "exposures.group", self.group.as_ref()),
            (Register::Event, "exposures.event", self.event.as_ref()),
            (Register::Ward, "exposures.ward", self.ward.as_ref()),
            (Register::Vehicle, "exposures.vehicle", self.vehicle.as_ref()),
            (Register::Venue, "exposures.venue", self.venue.as_ref()),
            (Register::SamplingQueue, "exposures.sampling_queue", self.sampling_queue.as_ref()),
        ]
    }
}

impl Proposal {
    /// The category of a contact record; `None` for no contact.
    pub fn category(self) -> Option<ContactCategory> {
        match self {
            Proposal::Close => Some(ContactCategory::Close),
            Proposal::Secondary => Some(ContactCategory::Secondary),
            Proposal::General => Some(ContactCategory::General),
            Proposal::None => None,
        }
    }
}

impl Protocol {
    /// What a meeting that a register shows makes of someone, a rule a register.
    pub fn meetings(&self) -> Vec<Meeting> {
        let limit = |p: &Option<Param<Limit>>| p.as_ref().map(|p| p.value.0);
        let meeting = |(register, rule, of): (Register, &'static str, Option<&ExposureRule>)| {
            of.map(|r| Meeting {
                register,
                category: r.category.value,
                certainty: r.certainty.value,
                overlap: limit(&r.overlap).unwrap_or(Span(0)),
                within: limit(&r.within).unwrap_or(Span(0)),
                rows: r.rows.as_ref().map(|p| p.value.0),
                otherwise: r.otherwise.as_ref().map_or(Proposal::None, |p| p.value),
                stay: limit(&r.stay).unwrap_or(STAY),
                through_isolation: r.through_isolation.as_ref().is_some_and(|p| p.value),
                rule,
            })
        };
        self.exposures.iter().flat_map(Exposures::rules).filter_map(meeting).collect()
    }

    /// Days before and after its onset (or its sample, without one) in which whom a case met are looked for: when it can infect, or,
    /// where that is not known, as long before as the definition of contacts says, and on to the end.
    pub fn contact_window(&self) -> (f64, Option<f64>) {
        let lookback = self.close_contact_lookback().map(|s| s.seconds() as f64 / 86_400.0);
        match self.infectious_window() {
            Some((before, after)) => (before.max(lookback.unwrap_or(0.0)), Some(after)),
            None => (lookback.unwrap_or(0.0), None),
        }
    }
}

/// What is proposed can be confirmed: the protocol manages contacts of that category. Only vehicles have rows, only what needs a time
/// or a place can fall short of it.
pub(crate) fn check(p: &Protocol, r: &mut Reader) {
    for (register, path, rule) in p.exposures.iter().flat_map(Exposures::rules).filter_map(|(g, path, rule)| rule.map(|x| (g, path, x))) {
        let proposals = [("category", Some(&rule.category)), ("otherwise", rule.otherwise.as_ref())];
        for (name, proposal) in proposals.into_iter().filter_map(|(n, q)| q.map(|q| (n, q.value))) {
            if proposal.category().is_some_and(|c| p.contact_schedule(c).is_none()) {
                let message = "contacts of this category are not managed by this protocol";
                r.fault(&format!("{path}.{name}"), message, "propose a category that has a schedule, or none");
            }
        }
        if rule.rows.is_some() && register != Register::Vehicle {
            r.fault(&format!("{path}.rows"), "only vehicles have rows of seats", "remove it");
        }
        let by_list = [Register::Household, Register::Unit, Register::Class, Register::Workplace, Register::Group];
        if rule.through_isolation.is_some() && !by_list.contains(&register) {
            r.fault(
                &format!("{path}.through_isolation"),
                "where the case was is known by the times of this register",
                "remove it: it is for household, unit, class, workplace and group",
            );
        }
        if rule.otherwise.is_some() && rule.overlap.is_none() && rule.rows.is_none() {
            r.fault(
                &format!("{path}.otherwise"),
                "nothing can fall short: the rule asks for no time and no distance",
                "remove it, or give overlap or rows",
            );
        }
    }
}
