//! A small outbreak: two cases, their contacts, what links them, follow-ups, results and a stay.

use quell_exchange::*;
use quell_foundation::{Celsius, Ct, Day, EventTime};

fn at(text: &str) -> Option<EventTime> {
    Some(text.parse().unwrap())
}
fn day(text: &str) -> Option<Day> {
    Some(text.parse().unwrap())
}
fn id(kind: u8, n: u8) -> String {
    format!("0190f3c4-7a00-7{kind:03x}-8000-0000000000{n:02x}")
}

fn who(n: u8, name: &str, sex: &str, born: &str, phone: &str) -> PersonPart {
    PersonPart {
        person: id(1, n),
        name: name.into(),
        sex: sex.into(),
        born: day(born),
        id_number: "5002***********1".into(),
        phone: phone.into(),
        address: "巫峡镇净坛一路12号".into(),
        home: "50.500237.100.001".into(),
        ..PersonPart::default()
    }
}

pub fn set() -> Set {
    Set { cases: cases(), contacts: contacts(), links: links(), follow_ups: follow_ups(), results: results(), stays: stays() }
}

fn cases() -> Vec<CaseRecord> {
    vec![
        CaseRecord {
            case: id(2, 1),
            number: "WS-2022-001".into(),
            external: "EPI-77".into(),
            disease: "covid-19".into(),
            who: PersonPart { occupation: "health".into(), ..who(1, "王伟", "male", "1984-05-01", "+86 138 0000 0000") },
            classification: "confirmed".into(),
            severity: "moderate".into(),
            onset: at("2022-11-24+08:00"),
            symptoms: vec!["fever".into(), "cough".into(), "loss of smell; partial".into()],
            sampled: at("2022-11-25T07:40:00+08:00"),
            found: at("2022-11-25T15+08:00"),
            reported: at("2022-11-25T16:10:00+08:00"),
            isolated: at("2022-11-25T18:30:00+08:00"),
            setting: "community_screening".into(),
            control: "community_found".into(),
            was_contact: Some(false),
            exposure_from: at("2022-11-20+08:00"),
            exposure_to: at("2022-11-21+08:00"),
            doses: vec![
                Dose { vaccine: "CoronaVac".into(), at: day("2021-06-01") },
                Dose { vaccine: "CoronaVac".into(), at: day("2021-07-01") },
            ],
            outcome: "recovered".into(),
            outcome_at: at("2022-12-04+08:00"),
            answers: [("travelled".to_owned(), "no".to_owned()), ("pets".to_owned(), "cat; dog".to_owned())].into(),
            note: "Said \"it began with a cough\",\nthen fever".into(),
        },
        CaseRecord {
            case: id(2, 2),
            number: "WS-2022-002".into(),
            disease: "covid-19".into(),
            who: who(2, "Maria Pérez", "female", "1990-02-28", ""),
            classification: "asymptomatic".into(),
            severity: "asymptomatic".into(),
            sampled: at("2022-11-26T08:00:00+08:00"),
            reported: at("2022-11-26T20:00:00+08:00"),
            was_contact: Some(true),
            outcome: "active".into(),
            ..CaseRecord::default()
        },
    ]
}

fn contacts() -> Vec<ContactRecord> {
    vec![
        ContactRecord {
            contact: id(3, 1),
            case: id(2, 1),
            case_number: "WS-2022-001".into(),
            disease: "covid-19".into(),
            who: who(2, "Maria Pérez", "female", "1990-02-28", ""),
            category: "close".into(),
            last_exposure: at("2022-11-25+08:00"),
            context: "household".into(),
            relation: "family member".into(),
            certainty: "high".into(),
            state: "converted".into(),
            follow_up: "cancelled".into(),
            ..ContactRecord::default()
        },
        ContactRecord {
            contact: id(3, 2),
            external: "C-9".into(),
            case: id(2, 1),
            case_number: "WS-2022-001".into(),
            disease: "covid-19".into(),
            who: PersonPart { born: None, age: Some(7), ..who(3, "欧阳明", "male", "2015-01-01", "57682931") },
            category: "close".into(),
            first_exposure: at("2022-11-23T18+08:00"),
            last_exposure: at("2022-11-25T08:00:00+08:00"),
            context: "school".into(),
            relation: "pupil".into(),
            certainty: "medium".into(),
            named: at("2022-11-25T20:00:00+08:00"),
            decider: "county CDC".into(),
            reason: "same desk".into(),
            state: "active".into(),
            follow_up: "follow_up".into(),
            until: at("2022-12-02+08:00"),
            quarantine: "home".into(),
            quarantine_from: at("2022-11-25T22:00:00+08:00"),
            quarantine_to: at("2022-12-02T22:00:00+08:00"),
            last_seen: at("2022-11-27T09:00:00+08:00"),
            team: "Team 4".into(),
            ..ContactRecord::default()
        },
    ]
}

