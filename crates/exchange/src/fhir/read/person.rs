//! Whose report it is, as far as its patient says.

use super::Reading;
use super::document::{codes, text};
use crate::PersonPart;
use crate::words::join_name;
use serde_json::Value;

pub(super) fn read(patient: &Value, reading: &Reading<'_>) -> PersonPart {
    let identifiers = || patient["identifier"].as_array().into_iter().flatten();
    let own = |kind: &str| {
        let system = format!("{}/{kind}", reading.source);
        identifiers().find(|i| !reading.source.is_empty() && text(i, "system") == system).map(|i| text(i, "value").to_owned())
    };
    let is_identity =
        |i: &&Value| codes(&i["type"]).any(|c| matches!(c, "NI" | "PPN" | "SS" | "PRC") || c.starts_with("NNx") || c == "NNCHN");
    let id_number = own("id-number").or_else(|| identifiers().find(is_identity).map(|i| text(i, "value").to_owned()));
    let sex = match text(patient, "gender") {
        sex @ ("male" | "female" | "") => sex,
        _ => "unknown",
    };
    let names = patient["name"].as_array().map(Vec::as_slice).unwrap_or_default();
    let name = names.iter().find(|n| text(n, "use") == "official").or(names.first());
    let address = patient["address"].as_array().and_then(|a| a.first());
    let telecom = patient["telecom"].as_array().into_iter().flatten();
    PersonPart {
        person: own("person").unwrap_or_default(),
        name: name.map(full_name).unwrap_or_default(),
        sex: sex.into(),
        born: text(patient, "birthDate").parse().ok(),
        id_number: id_number.unwrap_or_default(),
        phone: telecom
            .into_iter()
            .find(|t| matches!(text(t, "system"), "phone" | "sms"))
            .map(|t| text(t, "value").to_owned())
            .unwrap_or_default(),
        address: address.map(address_text).unwrap_or_default(),
        ..PersonPart::default()
    }
}

fn full_name(name: &Value) -> String {
    let whole = text(name, "text");
    if !whole.is_empty() {
        return whole.to_owned();
    }
    let given: Vec<&str> = name["given"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    join_name(&given.join(" "), text(name, "family"))
}

fn address_text(address: &Value) -> String {
    let whole = text(address, "text");
    if !whole.is_empty() {
        return whole.to_owned();
    }
    let lines = address["line"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let parts = [text(address, "state"), text(address, "city"), text(address, "district")].into_iter().chain(lines);
    parts.filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
}
