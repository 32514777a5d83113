//! What is known of one delay.

/// When an event happened, as far as it is known: between two moments, days. *Invariant:* both are finite, and the second is at least
/// [`Window::LEAST`] after the first. An event of day 3 has the window 3 to 4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    from: f64,
    to: f64,
}

impl Window {
    /// A minute. Nobody knows an event better, and differences of smaller windows would be rounding errors.
    pub const LEAST: f64 = 1.0 / 1440.0;

    /// From one moment to another; an event that is known to the moment gets a window of [`Window::LEAST`]. None if the second is before
    /// the first, or one is no number.
    pub fn new(from: f64, to: f64) -> Option<Self> {
        let ok = from.is_finite() && to.is_finite() && from <= to;
        ok.then(|| Self { from, to: to.max(from + Self::LEAST) })
    }
    /// A whole day, by its number.
    pub fn day(day: i32) -> Self {
        Self { from: f64::from(day), to: f64::from(day) + 1.0 }
    }
    /// Its beginning, days.
    pub fn from(self) -> f64 {
        self.from
    }
    /// Its end, days.
    pub fn to(self) -> f64 {
        self.to
    }
    /// How long it is, days.
    pub fn width(self) -> f64 {
        self.to - self.from
    }
    pub(super) fn middle(self) -> f64 {
        0.5 * (self.from + self.to)
    }
}

/// One delay, or several that are known in the same way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    pub(super) first: Window,
    pub(super) second: Window,
    pub(super) until: Option<f64>,
    pub(super) count: f64,
}

/// Why something is no delay.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RecordError {
    /// The second event is over before the first begins.
    #[error("the second event ends {0} days before the first begins: a delay is not negative")]
    Negative(f64),
    /// The second event is not in the data yet.
    #[error("the second event begins {0} days after the data end")]
    Late(f64),
    /// How often.
    #[error("{0} records: a count is a number above 0")]
    Count(f64),
}

impl Record {
    /// A delay between two events. `until`: the moment at which the data end, days; a second event after it would not be in them. None: the data
    /// are so much later than the events that all delays are over. `count`: how many delays are known in this way.
    ///
    /// # Errors
    /// If the second event is wholly before the first, or wholly after the end of the data, or the count is not above 0.
    pub fn new(first: Window, second: Window, until: Option<f64>, count: f64) -> Result<Self, RecordError> {
        if !count.is_finite() || count <= 0.0 {
            return Err(RecordError::Count(count));
        }
        if second.to <= first.from {
            return Err(RecordError::Negative(first.from - second.to));
        }
        let Some(end) = until else { return Ok(Self { first, second, until, count }) };
        if second.from >= end || first.from >= end || end.is_nan() {
            return Err(RecordError::Late((second.from.max(first.from) - end).max(0.0)));
        }
        // What is in the data had happened by then.
        let cut = |w: Window| Window { to: w.to.min(end).max(w.from + Window::LEAST), ..w };
        Ok(Self { first: cut(first), second: cut(second), until, count })
    }
}

impl Record {
    /// Whether the data end for it at some moment.
    pub fn is_cut_off(&self) -> bool {
        self.until.is_some()
    }
}

/// Mean and standard deviation of the delays between the middles of the windows, days: what one gets who does not care for windows or the end
/// of the data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many delays.
    pub n: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

impl Moments {
    /// Of these records.
    pub fn of(records: &[Record]) -> Self {
        let delay = |r: &Record| (r.second.middle() - r.first.middle()).max(0.0);
        let n: f64 = records.iter().map(|r| r.count).sum();
        let mean = records.iter().map(|r| r.count * delay(r)).sum::<f64>() / n;
        let square = records.iter().map(|r| r.count * (delay(r) - mean).powi(2)).sum::<f64>();
        Self { n, mean, sd: (square / (n - 1.0).max(1.0)).sqrt() }
    }
}
