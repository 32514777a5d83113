//! Counts, lists behind the counts, rounds, links, the day and the board.

use crate::fixture::*;
use quell_book::{DutyKind, Should, TestResult, TubeState};
use quell_foundation::*;
use quell_store::views::*;

/// should, done, in time, waived, superseded, open, overdue
fn numbers(n: &Numbers) -> [i64; 7] {
    [n.should, n.done, n.in_time, n.waived, n.superseded, n.open, n.overdue]
}

fn kind(p: &PlaceShoulds, kind: DutyKind) -> [i64; 7] {
    let found = p.shoulds.iter().flat_map(|s| &s.kinds).find(|k| k.kind == kind);
    found.map_or([0; 7], |k| numbers(&k.numbers))
}

#[test]
fn the_shoulds_are_as_counted_by_hand() {
    run(async {
        let f = Fixture::lived().await;
        let s = f.db.read(&f.scope(ROOT), async |tx| shoulds(tx, BOOK, &place(ROOT), at("18:00")).await).await.unwrap();
        let expected = [
            (DutyKind::Sample, [60, 37, 37, 2, 0, 21, 0]),
            (DutyKind::Result, [40, 21, 21, 0, 4, 15, 15]),
            (DutyKind::Seal, [7, 5, 4, 0, 1, 1, 1]),
            (DutyKind::Deliver, [5, 4, 4, 0, 0, 1, 1]),
            (DutyKind::Test, [4, 4, 4, 0, 0, 0, 0]),
            (DutyKind::Recall, [10, 2, 2, 1, 0, 7, 7]),
            (DutyKind::Resample, [3, 0, 0, 0, 0, 3, 0]),
            (DutyKind::Report, [1, 1, 1, 0, 0, 0, 0]),
            (DutyKind::Transfer, [1, 1, 1, 0, 0, 0, 0]),
            (DutyKind::Admit, [1, 1, 1, 0, 0, 0, 0]),
            (DutyKind::Isolate, [1, 0, 0, 0, 0, 1, 0]),
            (DutyKind::LiftZone, [1, 0, 0, 0, 0, 1, 0]),
        ];
        for (k, n) in expected {
            assert_eq!(kind(&s.place, k), n, "{k}");
        }
        let of = |w: Should| s.place.shoulds.iter().find(|x| x.should_what == w).unwrap();
        assert_eq!(numbers(&of(Should::Test).numbers), [73, 39, 39, 3, 0, 31, 7], "sample + recall + resample");
        for l in &s.place.shoulds {
            let n = l.numbers;
            assert_eq!(n.should, n.done + n.waived + n.superseded + n.open, "{:?}", l.should_what);
        }
        let names: Vec<_> = s.below.iter().map(|p| (p.place.as_str(), p.name.as_deref())).collect();
        assert_eq!(names, [("50.500237.101", Some("First township")), ("50.500237.102", Some("Second township"))]);
        assert_eq!(kind(&s.below[0], DutyKind::Sample), [50, 37, 37, 2, 0, 11, 0]);
        assert_eq!(kind(&s.below[1], DutyKind::Sample), [10, 0, 0, 0, 0, 10, 0]);
        let late = f.db.read(&f.scope(ROOT), async |tx| shoulds(tx, BOOK, &place(B), at("23:00").plus(Span::days(1))).await).await.unwrap();
        assert_eq!(kind(&late.place, DutyKind::Sample), [20, 13, 13, 1, 0, 6, 6], "the round is over");
        assert!(late.below.is_empty());
    });
}

