//! The course of a message: header, then for each patient the orders with their observations.

use super::group::Group;
use super::message::{Message, Segment};
use super::{AckCode, Header, Read, Refused, patient, time};
use crate::{PersonPart, Problem};
use quell_foundation::UtcOffset;

pub(super) fn read(bytes: &[u8], offset: UtcOffset) -> Result<Read, Box<Refused>> {
    let refused = |header, code, problems| Box::new(Refused { header, code, problems });
    let message = Message::parse(bytes).map_err(|p| refused(None, AckCode::Rejected, vec![p]))?;
    let msh = message.header().ok_or_else(|| refused(None, AckCode::Rejected, Vec::new()))?;
    let header = header(&message, msh);
    let (foreign, unusable) = check(&header);
    if !foreign.is_empty() {
        return Err(refused(Some(header), AckCode::Rejected, foreign));
    }
    let offset = time::offset_of(&msh.text(&message, 7)).unwrap_or(offset);
    let (mut results, mut problems) = (Vec::new(), unusable);
    for (who, group) in groups(&message, &mut problems) {
        let who = who.map(|pid| patient::read(&message, pid, &mut problems)).unwrap_or_default();
        results.extend(group.results(&message, &header, &PersonPart { ..who }, offset, &mut problems));
    }
    if problems.is_empty() { Ok(Read { header, results }) } else { Err(refused(Some(header), AckCode::Error, problems)) }
}

fn header(message: &Message, msh: &Segment) -> Header {
    let kind = msh.value(message, 9);
    let kind = [kind.part(1), kind.part(2), kind.part(3)].join("^");
    Header {
        application: msh.text(message, 3),
        facility: msh.text(message, 4),
        kind: kind.trim_end_matches('^').to_owned(),
        control: msh.text(message, 10),
        processing: msh.text(message, 11),
        version: msh.text(message, 12),
    }
}

/// What makes it a message of another kind, and what is merely wrong with it.
fn check(header: &Header) -> (Vec<Problem>, Vec<Problem>) {
    let (mut foreign, mut unusable) = (Vec::new(), Vec::new());
    if !header.kind.starts_with("ORU^R01") {
        let given = crate::problem::shown(&header.kind);
        foreign.push(Problem::new(
            "MSH-9",
            "hl7.type",
            format!("messages of type ORU^R01 are read here, not '{given}'"),
            format!("此处只接收 ORU^R01 消息，不接收“{given}”"),
        ));
    }
    if !header.version.is_empty() && !header.version.starts_with("2.") {
        let given = crate::problem::shown(&header.version);
        foreign.push(Problem::new(
            "MSH-12",
            "hl7.version",
            format!("HL7 v2 is read here, not '{given}'"),
            format!("此处只接收 HL7 v2，不接收“{given}”"),
        ));
    }
    if header.control.is_empty() {
        unusable.push(Problem::new(
            "MSH-10",
            "hl7.required",
            "the message control id is missing, so that an answer cannot name the message",
            "缺少消息控制号，应答无法指明消息",
        ));
    }
    (foreign, unusable)
}

/// Each order with what belongs to it, and the patient in force there.
fn groups<'m>(message: &'m Message, problems: &mut Vec<Problem>) -> Vec<(Option<&'m Segment>, Group<'m>)> {
    let mut groups: Vec<(Option<&Segment>, Group<'_>)> = Vec::new();
    let (mut pid, mut order) = (None, None);
    // No order may take what stands under the next patient.
    let mut open = false;
    for segment in &message.segments {
        match segment.name.as_str() {
            "PID" => (pid, order, open) = (Some(segment), None, false),
            "ORC" => order = Some(segment),
            "OBR" => {
                groups.push((
                    pid,
                    Group { order: order.take(), request: segment, observations: Vec::new(), specimen: None, notes: Vec::new() },
                ));
                open = true;
            }
            "OBX" | "SPM" => match groups.last_mut().filter(|_| open) {
                Some((_, group)) => group.take(segment),
                None => problems.push(Problem::new(
                    segment.at(0).trim_end_matches("-0"),
                    "hl7.order",
                    format!("{} stands before any OBR of its patient", segment.name),
                    format!("{} 出现在该患者的 OBR 之前", segment.name),
                )),
            },
            "NTE" => {
                if let Some((_, group)) = groups.last_mut().filter(|_| open) {
                    group.notes.push(segment);
                }
            }
            _ => {}
        }
    }
    if groups.is_empty() && problems.is_empty() {
        problems.push(Problem::new("OBR", "hl7.required", "the message holds no OBR, so no result", "消息中没有 OBR，因此没有结果"));
    }
    groups
}
