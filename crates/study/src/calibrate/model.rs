//! What is not known: parameters of disease, policy and beginning, each with what is believed of it before.

use crate::many::Own;
use crate::path;
use crate::said::{Trouble, rule, rule_of_policy};
use crate::source::{Source, Words, of_disease};
use crate::world::no_rates;
use quell_epidemic::disease::{Disease, DiseaseFile};
use quell_epidemic::kernel::Rates;
use quell_epidemic::population::Population;
use quell_epidemic::random::Draws;
use quell_response::policy::Policy;
use std::path::Path;
use toml::{Table, Value};

/// Where a parameter stands.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    /// At this path of the disease's file.
    Disease(String),
    /// At this path of the policy's.
    Policy(String),
    /// Infections from elsewhere on the first day.
    Imports,
    /// The same on each later day.
    ImportsPerDay,
    /// Days from the first infection to the first observed day.
    Start,
}

/// What is believed before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Prior {
    /// Alike between two numbers.
    Uniform(f64, f64),
    /// The logarithm alike between two numbers.
    LogUniform(f64, f64),
    /// Normal with mean and standard deviation.
    Normal(f64, f64),
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameter {
    /// As the user wrote it.
    pub name: String,
    place: Place,
    prior: Prior,
    /// Whether only whole numbers are possible.
    whole: bool,
}

/// A world of the parameters' values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// The values.
    pub values: Vec<f64>,
    /// The policy with them.
    pub policy: Policy,
    /// Disease and imports with them, and the run's length.
    pub own: Own,
    /// Days from the first infection to the first observed day.
    pub start: u32,
}

/// What parameters change.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    source: Source,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    disease: Table,
    policy: Table,
    imports: u32,
    imports_per_day: f64,
    start: u32,
    /// Observed days.
    observed: u32,
    people: u32,
}

/// What stays as it is unless it is a parameter.
#[derive(Debug)]
pub(crate) struct Fixed<'a> {
    /// The disease.
    pub disease: &'a DiseaseFile,
    /// The policy.
    pub policy: &'a Policy,
    /// Infections from elsewhere on the first day.
    pub imports: u32,
    /// The same on each later day.
    pub imports_per_day: f64,
    /// Days from the first infection to the first observed day.
    pub start: u32,
    /// Observed days.
    pub observed: u32,
    /// How many people there are.
    pub people: u32,
}

impl Model {
    /// From a file with a table `[parameters]`.
    ///
    /// # Errors
    /// If it cannot be read, a path leads nowhere, or nothing that the prior holds likely is possible.
    pub(crate) fn read(file: &Path, fixed: &Fixed<'_>) -> Result<Self, Trouble> {
        Self::parse(Source::open(file)?, fixed)
    }

    /// From the text of a file.
    pub(crate) fn parse(source: Source, fixed: &Fixed<'_>) -> Result<Self, Trouble> {
        let mut table = source.table()?;
        let parameters = table.remove("parameters");
        if let Some(key) = table.keys().next() {
            return Err(source.wrong(&[key], &Words::new("没有这一项；只有 [parameters]", "unknown; there is only [parameters]")));
        }
        let Some(Value::Table(parameters)) = parameters.filter(|p| p.as_table().is_some_and(|t| !t.is_empty())) else {
            let words = Words::new("没有 [parameters] 表，或其为空", "there is no table [parameters], or it is empty")
                .and("写明哪些值未知，见 docs/rehearsal-calibrate.md", "say what is not known, see docs/rehearsal-calibrate.md");
            return Err(source.wrong(&["parameters"], &words));
        };
        let table = |e: toml::ser::Error| Trouble::file(source.file(), &e);
        let mut model = Self {
            disease: Table::try_from(fixed.disease).map_err(table)?,
            policy: Table::try_from(fixed.policy).map_err(table)?,
            source,
            parameters: Vec::new(),
            imports: fixed.imports,
            imports_per_day: fixed.imports_per_day,
            start: fixed.start,
            observed: fixed.observed,
            people: fixed.people,
        };
        for (name, value) in &parameters {
            let parameter = model.parameter(name, value)?;
            model.parameters.push(parameter);
        }
        Ok(model)
    }

    /// Reads one parameter and tries it alone: as a number, then as a whole one.
    fn parameter(&self, name: &str, value: &Value) -> Result<Parameter, Trouble> {
        let wrong = |zh: &str, en: &str| self.source.wrong(&["parameters", name], &Words::new(zh, en));
        let prior = Prior::read(value).map_err(|(zh, en)| wrong(zh, en))?;
        let place = Place::of(name);
        let mut parameter = Parameter { name: name.to_owned(), prior, whole: matches!(place, Place::Imports | Place::Start), place };
        let first = self.with(std::slice::from_ref(&parameter), &parameter.middle());
        if first.as_ref().is_err_and(|(_, en)| en.contains("a whole number")) {
            parameter.whole = true;
        }
        if parameter.whole && matches!(prior, Prior::Uniform(a, b) | Prior::LogUniform(a, b) if a.fract() != 0.0 || b.fract() != 0.0) {
            return Err(wrong(
                "只能取整数：范围的两端须为整数",
                "only whole numbers are possible: the ends of the range are whole numbers",
            ));
        }
        for latent in parameter.tests() {
            self.with(std::slice::from_ref(&parameter), &[latent]).map_err(|(zh, en)| wrong(&zh, &en))?;
        }
        Ok(parameter)
    }

