//! `quell rehearse from-book`: from what a book knows today.

use crate::Setting;
use crate::compare::{Runs, judge, policies, processors};
use crate::options::{MOST_DAYS, number, whole, within};
use crate::picture::TownshipName;
use crate::said::Trouble;
use crate::world::{Diseases, no_rates};
use quell_epidemic::kernel::Rates;
use quell_epidemic::population::{self, Given};
use quell_foundation::Day;
use quell_protocol::Protocol;
use quell_response::ledger::Census;
use quell_response::policy::Policy;
use quell_response::{KnownCase, KnownContact, Opening, Rules, Setup};
use serde_json::json;
use std::path::PathBuf;

/// Options of `from-book`.
#[derive(Debug, clap::Args)]
pub struct FromBookArgs {
    /// Policies; differences are taken from the first. Without any: the protocol in force, and nothing else.
    policies: Vec<PathBuf>,
    #[command(flatten)]
    disease: Diseases,
    /// Days from the next midnight on.
    #[arg(long, default_value_t = 30, help_heading = "World", value_parser = whole::<u32>, allow_negative_numbers = true)]
    days: u32,
    /// Days before today from which cases and contacts are looked at.
    #[arg(long, default_value_t = 21, help_heading = "World", value_parser = whole::<u32>, allow_negative_numbers = true)]
    lookback: u32,
    /// Share of the infections by the known cases that nobody has found yet. It decides more than anything else: `quell analyse trees` and `quality` help to judge it.
    #[arg(long, default_value_t = 0.5, help_heading = "World", value_parser = number, allow_negative_numbers = true)]
    unfound: f64,
    /// Infections from elsewhere each day, on average.
    #[arg(long, default_value_t = 0.0, help_heading = "World", value_parser = number, allow_negative_numbers = true)]
    imports_per_day: f64,
    #[command(flatten)]
    runs: Runs,
}

impl FromBookArgs {
    /// Days before today from which cases and contacts are looked at.
    pub fn lookback(&self) -> u32 {
        self.lookback
    }
    /// Whether options and files fit, before anybody is looked at in the book.
    ///
    /// # Errors
    /// If one does not.
    pub fn check(&self) -> Result<(), Trouble> {
        within("--days", self.days, &(1..=MOST_DAYS), ("一般用 30", "30 is usual"))?;
        within("--lookback", self.lookback, &(1..=MOST_LOOKBACK), ("一般用 21", "21 is usual"))?;
        let advice = (
            "这是尚未发现的感染所占比例；请试几个值，如 0.3、0.5、0.7",
            "it is the share of infections not found yet; try several, such as 0.3, 0.5, 0.7",
        );
        within("--unfound", self.unfound, &(0.0..=1.0), advice)?;
        // How many people there are is not known before the book is read.
        within("--imports-per-day", self.imports_per_day, &(0.0..=MOST_IMPORTS), ("没有输入即为 0", "0 if there are none"))?;
        self.runs.check()?;
        self.disease.read()?;
        self.read().map(|_| ())
    }
    fn read(&self) -> Result<Vec<Policy>, Trouble> {
        policies(&self.policies)
    }
}

/// More days than this are more than any protocol looks back.
const MOST_LOOKBACK: u32 = 1_000;
/// More infections from elsewhere on a day than this are a slip.
const MOST_IMPORTS: f64 = 1e6;

/// What a book knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// Everyone, in the order of their homes.
    pub people: Vec<Given>,
    /// Names of their townships, in the order of the townships' numbers. Empty: they go by their numbers.
    pub townships: Vec<TownshipName>,
    /// The day that begins at the midnight from which on it is lived, if that is to be told.
    pub midnight: Option<Day>,
    /// Cases; times in days since the beginning of the lookback.
    pub cases: Vec<KnownCase>,
    /// Contacts under observation; times alike.
    pub contacts: Vec<KnownContact>,
    /// Pooled tubes without a result.
    pub tubes_waiting: f64,
    /// Rooms of isolation sites; none if the book lists none.
    pub rooms: Option<u32>,
    /// Beds of shelter hospitals.
    pub shelter_beds: Option<u32>,
    /// Beds of designated hospitals.
    pub hospital_beds: Option<u32>,
}

