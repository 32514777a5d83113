//! What a swab shows, alone and with others in a tube.

use crate::rules::{Rules, Tube};
use crate::time::Time;
use quell_epidemic::kernel::World;
use quell_epidemic::random::Key;

/// Share of swabs that catch nothing, whatever the load. Assumption: repeated swabs of hospital patients in 2020 gave false negatives far more often late in the
/// course, which the load itself explains here; at its peak a few in a hundred were missed.
const CATCHES_NOTHING: f64 = 0.05;

/// Share of pooled tubes without any virus that are called positive: contamination. Assumption; in 2022 single such tubes in 100,000 were reported.
pub const FALSE_POOL: f64 = 1e-5;

/// The medium in a tube, millilitres: three for one and for five swabs, six for ten (protocol facts: `ten_in_one`), twelve for twenty, from memory. So ten in one
/// dilutes by two, not by ten.
fn medium(swabs: u32) -> f32 {
    match swabs {
        0..=5 => 3.0,
        6..=10 => 6.0,
        _ => 12.0,
    }
}

/// Virus that one swab brings: log10 copies per millilitre of a tube of its own, and the variant; none if there is none.
pub fn taken(world: &World<'_>, person: u32, time: Time, key: Key) -> Option<(f32, u8)> {
    if !world.history().was_infected(person) || key.draws().unit() < CATCHES_NOTHING {
        return None;
    }
    world.load(person, time as f32)
}

/// The Ct of a tube with these swabs in it, where it is positive.
pub fn positive(world: &World<'_>, rules: &Rules, swabs: &[(f32, u8)], tube: Tube) -> Option<f32> {
    let (_, variant) = swabs.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let copies: f32 = swabs.iter().map(|(load, _)| 10f32.powf(*load)).sum();
    let load = (copies * medium(1) / medium(tube.most())).log10();
    let disease = world.disease();
    let course = &disease.file().variants[usize::from(variant)].course;
    let ct = disease.ct(variant, load);
    (f64::from(load) >= course.detectable_load && ct < rules.positive_below).then_some(ct)
}

/// The Ct of a swab; none if nothing is detected.
pub fn ct(world: &World<'_>, person: u32, time: Time, key: Key) -> Option<f32> {
    let (load, variant) = taken(world, person, time, key)?;
    Some(world.disease().ct(variant, load))
}
