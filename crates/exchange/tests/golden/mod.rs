//! Golden files: `UPDATE=1 cargo test -p quell-exchange` writes them anew.

use std::path::PathBuf;

pub fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect()
}

pub fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Carriage returns are written as such in a file that people read.
pub fn check(name: &str, is: &str) {
    let is = is.replace('\r', "");
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(path(name), is).unwrap();
    }
    assert!(read(name) == is, "{name} differs (UPDATE=1 writes it anew); is now:\n{is}");
}
