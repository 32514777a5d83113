//! Pixels.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use std::sync::Arc;

/// Why there is no PNG.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPng {
    /// Text could not be drawn.
    #[error("no font was given, or none of them can be read")]
    NoFont,
    /// It is no picture of this crate.
    #[error("the SVG cannot be read: {0}")]
    BadSvg(String),
    /// More pixels than can be held.
    #[error("the picture would have {0} x {1} pixels")]
    TooLarge(u64, u64),
}

/// More pixels than this are not drawn: an A0 poster at 150 dots an inch.
const MOST_PIXELS: u64 = 40_000_000;
/// Pixels of a picture that are an inch: [`crate::WIDTH`] is 170 mm.
const PER_INCH: f64 = crate::WIDTH / 170.0 * 25.4;

/// A picture of this crate as PNG, `scale` pixels for one of the SVG (3 is right for print: 287 dots an inch at 170 mm). Text is set in the first
/// of the fonts (OpenType or TrueType files) that has its characters; one that none of them has is written as its number, `[U+2A6D6]`.
///
/// # Errors
/// If no font can be read, or the picture would be larger than 40 million pixels.
pub fn png(svg: &str, fonts: &[&'static [u8]], scale: f64) -> Result<Vec<u8>, NoPng> {
    let mut options = usvg::Options::default();
    let db = options.fontdb_mut();
    for font in fonts.iter().filter(|f| !f.is_empty()) {
        db.load_font_source(usvg::fontdb::Source::Binary(Arc::new(*font)));
    }
    let Some(family) = db.faces().find_map(|f| f.families.first().map(|f| f.0.clone())) else {
        return Err(NoPng::NoFont);
    };
    db.set_sans_serif_family(&family);
    options.font_family = family;
    let tree = usvg::Tree::from_str(&with_numbers(svg, fonts), &options).map_err(|e| NoPng::BadSvg(e.to_string()))?;
    let scale = if scale.is_finite() { scale.clamp(0.1, 20.0) } else { 1.0 };
    let size = |x: f32| (f64::from(x) * scale).round().max(1.0) as u64;
    let (w, h) = (size(tree.size().width()), size(tree.size().height()));
    if w * h > MOST_PIXELS {
        return Err(NoPng::TooLarge(w, h));
    }
    let too_large = || NoPng::TooLarge(w, h);
    let mut pixels = u32::try_from(w).ok().zip(u32::try_from(h).ok()).and_then(|(w, h)| Pixmap::new(w, h)).ok_or_else(too_large)?;
    // The last row of pixels may be one that the picture covers in part.
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixels.as_mut());
    encoded(&pixels, scale).map_err(|e| NoPng::BadSvg(e.to_string()))
}

/// The file; it says how many pixels are a metre, so that it has its size in a text.
fn encoded(pixels: &Pixmap, scale: f64) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, pixels.width(), pixels.height());
    // The ground is white: no pixel lets anything through.
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let metre = (PER_INCH * scale / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: metre, yppu: metre, unit: png::Unit::Meter }));
    let data: Vec<u8> = pixels.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(out)
}

/// The picture with every character that no font has written as its number. Such characters stand in text only: all else is ASCII.
fn with_numbers(svg: &str, fonts: &[&'static [u8]]) -> String {
    let faces: Vec<_> = fonts.iter().filter_map(|f| ttf_parser::Face::parse(f, 0).ok()).collect();
    let has = |c: char| faces.iter().any(|f| f.glyph_index(c).is_some_and(|g| g.0 != 0));
    let mut out = String::with_capacity(svg.len());
    for c in svg.chars() {
        if c.is_ascii() || has(c) {
            out.push(c);
        } else if !is_invisible(c) {
            out.push_str(&format!("[U+{:04X}]", u32::from(c)));
        }
    }
    out
}

/// Joiners, directions, variation selectors: they ask for no ink.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}
