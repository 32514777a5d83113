//! The report of a day (疫情防控日报): balance, cases, rounds, the shoulds, what is overdue and who sees to it, beds. In one language, for people
//! who decide.

use crate::pen::Pen;
use crate::sheet::{Page, Sheet, Style};
use crate::{DailyReport, Language, Words, said};

const TEXT: Style = Style::new(9.5, 12.5);
const HEAD: Style = Style::new(8.5, 11.0);
const SECTION: Style = Style::new(12.0, 18.0).bold();

/// A column: its head, its part of the width, whether it holds numbers.
struct Column(Words, f32, bool);

fn text(zh: &str, en: &str, part: f32) -> Column {
    Column(Words::new(zh, en), part, false)
}

fn number(zh: &str, en: &str, part: f32) -> Column {
    Column(Words::new(zh, en), part, true)
}

/// The pages of a report and their title.
pub(crate) fn pages(pen: &mut Pen<'_>, d: &DailyReport, language: Language) -> (String, Vec<Page>) {
    let say = |words: &Words| words.in_language(language).to_owned();
    let title = say(&Words::new("疫情防控日报", "Daily report"));
    let (day, printed) = (say(&said::day(d.day)), say(&said::time(&d.printed_at)));
    let place = say(&d.place);
    let foot = say(&Words::new(format!("{place}    {day}    打印时间 {printed}"), format!("{place}    {day}    Printed {printed}")));
    let mut s = Sheet::upright(pen);
    s.middle(&say(&d.jurisdiction), Style::new(11.0, 15.0), 0.0);
    s.middle(&title, Style::new(20.0, 29.0).bold(), 0.0);
    s.middle(&format!("{place}    {day}"), Style::new(12.5, 19.0).bold(), 0.0);
    s.middle(&say(&state(d)), Style::new(9.5, 14.0), 0.0);
    s.gap(3.0);
    s.bar();
    cases(&mut s, d, language);
    shoulds(&mut s, d, language);
    rounds(&mut s, d, language);
    balance(&mut s, d, language);
    overdue(&mut s, d, language);
    beds(&mut s, d, language);
    let pages = s.finish(&foot);
    (title, pages)
}

/// Whether the day is sealed, and by whom.
fn state(d: &DailyReport) -> Words {
    match &d.sealed {
        Some(by) => {
            let at = said::time(&by.at);
            Words::new(
                format!("已日结：{}，{}。日结链值 {}", by.decider, at.zh, by.day_hash),
                format!("Sealed by {}, {}. Hash of the day {}", by.decider, at.en, by.day_hash),
            )
        }
        None => {
            let at = said::time(&d.printed_at);
            Words::new(format!("未日结，数据截至 {}", at.zh), format!("Not sealed yet; as of {}", at.en))
        }
    }
}

fn heading(s: &mut Sheet<'_, '_>, language: Language, zh: &str, en: &str) {
    s.need(70.0);
    s.gap(9.0);
    s.paragraph(Words::new(zh, en).in_language(language), SECTION, 0.0);
    s.gap(1.0);
}

/// A table; where there is no row, a line says so.
fn table(s: &mut Sheet<'_, '_>, language: Language, columns: &[Column], rows: &[Vec<String>], none: &Words) {
    if rows.is_empty() {
        s.paragraph(none.in_language(language), TEXT, 0.0);
        return;
    }
    let parts: f32 = columns.iter().map(|c| c.1).sum();
    let widths: Vec<f32> = columns.iter().map(|c| c.1 / parts * s.width()).collect();
    let head = columns.iter().zip(&widths).map(|(c, w)| s.cell(&[(c.0.in_language(language), HEAD)], *w).shaded().centred()).collect();
    s.head(&widths, head);
    for row in rows {
        let mut cells = Vec::with_capacity(row.len());
        for ((value, column), width) in row.iter().zip(columns).zip(&widths) {
            let cell = s.cell(&[(value, TEXT)], *width);
            cells.push(if column.2 { cell.centred() } else { cell });
        }
        s.row(&widths, cells, 0.0);
    }
    s.end_table();
}

fn cases(s: &mut Sheet<'_, '_>, d: &DailyReport, language: Language) {
    heading(s, language, "一、新增病例", "1. New cases");
    let c = &d.cases;
    let since = match c.days_since_community {
        Some(n) => n.to_string(),
        None => Words::new("未发生", "none yet").in_language(language).to_owned(),
    };
    let columns = [
        number("新增合计", "New, in all", 1.0),
        number("社会面发现", "Found in the community", 1.2),
        number("管控中发现", "Found under control", 1.2),
        number("途径待判定", "Channel not known", 1.2),
        number("其中无症状", "Of these without symptoms", 1.2),
        number("累计", "To date", 1.0),
        number("距上次社会面病例（天）", "Days since the last in the community", 1.6),
    ];
    let new = c.community_found + c.controlled + c.unknown_channel;
    let numbers = [new, c.community_found, c.controlled, c.unknown_channel, c.asymptomatic, c.total];
    let row = numbers.iter().map(i64::to_string).chain([since]).collect();
    table(s, language, &columns, &[row], &Words::default());
}

