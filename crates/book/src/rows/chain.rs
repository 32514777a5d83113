//! Swabs, tubes, boxes, plates, results.

use crate::fact::TargetCt;
use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use quell_protocol::TubeMode;
use serde::{Deserialize, Serialize};

rows! {
    /// A person swabbed into a tube.
    Registration [(PersonId, TubeCode)] "registration" {
        /// Person.
        person_id: PersonId,
        /// Tube.
        tube: TubeCode,
        /// Round.
        round: Option<RoundId>,
        /// Community of the person's home.
        place: PlaceId,
        /// When swabbed.
        sampled_at: Instant,
        /// The log position of the fact.
        seq: i64,
        /// It fulfils the round's duty (false: a repeat, or not on the roster).
        counts: bool,
        /// What a human should look at.
        flag: Option<String>,
        /// The log position of the fact that voided it.
        void_seq: Option<i64>,
    } key(r) (r.person_id, r.tube.clone()); groups vec![Group::Person(r.person_id), Group::Tube(r.tube.clone())];

    /// A tube and its way. Its duties (seal, deliver, test) are its due times.
    Tube [TubeCode] "tube" {
        /// Barcode.
        tube: TubeCode,
        /// Round.
        round: Option<RoundId>,
        /// Where it was filled: the place of its tally.
        place: PlaceId,
        /// Mode.
        mode: TubeMode,
        /// Persons it may hold.
        capacity: i32,
        /// Persons in it now.
        members: i32,
        /// Household of a household tube.
        household: Option<PlaceId>,
        /// State.
        state: TubeState,
        /// First swab.
        opened_at: Instant,
        /// To be sealed by.
        seal_due: Option<Instant>,
        /// Sealed.
        sealed_at: Option<Instant>,
        /// Box.
        #[serde(rename = "box")] r#box: Option<BoxCode>,
        /// Who holds it.
        holder: Option<String>,
        /// Left the station.
        left_at: Option<Instant>,
        /// To be at a laboratory by.
        deliver_due: Option<Instant>,
        /// Received.
        received_at: Option<Instant>,
        /// Laboratory.
        laboratory: Option<PlaceId>,
        /// To have a result by.
        test_due: Option<Instant>,
        /// Resulted.
        resulted_at: Option<Instant>,
        /// Result in force.
        result: Option<TestResult>,
        /// Cycle thresholds of that result.
        targets: Vec<TargetCt>,
        /// Plate of that result.
        plate: Option<PlateId>,
        /// Runs so far.
        runs: i32,
    } key(r) r.tube.clone(); groups r.r#box.iter().map(|b| Group::Box(b.clone())).collect();

    /// A transport box.
    TransportBox [BoxCode] "box" {
        /// Code.
        #[serde(rename = "box")] r#box: BoxCode,
        /// Where it was packed.
        place: PlaceId,
        /// Packed.
        packed_at: Instant,
        /// Tubes put in.
        tubes: i32,
        /// Who holds it.
        holder: Option<String>,
    } key(r) r.r#box.clone(); groups vec![];

    /// Custody passed on: one row a fact.
    HandOver [(i64, i32)] "hand_over" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Place of the box or tube.
        place: PlaceId,
        /// Box.
        #[serde(rename = "box")] r#box: Option<BoxCode>,
        /// Tube.
        tube: Option<TubeCode>,
        /// Who gave.
        given_by: String,
        /// Who took.
        taken_by: String,
        /// When.
        at: Instant,
        /// Temperature.
        temperature: Option<Celsius>,
    } key(r) (r.seq, r.idx); groups vec![];

    /// A plate.
    Plate [PlateId] "plate" {
        /// Code.
        plate: PlateId,
        /// Laboratory.
        laboratory: PlaceId,
        /// Read.
        read_at: Instant,
        /// Both controls were as they should be.
        valid: bool,
    } key(r) r.plate.clone(); groups vec![];

    /// What a laboratory has read on one day of its own calendar, by the mode of the tubes: to compare laboratories with one another.
    LaboratoryDay [(PlaceId, Day, TubeMode)] "laboratory_day" {
        /// Laboratory.
        laboratory: PlaceId,
        /// The day on which they were read.
        day: Day,
        /// Mode of the tubes.
        mode: TubeMode,
        /// Tubes read; failed runs are not counted.
        tubes: i64,
        /// Of these not negative.
        positive: i64,
        /// The open duty to look into it.
        review: Option<DutyId>,
        /// Someone has looked into this day: it opens no other duty.
        reviewed: bool,
    } key(r) (r.laboratory.clone(), r.day, r.mode); groups vec![];

    /// A result as read: one row a fact.
    ResultLine [(i64, i32)] "result" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Tube.
        tube: TubeCode,
        /// Place of the tube.
        place: PlaceId,
        /// Plate.
        plate: Option<PlateId>,
        /// When.
        at: Instant,
        /// Result.
        result: TestResult,
        /// Cycle thresholds.
        targets: Vec<TargetCt>,
        /// Why, when it corrects an earlier one.
        correction: Option<String>,
    } key(r) (r.seq, r.idx); groups vec![];
}

impl Registration {
    /// True if the swab is in a tube that is less strict than the protocol asks for: recorded, and owed again.
    pub fn is_wrong_mode(&self) -> bool {
        self.flag.as_ref().is_some_and(|f| f.split(',').any(|f| f == "wrong_mode"))
    }
}
