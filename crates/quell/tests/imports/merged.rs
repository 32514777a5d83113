//! Files that still name the second record of a person whose two records were merged.

use super::world::*;

const SWAB: &str = "2022-11-26T08:00:00+08:00";

/// The person that a file called so.
async fn of_case(w: &World, number: &str) -> PersonId {
    w.cases().await.iter().find(|c| c.number.as_ref().is_some_and(|n| n.as_str() == number)).unwrap().who.person_id
}
async fn of_contact(w: &World, name: &str) -> (PersonId, ContactId) {
    let all = w.contacts().await;
    let c = all.iter().find(|c| c.who.name == name).unwrap();
    (c.who.person_id, c.contact_id)
}
async fn merge(w: &World, kept: PersonId, gone: PersonId) {
    let merge = derived_uuid(&[b"merge", gone.0.as_bytes()]);
    let decision = json!({"decider": "li", "reason": "asked"});
    w.say("persons_merged", json!({"merge": merge, "kept": kept, "gone": gone, "decision": decision, "at": NOW})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_second_record_is_said_of_the_one_that_was_kept() {
    let w = World::new().await;
    let person = |n: u32| PersonId(derived_uuid(&[b"kept", &n.to_be_bytes()]));
    // 1, 2 and 3 are the records that stay; what the files say is about others, who turn out to be these.
    for (n, name) in [(1, "郑春"), (2, "冯夏"), (3, "褚秋")] {
        w.say("person_listed", json!({"person": person(n), "name": name, "sex": "male", "born": format!("195{n}-01-01"), "home": HOME2}))
            .await;
    }
    let cases = format!(
        "外部编号,病例编号,姓名,性别,出生日期,住址编码,病例分类,发现时间,转归,转归时间\n\
        C-1,N-1,王伟,男,1984-05-01,{HOME},确诊病例,2022-11-20,在管,\nC-2,N-2,李敏,女,1990-02-28,{HOME2},确诊病例,2022-11-01,治愈出院,2022-11-10\n\
        C-3,N-3,陈强,男,1970-02-28,{HOME2},确诊病例,2022-11-21,在管,\n"
    );
    assert_eq!(counts(&w.import(RecordKind::Cases, "cases.csv", &cases).await), [3, 0, 0, 0]);
    let contacts = format!(
        "外部编号,病例编号,姓名,性别,出生日期,住址编码,密接类别,末次接触时间,判定时间,密接状态\n\
        K-1,N-1,孙丽,女,1985-03-12,{HOME},密接,2022-11-20,2022-11-21,在管\nK-2,N-2,吴昊,男,1987-03-12,{HOME2},密接,2022-10-20,2022-10-21,解除\n"
    );
    assert_eq!(counts(&w.import(RecordKind::Contacts, "contacts.csv", &contacts).await), [2, 0, 0, 0]);
    let visits = "外部编号,随访时间,随访结果\nK-1,2022-11-22T09:00:00+08:00,正常\nK-2,2022-10-22T09:00:00+08:00,正常\n";
    assert_eq!(counts(&w.import(RecordKind::Followups, "visits.csv", visits).await), [2, 0, 0, 0]);
    let (tracked, old_record) = of_contact(&w, "孙丽").await;
    let (over, _) = of_contact(&w, "吴昊").await;
    let recovered = of_case(&w, "N-2").await;
    // 陈强 is found again as a case, and is 褚秋, who is one, too.
    w.say(
        "case_listed",
        json!({"case": derived_uuid(&[b"first"]), "person": person(3), "classification": "confirmed", "at": "2022-11-20T08:00:00+08:00"}),
    )
    .await;
    let second = of_case(&w, "N-3").await;
    for (kept, gone) in [(person(1), tracked), (person(2), recovered), (person(3), second), (person(2), over)] {
        merge(&w, kept, gone).await;
    }

    // The same files again change nothing; neither do exports from before, which name records by their ids.
    let seq = w.seq().await;
    for (kind, name, text) in [
        (RecordKind::Cases, "cases.csv", cases.as_str()),
        (RecordKind::Contacts, "contacts.csv", &contacts),
        (RecordKind::Followups, "visits.csv", visits),
    ] {
        let r = w.import(kind, name, text).await;
        assert_eq!((r.accepted, r.refused, r.new_persons), (0, 0, 0), "{name}: {:#?}", r.issues);
    }
    let by_id = format!("contact,case number,name,last exposure\n{old_record},N-1,孙丽,2022-11-20\n");
    let r = w.import(RecordKind::Contacts, "by-id.csv", by_id).await;
    assert_eq!((counts(&r), w.seq().await), ([0, 1, 0, 0], seq), "{:#?}", r.issues);

    // New rows about them go to the records that were kept.
    let later = contacts.replace("2022-11-20,2022-11-21", "2022-11-24,2022-11-24");
    let r = w.import(RecordKind::Contacts, "later.csv", later).await;
    assert_eq!((r.accepted, r.refused, r.new_persons), (1, 0, 0), "{:#?}", r.issues);
    let active = w.contacts().await.into_iter().filter(|c| c.who.person_id == person(1) && c.state == ContactState::Active);
    assert_eq!(active.map(|c| c.last_exposure.day(UtcOffset::CHINA).to_string()).collect::<Vec<_>>(), ["2022-11-24"]);
    let visits = format!(
        "外部编号,密接标识,随访时间,随访结果\nK-1,,2022-11-25T09:00:00+08:00,正常\n,{old_record},2022-11-26T09:00:00+08:00,正常\n\
        K-2,,2022-10-23T09:00:00+08:00,正常\n"
    );
    let r = w.import(RecordKind::Followups, "more.csv", visits).await;
    assert_eq!(counts(&r), [3, 0, 0, 0], "{:#?}", r.issues);
    let seen = w.count("SELECT count(*) FROM quell.follow_up WHERE at > '2022-11-24' AND person_id = ", person(1)).await;
    assert_eq!(seen, 2, "of the record that was kept");
    // A link, and a new contact, of the case that is the same as another one.
    let links = "来源病例编号,对象编号,确定程度,接触时间\nN-1,N-3,中,2022-11-15\n";
    let r = w.import(RecordKind::Links, "links.csv", links).await;
    assert_eq!(counts(&r), [1, 0, 0, 0], "{:#?}", r.issues);
    assert_eq!(counts(&w.import(RecordKind::Links, "links.csv", links).await), [0, 1, 0, 0]);
    let of_second = format!(
        "外部编号,病例编号,姓名,性别,出生日期,住址编码,密接类别,末次接触时间,判定时间,密接状态\nK-5,N-3,蒋冬,男,1965-03-12,{HOME2},密接,2022-11-24,2022-11-25,在管\n"
    );
    let r = w.import(RecordKind::Contacts, "of-second.csv", of_second).await;
    assert_eq!(counts(&r), [1, 0, 0, 0], "{:#?}", r.issues);
    let named = w.contacts().await.into_iter().find(|c| c.who.name == "蒋冬").unwrap();
    assert_eq!(named.case_id, Some(CaseId(derived_uuid(&[b"first"]))), "of the case that stands");
    let onset = cases
        .replace("发现时间", "发病时间,发现时间")
        .replace(",2022-11-2", ",2022-11-19,2022-11-2")
        .replace("2022-11-01,", ",2022-11-01,");
    let r = w.import(RecordKind::Cases, "onset.csv", onset).await;
    assert_eq!((r.refused, r.new_persons), (0, 0), "{:#?}", r.issues);
    let first = w.cases().await.into_iter().find(|c| c.who.person_id == person(3)).unwrap();
    assert!(first.onset.is_some(), "what is new of the second case is added to the first: {first:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_finds_the_sample_under_whichever_record_it_was_taken() {
    let w = World::under("covid-2022-twenty").await;
    let person = |n: u128| PersonId(uuid::Uuid::from_u128(n));
    for (n, name) in [(1, "王伟"), (2, "王维伟")] {
        w.say("person_listed", json!({"person": person(n), "name": name, "sex": "male", "born": format!("198{n}-05-01"), "home": HOME}))
            .await;
    }
    let station = "50.500237.st1";
    for (tube, n) in [("T1", 2), ("T2", 1)] {
        let at = if n == 2 { SWAB } else { "2022-11-25T08:00:00+08:00" };
        w.say("registered", json!({"tube": tube, "person": person(n), "station": station, "at": at, "mode": "single"})).await;
        w.say("tube_sealed", json!({"tube": tube, "at": "2022-11-26T08:10:00+08:00"})).await;
    }
    let at = "2022-11-26T09:00:00+08:00";
    w.say("received", json!({"laboratory": "50.500237.lab1", "tubes": ["T1", "T2"], "condition": "adequate", "at": at})).await;
    // The swab in T2 was taken under the record that goes: T1 under the one that stays.
    w.say("result_read", json!({"tube": "T2", "at": "2022-11-26T10:00:00+08:00", "result": "negative"})).await;
    merge(&w, person(2), person(1)).await;
    let results = format!(
        "报告编号,采样管编号,人员标识,采样时间,检出时间,检测结果\nR-1,,{},2022-11-26,2022-11-26T12:00:00+08:00,阴性\nR-2,T2,{},,2022-11-26T10:00:00+08:00,阴性\n\
        R-3,,{},2022-11-25,2022-11-26T10:00:00+08:00,阴性\n",
        person(1),
        person(2),
        person(2)
    );
    let r = w.import(RecordKind::Results, "results.csv", results).await;
    assert_eq!(counts(&r), [1, 2, 0, 0], "{:#?}", r.issues);
}
