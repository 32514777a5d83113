//! What the switch from the ninth edition to the twenty measures changes, checked by hand against the documents.

#![allow(clippy::unwrap_used)]

use quell_protocol::{Change, Protocol, builtin, diff, diff_sources, load};

fn protocol(id: &str) -> Protocol {
    load(id, builtin(&id.parse().unwrap()).unwrap()).unwrap()
}

fn lines(changes: &[Change]) -> String {
    changes.iter().map(|c| format!("{c}\n")).collect()
}

#[test]
fn the_switch_from_ninth_to_twenty() {
    let (ninth, twenty) = (protocol("covid-2022-ninth"), protocol("covid-2022-twenty"));
    let found = lines(&diff(&ninth, &twenty));
    assert_eq!(found, include_str!("ninth-twenty.diff"), "{found}");
    let found = lines(&diff_sources(&ninth, &twenty));
    assert_eq!(found, include_str!("ninth-twenty-sources.diff"), "{found}");
}

#[test]
fn a_switch_back_is_the_mirror_image() {
    let (ninth, twenty) = (protocol("covid-2022-ninth"), protocol("covid-2022-twenty"));
    let turned = |c: &Change| Change {
        path: c.path.clone(),
        before: c.after.clone(),
        after: c.before.clone(),
        sources_before: c.sources_after.clone(),
        sources_after: c.sources_before.clone(),
    };
    let there = diff(&ninth, &twenty);
    assert_eq!(diff(&twenty, &ninth), there.iter().map(turned).collect::<Vec<_>>());
}