    /// The world at a point of latent coordinates: what the priors are alike or normal in. None if the values are impossible together.
    pub(crate) fn at(&self, latent: &[f64]) -> Option<Point> {
        self.with(&self.parameters, latent).ok()
    }
    /// The world with these values.
    pub(crate) fn valued(&self, values: &[f64]) -> Option<Point> {
        let latent: Vec<f64> = self.parameters.iter().zip(values).map(|(p, v)| p.latent(*v)).collect();
        self.at(&latent)
    }

    fn with(&self, parameters: &[Parameter], latent: &[f64]) -> Result<Point, (String, String)> {
        let (mut disease, mut policy) = (None, None);
        let (mut imports, mut imports_per_day, mut start) = (f64::from(self.imports), self.imports_per_day, f64::from(self.start));
        let mut values = Vec::with_capacity(parameters.len());
        for (parameter, z) in parameters.iter().zip(latent) {
            let x = parameter.value(*z);
            values.push(x);
            let value = if parameter.whole { Value::Integer(x as i64) } else { Value::Float(x) };
            match &parameter.place {
                Place::Disease(path) => {
                    let table = disease.get_or_insert_with(|| self.disease.clone());
                    path::set(table, path, value).map_err(|e| e.words())?;
                }
                Place::Policy(path) => {
                    let table = policy.get_or_insert_with(|| self.policy.clone());
                    path::set(table, path, value).map_err(|e| e.words())?;
                }
                Place::Imports => imports = x,
                Place::ImportsPerDay => imports_per_day = x,
                Place::Start => start = x,
            }
        }
        let people = f64::from(self.people);
        let most =
            [("imports", imports, people), ("imports_per_day", imports_per_day, people), ("start", start, f64::from(super::MOST_START))];
        if let Some((name, x, most)) = most.into_iter().find(|(_, x, most)| !(0.0..=*most).contains(x)) {
            return Err((format!("{name} = {x}：须在 0 至 {most} 之间"), format!("{name} = {x}: must lie between 0 and {most}")));
        }
        let (imports, start) = (imports as u32, start as u32);
        let disease: Option<DiseaseFile> = disease.map(Table::try_into).transpose().map_err(|e: toml::de::Error| rule(e.message()))?;
        let policy: Policy = policy.unwrap_or_else(|| self.policy.clone()).try_into().map_err(|e: toml::de::Error| rule(e.message()))?;
        policy.check().map_err(|e| rule_of_policy(&e))?;
        let own = Own { disease, imports, imports_per_day, days: start + self.observed };
        Ok(Point { values, policy, own, start })
    }

    /// Tries whether the disease's file can be used in the middle of the priors.
    ///
    /// # Errors
    /// Says why not.
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        let middle: Vec<f64> = self.parameters.iter().flat_map(Parameter::middle).collect();
        let wrong = |(zh, en): (String, String)| self.source.somewhere(&[], &[], &Words::new(&zh, &en));
        let point = self.with(&self.parameters, &middle).map_err(wrong)?;
        point.own.disease.map_or(Ok(()), |d| {
            Disease::new(d).map(|_| ()).map_err(|e| {
                let words = of_disease(&e.to_string()).0;
                wrong((words.zh(), words.en()))
            })
        })
    }

    /// What is said when so many draws of the priors were all impossible: why the middle of the priors is, and at which range that lies.
    pub(crate) fn without_weight(&self, population: &Population, draws: usize) -> Trouble {
        let middle: Vec<f64> = self.parameters.iter().flat_map(Parameter::middle).collect();
        let why = match self.with(&self.parameters, &middle) {
            Err(why) => Some(why),
            Ok(point) => point.own.disease.and_then(|file| {
                let disease = Disease::new(file).ok()?;
                let refused = no_rates(&Rates::calibrate(population, &disease).err()?);
                Some((refused.text(true).to_owned(), refused.text(false).to_owned()))
            }),
        };
        let (zh, en) = why.unwrap_or_default();
        let mut words = Words::new(
            &format!("从先验抽取的 {draws} 组取值都不能成立：这一范围没有先验权重"),
            &format!("{draws} draws of the priors are all impossible: this range has no prior weight"),
        );
        if !en.is_empty() {
            words = words.and(&zh, &en);
        }
        let words = words.and("请改此范围", "change the range");
        // The parameter that the reason is about, else the first of the disease.
        let field = |p: &&Parameter| p.name.rsplit('.').next().is_some_and(|f| f.len() > 2 && en.contains(f));
        let of_disease = |p: &&Parameter| matches!(p.place, Place::Disease(_));
        let at = self.parameters.iter().find(field).or_else(|| self.parameters.iter().find(of_disease)).or(self.parameters.first());
        match at {
            Some(p) => self.source.wrong(&["parameters", &p.name], &words),
            None => self.source.somewhere(&[], &[], &words),
        }
    }

    /// A draw from the priors.
    pub(crate) fn draw(&self, draws: &mut Draws) -> Vec<f64> {
        let one = |p: &Parameter| match p.bounds() {
            Some((low, high)) => low + (high - low) * draws.unit(),
            None => crate::chance::normal(draws),
        };
        self.parameters.iter().map(one).collect()
    }
    /// The priors' density at latent coordinates, up to a factor.
    pub(crate) fn density(&self, latent: &[f64]) -> f64 {
        let one = |(p, z): (&Parameter, &f64)| match p.bounds() {
            Some((low, high)) => f64::from(u8::from((low..=high).contains(z))),
            None => (-0.5 * z * z).exp(),
        };
        self.parameters.iter().zip(latent).map(one).product()
    }
}

