//! One of each document, with all that a real one has.

use quell_documents::*;
use quell_foundation::{EventTime, Span};

pub fn at(s: &str) -> EventTime {
    s.parse().expect("a time")
}

pub fn person(name: &str) -> Person {
    Person { name: name.into(), sex: Sex::Male, birth_year: Some(1987), identity: MaskedNumber::of("500237198706151234") }
}

pub fn jurisdiction() -> Words {
    Words::new("巫山县新冠肺炎疫情防控指挥部", "Headquarters for Epidemic Prevention and Control, Wushan County")
}

pub fn notice(name: &str) -> Notice {
    Notice {
        number: "500237-2022-001234".into(),
        jurisdiction: jurisdiction(),
        person: person(name),
        restriction: Restriction::Home,
        place: Words::new("高唐街道神女社区3栋1单元402室", "Room 402, unit 1, building 3, Shennü community, Gaotang subdistrict"),
        reason: Words::new(
            "您于2022年11月25日在神女市场与一名感染者同桌用餐约40分钟，双方未戴口罩，经流行病学调查判定为密切接触者。",
            "On 25 November 2022 you ate at one table with an infected person at Shennü market for about 40 minutes, both without masks; the \
             investigation found you to be a close contact.",
        ),
        evidence: vec![Evidence {
            text: Words::new(
                "流调记录：同桌用餐，距离小于1米，时间约40分钟。",
                "Investigation record: same table, nearer than 1 m, about 40 minutes.",
            ),
            fact: "0193650a-7c1e-7d40-9a52-5f2c81c0a1b7, 2".into(),
        }],
        protocol: Words::new(
            "新型冠状病毒肺炎防控方案（第九版）和二十条优化措施",
            "COVID-19 prevention and control protocol (9th edition) with the twenty measures",
        ),
        rule: "contacts.close.home_isolation".into(),
        from: at("2022-11-26T08:00:00+08:00"),
        until: at("2022-12-04T00:00:00+08:00"),
        permits: vec![
            Words::new("在家中自由活动，正常通信、上网", "Move freely in your home, telephone and use the internet"),
            Words::new("随时要求就医、送药和生活物资", "Ask for medical care, medicine and supplies at any time"),
            Words::new("发生火灾、地震等危险时立即离开", "Leave at once in case of fire, earthquake or other danger"),
        ],
        forbids: vec![
            Words::new("离开住所（就医经联系社区除外）", "Leave your home, except for medical care arranged with the community"),
            Words::new("接待访客", "Receive visitors"),
        ],
        decided_by: Words::new("李四（县疾病预防控制中心）", "Li Si (county centre for disease control)"),
        decided_at: at("2022-11-26T07:30:00+08:00"),
        appeal: Appeal {
            how: Words::new(
                "向社区工作人员口头或书面提出，或拨打下列电话，或扫描本通知书二维码。",
                "Tell or write to the staff of your community, call the number below, or scan the code of this notice.",
            ),
            answered_within: Span::hours(24),
            telephone: "023-00000000".into(),
        },
        code: Some("https://quell.example/notices/500237-2022-001234?check=7Q4M-2KXP".into()),
        printed_at: at("2022-11-26T07:42:00+08:00"),
    }
}

pub fn certificate(name: &str) -> Certificate {
    let test = |day: u8| Test {
        sampled_at: at(&format!("2022-12-{day:02}T09:20:00+08:00")),
        what: Words::new("核酸（县人民医院检验科）", "Nucleic acid, County People's Hospital"),
        result: Words::new("阴性", "Negative"),
    };
    Certificate {
        number: "500237-2022-001234".into(),
        jurisdiction: jurisdiction(),
        person: person(name),
        restriction: Restriction::Home,
        from: at("2022-11-26T08:00:00+08:00"),
        until: at("2022-12-04T00:00:00+08:00"),
        ended: Ended::ByItsEnd,
        tests: vec![test(1), test(3)],
        telephone: "023-00000000".into(),
        code: Some("https://quell.example/releases/500237-2022-001234?check=9W1C-5TRA".into()),
        printed_at: at("2022-12-04T00:05:00+08:00"),
    }
}

pub fn day_sheet(rows: u16) -> DaySheet {
    let visit = |n: u16| Visit {
        name: if n % 7 == 3 { "阿卜杜热合曼·买买提".into() } else { format!("张三{}", (b'A' + (n % 26) as u8) as char) },
        age: (n % 9 != 4).then_some((n % 90) as u8),
        sex: if n.is_multiple_of(2) { Sex::Female } else { Sex::Male },
        address: format!("高唐街道神女社区{}栋{}单元{}室（从东门进，电梯停用）", n % 12 + 1, n % 3 + 1, 100 * (n % 9 + 1) + n % 4 + 1),
        telephone: format!("138000{:05}", n),
        day: n % 7 + 1,
        of: 7,
        ask: if n.is_multiple_of(5) {
            "发热、咳嗽、咽痛、乏力、嗅觉减退；孕28周，问胎动".into()
        } else {
            "发热、咳嗽、咽痛、乏力".into()
        },
    };
    DaySheet {
        team: "神女社区第2随访组".into(),
        members: vec!["甲".into(), "乙".into()],
        place: "高唐街道神女社区".into(),
        jurisdiction: jurisdiction(),
        day: "2022-11-27".parse().expect("a day"),
        visits: (0..rows).map(visit).collect(),
        printed_at: at("2022-11-27T06:30:00+08:00"),
    }
}

pub fn daily_report() -> DailyReport {
    let sample = Words::new("采样", "Sample");
    DailyReport {
        jurisdiction: jurisdiction(),
        place: Words::new("高唐街道", "Gaotang subdistrict"),
        day: "2022-11-27".parse().expect("a day"),
        sealed: Some(SealOfDay { decider: "李四".into(), at: at("2022-11-28T00:20:00+08:00"), day_hash: "9f2c41d07be85a13".into() }),
        cases: CasesOfDay {
            community_found: 3,
            controlled: 41,
            unknown_channel: 2,
            asymptomatic: 17,
            total: 512,
            days_since_community: Some(0),
        },
        shoulds: vec![ShouldOfDay {
            what: Words::new("应检尽检", "Testing"),
            should: 46_246,
            done: 46_011,
            in_time: 45_900,
            waived: 120,
            superseded: 15,
            open: 100,
            overdue: 35,
        }],
        rounds: vec![RoundOfDay {
            name: "第3轮全员核酸".into(),
            should: 46_246,
            sampled: 46_011,
            waived: 120,
            open: 100,
            resulted: 44_820,
            pending: 1_191,
        }],
        balance: vec![BalanceLine {
            kind: sample.clone(),
            carried_in: 90,
            opened: 46_156,
            discharged: 46_011,
            waived: 120,
            superseded: 15,
            carried_out: 100,
            overdue: 35,
        }],
        overdue: vec![
            OverdueLine {
                kind: sample.clone(),
                place: "社区甲".into(),
                overdue: 30,
                owned: Some(("王五".into(), "三栋停电，电梯停运，改为上门采样".into())),
            },
            OverdueLine { kind: sample, place: "社区乙".into(), overdue: 5, owned: None },
        ],
        beds: vec![BedsLine { kind: Words::new("方舱医院", "Shelter hospital"), facilities: 2, beds: 2_400, occupied: 1_873 }],
        printed_at: at("2022-11-28T08:00:00+08:00"),
    }
}
