//! A tube or a person as a human reads it: what stands now, then what happened, a line each, in the order of time.

use super::Context;
use quell_book::{DutyState, TargetCt};
use quell_foundation::*;
use quell_store::views::{PersonView, TubeView};
use serde::Serialize;

/// Lines with a time, printed in its order.
struct Timeline<'a> {
    ctx: &'a Context,
    offset: UtcOffset,
    lines: Vec<(Instant, String)>,
}

impl Timeline<'_> {
    fn add(&mut self, at: Instant, en: impl Into<String>, zh: impl Into<String>) {
        self.lines.push((at, if self.ctx.chinese { zh.into() } else { en.into() }));
    }
    fn maybe(&mut self, at: Option<Instant>, en: impl Into<String>, zh: impl Into<String>) {
        if let Some(at) = at {
            self.add(at, en, zh);
        }
    }
    fn print(mut self) {
        self.lines.sort_by_key(|l| l.0);
        for (at, line) in self.lines {
            println!("{}  {line}", at.at_offset(self.offset));
        }
    }
}

/// A word of one of the protocol's lists: as it is written in JSON, or in Chinese (the terms of the eighth and ninth editions).
fn word(ctx: &Context, w: &impl Serialize) -> String {
    let written = crate::export::word(w);
    let zh = match written.as_str() {
        "single" => "单采",
        "household" => "一户一管",
        "pooled" => "混采",
        "high" => "高",
        "medium" => "中",
        "low" => "低",
        "temporary_control" => "临时管控",
        "close" => "密接",
        "secondary" => "次密接",
        "high_risk_spillover" => "高风险区外溢人员",
        "general" => "一般接触者",
        "inbound" => "入境人员",
        "community_found" => "社会面",
        "controlled" => "管控中",
        other => other,
    };
    if ctx.chinese { zh.to_owned() } else { written }
}

/// " (text)", or nothing.
fn aside(text: Option<&str>) -> String {
    text.map(|t| format!(" ({t})")).unwrap_or_default()
}

fn targets(targets: &[TargetCt]) -> String {
    let each = |t: &TargetCt| t.ct.map_or_else(|| format!("{} -", t.target), |ct| format!("{} Ct {ct}", t.target));
    if targets.is_empty() { String::new() } else { format!(" ({})", targets.iter().map(each).collect::<Vec<_>>().join(", ")) }
}

/// Prints a tube.
pub(super) fn tube(ctx: &Context, offset: UtcOffset, t: &TubeView) {
    let (mode, place) = (word(ctx, &t.mode), t.place_name.as_deref().unwrap_or(t.place.as_str()));
    let round = t.round.as_ref().map_or("-", RoundId::as_str);
    let (late, late_zh) = if t.overdue { (", OVERDUE", "，已逾期") } else { ("", "") };
    ctx.say(
        format!("tube {}: {}{late}; {mode}, {} of {} persons, round {round}, filled at {place}", t.tube, t.state, t.members, t.capacity),
        format!("采样管 {}：{}{late_zh}；{mode}，{}/{} 人，轮次 {round}，采样点 {place}", t.tube, t.state.zh(), t.members, t.capacity),
    );
    let mut l = Timeline { ctx, offset, lines: Vec::new() };
    for m in &t.who {
        let name = m.name.clone().unwrap_or_else(|| m.person_id.to_string());
        let note = aside(m.flag.as_deref());
        let (void, void_zh) = if m.void_seq.is_some() { (", taken back later", "，后作废") } else { ("", "") };
        l.add(m.sampled_at, format!("swab of {name}{note}{void}"), format!("采样 {name}{note}{void_zh}"));
    }
    l.maybe(t.sealed_at, "sealed", "封管");
    let case = t.r#box.as_ref().map_or("", BoxCode::as_str);
    l.maybe(t.packed_at, format!("packed into box {case}"), format!("装箱 {case}"));
    for c in &t.custody {
        let cold = c.temperature.map(|t| format!(", {t}")).unwrap_or_default();
        let (from, to) = (&c.given_by, &c.taken_by);
        l.add(c.at, format!("handed from {from} to {to}{cold}"), format!("{from} 交 {to}{cold}"));
    }
    let laboratory = t.laboratory_name.as_deref().or(t.laboratory.as_ref().map(PlaceId::as_str)).unwrap_or("");
    l.maybe(t.received_at, format!("received by {laboratory}"), format!("{laboratory} 接收"));
    for r in &t.results {
        let plate = aside(r.plate.as_ref().map(PlateId::as_str));
        let valid = if r.plate_valid == Some(false) { (" (plate control failed)", "（质控不合格）") } else { ("", "") };
        let why = aside(r.correction.as_deref());
        let ct = targets(&r.targets);
        l.add(
            r.at,
            format!("result {}{ct}{plate}{}{why}", r.result, valid.0),
            format!("结果 {}{ct}{plate}{}{why}", r.result.zh(), valid.1),
        );
    }
    l.print();
}

