//! A reordering of 0 … n − 1 that needs no memory.

use crate::random::Key;

/// A pseudo-random permutation: four rounds of a Feistel network on the next power of two, repeated until the result is below n (Black & Rogaway
/// 2002, "Ciphers with arbitrary finite domains", CT-RSA).
#[derive(Debug, Clone, Copy)]
pub(super) struct Shuffle {
    n: u32,
    low: u32,
    high: u32,
    keys: [u32; 4],
}

impl Shuffle {
    pub(super) fn new(n: u32, key: Key) -> Self {
        let bits = 32 - n.saturating_sub(1).leading_zeros();
        let (low, high) = (bits / 2, bits - bits / 2);
        let mut draws = key.draws();
        Self { n, low, high, keys: std::array::from_fn(|_| draws.bits() as u32) }
    }
    /// Where `k` goes; `k` is below n.
    #[inline]
    pub(super) fn to(&self, k: u32) -> u32 {
        let (low, high) = ((1u32 << self.low) - 1, (1u32 << self.high) - 1);
        let scramble = |x: u32, key: u32| {
            let x = (x ^ key).wrapping_mul(0x9e37_79b1);
            (x ^ x >> 15).wrapping_mul(0x85eb_ca77) >> 11
        };
        let (mut a, mut b) = (k & low, k >> self.low);
        loop {
            b ^= scramble(a, self.keys[0]) & high;
            a ^= scramble(b, self.keys[1]) & low;
            b ^= scramble(a, self.keys[2]) & high;
            a ^= scramble(b, self.keys[3]) & low;
            let k = b << self.low | a;
            if k < self.n {
                return k;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_gets_a_place_of_their_own() {
        for n in [1, 2, 3, 7, 64, 65, 1000, 4097] {
            let shuffle = Shuffle::new(n, Key::new(u64::from(n)));
            let mut to: Vec<u32> = (0..n).map(|k| shuffle.to(k)).collect();
            let moved = to.iter().enumerate().filter(|(k, t)| *k as u32 != **t).count();
            assert!(n < 64 || moved > n as usize * 9 / 10, "{n}: {moved}");
            to.sort_unstable();
            assert_eq!(to, (0..n).collect::<Vec<_>>());
        }
    }
}
