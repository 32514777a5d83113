//! Intake and results.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A laboratory took in a box or tubes.
    Received {
        /// The laboratory.
        laboratory: PlaceId,
        /// The box.
        #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")] r#box: Option<BoxCode>,
        /// The tubes; with a box, those of it that were there (all if empty).
        #[serde(default, skip_serializing_if = "Vec::is_empty")] tubes: Vec<TubeCode>,
        /// Their condition.
        condition: Condition,
        /// Why not adequate.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<String>,
        /// Temperature at arrival.
        #[serde(default, skip_serializing_if = "Option::is_none")] temperature: Option<Celsius>,
        /// When.
        at: EventTime,
    }
    /// A plate was read; its controls decide whether its results count.
    PlateRead {
        /// The plate; a code is used once.
        plate: PlateId,
        /// The laboratory.
        laboratory: PlaceId,
        /// When.
        at: EventTime,
        /// The positive control was positive.
        positive_control_ok: bool,
        /// The negative control was negative.
        negative_control_ok: bool,
    }
    /// A tube's result was read.
    ResultRead {
        /// The tube.
        tube: TubeCode,
        /// The plate.
        #[serde(default, skip_serializing_if = "Option::is_none")] plate: Option<PlateId>,
        /// When.
        at: EventTime,
        /// The result.
        result: TestResult,
        /// Cycle thresholds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] targets: Vec<TargetCt>,
    }
    /// A result was wrong; what followed from it is withdrawn or re-opened.
    ResultCorrected {
        /// The tube.
        tube: TubeCode,
        /// When it was found.
        at: EventTime,
        /// The right result.
        result: TestResult,
        /// Cycle thresholds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] targets: Vec<TargetCt>,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
    }
}
