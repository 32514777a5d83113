//! Inputs that once broke something: small, one file each, below `regressions/` in a directory for each target.

use std::path::PathBuf;

/// The directory of a target.
pub fn directory(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("regressions").join(target)
}

/// The inputs of a target, by the names of their files.
///
/// # Errors
/// The system's; a target without a directory has none.
pub fn of(target: &str) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let entries = match std::fs::read_dir(directory(target)) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        found.push((name, std::fs::read(&path)?));
    }
    found.sort();
    Ok(found)
}
