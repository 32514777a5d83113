//! Seeded random streams: one per mechanism, so that adding a draw to one mechanism does not move the others.

use crate::derived_uuid;
use rand::{Rng, SeedableRng, TryRng};
use rand_chacha::ChaCha8Rng;
use std::convert::Infallible;
use uuid::Uuid;

/// A named stream of random numbers. The same seed and name give the same numbers on every machine (ChaCha8).
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of this name under this seed.
    pub fn named(seed: u64, name: &str) -> Self {
        let a = derived_uuid(&[&seed.to_be_bytes(), name.as_bytes(), b"a"]);
        let b = derived_uuid(&[&seed.to_be_bytes(), name.as_bytes(), b"b"]);
        let mut key = [0u8; 32];
        key[..16].copy_from_slice(a.as_bytes());
        key[16..].copy_from_slice(b.as_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }
    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// True with this probability.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
    /// A whole number in [0, n); 0 when n is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }
    /// A whole number in [lo, hi].
    pub fn between(&mut self, lo: i64, hi: i64) -> i64 {
        lo + self.below((hi - lo + 1).max(0) as u64) as i64
    }
    /// One of the items, uniformly; `None` of none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u64) as usize)
    }
    /// A standard normal deviate (Box–Muller).
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.unit();
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
    /// The index of one of the weights, in proportion to them; `None` when they sum to nothing.
    pub fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let total: f64 = weights.iter().sum();
        let mut x = self.unit() * total;
        for (i, w) in weights.iter().enumerate() {
            x -= w;
            if x < 0.0 {
                return Some(i);
            }
        }
        (total > 0.0).then(|| weights.iter().rposition(|w| *w > 0.0)).flatten()
    }
    /// Shuffles in place (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u64 + 1) as usize);
        }
    }
    /// A UUID of version 7 (time-ordered) at this moment, from this stream.
    pub fn uuid_v7(&mut self, unix_ms: u64) -> Uuid {
        let mut r = [0u8; 10];
        self.0.fill_bytes(&mut r);
        uuid::Builder::from_unix_timestamp_millis(unix_ms, &r).into_uuid()
    }
}

impl TryRng for Stream {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(dst);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_reproducible_and_apart() {
        let take = |seed, name: &str| -> Vec<u64> {
            let mut s = Stream::named(seed, name);
            (0..4).map(|_| s.below(1 << 40)).collect()
        };
        assert_eq!(take(1, "a"), take(1, "a"));
        assert_ne!(take(1, "a"), take(1, "b"));
        assert_ne!(take(1, "a"), take(2, "a"));
    }

    #[test]
    fn weighted_never_picks_a_zero() {
        let mut s = Stream::named(7, "w");
        assert!((0..1000).all(|_| s.weighted(&[0.0, 1.0, 0.0, 2.0]).is_some_and(|i| i == 1 || i == 3)));
        assert_eq!(s.weighted(&[0.0]), None);
    }
}