fn shoulds(s: &mut Sheet<'_, '_>, d: &DailyReport, language: Language) {
    heading(s, language, "二、五个应与全链条", "2. The five shoulds and the chain");
    let columns = [
        text("类别", "Should", 1.8),
        number("当日应办", "To do", 1.0),
        number("已办", "Done", 1.0),
        number("按时", "In time", 1.0),
        number("豁免", "Waived", 1.0),
        number("被取代", "Overtaken", 1.1),
        number("未办", "Open", 1.0),
        number("逾期", "Overdue", 1.0),
    ];
    let rows: Vec<Vec<String>> = d
        .shoulds
        .iter()
        .map(|l| line(&l.what, language, &[l.should, l.done, l.in_time, l.waived, l.superseded, l.open, l.overdue]))
        .collect();
    table(s, language, &columns, &rows, &Words::new("当日没有应办事项。", "Nothing was to be done."));
}

fn rounds(s: &mut Sheet<'_, '_>, d: &DailyReport, language: Language) {
    heading(s, language, "三、核酸筛查轮次", "3. Screening rounds");
    let columns = [
        text("轮次", "Round", 2.4),
        number("应采", "On the roster", 1.0),
        number("已采", "Sampled", 1.0),
        number("完成率", "Share", 1.0),
        number("豁免", "Waived", 1.0),
        number("未采", "Open", 1.0),
        number("已出结果", "Resulted", 1.1),
        number("待出结果", "Pending", 1.1),
    ];
    let rows: Vec<Vec<String>> = d
        .rounds
        .iter()
        .map(|r| {
            // A share is cut, not rounded: 100 % is everyone.
            let asked = r.should - r.waived;
            let share = if asked > 0 { format!("{}.{} %", r.sampled * 100 / asked, r.sampled * 1000 / asked % 10) } else { "—".into() };
            let numbers = [r.should, r.sampled, r.waived, r.open, r.resulted, r.pending];
            let mut cells = line(&Words::from(r.name.as_str()), language, &numbers);
            cells.insert(3, share);
            cells
        })
        .collect();
    table(s, language, &columns, &rows, &Words::new("当日没有进行中的轮次。", "No round was under way."));
}

fn balance(s: &mut Sheet<'_, '_>, d: &DailyReport, language: Language) {
    heading(s, language, "四、日清日结", "4. Balance of the day");
    let rule = Words::new(
        "上日结转 + 新开 = 办结 + 豁免 + 被取代 + 结转次日",
        "carried in + opened = discharged + waived + superseded + carried out",
    );
    s.paragraph(rule.in_language(language), HEAD, 0.0);
    s.gap(2.0);
    let columns = [
        text("事项", "Duty", 2.2),
        number("上日结转", "Carried in", 1.1),
        number("新开", "Opened", 1.0),
        number("办结", "Discharged", 1.1),
        number("豁免", "Waived", 1.0),
        number("被取代", "Superseded", 1.2),
        number("结转次日", "Carried out", 1.1),
        number("其中逾期", "Of these overdue", 1.1),
    ];
    let rows: Vec<Vec<String>> = d
        .balance
        .iter()
        .map(|b| line(&b.kind, language, &[b.carried_in, b.opened, b.discharged, b.waived, b.superseded, b.carried_out, b.overdue]))
        .collect();
    table(s, language, &columns, &rows, &Words::new("当日没有事项。", "Nothing was open."));
}

fn overdue(s: &mut Sheet<'_, '_>, d: &DailyReport, language: Language) {
    heading(s, language, "五、逾期事项与责任人", "5. Overdue, and who sees to it");
    let columns = [
        text("事项", "Duty", 1.4),
        text("地点", "Place", 1.8),
        number("逾期", "Overdue", 0.8),
        text("责任人", "Owner", 1.4),
        text("原因", "Reason", 3.0),
    ];
    let nobody = Words::new("（尚未明确）", "(nobody yet)");
    let rows: Vec<Vec<String>> = d
        .overdue
        .iter()
        .map(|o| {
            let (owner, reason) = o.owned.clone().unwrap_or_else(|| (nobody.in_language(language).to_owned(), String::new()));
            vec![o.kind.in_language(language).to_owned(), o.place.clone(), o.overdue.to_string(), owner, reason]
        })
        .collect();
    table(s, language, &columns, &rows, &Words::new("没有逾期事项。", "Nothing is overdue."));
}

fn beds(s: &mut Sheet<'_, '_>, d: &DailyReport, language: Language) {
    heading(s, language, "六、床位", "6. Beds");
    let columns = [
        text("机构类别", "Kind of facility", 2.0),
        number("机构数", "Facilities", 1.0),
        number("床位", "Beds", 1.0),
        number("在用", "Taken", 1.0),
        number("空余", "Free", 1.0),
    ];
    let rows: Vec<Vec<String>> =
        d.beds.iter().map(|b| line(&b.kind, language, &[b.facilities, b.beds, b.occupied, b.beds - b.occupied])).collect();
    table(s, language, &columns, &rows, &Words::new("没有登记床位。", "No beds are listed."));
}

fn line(name: &Words, language: Language, numbers: &[i64]) -> Vec<String> {
    std::iter::once(name.in_language(language).to_owned()).chain(numbers.iter().map(i64::to_string)).collect()
}
