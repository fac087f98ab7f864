//! What a scenario leaves behind: one JSON file each in `bench/.work/results`, merged by `report`.

use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{machine::Machine, paths, stats::median};

/// The result of one scenario.
#[derive(Debug, Serialize, Deserialize)]
pub struct Scenario {
    /// File name of the raw result, and its place in the report.
    pub name: String,
    /// Headline in the report.
    pub title: String,
    /// How it was measured, one sentence each.
    pub method: Vec<String>,
    /// The row that ratios are taken against.
    pub reference: Option<String>,
    /// Servers under load.
    pub rows: Vec<Row>,
    /// Single figures.
    pub figures: Vec<Figure>,
    /// Where it was measured.
    pub machine: Machine,
}

/// One server under load.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Row {
    /// Name of the server.
    pub name: String,
    /// What it does for one request.
    pub does: String,
    /// Why there are no figures.
    pub failed: Option<String>,
    /// From its start until it answered.
    pub ready_seconds: f64,
    /// Memory after the first load.
    pub memory_bytes: u64,
    /// What was measured, in order.
    pub rounds: Vec<Round>,
}

/// One round of one server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Round {
    /// Requests answered.
    pub requests: u64,
    /// Length of the round.
    pub seconds: f64,
    /// CPU time of all the server's processes.
    pub cpu_seconds: f64,
    /// Time that the server's core spent on anything but the server.
    pub other_seconds: f64,
    /// Median latency, microseconds.
    pub p50_us: u64,
    /// 99th percentile of the latency, microseconds.
    pub p99_us: u64,
}

impl Round {
    /// Requests a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// CPU microseconds of the server for one request.
    #[must_use]
    pub fn cpu_us(&self) -> f64 {
        self.cpu_seconds * 1e6 / self.requests as f64
    }
}

impl Row {
    /// The median over the rounds of whatever `of` reads from one.
    pub fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        median(&self.rounds.iter().map(of).collect::<Vec<_>>())
    }

    /// The median over the rounds of this row's value ÷ the other row's in the same round.
    pub fn ratio(&self, other: &Self, of: impl Fn(&Round) -> f64) -> f64 {
        let pairs = self.rounds.iter().zip(&other.rounds);
        median(&pairs.map(|(own, other)| of(own) / of(other)).collect::<Vec<_>>())
    }
}

/// One figure, with the budget that it is held against.
#[derive(Debug, Serialize, Deserialize)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Unit of the value.
    pub unit: String,
    /// The budget in words.
    pub budget: Option<String>,
}

impl Figure {
    /// A figure without a budget.
    #[must_use]
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        Self { name: name.to_owned(), value, unit: unit.to_owned(), budget: None }
    }

    /// The same figure with its budget.
    #[must_use]
    pub fn budget(mut self, budget: &str) -> Self {
        self.budget = Some(budget.to_owned());
        self
    }
}

impl Scenario {
    /// An empty result of the machine that this runs on.
    ///
    /// # Errors
    /// The machine cannot be described.
    pub fn new(name: &str, title: &str, method: &[&str]) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            title: title.to_owned(),
            method: method.iter().map(|&line| line.to_owned()).collect(),
            reference: None,
            rows: Vec::new(),
            figures: Vec::new(),
            machine: Machine::describe()?,
        })
    }

    /// Writes the raw result.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self) -> Result<()> {
        let path = paths::work("results")?.join(format!("{}.json", self.name));
        fs::write(&path, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// All raw results, by name.
    ///
    /// # Errors
    /// A file cannot be read or is not one of ours.
    pub fn load_all() -> Result<Vec<Self>> {
        let mut paths: Vec<_> =
            fs::read_dir(paths::work("results")?)?.flatten().map(|it| it.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
        paths.sort();
        let read = |path: &std::path::PathBuf| {
            serde_json::from_slice(&fs::read(path)?)
                .with_context(|| format!("cannot read {}", path.display()))
        };
        paths.iter().map(read).collect()
    }
}