/// Prints a person: the head, the timeline, the open duties.
pub(super) fn person(ctx: &Context, offset: UtcOffset, p: &PersonView) {
    let home = if p.home_names.is_empty() { p.home.to_string() } else { p.home_names.join(" ") };
    let born = p.born.map(|b| b.to_string()).unwrap_or_default();
    let (identity, phone) = (p.identity_masked.as_deref().unwrap_or("-"), p.phone.as_deref().unwrap_or("-"));
    ctx.say(
        format!("{} ({}, {born}; identity {identity}, telephone {phone}): {}\nhome: {home} ({})", p.name, p.sex, p.standing, p.home),
        format!("{}（{}，{born}；证件 {identity}，电话 {phone}）：{}\n住址：{home}（{}）", p.name, p.sex.zh(), p.standing.zh(), p.home),
    );
    let mut l = Timeline { ctx, offset, lines: Vec::new() };
    for r in &p.registrations {
        let note = aside(r.flag.as_deref());
        let (void, void_zh) = if r.void_seq.is_some() { (", taken back later", "，后作废") } else { ("", "") };
        l.add(r.sampled_at, format!("swab into tube {}{note}{void}", r.tube), format!("采样，管号 {}{note}{void_zh}", r.tube));
        if let (Some(result), None) = (r.result, r.void_seq) {
            let ct = targets(r.targets.as_deref().unwrap_or_default());
            let (en, zh) = (format!("tube {}: {result}{ct}", r.tube), format!("采样管 {}：{}{ct}", r.tube, result.zh()));
            l.maybe(r.resulted_at, en, zh);
        }
    }
    cases_and_contacts(&mut l, p);
    ways_and_stays(&mut l, p);
    for d in p.duties.iter().filter(|d| d.state != DutyState::Open) {
        let why = aside(d.reason.as_deref());
        l.maybe(d.ended_at, format!("{}: {}{why}", d.kind, d.state), format!("{}：{}{why}", d.kind.zh(), d.state.zh()));
    }
    l.print();
    for d in p.duties.iter().filter(|d| d.state == DutyState::Open) {
        let due = d.due.at_offset(offset);
        let (late, late_zh) = if d.overdue { (", OVERDUE", "，已逾期") } else { ("", "") };
        let (of, of_zh) = d.tube.as_ref().map(|t| (format!(" because of tube {t}"), format!("（采样管 {t}）"))).unwrap_or_default();
        ctx.say(
            format!("open: {}{of} by {due} ({}){late}", d.kind, d.responsible),
            format!("待办：{}{of_zh}，截止 {due}（{}）{late_zh}", d.kind.zh(), d.responsible.zh()),
        );
    }
}

fn cases_and_contacts(l: &mut Timeline<'_>, p: &PersonView) {
    for c in &p.cases {
        let by = c.control.as_ref().map(|x| word(l.ctx, x)).unwrap_or_default();
        l.add(c.found_at, format!("case: {} {by}", c.classification), format!("感染者：{} {by}", c.classification.zh()));
        let receipt = aside(c.receipt.as_deref());
        l.maybe(c.reported_at, format!("reported{receipt}"), format!("网络直报{receipt}"));
        l.maybe(c.ended_at, format!("case {}", c.state), format!("感染者 {}", c.state.zh()));
    }
    for c in &p.contacts {
        let (category, decider, reason) = (word(l.ctx, &c.category), &c.decider, &c.reason);
        l.add(
            c.last_exposure,
            format!("last exposure as a {category} contact, decided by {decider}: {reason}"),
            format!("末次暴露（{category}），判定人 {decider}：{reason}"),
        );
        l.maybe(c.until, format!("end of isolation as a {category} contact"), format!("隔离期满（{category}）"));
    }
    for z in &p.zones {
        let (place, level, reason) = (&z.place, word(l.ctx, &z.level), &z.reason);
        l.add(z.designated_at, format!("{place} becomes a {level}-risk zone: {reason}"), format!("{place} 划为{level}风险区：{reason}"));
        l.maybe(z.lifted_at, format!("zone {place} lifted"), format!("{place} 解除风险区"));
    }
}

fn ways_and_stays(l: &mut Timeline<'_>, p: &PersonView) {
    for t in &p.transfers {
        let to = t.facility_name.as_deref().or(t.facility.as_ref().map(PlaceId::as_str)).unwrap_or("?");
        let vehicle = t.vehicle.as_ref().map_or("?", VehicleId::as_str);
        l.add(t.requested_at, "transfer asked for", "申请转运");
        l.maybe(t.assigned_at, format!("vehicle {vehicle} assigned, to {to}"), format!("派车 {vehicle}，送往 {to}"));
        l.maybe(t.picked_up_at, "picked up", "接上车");
        l.maybe(t.arrived_at, format!("arrived at {to}"), format!("到达 {to}"));
    }
    for s in &p.stays {
        let (at, ward, bed) = (s.facility_name.as_deref().unwrap_or(s.facility.as_str()), &s.ward, s.bed);
        let why = aside(s.override_reason.as_deref());
        l.add(s.admitted_at, format!("admitted to {at}, ward {ward}, bed {bed}{why}"), format!("入住 {at} {ward} 病区 {bed} 床{why}"));
        l.maybe(s.left_at, format!("left {at}"), format!("离开 {at}"));
    }
    for o in &p.observations {
        let temperature = o.temperature.map(|t| format!(" {t}")).unwrap_or_default();
        let oxygen = o.oxygen.map(|n| format!(" SpO2 {n}%")).unwrap_or_default();
        let symptoms = o.symptoms.as_deref().map(|s| format!(" {s}")).unwrap_or_default();
        let rest = format!("{temperature}{oxygen}{symptoms}");
        l.add(o.at, format!("observed:{rest}"), format!("观察：{rest}"));
    }
}
