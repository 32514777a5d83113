//! Results by HL7: what is read, what is refused and why, and the answer.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod golden;

use encoding_rs::GB18030;
use proptest::prelude::*;
use quell_exchange::hl7::{AckCode, Read, Refused, Stamp, acknowledge, framed, frames, read};
use quell_foundation::UtcOffset;

const CHINA: UtcOffset = UtcOffset::CHINA;

/// A message of one observation: its fields from OBX-2 on.
fn message(obx: &str) -> String {
    format!("MSH|^~\\&|LIS|疾控|||20221126101500+0800||ORU^R01|1|P|2.5.1\rPID|1||||王^伟||19900101|M\rOBR|1|T1|F1|COVID\rOBX|1|{obx}\r")
}

fn good(bytes: impl AsRef<[u8]>) -> Read {
    read(bytes.as_ref(), CHINA).unwrap_or_else(|r| panic!("{:#?}", r.problems))
}

fn bad(bytes: impl AsRef<[u8]>) -> Refused {
    *read(bytes.as_ref(), CHINA).unwrap_err()
}

#[test]
fn a_message_of_the_standard_is_read_whole() {
    let read = good(golden::read("oru.hl7"));
    assert_eq!((read.header.control.as_str(), read.header.version.as_str()), ("MSG0001", "2.5.1"));
    golden::check("oru.results.json", &(serde_json::to_string_pretty(&read.results).unwrap() + "\n"));
}

#[test]
fn line_ends_frames_and_marks_do_not_matter() {
    let text = golden::read("oru.hl7");
    let usual = good(&text);
    for variant in [text.replace('\n', "\r"), text.replace('\n', "\r\n"), text.replace('\n', "\n\n"), format!("\u{feff}{text}")] {
        assert_eq!(good(&variant), usual);
        assert_eq!(good(framed(&variant)), usual);
    }
    let swap = |c: char| [('|', '!'), ('^', '*'), ('&', '%')].iter().find(|(a, _)| *a == c).map_or(c, |(_, b)| *b);
    let other = good(text.chars().map(swap).collect::<String>());
    assert_eq!(other.results[0].report, usual.results[0].report);
    assert_eq!(other.results[0].note, "Age%unit*R: 34 ! years; Taken at the door");
}

#[test]
fn gb18030_is_read_where_its_second_bytes_look_like_marks() {
    // 亅 is 0x81 0x7C: its second byte is the field mark.
    let text = message("ST|COVID^新冠病毒核酸亅||阳性（+）||||||F").replace("疾控", "亅疾控");
    let read_utf8 = good(&text);
    let (bytes, _, lost) = GB18030.encode(&text);
    assert!(!lost && bytes.windows(2).any(|w| w == [0x81, 0x7c]));
    assert_eq!(good(&bytes).results, read_utf8.results);
    let named = text.replace("2.5.1\r", "2.5.1||||||GB 18030-2000\r");
    assert_eq!(good(GB18030.encode(&named).0).results, read_utf8.results);
    assert_eq!(read_utf8.results[0].who.name, "王伟");
    assert_eq!(read_utf8.results[0].laboratory, "亅疾控");

    let latin = message("ST|X||NEG||||||F")
        .replace("疾控", "M\u{fc}nchen")
        .replace("王", "M\u{fc}ller")
        .replace("伟", "J\u{f6}rg")
        .replace("2.5.1\r", "2.5.1||||||8859/1\r");
    let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    assert_eq!(good(latin).results[0].who.name, "Jörg Müller");

    assert_eq!(bad(GB18030.encode(&text.replace("2.5.1\r", "2.5.1||||||UNICODE UTF-8\r")).0).problems[0].at, "MSH-18");
    assert_eq!(bad(text.replace("2.5.1\r", "2.5.1||||||EBCDIC\r")).problems[0].rule, "hl7.charset");
}

