//! Planned changes of policy: assumptions of the user.

use super::reading::Calendar;
use super::{Forecast, say};
use crate::Setting;
use crate::said::Trouble;
use clap::Args;
use quell_charts::Language;
use quell_epi::delays::Daily;
use quell_epi::forecast::{Change, Factor, Stated};

/// Options for planned changes.
#[derive(Debug, Args)]
pub(super) struct Changes {
    /// Assumes that from a day on transmission is multiplied by a factor with this 95 % interval: DAY:FACTOR:LOW-HIGH, such as 2022-11-24:0.6:0.4-0.8; or
    /// DAY:FACTOR. May be given several times. The day is that of infections; --delay-mean and --delay-sd say how much later they are counted.
    #[arg(long, value_name = "DAY:FACTOR:LOW-HIGH", conflicts_with = "score")]
    change: Vec<String>,
    /// Assumes that from a day on the odds that a case is found in the first channel (the community) are multiplied by a factor. May be given several times.
    #[arg(long, value_name = "DAY:FACTOR:LOW-HIGH", conflicts_with = "score")]
    change_share: Vec<String>,
}

/// Changes that were read.
pub(super) struct Assumed {
    transmission: Vec<Change>,
    first_channel: Vec<Change>,
    delay: Option<Daily>,
    calendar: Calendar,
    /// The first channel's name.
    channel: String,
}

impl Changes {
    /// Reads them; `days` are known, and so many looked at ahead.
    pub fn read(&self, c: &Forecast, (calendar, channels): (Calendar, &[String]), days: usize, ahead: usize) -> Result<Assumed, Trouble> {
        let delays = &c.late.delays;
        if delays.has_count() && self.change.is_empty() {
            return Err(Trouble::new(
                "--delay-… 只与 --change 同用；报告延迟请用 --reporting-…",
                "--delay-… goes with --change; how late cases are reported is --reporting-…",
            ));
        }
        let delay = delays.has_count().then(|| delays.to_count()).transpose()?;
        // What happened before the last day is in the counts, as far as the delay is over.
        let first = days.saturating_sub(delay.as_ref().map_or(0, |d| d.as_slice().len()));
        let all = |texts: &[String], name: &str, first: usize| -> Result<Vec<Change>, Trouble> {
            texts.iter().map(|text| change(text, name, calendar, first..days + ahead)).collect()
        };
        let (transmission, first_channel) = (all(&self.change, "--change", first)?, all(&self.change_share, "--change-share", days)?);
        let channel = channels.first().cloned();
        if channel.is_none() && !first_channel.is_empty() {
            return Err(Trouble::new("--change-share 需要各发现途径的病例数", "--change-share needs cases by channel of discovery"));
        }
        Ok(Assumed { transmission, first_channel, delay, calendar, channel: channel.unwrap_or_default() })
    }
}

/// A change from a day on that lies among these.
fn change(text: &str, name: &str, calendar: Calendar, among: std::ops::Range<usize>) -> Result<Change, Trouble> {
    let mut parts = text.split(':').map(str::trim);
    let (day, factor, interval) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let interval = match interval {
        None => Some(None),
        Some(text) => text.split_once('-').and_then(|(a, b)| number(a).zip(number(b))).map(Some),
    };
    let factor = factor.and_then(number).zip(interval).and_then(|(f, i)| Factor::new(f, i)).filter(|_| parts.next().is_none());
    let Some(factor) = factor else {
        return Err(Trouble::new(
            format!("{name} {text}：须写成 日期:倍数 或 日期:倍数:下限-上限，倍数大于 0 并在两限之间，如 2022-11-24:0.6:0.4-0.8"),
            format!(
                "{name} {text}: write DAY:FACTOR or DAY:FACTOR:LOW-HIGH with 0 < LOW <= FACTOR <= HIGH, such as 2022-11-24:0.6:0.4-0.8"
            ),
        ));
    };
    match calendar.index(day).filter(|t| among.contains(t)) {
        Some(day) => Ok(Change { day, factor }),
        None => Err(Trouble::new(
            format!(
                "{name} {text}：须为 {} 至 {} 之间的一天；更早的变化已在病例数之中",
                calendar.name(among.start),
                calendar.name(among.end - 1)
            ),
            format!(
                "{name} {text}: give a day from {} to {}; what changed before is in the counts already",
                calendar.name(among.start),
                calendar.name(among.end - 1)
            ),
        )),
    }
}

impl Assumed {
    /// As the forecast takes them.
    pub fn stated(&self) -> Stated<'_> {
        Stated { transmission: &self.transmission, delay: self.delay.as_ref(), first_channel: &self.first_channel }
    }
    /// What is assumed, a sentence each.
    pub fn sentences(&self, language: Language) -> Vec<String> {
        let of = |what: &str, c: &Change| {
            let (day, median, (low, high)) = (self.calendar.name(c.day), c.factor.median(), c.factor.interval());
            match (language, low < high) {
                (Language::Chinese, true) => format!("假设：自 {day} 起{what}乘以 {median}（95 % 区间 {low}–{high}）"),
                (Language::Chinese, false) => format!("假设：自 {day} 起{what}乘以 {median}"),
                (Language::English, true) => format!("Assumed: from {day} on {what} times {median} (95 % {low} to {high})"),
                (Language::English, false) => format!("Assumed: from {day} on {what} times {median}"),
            }
        };
        let later = self.delay.as_ref().map(|d| d.mean());
        let (transmission, share) = match language {
            Language::Chinese => {
                let later = later.map_or(String::new(), |mean| format!("（感染后平均 {mean:.1} 天计入病例）"));
                (format!("传播{later}"), format!("“{}”发现的比数", self.channel))
            }
            Language::English => {
                let later = later.map_or(String::new(), |mean| format!(" (counted {mean:.1} days after infection)"));
                (format!("transmission{later}"), format!("the odds of being found as {}", self.channel))
            }
        };
        let all = self.transmission.iter().map(|c| of(&transmission, c));
        all.chain(self.first_channel.iter().map(|c| of(&share, c))).collect()
    }
    /// The same for a cell of a table; none if nothing is assumed.
    pub fn cell(&self) -> Option<String> {
        Some(self.sentences(Language::English).join("; ")).filter(|text| !text.is_empty())
    }
    /// Says them beside the tables.
    pub fn tell(&self, to: &mut Setting<'_>) -> Result<(), Trouble> {
        for (zh, en) in self.sentences(Language::Chinese).iter().zip(&self.sentences(Language::English)) {
            say(to, zh, en)?;
        }
        Ok(())
    }
}
