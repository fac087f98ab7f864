//! The machine and the moment of a measurement.

use std::{fs, process::Command, thread};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::process::{TICKS_PER_SECOND, run};

/// What a reader needs to know of the machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Day of the measurement, `YYYY-MM-DD`.
    pub date: String,
    /// Processor model.
    pub processor: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Memory in GiB.
    pub memory_gib: f64,
    /// Kernel release.
    pub kernel: String,
    /// Load average of the last minute, before the measurement: other work on the machine.
    pub load_before: f64,
}

impl Machine {
    /// Describes the machine that this runs on.
    ///
    /// # Errors
    /// `/proc` cannot be read.
    pub fn describe() -> Result<Self> {
        let memory = field("/proc/meminfo", "MemTotal")?;
        let kilobytes: f64 = memory.trim_end_matches("kB").trim().parse()?;
        let load = fs::read_to_string("/proc/loadavg")?;
        Ok(Self {
            date: run(Command::new("date").arg("+%F"))?.trim().to_owned(),
            // Some processors other than x86 give no model name.
            processor: field("/proc/cpuinfo", "model name")
                .unwrap_or_else(|_| std::env::consts::ARCH.to_owned()),
            cores: thread::available_parallelism()?.get(),
            memory_gib: (kilobytes / 1024.0 / 1024.0 * 10.0).round() / 10.0,
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            load_before: load.split(' ').next().unwrap_or("0").parse()?,
        })
    }
}

/// Seconds since the machine's start that a core was not idle.
///
/// # Errors
/// `/proc/stat` cannot be read or knows no such core.
pub fn busy_seconds(core: &str) -> Result<f64> {
    let text = fs::read_to_string("/proc/stat")?;
    let name = format!("cpu{core}");
    let line =
        text.lines().find(|line| line.split(' ').next() == Some(name.as_str())).context("no such core")?;
    let ticks: Vec<u64> = line.split_whitespace().skip(1).map(str::parse).collect::<Result<_, _>>()?;
    // user, nice, system, idle, iowait, irq, softirq, steal; guest times are within user and nice, proc(5).
    let busy = ticks.iter().take(8).enumerate().filter(|(field, _)| !matches!(field, 3 | 4));
    Ok(busy.map(|(_, ticks)| *ticks).sum::<u64>() as f64 / TICKS_PER_SECOND)
}

fn field(path: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(path)?;
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    let mut values = pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned());
    values.next().with_context(|| format!("{path} has no {name}"))
}
