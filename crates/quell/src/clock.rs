//! The one place where the time and fresh ids come from. A rehearsal or a demo sets the clock by hand.

use quell_foundation::Instant;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// File in the data directory of a book that lives in a time of its own: how far its clock is from the machine's, in microseconds.
const OWN_TIME: &str = "clock";

#[derive(Clone)]
enum Source {
    Machine,
    /// So many microseconds from the machine's.
    Shifted(i64),
    ByHand(Arc<AtomicI64>),
}

/// A clock: the machine's, one that is ahead of it or behind, or one that is set by hand.
#[derive(Clone)]
pub struct Clock(Source);

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(Source::Machine)
    }
    /// A clock that stands at this moment until it is set.
    pub fn by_hand(at: Instant) -> Self {
        Self(Source::ByHand(Arc::new(AtomicI64::new(at.0))))
    }
    /// The clock of a data directory: the machine's, or, after a demo, the one that goes on where the demo stopped.
    pub fn of(data: &Path) -> Self {
        let shift = std::fs::read_to_string(data.join(OWN_TIME)).ok().and_then(|t| t.trim().parse().ok());
        Self(shift.map_or(Source::Machine, Source::Shifted))
    }
    /// Lets whoever opens this data directory later go on with the time that this clock shows now.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep(&self, data: &Path) -> std::io::Result<()> {
        std::fs::write(data.join(OWN_TIME), (self.now().0 - Self::real().now().0).to_string())
    }
    /// True if it does not show the machine's time.
    pub fn is_simulated(&self) -> bool {
        !matches!(self.0, Source::Machine)
    }
    /// Sets a clock that is set by hand; does nothing to others.
    pub fn set(&self, at: Instant) {
        if let Source::ByHand(t) = &self.0 {
            t.store(at.0, Ordering::SeqCst);
        }
    }
    /// Now, in whole microseconds.
    pub fn now(&self) -> Instant {
        #[expect(clippy::disallowed_methods, reason = "this is the place that the lint sends everyone to")]
        let machine = || jiff::Timestamp::now().as_microsecond();
        match &self.0 {
            Source::Machine => Instant(machine()),
            Source::Shifted(by) => Instant(machine() + by),
            Source::ByHand(t) => Instant(t.load(Ordering::SeqCst)),
        }
    }
}

/// A fresh id (UUIDv7), from the machine's clock and random source.
#[expect(clippy::disallowed_methods, reason = "this is the place that the lint sends everyone to")]
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}
