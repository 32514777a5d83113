//! A space of policies: a policy file with a table `[search.parameters]` of what may be otherwise.

use crate::path;
use crate::said::{Trouble, rule, rule_of_policy};
use crate::source::{Source, Words};
use crate::world::{as_file, impossible_policy, policy_paths};
use quell_epidemic::random::Draws;
use quell_response::policy::Policy;
use std::path::Path;
use toml::{Table, Value};

/// A parameter that may be absent is so in at least this share of the first candidates.
const ABSENT: f64 = 0.2;
/// Step of a mutation, as a share of a parameter's range.
const STEP: f64 = 0.15;

/// Values that a parameter may have.
#[derive(Debug, Clone, PartialEq)]
enum Range {
    /// Any number from one to another.
    Real { low: f64, high: f64, log: bool },
    /// Any whole number from one to another.
    Whole { low: i64, high: i64, log: bool },
    /// One of these.
    Choice(Vec<Value>),
    /// As the base has it.
    AsIs,
}

/// A part of the policy that may be otherwise.
#[derive(Debug, Clone, PartialEq)]
struct Parameter {
    path: String,
    range: Range,
    /// Whether it may be left out, too.
    absent: bool,
}

/// What a parameter is in a candidate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Is {
    /// This value.
    Value(Value),
    /// As the base has it.
    AsBase,
    /// Left out.
    Absent,
    /// Of no meaning: what it belongs to is left out.
    Idle,
}

impl Is {
    /// In a cell.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Value(v) => path::text(v),
            Self::AsBase => "base".to_owned(),
            Self::Absent => "absent".to_owned(),
            Self::Idle => String::new(),
        }
    }
}

/// A space of policies.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    source: Source,
    table: Table,
    /// Those above others in the file's tree come first.
    parameters: Vec<Parameter>,
    /// The policy without any change.
    pub base: Policy,
}

impl Space {
    /// From a file.
    ///
    /// # Errors
    /// If it cannot be read, a path leads nowhere, or a value at the end of a range is impossible.
    pub(crate) fn read(file: &Path) -> Result<Self, Trouble> {
        Self::parse(Source::open(file)?)
    }

    /// From the text of a file.
    pub(crate) fn parse(source: Source) -> Result<Self, Trouble> {
        let mut table = source.table()?;
        let Some(Value::Table(mut search)) = table.remove("search") else {
            let words = Words::new("没有 [search.parameters] 表", "there is no table [search.parameters]")
                .and("写明哪些项可变，见 docs/rehearsal-search.md", "say what may be otherwise, see docs/rehearsal-search.md");
            return Err(source.somewhere(&[], &[], &words));
        };
        let parameters = search.remove("parameters");
        if let Some(key) = search.keys().next() {
            let words = Words::new("没有这一项；只有 parameters", "unknown; there is only parameters");
            return Err(source.wrong(&["search", key], &words));
        }
        let Some(Value::Table(parameters)) = parameters.filter(|p| p.as_table().is_some_and(|t| !t.is_empty())) else {
            return Err(source.wrong(&["search", "parameters"], &Words::new("[search.parameters] 是空的", "[search.parameters] is empty")));
        };
        let mut parameters = parameters.iter().map(|(path, v)| Parameter::read(&source, path, v)).collect::<Result<Vec<_>, _>>()?;
        parameters.sort_by_key(|p| p.path.matches('.').count());
        let mut base: Policy = source.read_without("search", &policy_paths())?;
        base.check().map_err(|e| impossible_policy(&source, &e))?;
        if base.name == Policy::default().name {
            base.name = as_file(source.file(), &base.name);
        }
        let space = Self { source, table, parameters, base };
        space.check()?;
        Ok(space)
    }

    /// Tries the ends of every range, with the parameters before it at their first value.
    fn check(&self) -> Result<(), Trouble> {
        self.tests().try_for_each(|(parameter, policy)| policy.map(|_| ()).map_err(|e| self.wrong(&parameter.path, &e)))
    }
    /// Policies at the ends of every range and at every choice, with the parameter's path.
    pub(crate) fn tried(&self) -> Vec<(&str, Policy)> {
        self.tests().filter_map(|(parameter, policy)| Some((parameter.path.as_str(), policy.ok()?))).collect()
    }
    fn tests(&self) -> impl Iterator<Item = (&Parameter, Result<Policy, (String, String)>)> {
        let first: Vec<f64> = self.parameters.iter().map(Parameter::share_absent).collect();
        self.parameters.iter().enumerate().flat_map(move |(k, parameter)| {
            let mut at = first.clone();
            let one = move |u| {
                at[k] = u;
                (parameter, self.of(&at, k + 1).map(|(_, policy)| policy))
            };
            parameter.tests().into_iter().map(one)
        })
    }
    /// The values of a parameter that is a choice.
    pub(crate) fn choices(&self, path: &str) -> &[Value] {
        match self.parameters.iter().find(|p| p.path == path).map(|p| &p.range) {
            Some(Range::Choice(values)) => values,
            _ => &[],
        }
    }

