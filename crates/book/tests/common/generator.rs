//! Random facts, legal and illegal, for a tiny world: eight people, a few tubes and boxes, three facilities.
//! Each step is drawn from four numbers, so that a failing sequence shrinks to a short one.

use super::*;

/// One step: what to do and three choices.
pub type Step = (u8, u8, u8, u8);

pub struct Generator {
    pub now: Instant,
    /// Makes fresh ids.
    n: u32,
}

const MODES: [&str; 3] = ["single", "household", "pooled"];
const LABORATORIES: [&str; 2] = [LABORATORY, LABORATORY_2];
const RESULTS: [&str; 4] = ["negative", "positive", "indeterminate", "failed"];
const FACILITIES: [&str; 4] = [SHELTER, HOSPITAL, ISOLATION, STATION];
const CATEGORIES: [&str; 4] = ["close", "secondary", "high_risk_spillover", "general"];
const ZONES: [&str; 3] = [COMPOUND, "50.500237.101.001.c1.b1", "50.500237.101.001.c1.b2"];

fn of<T: Clone>(items: &[T], n: u8) -> T {
    items[n as usize % items.len()].clone()
}

impl Generator {
    pub fn new(now: Instant) -> Self {
        Self { now, n: 0 }
    }
    /// The clock as the tests write it; sequences last less than the month.
    fn t(&self, earlier: u8) -> String {
        // One fact in four is handed in late.
        let late = if earlier.is_multiple_of(4) { i64::from(earlier) * 3 } else { 0 };
        self.now.plus(Span::minutes(-late)).at_offset(UtcOffset::CHINA)
    }
    fn fact(&self, kind: &str, earlier: u8, mut fields: Value) -> Fact {
        fields["at"] = self.t(earlier).into();
        fact("", kind, fields)
    }
    fn fresh(&mut self) -> u32 {
        self.n += 1;
        self.n
    }
    fn person(&self, n: u8) -> u32 {
        u32::from(n % 33 % 8) + 1 + u32::from(n % 33 == 32) * 8 // the ninth is not listed at first
    }

    /// The facts of one step; the clock goes on before it.
    pub fn step(&mut self, s: &State, (kind, a, b, c): Step) -> Vec<Fact> {
        let minutes = if c.is_multiple_of(16) { 60 * (12 + i64::from(a % 48)) } else { i64::from(c % 90) };
        self.now = self.now.plus(Span::minutes(minutes));
        match kind {
            0..=79 => self.next_link(s, a, b, c).into_iter().collect(),
            80..=139 => self.next_duty(s, a, b, c),
            140..=143 => {
                // Someone owns everything that is overdue, so that the day can be closed.
                let own = |k: &DutyKind| fact("", "overdue_owned", json!({"kind": k, "place": ROOT, "owner": "o", "reason": "r"}));
                DutyKind::ALL.iter().map(own).collect()
            }
            144..=163 => self.pool(s, a, b, c),
            164..=171 => {
                let fresh = self.fresh();
                vec![self.message(s, fresh, (a, b, c))]
            }
            172..=183 => self.team((a, b, c)),
            _ => vec![self.any(s, kind, a, b, c)],
        }
    }

    /// Something about follow-up teams: small ones, so that they are soon full, that cover the compound, more or less.
    fn team(&self, (a, b, c): (u8, u8, u8)) -> Vec<Fact> {
        const OTHER: &str = "50.500237.101.002";
        let team = format!("team{}", a % 4);
        match b % 8 {
            0..=3 => {
                let places = of(&[vec![COMMUNITY], vec![COMPOUND, OTHER], vec![ZONES[1]], vec![ZONES[2], ZONES[1]], vec![OTHER]], b / 8);
                let list = |place: &&str| {
                    fact(
                        "",
                        "place_listed",
                        json!({"place": place, "kind": if *place == COMMUNITY { "community" } else if *place == COMPOUND { "compound" } else { "building" }, "name": "n"}),
                    )
                };
                let mut all: Vec<Fact> = places.iter().map(list).collect();
                all.push(self.fact(
                    "team_listed",
                    c,
                    json!({"team": team, "name": team, "places": places, "capacity": c % 4 + u8::from(a < 250)}),
                ));
                all
            }
            4 => vec![self.fact("team_absent", c, json!({"team": team}))],
            5 => vec![self.fact("team_returned", c, json!({"team": team}))],
            6 if c.is_multiple_of(4) => vec![self.fact("team_ended", c, json!({"team": team}))],
            _ => vec![self.fact("follow_up_assigned", c, json!({"persons": [p(self.person(b / 8)), p(self.person(c))], "team": team}))],
        }
    }

