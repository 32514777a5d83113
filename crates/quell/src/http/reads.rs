//! Windows: reads under the second wall.
