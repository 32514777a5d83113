//! What a revoked account hands in of the time before: it is taken, and someone looks at it. (SORMAS dropped it: issue 403.)

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::kinds::*;
use crate::refuse;
use crate::table::Group;
use quell_foundation::*;

/// Within how long someone looks at it.
const REVIEW: Span = Span::days(1);

impl Act<'_> {
    pub(crate) fn late_hand_in(&mut self, f: &LateHandIn) -> Outcome {
        self.not_future(f.at)?;
        if !self.s.duties.group(&Group::Account(f.account.clone())).is_empty() {
            return Ok(()); // Whoever looks at the one before looks at this one.
        }
        let due = f.at.at.plus(REVIEW);
        let rule = "access.revoked".to_owned();
        self.open_by(DutyKind::ReviewHandIn, Subject::Account(f.account.clone()), &f.place, f.at.at, due, rule);
        Ok(())
    }

    pub(crate) fn hand_in_reviewed(&mut self, f: &HandInReviewed) -> Outcome {
        self.not_future(f.at)?;
        check_review(&f.decision)?;
        let id = f.duty;
        let open = |d: &&crate::rows::Duty| d.kind == DutyKind::ReviewHandIn && d.state == DutyState::Open;
        let Some(duty) = self.s.duties.get(&id).filter(open).cloned() else {
            return Err(refuse!("duty.unknown", "duty", "no open review of a hand-in {id}", "没有待复核的补报 {id}"));
        };
        self.discharge(&duty, f.at.at);
        Ok(())
    }
}

/// A review says who decided, and what was found.
pub(crate) fn check_review(d: &Decision) -> Outcome {
    if !says_why(d) {
        return Err(refuse!("review.reason", "decision", "a review says what was found, and who decided", "复核须写明查明的情况和决定人"));
    }
    Ok(())
}

/// What goes against a rule, or takes a measure back, names who decided and why.
pub(crate) fn check_decision(d: Option<&Decision>) -> Outcome {
    if d.is_some_and(|d| !says_why(d)) {
        return Err(refuse!("decision.reason", "decision", "a decision names who decided, and why", "决定须写明决定人和理由"));
    }
    Ok(())
}

fn says_why(d: &Decision) -> bool {
    !d.decider.trim().is_empty() && !d.reason.trim().is_empty()
}
