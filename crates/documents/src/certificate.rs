//! The certificate of release (解除隔离证明).

use crate::parts::{EN, ZH};
use crate::pen::Pen;
use crate::sheet::{Page, Sheet, Style};
use crate::{Certificate, Language, Problem, Words, said};

/// The title and the pages.
pub(crate) fn pages(pen: &mut Pen<'_>, c: &Certificate) -> Result<(String, Vec<Page>), Problem> {
    let title = Words::new("解除隔离证明", "Certificate of release from isolation");
    let mut s = Sheet::upright(pen);
    s.letterhead(&c.jurisdiction, &title, &c.number, c.code.as_deref())?;
    s.person(&c.person);
    s.field(&Words::new("原措施", "Measure"), &said::restriction(c.restriction), false);
    s.field(&Words::new("开始", "Began"), &said::time(&c.from), false);
    s.field(&Words::new("解除", "Ended"), &said::end(&c.until), true);
    s.field(&Words::new("解除方式", "How it ended"), &said::ended(&c.ended), false);
    s.gap(8.0);
    let until = said::end(&c.until);
    let free = Words::new(
        format!("上述措施已于{}解除。自该时起，持证人不再受上述决定限制，任何人不得以该决定为由阻拦。", until.zh),
        format!(
            "The measure above ended on {}. From then on its holder is no longer restricted by the order above, and nobody may stop the \
             holder on the ground of that order.",
            until.en
        ),
    );
    s.both(&free, 0.0);
    tests(&mut s, c);
    s.gap(6.0);
    s.paragraph(&format!("电话 Telephone  {}", c.telephone), Style::new(13.0, 19.0).bold(), 0.0);
    s.seal(&c.jurisdiction, &said::time(&c.printed_at));
    let printed = said::time(&c.printed_at);
    Ok((title.zh, s.finish(&format!("编号 No. {}    打印时间 Printed {}  ({})", c.number, printed.zh, printed.en))))
}

fn tests(s: &mut Sheet<'_, '_>, c: &Certificate) {
    if c.tests.is_empty() {
        return;
    }
    s.heading(&Words::new("检测", "Tests"));
    let widths = [s.width() * 0.36, s.width() * 0.42, s.width() * 0.22];
    let heads = [("采样时间", "Swabbed"), ("检测", "Test"), ("结果", "Result")];
    let head = heads.iter().zip(widths).map(|((zh, en), w)| s.cell(&[(&format!("{zh}  {en}"), EN.bold())], w).shaded()).collect();
    s.head(&widths, head);
    for test in &c.tests {
        let at = said::time(&test.sampled_at);
        let cells = [&at, &test.what, &test.result].into_iter().zip(widths).map(|(words, w)| {
            let english = if words.zh.is_empty() { "" } else { &words.en };
            s.cell(&[(words.in_language(Language::Chinese), ZH), (english, Style::new(9.5, 13.0))], w)
        });
        let cells = cells.collect();
        s.row(&widths, cells, 0.0);
    }
    s.end_table();
}