    fn wrong(&self, path: &str, (zh, en): &(String, String)) -> Trouble {
        self.source.wrong(&["search", "parameters", path], &Words::new(zh, en))
    }

    /// Paths of the parameters.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().map(|p| p.path.as_str())
    }

    /// The candidate at a point of the unit cube.
    ///
    /// # Errors
    /// If values that are possible each are not together.
    pub(crate) fn candidate(&self, at: &[f64]) -> Result<(Vec<Is>, Policy), Trouble> {
        self.of(at, self.parameters.len()).map_err(|(zh, en)| {
            let (zh, en) = (format!("各参数的值不能同时成立：{zh}"), format!("values of the parameters exclude each other: {en}"));
            self.source.somewhere(&[], &[], &Words::new(&zh, &en))
        })
    }

    /// The policy with the first parameters only.
    fn of(&self, at: &[f64], first: usize) -> Result<(Vec<Is>, Policy), (String, String)> {
        let mut table = self.table.clone();
        let mut gone: Vec<&str> = Vec::new();
        let mut is = Vec::with_capacity(first);
        for (parameter, u) in self.parameters.iter().zip(at).take(first) {
            let path = parameter.path.as_str();
            let here = if gone.iter().any(|g| path::is_below(path, g)) { Is::Idle } else { parameter.at(*u) };
            match &here {
                Is::Value(value) => path::set(&mut table, path, value.clone()).map_err(|e| e.words())?,
                Is::Absent => {
                    path::remove(&mut table, path);
                    gone.push(path);
                }
                Is::AsBase if path::get(&table, path).is_none() => {
                    return Err(("基础策略中没有这一项".to_owned(), "the base policy has no such part".to_owned()));
                }
                Is::AsBase | Is::Idle => {}
            }
            is.push(here);
        }
        let mut policy: Policy = table.try_into().map_err(|e: toml::de::Error| rule(e.message()))?;
        policy.check().map_err(|e| rule_of_policy(&e))?;
        policy.name.clone_from(&self.base.name);
        Ok((is, policy))
    }

    /// A point near another: at least one coordinate is another one.
    pub(crate) fn near(&self, at: &[f64], draws: &mut Draws) -> Vec<f64> {
        let n = at.len() as u32;
        let always = draws.scaled(n) as usize;
        let other = |(k, u): (usize, &f64)| {
            let moves = draws.unit() * f64::from(n) < 1.0 || k == always;
            if moves { self.parameters[k].near(*u, draws) } else { *u }
        };
        at.iter().enumerate().map(other).collect()
    }
}

impl Parameter {
    fn read(source: &Source, path: &str, value: &Value) -> Result<Self, Trouble> {
        let wrong = |zh: &str, en: &str| Err(source.wrong(&["search", "parameters", path], &Words::new(zh, en)));
        let kinds = (
            "须为 { real = [小, 大] }、{ whole = [小, 大] }、{ choice = [...] } 之一，可加 log = true、absent = true；或只有 { absent = true }",
            "is one of { real = [low, high] }, { whole = [low, high] }, { choice = [...] }, with log = true or absent = true if wanted; or { absent = true } alone",
        );
        let Value::Table(t) = value else { return wrong(kinds.0, kinds.1) };
        if path == "name" || path == "response" {
            return wrong("名称和 response 不能作参数", "name and response are no parameters");
        }
        if t.keys().any(|k| !["real", "whole", "choice", "log", "absent"].contains(&k.as_str())) {
            return wrong(kinds.0, kinds.1);
        }
        let flag = |key: &str| t.get(key).map_or(Some(false), Value::as_bool);
        let (Some(log), Some(absent)) = (flag("log"), flag("absent")) else {
            return wrong("log 和 absent 须为 true 或 false", "log and absent are true or false");
        };
        let pair = |v: &Value| v.as_array().filter(|a| a.len() == 2).map(|a| (a[0].clone(), a[1].clone()));
        let number = |v: &Value| v.as_float().or_else(|| v.as_integer().map(|n| n as f64)).filter(|x| x.is_finite());
        const ORDER: (&str, &str) = ("小的一端须小于大的一端", "low must be below high");
        let range = match (t.get("real"), t.get("whole"), t.get("choice")) {
            (Some(v), None, None) => {
                let ends = pair(v).and_then(|(a, b)| Some((number(&a)?, number(&b)?)));
                let Some((low, high)) = ends else { return wrong("real 须为 [小, 大] 两个数", "real is two numbers, [low, high]") };
                if low >= high {
                    return wrong(ORDER.0, ORDER.1);
                }
                if log && low <= 0.0 {
                    return wrong("对数尺度的范围须大于 0", "a range on a log scale lies above 0");
                }
                Range::Real { low, high, log }
            }
            (None, Some(v), None) => {
                let ends = pair(v).and_then(|(a, b)| Some((a.as_integer()?, b.as_integer()?)));
                let Some((low, high)) = ends else {
                    return wrong("whole 须为 [小, 大] 两个整数", "whole is two whole numbers, [low, high]");
                };
                if low > high {
                    return wrong(ORDER.0, ORDER.1);
                }
                if log && low <= 0 {
                    return wrong("对数尺度的范围须大于 0", "a range on a log scale lies above 0");
                }
                Range::Whole { low, high, log }
            }
            (None, None, Some(v)) => {
                let Some(values) = v.as_array().filter(|a| !a.is_empty() && !log) else {
                    return wrong("choice 须为至少一个值的列表，不能有 log", "choice is a list of at least one value, without log");
                };
                Range::Choice(values.clone())
            }
            (None, None, None) if absent && !log => Range::AsIs,
            _ => return wrong(kinds.0, kinds.1),
        };
        Ok(Self { path: path.to_owned(), range, absent })
    }

