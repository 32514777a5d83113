//! Measured quantities with their units in the type. Fixed-point, so that they compare and hash exactly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! fixed {
    ($(#[$doc:meta])* $name:ident, $scale:expr, $min:expr, $max:expr, $unit:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, JsonSchema)]
        #[schemars(with = "f64")]
        pub struct $name(i32);
        impl $name {
            /// From a number; `None` outside the physically possible range.
            pub fn new(v: f64) -> Option<Self> {
                (v.is_finite() && ($min..=$max).contains(&v)).then(|| Self((v * $scale).round() as i32))
            }
            /// As a number in its unit.
            pub fn value(self) -> f64 { f64::from(self.0) / $scale }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}{}", self.value(), $unit) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_f64(self.value()) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let v = f64::deserialize(d)?;
                Self::new(v).ok_or_else(|| serde::de::Error::custom(format!(
                    "{v} is no possible {}: it must lie between {} and {}", stringify!($name), $min, $max)))
            }
        }
    };
}

fixed!(/// A cycle threshold of real-time PCR, in cycles to two decimals (0 to 60).
    Ct, 100.0, 0.0, 60.0, "");
fixed!(/// A temperature in degrees Celsius to one decimal (-100 to 60).
    Celsius, 10.0, -100.0, 60.0, " °C");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_values_are_refused() {
        assert!(Ct::new(61.0).is_none());
        assert!(Ct::new(f64::NAN).is_none());
        assert_eq!(Ct::new(34.996).unwrap().value(), 35.0);
        assert!(serde_json::from_str::<Ct>("-1").is_err());
    }
}
