//! The font that documents and pictures are set in. It is the whole crate, so that the binary carries it once.

/// Noto Sans SC (SIL Open Font License 1.1; its licence stands in the font's own name table, which is why it is carried whole). Empty in a
/// build without it.
pub static CARRIED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/carried.otf"));