    /// How many values it has; none if they cannot be counted.
    fn levels(&self) -> Option<f64> {
        match &self.range {
            Range::Real { .. } => None,
            Range::Whole { low, high, .. } => Some((high - low) as f64 + 1.0),
            Range::Choice(values) => Some(values.len() as f64),
            Range::AsIs => Some(1.0),
        }
    }
    /// Coordinates below it mean that it is left out: as often as each of its values, and not less than [`ABSENT`].
    fn share_absent(&self) -> f64 {
        if self.absent { self.levels().map_or(ABSENT, |n| (1.0 / (n + 1.0)).max(ABSENT)) } else { 0.0 }
    }
    /// Coordinates at which it is tried: every choice, both ends.
    fn tests(&self) -> Vec<f64> {
        let (share, last) = (self.share_absent(), 1.0 - f64::EPSILON);
        let each = match &self.range {
            Range::Choice(values) => (0..values.len()).map(|k| share + (1.0 - share) * (k as f64 + 0.5) / values.len() as f64).collect(),
            _ => vec![share, last],
        };
        if self.absent { [vec![0.0], each].concat() } else { each }
    }
    /// What it is at a coordinate.
    fn at(&self, u: f64) -> Is {
        let share = self.share_absent();
        if u < share {
            return Is::Absent;
        }
        let u = ((u - share) / (1.0 - share)).clamp(0.0, 1.0);
        match &self.range {
            Range::Real { low, high, log } => {
                let x = if *log { low * (high / low).powf(u) } else { low + (high - low) * u };
                Is::Value(Value::Float(significant(x).clamp(*low, *high)))
            }
            Range::Whole { low, high, log } => {
                let (a, b) = (*low as f64, *high as f64 + 1.0);
                let x = if *log { a * (b / a).powf(u) } else { a + (b - a) * u };
                Is::Value(Value::Integer((x.floor() as i64).clamp(*low, *high)))
            }
            Range::Choice(values) => {
                let k = ((u * values.len() as f64) as usize).min(values.len() - 1);
                Is::Value(values[k].clone())
            }
            Range::AsIs => Is::AsBase,
        }
    }
    /// A coordinate near another: a normal step, mirrored at the ends; any for choices and for what may be absent now and then.
    fn near(&self, u: f64, draws: &mut Draws) -> f64 {
        let anywhere = matches!(self.range, Range::Choice(_) | Range::AsIs) || (self.absent && draws.unit() < ABSENT);
        if anywhere {
            return draws.unit();
        }
        let step = self.levels().map_or(STEP, |n| STEP.max(1.0 / n));
        let x = (u + step * crate::chance::normal(draws)).rem_euclid(2.0);
        (if x < 1.0 { x } else { 2.0 - x }).min(1.0 - f64::EPSILON)
    }
}

/// Four digits that count: what is written can be read, and close values are one.
fn significant(x: f64) -> f64 {
    if x == 0.0 {
        return 0.0;
    }
    format!("{x:.3e}").parse().unwrap_or(x)
}

#[cfg(test)]
mod tests;
