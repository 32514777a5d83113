//! Where a rehearsal takes place: people, disease, protocol, policy.

use crate::options::{MOST_DAYS, MOST_PEOPLE, number, whole, within};
use crate::picture::TownshipName;
use crate::said::Trouble;
use crate::source::{Source, Words, of_disease, of_policy, of_population};
use quell_epidemic::disease::{self, Disease, DiseaseError, DiseaseFile};
use quell_epidemic::kernel::{Rates, RatesError};
use quell_epidemic::population;
use quell_protocol::{Protocol, builtin, builtin_ids, load};
use quell_response::ledger::Census;
use quell_response::policy::{Campaign, Masks, Means, Policy, PolicyError, Screening};
use quell_response::{Rules, Setup};
use std::path::Path;

/// Which disease.
#[derive(Debug, Clone, clap::Args)]
pub struct Diseases {
    /// Disease: covid-ba5, covid-ancestral, measles, mpox, ebola, or a file.
    #[arg(long, default_value = "covid-ba5", help_heading = "World")]
    pub disease: String,
}

impl Diseases {
    /// Reads it.
    ///
    /// # Errors
    /// If there is none of this name, or its file is faulty.
    pub(crate) fn read(&self) -> Result<Disease, Trouble> {
        if is_file(&self.disease) {
            let source = Source::open(Path::new(&self.disease))?;
            let file: DiseaseFile = source.read(&disease_paths())?;
            let names: Vec<String> = file.variants.iter().map(|v| v.name.clone()).collect();
            return Disease::new(file).map_err(|e| impossible_disease(&source, &names, &e));
        }
        let known: Vec<&str> = disease::PRESETS.iter().map(|(n, _)| *n).collect();
        let found = disease::preset(&self.disease).ok_or_else(|| Trouble::unknown(("疾病", "disease"), &self.disease, &known))?;
        found.map_err(|e| Trouble::new(format!("疾病：{e}"), format!("disease: {e}")))
    }
}

/// A value of a disease that is impossible: where it stands, as far as that is known.
fn impossible_disease(source: &Source, variants: &[String], e: &DiseaseError) -> Trouble {
    let english = e.to_string();
    match e {
        DiseaseError::Impossible { variant, what } => {
            let (words, keys) = of_disease(what);
            let number = variants.iter().position(|v| v == variant).map(|k| k.to_string());
            match &number {
                Some(number) => source.somewhere(&["variants", number], keys, &words),
                None => source.somewhere(&[], keys, &words),
            }
        }
        DiseaseError::Variants(_) => source.somewhere(&[], &["variants"], &of_disease(&english).0),
        DiseaseError::Unreadable(_) => source.somewhere(&[], &[], &crate::source::of_message(&english)),
    }
}

/// Paths of a table, and of those below it; of lists the first entry's, without its number.
fn paths(table: &toml::Table, above: &str, all: &mut Vec<String>) {
    for (key, value) in table {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        let below = match value {
            toml::Value::Table(t) => Some(t),
            toml::Value::Array(a) => a.first().and_then(toml::Value::as_table),
            _ => None,
        };
        if let Some(below) = below {
            paths(below, &path, all);
        }
        all.push(path);
    }
}

/// Where the fields of a disease stand.
fn disease_paths() -> Vec<String> {
    let mut all = Vec::new();
    if let Some(table) = disease::PRESETS.first().and_then(|(_, text)| text.parse().ok()) {
        paths(&table, "", &mut all);
    }
    all
}

/// Where the fields of a policy stand.
pub(crate) fn policy_paths() -> Vec<String> {
    let (one, some) = (Some(1.0), Some(1));
    let means = Means {
        samplers: one,
        tubes_per_hour: one,
        investigators: one,
        callers: one,
        seats: one,
        rooms: some,
        shelter_beds: some,
        hospital_beds: some,
        opened_per_day: some,
    };
    let whole = Policy {
        screening: Some(Screening { clear_rounds: some, pool: some, ..Screening::default() }),
        masks: Some(Masks::default()),
        vaccination: Some(Campaign::default()),
        means,
        ..Policy::default()
    };
    let mut all = Vec::new();
    if let Ok(table) = toml::Table::try_from(whole) {
        paths(&table, "", &mut all);
    }
    all.extend(
        ["settings", "effect", "when_cases", "everywhere", "until_clear_days", "from_day", "to_day"].map(|f| format!("closures.{f}")),
    );
    all
}

