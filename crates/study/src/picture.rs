//! Pictures: the days of many runs as a fan, townships as bars and as tiles.

use crate::row::{OF_DAY, Run};
use crate::said::Trouble;
use crate::statistics::quantile;
use crate::table::{Column, Table};
use quell_charts::{Axis, Classes, Fan, Forecast, Head, Language, Measure, PlaceBars, Start, Tile, TileMap};
use quell_epidemic::population::{Level, Population};
use std::path::Path;

/// A number of the day over all runs of a policy, as a fan.
pub(crate) fn fan(title: &str, subtitle: &str, counted: &str, name: &str, runs: &[&Run]) -> Fan {
    let column = OF_DAY.iter().position(|n| *n == name).unwrap_or(0);
    let days = runs.iter().map(|r| r.days.len()).max().unwrap_or(0);
    let of_day = |day: usize| {
        let mut values: Vec<f64> = runs.iter().filter_map(|r| r.days.get(day)).map(|d| d[column]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let q = |p: f64| quantile(&values, p);
        (!values.is_empty()).then(|| Forecast {
            median: q(0.5),
            half: (q(0.25), q(0.75)),
            four_fifths: (q(0.1), q(0.9)),
            most: (q(0.025), q(0.975)),
        })
    };
    Fan {
        head: Head { title: Some(title.to_owned()), subtitle: Some(subtitle.to_owned()), source: None },
        start: Start::Number(0),
        counted: Some(counted.to_owned()),
        observed: Vec::new(),
        forecast: (0..days).map(of_day).collect(),
        came: Vec::new(),
        notes: Vec::new(),
        axis: Axis::Own,
    }
}

/// Writes a picture.
pub(crate) fn write(path: &Path, fan: &Fan, chinese: bool) -> Result<(), Trouble> {
    written(path, &fan.svg(language(chinese)))
}

/// What a township is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TownshipName {
    /// In Latin letters where it can be.
    pub name: String,
    /// In Chinese.
    pub zh: String,
}

impl TownshipName {
    fn of(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.name }
    }
}

/// Townships in the population's order.
pub(crate) struct Townships {
    names: Vec<TownshipName>,
    people: Vec<u32>,
}

impl Townships {
    /// Of a population. They go by their numbers where there are not as many names.
    pub(crate) fn of(names: &[TownshipName], population: &Population) -> Self {
        let homes = population.homes(Level::Township);
        let people: Vec<u32> = (0..homes.len()).map(|k| homes.range(k).len() as u32).collect();
        let number = |k: usize| TownshipName { name: k.to_string(), zh: k.to_string() };
        let names = if names.len() == people.len() { names.to_vec() } else { (1..=people.len()).map(number).collect() };
        Self { names, people }
    }
}

/// What townships bear: means over runs.
pub(crate) struct Places {
    places: Vec<Place>,
    runs: usize,
}

struct Place {
    name: TownshipName,
    people: u32,
    /// Person-days of restriction, infections.
    burden: [f64; 2],
}

impl Place {
    /// The burden per 1,000 people; no number where nobody lives.
    fn rates(&self) -> [f64; 2] {
        self.burden.map(|b| b * 1000.0 / f64::from(self.people))
    }
}

const BURDENS: [&str; 2] = ["restriction_person_days", "infections"];

