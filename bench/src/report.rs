//! The written report: one table for each scenario and one chart for each comparison.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    chart::{Bar, bars, number},
    paths,
    results::{Figure, Row, Scenario},
};

/// What to write.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Name of the report, after the date
    #[arg(long, default_value = "bench")]
    name: String,
    /// Only these scenarios, by name; all that have a result unless given
    #[arg(long, value_name = "SCENARIO")]
    scenarios: Vec<String>,
}

/// Merges the raw results into `bench/results/<date>-<name>.md` and its charts.
///
/// # Errors
/// There are no results, or a file cannot be read or written.
pub fn run(options: &Options) -> Result<()> {
    let mut scenarios = Scenario::load_all()?;
    if !options.scenarios.is_empty() {
        scenarios.retain(|it| options.scenarios.contains(&it.name));
    }
    let machine = &scenarios.first().context("no results yet: run a scenario first")?.machine;
    let date = scenarios.iter().map(|it| it.machine.date.as_str()).max().unwrap_or(&machine.date);
    let folder = paths::bench().join("results");
    fs::create_dir_all(&folder)?;
    let stem = format!("{date}-{}", options.name);
    let mut text = format!(
        "# Benchmarks, {date}\n\n\
         Machine: {}, {} cores, {} GiB of memory, Linux {}. Compare the ratios: the figures are this machine's.\n",
        machine.processor, machine.cores, machine.memory_gib, machine.kernel
    );
    for scenario in &scenarios {
        section(&mut text, scenario)?;
        if let Some(chart) = chart(scenario) {
            let file = format!("{stem}-{}.svg", scenario.name);
            write(&folder.join(&file), &chart)?;
            writeln!(text, "\n![CPU time for a request]({file})")?;
        }
    }
    let path: PathBuf = folder.join(format!("{stem}.md"));
    write(&path, &text)?;
    println!("{}", path.display());
    Ok(())
}

fn section(text: &mut String, scenario: &Scenario) -> Result<()> {
    writeln!(text, "\n## {}\n", scenario.title)?;
    for line in &scenario.method {
        writeln!(text, "- {line}")?;
    }
    let rounds = scenario.rows.iter().map(|row| row.rounds.len()).max().unwrap_or(0);
    if rounds > 0 {
        writeln!(text, "- {rounds} rounds.")?;
    }
    writeln!(text, "- Load average before: {} ({}).", scenario.machine.load_before, scenario.machine.date)?;
    if !scenario.rows.is_empty() {
        table(text, scenario)?;
    }
    if !scenario.figures.is_empty() {
        figures(text, &scenario.figures)?;
    }
    Ok(())
}

fn table(text: &mut String, scenario: &Scenario) -> Result<()> {
    let reference = reference(scenario);
    let against = reference.map_or("–", |row| row.name.as_str());
    writeln!(
        text,
        "\n| Server | For one request | CPU µs a request | ÷ {against} | Requests/s | ÷ {against} | Core: server | Core: other | p50 ms | p99 ms | Memory MiB | Ready s |"
    )?;
    writeln!(text, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    for row in &scenario.rows {
        if row.failed.is_none() {
            measured(text, row, reference.unwrap_or(row))?;
        }
    }
    for row in &scenario.rows {
        if let Some(reason) = &row.failed {
            writeln!(text, "\nNot measured: {}: {}", row.name, reason.trim())?;
        }
    }
    Ok(())
}

fn measured(text: &mut String, row: &Row, reference: &Row) -> Result<()> {
    writeln!(
        text,
        "| {} | {} | {} | {:.2} | {} | {:.2} | {:.0} % | {:.0} % | {:.2} | {:.2} | {} | {:.2} |",
        row.name,
        row.does,
        number(row.median(|it| it.cpu_us())),
        row.ratio(reference, |it| it.cpu_us()),
        number(row.median(|it| it.rate())),
        row.ratio(reference, |it| it.rate()),
        row.median(|it| it.cpu_seconds / it.seconds * 100.0),
        row.median(|it| it.other_seconds / it.seconds * 100.0),
        row.median(|it| it.p50_us as f64) / 1e3,
        row.median(|it| it.p99_us as f64) / 1e3,
        number(row.memory_bytes as f64 / f64::from(1 << 20)),
        row.ready_seconds,
    )?;
    Ok(())
}

/// The row that ratios are against: the one named, or the first that was measured.
fn reference(scenario: &Scenario) -> Option<&Row> {
    let mut measured = scenario.rows.iter().filter(|row| row.failed.is_none());
    let named = measured.clone().find(|row| Some(&row.name) == scenario.reference.as_ref());
    named.or_else(|| measured.next())
}

fn figures(text: &mut String, figures: &[Figure]) -> Result<()> {
    writeln!(text, "\n| What | Measured | Budget |\n|---|--:|---|")?;
    for figure in figures {
        let budget = figure.budget.as_deref().unwrap_or("–");
        writeln!(text, "| {} | {} {} | {budget} |", figure.name, number(figure.value), figure.unit)?;
    }
    Ok(())
}

/// CPU time for a request, shortest first; `None` for a scenario without servers.
fn chart(scenario: &Scenario) -> Option<String> {
    let measured = scenario.rows.iter().filter(|row| row.failed.is_none());
    let mut all: Vec<Bar> = measured
        .map(|row| Bar {
            label: row.name.clone(),
            value: row.median(|it| it.cpu_us()),
            own: row.name.starts_with("Lockwork"),
        })
        .collect();
    all.sort_by(|one, other| one.value.total_cmp(&other.value));
    let subtitle = "CPU time of all the server's processes for one request; shorter is better";
    (!all.is_empty()).then(|| bars(&scenario.title, subtitle, "µs", &all))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
