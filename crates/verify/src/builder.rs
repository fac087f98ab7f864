//! Filling a table in one go.

use crate::table::{Full, Record, Table};

/// Fills a table that nobody reads yet, in the order of the hashes: one pass over memory, nothing is moved.
pub(crate) struct Builder {
    table: Table,
    next: usize,
    last: (u64, u32),
}

impl Builder {
    pub(crate) fn new(slots: usize) -> Result<Self, Full> {
        Ok(Self { table: Table::with_slots(slots).ok_or(Full)?, next: 0, last: (0, 0) })
    }

    /// Whether `record` belongs behind all that were added.
    pub(crate) fn is_next(&self, record: &Record) -> bool {
        (record.high, record.low) > self.last && record.high > 0
    }

    /// Adds the next key.
    pub(crate) fn push(&mut self, record: &Record, name: &str) -> Result<(), Full> {
        let slot = self.table.home(record.high).max(self.next);
        if slot >= self.table.slots() || !self.is_next(record) {
            return Err(Full);
        }
        let name = self.table.names.append(name).ok_or(Full)?;
        self.table.put(slot, record, name);
        self.last = (record.high, record.low);
        self.next = slot + 1;
        self.table.count_one();
        Ok(())
    }

    /// The same keys in more slots.
    pub(crate) fn widened(self) -> Result<Self, Full> {
        self.table.copied(self.table.slots() + self.table.slots() / 4)
    }

    pub(crate) fn finish(self) -> Table {
        self.table
    }
}
