//! The one place where the time and fresh ids come from. A rehearsal or a demo sets the clock by hand.

use quell_foundation::Instant;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// A clock: the machine's, or one that is set by hand.
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(None)
    }
    /// A clock that stands at this moment until it is set.
    pub fn by_hand(at: Instant) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }
    /// Sets a clock that is set by hand; does nothing to the machine's.
    pub fn set(&self, at: Instant) {
        if let Some(t) = &self.0 {
            t.store(at.0, Ordering::SeqCst);
        }
    }
    /// Now, in whole microseconds.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Some(t) => Instant(t.load(Ordering::SeqCst)),
            #[expect(clippy::disallowed_methods, reason = "this is the place that the lint sends everyone to")]
            None => Instant(jiff::Timestamp::now().as_microsecond()),
        }
    }
}

/// A fresh id (UUIDv7), from the machine's clock and random source.
#[expect(clippy::disallowed_methods, reason = "this is the place that the lint sends everyone to")]
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}
