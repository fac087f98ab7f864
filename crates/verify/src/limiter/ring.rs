//! Windows: a ring of sub-buckets whose oldest counts whole, so that no trailing window ever holds more than the limit.

use super::table::Entry;
use super::{Admission, Counter, Outcome};
use lockwork_model::time::Tick;
use std::time::Duration;

/// Cells of a ring. All but one of them are a window, so this many admit 43/44 of what the limit allows.
const CELLS: usize = 44;

/// What a cell counts with.
pub(super) trait Cell: Copy + Default + Into<u64> {
    /// `amount`, or as much of it as a cell holds.
    fn of(amount: u64) -> Self;
    /// What all of them hold.
    fn sum(cells: &[Self]) -> u64;
}

impl Cell for u16 {
    fn of(amount: u64) -> Self {
        Self::try_from(amount).unwrap_or(Self::MAX)
    }

    fn sum(cells: &[Self]) -> u64 {
        // A sum of 32 bits holds 65,537 such cells, and the processor adds many at once.
        cells.iter().map(|&cell| u32::from(cell)).sum::<u32>().into()
    }
}

impl Cell for u64 {
    fn of(amount: u64) -> Self {
        amount
    }

    fn sum(cells: &[Self]) -> u64 {
        cells.iter().fold(0, |sum: u64, &cell| sum.saturating_add(cell))
    }
}

/// The largest limit whose rings have small cells: no cell ever holds more than the limit.
pub(super) const SMALL_MAX: u64 = u16::MAX as u64;

/// How much was admitted lately, by steps of time. Two cache lines with small cells.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Ring<C> {
    id: u128,
    home: u64,
    /// The number of the newest step that is counted.
    epoch: u64,
    /// Length of a step, in microseconds; never 0 in use.
    step: u64,
    cells: [C; CELLS],
}

impl<C: Cell> Default for Ring<C> {
    fn default() -> Self {
        Self { id: 0, home: 0, epoch: 0, step: 0, cells: [C::default(); CELLS] }
    }
}

/// A window's step: so long that all cells but the newest always cover the window.
pub(super) fn step_of(seconds: u64) -> u64 {
    seconds.saturating_mul(1_000_000).div_ceil(CELLS as u64 - 1).max(1)
}

/// From `now` until `at`.
fn until(at: u64, now: Tick) -> Duration {
    Duration::from_micros(at.saturating_sub(now.0))
}

impl<C: Cell> Ring<C> {
    /// A ring that has counted nothing.
    pub(super) fn new(counter: Counter, step: u64, now: Tick) -> Self {
        Self { id: counter.id, home: counter.home, epoch: now.0 / step.max(1), step, ..Self::default() }
    }

    /// The same counts with large cells.
    pub(super) fn widened(&self) -> Ring<u64> {
        let Self { id, home, epoch, step, cells } = *self;
        Ring { id, home, epoch, step, cells: cells.map(Into::into) }
    }

    /// The same counts at another place.
    pub(super) fn moved(&self, home: u64) -> Self {
        Self { home, ..self.clone() }
    }

    fn cell(&mut self, epoch: u64) -> Option<&mut C> {
        self.cells.get_mut((epoch % CELLS as u64) as usize)
    }

    fn count(&self, epoch: u64) -> u64 {
        self.cells.get((epoch % CELLS as u64) as usize).map_or(0, |&cell| cell.into())
    }

    /// Forgets what lies before the window. A `now` that is behind counts as the newest step, where it can only
    /// stay longer than it must.
    pub(super) fn advance(&mut self, now: Tick, step: u64) {
        if self.step != step {
            // Another window: nothing of the old one says how much the new one holds.
            *self = Self::new(Counter { home: self.home, id: self.id }, step, now);
        }
        let epoch = now.0 / step.max(1);
        let passed = epoch.saturating_sub(self.epoch);
        if passed >= CELLS as u64 {
            self.cells = [C::default(); CELLS];
        } else {
            for epoch in self.epoch + 1..=self.epoch + passed {
                self.cell(epoch).into_iter().for_each(|cell| *cell = C::default());
            }
        }
        self.epoch += passed;
    }

    fn total(&self) -> u64 {
        C::sum(&self.cells)
    }

