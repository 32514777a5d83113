//! Things that wait for their day.

/// How many things a block holds. A day wastes at most one block.
const BLOCK: usize = 256;

/// Things by day. Memory goes in blocks from day to day and is never copied, so what is held is what waits.
#[derive(Debug, Clone)]
pub struct Calendar<T> {
    days: Vec<Vec<Vec<T>>>,
    spare: Vec<Vec<T>>,
}

impl<T: Copy> Calendar<T> {
    /// Days 0 … `days` − 1.
    pub fn new(days: u32) -> Self {
        Self { days: (0..days).map(|_| Vec::new()).collect(), spare: Vec::new() }
    }
    /// Puts something on a day; what falls beyond the last is dropped.
    #[inline]
    pub fn put(&mut self, day: u32, thing: T) {
        let Some(blocks) = self.days.get_mut(day as usize) else { return };
        match blocks.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(thing),
            _ => {
                let mut block = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(BLOCK));
                block.push(thing);
                blocks.push(block);
            }
        }
    }
    /// How many wait on a day.
    pub fn count(&self, day: u32) -> usize {
        self.days.get(day as usize).map_or(0, |blocks| blocks.iter().map(Vec::len).sum())
    }
    /// Takes what waits on a day, in the order in which it was put there.
    pub fn take(&mut self, day: u32, mut each: impl FnMut(T)) {
        let Some(blocks) = self.days.get_mut(day as usize) else { return };
        for mut block in std::mem::take(blocks) {
            block.drain(..).for_each(&mut each);
            self.spare.push(block);
        }
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        (self.spare.len() + self.days.iter().map(Vec::len).sum::<usize>()) * BLOCK * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_on_its_day() {
        let mut calendar = Calendar::new(3);
        (0..5_000u32).for_each(|n| calendar.put(n % 4, n));
        let mut taken = Vec::new();
        calendar.take(1, |n| taken.push(n));
        assert_eq!(taken, (0..1250).map(|k| 4 * k + 1).collect::<Vec<_>>());
        assert_eq!((calendar.count(0), calendar.count(1), calendar.count(3)), (1250, 0, 0));
        let held = calendar.bytes();
        (0..1250).for_each(|n| calendar.put(2, n));
        assert_eq!(calendar.bytes(), held, "memory is used again");
    }
}
