//! The notice of a restriction (隔离通知书).

use crate::pen::Pen;
use crate::sheet::{Page, Sheet, Style};
use crate::{Notice, Problem, Restriction, Words, parts::EN, parts::ZH, said};

fn title(r: Restriction) -> Words {
    match r {
        Restriction::Home => Words::new("居家隔离通知书", "Notice of isolation at home"),
        Restriction::Central => Words::new("集中隔离通知书", "Notice of isolation at a central site"),
        Restriction::Hospital => Words::new("住院隔离通知书", "Notice of isolation in hospital"),
    }
}

/// The title and the pages.
pub(crate) fn pages(pen: &mut Pen<'_>, n: &Notice) -> Result<(String, Vec<Page>), Problem> {
    let title = title(n.restriction);
    let mut s = Sheet::upright(pen);
    s.letterhead(&n.jurisdiction, &title, &n.number, n.code.as_deref())?;
    s.person(&n.person);
    s.field(&Words::new("措施", "Measure"), &said::restriction(n.restriction), true);
    s.field(&Words::new("地点", "Place"), &n.place, false);
    let (from, until) = (said::time(&n.from), said::end(&n.until));
    s.field(
        &Words::new("期限", "Period"),
        &Words::new(format!("{} 起，至 {} 止", from.zh, until.zh), format!("From {} until {}", from.en, until.en)),
        true,
    );
    s.gap(4.0);
    let by_itself = Words::new(
        "本措施到期自行终止，无需办理任何手续，无需任何人批准。期满之后，任何人不得再以本通知书限制您。",
        "This restriction ends by itself at that time, without any act or approval by anybody. After it, nobody may restrict you on the ground of this notice.",
    );
    s.both(&by_itself, 0.0);
    s.beside(
        &Words::new("一、可以和不可以做的事", "What you may and may not do"),
        [(&Words::new("可以", "You may"), &n.permits), (&Words::new("不可以", "You may not"), &n.forbids)],
    );
    reasons(&mut s, n);
    decision_and_appeal(&mut s, n);
    s.seal(&n.jurisdiction, &said::time(&n.decided_at));
    receipt(&mut s);
    let printed = said::time(&n.printed_at);
    Ok((title.zh, s.finish(&format!("编号 No. {}    打印时间 Printed {}  ({})", n.number, printed.zh, printed.en))))
}

fn reasons(s: &mut Sheet<'_, '_>, n: &Notice) {
    s.heading(&Words::new("二、原因和依据", "Why, and on what ground"));
    s.both(&n.reason, 0.0);
    for (number, e) in n.evidence.iter().enumerate() {
        let number = number + 1;
        s.paragraph(&format!("依据{number}：{}", e.text.in_language(crate::Language::Chinese)), ZH, 0.0);
        if !e.text.zh.is_empty() && !e.text.en.is_empty() {
            s.paragraph(&format!("Evidence {number}: {}", e.text.en), EN, 0.0);
        }
        s.paragraph(&format!("事实编号 Fact {}", e.fact), Style::new(9.0, 12.5), 0.0);
        s.gap(2.0);
    }
    let (zh, en) = (n.protocol.in_language(crate::Language::Chinese), n.protocol.in_language(crate::Language::English));
    s.both(&Words::new(format!("防控方案：{zh}；条款：{}。", n.rule), format!("Protocol: {en}; rule: {}.", n.rule)), 0.0);
}

fn decision_and_appeal(s: &mut Sheet<'_, '_>, n: &Notice) {
    let at = said::time(&n.decided_at);
    let (zh, en) = (n.decided_by.in_language(crate::Language::Chinese), n.decided_by.in_language(crate::Language::English));
    s.heading(&Words::new("三、谁作出决定", "Who decided"));
    s.both(&Words::new(format!("{zh}，于{}决定。", at.zh), format!("Decided by {en} on {}.", at.en)), 0.0);
    let within = said::span(n.appeal.answered_within);
    s.heading(&Words::new("四、如何申诉", "How to appeal"));
    s.both(&n.appeal.how, 0.0);
    let answered = Words::new(
        format!("您的申诉将在提出后{}内得到答复。", within.zh),
        format!("Your appeal is answered within {} after you make it.", within.en),
    );
    s.both(&answered, 0.0);
    s.paragraph(&format!("电话 Telephone  {}", n.appeal.telephone), Style::new(13.0, 19.0).bold(), 0.0);
}

/// Where the person and the one who brings the notice sign.
fn receipt(s: &mut Sheet<'_, '_>) {
    let widths = [s.width() / 3.0; 3];
    let labels = [("收到人签名", "Received by"), ("送达人签名", "Delivered by"), ("送达时间", "Delivered at")];
    let cells = labels.map(|(zh, en)| s.cell(&[(&format!("{zh}  {en}"), Style::new(9.0, 12.0))], widths[0]).at_top());
    s.need(70.0);
    s.paragraph("签名仅表示收到，不表示同意。  A signature confirms receipt only, not agreement.", Style::new(9.0, 13.0), 0.0);
    s.gap(2.0);
    s.row(&widths, cells.into(), 44.0);
}
