//! What laboratories send: HL7 v2 messages with their acknowledgements, and diagnostic reports of FHIR.

use super::inputs;
use crate::Target;
use quell_exchange::{Problem, fhir, hl7};
use quell_foundation::*;

/// A refusal says what is wrong, in both languages.
fn said(problems: &[Problem]) {
    assert!(!problems.is_empty());
    assert!(problems.iter().all(|p| !p.rule.is_empty() && !p.en.is_empty() && !p.zh.is_empty()), "{problems:?}");
}

pub const HL7: Target = Target {
    name: "hl7",
    about: "HL7 v2 results: framed or not they say the same, each has an id that its repeat has, too, and each is answered by one message",
    run: hl7,
    seeds: || {
        let message = include_str!("../../../crates/exchange/tests/golden/oru.hl7").replace('\n', "\r");
        vec![hl7::framed(&message), message.into_bytes(), hl7::framed("MSH|^~\\&|A|B|C|D|2022||ACK^R01|1|P|2.5\rMSA|AA|1")]
    },
    words: &[
        "MSH|^~\\&|",
        "PID|1||",
        "ORC|RE|",
        "OBR|1|",
        "OBX|1|CWE|",
        "OBX|2|NM|",
        "SPM|1|",
        "NTE|1||",
        "\r",
        "\n",
        "^",
        "~",
        "\\F\\",
        "\\X0D\\",
        "&",
        "|||",
        "\u{b}",
        "\u{1c}\r",
        "94500-6^SARS-CoV-2 RNA NAA^LN",
        "260373001^Detected^SCT",
        "20221126101500+0800",
        "ORU^R01^ORU_R01",
        "GB 18030-2000",
        "UNICODE UTF-8",
    ],
};

fn hl7(data: &[u8]) {
    for message in hl7::frames(data) {
        let read = hl7::read(message, UtcOffset::CHINA);
        if let Ok(text) = std::str::from_utf8(message)
            && !text.contains(['\u{b}', '\u{1c}'])
        {
            assert_eq!(hl7::read(&hl7::framed(text), UtcOffset::CHINA), read, "framed it says something else");
        }
        let (header, code, problems) = match read {
            Ok(read) => {
                assert!(read.results.iter().all(|r| !r.report.is_empty()), "a repeat of this could not be told: {:?}", read.results);
                (Some(read.header), hl7::AckCode::Accepted, vec![])
            }
            Err(refused) => {
                said(&refused.problems);
                assert_ne!(refused.code, hl7::AckCode::Accepted);
                (refused.header, refused.code, refused.problems)
            }
        };
        let stamp =
            hl7::Stamp { at: EventTime::exact(Instant(0), UtcOffset::CHINA), control: "A1", application: "Quell", facility: "500237" };
        let ack = hl7::acknowledge(header.as_ref(), code, &problems, &stamp);
        // Nothing of what they sent becomes a segment of the answer.
        let segments: Vec<&str> = ack.split_terminator('\r').map(|s| s.split('|').next().unwrap_or_default()).collect();
        assert_eq!((&segments[..2], segments.len()), (&["MSH", "MSA"][..], 2 + problems.len()), "{ack:?}");
        assert!(segments[2..].iter().all(|s| *s == "ERR") && !ack.contains(['\n', '\u{b}', '\u{1c}']), "{ack:?}");
        // An answer is a message, though none with results.
        let again = hl7::read(&hl7::framed(&ack), UtcOffset::CHINA);
        assert_eq!(again.err().and_then(|r| r.header).map(|h| h.control), Some("A1".to_owned()), "{ack:?}");
    }
}

pub const FHIR: Target = Target {
    name: "fhir",
    about: "diagnostic reports of FHIR, alone or in a bundle: read whole or refused with all that is wrong; each result has an id of its own",
    run: fhir,
    seeds: || {
        let report = r##"{"resourceType":"DiagnosticReport","status":"final","identifier":[{"system":"urn:lab","value":"R1"}],
            "subject":{"identifier":{"value":"P1"}},"specimen":[{"identifier":{"value":"T1"}}],"effectiveDateTime":"2022-11-26T07:50:00+08:00",
            "contained":[{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"94500-6"}]},
            "valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"260373001"}]}}],"result":[{"reference":"#o"}]}"##;
        inputs(&[
            report,
            &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":"urn:uuid:1","resource":{report}}}]}}"#),
        ])
    },
    words: &[
        "\"resourceType\":",
        "\"Bundle\"",
        "\"DiagnosticReport\"",
        "\"Observation\"",
        "\"entry\":[",
        "\"reference\":\"#o\"",
        "\"contained\":[",
        "\"hasMember\":[",
        "\"valueString\":\"negative\"",
        "\"status\":\"amended\"",
        "\"identifier\":[",
        "\"subject\":",
        "null",
        "{",
        "}",
        "]",
        "2022-11-26",
    ],
};

fn fhir(data: &[u8]) {
    let reading = fhir::Reading { offset: UtcOffset::CHINA, source: "urn:quell:book:500237" };
    match fhir::read(data, &reading) {
        Ok(records) => assert!(records.iter().all(|r| !r.report.is_empty()), "a repeat of this could not be told: {records:?}"),
        Err(problems) => said(&problems),
    }
}
