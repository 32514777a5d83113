//! How many people, tubes, beds and vehicles a response has, by the size of the population, and how long their work takes.

use crate::policy;
use serde::Serialize;

/// People whom one sampler swabs in an hour: 360 a round (protocol facts: `nat_guide_v3.samplers_needed`, verified), as twelve hours of 30
/// (`derived_sampler_throughput`, derived there).
pub const SWABS_PER_HOUR: f64 = 30.0;
/// Hours of a day in which samples are taken in a round, from [`MORNING`] on. See [`SWABS_PER_HOUR`].
pub const SAMPLING_HOURS: f64 = 12.0;
/// When sampling begins, as a share of the day: seven o'clock. Assumption.
pub const MORNING: f64 = 7.0 / 24.0;
/// From a full tube to the laboratory, hours: roads of 10 to 130 minutes in Wushan (assumption of crates/rehearse) and filling a box.
pub const CARRIAGE_HOURS: f64 = 1.5;
/// From the bench to a result in a laboratory without a queue, hours: extraction and amplification. From memory.
pub const RUN_HOURS: f64 = 3.5;
/// From the swab until a tube that was not tested is thrown away, hours: respiratory specimens keep for 72 hours at 2 to 8 degrees (Centers for Disease Control
/// and Prevention, guidelines for specimens of COVID-19, from memory).
pub const KEEPS_HOURS: f64 = 72.0;
/// Work of one team on one case until its contacts are named, hours. Assumption within the four hours of the local 2 + 4 + 24 rule.
pub const INVESTIGATION_HOURS: f64 = 3.0;
/// Finding and telling one contact, hours of one caller. Assumption.
pub const CALL_HOURS: f64 = 0.25;
/// A seat is taken for so long by one transfer, hours. Assumption.
pub const TRANSFER_HOURS: f64 = 2.0;
/// From a positive pool to the swab of its members, hours: half of the protocol's four. Assumption.
pub const RECALL_HOURS: f64 = 2.0;
/// Tubes that one person tests in an hour at the bench: 96 wells in the hands of three for three hours. Assumption.
pub const TUBES_PER_STAFF_HOUR: f64 = 10.0;
/// Hours that one of a ward's staff works a day. With the protocol's beds for each of them.
pub const SHIFT_HOURS: f64 = 8.0;
/// People who share one laboratory network and one pool of samplers, at most. Townships are taken together up to this.
pub const CATCHMENT_PEOPLE: u32 = 1_000_000;

/// What there is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Means {
    /// Samplers at work at the same time.
    pub samplers: f64,
    /// Tubes that laboratories can test in an hour.
    pub tubes_per_hour: f64,
    /// Teams of investigators at work at the same time.
    pub investigators: u32,
    /// People who call contacts at the same time.
    pub callers: u32,
    /// Seats in vehicles for transfers.
    pub seats: u32,
    /// Rooms of isolation sites.
    pub rooms: u32,
    /// Beds of shelter hospitals.
    pub shelter_beds: u32,
    /// Beds of designated hospitals.
    pub hospital_beds: u32,
    /// Further shelter beds and rooms a day once the first case is found.
    pub opened_per_day: u32,
}

impl Means {
    /// What the policy says, and for what it leaves out:
    ///
    /// * samplers: people / 360 (as [`SWABS_PER_HOUR`]).
    /// * tubes: one round of ten in one a day in 22 hours (Chongqing's 2.82 million tubes a day in November 2022 are one for 11.4 people; protocol facts:
    ///   `capacity_examples.chongqing_nov2022`).
    /// * investigators and callers: 30 contact tracers per 100,000 in an epidemic (National Association of County and City Health Officials 2020, from
    ///   memory), a third of them at work, four of ten as investigators.
    /// * seats: ambulances for 30,000 people each with two (guidance of September 2020, from memory), buses of twenty for 50,000 and a minibus of eight for
    ///   20,000: assumptions.
    /// * rooms: 60 for 10,000 (requirement of May 2022, verified in the protocol facts); shelter beds 52,513 for Chongqing's 32.05 million, designated 8,000 for
    ///   Shanghai's 24.87 million (both in crates/rehearse).
    /// * nothing is opened.
    pub fn of(people: u32, wanted: &policy::Means) -> Self {
        let n = f64::from(people);
        let whole = |said: Option<f64>, rule: f64| said.unwrap_or(rule).ceil().max(1.0) as u32;
        Self {
            samplers: wanted.samplers.unwrap_or((n / 360.0).ceil().max(1.0)),
            tubes_per_hour: wanted.tubes_per_hour.unwrap_or((n / 10.0 / 22.0).max(10.0)),
            investigators: whole(wanted.investigators, n * 4e-5),
            callers: whole(wanted.callers, n * 6e-5),
            seats: whole(wanted.seats, n / 30_000.0 * 2.0 + n / 50_000.0 * 20.0 + n / 20_000.0 * 8.0),
            rooms: wanted.rooms.unwrap_or((n * 60e-4).ceil() as u32),
            shelter_beds: wanted.shelter_beds.unwrap_or((n * 52_513.0 / 32.054e6).ceil() as u32),
            hospital_beds: wanted.hospital_beds.unwrap_or((n * 8_000.0 / 24.87e6).ceil() as u32),
            opened_per_day: wanted.opened_per_day.unwrap_or(0),
        }
    }
}
