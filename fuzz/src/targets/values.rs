//! Single values: ids, times, quantities, identity numbers.

use super::{inputs, prints_as_itself, writes_as_itself};
use crate::Target;
use crate::words::{CODES, NUMBERS};
use quell::identity::IdentityKey;
use quell_foundation::*;

pub const IDS: Target = Target {
    name: "ids",
    about: "codes, place paths, UUIDs, hashes: what is read prints as itself, and lies below its parents",
    run: ids,
    seeds: || inputs(CODES),
    words: CODES,
};

fn ids(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    prints_as_itself::<TubeCode>(&text);
    prints_as_itself::<BoxCode>(&text);
    prints_as_itself::<PlateId>(&text);
    prints_as_itself::<AccountId>(&text);
    prints_as_itself::<PersonId>(&text);
    prints_as_itself::<Hash>(&text);
    prints_as_itself::<PlaceId>(&text);
    if let Ok(code) = TubeCode::new(&*text) {
        writes_as_itself(&code);
    }
    if let Ok(place) = text.parse::<PlaceId>() {
        writes_as_itself(&place);
        assert_eq!(place.at_depth(place.depth()), place);
        assert_eq!(place.parent().is_some(), place.depth() > 1);
        let mut above = place.clone();
        while let Some(up) = above.parent() {
            assert!(place.is_within(&up) && !up.is_within(&place), "{place} and {up}");
            assert_eq!(place.at_depth(up.depth()), up);
            above = up;
        }
        if let Ok(child) = place.child("x1") {
            assert_eq!(child.parent(), Some(place));
        }
    }
}

pub const TIMES: Target = Target {
    name: "times",
    about: "times with offset and precision, moments, days, spans: what is read prints as itself, in years that every part of Quell can hold",
    run: times,
    seeds: || inputs(crate::words::TIMES),
    words: crate::words::TIMES,
};

fn times(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    prints_as_itself::<EventTime>(&text);
    prints_as_itself::<Instant>(&text);
    prints_as_itself::<Day>(&text);
    prints_as_itself::<Span>(&text);
    if let Ok(t) = text.parse::<EventTime>() {
        writes_as_itself(&t);
        // What falls due within a year of it, too.
        [t.at, t.at.plus(Span::days(366))].into_iter().for_each(storable);
        let day = t.at.day(t.offset);
        assert!(day.start(t.offset) <= t.at && t.at < day.plus(1).start(t.offset), "{t}: not in {day}");
        prints_as_itself::<Day>(&day.to_string());
        if t.precision == Precision::Day {
            assert_eq!(day.start(t.offset), t.at);
        }
        // The text says so itself: no part of it was passed over.
        let (text, printed) = (text.replace('Z', "+00:00"), t.to_string());
        assert!(text.starts_with(&day.to_string()), "{text:?} is read as {t}");
        assert!(text.ends_with(&printed[printed.len() - 6..]) || text.ends_with("-00:00"), "{text:?} is read as {t}");
        assert!(text.len() <= "2022-11-26T08:15:00.123456789+08:00".len(), "{text:?} is read as {t}");
    }
    if let Ok(t) = text.parse::<Instant>() {
        writes_as_itself(&t);
        storable(t);
    }
    if let Ok(d) = text.parse::<Day>() {
        writes_as_itself(&d);
        storable(d.start(UtcOffset::CHINA));
    }
    if let Ok(s) = text.parse::<Span>() {
        writes_as_itself(&s);
        // Whatever a span says, to add it does not end the program.
        let _ = Instant(0).plus(s).since(Instant(0));
    }
}

/// PostgreSQL and JSON can hold it, and it is read as it was written.
fn storable(t: Instant) {
    let text = t.to_string();
    assert_eq!(text.parse().ok(), Some(t), "{text}: nothing can store it");
}

pub const QUANTITIES: Target = Target {
    name: "quantities",
    about: "cycle thresholds and temperatures in JSON: within their range, and written as themselves",
    run: quantities,
    seeds: || inputs(&["34.996", "0", "60", "-0.0", "1e2", "-100", "36.65", "null", "1e400", "0.005"]),
    words: &["e", "-", ".", "0", "9", "E+", "60", "100"],
};

fn quantities(data: &[u8]) {
    if let Ok(ct) = serde_json::from_slice::<Ct>(data) {
        writes_as_itself(&ct);
        assert!((0.0..=60.0).contains(&ct.value()));
    }
    if let Ok(t) = serde_json::from_slice::<Celsius>(data) {
        writes_as_itself(&t);
        assert!((-100.0..=60.0).contains(&t.value()));
    }
}

pub const IDENTITY: Target = Target {
    name: "identity",
    about: "identity numbers: the mask shows at most two characters, the hash does not depend on spaces and case",
    run: identity,
    seeds: || inputs(NUMBERS),
    words: NUMBERS,
};

fn identity(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let key = IdentityKey::fixed("fuzz");
    let kept = key.identity(&text);
    let shown = kept.masked.chars().filter(|c| *c != '*').count();
    let given = text.chars().filter(|c| !c.is_whitespace()).count();
    assert!(shown <= 2 && (given < 2 || shown < given), "{:?} shows too much", kept.masked);
    assert_eq!(key.identity(&format!(" {text} ")).hash, kept.hash);
    writes_as_itself(&kept);
    let _ = key.search_text(&text);
}
