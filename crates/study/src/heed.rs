//! What must be known of a policy before its numbers are believed: whether it ended because nobody was left, and whether its tubes were read.

use crate::row::Run;
use crate::statistics::Summary;
use serde_json::{Value, json};

/// Where of the runs that reach zero the median share of people infected is above this, zero came by exhaustion rather than by control. Assumption: no outbreak that a response holds
/// reaches so many, and among people who are partly immune already fewer than half need be infected until it ends by itself.
const EXHAUSTED: f64 = 0.1;

/// Of one policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Heed {
    /// Median share of the people who were infected, of all runs.
    infected: f64,
    /// The same of the runs that reached zero; none if none did.
    at_zero: Option<f64>,
    /// Share of the tubes of all runs that were thrown away unread.
    unread: f64,
}

impl Heed {
    /// Of the runs of a policy among so many people.
    pub(crate) fn of<'r>(runs: impl Iterator<Item = &'r Run> + Clone, people: f64) -> Self {
        let all = |name: &str| -> Vec<f64> { runs.clone().filter_map(|r| r.number(name)).collect() };
        let sum = |name: &str| all(name).iter().sum::<f64>();
        let median = |values: &[f64]| Summary::of(values).map(|s| s.q50 / people.max(1.0));
        let reached = runs.clone().filter(|r| r.number("days_to_zero").is_some());
        let at_zero: Vec<f64> = reached.filter_map(|r| r.number("persons_infected")).collect();
        Self::new(median(&all("persons_infected")).unwrap_or(0.0), median(&at_zero), (sum("tubes_spoilt"), sum("tubes")))
    }
    /// Of shares infected, of all runs and of those that reached zero; `tubes` are those never read, and all.
    pub(crate) fn new(infected: f64, at_zero: Option<f64>, tubes: (f64, f64)) -> Self {
        Self { infected, at_zero, unread: if tubes.0 > 0.0 { (tubes.0 / tubes.1.max(1.0)).min(1.0) } else { 0.0 } }
    }
    /// Whether it ended because few were left to infect.
    pub(crate) fn exhausted(&self) -> bool {
        self.at_zero.is_some_and(|share| share > EXHAUSTED)
    }
    /// Sentences, one for each thing to heed.
    pub(crate) fn lines(&self, chinese: bool) -> Vec<String> {
        let mut all = Vec::new();
        if let Some(share) = self.at_zero.filter(|_| self.exhausted()) {
            let share = percent(share);
            all.push(if chinese {
                format!("注意：清零时感染者已占人口的 {share}：清零是因为可感染的人所剩不多，不是因为疫情得到控制")
            } else {
                format!("heed: where zero is reached, {share} of the people were infected: it ends because few are left to infect, not because it was controlled")
            });
        }
        if self.unread > 0.0 {
            let share = percent(self.unread);
            all.push(if chinese {
                format!("注意：{share} 的采样管未检即废弃：实验室来不及")
            } else {
                format!("heed: {share} of its tubes are never read: more than laboratories can test")
            });
        }
        all
    }
    /// For files, into a policy's object.
    pub(crate) fn report(&self, into: &mut Value) {
        into["share_infected"] = json!(self.infected);
        into["share_infected_where_zero"] = json!(self.at_zero);
        into["ends_by_exhaustion"] = json!(self.exhausted());
        into["share_of_tubes_never_read"] = json!(self.unread);
    }
    /// From such an object.
    pub(crate) fn from(of: &Value) -> Self {
        let number = |name: &str| of[name].as_f64().unwrap_or(0.0);
        Self {
            infected: number("share_infected"),
            at_zero: of["share_infected_where_zero"].as_f64(),
            unread: number("share_of_tubes_never_read"),
        }
    }
}

/// A share as whole percents; what is there at all is no zero.
fn percent(share: f64) -> String {
    if share < 0.005 { "<1 %".to_owned() } else { format!("{:.0} %", share * 100.0) }
}

/// Infections of a run's last seven days, found or not.
pub(crate) fn last_week(run: &Run) -> f64 {
    run.days.iter().rev().take(7).filter_map(|d| d.first()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_by_exhaustion_and_unread_tubes_are_told() {
        let burnt = Heed::new(0.89, Some(0.89), (0.0, 100.0));
        let wanted = "heed: where zero is reached, 89 % of the people were infected: it ends because few are left to infect, not because it was controlled";
        assert!(burnt.exhausted() && burnt.lines(false) == [wanted]);
        assert!(burnt.lines(true)[0].contains("不是因为疫情得到控制"));
        // It did not end; or few were infected where it did.
        assert!(!Heed::new(0.89, None, (0.0, 0.0)).exhausted() && !Heed::new(0.5, Some(0.1), (0.0, 0.0)).exhausted());
        assert!(Heed::new(0.01, Some(0.01), (0.0, 100.0)).lines(false).is_empty());
        let unread = Heed::new(0.01, Some(0.01), (25.0, 100.0)).lines(false);
        assert_eq!(unread, ["heed: 25 % of its tubes are never read: more than laboratories can test"]);
        assert!(Heed::new(0.0, None, (1.0, 1e6)).lines(true)[0].contains("<1 % 的采样管"));
        let mut of = json!({});
        let both = Heed::new(0.5, Some(0.4), (25.0, 100.0));
        both.report(&mut of);
        assert_eq!((Heed::from(&of), of["ends_by_exhaustion"].as_bool()), (both, Some(true)));
    }

    #[test]
    fn the_runs_that_end_say_why_it_ends() {
        let run = |zero: Option<f64>, infected: f64| {
            let number = |name: &&str| match *name {
                "days_to_zero" => zero,
                "persons_infected" => Some(infected),
                _ => Some(0.0),
            };
            let numbers = crate::row::NUMBERS.iter().map(number).collect();
            Run { policy: String::new(), seed: 1, numbers, days: Vec::new(), townships: Vec::new(), hash: String::new() }
        };
        // It is controlled in one world, and goes on in the others.
        let controlled = [run(Some(20.0), 10.0), run(None, 600.0), run(None, 700.0)];
        let burnt = [run(Some(60.0), 900.0), run(Some(61.0), 880.0), run(None, 5.0)];
        assert!(!Heed::of(controlled.iter(), 1000.0).exhausted() && Heed::of(burnt.iter(), 1000.0).exhausted());
    }
}