    /// The next step on some tube's way.
    fn next_link(&mut self, s: &State, a: u8, b: u8, c: u8) -> Option<Fact> {
        let tubes: Vec<&Tube> = s
            .tubes
            .iter()
            .filter(|t| matches!(t.state, TubeState::Open | TubeState::Sealed | TubeState::InTransit | TubeState::Received))
            .collect();
        if tubes.is_empty() || a.is_multiple_of(3) {
            return Some(self.swab(s, a, b, c));
        }
        let t = of(&tubes, a);
        Some(match t.state {
            TubeState::Open if b.is_multiple_of(2) => self.fact("tube_sealed", c, json!({"tube": t.tube})),
            TubeState::Open | TubeState::Sealed | TubeState::InTransit => {
                let bad = b.is_multiple_of(7);
                let condition = if bad { "not_adequate" } else { "adequate" };
                self.fact(
                    "received",
                    c,
                    json!({"laboratory": of(&LABORATORIES, a), "tubes": [t.tube], "condition": condition, "reason": "leaking"}),
                )
            }
            _ => self.read(t.tube.as_str(), b, c),
        })
    }

    fn read(&mut self, tube: &str, b: u8, c: u8) -> Fact {
        let ct = [None, Some(20.0), Some(31.0), Some(36.0), None][b as usize % 5];
        let result = of(&RESULTS, c);
        self.fact("result_read", b, super::read(tube, result, ct))
    }

    /// A tube is read again, mostly on a fresh plate.
    fn repeat(&mut self, tube: &str, b: u8, c: u8) -> Vec<Fact> {
        let plate = if b.is_multiple_of(5) { format!("P{}", b % 4) } else { format!("R{}", self.fresh()) };
        let result = of(&["negative", "negative", "negative", "positive", "indeterminate"], c);
        let read = self.fact(
            "plate_read",
            b,
            json!({"plate": plate, "laboratory": LABORATORY, "positive_control_ok": true, "negative_control_ok": !c.is_multiple_of(9)}),
        );
        vec![read, self.fact("result_read", b, json!({"tube": tube, "plate": plate, "result": result}))]
    }

    /// A swab into one of nine tubes, in any mode and round.
    fn swab(&mut self, s: &State, a: u8, b: u8, c: u8) -> Fact {
        let tube = format!("T{}", if c.is_multiple_of(2) { u32::from(b % 9) } else { 100 + self.fresh() });
        let known = s.tubes.get(&TubeCode::new(tube.clone()).unwrap());
        let rounds: Vec<String> = s.rounds.iter().map(|r| r.round.to_string()).collect();
        let round = match known {
            Some(t) if !c.is_multiple_of(5) => t.round.as_ref().map(|r| r.to_string()),
            _ if rounds.is_empty() || a.is_multiple_of(4) => None,
            _ => Some(of(&rounds, a)),
        };
        let mode = known.map_or(of(&MODES, c / 2), |t| MODES[t.mode as usize]);
        let mut fields = super::swab(&tube, self.person(a / 3), mode, round.as_deref());
        fields["already_swabbed"] = b.is_multiple_of(3).into();
        self.fact("registered", b, fields)
    }

    /// Two or three people into a pooled tube, which is tested at once, later or not at all.
    fn pool(&mut self, s: &State, a: u8, b: u8, c: u8) -> Vec<Fact> {
        let tube = format!("P{}", self.fresh());
        let round = s.rounds.iter().find(|r| r.state == RoundState::Open).map(|r| r.round.to_string()).filter(|_| !b.is_multiple_of(4));
        let mut all: Vec<Fact> = Vec::new();
        for n in 0..2 + u32::from(c % 2) {
            let mut fields = super::swab(&tube, (u32::from(a) + n) % 8 + 1, "pooled", round.as_deref());
            fields["already_swabbed"] = true.into();
            all.push(self.fact("registered", 1, fields));
        }
        if !c.is_multiple_of(5) {
            all.push(self.fact("received", 1, json!({"laboratory": of(&LABORATORIES, c), "tubes": [tube], "condition": "adequate"})));
        }
        if !c.is_multiple_of(5) && !b.is_multiple_of(5) {
            let result = of(&["positive", "negative", "indeterminate"], b);
            all.push(self.fact("result_read", 1, super::read(&tube, result, None)));
        }
        all
    }

