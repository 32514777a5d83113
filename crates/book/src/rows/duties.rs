//! Duties, their counts and owners, sealed days.

use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use serde::{Deserialize, Serialize};

rows! {
    /// A duty of one person, tube, case or place. Duties of a round's roster and of every tube on its way are
    /// columns of `roster` and `tube` instead: whole populations are not rows here.
    Duty [DutyId] "duty" {
        /// Duty.
        duty_id: DutyId,
        /// Kind.
        kind: DutyKind,
        /// What it is about.
        subject_kind: SubjectKind,
        /// Its id.
        subject: String,
        /// The person, when it is about one (also by way of a case).
        person_id: Option<PersonId>,
        /// The tube that brought it: of a recall the pool, of another sample the tube that gave no answer.
        tube: Option<TubeCode>,
        /// Place of the tally.
        place: PlaceId,
        /// Who must do it.
        responsible: Role,
        /// Since when.
        opened_at: Instant,
        /// By when.
        due: Instant,
        /// The rule of the protocol.
        rule: String,
        /// Log position of the fact that opened it.
        opened_seq: i64,
        /// State.
        state: DutyState,
        /// Ended.
        ended_at: Option<Instant>,
        /// Log position of the fact that ended it.
        ended_seq: Option<i64>,
        /// Ended in time.
        in_time: Option<bool>,
        /// Why it was waived or superseded.
        reason: Option<String>,
        /// Who decided.
        decider: Option<String>,
        /// The single sample that discharged it.
        fulfilled_by: Option<TubeCode>,
    } key(r) r.duty_id; groups {
        let mut g = Vec::new();
        if r.state == DutyState::Open {
            if let Some(p) = r.person_id { g.push(Group::Person(p)); }
            if r.subject_kind == SubjectKind::Tube && let Ok(t) = TubeCode::new(r.subject.clone()) { g.push(Group::Tube(t)); }
            if r.subject_kind == SubjectKind::Place { g.push(Group::Place(r.place.clone())); }
            if r.subject_kind == SubjectKind::Account && let Ok(a) = AccountId::new(r.subject.clone()) { g.push(Group::Account(a)); }
        }
        if matches!(r.state, DutyState::Discharged | DutyState::Superseded) && (r.kind.is_sampling() || r.kind == DutyKind::Release)
            && let (Some(p), Some(seq)) = (r.person_id, r.ended_seq) {
            g.push(Group::Ended(p, seq));
        }
        g
    };

    /// Owner and reason of what is overdue below a place, on one day.
    Ownership [(Day, DutyKind, PlaceId)] "ownership" {
        /// The book's day.
        day: Day,
        /// Kind.
        kind: DutyKind,
        /// Place.
        place: PlaceId,
        /// Who will see to it.
        owner: String,
        /// Why it is open.
        reason: String,
    } key(r) (r.day, r.kind, r.place.clone()); groups vec![];

    /// Counts of one kind of duty at one place on one day of the book (and for one round).
    Tally [(Day, DutyKind, PlaceId, String)] "tally" {
        /// The book's day.
        day: Day,
        /// Kind.
        kind: DutyKind,
        /// Place of the tally.
        place: PlaceId,
        /// Round, or empty.
        round: String,
        /// Opened.
        opened: i64,
        /// Opened again after having been discharged.
        reopened: i64,
        /// Discharged.
        discharged: i64,
        /// Of these in time.
        in_time: i64,
        /// Waived.
        waived: i64,
        /// Superseded.
        superseded: i64,
    } key(r) (r.day, r.kind, r.place.clone(), r.round.clone()); groups vec![];

    /// A sealed day.
    SealedDay [Day] "sealed_day" {
        /// The day.
        day: Day,
        /// Log position of the close.
        seq: i64,
        /// When.
        closed_at: Instant,
        /// Who.
        decider: String,
        /// The sheet: the balance of every kind at every place, and what is open.
        sheet: crate::closing::DaySheet,
        /// Hash of the sheet.
        sheet_hash: Hash,
        /// Hash of the day before, of this sheet and of the log's head.
        day_hash: Hash,
    } key(r) r.day; groups vec![];
}
