//! Reads CSV and Excel with column and value mapping, encodings and date formats.