    /// When what was counted in a step is out of the window.
    const fn end_of(&self, epoch: u64) -> u64 {
        epoch.saturating_add(CELLS as u64).saturating_mul(self.step)
    }

    /// How long until everything that is counted is out of the window.
    fn until_free(&self, now: Tick) -> Duration {
        let oldest = self.epoch.saturating_sub(CELLS as u64 - 1);
        let newest = (oldest..=self.epoch).rev().find(|&epoch| self.count(epoch) > 0);
        newest.map_or(Duration::ZERO, |epoch| until(self.end_of(epoch), now))
    }

    /// How long until `needed` of what is counted is out of the window.
    fn until_freed(&self, needed: u64, now: Tick) -> Duration {
        let mut freed = 0;
        for epoch in self.epoch.saturating_sub(CELLS as u64 - 1)..=self.epoch {
            freed += self.count(epoch);
            if freed >= needed {
                return until(self.end_of(epoch), now);
            }
        }
        until(self.end_of(self.epoch), now)
    }

    /// Whether `cost` would be admitted now. Only after [`Self::advance`].
    pub(super) fn read(&self, limit: u64, cost: u64, now: Tick) -> Outcome {
        let total = self.total();
        let remaining = limit.saturating_sub(total);
        let (state, reset) = if limit == 0 {
            (Admission::Refused, until(self.end_of(self.epoch), now))
        } else if cost > limit {
            (Admission::Refused, self.until_free(now))
        } else if cost > remaining && cost > 0 {
            (Admission::Refused, self.until_freed(total.saturating_add(cost) - limit, now))
        } else {
            (Admission::Admitted, self.until_free(now))
        };
        Outcome { state, remaining, reset }
    }

    /// Counts what [`Self::read`] admitted.
    pub(super) fn add(&mut self, cost: u64) {
        let epoch = self.epoch;
        if let Some(cell) = self.cell(epoch) {
            *cell = C::of((*cell).into().saturating_add(cost));
        }
    }
}

impl<C: Cell> Entry for Ring<C> {
    fn counter(&self) -> Counter {
        Counter { home: self.home, id: self.id }
    }

    fn bury(&mut self, id: u128) {
        *self = Self { id, home: self.home, ..Self::default() };
    }

    fn is_over(&self, now: Tick) -> bool {
        // One that was made this very moment is about to count.
        let is_new = now.0 / self.step.max(1) <= self.epoch;
        now.0 >= self.end_of(self.epoch) || self.total() == 0 && !is_new
    }

    fn absorb(&mut self, other: &Self) {
        if self.step != other.step {
            return;
        }
        let (mut other, newest) =
            (other.clone(), Tick(self.epoch.max(other.epoch).saturating_mul(self.step)));
        self.advance(newest, self.step);
        other.advance(newest, self.step);
        for (cell, &more) in self.cells.iter_mut().zip(&other.cells) {
            *cell = C::of((*cell).into().saturating_add(more.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_ring_fills_two_cache_lines() {
        assert_eq!(size_of::<Ring<u16>>(), 128);
        assert_eq!(size_of::<Ring<u64>>(), 448);
    }

    #[test]
    fn all_cells_but_one_cover_every_window() {
        for seconds in [0, 1, 2, 43, 44, 60, 31_536_000, u64::MAX] {
            let window = u128::from(seconds.saturating_mul(1_000_000));
            assert!(u128::from(step_of(seconds)) * (CELLS as u128 - 1) >= window, "{seconds}");
        }
    }

    #[test]
    fn counts_of_two_rings_join_step_by_step() {
        let (step, counter) = (step_of(1), Counter { home: 1, id: 2 });
        let mut early = Ring::<u16>::new(counter, step, Tick(0));
        early.add(3);
        let mut late = Ring::<u16>::new(counter, step, Tick(step * 10));
        late.add(4);
        early.absorb(&late);
        assert_eq!(early.total(), 7);
        early.advance(Tick(step * 44), step);
        assert_eq!((early.total(), early.widened().total()), (4, 4));
        early.absorb(&Ring::<u16> { step: step + 1, ..late.clone() });
        assert_eq!(early.total(), 4, "of another window");
        late.add(65_535);
        early.absorb(&late);
        assert_eq!(early.total(), 65_535, "a cell holds no more, which is no less than its limit");
    }
}