#[test]
fn words_and_codes_for_a_result() {
    for (obx, result, status) in [
        ("CWE|C^T^L||LA11882-0^Detected^LN||||||F", "positive", "final"),
        ("CE|C^T^L||x^x^L^260415000^Not detected^SCT||||||P", "negative", "preliminary"),
        ("ST|C^T^L||阴性||||||C", "negative", "corrected"),
        ("ST|C^T^L||see comment|||POS|||F", "positive", "final"),
        ("TX|C^T^L||Inconclusive||||||F", "indeterminate", "final"),
        ("ST|C^T^L||||||||X", "failed", "cancelled"),
        ("ST|C^T^L||||||||I", "pending", "preliminary"),
        ("CWE|C^T^L||260373001^Detected^SCT||||||W", "positive", "cancelled"),
        ("ST|C^T^L||\\X4E4547\\||||||F", "negative", "final"),
    ] {
        let results = good(message(obx)).results;
        assert_eq!(results.len(), 1, "{obx}");
        assert_eq!((results[0].result.as_str(), results[0].status.as_str()), (result, status), "{obx}");
    }
}

#[test]
fn escapes_stand_for_what_they_name() {
    let note = |raw: &str| good(message(&format!("ST|C^T^L||POS||||||F\rNTE|1||{raw}"))).results[0].note.clone();
    for (raw, text) in [
        ("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"),
        ("\\XE998B3\\\\XE680A7\\", "阳性"),
        ("one\\.br\\two", "one\ntwo"),
        ("\\H\\loud\\N\\ \\Z12\\x", "loud x"),
        ("C:\\dir", "C:\\dir"),
        ("50\\60\\F\\70", "50\\60|70"),
        ("a\\X00\\b", "ab"),
    ] {
        assert_eq!(note(raw), text, "{raw}");
    }
}

#[test]
fn nothing_of_one_patient_goes_to_the_next() {
    let one = message("ST|C^T^L||POS||||||F");
    let two = one.clone() + "PID|2||||李^娜\rOBR|1|T2|F2|COVID\rOBX|1|ST|C^T^L||NEG||||||F\r";
    let results = good(&two).results;
    let who: Vec<_> = results.iter().map(|r| (r.who.name.as_str(), r.tube.as_str(), r.result.as_str())).collect();
    assert_eq!(who, [("王伟", "T1", "positive"), ("李娜", "T2", "negative")]);
    let lost = one + "PID|2||||李^娜\rOBX|1|ST|C^T^L||NEG||||||F\r";
    assert_eq!(bad(lost).problems[0].at, "OBX[2]");
}

#[test]
fn the_same_result_in_a_new_message_is_the_same_report() {
    let text = golden::read("oru.hl7");
    let again = text.replace("MSG0001", "MSG0002").replace("20221126101500", "20221127020000").replace("|LIS|", "|RELAY|");
    let ids = |text: &str| good(text).results.iter().map(|r| r.report.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&text));
    assert_eq!(ids(&text), ["County Lab|F20221126001|94500-6", "County Lab|F20221126002|94500-6"]);
    let correction = text.replace("||||||F", "||||||C");
    assert_eq!(ids(&correction), ids(&text));
    assert!(good(&correction).results.iter().all(|r| r.status == "corrected"));
    assert_ne!(ids(&text.replace("F20221126001", "F20221126009"))[0], ids(&text)[0]);
}

#[test]
fn a_panel_has_a_result_for_each_test_and_an_answer_swallows_its_genes() {
    let panel = message("CWE|FLUA^Influenza A^L||NEG||||||F\rOBX|2|CWE|FLUB^Influenza B^L||POS||||||F\rOBX|3|NM|CT^Ct^L||22.5||||||F");
    let results = good(&panel).results;
    assert_eq!(
        results.iter().map(|r| (r.test.as_str(), r.result.as_str(), r.targets.len())).collect::<Vec<_>>(),
        [("FLUA", "negative", 0), ("FLUB", "positive", 1)]
    );
    let genes = message("CWE|ORF^ORF1ab gene^L||POS||||||F\rOBX|2|CWE|COVID^SARS-CoV-2^L||POS||||||F\rOBX|3|CWE|N^N gene^L||NEG||||||F");
    let results = good(&genes).results;
    assert_eq!(results.len(), 1);
    assert_eq!((results[0].test.as_str(), results[0].note.as_str()), ("COVID", "ORF1ab gene: positive; N gene: negative"));
}

