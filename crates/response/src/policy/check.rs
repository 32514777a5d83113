//! Reading a policy, and whether its values are possible.

use super::Policy;

/// Why a policy cannot be followed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// A value is impossible.
    #[error("{field}: {what}")]
    Impossible {
        /// Which value, by its path in the file. Entries of a list have numbers from 0.
        field: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

const SHARE: &str = "a share lies between 0 and 1";
const NOT_NEGATIVE: &str = "must be a number that is not negative";
const POSITIVE: &str = "must be above 0";
const RATE: &str = "lies between 0 and 1,000";
const ROUNDS: &str = "lies between 1 and 3,650";
const TEAMS: &str = "must be above 0 and at most 1,000,000";

impl Policy {
    /// From the text of a TOML file.
    ///
    /// # Errors
    /// If the text is not of this form, or a value is impossible.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|e| PolicyError::Unreadable(plain(&e.to_string())))?;
        policy.check().map(|()| policy)
    }

    /// Whether all values are possible.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check(&self) -> Result<(), PolicyError> {
        let impossible = |field: String, what| Err(PolicyError::Impossible { field, what });
        let share = |x: &f64| (0.0..=1.0).contains(x);
        if let Some((field, _)) = self.shares().into_iter().find(|(_, x)| !share(x)) {
            return impossible(field.to_owned(), SHARE);
        }
        for (k, closure) in self.closures.iter().enumerate() {
            if !share(&closure.effect) {
                return impossible(format!("closures.{k}.effect"), SHARE);
            }
            if closure.settings.is_empty() {
                return impossible(format!("closures.{k}.settings"), "at least one setting");
            }
        }
        self.others().into_iter().find(|(_, fine, _)| !fine).map_or(Ok(()), |(field, _, what)| impossible(field.to_owned(), what))
    }

    /// All shares, by their paths.
    fn shares(&self) -> Vec<(&'static str, f64)> {
        let (r, c) = (&self.tracing.recall, &self.compliance);
        let mut shares = vec![
            ("symptoms.come", self.symptoms.come),
            ("tracing.recall.household", r.household),
            ("tracing.recall.unit", r.unit),
            ("tracing.recall.school", r.school),
            ("tracing.recall.work", r.work),
            ("tracing.recall.care", r.care),
            ("tracing.recall.market", r.market),
            ("tracing.recall.travel", r.travel),
            ("tracing.recall.vehicle", r.vehicle),
            ("tracing.recall.queue", r.queue),
            ("compliance.at_home", c.at_home),
            ("compliance.evade", c.evade),
            ("compliance.miss", c.miss),
            ("compliance.hide", c.hide),
            ("compliance.stairwell", c.stairwell),
        ];
        shares.extend(self.screening.iter().map(|s| ("screening.chase", s.chase)));
        shares.extend(self.masks.iter().flat_map(|m| [("masks.worn", m.worn), ("masks.source", m.source), ("masks.wearer", m.wearer)]));
        shares.extend(self.vaccination.iter().map(|v| ("vaccination.willing", v.willing)));
        shares
    }

    /// All other values: path, whether it is possible, the rule.
    fn others(&self) -> [(&'static str, bool, &'static str); 17] {
        // More of them than this are a slip, and would need a queue of as many places.
        let above = |x: Option<f64>| x.is_none_or(|x| x > 0.0 && x <= 1e6);
        let not_negative = |x: f64| x >= 0.0 && x.is_finite();
        let (s, m) = (&self.symptoms, &self.means);
        let screening = self.screening.as_ref();
        let campaign = self.vaccination.as_ref();
        [
            ("symptoms.after_days", not_negative(s.after_days), NOT_NEGATIVE),
            ("symptoms.again", s.again <= 30, "at most 30 times"),
            ("symptoms.others_per_1000", (0.0..=1000.0).contains(&s.others_per_1000), RATE),
            ("screening.every_days", screening.is_none_or(|s| (1..=3_650).contains(&s.every_days)), ROUNDS),
            ("screening.clear_rounds", screening.is_none_or(|s| s.clear_rounds.is_none_or(|n| (1..=3_650).contains(&n))), ROUNDS),
            ("screening.pool", screening.is_none_or(|s| s.pool.is_none_or(|k| (1..=20).contains(&k))), "1 to 20 people share a tube"),
            ("tracing.backward_days", not_negative(self.tracing.backward_days), NOT_NEGATIVE),
            ("tracing.give_up_days", self.tracing.give_up_days > 0.0, POSITIVE),
            ("vaccination.per_1000", campaign.is_none_or(|v| (0.0..=1000.0).contains(&v.per_1000)), RATE),
            ("vaccination.status", campaign.is_none_or(|v| (1..8).contains(&v.status)), "a status of the disease's file, from 1"),
            ("compliance.household", (1.0..=5.0).contains(&self.compliance.household), "lies between 1 and 5"),
            ("means.samplers", above(m.samplers), TEAMS),
            ("means.tubes_per_hour", m.tubes_per_hour.is_none_or(|x| x > 0.0 && x.is_finite()), POSITIVE),
            ("means.investigators", above(m.investigators), TEAMS),
            ("means.callers", above(m.callers), TEAMS),
            ("means.seats", above(m.seats), TEAMS),
            ("vaccination.ages", campaign.is_none_or(|v| v.ages.iter().all(|[a, b]| a <= b)), "each is [from, to], the younger age first"),
        ]
    }
}

