//! Synthetic people and places; the response under a protocol.