#[test]
fn faults_name_segment_and_field_in_both_languages() {
    for (text, at, rule) in [
        (message("ST|C^T^L||POS||||||?"), "OBX-11", "hl7.status"),
        (message("ST|C^T^L||42||||||F"), "OBX-5", "hl7.value"),
        (message("ST|C^T^L||POS~NEG||||||F"), "OBX-5", "hl7.value"),
        (message("ST|C^T^L||POS||||||F|||2022-11-26"), "OBX-14", "hl7.time"),
        (message("ST|C^T^L||POS||||||F\rOBX|2|NM|CT^Ct^L||many||||||F"), "OBX[2]-5", "hl7.value"),
        (message("ST|C^T^L||POS||||||F").replace("OBR|1|T1|F1", "OBR|1||"), "OBR-3", "hl7.required"),
        (message("ST|C^T^L||POS||||||F").replace("OBR|", "ZBR|"), "OBX", "hl7.order"),
        (message("ST|C^T^L||POS||||||F").replace("19900101", "19901301"), "PID-7", "hl7.time"),
        (message("ST|C^T^L||POS||||||F").replace("|1|P|", "||P|"), "MSH-10", "hl7.required"),
        (message("ST|C^T^L||POS||||||F").replace("ORU^R01", "ADT^A01"), "MSH-9", "hl7.type"),
        (message("ST|C^T^L||POS||||||F").replace("|2.5.1", "|3"), "MSH-12", "hl7.version"),
        (message("ST|C^T^L||POS||||||F").repeat(2), "MSH[2]", "hl7.several"),
        ("PID|1".into(), "MSH", "hl7.header"),
        (String::new(), "MSH", "hl7.header"),
        ("MSH|||||".into(), "MSH-9", "hl7.type"),
    ] {
        let refused = bad(&text);
        assert_eq!(refused.problems.iter().map(|p| (p.at.as_str(), p.rule)).collect::<Vec<_>>(), [(at, rule)], "{text:?}");
        let problem = &refused.problems[0];
        assert!(problem.zh.chars().any(|c| c > '\u{4e00}') && problem.en.is_ascii(), "{problem:?}");
    }
}

#[test]
fn answers_name_the_message_and_what_is_wrong_with_it() {
    let stamp = Stamp { at: "2022-11-26T10:15:01+08:00".parse().unwrap(), control: "Q7", application: "QUELL", facility: "Wushan" };
    let read = good(golden::read("oru.hl7"));
    let refused = bad(message("ST|C^T^L||POS||||||?\rOBX|2|NM|CT^Ct^L||a|b||||||F"));
    let none = bad("hello");
    let answers = [
        acknowledge(Some(&read.header), AckCode::Accepted, &[], &stamp),
        acknowledge(refused.header.as_ref(), refused.code, &refused.problems, &stamp),
        acknowledge(none.header.as_ref(), none.code, &none.problems, &stamp),
    ];
    golden::check("acks.hl7", &answers.join("\n").replace('\r', "\n"));
    assert_eq!(frames(&framed(&answers[0])), [answers[0].as_bytes()]);
    assert!(answers.iter().all(|a| a.starts_with("MSH|^~\\&|QUELL|") && a.ends_with('\r')));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_bytes_end_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, CHINA);
        let _ = read(&[b"MSH|^~\\&|".as_slice(), &bytes].concat(), CHINA);
    }

    #[test]
    fn no_damage_to_a_message_ends_the_reader_and_all_that_is_read_is_sound(
        cuts in proptest::collection::vec((0usize..1600, prop_oneof![Just(""), Just("|"), Just("\\"), Just("^"), Just("~"), Just("\r"), Just("\\X8"), Just("MSH|^~"), Just("亅"), Just("\u{0}")]), 1..6)
    ) {
        let mut text = golden::read("oru.hl7");
        for (at, put) in cuts {
            let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap();
            let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
            text.replace_range(at..end, put);
        }
        match read(text.as_bytes(), CHINA) {
            Ok(read) => for r in read.results {
                prop_assert!(!r.report.is_empty() && !r.result.is_empty() && !r.status.is_empty());
                prop_assert!(!serde_json::to_string(&r).unwrap().contains("\\u0000"));
            },
            Err(refused) => {
                prop_assert!(!refused.problems.is_empty());
                let stamp = Stamp { at: "2022-11-26T10:15:01+08:00".parse().unwrap(), control: "Q7", application: "QUELL", facility: "Wushan" };
                let answer = acknowledge(refused.header.as_ref(), refused.code, &refused.problems, &stamp);
                prop_assert_eq!(answer.matches('\r').count(), 2 + refused.problems.len());
            }
        }
    }
}