    /// What would fulfil some open duty of a person, a case or a tube.
    fn next_duty(&mut self, s: &State, a: u8, b: u8, c: u8) -> Vec<Fact> {
        let open: Vec<&Duty> = s.duties.iter().filter(|d| d.state == DutyState::Open).collect();
        if open.is_empty() {
            return vec![];
        }
        // A kind first, so that rare duties are done as often as frequent ones.
        let mut kinds: Vec<DutyKind> = open.iter().map(|d| d.kind).collect();
        kinds.sort();
        kinds.dedup();
        let kind = of(&kinds, a);
        let open: Vec<&Duty> = open.into_iter().filter(|d| d.kind == kind).collect();
        let d = of(&open, b.wrapping_add(c));
        let Some(person) = d.person_id else {
            return vec![match d.kind {
                DutyKind::LiftZone => self.fact("zone_lifted", c, json!({"place": d.place, "reason": "no new case", "decider": "c"})),
                DutyKind::ConfirmCorrection => return self.repeat(&d.subject, b, c),
                DutyKind::ReviewLaboratory => self.fact("laboratory_reviewed", c, json!({"laboratory": d.subject, "decision": decision()})),
                DutyKind::ReviewHandIn => self.fact("hand_in_reviewed", c, json!({"duty": d.duty_id, "decision": decision()})),
                _ => self.read(&d.subject, b, c),
            }];
        };
        let n = person.0.as_u128() as u32;
        match d.kind {
            k if k.is_sampling() => {
                // The whole way of a single tube in one submission.
                let tube = format!("S{}", self.fresh());
                let result = of(&["negative", "negative", "positive"], b);
                let ct = (result == "positive").then_some(if c.is_multiple_of(2) { 22.0 } else { 36.5 });
                let mut all = vec![self.fact("registered", 1, super::swab(&tube, n, "single", None))];
                if !c.is_multiple_of(3) {
                    all.push(self.fact("received", 1, json!({"laboratory": LABORATORY, "tubes": [tube], "condition": "adequate"})));
                    all.push(self.fact("result_read", 1, super::read(&tube, result, ct)));
                }
                all
            }
            DutyKind::Report | DutyKind::ReportCorrection => {
                vec![self.fact("report_filed", c, json!({"case": d.subject, "receipt": "R"}))]
            }
            DutyKind::InvestigateCore => {
                vec![self.fact("investigation_filed", c, json!({"case": d.subject, "part": "core", "decision": decision()}))]
            }
            DutyKind::InvestigateFull => {
                vec![self.fact("investigation_filed", c, json!({"case": d.subject, "part": "full", "decision": decision()}))]
            }
            DutyKind::Transfer | DutyKind::Isolate if b.is_multiple_of(2) => self.move_whole(s, person, c),
            DutyKind::Transfer | DutyKind::Isolate | DutyKind::Admit => self.move_on(s, person, b, c),
            DutyKind::Observe => {
                let severity = of(&["mild", "asymptomatic", "severe"], b);
                vec![self.fact("observed", c, json!({"person": person, "severity": severity}))]
            }
            DutyKind::Discharge => {
                let stay = s.stays.iter().find(|x| x.person_id == person && x.left_at.is_none());
                stay.map(|x| self.decided("discharged", c, b / 64 * 4, json!({"stay": x.stay_id}))).into_iter().collect()
            }
            _ => vec![self.decided("released", c, b, json!({"person": person}))],
        }
    }

    /// A fact that may carry a decision.
    fn decided(&mut self, kind: &str, c: u8, b: u8, mut fields: Value) -> Fact {
        if b.is_multiple_of(4) {
            fields["decision"] = decision();
        }
        self.fact(kind, c, fields)
    }

