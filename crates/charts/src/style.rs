//! Colours, patterns and sizes. The colours are those of Okabe and Ito (2008, jfly.uni-koeln.de/color), which readers with any kind of colour
//! vision tell apart; they are used in an order in which the lightness differs too, and with patterns, for prints in black and white.

/// Fonts, best first; a PNG is set in whichever of them the caller gives.
pub(crate) const FAMILY: &str =
    "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, Helvetica Neue, Arial, sans-serif";

/// Width of every picture, in pixels: 170 mm, the text of an A4 page. So 11 px are 8.3 points there.
pub const WIDTH: f64 = 640.0;

/// Text.
pub(crate) const INK: &str = "#222";
/// Text of the second rank.
pub(crate) const SOFT: &str = "#595959";
/// Grid.
pub(crate) const GRID: &str = "#dcdcdc";

pub(crate) const BLUE: &str = "#0072B2";
pub(crate) const SKY: &str = "#56B4E9";
pub(crate) const ORANGE: &str = "#E69F00";
pub(crate) const VERMILLION: &str = "#D55E00";
pub(crate) const GREEN: &str = "#009E73";
pub(crate) const PURPLE: &str = "#CC79A7";

pub(crate) const TITLE_SIZE: f64 = 16.0;
pub(crate) const TEXT_SIZE: f64 = 11.5;
pub(crate) const SMALL_SIZE: f64 = 10.5;

/// Fills of stacked bars, from the bottom: dark and light by turns, the light ones with lines.
pub(crate) const STACK: [&str; 7] = [
    r##"fill="#0072B2""##,
    r##"fill="#E69F00""##,
    r##"fill="#56B4E9""##,
    r##"fill="#D55E00""##,
    r##"fill="#F0E442""##,
    r##"fill="#009E73""##,
    r##"fill="#CC79A7""##,
];
/// Lines over those fills, for black and white.
pub(crate) const STACK_LINES: [Option<&str>; 7] =
    [None, Some("url(#lines-b)"), None, Some("url(#lines-a)"), None, Some("url(#dots)"), Some("url(#lines-b)")];

/// Days of which nothing is known.
pub(crate) const UNKNOWN: &str = r##"fill="url(#unknown)""##;

/// The patterns that drawings fill with.
pub(crate) fn patterns() -> &'static str {
    concat!(
        r##"<defs><pattern id="unknown" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#f4f4f4"/><path d="M0 0V5" stroke="#bbb" stroke-width="1.4"/></pattern>"##,
        "\n",
        r##"<pattern id="lines-a" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path d="M0 0V4" stroke="#fff" stroke-width="1.6"/></pattern>"##,
        "\n",
        r##"<pattern id="lines-b" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V4" stroke="#fff" stroke-width="1.6"/></pattern>"##,
        "\n",
        r##"<pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse"><circle cx="2" cy="2" r="0.9" fill="#fff"/></pattern></defs>"##,
        "\n",
    )
}