impl Parameter {
    /// Latent coordinates between which the prior is alike; none if it is normal. Whole numbers stand for all that is rounded to them.
    fn bounds(&self) -> Option<(f64, f64)> {
        let half = if self.whole { 0.5 } else { 0.0 };
        match self.prior {
            Prior::Uniform(a, b) => Some((a - half, b + half)),
            Prior::LogUniform(a, b) => Some(((a - half).ln(), (b + half).ln())),
            Prior::Normal(..) => None,
        }
    }
    fn value(&self, z: f64) -> f64 {
        let x = match self.prior {
            Prior::Uniform(..) => z,
            Prior::LogUniform(..) => z.exp(),
            Prior::Normal(mean, sd) => mean + sd * z,
        };
        let x = if self.whole { x.round() } else { x };
        match self.prior {
            Prior::Uniform(a, b) | Prior::LogUniform(a, b) => x.clamp(a, b),
            Prior::Normal(..) => x,
        }
    }
    fn latent(&self, x: f64) -> f64 {
        match self.prior {
            Prior::Uniform(..) => x,
            Prior::LogUniform(..) => x.ln(),
            Prior::Normal(mean, sd) => (x - mean) / sd,
        }
    }
    fn middle(&self) -> Vec<f64> {
        vec![self.bounds().map_or(0.0, |(a, b)| (a + b) / 2.0)]
    }
    /// Where it is tried: both ends, or the mean. What a normal prior holds possible and the files do not is never drawn.
    fn tests(&self) -> Vec<f64> {
        self.bounds().map_or_else(|| vec![0.0], |(a, b)| vec![a, b])
    }
    /// A value, rounded if only whole numbers are possible.
    pub(crate) fn rounded(&self, x: f64) -> f64 {
        if self.whole { x.round() } else { x }
    }
}

impl Place {
    fn of(name: &str) -> Self {
        let numbered = |rest: &str| rest.split('.').next().is_some_and(|p| p.parse::<usize>().is_ok());
        match name.split_once('.') {
            Some(("disease", path)) => Self::Disease(path.to_owned()),
            Some(("policy", path)) => Self::Policy(path.to_owned()),
            Some(("variants" | "intensity" | "immunity", _)) => Self::Disease(name.to_owned()),
            Some(("vaccination", rest)) if numbered(rest) => Self::Disease(name.to_owned()),
            Some(_) => Self::Policy(name.to_owned()),
            None if name == "imports" => Self::Imports,
            None if name == "imports_per_day" => Self::ImportsPerDay,
            None if name == "start" => Self::Start,
            None => Self::Policy(name.to_owned()),
        }
    }
}

impl Prior {
    fn read(value: &Value) -> Result<Self, (&'static str, &'static str)> {
        let wrong = (
            "须为 { uniform = [小, 大] }、{ log_uniform = [小, 大] }、{ normal = [均值, 标准差] } 之一",
            "is one of { uniform = [low, high] }, { log_uniform = [low, high] }, { normal = [mean, sd] }",
        );
        let entry = value.as_table().filter(|t| t.len() == 1).and_then(|t| t.iter().next());
        let (kind, pair) = entry.ok_or(wrong)?;
        let number = |v: &Value| v.as_float().or_else(|| v.as_integer().map(|n| n as f64)).filter(|x| x.is_finite());
        let pair: Vec<f64> = pair.as_array().map(|a| a.iter().filter_map(number).collect()).unwrap_or_default();
        let [a, b] = pair[..] else { return Err(wrong) };
        match kind.as_str() {
            "uniform" | "log_uniform" if a >= b => Err(("小的一端须小于大的一端", "the low end is below the high end")),
            "log_uniform" if a <= 0.0 => Err(("对数均匀的范围须大于 0", "the range of log_uniform lies above 0")),
            "normal" if b <= 0.0 => Err(("标准差须大于 0", "the standard deviation is above 0")),
            "uniform" => Ok(Self::Uniform(a, b)),
            "log_uniform" => Ok(Self::LogUniform(a, b)),
            "normal" => Ok(Self::Normal(a, b)),
            _ => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests;