    fn wanted(&self, s: &State, person: PersonId) -> &'static str {
        let case = s.cases.iter().any(|x| x.person_id == person && x.state == CaseState::Active);
        if case { SHELTER } else { ISOLATION }
    }

    /// The whole way of a person to a bed, in one submission.
    fn move_whole(&mut self, s: &State, person: PersonId, c: u8) -> Vec<Fact> {
        let transfer = id(10_000 + self.fresh());
        let n = person.0.as_u128() as u32;
        let facility = self.wanted(s, person);
        let steps = [
            ("transfer_requested", json!({"transfer": transfer, "person": person})),
            ("vehicle_assigned", json!({"transfer": transfer, "vehicle": "V2", "facility": facility})),
            ("picked_up", json!({"transfer": transfer})),
            ("arrived", json!({"transfer": transfer})),
            ("admitted", admission(20_000 + self.n, n, facility, u32::from(c % 4) + 1)),
        ];
        steps.into_iter().map(|(kind, fields)| self.fact(kind, 1, fields)).collect()
    }

    /// The next step of a person's way to a bed.
    fn move_on(&mut self, s: &State, person: PersonId, b: u8, c: u8) -> Vec<Fact> {
        let n = person.0.as_u128() as u32;
        let open =
            s.transfers.iter().find(|t| t.person_id == person && !matches!(t.state, TransferState::Admitted | TransferState::CalledOff));
        let facility = if b.is_multiple_of(5) { of(&FACILITIES, b) } else { self.wanted(s, person) };
        let Some(t) = open else {
            return vec![self.fact("transfer_requested", c, json!({"transfer": id(10_000 + self.n), "person": person}))];
        };
        self.fresh();
        let transfer = t.transfer_id;
        vec![match t.state {
            TransferState::Requested => {
                self.decided("vehicle_assigned", c, b, json!({"transfer": transfer, "vehicle": "V1", "facility": facility}))
            }
            TransferState::Assigned => self.fact("picked_up", c, json!({"transfer": transfer})),
            TransferState::PickedUp => self.fact("arrived", c, json!({"transfer": transfer})),
            _ => self.decided(
                "admitted",
                c,
                b,
                admission(20_000 + self.n, n, t.facility.as_ref().map_or(SHELTER, |f| f.as_str()), u32::from(c % 4) + 1),
            ),
        }]
    }

    /// Any fact at all, about anything that exists or does not.
    fn any(&mut self, s: &State, kind: u8, a: u8, b: u8, c: u8) -> Fact {
        let n = self.person(a);
        let person = p(n);
        let correct = matches!(kind % 36, 13 | 14);
        let tubes: Vec<TubeCode> = s.tubes.iter().filter(|t| !correct || t.result.is_some()).map(|t| t.tube.clone()).collect();
        let tube = if tubes.is_empty() { TubeCode::new("T0").unwrap() } else { of(&tubes, b) };
        let members: Vec<PersonId> = s.registrations.group(&Group::Tube(tube.clone())).iter().map(|r| r.person_id).collect();
        let member = if members.is_empty() { person } else { of(&members, c) };
        let fresh = self.fresh();
        let place = of(&ZONES, b);
        let boxes: Vec<BoxCode> = s.boxes.iter().map(|x| x.r#box.clone()).collect();
        let r#box = if boxes.is_empty() { BoxCode::new("B0").unwrap() } else { of(&boxes, b) };
        match kind % 36 {
            0 if b.is_multiple_of(5) => {
                let revoked = self.t(c);
                self.fact("late_hand_in", c, json!({"account": "phone", "place": COMMUNITY, "revoked_at": revoked}))
            }
            1 if b.is_multiple_of(9) => self.fact("laboratory_reviewed", c, json!({"laboratory": of(&LABORATORIES, a), "decision": decision()})),
            0 | 1 => self.swab(s, a, b, c),
            2 | 3 => self.fact("registration_voided", c, json!({"tube": tube, "person": member, "reason": "wrong person"})),
            4 | 5 => self.fact("registration_reassigned", c, json!({"tube": tube, "from": member, "to": person, "reason": "wrong person"})),
            6 => self.fact("tube_spoilt", c, json!({"tube": tube, "reason": "leaking"})),
            7 => self.fact("tube_lost", c, json!({"tube": tube, "reason": "not found"})),
            8 => self.fact("box_packed", c, json!({"box": format!("B{}", if a.is_multiple_of(4) { 0 } else { fresh }), "tubes": s.tubes.iter().filter(|t| t.state == TubeState::Sealed).map(|t| t.tube.clone()).take(2).collect::<Vec<_>>()})),
            9 => self.fact("handed_over", c, json!({"box": r#box, "from": "x", "to": "y"})),
            10 => {
                let condition = of(&["adequate", "not_adequate"], b / 5);
                self.fact("received", c, json!({"laboratory": LABORATORY, "box": r#box, "condition": condition, "reason": "warm"}))
            }
            11 => self.fact("plate_read", c, json!({"plate": format!("P{}", b % 4), "laboratory": LABORATORY, "positive_control_ok": true, "negative_control_ok": !b.is_multiple_of(3)})),
            12 => self.fact("result_read", c, json!({"tube": tube, "plate": format!("P{}", a % 4), "result": of(&RESULTS, c)})),
            13 | 14 => self.fact("result_corrected", c, corrected(tube.as_str(), of(&RESULTS, c))),
            15 => self.case_listed(s, fresh, person, (a, b, c)),
            16 => {
                let cases: Vec<CaseId> = s.cases.iter().map(|x| x.case_id).collect();
                let case = if cases.is_empty() { CaseId(id(1)) } else { of(&cases, a) };
                let classification = of(&["confirmed", "not_a_case", "asymptomatic"], b);
                self.fact("case_classified", c, json!({"case": case, "classification": classification, "severity": of(&["mild", "severe"], c), "decider": "expert"}))
            }
            18 if b.is_multiple_of(3) => self.register(fresh, (a, b, c)),
            19 if b.is_multiple_of(2) => self.lead(s, fresh, (a, b, c)),
            17..=19 => {
                let exposed = self.now.plus(Span::days(-i64::from(b % 4))).at_offset(UtcOffset::CHINA);
                let mut named = naming(40_000 + fresh, n, of(&CATEGORIES, c), &exposed);
                if a.is_multiple_of(5) {
                    named["ended"] = json!({"state": of(&["released", "converted", "dropped", "active"], c), "at": exposed.to_string()});
                }
                self.fact("contact_named", 1, named)
            }
            20 if b.is_multiple_of(2) => self.paper(s, fresh, (a, b, c)),
            20 => {
                let contacts: Vec<ContactId> = s.contacts.iter().map(|x| x.contact_id).collect();
                let contact = if contacts.is_empty() { ContactId(id(1)) } else { of(&contacts, a) };
                // Half of those whom another book may have taken over are handed over, the rest were none.
                let elsewhere = s.outbox.iter().find(|m| m.outcome.is_some()).map(|m| m.message_id).filter(|_| b.is_multiple_of(2));
                self.fact("contact_dropped", c, json!({"contact": contact, "taken_over_by": elsewhere, "decision": decision()}))
            }
            21 | 22 => self.move_on(s, person, b, c).remove(0),
            23 => {
                let transfers: Vec<TransferId> = s.transfers.iter().map(|x| x.transfer_id).collect();
                let transfer = if transfers.is_empty() { TransferId(id(1)) } else { of(&transfers, a) };
                self.fact("transfer_called_off", c, json!({"transfer": transfer, "decision": decision()}))
            }
            24 => self.decided("admitted", c, b, admission(20_000 + fresh, n, of(&FACILITIES, c), u32::from(b % 4))),
            25 => self.decided("released", c, b, json!({"person": person})),
            26 => {
                let stays: Vec<StayId> = s.stays.iter().map(|x| x.stay_id).collect();
                let stay = if stays.is_empty() { StayId(id(1)) } else { of(&stays, a) };
                self.decided("discharged", c, b, json!({"stay": stay}))
            }
            27 if a.is_multiple_of(4) => self.fact("died", c, json!({"person": person})),
            27 | 28 => {
                let duties: Vec<DutyId> = s.duties.iter().filter(|d| d.state == DutyState::Open).map(|d| d.duty_id).collect();
                let duty = if duties.is_empty() { DutyId(id(1)) } else { of(&duties, a) };
                fact("", "duty_waived", json!({"duty": duty, "decision": decision()}))
            }
            29 if b.is_multiple_of(2) => self.fact("person_absent", c, json!({"person": person, "destination": "Chengdu"})),
            29 => self.fact("person_returned", c, json!({"person": person})),
            30 if b.is_multiple_of(3) => self.fact("zone_lifted", c, json!({"place": place, "reason": "no new case", "decider": "c"})),
            30 => self.fact("zone_designated", c, json!({"place": place, "level": of(&["high", "low", "high"], c), "reason": "case", "decider": "c"})),
            31 => self.fact("round_opened", 1, json!({"round": format!("r{}", a % 4), "name": "r", "scope": [place]})),
            32 => self.fact("round_closed", c, json!({"round": format!("r{}", a % 4)})),
            33 if b.is_multiple_of(2) => self.same(s, fresh, (a, b, c)),
            33 => fact("", "roster_waived", json!({"round": format!("r{}", a % 4), "person": person, "reason": "bedridden", "decider": "c"})),
            34 if b.is_multiple_of(3) => super::person(n),
            34 => fact("", "person_listed", json!({"person": person, "name": "moved", "sex": "unknown", "seen": if c.is_multiple_of(4) { 1 } else { 1_000_000 }, "home": household(u32::from(b % 12) + 1).replace("001.c1", "002.c1")})),
            _ => fact("", "day_closed", json!({"day": s.open_day.unwrap_or(Day(19_322)), "decider": "c"})),
        }
    }

    /// Two records are one person, or are not.
    fn same(&self, s: &State, fresh: u32, (a, b, c): (u8, u8, u8)) -> Fact {
        let (person, other) = (p(self.person(a)), p(self.person(b / 2)));
        let merges: Vec<MergeId> = s.merges.iter().filter(|m| m.undone_at.is_none()).map(|m| m.merge_id).collect();
        if c.is_multiple_of(7) {
            return self.fact("persons_distinct", c, json!({"person": person, "other": other, "decision": decision()}));
        }
        if !merges.is_empty() && c.is_multiple_of(2) {
            return self.fact("merge_undone", c, json!({"merge": of(&merges, a), "decision": decision()}));
        }
        self.fact("persons_merged", c, json!({"merge": id(95_000 + fresh), "kept": person, "gone": other, "decision": decision()}))
    }

    /// Something of a message to another book or from one.
    fn message(&self, s: &State, fresh: u32, (a, b, c): (u8, u8, u8)) -> Fact {
        let first = |all: Vec<uuid::Uuid>| if all.is_empty() { id(1) } else { of(&all, a) };
        let sent = first(s.outbox.iter().map(|m| m.message_id.0).collect());
        let received = first(s.inbox.iter().map(|m| m.message_id.0).collect());
        let leg = of(&["request", "answer"], b / 32);
        let message = if leg == "request" { sent } else { received };
        let outcome = of(&["taken_over", "not_found", "not_ours", "done"], c);
        let other = of(&[500_238, 500_239, 500_237], a);
        let exposed = self.now.plus(Span::days(-2)).at_offset(UtcOffset::CHINA);
        let matter = json!({"about": of(&["contact", "exposure", "case_elsewhere"], c / 3), "category": "close", "place": "the market",
            "last_exposure": exposed, "evidence": "said so", "who": of(&[json!({"name": "n", "phone": "1"}), Value::Null], a / 3)});
        match (b / 30) % 8 {
            0 | 1 => {
                let case = s.cases.iter().map(|x| x.case_id).nth(a as usize % 5);
                let old = c.is_multiple_of(3).then_some(sent);
                self.fact(
                    "assistance_requested",
                    c,
                    json!({"message": id(97_000 + fresh), "to": other, "case": case, "instead_of": old, "matter": matter, "decision": decision()}),
                )
            }
            2 | 3 => {
                let due = self.now.plus(Span::hours(i64::from(c))).at_offset(UtcOffset::CHINA);
                self.fact(
                    "assistance_received",
                    c,
                    json!({"message": id(96_000 + fresh), "from": other, "matter": matter, "decision": decision(), "due": due}),
                )
            }
            4 => {
                let contact = s.contacts.iter().map(|x| x.contact_id).next().filter(|_| outcome == "taken_over");
                self.fact(
                    "assistance_answered",
                    c,
                    json!({"message": received, "outcome": outcome, "contact": contact, "decision": decision()}),
                )
            }
            5 => {
                let from = s.outbox.get(&MessageId(sent)).map_or(500_238, |m| m.to_book.0);
                self.fact(
                    "assistance_answer_received",
                    c,
                    json!({"message": sent, "from": from, "outcome": outcome, "decision": decision()}),
                )
            }
            6 => self.fact("message_acknowledged", c, json!({"message": message, "leg": leg, "seq": 7})),
            _ => self.fact("message_refused", c, json!({"message": message, "leg": leg, "reason": "no such place"})),
        }
    }

    /// A case from elsewhere: new, with a number that may be taken, over already, or one of the book listed again.
    fn case_listed(&self, s: &State, fresh: u32, person: PersonId, (a, b, c): (u8, u8, u8)) -> Fact {
        let mut listed =
            json!({"case": id(30_000 + fresh), "person": person, "classification": "confirmed", "severity": of(&["mild", "critical"], b)});
        let known: Vec<Case> = s.cases.iter().cloned().collect();
        if c.is_multiple_of(3) && !known.is_empty() {
            let case = of(&known, a);
            let found = case.found_at.at_offset(UtcOffset::CHINA).to_string();
            listed = json!({"case": case.case_id, "person": case.person_id, "classification": case.classification, "at": found});
        }
        if a.is_multiple_of(2) {
            listed["number"] = json!(format!("N{}", b % 5));
        }
        if b.is_multiple_of(4) {
            let at = self.now.at_offset(UtcOffset::CHINA).to_string();
            listed["ended"] = json!({"state": of(&["recovered", "died", "withdrawn", "active"], c), "at": at});
            listed["reported"] = json!(at);
        }
        if listed.get("at").is_none() {
            listed["at"] = self.t(c).into();
        }
        fact("", "case_listed", listed)
    }

    /// A line or two of a venue's register, or a member of a group.
    fn register(&self, fresh: u32, (a, b, c): (u8, u8, u8)) -> Fact {
        let at = |hours: i64| self.now.plus(Span::hours(hours)).at_offset(UtcOffset::CHINA);
        if c.is_multiple_of(3) {
            let ends = c.is_multiple_of(2).then(|| at(-1));
            let (group, kind) = (of(&["g0", "g1", "e0", "e1"], a), of(&["class", "workplace", "other", "event"], b));
            let from = b.is_multiple_of(2).then(|| at(-48));
            return self.fact(
                "member_listed",
                c,
                json!({"group": group, "kind": kind, "person": p(self.person(b)), "from": from, "to": ends}),
            );
        }
        if c % 5 == 1 {
            let event = of(&["e0", "e1", "g1"], a);
            if b.is_multiple_of(8) {
                return self.fact("event_withdrawn", c, json!({"event": event, "decision": decision()}));
            }
            let place = of(&[Some(STATION), None, Some(COMPOUND), Some("50.500237.nowhere")], b);
            let listed = json!({"event": event, "name": of(&["feast", "feast", " "], b), "kind": of(&["wedding", "funeral"], c), "place": place,
                "from": at(-50), "to": at(of(&[-40, -2, -60], a)), "expected": of(&[Some(3), None, Some(0)], fresh as u8)});
            return self.fact("event_listed", c, listed);
        }
        // Of one whole hour or another, so that lines come again, with an end or without.
        let from = self.now.day(UtcOffset::CHINA).start(UtcOffset::CHINA).plus(Span::hours(i64::from(a % 4))).at_offset(UtcOffset::CHINA);
        let to = b.is_multiple_of(2).then(|| at(i64::from(c % 30) - 5));
        let line =
            |n: u8| json!({"person": p(self.person(n)), "from": from, "to": to, "seat": n.is_multiple_of(2).then(|| format!("{fresh}A"))});
        let venue = of(&[STATION, "vehicle:V1", COMPOUND, "50.500237.nowhere"], a / 4);
        let lines = [vec![line(a)], vec![line(a), line(b)], vec![line(c), line(c)]];
        self.fact("checked_in", c, json!({"venue": venue, "people": of(&lines, b)}))
    }

    /// Something about leads.
    fn lead(&self, s: &State, fresh: u32, (a, b, c): (u8, u8, u8)) -> Fact {
        let first = |all: Vec<uuid::Uuid>| if all.is_empty() { id(1) } else { of(&all, a) };
        let lead = first(s.leads.iter().filter(|l| b.is_multiple_of(8) || l.state == LeadState::Open).map(|l| l.lead_id.0).collect());
        let exposed = self.now.plus(Span::hours(-30)).at_offset(UtcOffset::CHINA);
        match b / 2 % 6 {
            0..=2 => {
                let case = first(s.cases.iter().map(|x| x.case_id.0).collect());
                let visit = s.visits.iter().next().map(|v| v.visit_id).filter(|_| c.is_multiple_of(4));
                let (kind, expected) = of(&[("person", None), ("group", Some(2)), ("group", Some(3)), ("person", Some(2))], c);
                let new = json!({"lead": id(97_000 + fresh), "case": case, "kind": kind, "description": "bus 12", "expected": expected,
                    "visit": visit, "venue": of(&["vehicle:V1", COMPOUND], c), "last_exposure": exposed});
                self.fact("lead_noted", c, new)
            }
            3 | 4 => {
                let expected = c.is_multiple_of(5).then_some(u32::from(c % 4));
                self.fact(
                    "lead_resolved",
                    c,
                    json!({"lead": lead, "persons": [p(self.person(a)), p(self.person(c))], "expected": expected}),
                )
            }
            _ => self.fact("lead_closed", c, json!({"lead": lead, "decision": decision()})),
        }
    }

    /// Something about orders, appeals, follow-up, interviews, visits.
    fn paper(&self, s: &State, fresh: u32, (a, b, c): (u8, u8, u8)) -> Fact {
        let person = p(u32::from(a % 12) + 1);
        let first = |all: Vec<uuid::Uuid>| if all.is_empty() { id(1) } else { of(&all, a) };
        let case = first(s.cases.iter().map(|x| x.case_id.0).collect());
        let order = first(s.orders.iter().map(|x| x.order_id.0).collect());
        let appeal = first(s.appeals.iter().map(|x| x.appeal_id.0).collect());
        let visit = first(s.visits.iter().map(|x| x.visit_id.0).collect());
        let later = |days: i64| self.now.plus(Span::days(days)).at_offset(UtcOffset::CHINA);
        match (b / 2) % 12 {
            10 => {
                let other = first(s.cases.iter().map(|x| x.case_id.0).filter(|x| *x != case).collect());
                let link = json!({"link": id(90_000 + fresh), "source": case, "target": other, "certainty": "low", "evidence": "e"});
                self.fact("link_stated", c, link)
            }
            11 => {
                let link = first(s.links.iter().map(|x| x.link_id.0).collect());
                self.fact("link_withdrawn", c, json!({"link": link, "decision": decision()}))
            }
            0 if a.is_multiple_of(5) => {
                let source = of(&["card", "told"], c);
                self.fact("vaccination_stated", c, json!({"person": person, "doses": c % 4, "dates": ["2022-11-03"], "source": source}))
            }
            0 => {
                let mut seen = json!({"person": person, "outcome": of(&["seen_ok", "seen_not_ok", "missed", "not_attempted"], c)});
                let records: Vec<ContactId> = s.contacts.iter().map(|x| x.contact_id).collect();
                if a.is_multiple_of(3) && !records.is_empty() {
                    seen["contact"] = json!(of(&records, b));
                }
                self.fact("followed_up", c, seen)
            }
            1 | 2 => self.fact("time_ran_out", c, json!({"person": person})),
            3 => {
                let kind = of(&["isolation", "monitoring", "quarantine"], c);
                let order = json!({"order": id(60_000 + fresh), "person": person, "kind": kind, "evidence": "result", "decision": decision(),
                    "starts": later(0), "ends": later(i64::from(c % 40))});
                self.fact("order_issued", c, order)
            }
            4 => self.fact("order_lifted", c, json!({"order": order, "decision": decision()})),
            5 | 6 => self.fact("appeal_made", c, json!({"appeal": id(70_000 + fresh), "order": order, "by": "me", "text": "not there"})),
            7 => {
                let other = json!({"decider": of(&["county command", "review board"], c), "reason": "read"});
                self.fact("appeal_answered", c, json!({"appeal": appeal, "granted": c.is_multiple_of(2), "decision": other}))
            }
            8 => {
                let onset = of(&["unknown", "2022-11-20+08:00", "2022-11-22+08:00"], a);
                let answers = json!({"mask": of(&["always", "never", "unknown"], c), "onset": onset});
                self.fact("interviewed", c, json!({"case": case, "interviewer": of(&["one", "two"], c), "seen": b, "answers": answers}))
            }
            9 if c.is_multiple_of(3) => self.fact("visit_withdrawn", c, json!({"visit": visit, "decision": decision()})),
            _ => self.fact(
                "visited",
                c,
                json!({"visit": id(80_000 + fresh), "case": case, "place": COMPOUND, "from": later(-2), "to": later(-1), "source": "told"}),
            ),
        }
    }
}
