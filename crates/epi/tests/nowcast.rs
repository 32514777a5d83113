//! The nowcast on simulated epidemics whose numbers are known, and the chain ladder on a published triangle.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use proptest::prelude::*;
use quell_epi::delays::{Family, Law};
use quell_epi::nowcast::{Day, Triangle, TriangleError, chain_ladder, nowcast};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Gamma, Poisson, StandardNormal};

const DAYS: usize = 100;
const LONGEST: usize = 30;
/// The last days, on which a nowcast is judged.
const JUDGED: usize = 10;

/// How an epidemic goes and is reported.
#[derive(Clone, Copy)]
struct Scene {
    name: &'static str,
    /// Expected events by day.
    events: fn(usize) -> f64,
    /// Size of the negative binomial; infinite: Poisson.
    size: f64,
    /// What is added to the logit of being reported on a weekday (0 to 6).
    weekdays: [f64; 7],
    /// Scatter of report days' logits.
    shocks: f64,
    /// Mean delay on a report day.
    delay: fn(usize) -> f64,
    /// Events of this day are not known.
    unknown: Option<usize>,
    /// Size of the negative binomial of each report; infinite: those of a day share out at random.
    cells: f64,
    /// The first day that is known.
    from: usize,
}

const PLAIN: Scene = Scene {
    name: "growing",
    events: |t| 3.0 * (0.05 * t as f64).exp(),
    size: 20.0,
    weekdays: [0.0; 7],
    shocks: 0.0,
    delay: |_| 5.0,
    unknown: None,
    cells: f64::INFINITY,
    from: 0,
};
const WEEKEND: [f64; 7] = [0.6, 0.2, 0.0, 0.0, 0.0, -1.0, -2.0];
const SCENES: [Scene; 14] = [
    PLAIN,
    Scene { name: "growing, Poisson", size: f64::INFINITY, ..PLAIN },
    Scene { name: "falling", events: |t| 400.0 * (-0.05 * t as f64).exp(), ..PLAIN },
    Scene { name: "step down 8 days ago", events: |t| if t < 92 { 120.0 } else { 40.0 }, ..PLAIN },
    Scene { name: "wave", events: |t| 80.0 * (1.2 + (t as f64 / 11.0).sin()), ..PLAIN },
    Scene { name: "low", events: |_| 2.0, size: 5.0, ..PLAIN },
    Scene { name: "weekends", weekdays: WEEKEND, ..PLAIN },
    Scene { name: "closed Sundays", weekdays: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -50.0], ..PLAIN },
    Scene { name: "quicker and quicker, shocks", delay: |s| 9.0 - 0.05 * s as f64, shocks: 0.4, ..PLAIN },
    Scene { name: "each report scattered", cells: 8.0, ..PLAIN },
    Scene { name: "35 days known", from: 65, ..PLAIN },
    Scene { name: "35 days known, weekends", from: 65, weekdays: WEEKEND, ..PLAIN },
    Scene { name: "steep", events: |t| 0.02 * (0.1 * t as f64).exp(), size: 50.0, ..PLAIN },
    Scene { name: "unknown day", unknown: Some(94), weekdays: WEEKEND, ..PLAIN },
];

