//! What a browser is shown for a code: to its holder, or to a guard without a scanner's program. Chinese and English below one another, no
//! script, nothing from elsewhere, plain enough for the phones of fifteen years ago.

use super::answer::{Answer, Hold, USUAL_APPEAL, Verdict, Words};
use crate::html::escaped;
use crate::http::Problem;
use std::fmt::Write;

/// From this age on the page says that it may be out of date.
const OLD_SECONDS: u64 = 300;

const STYLE: &str = "body{font:18px/1.5 sans-serif;margin:0 auto;padding:12px;max-width:30em;color:#111;background:#fff}\
h1{margin:0 0 12px;padding:16px 12px;font-size:34px;line-height:1.25;text-align:center;color:#fff;background:#444}\
h1 b{display:block;font-size:64px;line-height:1}h1 span{display:block;font-size:24px}\
h1.clear{background:#14663a}h1.restricted{background:#a61b14}h1.due{color:#000;background:#ffc400}\
h2{font-size:18px;margin:16px 0 4px}p{margin:0 0 10px}.hold{border-left:6px solid #a61b14;padding-left:10px}\
.note{background:#fff3cd;padding:10px}small{color:#444}form{border-top:1px solid #999;margin-top:20px;padding-top:12px}\
label{display:block}input,select{font:inherit;width:100%;height:48px;box-sizing:border-box;padding:0 10px;border:1px solid #666;background:#fff}\
button{font:inherit;font-weight:bold;width:100%;height:56px;margin-top:12px;border:0;color:#fff;background:#0b57a4}";

/// What is asked besides the code.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// A negative test within so many hours.
    pub within: Option<&'a str>,
    /// By the field of this page, where code follows upon code; not by a link of the code's holder.
    pub at_door: bool,
}

/// The hours within which doors ask for a negative test.
const WITHIN: [&str; 3] = ["24", "48", "72"];

fn page(title: Words, body: &str) -> String {
    let Words { zh, en } = title;
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{zh} · {en}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )
}

fn heading(class: &str, sign: &str, Words { zh, en }: Words) -> String {
    format!("<h1 class=\"{class}\"><b aria-hidden=\"true\">{sign}</b>{zh}<span lang=\"en\">{en}</span></h1>")
}

fn paragraph(zh: &str, en: &str) -> String {
    format!("<p>{zh}<br><span lang=\"en\">{en}</span></p>")
}

