//! Notices, certificates and day sheets as PDF, in Chinese and English.