/// What is known on the last day, and all there is.
fn epidemic(scene: &Scene, seed: u64) -> (Triangle, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shocks: Vec<f64> = (0..DAYS + LONGEST).map(|_| scene.shocks * Distribution::<f64>::sample(&StandardNormal, &mut rng)).collect();
    let hazard = |age: usize, day: usize| {
        let law = Law::of_mean_sd(Family::Gamma, (scene.delay)(day), 3.5).unwrap();
        let left = |x: f64| 1.0 - law.cdf(x);
        let p = (1.0 - left(age as f64 + 1.0) / left(age as f64).max(1e-9)).clamp(1e-6, 0.98);
        1.0 / (1.0 + (-((p / (1.0 - p)).ln() + scene.weekdays[day % 7] + shocks[day])).exp())
    };
    let (mut truth, mut cells) = (Vec::new(), Vec::new());
    for t in 0..DAYS {
        let mean = (scene.events)(t)
            * if scene.size.is_finite() { Gamma::new(scene.size, 1.0 / scene.size).unwrap().sample(&mut rng) } else { 1.0 };
        let n: f64 = Poisson::new(mean).unwrap().sample(&mut rng);
        truth.push(if scene.cells.is_finite() { 0.0 } else { n });
        let mut left = n as u64;
        for age in 0..=LONGEST {
            let now = if age == LONGEST { left } else { Binomial::new(left, hazard(age, t + age)).unwrap().sample(&mut rng) };
            left -= now;
            let mut now = now as f64;
            if scene.cells.is_finite() && now > 0.0 {
                // The expected number of the cell is taken to be the one drawn.
                now = Poisson::new(now * Gamma::new(scene.cells, 1.0 / scene.cells).unwrap().sample(&mut rng))
                    .map_or(0.0, |p| p.sample(&mut rng));
                *truth.last_mut().unwrap() += now;
            }
            if t + age < DAYS && t >= scene.from {
                cells.push((t - scene.from, age, (scene.unknown != Some(t)).then_some(now)));
            }
        }
    }
    (Triangle::new(DAYS - scene.from, LONGEST, 0, cells).unwrap(), truth.split_off(scene.from))
}

#[derive(Default, Debug)]
struct Score {
    inner: f64,
    outer: f64,
    n: f64,
    sum: f64,
    means: f64,
    truth: f64,
    width: f64,
    /// Weighted interval score of median, 50 % and 95 % interval (Bracher et al. 2021, PLoS Comput Biol 17:e1008618).
    wis: f64,
    recent: f64,
}

impl Score {
    fn add(&mut self, days: &[Day], truth: &[f64]) {
        for t in days.len() - JUDGED..days.len() {
            let (d, x) = (days[t], truth[t]);
            if d.mean.is_nan() {
                continue;
            }
            let within = |(lo, hi): (f64, f64)| f64::from(u8::from(lo <= x && x <= hi));
            let score = |(lo, hi): (f64, f64), alpha: f64| alpha / 2.0 * (hi - lo) + (lo - x).max(0.0) + (x - hi).max(0.0);
            self.inner += within(d.inner);
            self.outer += within(d.outer);
            self.sum += d.median;
            self.means += d.mean;
            self.truth += x;
            self.width += d.outer.1 - d.outer.0;
            self.wis += (0.5 * (x - d.median).abs() + score(d.inner, 0.5) + score(d.outer, 0.05)) / 2.5;
            self.n += 1.0;
        }
    }
    fn line(&self, name: &str) -> String {
        format!(
            "{name:32} 50 % {:.2} 95 % {:.3} bias {:+.3} ({:+.3}) width {:.2} wis {:.3} total {:.2}",
            self.inner / self.n,
            self.outer / self.n,
            self.sum / self.truth - 1.0,
            self.means / self.truth - 1.0,
            self.width / self.truth,
            self.wis / self.truth,
            self.recent / self.n * JUDGED as f64
        )
    }
}

fn scores(scene: &Scene, runs: u64) -> (Score, Score) {
    let (mut own, mut ladder) = (Score::default(), Score::default());
    for seed in 0..runs {
        let (triangle, truth) = epidemic(scene, seed);
        let now = nowcast(&triangle, seed).unwrap();
        own.add(&now.days, &truth);
        let recent: f64 = truth[truth.len() - LONGEST..].iter().sum();
        own.recent += f64::from(u8::from(now.recent.1.0 <= recent && recent <= now.recent.1.1));
        ladder.add(&chain_ladder(&triangle), &truth);
    }
    (own, ladder)
}