/// `2022-11-27 16:00` of a time with its offset.
fn short(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

/// The verdict, in a colour, a sign and words; then why, since when, until when, how to appeal, and how old all this is.
pub fn answer(a: &Answer<'_>, own_appeal: Option<&str>, asked: Asked<'_>) -> String {
    // Signs that every Chinese font has had since GB 2312.
    let (class, sign, title) = match a.verdict {
        Verdict::Clear => ("clear", "√", Words { zh: "可以通行", en: "CLEAR" }),
        Verdict::Restricted => ("restricted", "×", Words { zh: "限制通行", en: "RESTRICTED" }),
        Verdict::TestDue => ("due", "!", Words { zh: "应做核酸", en: "TEST DUE" }),
    };
    let mut body = heading(class, sign, title);
    if asked.at_door {
        body += &next(asked);
    }
    body += &old(a);
    a.restrictions.iter().for_each(|h| body += &hold(h));
    if a.verdict == Verdict::TestDue {
        let h = asked.within.unwrap_or_default();
        let zh = format!("此处查验 {h} 小时内核酸阴性证明，请前往就近采样点采样。");
        let en = format!("A negative test within {h} hours is asked for here: please go to a sampling station.");
        body += &paragraph(&zh, &en);
    }
    if a.appeal.is_some() {
        body += "<h2>申诉 · <span lang=\"en\">How to appeal</span></h2>";
        body += &own_appeal.map_or_else(|| paragraph(USUAL_APPEAL.zh, USUAL_APPEAL.en), |own| format!("<p>{}</p>", escaped(own)));
    }
    body += "<h2>最近一次核酸阴性 · <span lang=\"en\">Last negative test</span></h2>";
    body += &match &a.last_negative {
        Some(n) => {
            let (at, h) = (short(&n.sampled_at), n.age_h.floor());
            paragraph(&format!("{at} 采样，{h} 小时前"), &format!("swabbed {at}, {h} hours ago"))
        }
        None => paragraph("无记录", "none on record"),
    };
    let at = short(&a.as_of);
    let _ = write!(body, "<p><small>信息截至 {at} · <span lang=\"en\">as of {at}</span></small></p>"); // Writing to a string does not fail.
    if !asked.at_door {
        body += &next(asked);
    }
    page(title, &body)
}

fn hold(h: &Hold) -> String {
    let mut out = format!("<div class=\"hold\"><h2>{}<br><span lang=\"en\">{}</span></h2>", h.words.zh, h.words.en);
    if let Some(since) = h.since.as_deref().map(short) {
        out += &paragraph(&format!("自 {since} 起"), &format!("since {since}"));
    }
    out += &match (h.until.as_deref().map(short), h.kind.as_ref()) {
        (Some(until), _) => paragraph(&format!("至 {until} 止"), &format!("until {until}")),
        (None, "case" | "recall") => paragraph("何时结束由检测结果决定", "it ends by test results, not by a date"),
        (None, _) => paragraph("结束时间尚未确定", "its end is not fixed yet"),
    };
    out + "</div>"
}

/// The book is out of reach: whoever stands at the door decides what is too old.
fn old(a: &Answer<'_>) -> String {
    if a.age_seconds < OLD_SECONDS {
        return String::new();
    }
    let (m, at) = (a.age_seconds / 60, short(&a.as_of));
    let text = paragraph(
        &format!("注意：此信息截至 {at}，是 {m} 分钟前的，之后的变化尚未收到。"),
        &format!("Careful: this is of {at}, {m} minutes ago; what has changed since has not arrived."),
    );
    format!("<div class=\"note\" role=\"alert\">{text}</div>")
}

/// The next code: a guard's scanner types it and presses Enter. Elsewhere the field does not draw the page to itself, away from the verdict.
fn next(Asked { within, at_door }: Asked<'_>) -> String {
    let focus = if at_door { " autofocus" } else { "" };
    let mut out = format!(
        "<form action=\"/s\" method=\"get\"><label>扫码或输入人员码 · <span lang=\"en\">Scan or type a code</span>\
         <input name=\"code\" autocomplete=\"off\"{focus}></label>\
         <label>核酸阴性要求 · <span lang=\"en\">Negative test asked for</span><select name=\"within\"><option value=\"\">不要求 · none</option>",
    );
    let other = within.filter(|w| !WITHIN.contains(w));
    for h in WITHIN.into_iter().chain(other) {
        let chosen = if within == Some(h) { " selected" } else { "" };
        let h = escaped(h);
        let _ = write!(out, "<option value=\"{h}\"{chosen}>{h} 小时内 · within {h} hours</option>");
    }
    out + "</select></label><button type=\"submit\">查询 · <span lang=\"en\">Look up</span></button></form>"
}

/// Nothing was asked yet.
pub fn start() -> String {
    let title = Words { zh: "人员码查询", en: "Status of a code" };
    page(title, &(heading("", "?", title) + &next(Asked { within: None, at_door: true })))
}

/// There is no verdict. `asked`: as far as it could be understood.
pub fn refused(p: &Problem, asked: Asked<'_>) -> String {
    let (title, zh, en) = match (p.status, p.kind.rsplit('/').next()) {
        (404, _) => (
            Words { zh: "查无此码", en: "UNKNOWN CODE" },
            "台账中没有此码对应的人员；新登记的人员几秒后可查。",
            "Nobody in the book has this code; whoever was listed just now appears within seconds.",
        ),
        (503, _) => (
            Words { zh: "请稍候", en: "PLEASE WAIT" },
            "正在读取人员状态，请几秒后重试。",
            "The statuses are still being read: try again in some seconds.",
        ),
        (_, Some("code")) => (
            Words { zh: "无法识别", en: "NOT READABLE" },
            "这不是人员码：人员码为 27 位字母和数字，请重新扫码。",
            "This is no person code: it has 27 letters and digits. Scan it again.",
        ),
        _ => (
            Words { zh: "无法识别", en: "NOT READABLE" },
            "网址有误：核酸阴性要求为小时数，1 至 744。请重新查询。",
            "The address is wrong: the hours asked for are 1 to 744. Look up again.",
        ),
    };
    page(title, &(heading("", "?", title) + &paragraph(zh, en) + &next(asked)))
}
