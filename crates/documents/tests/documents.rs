//! Files are read back from their bytes; what was put in must stand in them.

mod reader;
mod samples;

use quell_documents::*;
use quell_foundation::Span;
use samples::at;

fn fonts() -> Fonts {
    Fonts::carried().expect("scripts/fetch-fonts has run")
}

fn assert_has(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(&text.replace([' ', '\n'], "")), "'{text}' is not in: {page}");
    }
}

#[test]
fn a_notice_says_all_in_both_languages() {
    let n = samples::notice("张三");
    let document = notice(&fonts(), &n).unwrap();
    assert_eq!(document.missing, []);
    let pages = reader::pages(&document.pdf);
    assert_eq!(pages.len(), document.pages);
    assert_has(&pages[0], &[&n.jurisdiction.zh, &n.jurisdiction.en]);
    let all = pages.concat();
    assert_has(&all, &["居家隔离通知书", "Notice of isolation at home", "编号 No. 500237-2022-001234", "张三", "男 Male", "1987"]);
    assert_has(&all, &["500***********1234", &n.place.zh, &n.place.en, &n.reason.zh, &n.reason.en, &n.evidence[0].fact, &n.rule]);
    assert_has(&all, &["2022年11月26日 08:00 起，至 2022年12月3日 24:00 止", "until 3 December 2022, 24:00 (midnight)"]);
    assert_has(&all, &["本措施到期自行终止", "ends by itself at that time, without any act or approval"]);
    assert_has(&all, &["李四（县疾病预防控制中心）", "Li Si", "2022年11月26日 07:30", &n.appeal.how.zh, &n.appeal.how.en, "023-00000000"]);
    assert_has(&all, &["提出后24小时内", "within 24 hours", "打印时间", "07:42", &n.jurisdiction.zh, &n.jurisdiction.en]);
    for words in n.permits.iter().chain(&n.forbids) {
        assert_has(&all, &[&words.zh, &words.en]);
    }
    assert!(!all.contains("198706"), "the identity number is masked");
}

#[test]
fn each_restriction_has_its_title() {
    let fonts = fonts();
    let titles =
        [(Restriction::Home, "居家隔离通知书"), (Restriction::Central, "集中隔离通知书"), (Restriction::Hospital, "住院隔离通知书")];
    for (restriction, title) in titles {
        let document = notice(&fonts, &Notice { restriction, ..samples::notice("张三") }).unwrap();
        assert_has(&reader::pages(&document.pdf)[0], &[title]);
    }
}

#[test]
fn a_text_typed_in_one_language_is_printed_once() {
    let reason = "与感染者同桌用餐。";
    let document = notice(&fonts(), &Notice { reason: reason.into(), decided_by: "李四".into(), ..samples::notice("张三") }).unwrap();
    let all = reader::pages(&document.pdf).concat();
    assert_eq!(all.matches(reason).count(), 1);
    assert_has(&all, &["Decided by 李四 on 26 November 2022"]);
}

