//! Facts, duties, conservation and daily close: pure.
