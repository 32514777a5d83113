mod common;
use common::generator::*;
use common::*;
use quell_book::*;
use quell_foundation::*;
use std::collections::BTreeMap;
#[test]
fn stats() {
    let pr = protocol();
    let mut acc: BTreeMap<String, [u32;2]> = BTreeMap::new();
    let mut rules: BTreeMap<String, u32> = BTreeMap::new();
    let mut st: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..150u64 {
        let mut r = Stream::named(seed, "x");
        let mut replay = empty();
        let mut g = Generator::new(moment("01T07:00"));
        let mut seq = 1;
        let mut f = world(); f.extend((1..=8).map(person));
        let sub = |replay: &mut Replay, g: &Generator, seq: &mut i64, f: &[Fact]| {
            let x = replay.submit(&pr, g.now, *seq, SubmissionId(uuid::Uuid::from_u128(*seq as u128)), Hash::default(), f);
            if x.is_ok() {*seq += 1;} x };
        sub(&mut replay, &g, &mut seq, &f).unwrap();
        sub(&mut replay, &g, &mut seq, &[fact("01T07:00", "round_opened", serde_json::json!({"round": "r0", "name": "first", "scope": [COMPOUND]}))]).unwrap();
        for _ in 0..100 {
            let k = if r.below(5) == 0 { 1 + r.below(3) } else { 1 };
            let mut fs = vec![];
            for _ in 0..k { let s = (r.below(256) as u8, r.below(256) as u8, r.below(256) as u8, r.below(256) as u8); fs.extend(g.step(&replay.state, s)); }
            match sub(&mut replay, &g, &mut seq, &fs) {
                Ok(_) => for f in &fs { acc.entry(f.kind().into()).or_default()[0] += 1; },
                Err(e) => { *rules.entry(e.rule.clone()).or_default() += 1; for f in &fs { acc.entry(f.kind().into()).or_default()[1] += 1; } }
            }
        }
        for c in replay.state.cases.values() { *st.entry(format!("case {:?}", c.state)).or_default() += 1; }
        for c in replay.state.contacts.values() { *st.entry(format!("contact {:?}", c.state)).or_default() += 1; }
        for c in replay.state.transfers.values() { *st.entry(format!("transfer {:?}", c.state)).or_default() += 1; }
        for c in replay.state.tubes.values() { *st.entry(format!("tube {:?} {:?}", c.state, c.result)).or_default() += 1; }
        for c in replay.state.duties.values() { *st.entry(format!("duty {:?} {:?}", c.kind, c.state)).or_default() += 1; }
        *st.entry("sealed".into()).or_default() += replay.state.sealed_days.len() as u32;
    }
    println!("{acc:#?}\n{rules:#?}\n{st:#?}");
}
