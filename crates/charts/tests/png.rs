//! Pixels.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use quell_charts::Language::{Chinese, English};
use quell_charts::{NoPng, WIDTH, png};
use quell_fonts::CARRIED;

/// Width, and the pixels.
fn decoded(bytes: &[u8]) -> (u32, Vec<[u8; 3]>) {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    assert_eq!(info.color_type, ::png::ColorType::Rgb);
    (info.width, data[..info.buffer_size()].chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect())
}

fn share(pixels: &[[u8; 3]], of: [u8; 3]) -> f64 {
    pixels.iter().filter(|p| **p == of).count() as f64 / pixels.len() as f64
}

#[test]
fn a_png_has_bars_lines_and_words() {
    let svg = common::curve().svg(English);
    let bytes = png(&svg, &[CARRIED], 2.0).unwrap();
    let (width, pixels) = decoded(&bytes);
    assert_eq!(f64::from(width), 2.0 * WIDTH);
    let (blue, white) = (share(&pixels, [0x00, 0x72, 0xB2]), share(&pixels, [0xff; 3]));
    assert!((0.02..0.3).contains(&blue) && (0.4..0.9).contains(&white), "{blue} {white}");
    // Without its words it is another picture: they were drawn.
    let ink = |p: &[[u8; 3]]| share(p, [0x22; 3]);
    let bare = svg.lines().filter(|l| !l.starts_with("<text")).collect::<String>();
    let (_, wordless) = decoded(&png(&bare, &[CARRIED], 2.0).unwrap());
    assert!(ink(&pixels) > ink(&wordless) * 1.2, "{} {}", ink(&pixels), ink(&wordless));
    assert_eq!(bytes, png(&svg, &[CARRIED], 2.0).unwrap(), "the same picture has the same bytes");
}

#[test]
fn a_row_that_is_covered_in_part_is_white() {
    let (width, pixels) = decoded(&png(&common::tree().svg(Chinese), &[CARRIED], 1.537).unwrap());
    assert!(pixels[pixels.len() - width as usize..].iter().all(|p| *p == [0xff; 3]));
}

#[test]
fn a_character_that_no_font_has_is_its_number() {
    let mut curve = common::curve();
    let title = |t: &str| Some(t.to_owned());
    curve.head.title = title("𪛖");
    let unknown = png(&curve.svg(Chinese), &[CARRIED], 1.0).unwrap();
    curve.head.title = title("[U+2A6D6]");
    assert_eq!(unknown, png(&curve.svg(Chinese), &[CARRIED], 1.0).unwrap());
}

#[test]
fn without_a_font_there_is_no_png() {
    let svg = common::curve().svg(English);
    assert_eq!(png(&svg, &[], 1.0), Err(NoPng::NoFont));
    assert_eq!(png(&svg, &[b"", b"no font"], 1.0), Err(NoPng::NoFont));
}

#[test]
fn a_picture_too_large_is_refused() {
    let svg = common::curve().svg(English);
    assert!(matches!(png(&svg, &[CARRIED], 20.0), Err(NoPng::TooLarge(12_800, _))));
    assert!(matches!(png("<p/>", &[CARRIED], 1.0), Err(NoPng::BadSvg(_))));
}
