//! Is this the same person? A score with its reasons.