impl Diseases {
    /// Refuses what goes with a disease only by mistake: a protocol of another one, a vaccination that it does not know.
    ///
    /// # Errors
    /// If one of these is so, or the disease's file is faulty.
    pub(crate) fn fits(&self, policy: &Policy, protocol: &Protocol) -> Result<(), Trouble> {
        let disease = self.read()?;
        let called = if self.disease.starts_with("covid-") { "covid-19" } else { &self.disease };
        if !is_file(&self.disease) && !protocol.is_called(called) {
            let (of, name) = (&protocol.meta.disease, &self.disease);
            let id = protocol.id();
            return Err(Trouble::new(
                format!("方案 {id} 针对 {of}，不适用于 --disease {name}；请换用相应的方案或疾病（自备的疾病文件可与任何方案合用）"),
                format!(
                    "protocol {id} is of {of}, not of --disease {name}: choose the one that goes with the other (a disease file of your own goes with any)"
                ),
            ));
        }
        let Some(campaign) = &policy.vaccination else { return Ok(()) };
        let known = disease.file().vaccination.iter().map(|v| v.name.clone()).collect::<Vec<_>>();
        if usize::from(campaign.status) <= known.len() {
            return Ok(());
        }
        let (policy, status, name, n) = (&policy.name, campaign.status, &self.disease, known.len());
        let list = (1..).zip(&known).map(|(k, v)| format!("{k} = {v}")).collect::<Vec<_>>().join("; ");
        Err(if known.is_empty() {
            Trouble::new(
                format!(
                    "策略“{policy}”：疾病 {name} 的文件没有接种状态，无法接种；请删去 [vaccination]，或使用含 [[vaccination]] 的疾病文件"
                ),
                format!(
                    "policy \"{policy}\": the file of {name} has no vaccination; leave [vaccination] out, or use a disease file with [[vaccination]]"
                ),
            )
        } else {
            Trouble::new(
                format!("策略“{policy}”：[vaccination] 的 status = {status} 不存在；疾病 {name} 有 {n} 种接种状态：{list}"),
                format!("policy \"{policy}\": there is no status = {status} for [vaccination]; the file of {name} has {n}: {list}"),
            )
        })
    }
}

/// Options of every rehearsal.
#[derive(Debug, Clone, clap::Args)]
pub struct World {
    /// Population: wushan (462,462 people), municipality (32 million), town (20,000), or a file of divisions. [default: by --people the nearest of these, else wushan]
    #[arg(long, help_heading = "World")]
    pub population: Option<String>,
    /// So many people instead of the population's own.
    #[arg(long, help_heading = "World", value_parser = whole::<u32>, allow_negative_numbers = true)]
    pub people: Option<u32>,
    #[command(flatten)]
    pub disease: Diseases,
    /// Protocol: one that comes with Quell, or a file. [default: the disease's own, covid-2022-twenty for COVID-19]
    #[arg(long, help_heading = "World")]
    pub protocol: Option<String>,
    /// Days from the first infection on.
    #[arg(long, default_value_t = 60, help_heading = "World", value_parser = whole::<u32>, allow_negative_numbers = true)]
    pub days: u32,
    /// Infections from elsewhere on the first day.
    #[arg(long, default_value_t = 10, help_heading = "World", value_parser = whole::<u32>, allow_negative_numbers = true)]
    pub imports: u32,
    /// Infections from elsewhere on each later day, on average.
    #[arg(long, default_value_t = 0.0, help_heading = "World", value_parser = number, allow_negative_numbers = true)]
    pub imports_per_day: f64,
    /// Seed of the people; the same for all runs of a comparison.
    #[arg(long, default_value_t = 1, help_heading = "World", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub population_seed: u64,
}

/// Names of a township, with something behind them.
fn named(t: &population::Township, behind: &str) -> TownshipName {
    TownshipName { name: format!("{}{behind}", t.name), zh: format!("{}{behind}", t.name_zh.as_ref().unwrap_or(&t.name)) }
}

/// Whether a name is that of a file.
fn is_file(name: &str) -> bool {
    name.ends_with(".toml") || name.contains(['/', '\\'])
}

/// Why no disease spreads so among these people.
pub(crate) fn no_rates(e: &RatesError) -> Trouble {
    let zh = match e {
        RatesError::AtHome { variant, reproduction, at_home } => format!(
            "{variant}：再生数 {reproduction} 低于家庭续发率本身带来的家中感染数 {at_home:.2}；请提高 reproduction，或降低 household_attack"
        ),
        RatesError::Attack { variant, attack } => {
            format!("{variant}：达不到家庭续发率 {attack}，受保护的人太多；请降低 household_attack 或接种覆盖率")
        }
    };
    Trouble::new(format!("疾病与人群不合：{zh}"), format!("disease and people do not go together: {e}"))
}

