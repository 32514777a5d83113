//! Where and when there are more cases than chance gives: the space–time scan statistic of Kulldorff (1997, Commun Stat Theory Methods 26:1481;
//! 2001, J R Stat Soc A 164:61).
//!
//! A window is a cylinder: a circle of places around one of them, and a run of time steps. In each the cases are compared with those expected if
//! nothing were special about it, and the window with the highest likelihood ratio is the most likely cluster. How often chance gives one as high
//! is found by making the data anew under the null hypothesis (Dwass 1957): the p value has all windows that were looked at in it.
//!
//! [`scan`] is the whole: [`Positions`] say where places are, [`Null`] what is expected, [`Limits`] which windows there are, [`Testing`] how often
//! data are made anew.

mod bands;
mod find;
mod likelihood;
mod needed;
mod null;
mod replicate;
mod rows;
mod scan;
mod search;
mod zones;

pub use null::{Counts, Null, NullError};
pub use scan::{Cluster, Scan, ScanError, Testing, scan};
pub use zones::{Branches, Limits, Positions, Reach};
