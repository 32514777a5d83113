//! Measles in a primary school. A girl of class 3-1 has a rash, her swab is positive. Her class and the bus are on registers; vaccine helps
//! for three days, immunoglobulin for six; nobody is confined, everyone is seen for three weeks. A boy of the class falls ill.

use crate::common::*;

const PLACES: &str = "path,kind,name,wards\n50.500237,区县,巫山县,\n50.500237.101,镇,高唐街道,\n50.500237.101.001,社区,神女社区,\n\
    50.500237.101.001.school,重点场所,神女小学,\n50.500237.lab1,检测机构,县疾控,\n50.500237.h9,定点医院,县人民医院,w1:4\n";
const PUPILS: [&str; 8] = ["周小雨", "吴子涵", "郑浩然", "王梓萱", "冯宇轩", "陈欣怡", "褚博文", "卫诗琪"];
const FAMILY: [&str; 2] = ["李秀兰", "周建国"];
const BUS: [&str; 3] = ["蒋师傅", "沈阿姨", "韩老伯"];
const TEACHER: &str = "杨老师";

/// An identity number that is made up, with the check digit that it needs.
fn number(born: &str, n: usize) -> String {
    let digits = format!("500237{}{:03}", born.replace('-', ""), n);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.chars().zip(weights).map(|(d, w)| d.to_digit(10).unwrap() * w).sum();
    format!("{digits}{}", ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize])
}

/// The roster of the community: name, identity number, home. The girl's family live with her, the others on their own.
fn people() -> Vec<(String, String, String)> {
    let child = |(n, name): (usize, &&str)| (name.to_string(), number("2013-05-04", n), n);
    let grown = |(n, name): (usize, &&str)| (name.to_string(), number("1984-02-17", 100 + n), 20 + n);
    let family = FAMILY.iter().enumerate().map(|(n, name)| (name.to_string(), number("1982-08-09", 200 + n), 0));
    let all = PUPILS.iter().enumerate().map(child).chain(family);
    all.chain(BUS.iter().chain([&TEACHER]).enumerate().map(grown))
        .map(|(name, number, flat)| (name, number, format!("{COMMUNITY}.c1.b1.u{flat}.0101")))
        .collect()
}

