//! Bytes as a row of choices, so that any input is a structured one; when they run out, the first of everything is chosen.

use arbitrary::Unstructured;

/// What is left of an input.
pub struct Choices<'a>(Unstructured<'a>);

impl<'a> Choices<'a> {
    /// Of these bytes.
    pub fn new(data: &'a [u8]) -> Self {
        Self(Unstructured::new(data))
    }
    /// True when all bytes are used.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0.choose_index(n).unwrap_or(0)
    }
    /// One of these.
    pub fn pick<'t, T: ?Sized>(&mut self, items: &[&'t T]) -> &'t T {
        items[self.below(items.len())]
    }
    /// True once in `n` times; never when the bytes have run out.
    pub fn once_in(&mut self, n: u8) -> bool {
        self.0.ratio(1, n).unwrap_or(false) && !self.0.is_empty()
    }
    /// A number.
    pub fn number(&mut self) -> i64 {
        match self.below(5) {
            0 => self.below(4) as i64,
            1 => self.below(256) as i64,
            2 => i64::from(self.0.arbitrary::<i16>().unwrap_or(0)),
            3 => i64::from(self.0.arbitrary::<i32>().unwrap_or(0)),
            _ => self.0.arbitrary().unwrap_or(0),
        }
    }
    /// A text of a few characters of any kind.
    pub fn text(&mut self) -> String {
        let n = self.below(12);
        (0..n).map(|_| self.0.arbitrary::<char>().unwrap_or('x')).collect()
    }
    /// What is left, as bytes.
    pub fn rest(self) -> &'a [u8] {
        self.0.take_rest()
    }
}
