//! Series of a folder.

use crate::Error;
use crate::epidemics::Epidemic;
use quell_epi::interval::SerialInterval;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads series_truth.csv (series, scenario, nb, t, I, R) and si.csv (k, w).
pub fn read(folder: &Path) -> Result<Vec<Epidemic>, Error> {
    let rows = |name: &str| -> Result<Vec<Vec<String>>, Error> {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let row = |l: &str| l.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect();
        Ok(text.lines().skip(1).map(row).collect())
    };
    let w: Vec<f64> = rows("si.csv")?.iter().filter_map(|r| r.get(1)?.parse().ok()).collect();
    let w = SerialInterval::given(w)?;
    let mut all: BTreeMap<usize, Epidemic> = BTreeMap::new();
    for row in rows("series_truth.csv")? {
        let [series, scenario, scatter, _, count, r] = &row[..] else {
            return Err("six columns are wanted: series, scenario, nb, t, I, R".into());
        };
        let e = all.entry(series.parse()?).or_insert_with(|| Epidemic {
            kinds: vec![scenario.clone()],
            scattered: scatter != "0",
            counts: Vec::new(),
            r: Vec::new(),
            w: w.clone(),
        });
        e.counts.push(count.parse().ok());
        e.r.push(r.parse()?);
    }
    Ok(all.into_values().collect())
}
