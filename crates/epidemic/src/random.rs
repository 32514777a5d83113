//! Chance without a stream: a number is a function of what it is for. Whoever asks with the same key gets the same number, in whatever
//! order and on whatever thread, so that two policies live in the same world until they differ, and a draw more here moves none there.
//!
//! A key is mixed from (seed, person, episode, purpose, index) by the finaliser of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA: "Fast
//! splittable pseudorandom number generators"; constants of Stafford's mix 13); the numbers of one key are the SplitMix64 sequence from it.

/// The golden ratio of 2⁶⁴, by which SplitMix64 steps.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What a draw is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u64);

impl Key {
    /// The key of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(STEP)))
    }
    /// The key below this one, by a further number.
    pub const fn with(self, number: u64) -> Self {
        Self(mix(self.0.wrapping_add(STEP) ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93)))
    }
    /// The numbers of this key.
    pub const fn draws(self) -> Draws {
        Draws(self.0)
    }
}

/// The numbers of one key, one after the other.
#[derive(Debug, Clone)]
pub struct Draws(u64);

impl Draws {
    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }
    /// From 0 up to but not including 1; 53 bits.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
    /// From 0 up to but not including 1; 24 bits.
    #[inline]
    pub fn unit32(&mut self) -> f32 {
        (self.bits() >> 40) as f32 * (1.0 / (1u32 << 24) as f32)
    }
    /// One of 0 … n − 1, each as often as the others; 0 if there is none.
    ///
    /// Numbers are drawn up to the next power of two and refused from `n` on. So a group that grows by one (and not beyond the power of
    /// two) keeps every choice but those that were refused where the newcomer stands: adding a person moves only what falls on that person.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        if n <= 1 {
            return 0;
        }
        let shift = (n - 1).leading_zeros();
        loop {
            let bits = self.bits();
            let (high, low) = ((bits >> 32) as u32 >> shift, bits as u32 >> shift);
            if high < n {
                return high;
            }
            if low < n {
                return low;
            }
        }
    }
    /// One of 0 … n − 1, by one multiplication: for choices that need not be stable as `n` changes.
    #[inline]
    pub fn scaled(&mut self, n: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(n)) >> 32) as u32
    }
    /// How many, Poisson with this mean, by inversion (Devroye 1986, Non-Uniform Random Variate Generation, X.3.3); a mean above 500 is
    /// taken in parts, since e^-mean would vanish.
    #[inline]
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let mut rest = mean;
        let mut sum = 0;
        while rest > 500.0 {
            sum += self.poisson_small(500.0);
            rest -= 500.0;
        }
        sum + self.poisson_small(rest)
    }
    #[inline]
    fn poisson_small(&mut self, mean: f64) -> u32 {
        let u = self.unit();
        // 1 - mean <= e^-mean: most draws of a rare thing need no exponential.
        if u < 1.0 - mean {
            return 0;
        }
        let mut p = (-mean).exp();
        let mut below = p;
        let mut n = 0;
        while u >= below && n < 4_000 {
            n += 1;
            p *= mean / f64::from(n);
            below += p;
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_depends_on_its_key_alone() {
        let at = |seed, person| Key::new(seed).with(person).with(3).draws().bits();
        assert_eq!(at(1, 2), at(1, 2));
        assert_ne!(at(1, 2), at(2, 1));
        assert_ne!(at(1, 2), at(1, 3));
    }

    #[test]
    fn neighbouring_keys_are_independent() {
        // Correlation of the first numbers of keys that differ by one; its standard error is 1/sqrt(n).
        let n = 100_000u64;
        let x: Vec<f64> = (0..=n).map(|k| Key::new(7).with(k).draws().unit() - 0.5).collect();
        let lag: f64 = x.windows(2).map(|w| w[0] * w[1] * 12.0).sum::<f64>() / n as f64;
        let mean: f64 = x.iter().sum::<f64>() / n as f64;
        assert!(lag.abs() < 4.0 / (n as f64).sqrt(), "{lag}");
        assert!(mean.abs() < 4.0 / (12.0 * n as f64).sqrt(), "{mean}");
    }

    #[test]
    fn a_choice_outlives_a_newcomer() {
        let moved = (0..10_000).filter(|k| {
            let before = Key::new(1).with(*k).draws().below(100);
            let after = Key::new(1).with(*k).draws().below(101);
            assert!(after == before || after == 100);
            before != after
        });
        let moved = moved.count() as f64;
        assert!((moved / 10_000.0 - 1.0 / 101.0).abs() < 0.004, "{moved}");
    }

    #[test]
    fn poisson_has_its_mean_and_variance() {
        for mean in [0.02, 0.7, 6.0, 700.0] {
            let n = 40_000;
            let x: Vec<f64> = (0..n).map(|k| f64::from(Key::new(3).with(k).draws().poisson(mean))).collect();
            let m = x.iter().sum::<f64>() / n as f64;
            let v = x.iter().map(|x| (x - m).powi(2)).sum::<f64>() / n as f64;
            assert!((m - mean).abs() < 4.0 * (mean / n as f64).sqrt(), "{mean}: {m}");
            assert!((v / mean - 1.0).abs() < 0.1, "{mean}: {v}");
        }
    }
}