#[test]
fn every_number_opens_into_the_list_behind_it() {
    run(async {
        let f = Fixture::lived().await;
        let now = at("18:00");
        for p in [ROOT, A, B, C] {
            let s = f.db.read(&f.scope(ROOT), async |tx| shoulds(tx, BOOK, &place(p), now).await).await.unwrap();
            for k in DutyKind::ALL {
                let [_, done, _, waived, superseded, open, overdue] = kind(&s.place, *k);
                let filter = ItemFilter { kind: *k, place: place(p), round: None, only_overdue: false };
                assert_eq!(listed(&f, &filter, End::Open).await.len() as i64, open, "open {k} at {p}");
                assert_eq!(listed(&f, &filter, End::Done).await.len() as i64, done, "done {k} at {p}");
                assert_eq!(listed(&f, &filter, End::Waived).await.len() as i64, waived + superseded, "ended {k} at {p}");
                let filter = ItemFilter { only_overdue: true, ..filter };
                assert_eq!(listed(&f, &filter, End::Open).await.len() as i64, overdue, "overdue {k} at {p}");
            }
        }
        let filter = ItemFilter { kind: DutyKind::Recall, place: place(ROOT), round: None, only_overdue: false };
        let recalls = listed(&f, &filter, End::Open).await;
        assert!(recalls.iter().all(|i| i.overdue && i.owner.as_deref() == Some("station A") && i.rule == "deadlines.recall"));
        assert_eq!(recalls[0].home.as_ref().map(|h| h.as_str().starts_with(A)), Some(true));
        let filter = ItemFilter { kind: DutyKind::Sample, round: Some(RoundId::new("R1").unwrap()), ..filter };
        let waived: Vec<_> = listed(&f, &filter, End::Waived).await.into_iter().map(|i| (i.name.unwrap(), i.reason.unwrap())).collect();
        assert_eq!(waived, [("a29".into(), "absent: Wanzhou".into()), ("b19".to_owned(), "bedridden".to_owned())]);
        // Who is open when the round is closed was missed: shown as a number and as a list.
        let open: Vec<_> = listed(&f, &filter, End::Open).await.into_iter().map(|i| i.person_id).collect();
        f.push("17:30", serde_json::json!([{"round_closed": {"round": "R1", "at": "2022-11-26T17:30:00+08:00"}}])).await;
        let s = f.db.read(&f.scope(ROOT), async |tx| shoulds(tx, BOOK, &place(ROOT), now).await).await.unwrap();
        let line = s.place.shoulds.iter().flat_map(|l| &l.kinds).find(|l| l.kind == DutyKind::Sample).unwrap();
        assert_eq!((line.numbers.missed as usize, line.numbers.open), (open.len(), 0));
        let missed: Vec<_> = listed(&f, &filter, End::Missed).await;
        assert!(missed.iter().all(|i| i.end == End::Missed && open.contains(&i.person_id)) && missed.len() == open.len());
    });
}

