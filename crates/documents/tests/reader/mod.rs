//! Reads a PDF file back: by its table of objects, its tree of pages and the fonts' own maps to Unicode. Knows only what these files use.

use std::collections::HashMap;

/// The text of each page, in the order it is drawn, without spaces.
pub fn pages(pdf: &[u8]) -> Vec<String> {
    let objects = objects(pdf);
    let fonts = fonts(&objects);
    let kids = between(&text(&objects[&2]), "/Kids[", "]");
    refs(&kids).map(|page| page_text(&objects, &fonts, page)).collect()
}

/// The objects by number. Fails unless the table of objects names the place of each.
pub fn objects(pdf: &[u8]) -> HashMap<usize, Vec<u8>> {
    let tail = text(&pdf[pdf.len().saturating_sub(64)..]);
    let table: usize = between(&tail, "startxref\n", "\n").parse().expect("the place of the table");
    let rest = text(&pdf[table..]);
    let mut lines = rest.lines();
    assert_eq!(lines.next(), Some("xref"));
    let count: usize = lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|n| n.parse().ok()).expect("a count");
    let offsets: Vec<usize> = lines.skip(1).take(count - 1).map(|l| l[..10].parse().expect("a place")).collect();
    let mut objects = HashMap::new();
    for (n, at) in offsets.iter().enumerate() {
        let head = format!("{} 0 obj", n + 1);
        assert!(pdf[*at..].starts_with(head.as_bytes()), "object {} is not at {at}", n + 1);
        let end = find(&pdf[*at..], b"endobj").expect("an end");
        objects.insert(n + 1, pdf[at + head.len()..at + end].to_vec());
    }
    objects
}

/// The maps from numbers in the text to characters, by the fonts' names on pages.
fn fonts(objects: &HashMap<usize, Vec<u8>>) -> HashMap<String, HashMap<u16, char>> {
    let dict = text(&objects[&3]);
    let mut fonts = HashMap::new();
    for entry in dict.split('/').skip(1) {
        let (name, id) = entry.split_once(' ').expect("a name and a number");
        let font = text(&objects[&refs(id).next().expect("a font")]);
        let map = refs(&between(&font, "/ToUnicode ", "/")).next().expect("a map to Unicode");
        let mut chars = HashMap::new();
        for line in text(&inflated(&objects[&map])).lines().filter(|l| l.starts_with('<') && l.matches('<').count() == 2) {
            let hex: Vec<&str> = line.split(['<', '>', ' ']).filter(|s| !s.is_empty()).collect();
            let [from, to] = hex[..] else { continue };
            if from.len() != 4 || (from, to) == ("0000", "FFFF") || to == "ffff" {
                continue;
            }
            let units: Vec<u16> = to.as_bytes().chunks(4).map(|h| u16::from_str_radix(&text(h), 16).expect("hexadecimal")).collect();
            let c = char::decode_utf16(units).next().and_then(Result::ok).expect("a character");
            chars.insert(u16::from_str_radix(from, 16).expect("hexadecimal"), c);
        }
        fonts.insert(name.to_owned(), chars);
    }
    fonts
}

fn page_text(objects: &HashMap<usize, Vec<u8>>, fonts: &HashMap<String, HashMap<u16, char>>, page: usize) -> String {
    let contents = refs(&between(&text(&objects[&page]), "/Contents ", "/")).next().expect("contents");
    let content = inflated(&objects[&contents]);
    let (mut font, mut out, mut at) = (String::new(), String::new(), 0);
    while at < content.len() {
        match content[at] {
            b'/' => {
                font = content[at + 1..].iter().take_while(|b| b.is_ascii_alphanumeric()).map(|b| *b as char).collect();
                at += 1 + font.len();
            }
            b'(' => {
                let (bytes, next) = literal(&content, at + 1);
                show(&bytes, &fonts[&font], &mut out);
                at = next;
            }
            b'<' => {
                let end = at + find(&content[at..], b">").expect("an end");
                let hex = text(&content[at + 1..end]);
                let bytes: Vec<u8> = (0..hex.len() / 2).map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).expect("hex")).collect();
                show(&bytes, &fonts[&font], &mut out);
                at = end + 1;
            }
            _ => at += 1,
        }
    }
    out
}

fn show(bytes: &[u8], map: &HashMap<u16, char>, out: &mut String) {
    let numbers = bytes.chunks(2).map(|b| u16::from_be_bytes([b[0], b[1]]));
    out.extend(numbers.map(|n| *map.get(&n).expect("every glyph has its character")).filter(|c| *c != ' '));
}

/// A string in brackets, with its escapes undone, and where it ends.
fn literal(content: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let (mut bytes, mut depth) = (Vec::new(), 0);
    loop {
        match content[at] {
            b'\\' if content[at + 1].is_ascii_digit() => {
                bytes.push(u8::from_str_radix(&text(&content[at + 1..at + 4]), 8).expect("octal"));
                at += 3;
            }
            b'\\' => {
                at += 1;
                bytes.push(match content[at] {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => other,
                });
            }
            b')' if depth == 0 => return (bytes, at + 1),
            byte => {
                depth += i32::from(byte == b'(') - i32::from(byte == b')');
                bytes.push(byte);
            }
        }
        at += 1;
    }
}

fn inflated(object: &[u8]) -> Vec<u8> {
    let from = find(object, b"stream\n").expect("a stream") + 7;
    miniz_oxide::inflate::decompress_to_vec_zlib(&object[from..]).expect("a stream that can be read")
}

fn refs(s: &str) -> impl Iterator<Item = usize> {
    let words: Vec<String> = s.replace(">>", " ").split_ascii_whitespace().map(str::to_owned).collect();
    let ids: Vec<usize> = words.windows(3).filter(|w| w[1] == "0" && w[2].starts_with('R')).filter_map(|w| w[0].parse().ok()).collect();
    ids.into_iter()
}

fn between(s: &str, from: &str, to: &str) -> String {
    let rest = s.split_once(from).unwrap_or_else(|| panic!("no {from} in {s}")).1;
    rest.split_once(to).map_or(rest, |(inner, _)| inner).to_owned()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|w| w == what)
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|b| *b as char).collect()
}
