//! Many runs: on all cores, with progress, kept as they end so that a broken-off command goes on where it was.

use crate::row::Run;
use crate::said::Trouble;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use quell_epidemic::disease::{Disease, DiseaseFile};
use quell_epidemic::kernel::Rates;
use quell_foundation::Hash;
use quell_response::policy::Policy;
use quell_response::{Rules, Scene, Setup};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a run has of its own instead of the setup's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Own {
    /// Its disease; that of the setup if left out.
    pub disease: Option<DiseaseFile>,
    /// Infections from elsewhere on the first day.
    pub imports: u32,
    /// Infections from elsewhere on each later day, on average.
    pub imports_per_day: f64,
    /// Days.
    pub days: u32,
}

/// A run to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The rules of its protocol.
    pub rules: &'a Rules,
    /// Seed of the run.
    pub seed: u64,
    /// What it has of its own.
    pub own: Option<&'a Own>,
}

impl Job<'_> {
    /// Makes the run; none if the values of its own disease exclude each other among these people.
    fn make(&self, setup: &Setup) -> Option<Run> {
        let go = |scene: &Scene<'_>| Run::of(&self.policy.name, self.seed, &scene.run(self.rules, self.policy, self.seed, |_| {}));
        let Some(own) = self.own else { return Some(go(&setup.scene())) };
        let scene = Scene { imports: own.imports, imports_per_day: own.imports_per_day, days: own.days, ..setup.scene() };
        let Some(file) = &own.disease else { return Some(go(&scene)) };
        let disease = Disease::new(file.clone()).ok()?;
        let rates = Rates::calibrate(&setup.population, &disease).ok()?;
        Some(go(&Scene { disease: &disease, rates: &rates, ..scene }))
    }
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
struct Line {
    key: String,
    run: Run,
}

/// What runs share, and where they are kept.
pub(crate) struct Runner<'a> {
    setup: &'a Setup,
    words: String,
    threads: usize,
    terminal: bool,
    done: HashMap<(String, u64), Run>,
    journal: Option<(PathBuf, Mutex<File>)>,
}

impl<'a> Runner<'a> {
    /// Keeps runs in `runs.jsonl` of a directory, and takes those that are there already, of the same world, policy and version.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub(crate) fn new(setup: &'a Setup, words: &str, threads: usize, terminal: bool, kept_in: Option<&Path>) -> Result<Self, Trouble> {
        let words = format!("{} {words} {:?}", env!("CARGO_PKG_VERSION"), setup.disease.file());
        let mut runner = Self { setup, words, threads: threads.max(1), terminal, done: HashMap::new(), journal: None };
        if let Some(dir) = kept_in {
            let path = dir.join("runs.jsonl");
            runner.take(&path).map_err(|e| Trouble::file(&path, &e))?;
            let mut file = File::options().create(true).append(true).open(&path).map_err(|e| Trouble::file(&path, &e))?;
            // A line that was broken off ends here.
            file.write_all(b"\n").map_err(|e| Trouble::file(&path, &e))?;
            runner.journal = Some((path, Mutex::new(file)));
        }
        Ok(runner)
    }
    fn take(&mut self, path: &Path) -> std::io::Result<()> {
        if !path.exists() {
            return Ok(());
        }
        for line in BufReader::new(File::open(path)?).lines() {
            // What was broken off, or is of another version, is made again.
            if let Ok(Line { key, run }) = serde_json::from_str::<Line>(&line?)
                && run.is_whole()
            {
                self.done.insert((key, run.seed), run);
            }
        }
        Ok(())
    }
    fn key(&self, job: &Job<'_>) -> String {
        let own = job.own.map(|o| format!(" {o:?}")).unwrap_or_default();
        Hash::of(format!("{} {:?} {:?}{own}", self.words, job.policy, job.rules).as_bytes()).to_string()
    }

    /// Makes the runs that are not there yet. Answers all in the order of the jobs.
    ///
    /// # Errors
    /// If a run cannot be kept.
    pub(crate) fn run(&mut self, jobs: &[Job<'_>]) -> Result<Vec<Run>, Trouble> {
        let bar = ProgressBar::with_draw_target(Some(jobs.len() as u64), target(self.terminal)).with_style(style());
        let runs = self.run_within(jobs, &bar)?;
        bar.finish_and_clear();
        Ok(runs.into_iter().flatten().collect())
    }

    /// The same as a part of something longer, whose progress is shown. None is a run that cannot be made: see [`Job::make`].
    ///
    /// # Errors
    /// If a run cannot be kept.
    pub(crate) fn run_within(&mut self, jobs: &[Job<'_>], bar: &ProgressBar) -> Result<Vec<Option<Run>>, Trouble> {
        let keys: Vec<String> = jobs.iter().map(|j| self.key(j)).collect();
        // A run that is asked for twice is made once.
        let mut asked = HashSet::new();
        let is_new = |k: &usize| !self.done.contains_key(&(keys[*k].clone(), jobs[*k].seed)) && asked.insert((&keys[*k], jobs[*k].seed));
        let missing: Vec<usize> = (0..jobs.len()).filter(is_new).collect();
        bar.inc((jobs.len() - missing.len()) as u64);
        // What was there already says nothing of how long the rest takes.
        bar.reset_eta();
        let (next, made) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let worker = || -> Result<(), Trouble> {
            while let Some(k) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
                let run = jobs[*k].make(self.setup);
                if let Some(run) = &run {
                    self.keep(&keys[*k], run)?;
                }
                bar.inc(1);
                made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((keys[*k].clone(), run));
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (1..self.threads).map(|_| scope.spawn(worker)).collect();
            let own = worker();
            let others = workers.into_iter().map(|w| w.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
            others.fold(own, Result::and)
        })?;
        for (key, run) in made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            if let Some(run) = run {
                self.done.insert((key, run.seed), run);
            }
        }
        let named = |k: usize| {
            let run = self.done.get(&(keys[k].clone(), jobs[k].seed))?;
            Some(Run { policy: jobs[k].policy.name.clone(), ..run.clone() })
        };
        Ok((0..jobs.len()).map(named).collect())
    }
    fn keep(&self, key: &str, run: &Run) -> Result<(), Trouble> {
        let Some((path, file)) = &self.journal else { return Ok(()) };
        let mut text = serde_json::to_string(&Line { key: key.to_owned(), run: run.clone() }).map_err(|e| Trouble::file(path, &e))?;
        text.push('\n');
        file.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write_all(text.as_bytes()).map_err(|e| Trouble::file(path, &e))
    }
}

/// Progress goes to a terminal only: pipes get the result and nothing else.
pub(crate) fn target(terminal: bool) -> ProgressDrawTarget {
    if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// The same with words before it.
pub(crate) fn told_style() -> ProgressStyle {
    ProgressStyle::with_template("{msg}  {bar:30} {pos}/{len}  {elapsed} · {eta} left").unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// How far, how long, how long still.
pub(crate) fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos}/{len}  {elapsed} · {eta} left").unwrap_or_else(|_| ProgressStyle::default_bar())
}
