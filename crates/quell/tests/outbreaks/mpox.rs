//! Mpox in a city. A man with a rash is asked twice before his interview is complete. He knows some of his contacts by a nickname only; one
//! lives in the next city. The register of a bath house shows who was there, which is no contact by itself.

use crate::common::*;
use crate::neighbour::Neighbour;
use std::collections::BTreeMap;

const PLACES: &str = "path,kind,name,wards\n50.500237,区县,江城,\n50.500237.101,镇,中心街道,\n50.500237.101.001,社区,河滨社区,\n\
    50.500237.101.001.bath,重点场所,清泉浴池,\n50.500237.lab1,检测机构,市疾控,\n50.500237.h9,定点医院,市传染病医院,w1:4\n\
    50.500237.101.001.c1.b1.u1.0101,户,1-101,\n50.500237.101.001.c1.b1.u2.0201,户,2-201,\n50.500237.101.001.c1.b1.u2.0301,户,2-301,\n\
    50.500237.101.001.c1.b1.u2.0401,户,2-401,\n";
const PEOPLE: &str = "姓名,性别,出生日期,手机号,户编码\n陈伟,男,1990-04-02,13900000001,50.500237.101.001.c1.b1.u1.0101\n\
    张丽,女,1991-03-12,13812345678,50.500237.101.001.c1.b1.u1.0101\n刘洋,男,1988-07-23,13900000003,50.500237.101.001.c1.b1.u2.0201\n\
    赵磊,男,1985-11-30,13900000004,50.500237.101.001.c1.b1.u2.0301\n孙浩,男,1979-01-15,13900000005,50.500237.101.001.c1.b1.u2.0401\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_city() {
    let mut s = Story::begin("mpox", PLACES).await;
    let next_city = Neighbour::open(&s, 500_240).await;
    let file = s.file("people.csv", PEOPLE);
    s.run(&["import", "people", &file]);
    let checkins = format!(
        "person,place,from,to\n{},50.500237.101.001.bath,2022-11-24 19:00:00,2022-11-24 21:00:00\n{},50.500237.101.001.bath,2022-11-24 20:00:00,2022-11-24 22:00:00\n",
        s.person("赵磊").await,
        s.person("孙浩").await
    );
    s.run(&["import", "checkins", &s.file("register.csv", &checkins)]);
    s.evening(&[]).await;

    // 27 November: a man comes with a rash, suspected; a suspect is sampled within the day.
    let man = s.person("陈伟").await;
    let at = s.hour("09:00");
    let case = id("first");
    s.says(
        Role::Investigator,
        &[json!({"case_listed": {"case": case, "person": man, "classification": "suspect", "number": "MP-1",
        "setting": "clinic", "at": at}})],
    )
    .await;
    assert_eq!(s.owed("symptom_test").await["陈伟"], "2022-11-27 21:00", "a suspect is sampled");
    s.swabbed("X-1", &man).await;
    s.hour("15:00");
    s.reported("X-1", "阳性");
    let found = &s.list("/v1/cases").await[0];
    assert_eq!(
        (&found["classification"], &found["case_id"]),
        (&json!("confirmed"), &json!(case)),
        "the result confirms the case that is there"
    );

    // The interview breaks off; a colleague goes on the next day from what was saved.
    let at = s.hour("16:00");
    let ask = |who: &str, answers: Value, seen: &Value, at: &str| {
        json!({"interviewed": {"case": case, "interviewer": who,
        "answers": answers, "seen": seen, "at": at}})
    };
    let first = json!({"symptoms": ["rash", "fever"], "onset": "2022-11-23+08:00"});
    s.says(
        Role::Investigator,
        &[ask("王医生", first, &json!(0), &at), json!({"report_filed": {"case": case, "receipt": "JC-1", "at": at}})],
    )
    .await;
    let filed = |part: &str, at: &str| json!({"investigation_filed": {"case": case, "part": part, "at": at}});
    assert_eq!(s.refused(Role::Investigator, &[filed("core", &at)]).await, "investigation.incomplete");
    let order = json!({"order_issued": {"order": id("order"), "person": man, "kind": "isolation", "evidence": "核酸阳性 X-1",
        "decision": decision("rash, positive"),
        "starts": at, "ends": "2022-12-25T00:00:00+08:00", "permits": "就医", "at": at}});
    s.says(Role::Investigator, &[order]).await;
    s.evening(&[]).await;

    let at = s.hour("09:00");
    let questions = s.sees(Role::Investigator, "/v1/questions").await;
    let record = s.sees(Role::Investigator, &format!("/v1/cases/{case}/investigation")).await["record"].clone();
    let missing: serde_json::Map<String, Value> = questions
        .as_array()
        .unwrap()
        .iter()
        .filter(|q| record["answers"][text(&q["id"])].is_null())
        .map(|q| (text(&q["id"]).to_owned(), json!("unknown")))
        .collect();
    let stale = ask("何医生", json!({"onset": "2022-11-22+08:00"}), &json!(0), &at);
    assert_eq!(s.refused(Role::Investigator, &[stale]).await, "interview.conflict", "nobody overwrites what they have not seen");
    let visit = json!({"visited": {"visit": id("bath"), "case": case, "place": "50.500237.101.001.bath", "from": "2022-11-24T19:00:00+08:00",
        "to": "2022-11-24T21:00:00+08:00", "source": "told", "at": at}});
    s.says(
        Role::Investigator,
        &[ask("何医生", Value::Object(missing), &record["updated_seq"], &at), visit, filed("core", &at), filed("full", &at)],
    )
    .await;

    // His wife by the register of the home; the bath's guests are shown to who asks for them, and one is a contact by what was said.
    let named = each(&s.list(&format!("/v1/cases/{case}/candidates")).await, "name").join(",");
    assert_eq!(named, "张丽", "the household");
    let guests = s.list(&format!("/v1/cases/{case}/candidates?category=none&register=venue")).await;
    assert_eq!(guests.len(), 2);
    let contact = |word: &str, person: &str, context: &str, exposed: &str, at: &str| {
        json!({"contact_named": {"contact": id(word), "person": person, "case": case,
        "category": "close", "last_exposure": exposed, "context": context, "certainty": "high",
        "decision": decision("told by the case"), "at": at}})
    };
    let zhao = s.person("赵磊").await;
    s.says(Role::Investigator, &[contact("zhao", &zhao, "sexual", "2022-11-24T20:00:00+08:00", &at)]).await;
    assert_eq!(s.ask(&["contacts", "confirm", &case, "--all", "--decider", "流调组", "--reason", "同住"])["confirmed"], 1);
    // He met the one three days ago: vaccine prevents for four days. The wife lived with him since he could infect her: now it only softens.
    let owed = s.owed("prophylaxis").await;
    assert_eq!((owed["赵磊"].as_str(), owed["张丽"].as_str()), ("2022-11-28 20:00", "2022-12-03 00:00"));

    // Two are known by a nickname only; someone with the wife's number is entered again under another writing of her name.
    let lead = |n: &str, what: &str, phone: Option<&str>| {
        json!({"lead_noted": {"lead": id(n), "case": case, "kind": "person", "description": what, "phone": phone,
        "last_exposure": "2022-11-25T22:00:00+08:00", "at": at}})
    };
    s.says(Role::Investigator, &[lead("xiaohei", "“小黑”，酒吧认识，戴眼镜", None), lead("ayang", "“阿洋”", Some("13900000003"))]).await;
    assert_eq!(s.list("/v1/leads").await.len(), 2);
    let described = json!({"name": "張麗", "sex": "female", "born": "1991-03-12", "phone": "138 1234 5678"});
    let reply = s.w.call("POST", "/v1/similar", &s.token(Role::Investigator).await, described.to_string()).await.json();
    assert_eq!((&reply["candidates"][0]["name"], &reply["candidates"][0]["verdict"]), (&json!("张丽"), &json!("same")), "{reply}");
    // The number of “阿洋” is in the book.
    let by_phone = json!({"name": "阿洋", "phone": "13900000003"});
    let reply = s.w.call("POST", "/v1/similar", &s.token(Role::Investigator).await, by_phone.to_string()).await.json();
    assert_eq!((&reply["candidates"][0]["name"], &reply["candidates"][0]["verdict"]), (&json!("刘洋"), &json!("possible")), "{reply}");
    let ayang = s.person("刘洋").await;
    let resolved = json!({"lead_resolved": {"lead": id("ayang"), "persons": [ayang], "at": at}});
    s.says(Role::Investigator, &[resolved, contact("ayang", &ayang, "sexual", "2022-11-25T22:00:00+08:00", &at)]).await;
    // Someone else did not ask, and the wife is there twice; merged, she is one contact.
    let twin = id("twin");
    let listed = json!({"person_listed": {"person": twin, "name": "張麗", "sex": "female", "born": "1991-03-12",
        "phone": "13812345678", "home": COMMUNITY}});
    s.says(Role::Investigator, &[listed, contact("twin", &twin, "household", "2022-11-27T08:00:00+08:00", &at)]).await;
    let pairs = s.list("/v1/duplicates").await;
    assert_eq!(pairs.len(), 2, "each of the two shows the other");
    let wife = s.person("张丽").await;
    let merged = json!({"persons_merged": {"merge": id("merge"), "kept": wife, "gone": twin,
        "decision": decision("one telephone, asked"), "at": at}});
    s.says(Role::Investigator, &[merged]).await;
    assert_eq!(s.list("/v1/duplicates").await.len(), 0);
    assert_eq!(s.list("/v1/contacts").await.len(), 3);
    assert_eq!(s.owed("follow_up").await.len(), 3);

    // One lives in the next city: a message, taken over there.
    let matter = json!({"about": "contact", "who": {"name": "林涛", "phone": "13700000009"}, "category": "close", "case_number": "MP-1",
        "last_exposure": "2022-11-25T22:00:00+08:00", "evidence": "same party"});
    s.says(
        Role::Investigator,
        &[json!({"assistance_requested": {"message": id("m1"), "to": 500_240, "case": case, "matter": matter,
        "decision": decision("told by the case"), "at": at}})],
    )
    .await;
    next_city.post(&s).await;
    let came = next_city.inbox().await;
    assert_eq!((came.len(), local(&came[0]["due"])), (1, "2022-11-29 09:00".into()));
    let home = "50.500240.101.001";
    next_city
        .says(&[
            json!({"person_listed": {"person": id("lin"), "name": "林涛", "sex": "male", "home": home}}),
            json!({"contact_named": {"contact": id("lin contact"), "person": id("lin"), "category": "close",
            "last_exposure": "2022-11-25T22:00:00+08:00", "decision": decision("asked by 500237"), "at": at}}),
            json!({"assistance_answered": {"message": id("m1"), "outcome": "taken_over", "contact": id("lin contact"),
            "decision": decision("he was found"), "at": at}}),
        ])
        .await;
    next_city.post(&s).await;
    assert_eq!(s.owed("await_assistance").await.len(), 0);
    assert_eq!(s.list("/v1/messages?box=out&state=done").await[0]["outcome"], "taken_over");

    // Vaccine within four days of the exposure.
    let given = |p: &str| json!({"prophylaxis_given": {"person": p, "prophylaxis": "vaccine", "note": "JYNNEOS 1", "at": at}});
    s.says(Role::CommunityWorker, &[given(&zhao), given(&ayang)]).await;
    let no = json!({"prophylaxis_declined": {"person": wife, "decision": decision("pregnant, decided with her doctor"), "at": at}});
    s.says(Role::CommunityWorker, &[no]).await;
    assert_eq!(s.open().await.get("prophylaxis"), None);
    assert_eq!(
        s.owed("second_dose").await,
        [("赵磊", "2022-12-27 00:00"), ("刘洋", "2022-12-27 00:00")].map(|(n, d)| (n.into(), d.into())).into()
    );

    // He appeals against his isolation; who decided it does not answer.
    let appeal = json!({"appeal_made": {"appeal": id("appeal"), "order": id("order"), "by": "陈伟", "text": "我需要去上班", "at": at}});
    s.says(Role::CommunityWorker, &[appeal]).await;
    assert_eq!(s.owed("answer_appeal").await["陈伟"], "2022-11-29 09:00");
    let answer = |who: &str| {
        json!({"appeal_answered": {"appeal": id("appeal"), "granted": false, "decision": {"decider": who,
        "reason": "结痂未脱落"}, "at": at}})
    };
    assert_eq!(s.refused(Role::Commander, &[answer("Dr Li")]).await, "appeal.decider");
    s.says(Role::Commander, &[answer("复核组")]).await;
    let closed = json!({"lead_closed": {"lead": id("xiaohei"), "decision": decision("nobody knows him, notice in the bar"), "at": at}});
    s.says(Role::Investigator, &[closed]).await;
    s.daily("18:00", &[]).await;
    s.evening(&[]).await;

    // 29 November: the link of the diary. Feeling well is no visit; feeling ill is seen by someone, and sampled.
    let path = text(&s.sees(Role::CommunityWorker, &format!("/v1/persons/{ayang}/diary-link")).await["path"]).to_owned();
    s.hour("10:00");
    assert_eq!(s.w.form(&path, "feel=ill&symptom=rash&temperature=38.1&after=0").await, 200);
    assert_eq!(each(&s.list("/v1/contacts?need=ill").await, "name"), ["刘洋"]);
    assert_eq!(s.owed("symptom_test").await["刘洋"], "2022-11-29 22:00");
    s.daily("18:00", &[]).await;
    assert_eq!(s.owed("symptom_test").await.len(), 0);
    s.evening(&[]).await;
    while !s.list("/v1/contacts").await.is_empty() {
        s.daily("18:00", &[]).await;
        s.evening(&[]).await;
    }
    // 20 December: every scab is off. No number of days says so: someone decides.
    let open = BTreeMap::from([("observe".to_owned(), 1), ("second_dose".to_owned(), 2)]);
    assert_eq!(s.open().await, open, "seen at home every day; the vaccinated have a second dose to come");
    let at = s.hour("10:00");
    assert_eq!(s.refused(Role::CommunityWorker, &[json!({"released": {"person": man, "at": at}})]).await, "release.decision");
    s.says(Role::CommunityWorker, &[json!({"released": {"person": man, "at": at, "decision": decision("all scabs are off, fresh skin")}})])
        .await;
    assert_eq!(s.print(&["certificates", "--telephone", "12345"]), 1);
    // 26 December: four weeks after the first dose the second, though the follow-up was over a week ago.
    while s.day(0).to_string() != "2022-12-26" {
        s.evening(&[]).await;
    }
    let at = s.hour("10:00");
    let second = json!({"prophylaxis_given": {"person": zhao, "prophylaxis": "vaccine", "note": "JYNNEOS 2", "at": at}});
    let no = json!({"prophylaxis_declined": {"person": ayang, "decision": decision("moves away, will go there"), "at": at}});
    s.says(Role::CommunityWorker, &[second, no]).await;
    assert_eq!(s.open().await.get("second_dose"), None);
    s.evening(&[]).await;
    s.is_over().await;
    next_city.verify().await;
}