fn links() -> Vec<LinkRecord> {
    vec![
        LinkRecord {
            link: id(4, 1),
            source: id(2, 1),
            source_number: "WS-2022-001".into(),
            target: id(2, 2),
            target_kind: "case".into(),
            target_number: "WS-2022-002".into(),
            certainty: "high".into(),
            context: "household".into(),
            contact_at: at("2022-11-25+08:00"),
            directed: Some(true),
            doubts: vec!["onset before exposure".into()],
            ..LinkRecord::default()
        },
        LinkRecord {
            link: id(4, 2),
            source: id(2, 1),
            source_number: "WS-2022-001".into(),
            target: id(3, 2),
            target_kind: "contact".into(),
            certainty: "medium".into(),
            context: "school".into(),
            contact_at: at("2022-11-25T08:00:00+08:00"),
            ..LinkRecord::default()
        },
    ]
}

fn follow_ups() -> Vec<FollowUpRecord> {
    let one = |day: u32, when: &str, outcome: &str| FollowUpRecord {
        contact: id(3, 2),
        external: "C-9".into(),
        who: who(3, "欧阳明", "male", "2015-01-01", "57682931"),
        day: Some(day),
        at: at(when),
        outcome: outcome.into(),
        team: "Team 4".into(),
        ..FollowUpRecord::default()
    };
    vec![
        FollowUpRecord { temperature: Celsius::new(36.6), ..one(1, "2022-11-26T09:00:00+08:00", "seen_ok") },
        FollowUpRecord {
            temperature: Celsius::new(38.2),
            symptoms: vec!["fever".into()],
            ..one(2, "2022-11-27T09:00:00+08:00", "seen_not_ok")
        },
        one(3, "2022-11-28+08:00", "missed"),
    ]
}

fn results() -> Vec<ResultRecord> {
    let one = |n: u8, report: &str, who: PersonPart, result: &str| ResultRecord {
        laboratory: "County Lab".into(),
        report: report.into(),
        tube: format!("T2022112600{n}"),
        who,
        specimen: "Nasopharyngeal swab".into(),
        test: "RT-PCR".into(),
        sampled: at("2022-11-25T07:40:00+08:00"),
        received: at("2022-11-25T10:00:00+08:00"),
        resulted: at("2022-11-25T14:00:00+08:00"),
        result: result.into(),
        status: "final".into(),
        ..ResultRecord::default()
    };
    vec![
        ResultRecord {
            targets: vec![TargetRecord { target: "ORF1ab".into(), ct: Ct::new(28.46) }, TargetRecord { target: "N".into(), ct: None }],
            ..one(1, "County Lab|F1|94500-6", who(1, "王伟", "male", "1984-05-01", "+86 138 0000 0000"), "positive")
        },
        one(2, "County Lab|F2|94500-6", who(3, "欧阳明", "male", "2015-01-01", "57682931"), "negative"),
        ResultRecord {
            status: "preliminary".into(),
            ..one(3, "County Lab|F3|94500-6", who(3, "欧阳明", "male", "2015-01-01", "57682931"), "pending")
        },
    ]
}

fn stays() -> Vec<StayRecord> {
    vec![StayRecord {
        stay: id(5, 1),
        case: id(2, 1),
        who: who(1, "王伟", "male", "1984-05-01", "+86 138 0000 0000"),
        facility: "巫山方舱医院".into(),
        bed: "A-103".into(),
        admitted: at("2022-11-25T18:30:00+08:00"),
        left: at("2022-12-04T10:00:00+08:00"),
        disposition: "home".into(),
        ..StayRecord::default()
    }]
}