/// The whole list, read in pages of three.
async fn listed(f: &Fixture, filter: &ItemFilter, end: End) -> Vec<Item> {
    let mut page = Paging::first(3);
    let mut all: Vec<Item> = Vec::new();
    loop {
        let p = f.db.read(&f.scope(ROOT), async |tx| items(tx, BOOK, filter, &page, at("18:00"), end).await).await.unwrap();
        assert!(p.items.len() <= 3);
        all.extend(p.items);
        match p.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let keys: std::collections::BTreeSet<&str> = all.iter().map(|i| i.key.as_str()).collect();
    assert_eq!(keys.len(), all.len(), "no item twice");
    all
}

#[test]
fn a_round_its_tubes_and_its_end() {
    run(async {
        let f = Fixture::lived().await;
        let id = RoundId::new("R1").unwrap();
        let v =
            f.db.read(&f.scope(ROOT), async |tx| round(tx, BOOK, &id, &place("50.500237.101"), at("18:00")).await).await.unwrap().unwrap();
        let p = |should, sampled, waived, open| Progress { should, sampled, in_time: sampled, waived, superseded: 0, missed: 0, open };
        assert_eq!(v.progress, p(50, 37, 2, 11));
        let below: Vec<_> = v.below.iter().map(|b| (b.place.as_str(), b.progress)).collect();
        assert_eq!(below, [(A, p(30, 24, 1, 5)), (B, p(20, 13, 1, 6))]);
        let tubes: Vec<_> = v.tubes.iter().map(|t| (t.state, t.result, t.tubes, t.persons)).collect();
        let (neg, pos) = (Some(TestResult::Negative), Some(TestResult::Positive));
        let expected = [
            (TubeState::InTransit, None, 1, 10),
            (TubeState::Open, None, 1, 5),
            (TubeState::Resulted, neg, 1, 9),
            (TubeState::Resulted, pos, 1, 10),
            (TubeState::Spoilt, None, 1, 3),
        ];
        assert_eq!(tubes, expected);
        assert_eq!(v.results, ResultProgress { registered: 38, resulted: 19, superseded: 4, pending: 15 });
        assert_eq!((v.positive.len(), v.positive[0].tube.as_str(), v.positive[0].recalls_open), (1, "A1", 7));
        assert_eq!((v.pace.registered, v.pace.sampling_ends), (0, None));
        // At 09:05 the last hour saw A1, A2 (nine left in it), A3 and B1: 34 an hour, 11 to go.
        let v =
            f.db.read(&f.scope(ROOT), async |tx| round(tx, BOOK, &id, &place("50.500237.101"), at("09:05")).await).await.unwrap().unwrap();
        assert_eq!((v.pace.minutes, v.pace.registered, v.pace.per_hour), (60, 34, 34.0));
        let ends = at("09:05").plus(Span((11.0 / 34.0 * 3600.0_f64).ceil() as i64));
        assert_eq!(v.pace.sampling_ends, Some(ends));
        assert_eq!(v.pace.turnaround_s, Some(13_710.0), "A1 took 13,800 s, A2 12,900 s");
        assert_eq!(v.pace.last_result, Some(ends.plus(Span(13_710))));
        let list = f.db.read(&f.scope(ROOT), async |tx| rounds(tx, BOOK, &Paging::default()).await).await.unwrap();
        assert_eq!((list.items.len(), list.items[0].name.as_str(), list.next), (1, "Round 1", None));
        f.push("18:30", serde_json::json!([{"round_closed": {"round": "R1", "at": at("18:30")}}])).await;
        let v = f.db.read(&f.scope(ROOT), async |tx| round(tx, BOOK, &id, &place(ROOT), at("19:00")).await).await.unwrap().unwrap();
        assert_eq!(v.progress, Progress { superseded: 21, missed: 21, open: 0, ..p(60, 37, 2, 0) });
    });
}

#[test]
fn the_links_and_where_it_jams() {
    run(async {
        let f = Fixture::lived().await;
        let id = RoundId::new("R1").unwrap();
        let v = f.db.read(&f.scope(ROOT), async |tx| links(tx, BOOK, &id, &place(ROOT), at("18:00")).await).await.unwrap();
        let got: Vec<_> = v.links.iter().map(|l| (l.passed, l.median_s, l.p90_s.map(f64::round), l.worst_s, l.waiting.count)).collect();
        let some = |a: f64, b: f64, c: f64| (Some(a), Some(b), Some(c));
        let rows = [
            (3, some(600.0, 2040.0, 2400.0), 1),
            (3, some(1200.0, 2160.0, 2400.0), 0),
            (2, some(3600.0, 3600.0, 3600.0), 1),
            (2, some(7350.0, 7470.0, 7500.0), 0),
            (1, some(1800.0, 1800.0, 1800.0), 0),
            (1, some(1800.0, 1800.0, 1800.0), 0),
            (1, some(2400.0, 2400.0, 2400.0), 0),
        ];
        assert_eq!(got, rows.map(|(n, (m, p, w), k)| (n, m, p, w, k)));
        assert_eq!((v.links[0].waiting.oldest, v.links[0].waiting.total_s), (Some(at("08:50")), 33_000.0));
        assert_eq!((v.links[2].waiting.oldest, v.links[2].waiting.total_s), (Some(at("10:00")), 28_800.0));
        assert_eq!(v.bottleneck, Some(LinkName::SampledToSealed), "A3 has waited longest");
        assert_eq!(v.case_bottleneck, Some(LinkName::PickedUpToAdmitted), "nothing waits: the longest median");
        let b = f.db.read(&f.scope(ROOT), async |tx| links(tx, BOOK, &id, &place(C), at("18:00")).await).await.unwrap();
        assert!(b.links.iter().all(|l| l.passed == 0 && l.median_s.is_none()) && b.bottleneck.is_none());
    });
}

#[test]
fn the_day_balances_names_what_blocks_it_and_is_sealed() {
    run(async {
        let f = Fixture::lived().await;
        let d = f.db.read(&f.scope(ROOT), async |tx| day(tx, BOOK, &place(ROOT), at("18:00")).await).await.unwrap();
        assert!(d.sheet.lines.iter().all(|l| l.difference() == 0), "{:?}", d.blocked);
        let counted = f.db.read(&f.scope(ROOT), async |tx| day_counted(tx, BOOK, &place(ROOT), at("18:00")).await).await.unwrap();
        assert_eq!(d, counted);
        let blocked: Vec<_> = d.blocked.iter().map(|b| (b.kind, b.place.as_str(), b.overdue_without_owner)).collect();
        assert_eq!(blocked, [(DutyKind::Result, A, 5), (DutyKind::Result, B, 10), (DutyKind::Seal, A, 1), (DutyKind::Deliver, B, 1)]);
        let part = f.db.read(&f.scope(B), async |tx| day(tx, BOOK, &place(B), at("18:00")).await).await.unwrap();
        assert_eq!(part.blocked.len(), 2, "the part of one community balances too: {:?}", part.blocked);
        let own = |k: &str| serde_json::json!({"overdue_owned": {"kind": k, "place": ROOT, "owner": "post", "reason": "late"}});
        f.push("18:00", serde_json::json!([own("result"), own("seal"), own("deliver")])).await;
        f.push("18:00", serde_json::json!([{"day_closed": {"day": "2022-11-26", "decider": "post"}}])).await;
        let days = f.db.read(&f.scope(ROOT), async |tx| sealed_days(tx, BOOK, &place(ROOT), &Paging::default()).await).await.unwrap();
        let open: i64 = d.sheet.lines.iter().map(|l| l.carried_out).sum();
        let got = &days.items[0];
        assert_eq!((got.day.to_string().as_str(), got.carried_out, got.overdue, got.carried_in), ("2022-11-26", open, 24, 0));
        let of_b = f.db.read(&f.scope(ROOT), async |tx| sealed_days(tx, BOOK, &place(B), &Paging::default()).await).await.unwrap();
        assert_eq!(of_b.items[0].overdue, 11);
        let whole = f.db.read(&f.scope(ROOT), async |tx| sealed_day(tx, BOOK, got.day, &place(ROOT)).await).await.unwrap().unwrap();
        assert_eq!(whole.sheet.hash(), whole.sheet_hash);
        let next = f.db.read(&f.scope(B), async |tx| day(tx, BOOK, &place(B), at("18:00")).await).await.unwrap();
        assert!(next.sheet.lines.iter().all(|l| l.difference() == 0 && l.carried_in == l.carried_out), "{:?}", next.sheet.lines);
    });
}

#[test]
fn the_board_agrees_with_the_views() {
    run(async {
        let f = Fixture::lived().await;
        let b = f.db.read(&f.scope(ROOT), async |tx| board(tx, BOOK, &place(ROOT), at("18:00")).await).await.unwrap();
        let read = async || f.db.read(&f.scope(ROOT), async |tx| shoulds(tx, BOOK, &place(ROOT), at("18:00")).await).await.unwrap();
        let s = read().await;
        assert_eq!(b.shoulds, s.place.shoulds);
        let c = f.db.connection().await.unwrap();
        for _ in 0..2 {
            carry(&c, BOOK, "2022-11-26".parse().unwrap()).await.unwrap();
            assert_eq!(read().await, s, "the same from the carried sums, also when carried twice");
        }
        assert_eq!((b.rounds.len(), b.rounds[0].progress.open, b.rounds[0].results.pending), (1, 21, 15));
        let tubes: Vec<_> = b.tubes.iter().map(|t| (t.state, t.tubes, t.persons, t.overdue)).collect();
        assert_eq!(tubes, [(TubeState::InTransit, 1, 10, 1), (TubeState::Open, 1, 5, 1)]);
        assert_eq!((b.cases.total, b.cases.active, b.cases.today.community_found + b.cases.today.controlled), (1, 1, 1));
        assert_eq!((b.beds[0].beds, b.beds[0].occupied, b.beds[0].reserved, b.beds[0].free), (3, 1, 0, 2));
        assert_eq!((b.zones.len(), b.zones[0].zones), (1, 1));
        assert_eq!((b.open_day.unwrap().to_string().as_str(), b.last_sealed), ("2022-11-26", None));
    });
}
