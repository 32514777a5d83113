//! A set of persons, a bit each.

/// A set of persons. Memory is taken from the operating system page by page as it is touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks(Vec<u64>);

impl Marks {
    /// Nobody of `people`.
    pub fn new(people: u32) -> Self {
        Self(vec![0; people.div_ceil(64) as usize])
    }
    /// Whether the person is marked.
    #[inline]
    pub fn has(&self, person: u32) -> bool {
        self.0[(person / 64) as usize] >> (person % 64) & 1 != 0
    }
    /// Marks the person.
    #[inline]
    pub fn mark(&mut self, person: u32) {
        self.0[(person / 64) as usize] |= 1 << (person % 64);
    }
    /// Takes the mark away.
    #[inline]
    pub fn clear(&mut self, person: u32) {
        self.0[(person / 64) as usize] &= !(1 << (person % 64));
    }
    /// How many are marked.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|w| w.count_ones()).sum()
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_independent() {
        let mut marks = Marks::new(130);
        [0, 63, 64, 129].into_iter().for_each(|p| marks.mark(p));
        marks.clear(63);
        assert!(marks.has(0) && !marks.has(63) && marks.has(64) && marks.has(129) && !marks.has(1));
        assert_eq!(marks.count(), 3);
    }
}