#[test]
#[ignore = "takes minutes: the figures in docs/analysis/nowcast.md"]
fn figures() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let runs = std::env::var("RUNS").ok().and_then(|r| r.parse().ok()).unwrap_or(40);
    for scene in SCENES.iter().filter(|s| s.name.contains(&only)) {
        let begin = std::time::Instant::now();
        let (own, ladder) = scores(scene, runs);
        println!("{} {:?}", own.line(scene.name), begin.elapsed() / u32::try_from(runs).unwrap());
        println!("{}", ladder.line("   chain ladder"));
    }
}

#[test]
fn the_nowcast_is_right_as_often_as_it_says() {
    let (mut own, mut ladder) = (Score::default(), Score::default());
    // Few runs here; the figures of many are in docs/analysis/nowcast.md.
    for scene in [SCENES[1], SCENES[5], SCENES[9], SCENES[13]] {
        let (a, b) = scores(&scene, 2);
        for (sum, s) in [(&mut own, &a), (&mut ladder, &b)] {
            sum.outer += s.outer;
            sum.inner += s.inner;
            sum.n += s.n;
            // Each scene counts the same, however many events it has.
            sum.wis += s.wis / s.truth;
        }
        assert!(a.truth < 300.0 || (a.sum / a.truth - 1.0).abs() < 0.2, "{}", a.line(scene.name));
    }
    let (outer, inner) = (own.outer / own.n, own.inner / own.n);
    assert!((0.88..=1.0).contains(&outer) && (0.4..=0.85).contains(&inner), "{outer} {inner}");
    assert!(own.wis < 0.7 * ladder.wis, "{} {}", own.wis, ladder.wis);
}

#[test]
fn what_is_over_stays_and_the_seed_decides() {
    let (triangle, truth) = epidemic(&SCENES[6], 3);
    let now = nowcast(&triangle, 1).unwrap();
    for (t, day) in now.days.iter().enumerate() {
        assert!(day.reported.unwrap() <= day.outer.0 && day.outer.0 <= day.inner.0 && day.inner.0 <= day.median, "{t} {day:?}");
        assert!(day.median <= day.inner.1 && day.inner.1 <= day.outer.1 && day.share > 0.0 && day.share <= 1.0, "{t} {day:?}");
        if t < DAYS - LONGEST {
            assert_eq!((day.median, day.outer), (truth[t], (truth[t], truth[t])));
        }
    }
    assert_eq!(now, nowcast(&triangle, 1).unwrap());
    assert!(now.days.windows(2).skip(DAYS - 12).all(|w| w[1].share <= w[0].share + 0.05));
}

/// Taylor & Ashe 1983 (J Econometrics 23:37), as in Mack 1993 (ASTIN Bull 23:213), table 1.
const CLAIMS: [&[f64]; 10] = [
    &[357848.0, 766940.0, 610542.0, 482940.0, 527326.0, 574398.0, 146342.0, 139950.0, 227229.0, 67948.0],
    &[352118.0, 884021.0, 933894.0, 1183289.0, 445745.0, 320996.0, 527804.0, 266172.0, 425046.0],
    &[290507.0, 1001799.0, 926219.0, 1016654.0, 750816.0, 146923.0, 495992.0, 280405.0],
    &[310608.0, 1108250.0, 776189.0, 1562400.0, 272482.0, 352053.0, 206286.0],
    &[443160.0, 693190.0, 991983.0, 769488.0, 504851.0, 470639.0],
    &[396132.0, 937085.0, 847498.0, 805037.0, 705960.0],
    &[440832.0, 847631.0, 1131398.0, 1063269.0],
    &[359480.0, 1061648.0, 1443370.0],
    &[376686.0, 986608.0],
    &[344014.0],
];

#[test]
fn the_chain_ladder_gives_the_figures_of_mack() {
    let cells = CLAIMS.iter().enumerate().flat_map(|(t, row)| row.iter().enumerate().map(move |(d, n)| (t, d, Some(*n))));
    let days = chain_ladder(&Triangle::new(10, 9, 0, cells).unwrap());
    let open: Vec<f64> = days.iter().map(|d| d.mean - d.reported.unwrap()).collect();
    assert!((open.iter().sum::<f64>() - 18_680_856.0).abs() < 1.0, "{open:?}");
    assert!((open[9] - 4_625_811.0).abs() < 1.0);
    // The standard error of the last, 1,363,155, from its lognormal interval.
    let sd = (days[9].outer.1 / days[9].median).ln() / 1.959_964;
    let error = days[9].mean * (sd * sd).exp_m1().sqrt();
    assert!((error / 1_363_155.0 - 1.0).abs() < 1e-3, "{error}");
}

