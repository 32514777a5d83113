//! Puts the font that the binary carries where the crate includes it: `$OUT_DIR/carried.otf`, the font with the pinned hash, or an
//! empty file when there is none (the build then warns, and no document or PNG is made without a font from the caller).

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// SHA-256 of NotoSansSC-Regular.otf 2.004, as in `scripts/fetch-fonts`.
const FONT_SHA256: &str = "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9";
/// Names the font when it is not in `.cache/`.
const FONT_VARIABLE: &str = "QUELL_FONT";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={FONT_VARIABLE}");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let path = match env::var_os(FONT_VARIABLE).filter(|p| !p.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => here.join("../../.cache/NotoSansSC-Regular.otf"),
    };
    // While the font is missing this path does not exist, so the build looks again (and warns again) each time.
    println!("cargo::rerun-if-changed={}", path.display());
    let bytes = if path.exists() {
        checked(&path)
    } else {
        println!(
            "cargo::warning=built without a font for documents and pictures: run scripts/fetch-fonts, or set {FONT_VARIABLE} to the file"
        );
        Vec::new()
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("carried.otf");
    fs::write(&out, bytes).unwrap_or_else(|e| panic!("cannot write {}: {e}", out.display()));
}

/// The bytes of the font; a wrong hash stops the build.
fn checked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("cannot read the font {}: {e}", path.display()));
    let found: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert!(
        found == FONT_SHA256,
        "the font {} has SHA-256 {found}, not {FONT_SHA256}: delete it and run scripts/fetch-fonts",
        path.display()
    );
    bytes
}
