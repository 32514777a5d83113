//! PID: whose result it is, as far as the message says.

use super::message::{Message, Segment};
use super::time;
use crate::words::join_name;
use crate::{PersonPart, Problem};

/// Types of identifier (PID-3.5) that are numbers of the person rather than of a hospital's file.
fn is_identity(kind: &str) -> bool {
    matches!(kind, "NI" | "SS" | "PPN" | "JHN" | "PRC" | "CZ") || kind.starts_with("NN")
}

pub(super) fn read(message: &Message, pid: &Segment, problems: &mut Vec<Problem>) -> PersonPart {
    let names: Vec<_> = pid.repetitions(message, 5).collect();
    let name = names.iter().find(|n| n.part(7) == "L").or(names.first());
    let name = name.map(|n| {
        let given = [n.part(2), n.part(3)].join(" ");
        join_name(given.trim(), &n.part(1))
    });
    let born = time::day(&pid.text(message, 7), || pid.at(7)).unwrap_or_else(|p| {
        problems.push(p);
        None
    });
    let sex = match pid.text(message, 8).as_str() {
        "M" => "male",
        "F" => "female",
        "" => "",
        _ => "unknown",
    };
    let address = pid.value(message, 11);
    // Widest first, as a Chinese address is written; the order of the components is that of an envelope in English.
    let address: Vec<String> = [4, 3, 2, 1].iter().map(|c| address.part(*c)).filter(|s| !s.is_empty()).collect();
    PersonPart {
        name: name.unwrap_or_default(),
        sex: sex.into(),
        born,
        id_number: pid.repetitions(message, 3).find(|id| is_identity(&id.part(5))).map(|id| id.part(1)).unwrap_or_default(),
        phone: phone(message, pid),
        address: address.join(" "),
        ..PersonPart::default()
    }
}

fn phone(message: &Message, pid: &Segment) -> String {
    let phone = pid.value(message, 13);
    let whole = phone.first_of(&[1, 12]);
    if whole.is_empty() { [phone.part(6), phone.part(7)].concat() } else { whole }
}
