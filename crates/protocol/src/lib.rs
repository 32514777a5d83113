//! A disease's rules as data: reads, checks, compares and answers questions about a protocol.