#[test]
fn a_certificate_says_how_it_ended() {
    let fonts = fonts();
    let mut c = samples::certificate("张三");
    let all = reader::pages(&certificate(&fonts, &c).unwrap().pdf).concat();
    assert_has(&all, &["解除隔离证明", "Certificate of release", "张三", "500237-2022-001234", "2022年12月3日 24:00", "期满自行终止"]);
    assert_has(&all, &["It ended by itself", "2022年12月1日 09:20", "阴性", "Negative", "2022年11月26日 08:00", &c.jurisdiction.en]);

    c.ended = Ended::AppealGranted {
        by: "王五".into(), reason: Words::new("接触时间核实为两分钟", "the contact lasted two minutes")
    };
    c.tests.clear();
    let all = reader::pages(&certificate(&fonts, &c).unwrap().pdf).concat();
    assert_has(&all, &["申诉成立", "appeal was granted", "王五", "接触时间核实为两分钟", "the contact lasted two minutes"]);
    assert!(!all.contains("检测"), "no tests, no table of tests");
    c.ended = Ended::Lifted { by: "王五".into(), reason: "转为低风险".into() };
    assert_has(&reader::pages(&certificate(&fonts, &c).unwrap().pdf).concat(), &["经决定提前解除", "Lifted before its end", "转为低风险"]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (a, b) = (fonts(), fonts());
    assert!(notice(&a, &samples::notice("张三")) == notice(&b, &samples::notice("张三")));
    assert!(certificate(&a, &samples::certificate("张三")) == certificate(&b, &samples::certificate("张三")));
    let sheet = samples::day_sheet(30);
    assert!(day_sheet(&a, &sheet, Language::Chinese) == day_sheet(&b, &sheet, Language::Chinese));
    assert!(notice(&a, &samples::notice("张三")).unwrap().pdf != notice(&a, &samples::notice("李四")).unwrap().pdf);
}

#[test]
fn a_long_reason_flows_over_pages_without_loss() {
    let fonts = fonts();
    let short = notice(&fonts, &samples::notice("张三")).unwrap().pages;
    let zh: String = (1..400).map(|n| format!("第{n}次接触的经过如下，经核实无误；")).collect();
    let en: String = (1..400).map(|n| format!("contact number {n} was verified, ")).collect();
    let n = Notice { reason: Words::new(&zh, &en), ..samples::notice("张三") };
    let document = notice(&fonts, &n).unwrap();
    assert!(document.pages > short + 3, "{} pages", document.pages);
    let pages = reader::pages(&document.pdf);
    // The foot stands at the end of each page and would part the text.
    let bodies: String = pages.iter().map(|p| p.split("编号No.500237-2022-001234打印时间").next().unwrap()).collect();
    assert_has(&bodies, &[&zh, en.trim_end()]);
    for (n, page) in pages.iter().enumerate() {
        assert_has(page, &[&format!("{} / {}", n + 1, document.pages)]);
    }
}

#[test]
fn a_cell_taller_than_a_page_is_cut_and_not_lost() {
    let long: String = (1..600).map(|n| format!("第{n}号，")).collect();
    let mut sheet = samples::day_sheet(3);
    sheet.visits[1].ask = long.clone();
    let document = day_sheet(&fonts(), &sheet, Language::Chinese).unwrap();
    let pages = reader::pages(&document.pdf);
    assert!(pages.len() > 2);
    let body = |page: &String| -> String {
        let rows = page.split_once("℃签名").expect("a head").1;
        rows.split("神女社区第2随访组2022年11月27日打印").next().unwrap_or_default().to_owned()
    };
    assert_has(&pages.iter().map(body).collect::<String>(), &[&long]);
}

#[test]
fn a_day_sheet_of_500_has_every_row_and_a_head_on_every_page() {
    let sheet = samples::day_sheet(500);
    let document = day_sheet(&fonts(), &sheet, Language::Chinese).unwrap();
    let pages = reader::pages(&document.pdf);
    assert_eq!(pages.len(), document.pages);
    for (n, page) in pages.iter().enumerate() {
        assert_has(page, &["询问症状", "未上门", "签名", &format!("{} / {}", n + 1, pages.len())]);
    }
    let all = pages.concat();
    for visit in &sheet.visits {
        assert_has(&all, &[&visit.telephone, &visit.address]);
    }
    assert_has(&all, &["神女社区第2随访组", "2022年11月27日", "应访：500人", "第7天共7天", "阿卜杜热合曼·买买提", "组长签名"]);
    let english = day_sheet(&fonts(), &samples::day_sheet(2), Language::English).unwrap();
    assert_has(&reader::pages(&english.pdf)[0], &["Symptoms to ask", "Seen, unwell", "Not tried", "27 November 2022", "2 of 7"]);
}

#[test]
fn a_daily_report_says_all_in_its_language() {
    let report = samples::daily_report();
    let pages = |r: &DailyReport, language| {
        let document = daily_report(&fonts(), r, language).unwrap();
        assert_eq!(document.missing, []);
        let pages = reader::pages(&document.pdf);
        assert_eq!(pages.len(), document.pages);
        pages.concat()
    };
    let zh = pages(&report, Language::Chinese);
    assert_has(&zh, &["疫情防控日报", "高唐街道", "2022年11月27日", "已日结：李四", "9f2c41d07be85a13", "社会面发现", "应检尽检", "45900"]);
    assert_has(
        &zh,
        &["第3轮全员核酸", "99.7 %", "46156", "结转次日", "王五", "三栋停电", "社区乙", "（尚未明确）", "方舱医院", "2400", "527"],
    );
    let en = pages(&report, Language::English);
    assert_has(&en, &["Daily report", "Gaotang subdistrict", "27 November 2022", "Sealed by 李四", "Found under control", "Testing"]);
    assert_has(&en, &["On the roster", "Carried out", "(nobody yet)", "Shelter hospital", "Taken", "1873"]);
    assert!(!en.contains("结转"), "one language: {en}");
    let empty = DailyReport { sealed: None, shoulds: vec![], rounds: vec![], balance: vec![], overdue: vec![], beds: vec![], ..report };
    assert_has(&pages(&empty, Language::Chinese), &["未日结", "没有逾期事项", "当日没有进行中的轮次", "没有登记床位"]);
    // Thousands of lines flow over pages, each under the head of its table.
    let long = DailyReport { overdue: vec![samples::daily_report().overdue[0].clone(); 2_000], ..samples::daily_report() };
    let document = daily_report(&fonts(), &long, Language::English).unwrap();
    let pages = reader::pages(&document.pdf);
    assert_eq!(pages.concat().matches("三栋停电").count(), 2_000);
    assert_has(&pages[pages.len() / 2], &["Overdue", "Owner", "Reason"]);
}

#[test]
fn a_batch_has_each_notice_on_pages_of_its_own_and_one_font() {
    let fonts = fonts();
    let one = notice(&fonts, &samples::notice("张三")).unwrap();
    let mut batch = Batch::new(&fonts);
    let mut pdf = Vec::new();
    for n in 0..100 {
        batch.notice(&Notice { number: format!("N{n:04}"), ..samples::notice("张三") }).unwrap();
        let bytes = batch.take();
        assert!(bytes.len() < one.pdf.len(), "what is kept does not grow");
        pdf.extend(bytes);
    }
    let end = batch.finish().unwrap();
    pdf.extend(&end.pdf);
    let pages = reader::pages(&pdf);
    assert_eq!((pages.len(), end.pages), (100 * one.pages, 100 * one.pages));
    for (n, of_one) in pages.chunks(one.pages).enumerate() {
        assert!(of_one.iter().all(|page| page.contains(&format!("N{n:04}"))), "notice {n}");
        assert_has(&of_one[0], &["居家隔离通知书"]);
    }
    assert!(pdf.len() < 100 * 6000 + one.pdf.len(), "{} bytes", pdf.len());
    let fonts = reader::objects(&pdf).values().filter(|o| String::from_utf8_lossy(o).contains("/CIDFontType0C")).count();
    assert_eq!(fonts, 1);
}

#[test]
fn on_both_sides_nobody_stands_on_the_back_of_another() {
    let fonts = fonts();
    assert_eq!(certificate(&fonts, &samples::certificate("张三")).unwrap().pages, 1);
    let mut batch = Batch::new(&fonts).for_both_sides();
    for _ in 0..3 {
        batch.certificate(&samples::certificate("张三")).unwrap();
    }
    let document = batch.finish().unwrap();
    let pages = reader::pages(&document.pdf);
    let is_empty: Vec<bool> = pages.iter().map(String::is_empty).collect();
    assert_eq!(is_empty, [false, true, false, true, false]);
}

#[test]
fn rare_names_are_drawn_or_told() {
    let fonts = fonts();
    let document = notice(&fonts, &samples::notice("王𬭚㛃喆堃煊")).unwrap();
    assert_eq!(document.missing, []);
    assert_has(&reader::pages(&document.pdf)[0], &["王𬭚㛃喆堃煊"]);
    assert_eq!(fonts.lacking("王𬭚𪛖𪛖㛃𠀀\n"), ['𪛖', '𠀀']);

    let mut batch = Batch::new(&fonts);
    batch.notice(&samples::notice("张三")).unwrap();
    let refused = Notice { reason: "长\n".repeat(20_000).as_str().into(), ..samples::notice("王𠀀") };
    assert!(matches!(batch.notice(&refused), Err(Problem::TooLong(_))));
    batch.notice(&samples::notice("王𪛖")).unwrap();
    let document = batch.finish().unwrap();
    assert_eq!(document.missing, [Missing { item: 1, character: '𪛖' }], "and nothing of the one that was refused");
    assert_has(&reader::pages(&document.pdf).concat(), &["王[U+2A6D6]"]);

    let mut sheet = samples::day_sheet(3);
    sheet.visits[2].name = "王𪛖".into();
    assert_eq!(day_sheet(&fonts, &sheet, Language::Chinese).unwrap().missing, [Missing { item: 2, character: '𪛖' }]);
    let mut batch = Batch::new(&fonts);
    batch.day_sheet(&samples::day_sheet(4), Language::Chinese).unwrap();
    batch.day_sheet(&sheet, Language::Chinese).unwrap();
    let document = batch.finish().unwrap();
    assert_eq!((document.pages, document.missing), (2, vec![Missing { item: 6, character: '𪛖' }]), "rows are counted through");
}

#[test]
fn what_cannot_be_printed_well_is_refused() {
    let fonts = fonts();
    assert_eq!(notice(&fonts, &Notice { code: Some("x".repeat(301)), ..samples::notice("张三") }), Err(Problem::CodeTooLong(301)));
    assert!(notice(&fonts, &Notice { code: Some("x".repeat(300)), ..samples::notice("张三") }).is_ok());
    assert!(matches!(fonts.clone().and(b"no font".to_vec()), Err(Problem::BadFont(_))));
    let sheet = DaySheet { visits: vec![samples::day_sheet(1).visits[0].clone(); MOST_VISITS + 1], ..samples::day_sheet(0) };
    assert_eq!(day_sheet(&fonts, &sheet, Language::Chinese), Err(Problem::TooManyVisits(2001)));
    let endless = Notice { reason: "长\n".repeat(20_000).as_str().into(), ..samples::notice("张三") };
    assert!(matches!(notice(&fonts, &endless), Err(Problem::TooLong(_))));
}

#[test]
fn empty_fields_and_odd_text_print() {
    let n = Notice {
        evidence: vec![],
        permits: vec![],
        forbids: vec![],
        code: None,
        reason: Words::default(),
        place: "a\u{0}\t(b)\\ \r\n c".into(),
        until: at("2022-11-26+08:00"),
        appeal: Appeal { answered_within: Span(0), ..samples::notice("张三").appeal },
        ..samples::notice("")
    };
    let document = notice(&fonts(), &n).unwrap();
    assert_eq!(document.missing, []);
    assert_has(&reader::pages(&document.pdf).concat(), &["a(b)\\c", "至 2022年11月26日 止"]);
}

#[test]
fn an_identity_number_shows_only_its_ends() {
    for (number, masked) in [("500237198706151234", "500***********1234"), ("E12345678", "*******78"), ("1234", "****"), ("", "")] {
        assert_eq!(MaskedNumber::of(number).as_str(), masked);
    }
}
