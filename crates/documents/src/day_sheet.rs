//! The day sheet of a follow-up team (随访日报单): a table to write in, in the hand, at the door.

use crate::pen::Pen;
use crate::sheet::{Cell, Page, Sheet, Style};
use crate::{DaySheet, Language, Problem, Sex, Visit, Words, said};

/// The most visits on one sheet.
pub const MOST_VISITS: usize = 2000;

const TEXT: Style = Style::new(10.0, 13.0);
const NAME: Style = Style::new(11.5, 15.0).bold();
const HEAD: Style = Style::new(8.5, 10.5);
/// Room for a signature.
const LEAST: f32 = 34.0;
/// Parts of the width: number, name, sex and age, address, telephone, day, symptoms, four boxes, temperature, signature.
const PARTS: [f32; 13] = [3.6, 10.0, 5.2, 20.0, 10.4, 5.4, 15.0, 4.6, 5.0, 4.6, 5.0, 5.2, 9.0];

fn heads(language: Language) -> [&'static str; 13] {
    match language {
        Language::Chinese => [
            "序号",
            "姓名",
            "性别\n年龄",
            "住址",
            "电话",
            "第几天",
            "询问症状",
            "见到\n无恙",
            "见到\n有症状",
            "未见到",
            "未上门",
            "体温℃",
            "签名",
        ],
        Language::English => [
            "No.",
            "Name",
            "Sex, age",
            "Address",
            "Telephone",
            "Day",
            "Symptoms to ask",
            "Seen, well",
            "Seen, unwell",
            "Missed",
            "Not tried",
            "Temp.\n°C",
            "Signature",
        ],
    }
}

/// The pages of a sheet and their title. `before`: rows on the sheets before it, from which its own are counted on.
pub(crate) fn pages(pen: &mut Pen<'_>, d: &DaySheet, language: Language, before: usize) -> Result<(String, Vec<Page>), Problem> {
    if d.visits.len() > MOST_VISITS {
        return Err(Problem::TooManyVisits(d.visits.len()));
    }
    let say = |words: &Words| words.in_language(language).to_owned();
    let title = say(&Words::new("随访日报单", "Day sheet of a follow-up team"));
    let printed = say(&said::time(&d.printed_at));
    let foot = say(&Words::new(
        // A team has many places: if anything is cut off at the end, it is they, who stand at the top in full.
        format!("{}    {}    打印时间 {printed}    {}", d.team, said::day(d.day).zh, d.place),
        format!("{}    {}    Printed {printed}    {}", d.team, said::day(d.day).en, d.place),
    ));
    let mut s = Sheet::lying(pen);
    top(&mut s, d, &title, language);
    let widths = PARTS.map(|p| p / PARTS.iter().sum::<f32>() * s.width());
    let head = heads(language).iter().zip(widths).map(|(text, w)| s.cell(&[(text, HEAD)], w).shaded().centred()).collect();
    s.head(&widths, head);
    for (n, visit) in d.visits.iter().enumerate() {
        s.pen.item = before + n;
        let cells = row(&mut s, n + 1, visit, &widths, language);
        if n + 1 == d.visits.len() {
            // The last row takes the line to sign along to the next page.
            s.keep(26.0 + LEAST, &[&cells]);
        }
        s.row(&widths, cells, LEAST);
    }
    s.end_table();
    s.gap(6.0);
    let signed = Words::new(
        "每行只勾一格。未上门请注明原因。    见到 ____ 人，未见到 ____ 人，未上门 ____ 人。    组长签名 ____________    时间 ____________",
        "Tick one box a row. If not tried, write why.    Seen ____   Missed ____   Not tried ____    Team leader ____________    Time ____________",
    );
    s.paragraph(&say(&signed), Style::new(10.5, 20.0), 0.0);
    let pages = s.finish(&foot);
    Ok((title, pages))
}

fn top(s: &mut Sheet<'_, '_>, d: &DaySheet, title: &str, language: Language) {
    s.middle(d.jurisdiction.in_language(language), Style::new(11.0, 15.0), 0.0);
    s.middle(title, Style::new(18.0, 26.0).bold(), 0.0);
    let (day, count) = (said::day(d.day), d.visits.len());
    let line = Words::new(
        format!("小组：{}    地点：{}    日期：{}    应访：{count}人", d.team, d.place, day.zh),
        format!("Team: {}    Place: {}    Date: {}    To visit: {count}", d.team, d.place, day.en),
    );
    s.middle(line.in_language(language), Style::new(11.0, 18.0), 0.0);
    if !d.members.is_empty() {
        let members = Words::new(format!("成员：{}", d.members.join("、")), format!("Members: {}", d.members.join(", ")));
        s.middle(members.in_language(language), Style::new(11.0, 18.0), 0.0);
    }
    s.gap(3.0);
}

fn row(s: &mut Sheet<'_, '_>, n: usize, v: &Visit, widths: &[f32; 13], language: Language) -> Vec<Cell> {
    let sex = match (language, v.sex) {
        (Language::English, Sex::Male) => "M".into(),
        (Language::English, Sex::Female) => "F".into(),
        (_, sex) => said::sex(sex).in_language(language).to_owned(),
    };
    let age = v.age.map(|a| a.to_string()).unwrap_or_default();
    let day = match language {
        Language::Chinese => format!("第{}天\n共{}天", v.day, v.of),
        Language::English => format!("{} of {}", v.day, v.of),
    };
    let who = format!("{sex}\n{age}");
    let texts = [&n.to_string(), &v.name, who.trim_end(), &v.address, &v.telephone, &day, &v.ask];
    let styles = [TEXT, NAME, TEXT, TEXT, TEXT, TEXT, TEXT];
    let is_centred = [true, false, true, false, false, true, false];
    let mut cells = Vec::with_capacity(widths.len());
    for (((text, style), centred), width) in texts.iter().zip(styles).zip(is_centred).zip(widths) {
        let cell = s.cell(&[(text, style)], *width);
        cells.push(if centred { cell.centred() } else { cell });
    }
    cells.extend(std::iter::repeat_n(Cell::tick(), 4));
    cells.extend(std::iter::repeat_n(Cell::default(), 2));
    cells
}
