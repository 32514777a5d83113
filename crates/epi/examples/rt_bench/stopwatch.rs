//! Seconds of processor, so that what else runs on the machine does not count.

use std::time::Instant;

/// Runs from its start on.
pub struct Stopwatch {
    begin: Instant,
    processor: Option<f64>,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { begin: Instant::now(), processor: processor() }
    }
    /// Of this thread where the system tells (Linux), else by the clock.
    pub fn seconds(&self) -> f64 {
        processor().zip(self.processor).map_or_else(|| self.begin.elapsed().as_secs_f64(), |(now, then)| now - then)
    }
}

fn processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}