#[test]
fn what_is_no_triangle_is_refused() {
    let of = |days, longest, cells: &[(usize, usize, Option<f64>)]| Triangle::new(days, longest, 0, cells.iter().copied()).err();
    assert_eq!(of(2, 1, &[]), Some(TriangleError::Days(2)));
    assert_eq!(of(5, 5, &[]), Some(TriangleError::Young(5)));
    assert_eq!(of(5, 2, &[(4, 1, Some(1.0))]), Some(TriangleError::Future { day: 4, delay: 1 }));
    assert_eq!(of(5, 2, &[(1, 1, Some(-1.0))]), Some(TriangleError::Count { day: 1, delay: 1, count: -1.0 }));
    assert_eq!(of(5, 2, &[(1, 1, Some(0.0))]), Some(TriangleError::Empty));
    assert_eq!(Triangle::new(9, 2, 0, [(0, 5, Some(3.0)), (0, 1, Some(1.0))]).unwrap().later(), 3.0);
}

#[test]
fn odd_triangles_get_an_answer() {
    let all = |cells: Vec<(usize, usize, Option<f64>)>, days, longest| {
        let now = nowcast(&Triangle::new(days, longest, 3, cells).unwrap(), 1).unwrap();
        assert!(now.days.iter().all(|d| d.outer.0 <= d.outer.1 && d.mean.is_finite() && d.outer.1 < 1e9), "{:?}", now.days);
        now
    };
    // One event; everything on the same day; millions; all on one day; every day reports on the next; all days but one unknown.
    all(vec![(2, 0, Some(1.0))], 5, 2);
    all((0..20).map(|t| (t, 0, Some(7.0))).collect(), 20, 0);
    all((0..40).flat_map(|t| (0..5).map(move |d| (t, d, Some(1e6)))).filter(|c| c.0 + c.1 < 40).collect(), 40, 4);
    all(vec![(3, 0, Some(500.0)), (3, 1, Some(300.0))], 12, 5);
    let next = all((0..19).map(|t| (t, 1, Some(20.0))).collect(), 20, 6);
    assert!((5.0..80.0).contains(&next.days[19].median), "{:?}", next.days[19]);
    all((0..15).map(|t| (t, 0, (t == 4).then_some(3.0))).collect(), 15, 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_triangle_gets_an_answer(days in 3_usize..25, longest in 0_usize..9, cells in prop::collection::vec((0_usize..25, 0_usize..12, 0_u32..2_000), 1..60)) {
        let cells: Vec<(usize, usize, Option<f64>)> =
            cells.into_iter().filter(|c| c.0 + c.1 < days).map(|(t, d, n)| (t, d, (n != 7).then_some(f64::from(n)))).collect();
        let Ok(triangle) = Triangle::new(days, longest.min(days - 1), 1, cells) else { return Ok(()) };
        if let Ok(now) = nowcast(&triangle, 5) {
            for (t, d) in now.days.iter().enumerate() {
                prop_assert!(d.outer.0 <= d.median && d.median <= d.outer.1 && d.mean.is_finite(), "{t} {d:?}");
                prop_assert!(d.reported.is_none_or(|r| r <= d.outer.0), "{t} {d:?}");
                prop_assert_eq!(d.reported.is_some(), triangle.known(t));
            }
        }
        for (t, d) in chain_ladder(&triangle).iter().enumerate().filter(|(t, _)| triangle.known(*t)) {
            prop_assert!(d.outer.0 <= d.outer.1 && d.mean.is_finite(), "{t} {d:?}");
        }
    }
}
