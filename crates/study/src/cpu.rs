//! Processor time, where the system tells it.

/// User and system time of this process, seconds: of one thread to the microsecond, of several to a hundredth (Linux counts those that ended in ticks). None
/// elsewhere than on Linux.
pub(crate) fn seconds(threads: usize) -> Option<f64> {
    if threads == 1 {
        let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
        return Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9);
    }
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').collect();
    Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
}