async fn school() -> Story {
    let people = people();
    let homes: String = people.iter().map(|p| format!("{},户,0101,\n", p.2)).collect();
    let s = Story::begin("measles", &format!("{PLACES}{homes}")).await;
    let rows: String = people.iter().map(|(name, number, home)| format!("{name},{number},{home}\n")).collect();
    s.run(&["import", "people", &s.file("花名册.csv", &format!("姓名,身份证号,户编码\n{rows}"))]);
    let of = |name: &str| people.iter().find(|p| p.0 == name).unwrap().1.clone();
    let class: String = PUPILS.iter().chain([&TEACHER]).map(|n| format!("school-3-1,班级,三年级一班,{},2022-09-01\n", of(n))).collect();
    s.run(&["import", "members", &s.file("班级.csv", &format!("班级编码,类别,班级名称,身份证号,开始日期\n{class}"))]);
    let bus: String = BUS.iter().map(|n| format!("{},渝F12345,2022-11-26 07:25:00,2022-11-26 07:45:00\n", of(n))).collect();
    s.run(&["import", "checkins", &s.file("公交.csv", &format!("身份证号,车牌号,上车时间,下车时间\n{bus}"))]);
    s
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school() {
    let mut s = school().await;
    s.evening(&[]).await;

    // 27 November: the swab of a girl with a rash since yesterday is positive.
    let girl = s.person("周小雨").await;
    s.hour("09:00");
    s.swabbed("M-1", &girl).await;
    s.hour("12:00");
    s.reported("M-1", "阳性");
    let cases = s.list("/v1/cases").await;
    assert_eq!((each(&cases, "name"), &cases[0]["classification"]), (vec!["周小雨"], &json!("confirmed")), "no infection without symptoms");
    let case = text(&cases[0]["case_id"]).to_owned();
    assert_eq!(s.owed("report").await["周小雨"], "2022-11-27 14:00");
    assert_eq!(s.owed("investigate_core").await["周小雨"], "2022-11-28 12:00");
    assert_eq!(s.open().await.get("transfer"), None, "cared for at home");
    assert_eq!(s.owed("observe").await["周小雨"], "2022-11-28 12:00", "and seen there");

    // The mother is asked; what is not answered yet is named.
    let at = s.hour("13:00");
    let answers =
        json!({"symptoms": ["fever", "rash", "koplik"], "onset": "2022-11-26+08:00", "mcv_doses": 0, "school_class": "神女小学三年级一班"});
    let asked = json!({"interviewed": {"case": case, "interviewer": "王医生", "informant": "李秀兰", "answers": answers, "at": at}});
    let bus = json!({"visited": {"visit": id("bus"), "case": case, "vehicle": "渝F12345", "from": "2022-11-26T07:30:00+08:00",
        "to": "2022-11-26T07:45:00+08:00", "source": "witness", "at": at}});
    s.says(Role::Investigator, &[asked, bus, json!({"report_filed": {"case": case, "receipt": "CQ-1", "at": at}})]).await;
    let filed = |part: &str| json!({"investigation_filed": {"case": case, "part": part, "at": at}});
    assert_eq!(s.refused(Role::Investigator, &[filed("core")]).await, "investigation.incomplete");
    let rest = json!({"pregnant": false, "hospital_visit": false, "suspected_source": "unknown", "occupation_detail": "小学生",
        "travelled": false});
    let asked = json!({"interviewed": {"case": case, "interviewer": "王医生", "answers": rest, "at": at}});
    s.says(Role::Investigator, &[asked, filed("core"), filed("full")]).await;
    assert_eq!(s.owed("release").await["周小雨"], "2022-12-01 00:00", "four days after the rash");

    // Isolated at home by an order that is printed with its end and how to appeal.
    let order = json!({"order_issued": {"order": id("order"), "person": girl, "kind": "isolation", "evidence": "核酸阳性 M-1",
        "decision": decision("measles"),
        "starts": at, "ends": "2022-12-01T00:00:00+08:00", "permits": "就医", "at": at}});
    s.says(Role::Investigator, &[order]).await;
    assert_eq!(s.print(&["notices", "--telephone", "023-57680000"]), 2);

    // Home, class and bus are candidates by the registers; nobody types their names.
    let found = s.list(&format!("/v1/cases/{case}/candidates?limit=1000")).await;
    assert_eq!(found.len(), 2 + 8 + 3, "family, class with its teacher, bus");
    let confirmed = s.ask(&["contacts", "confirm", &case, "--category", "close", "--decider", "流调组", "--reason", "名册"]);
    assert_eq!(confirmed["confirmed"], 13);
    let contacts = s.list("/v1/contacts").await;
    assert_eq!(contacts.len(), 13);
    assert_eq!(s.list("/v1/orders?in_force=true").await.len(), 1, "nobody but the case is confined");
    assert!(contacts.iter().all(|c| c["standing"] == "at_home"));
    // Vaccine for three days from the first exposure: of the bus until the 29th. In class and at home she was infectious since the 22nd:
    // for vaccine it is too late, for immunoglobulin, of six days, until the 28th.
    let owed = s.owed("prophylaxis").await;
    assert_eq!((owed["蒋师傅"].as_str(), owed["吴子涵"].as_str(), owed.len()), ("2022-11-29 07:30", "2022-11-28 00:00", 13));
    s.daily("18:00", &[]).await;
    s.evening(&[]).await;

    // 28 November: who had two doses by her card is owed nothing, the driver is vaccinated in time, a friend gets immunoglobulin.
    let at = s.hour("10:00");
    let card = json!({"vaccination_stated": {"person": s.person("王梓萱").await, "doses": 2, "dates": ["2014-02-10", "2017-06-01"],
        "vaccine": "麻腮风", "source": "card", "at": at}});
    let given = |person: String, what: &str| json!({"prophylaxis_given": {"person": person, "prophylaxis": what, "at": at}});
    s.says(Role::CommunityWorker, &[card, given(s.person("蒋师傅").await, "mmr"), given(s.person("吴子涵").await, "immunoglobulin")]).await;
    let girls = s.list("/v1/contacts").await;
    let girl_2 = girls.iter().find(|c| c["name"] == "王梓萱").unwrap();
    assert_eq!((&girl_2["doses"], &girl_2["dose_dates"][1], &girl_2["prophylaxis_due"]), (&json!(2), &json!("2017-06-01"), &Value::Null));
    assert!(girls.iter().any(|c| c["doses"].is_null() && !c["prophylaxis_due"].is_null()), "of the others nobody has asked");
    let driver = s.page(&s.person("蒋师傅").await).await;
    assert_eq!((&driver["prophylaxes"][0]["in_time"], local(&driver["contacts"][0]["until"])), (&json!(true), "2022-12-18 00:00".into()));
    let friend = s.page(&s.person("吴子涵").await).await;
    assert_eq!(
        (&friend["prophylaxes"][0]["in_time"], local(&friend["contacts"][0]["until"])),
        (&json!(false), "2022-12-19 00:00".into()),
        "ten hours too late: it is on record as that, and does not make the three weeks four"
    );
    // Of the others nobody has asked. What is late has an owner who says why, until somebody decides.
    s.daily("18:00", &[]).await;
    s.evening(&[("prophylaxis", "接种门诊", "周一上午集中询问")]).await;
    let at = s.hour("07:00");
    for person in s.list("/v1/items/open?kind=prophylaxis").await {
        let late = json!({"prophylaxis_declined": {"person": person["person_id"],
            "decision": decision("two doses, or too late for all that helps"), "at": at}});
        s.says(Role::CommunityWorker, &[late]).await;
    }
    for _ in 0..2 {
        s.daily("18:00", &[]).await;
        s.evening(&[]).await;
    }

    // 1 December: four days after the rash the girl's isolation ended by itself; its certificate, and her case, say so.
    assert_eq!(s.page(&girl).await["standing"], "at_home");
    let cases = s.list("/v1/cases").await;
    assert_eq!((&cases[0]["state"], local(&cases[0]["ended_at"])), (&json!("recovered"), "2022-12-01 00:00".into()));
    assert_eq!(s.list("/v1/orders?in_force=true").await.len(), 0);
    assert_eq!(s.print(&["certificates", "--telephone", "023-57680000"]), 1);
    for _ in 0..7 {
        s.daily("18:00", &[]).await;
        s.evening(&[]).await;
    }

    // 8 December: a boy of the class has fever and a rash; he is sampled the same day, and is a case that was a contact.
    let boy = s.person("郑浩然").await;
    let at = s.hour("09:00");
    let ill = json!({"followed_up": {"person": boy, "outcome": "seen_not_ok", "symptoms": ["fever", "rash"], "temperature": 38.7,
        "by": "第一组", "at": at}});
    s.says(Role::CommunityWorker, &[ill]).await;
    assert_eq!(s.owed("symptom_test").await["郑浩然"], "2022-12-08 21:00");
    s.swabbed("M-2", &boy).await;
    assert_eq!(s.owed("symptom_test").await.len(), 0);
    s.hour("16:00");
    s.reported("M-2", "阳性");
    let page = s.page(&boy).await;
    assert_eq!((&page["contacts"][0]["state"], &page["contacts"][0]["case_id"]), (&json!("converted"), &json!(case)), "what he was stays");
    assert_eq!(page["follow_ups"].as_array().unwrap().len(), 12, "and how he was seen");
    let second = text(&page["cases"][0]["case_id"]).to_owned();
    assert_eq!(page["cases"][0]["setting"], "contact_tracing");

    // Who infected him: the girl is the first on the list, for he is a contact of hers; said, it is the second generation.
    let onset = json!({"symptoms": ["fever", "rash"], "onset": "2022-12-08+08:00", "mcv_doses": 1, "pregnant": false, "school_class": "三年级一班"});
    let at = s.hour("17:00");
    let rest = json!({"hospital_visit": false, "suspected_source": "MP", "occupation_detail": "小学生", "travelled": false});
    let ask = |answers: Value| json!({"interviewed": {"case": second, "interviewer": "王医生", "answers": answers, "at": at}});
    let filed = |part: &str| json!({"investigation_filed": {"case": second, "part": part, "at": at}});
    s.says(
        Role::Investigator,
        &[ask(onset), ask(rest), filed("core"), filed("full"), json!({"report_filed": {"case": second, "receipt": "CQ-2", "at": at}})],
    )
    .await;
    assert_eq!(each(&s.list("/v1/cases/unlinked").await, "name"), ["郑浩然", "周小雨"]);
    let sources = s.sees(Role::Investigator, &format!("/v1/cases/{second}/sources")).await;
    assert_eq!(
        (&sources["candidates"][0]["name"], &sources["candidates"][0]["evidence"]),
        (&json!("周小雨"), &json!(["named", "group", "community"])),
        "{sources}"
    );
    let link = json!({"link_stated": {"link": id("link"), "source": case, "target": second, "certainty": "high", "context": "class",
        "evidence": "same class", "at": at}});
    s.says(Role::Investigator, &[link]).await;
    let chains = s.sees(Role::Investigator, "/v1/chains").await;
    assert_eq!(
        (&chains["links"][0]["generation"], &chains["links"][0]["doubts"], &chains["clusters"][0]["cases"]),
        (&json!(1), &json!([]), &json!(2))
    );
    assert_eq!(each(&s.list("/v1/cases/unlinked").await, "name"), ["周小雨"]);

    // His class again, by the same list: who is a contact already has a second record and one schedule, by the later exposure.
    let confirmed = s.ask(&["contacts", "confirm", &second, "--all", "--decider", "流调组", "--reason", "名册"]);
    assert_eq!(confirmed["confirmed"], 7, "the class without the two who are cases, with its teacher");
    let contacts = s.list("/v1/contacts").await;
    let (led, beside): (Vec<_>, Vec<_>) = contacts.iter().partition(|c| c["state"] == "active");
    assert_eq!((led.len(), beside.len(), s.owed("follow_up").await.len()), (12, 7, 12), "seen once a day, whoever is contact of both");
    assert_eq!(s.owed("prophylaxis").await["吴子涵"], "2022-12-10 00:00", "a new exposure is a new question");
    s.daily("18:00", &[]).await;
    s.evening(&[]).await;

    // Until three weeks after the last day on which he could infect.
    while !s.list("/v1/contacts").await.is_empty() {
        let at = s.hour("10:00");
        for person in s.list("/v1/items/open?kind=prophylaxis").await {
            let no =
                json!({"prophylaxis_declined": {"person": person["person_id"], "decision": decision("asked, does not want it"), "at": at}});
            s.says(Role::CommunityWorker, &[no]).await;
        }
        s.daily("18:00", &[]).await;
        s.evening(&[]).await;
    }
    assert_eq!(s.day(0).to_string(), "2022-12-30");
    let of = s.sees(Role::Commander, "/v1/indicators?from=2022-11-27&to=2022-12-30").await["total"]["cases"].clone();
    assert_eq!((&of["cases"], &of["were_contacts"], &of["contacts_per_case"]), (&json!(2), &json!(1), &json!(10.0)), "{of}");
    s.is_over().await;
}