impl Places {
    /// Of runs among the same people.
    pub(crate) fn of(townships: &Townships, runs: &[&Run]) -> Self {
        let mean = |k: usize, what: usize| {
            let sum: f64 = runs.iter().filter_map(|r| r.townships.get(k)).map(|t| t[what]).sum();
            sum / runs.len().max(1) as f64
        };
        let place = |(k, (name, people)): (usize, (&TownshipName, &u32))| Place {
            name: name.clone(),
            people: *people,
            burden: [mean(k, 0), mean(k, 1)],
        };
        Self { places: townships.names.iter().zip(&townships.people).enumerate().map(place).collect(), runs: runs.len() }
    }
    /// A row a township.
    pub(crate) fn table(&self) -> Table {
        let number = |what: usize| Column::Number(self.places.iter().map(|p| Some(p.burden[what])).collect());
        Table::default()
            .with("township", Column::Whole((1..=self.places.len() as i64).collect()))
            .with("name", Column::Text(self.places.iter().map(|p| p.name.name.clone()).collect()))
            .with("people", Column::Whole(self.places.iter().map(|p| i64::from(p.people)).collect()))
            .with(BURDENS[0], number(0))
            .with(BURDENS[1], number(1))
            .with("name_zh", Column::Text(self.places.iter().map(|p| p.name.zh.clone()).collect()))
    }
    /// What the numbers are, and of how many runs the means.
    fn subtitle(&self, chinese: bool) -> String {
        match (chinese, self.runs) {
            (true, 1) => "各乡镇、街道的负担".to_owned(),
            (false, 1) => "What townships bear".to_owned(),
            (true, n) => format!("各乡镇、街道的负担，{n} 次预演的均值"),
            (false, n) => format!("What townships bear, means of {n} runs"),
        }
    }
    /// Writes their bars.
    pub(crate) fn write(&self, path: &Path, policy: &str, chinese: bool) -> Result<(), Trouble> {
        let bars = PlaceBars {
            head: Head { title: Some(policy.to_owned()), subtitle: Some(self.subtitle(chinese)), source: None },
            measures: BURDENS.map(|name| crate::row::title(name, chinese).to_owned()).to_vec(),
            places: self.places.iter().map(|p| (p.name.of(chinese).to_owned(), p.burden.to_vec())).collect(),
        };
        written(path, &bars.svg(language(chinese)))
    }
    /// Writes them as tiles.
    pub(crate) fn map(&self, path: &Path, policy: &str, colours: &Colours, chinese: bool) -> Result<(), Trouble> {
        let measure = |(name, classes): (&str, &Classes)| {
            let title = crate::row::title(name, chinese);
            let name = if chinese { format!("每千人{title}") } else { format!("{title} per 1,000 people") };
            Measure { name, classes: classes.clone() }
        };
        let tile = |p: &Place| Tile { name: p.name.of(chinese).to_owned(), people: f64::from(p.people), rates: p.rates().to_vec() };
        let same = if chinese {
            "各策略的图用同一套颜色分级。"
        } else {
            "Colours mean the same on the maps of all policies compared."
        };
        let tiles = TileMap {
            head: Head { title: Some(policy.to_owned()), subtitle: Some(self.subtitle(chinese)), source: None },
            measures: BURDENS.into_iter().zip(&colours.classes).map(measure).collect(),
            tiles: self.places.iter().map(tile).collect(),
            notes: if colours.maps > 1 { vec![same.to_owned()] } else { Vec::new() },
        };
        written(path, &tiles.svg(language(chinese)))
    }
}

/// What colours mean: the same on the maps of all policies, so that they can be compared.
pub(crate) struct Colours {
    classes: [Classes; 2],
    maps: usize,
}

impl Colours {
    /// Of the rates of all policies.
    pub(crate) fn of(by_policy: &[Places]) -> Self {
        let rates = |what: usize| by_policy.iter().flat_map(|places| &places.places).map(move |p| p.rates()[what]);
        Self { classes: [0, 1].map(|what| Classes::of(rates(what))), maps: by_policy.len() }
    }
}

/// The language of labels.
pub(crate) fn language(chinese: bool) -> Language {
    if chinese { Language::Chinese } else { Language::English }
}

/// Writes the text of a picture.
pub(crate) fn written(path: &Path, svg: &str) -> Result<(), Trouble> {
    std::fs::write(path, svg).map_err(|e| Trouble::io(path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fan_says_which_intervals_it_cuts_off() {
        // Infections of one day in twenty runs: eight in ten have few, the others many.
        let picture = |many: usize| {
            let run = |k: usize| {
                let mut day = vec![0.0; OF_DAY.len()];
                day[0] = if k < many { 1000.0 } else { 10.0 };
                Run {
                    policy: String::new(),
                    seed: k as u64,
                    numbers: Vec::new(),
                    days: vec![day],
                    townships: Vec::new(),
                    hash: String::new(),
                }
            };
            let runs: Vec<Run> = (0..20).map(run).collect();
            let runs: Vec<&Run> = runs.iter().collect();
            fan("policy", "20 runs", "Infections by day", "infections", &runs)
        };
        let (one, four) = (picture(1), picture(4));
        let says = |fan: &Fan, words: &str| fan.svg(Language::English).contains(words);
        assert!(says(&one, "The 95 % interval leaves the picture") && !says(&one, "80 % and 95 %"));
        assert!(says(&four, "The intervals of 80 % and 95 % leave the picture; they reach 1,000 and 1,000."));
        assert!(four.svg(Language::Chinese).contains("80% 与 95% 区间超出图幅"));
        assert!(!says(&picture(0), "leave"));
    }
}