/// What a reader of files expects, in its own words and in plain ones.
const EXPECTED: [(&str, &str); 12] = [
    ("u8", "a whole number from 0 to 255"),
    ("u16", "a whole number, 0 or above"),
    ("u32", "a whole number, 0 or above"),
    ("u64", "a whole number, 0 or above"),
    ("usize", "a whole number, 0 or above"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("f32", "a number"),
    ("f64", "a number"),
    ("a boolean", "true or false"),
    ("a string", "text"),
    ("a sequence", "a list"),
];

/// A message about a TOML file without the names of a programmer's types: `expected u32` is `expected a whole number, 0 or above`.
pub fn plain(message: &str) -> String {
    let Some((before, after)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    let (kind, rest) = after.split_at(after.find('\n').unwrap_or(after.len()));
    let kind = match EXPECTED.iter().find(|(name, _)| *name == kind) {
        Some((_, words)) => words,
        None if kind.starts_with("struct ") || kind == "a map" => "a table",
        None => kind,
    };
    format!("{before}, expected {kind}{rest}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn an_empty_file_is_a_policy() {
        assert_eq!(Policy::parse(""), Ok(Policy::default()));
    }

    #[test]
    fn what_is_impossible_is_named() {
        let refused = [
            ("[compliance]\nevade = 1.5", "compliance.evade: a share lies between 0 and 1"),
            ("[compliance]\nstairwell = -0.1", "compliance.stairwell: a share"),
            ("[compliance]\nhousehold = 9.0", "compliance.household: lies between 1 and 5"),
            ("[tracing.recall]\nmarket = 2.0", "tracing.recall.market: a share"),
            ("[masks]\nwearer = 1.1", "masks.wearer: a share"),
            ("[[closures]]\nsettings = [\"school\"]\n[[closures]]\nsettings = [\"work\"]\neffect = 2.0", "closures.1.effect: a share"),
            ("[[closures]]\nsettings = []", "closures.0.settings: at least one setting"),
            ("[vaccination]\nages = [[60, 18]]", "vaccination.ages: each is [from, to]"),
            ("[means]\nseats = 0.0", "means.seats: must be above 0"),
            ("[means]\ncallers = 1e300", "means.callers: must be above 0 and at most"),
            ("[screening]\nevery_days = 4294967295", "screening.every_days: lies between 1 and 3,650"),
            ("[screening]\nclear_rounds = 0", "screening.clear_rounds: lies between 1 and 3,650"),
            ("[symptoms]\nothers_per_1000 = nan", "symptoms.others_per_1000: lies between 0 and 1,000"),
        ];
        for (text, wanted) in refused {
            let said = Policy::parse(text).unwrap_err().to_string();
            assert!(said.starts_with(wanted), "{text}: {said}");
        }
        assert!(matches!(Policy::parse("[screening]\nevry_days = 2"), Err(PolicyError::Unreadable(e)) if e.contains("evry_days")));
    }

    #[test]
    fn what_cannot_be_read_is_told_in_plain_words() {
        let refused = [
            ("[screening]\nevery_days = \"two\"", "expected a whole number, 0 or above"),
            ("[screening]\nevery_days = -1", "expected a whole number, 0 or above"),
            ("[compliance]\nevade = \"few\"", "expected a number"),
            ("[zones]\ndrawn = 1", "expected true or false"),
            ("name = 3", "expected text"),
            ("closures = 3", "expected a list"),
            ("means = 3", "expected a table"),
            ("[vaccination]\nstatus = 300", "expected a whole number from 0 to 255"),
        ];
        for (text, wanted) in refused {
            let said = Policy::parse(text).unwrap_err().to_string();
            // The place in the file is still told.
            assert!(said.trim_end().ends_with(wanted) && said.contains("line "), "{text}: {said}");
        }
        // Words that a message lists are left alone.
        assert_eq!(plain("unknown field `a`, expected one of `b`, `c`"), "unknown field `a`, expected one of `b`, `c`");
    }
}