/// Rehearses from what is known.
///
/// # Errors
/// If nobody is known, an option does not fit, or a file cannot be read or written.
pub fn from_book(args: &FromBookArgs, protocol: &Protocol, mut known: Known, to: &mut Setting<'_>) -> Result<(), Trouble> {
    args.check()?;
    let people = known.people.len() as f64;
    let advice = ("输入感染不能多于账本中的人", "there cannot be more of them than people in the book");
    within("--imports-per-day", args.imports_per_day, &(0.0..=people.max(1.0)), advice)?;
    if known.cases.is_empty() && args.imports_per_day == 0.0 {
        return Err(Trouble::new(
            "账本在回溯期内没有病例，也没有 --imports-per-day：没有可预演的疫情",
            "the book has no case within the lookback, and --imports-per-day is 0: there is no outbreak to rehearse",
        ));
    }
    let _told = args.runs.begin(to)?;
    let threads = processors(args.runs.threads);
    let policies = with_rules(args, protocol, &known)?;
    let told = json!({
        "known": {
            "people": known.people.len(),
            "cases": known.cases.len(),
            "contacts": known.contacts.len(),
            "tubes_waiting": known.tubes_waiting as u64,
        },
        "assumed": {
            "unfound": args.unfound,
            "lookback": args.lookback,
            "midnight": known.midnight.take().map(|day| day.to_string()),
        },
        "population": "book",
    });
    // A township that is called otherwise is the same one.
    let townships = std::mem::take(&mut known.townships);
    let words = format!("from book {:?} {} {} {known:?}", args.disease, args.lookback, args.unfound);
    let setup = setup(args, known, threads)?;
    judge(&setup, &words, &policies, &args.runs, (told, &townships), to)
}

fn with_rules(args: &FromBookArgs, protocol: &Protocol, known: &Known) -> Result<Vec<(Policy, Rules)>, Trouble> {
    let mut all = args.read()?;
    if all.is_empty() {
        all.push(Policy { name: protocol.id().to_string(), ..Policy::default() });
    }
    let with_rules = |mut p: Policy| {
        // What the book lists is what there is, unless the policy says otherwise.
        p.means.rooms = p.means.rooms.or(known.rooms);
        p.means.shelter_beds = p.means.shelter_beds.or(known.shelter_beds);
        p.means.hospital_beds = p.means.hospital_beds.or(known.hospital_beds);
        let own = p.protocol.as_deref().map(crate::world::protocol).transpose()?;
        let protocol = own.as_ref().unwrap_or(protocol);
        args.disease.fits(&p, protocol)?;
        Ok((p, Rules::of(protocol)))
    };
    all.into_iter().map(with_rules).collect()
}

fn setup(args: &FromBookArgs, known: Known, threads: usize) -> Result<Setup, Trouble> {
    let disease = args.disease.read()?;
    let impossible = |e: &dyn std::fmt::Display| Trouble::new(format!("人群：{e}"), format!("population: {e}"));
    let society = population::preset("town").map(|d| d.society).ok_or_else(|| impossible(&"no society"))?;
    let population = society.seat(&known.people, 1).map_err(|e| impossible(&e))?;
    let rates = Rates::calibrate(&population, &disease).map_err(|e| no_rates(&e))?;
    let census = Census::of(&population);
    let opening = Opening {
        today: args.lookback,
        unfound: args.unfound,
        cases: known.cases,
        contacts: known.contacts,
        tubes_waiting: known.tubes_waiting,
    };
    let (days, imports_per_day) = (args.days, args.imports_per_day);
    Ok(Setup { population, census, disease, rates, imports: 0, imports_per_day, days, opening: Some(opening), threads })
}
