//! One target under the engine that looks for coverage; `bench/fuzz` builds and runs it. `QUELL_FUZZ_TARGET` names the target.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static RUN: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    // The engine ends the program at every panic, also at one that the product is made to contain; what comes through still ends it.
    std::panic::set_hook(Box::new(|info| eprintln!("{info}")));
    let name = std::env::var("QUELL_FUZZ_TARGET").unwrap_or_default();
    quell_fuzz::target(&name).map_or_else(|| panic!("no target {name:?}"), |t| t.run)
});

fuzz_target!(|data: &[u8]| RUN(data));
