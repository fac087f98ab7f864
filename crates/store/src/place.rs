//! Places in the change feed.

use crate::db::Result;
use std::fmt;

/// Which changes a reader could see: those of transactions below `end`, but for the ones that were `running`. On
/// SQLite, where commits are in order, positions stand for transactions and none is ever running.
///
/// Its text is that of PostgreSQL's `pg_snapshot`: `start:end:running,running`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) end: i64,
    pub(crate) running: Vec<i64>,
}

impl Place {
    /// Beyond every change.
    pub(crate) const END: Self = Self { end: i64::MAX, running: Vec::new() };

    pub(crate) const fn at(end: i64) -> Self {
        Self { end, running: Vec::new() }
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let parsed = || {
            let mut parts = text.split(':');
            let (start, end, running) = (parts.next()?, parts.next()?, parts.next()?);
            let end = if end.is_empty() { start } else { end };
            let running = running.split(',').filter(|id| !id.is_empty()).map(str::parse);
            Some(Self { end: end.parse().ok()?, running: running.collect::<Result<_, _>>().ok()? })
        };
        crate::rows::parsed(parsed(), "change_floor", "place", text)
    }

    /// The first transaction that is not seen.
    pub(crate) fn start(&self) -> i64 {
        self.running.iter().copied().min().unwrap_or(self.end)
    }

    /// The place so many transactions earlier, at least.
    pub(crate) fn earlier(&self, transactions: i64) -> Self {
        Self::at(self.start().min(self.end.saturating_sub(transactions)).max(0))
    }

    /// Whether everything seen at `other` is seen here.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.end >= other.end && self.running.iter().all(|id| *id >= other.end || other.running.contains(id))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running: Vec<String> = self.running.iter().map(i64::to_string).collect();
        write!(f, "{}:{}:{}", self.start(), self.end, running.join(","))
    }
}
