//! The pages of the diary: Chinese and English beside one another, no script, nothing from elsewhere; wide enough at 360 pixels.

use super::{Unclear, masked, symptoms};
use crate::html::escaped;
use quell_foundation::{Instant, UtcOffset};
use quell_protocol::Protocol;
use quell_store::views::DiaryOf;
use std::fmt::Write;

const STYLE: &str = "body{font:18px/1.5 sans-serif;margin:0 auto;padding:16px;max-width:28rem;color:#111;background:#fff}\
h1{font-size:22px;margin:0 0 8px}label{display:flex;align-items:center;min-height:48px;gap:12px;border-bottom:1px solid #ddd}\
input[type=radio],input[type=checkbox]{width:28px;height:28px;flex:none}\
input[type=number],input[type=text]{font:inherit;width:100%;min-height:48px;box-sizing:border-box;padding:0 12px;border:1px solid #666}\
button{font:inherit;font-weight:bold;width:100%;min-height:56px;margin-top:20px;border:0;border-radius:8px;color:#fff;background:#0b57a4}\
fieldset{border:0;margin:0;padding:12px 0}legend{font-weight:bold}.note{background:#fff3cd;padding:12px}small{color:#444}";

fn page(zh: &str, en: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{zh} · {en}</title><style>{STYLE}</style></head><body><h1>{zh}<br><span lang=\"en\">{en}</span></h1>{body}</body></html>"
    )
}

fn paragraph(zh: &str, en: &str) -> String {
    format!("<p>{zh}<br><span lang=\"en\">{en}</span></p>")
}

/// The day's questions. `unclear`: what was not clear of an answer just given.
pub fn form(of: &DiaryOf, protocol: &Protocol, now: Instant, offset: UtcOffset, unclear: Option<Unclear>) -> String {
    let day = now.day(offset);
    let name = escaped(&masked(&of.name));
    let mut body = format!("<p>{name} · {day}</p>");
    if let Some(u) = unclear {
        let (zh, en) = match u {
            Unclear::NoAnswer => ("请先选择“感觉良好”或“感觉不适”。", "Please choose: I feel well, or I feel ill."),
            Unclear::Temperature => {
                ("体温应在 30 至 45 摄氏度之间，例如 36.6。", "The temperature lies between 30 and 45 °C, for example 36.6.")
            }
        };
        let _ = write!(body, "<div class=\"note\" role=\"alert\">{}</div>", paragraph(zh, en)); // Writing to a string does not fail.
    }
    if of.written > 0 {
        let (zh, en) = ("今天已填写过；再次填写会作为补充记录。", "You have answered today; another answer is added to it.");
        body += &paragraph(zh, en);
    }
    let choice = |kind: &str, name: &str, value: &str, zh: &str, en: &str| {
        format!(
            "<label><input type=\"{kind}\" name=\"{name}\" value=\"{value}\"><span>{zh}<br><small lang=\"en\">{en}</small></span></label>"
        )
    };
    body += "<form method=\"post\"><fieldset><legend>今天感觉如何？<br><span lang=\"en\">How do you feel today?</span></legend>";
    body += &choice("radio", "feel", "well", "感觉良好", "I feel well");
    body += &choice("radio", "feel", "ill", "感觉不适", "I feel ill");
    body += "</fieldset>";
    let asked = symptoms(protocol);
    if !asked.is_empty() {
        body += "<fieldset><legend>有哪些症状？<br><span lang=\"en\">Which symptoms do you have?</span></legend>";
        asked.iter().for_each(|o| body += &choice("checkbox", "symptom", &escaped(&o.id), &escaped(&o.zh), &escaped(&o.en)));
        body += "</fieldset>";
    }
    body += "<fieldset><legend>体温（°C，可不填）<br><span lang=\"en\">Temperature (°C, if you measured it)</span></legend>\
        <input type=\"number\" name=\"temperature\" step=\"0.1\" min=\"30\" max=\"45\" inputmode=\"decimal\" aria-label=\"体温 temperature\"></fieldset>\
        <fieldset><legend>其他想说的（可不填）<br><span lang=\"en\">Anything else (if you like)</span></legend>\
        <input type=\"text\" name=\"note\" maxlength=\"200\" aria-label=\"其他 anything else\"></fieldset>";
    let _ = write!(body, "<input type=\"hidden\" name=\"after\" value=\"{}\">", of.written);
    body += "<button type=\"submit\">提交 · <span lang=\"en\">Send</span></button></form>";
    page("健康日记", "Symptom diary", &body)
}

/// It is recorded.
pub fn thanks(ill: bool) -> String {
    let mut body = paragraph("已记录，谢谢。", "It is recorded. Thank you.");
    body += &match ill {
        true => paragraph(
            "请留在家中，不要自行前往医院，工作人员会联系您。如呼吸困难或病情危急，请立即拨打 120。",
            "Please stay at home and do not go to a hospital by yourself: someone will contact you. If you can hardly breathe or it is urgent, call 120 at once.",
        ),
        false => paragraph("如之后感到不适，请再次打开此链接填写。", "If you feel ill later, open this link again."),
    };
    page("已提交", "Sent", &body)
}

/// The follow-up has ended, and the link with it.
pub fn ended() -> String {
    let body = paragraph(
        "您的随访已结束，无需再填写，此链接不再接收内容。感谢您的配合。如感到不适，请联系所在社区或就医。",
        "Your follow-up has ended: there is nothing to fill in any more, and this link takes no more answers. Thank you. If you feel ill, contact your community or a doctor.",
    );
    page("随访已结束", "Your follow-up has ended", &body)
}

/// No such link.
pub fn unknown() -> String {
    let body = paragraph(
        "此链接无效，请核对是否完整，或向工作人员索取。",
        "This link leads nowhere: see that it is complete, or ask those who gave it to you.",
    );
    page("链接无效", "No such link", &body)
}

/// More entries than anyone's diary has.
pub fn too_many() -> String {
    let body = paragraph(
        "今天填写次数已达上限，请明天再填。如感到不适，请联系所在社区；病情危急请拨打 120。",
        "There were too many entries today; please come back tomorrow. If you feel ill, contact your community; if it is urgent, call 120.",
    );
    page("今天已填写多次", "Too many entries today", &body)
}

/// It could not be written.
pub fn later() -> String {
    let body = paragraph(
        "系统繁忙，未能记录，请几分钟后再试。",
        "The server is busy and nothing was recorded; please try again in a few minutes.",
    );
    page("请稍后再试", "Please try again", &body)
}
