//! A reader of one community sees nothing of the others, in any view.

use crate::fixture::*;
use quell_book::DutyKind;
use quell_foundation::*;
use quell_store::views::*;

#[test]
fn a_scope_of_one_community_hides_the_others() {
    run(async {
        let f = Fixture::lived().await;
        let now = at("18:00");
        let (root, r1) = (place(ROOT), RoundId::new("R1").unwrap());
        let all = Paging::first(1000);
        let reader = f.scope(B);
        f.db.read(&reader, async |tx| {
            let s = shoulds(tx, BOOK, &root, now).await?;
            let sample = s.place.shoulds[0].kinds.iter().find(|k| k.kind == DutyKind::Sample).unwrap();
            assert_eq!((sample.numbers.should, sample.numbers.open), (20, 6));
            assert!(s.place.shoulds.iter().flat_map(|s| &s.kinds).all(|k| k.kind != DutyKind::Recall), "recalls are all in A");
            for k in DutyKind::ALL {
                let filter = ItemFilter { kind: *k, place: root.clone(), round: None, only_overdue: false };
                for p in [
                    items(tx, BOOK, &filter, &all, now, End::Open).await?,
                    items(tx, BOOK, &filter, &all, now, End::Done).await?,
                    items(tx, BOOK, &filter, &all, now, End::Waived).await?,
                ] {
                    assert!(p.items.iter().all(|i| i.place == place(B)), "{k}");
                }
            }
            let v = round(tx, BOOK, &r1, &root, now).await?.unwrap();
            assert_eq!((v.progress.should, v.tubes.iter().map(|t| t.tubes).sum::<i64>(), v.positive.len()), (20, 2, 0));
            let v = links(tx, BOOK, &r1, &root, now).await?;
            assert_eq!((v.links[0].passed, v.links[4].passed), (1, 0));
            assert!(person(tx, BOOK, id_of(A, 0), now).await?.is_none());
            assert!(person_status(tx, BOOK, id_of(A, 0), now).await?.is_none());
            assert!(person_status(tx, BOOK, id_of(B, 0), now).await?.is_some());
            assert!(find_persons(tx, BOOK, "a0", &all).await?.items.is_empty());
            assert!(find_persons(tx, BOOK, "1007", &all).await?.items.iter().all(|p| p.name == "b07"));
            assert!(tube(tx, BOOK, &TubeCode::new("A1").unwrap(), now).await?.is_none());
            assert!(facilities(tx, BOOK, &root).await?.facilities.is_empty(), "the hall is not in B");
            assert!(beds(tx, BOOK, &place("50.500237.h1"), &all, now).await?.items.is_empty());
            assert!(releasable(tx, BOOK, &place("50.500237.h1"), Span::hours(6), now).await?.is_empty());
            let every = CaseFilter { place: root.clone(), from: None, to: None, control: None, state: None };
            assert!(cases(tx, BOOK, &every, &all, now).await?.items.is_empty());
            assert_eq!(case_counts(tx, BOOK, &root, now).await?.total, 0);
            let d = day(tx, BOOK, &root, now).await?;
            assert!(d.sheet.lines.iter().all(|l| l.place == place(B) && l.difference() == 0));
            assert!(d.sheet.owned.iter().all(|o| o.place != place(A)));
            let b = board(tx, BOOK, &root, now).await?;
            assert_eq!((b.cases.total, b.zones.len(), b.beds.len(), b.rounds[0].progress.should), (0, 0, 0, 20));
            assert!(submissions(tx, BOOK, 0, 100).await?.items.is_empty(), "the log is not bound to a place");
            Ok(())
        })
        .await
        .unwrap();
        let township = f.scope("50.500237.101");
        let s = f.db.read(&township, async |tx| shoulds(tx, BOOK, &root, now).await).await.unwrap();
        assert_eq!(s.place.shoulds[0].kinds.iter().find(|k| k.kind == DutyKind::Sample).unwrap().numbers.should, 50);
    });
}
