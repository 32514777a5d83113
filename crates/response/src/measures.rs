//! Closures, masks, vaccination: what changes for everyone.

use crate::ledger::{Census, Ledger};
use crate::policy::{Campaign, Closure, Policy, Setting};
use crate::responder::Responder;
use crate::series::Series;
use crate::time::Time;
use quell_epidemic::Layer;
use quell_epidemic::kernel::{Meeting, World};
use quell_epidemic::population::{Level, Population, READINESS};

/// Settings that can be closed, in the order of [`Setting`].
const SETTINGS: usize = 4;

/// What is closed on a day.
#[derive(Debug, Clone)]
pub struct Measures {
    /// What is left of contacts, by township and setting.
    left: Vec<[f32; SETTINGS]>,
    /// Whether anything is closed anywhere.
    any: bool,
    /// What masks leave outside the home.
    masks: f32,
    /// Whether each closure stands, by township.
    standing: Vec<Vec<bool>>,
    /// Where vaccination has got to: group of ages, person.
    campaign: (usize, u32),
}

impl Measures {
    /// Nothing is closed.
    pub fn new(policy: &Policy, townships: u32) -> Self {
        let n = townships as usize;
        Self {
            left: vec![[1.0; SETTINGS]; n],
            any: false,
            masks: 1.0,
            standing: vec![vec![false; n]; policy.closures.len()],
            campaign: (0, 0),
        }
    }
    /// What is closed on a day, by what was known on the evening before.
    pub fn decide(&mut self, day: u32, last: &[Time], series: &Series, policy: &Policy) {
        self.left.iter_mut().for_each(|row| *row = [1.0; SETTINGS]);
        self.any = false;
        let now = f64::from(day);
        let everywhere = last.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (closure, standing) in policy.closures.iter().zip(&mut self.standing) {
            for (township, stands) in standing.iter_mut().enumerate() {
                let latest = if closure.everywhere { everywhere } else { last[township] };
                *stands = closed(closure, *stands, day, now - latest, latest.is_finite(), series);
                if *stands {
                    self.any = true;
                    for setting in &closure.settings {
                        let left = &mut self.left[township][*setting as usize];
                        *left = left.min(1.0 - closure.effect as f32);
                    }
                }
            }
        }
        self.masks = policy
            .masks
            .as_ref()
            .filter(|m| day >= m.from_day)
            .map_or(1.0, |m| ((1.0 - m.worn * m.source) * (1.0 - m.worn * m.wearer)) as f32);
    }
    /// What is left of a meeting.
    #[inline]
    pub fn factor(&self, population: &Population, meeting: &Meeting) -> f32 {
        let setting = match meeting.layer {
            Layer::Household | Layer::Unit | Layer::Care => return 1.0,
            Layer::Vehicle | Layer::Queue => return self.masks,
            Layer::School => Setting::School,
            Layer::Work => Setting::Work,
            Layer::Market => Setting::Market,
            Layer::Travel => Setting::Travel,
        };
        if !self.any {
            return self.masks;
        }
        let townships = population.homes(Level::Township);
        let left = |p: u32| self.left[townships.find(p) as usize][setting as usize];
        self.masks * left(meeting.infector).min(left(meeting.target))
    }
    /// Books a day of closures.
    pub fn book(&self, ledger: &mut Ledger, census: &Census, held: &[u32]) {
        if !self.any {
            return;
        }
        for (township, left) in (0..).zip(&self.left) {
            // A township stands still as far as work, markets and all else are closed together.
            let standstill = left[Setting::Work as usize..].iter().map(|l| 1.0 - f64::from(*l)).fold(1.0, f64::min);
            let schools = 1.0 - f64::from(left[Setting::School as usize]);
            if standstill > 0.0 || schools > 0.0 {
                ledger.closed_day(census, township, held[township as usize], standstill, schools);
            }
        }
    }
}

fn closed(closure: &Closure, stands: bool, day: u32, since_last: Time, any: bool, series: &Series) -> bool {
    if day < closure.from_day || day >= closure.to_day {
        return false;
    }
    let clear = !any || since_last >= f64::from(closure.until_clear_days);
    if stands {
        return !clear || closure.when_cases == 0;
    }
    // By township the latest case is known, not all: one is enough there, more are counted everywhere.
    closure.when_cases == 0 || any && since_last < 7.0 && series.community(7) >= u64::from(closure.when_cases)
}

/// Whether somebody lacks a campaign's status and comes for it: of those who lack it the readiest.
fn comes(world: &World<'_>, campaign: &Campaign, person: u32, time: f32) -> bool {
    let known = world.disease().file().vaccination.len();
    if world.status(person, time) >= campaign.status || usize::from(campaign.status) > known {
        return false;
    }
    let who = world.population().person(person);
    let have = world.disease().covered(campaign.status, who.age());
    (f64::from(who.readiness()) + 0.5) / f64::from(READINESS) < have + (1.0 - have) * campaign.willing
}

impl Responder<'_> {
    /// The doses of a day: by priority, then by where people live, as many as there are.
    pub(crate) fn vaccinate(&mut self, world: &World<'_>, day: u32) {
        let Some(campaign) = self.policy.vaccination.as_ref().filter(|c| day >= c.from_day) else { return };
        let population = world.population();
        let mut left = (f64::from(population.len()) * campaign.per_1000 / 1_000.0).round() as u64;
        let (mut group, mut person) = self.measures.campaign;
        while left > 0 && group < campaign.ages.len() {
            let [from, to] = campaign.ages[group];
            while left > 0 && person < population.len() {
                let who = population.person(person);
                if (from..=to).contains(&who.age()) && comes(world, campaign, person, day as f32) {
                    self.doses.push((person, campaign.status));
                    left -= 1;
                }
                person += 1;
            }
            if person == population.len() {
                (group, person) = (group + 1, 0);
            }
        }
        self.measures.campaign = (group, person);
        self.ledger.doses += self.doses.len() as u64;
    }
    /// Ring vaccination of a contact who lacks it.
    pub(crate) fn vaccinate_contact(&mut self, world: &World<'_>, now: Time, person: u32) {
        if let Some(campaign) = self.policy.vaccination.as_ref().filter(|c| c.ring && comes(world, c, person, now as f32)) {
            self.doses.push((person, campaign.status));
            self.ledger.doses += 1;
        }
    }
}