impl World {
    /// Makes the people and all else that the runs share.
    ///
    /// # Errors
    /// If a name is unknown, a file cannot be read or a value is impossible.
    pub(crate) fn setup(&self, threads: usize) -> Result<Setup, Trouble> {
        self.check()?;
        let disease = self.disease.read()?;
        let impossible = |e: &dyn std::fmt::Display| Trouble::new(format!("人群：{e}"), format!("population: {e}"));
        let mut description = self.description()?;
        if let Some(people) = self.people {
            description = description.with_people(people);
        }
        let population = description.generate(self.population_seed, threads).map_err(|e| impossible(&e))?;
        let rates = Rates::calibrate(&population, &disease).map_err(|e| no_rates(&e))?;
        let census = Census::of(&population);
        let (imports, imports_per_day, days) = (self.imports, self.imports_per_day, self.days);
        Ok(Setup { population, census, disease, rates, imports, imports_per_day, days, opening: None, threads })
    }
    /// Whether its options are possible, before anything long begins.
    ///
    /// # Errors
    /// If one is not, or a name is unknown or a file of divisions faulty.
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        within("--days", self.days, &(1..=MOST_DAYS), ("一般用 60", "60 is usual"))?;
        if let Some(people) = self.people {
            let advice = ("试用可取 20000", "20000 do to try");
            within("--people", people, &(1..=MOST_PEOPLE), advice)?;
        }
        let people = self.people.map_or_else(|| self.description().map(|d| d.divisions.people), Ok)?;
        let advice = (
            "输入感染不能多于人口：请减小此项或增大 --people",
            "there cannot be more of them than people: make it smaller, or --people larger",
        );
        within("--imports", self.imports, &(0..=people), advice)?;
        within("--imports-per-day", self.imports_per_day, &(0.0..=f64::from(people)), advice)
    }
    fn description(&self) -> Result<population::Description, Trouble> {
        let nearest = match self.people {
            Some(n) if n <= 50_000 => "town",
            Some(n) if n > 2_000_000 => "municipality",
            _ => "wushan",
        };
        let name = self.population.as_deref().unwrap_or(nearest);
        if !is_file(name) {
            let known: Vec<&str> = population::PRESETS.iter().map(|(n, _)| *n).collect();
            return population::preset(name).ok_or_else(|| Trouble::unknown(("人群", "population"), name, &known));
        }
        let source = Source::open(Path::new(name))?;
        let divisions: population::Divisions = source.read(&[])?;
        let mut description = population::preset("town").ok_or_else(|| Trouble::unknown(("人群", "population"), "town", &[]))?;
        description.divisions = divisions;
        description.check().map_err(|e| {
            let english = e.to_string();
            let (words, field) = of_population(&english);
            source.impossible(field, &words)
        })?;
        Ok(description)
    }
    /// Names of its townships in the population's order. Empty where they are not known.
    pub(crate) fn townships(&self) -> Vec<TownshipName> {
        let Ok(description) = self.description() else { return Vec::new() };
        let divisions = description.divisions;
        let people = self.people.unwrap_or(divisions.people);
        match divisions.pattern {
            None => divisions.townships.iter().map(|t| named(t, "")).collect(),
            Some(pattern) => {
                let number = people.div_ceil(pattern.people) as usize;
                pattern.townships.iter().cycle().take(number).enumerate().map(|(k, t)| named(t, &format!(" {}", k + 1))).collect()
            }
        }
    }
    /// The rules of a policy: of its own protocol, or of that of all runs.
    ///
    /// # Errors
    /// If there is no such protocol, or its file is faulty.
    pub(crate) fn rules(&self, policy: &Policy) -> Result<Rules, Trouble> {
        let own = builtin_ids().iter().find(|id| **id == self.disease.disease).copied();
        let wanted = policy.protocol.as_deref().or(self.protocol.as_deref()).or(own);
        let protocol = protocol(wanted.unwrap_or("covid-2022-twenty"))?;
        self.disease.fits(policy, &protocol)?;
        Ok(Rules::of(&protocol))
    }
    /// All that makes two runs the same run, apart from policy and seed.
    pub(crate) fn words(&self) -> String {
        format!("{self:?}")
    }
}

/// A protocol that comes with Quell, or a file.
pub(crate) fn protocol(name: &str) -> Result<Protocol, Trouble> {
    let text = if is_file(name) {
        std::fs::read_to_string(name).map_err(|e| Trouble::io(Path::new(name), &e))?
    } else {
        let known = || Trouble::unknown(("方案", "protocol"), name, builtin_ids());
        builtin(&name.parse().map_err(|_| known())?).ok_or_else(known)?.to_owned()
    };
    load(name, &text).map_err(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Trouble::new(format!("方案 {name}：{}", all.join("\n")), format!("protocol {name}: {}", all.join("\n")))
    })
}

/// A policy from its file; its name is the file's if it has none.
///
/// # Errors
/// If the file cannot be read, or says what is no policy.
pub fn policy(path: &Path) -> Result<Policy, Trouble> {
    let source = Source::open(path)?;
    let mut policy: Policy = source.read(&policy_paths())?;
    policy.check().map_err(|e| impossible_policy(&source, &e))?;
    if policy.name == Policy::default().name {
        policy.name = as_file(path, &policy.name);
    }
    Ok(policy)
}

/// A value of a policy that is impossible, by its place in the file.
pub(crate) fn impossible_policy(source: &Source, e: &PolicyError) -> Trouble {
    match e {
        PolicyError::Impossible { field, what } => source.impossible(field, &of_policy(what)),
        PolicyError::Unreadable(why) => source.somewhere(&[], &[], &Words::new(why, why)),
    }
}

/// The name of a file without its end.
pub(crate) fn as_file(path: &Path, otherwise: &str) -> String {
    path.file_stem().map_or_else(|| otherwise.to_owned(), |s| s.to_string_lossy().into_owned())
}
