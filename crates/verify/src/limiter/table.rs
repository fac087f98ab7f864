//! A flat table of counters, placed by their home: those of one subject lie beside each other.

use super::Counter;
use crate::memory::prefetch_address;
use lockwork_model::time::Tick;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

/// The id of an empty slot; no counter has it, as [`Counter`]s come from a keyed hash.
const EMPTY: u128 = 0;
/// The id of a slot whose counter went elsewhere.
const BURIED: u128 = u128::MAX;

/// What a table holds.
pub(super) trait Entry: Clone + Default {
    /// Which counter it is.
    fn counter(&self) -> Counter;
    /// Makes it a counter with that id that counts nothing and is over.
    fn bury(&mut self, id: u128);
    /// Whether it counts nothing any more.
    fn is_over(&self, now: Tick) -> bool;
    /// Adds what another one for the same counter has counted.
    fn absorb(&mut self, other: &Self);
}

/// Where a counter was found before; it may lie elsewhere since.
#[derive(Clone, Copy, Default)]
pub(super) struct Hint(usize);

/// There is no memory for a larger table.
pub(super) struct NoMemory;

/// Linear probing; what is over keeps its slot until the table is rebuilt.
#[derive(Default)]
pub(super) struct Table<E> {
    slots: Vec<E>,
    used: usize,
}

/// Fewest slots of a table that is not empty.
const SLOTS_MIN: usize = 8;

/// Where the counters with this home begin: by the bits behind those that choose the shard.
#[inline]
fn first(home: u64, slots: usize) -> usize {
    let place = u128::from(home << super::SHARD_BITS) * slots as u128;
    (place >> 64) as usize
}

impl<E: Entry> Table<E> {
    /// Slots in use, by counters that are over too.
    pub(super) const fn used(&self) -> usize {
        self.used
    }

    pub(super) const fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<E>()
    }

    /// The slot of a counter, or the empty one at which it belongs.
    #[inline]
    fn seek(&self, counter: Counter) -> Result<usize, usize> {
        let mut slot = first(counter.home, self.slots.len());
        loop {
            let Some(entry) = self.slots.get(slot) else { return Err(slot) };
            match entry.counter().id {
                id if id == counter.id => return Ok(slot),
                EMPTY => return Err(slot),
                _ => slot += 1,
            }
            // A quarter of the slots is empty, so this ends.
            if slot == self.slots.len() {
                slot = 0;
            }
        }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, counter: Counter) -> Option<&mut E> {
        let slot = self.seek(counter).ok()?;
        self.slots.get_mut(slot)
    }

    /// Like [`Self::get_mut`], and remembers the slot: whoever asks again looks there first.
    #[inline]
    pub(super) fn find(&mut self, counter: Counter, hint: &mut Hint) -> Option<&mut E> {
        if self.slots.get(hint.0).is_none_or(|entry| entry.counter().id != counter.id) {
            hint.0 = self.seek(counter).ok()?;
        }
        self.slots.get_mut(hint.0)
    }

    /// Whether the next counter finds room.
    pub(super) const fn has_room(&self) -> bool {
        (self.used + 1) * 4 <= self.slots.len() * 3
    }

    /// Adds a counter that is not in the table, while there [is room](Self::has_room); answers whether it did.
    pub(super) fn insert(&mut self, entry: E) -> bool {
        let slot = self.seek(entry.counter()).err();
        let Some(place) = slot.and_then(|slot| self.slots.get_mut(slot)) else { return false };
        *place = entry;
        self.used += 1;
        true
    }

    /// Drops what is over and leaves room for at least one counter more. Answers how many were dropped.
    pub(super) fn make_room(&mut self, now: Tick) -> Result<usize, NoMemory> {
        self.rebuild(now, 1)
    }

    /// Drops what is over and leaves room for `more` counters.
    fn rebuild(&mut self, now: Tick, more: usize) -> Result<usize, NoMemory> {
        let live = |entry: &&E| !matches!(entry.counter().id, EMPTY | BURIED) && !entry.is_over(now);
        let count = self.slots.iter().filter(live).count();
        // Three in five slots full, so that a quarter more counters come before the next time.
        let len = if count + more == 0 { 0 } else { (count * 5 / 3 + 2).max(SLOTS_MIN) };
        let mut slots = Vec::new();
        slots.try_reserve_exact(len).map_err(|_| NoMemory)?;
        slots.resize(len, E::default());
        let old = std::mem::replace(&mut self.slots, slots);
        let used = std::mem::take(&mut self.used);
        for entry in old.iter().filter(live) {
            self.insert(entry.clone());
        }
        Ok(used - self.used)
    }

    /// Rebuilds the table if much of it is over. Answers how many counters were dropped.
    pub(super) fn sweep(&mut self, now: Tick) -> usize {
        let over =
            self.slots.iter().filter(|entry| entry.counter().id != EMPTY && entry.is_over(now)).count();
        if over * 8 <= self.used && over < self.used {
            return 0;
        }
        // Without memory for a smaller table it stays as it is.
        self.rebuild(now, 0).unwrap_or(0)
    }

    /// A counter's entry, if it is here; its slot stays in use until the next rebuild.
    pub(super) fn take_out(&mut self, counter: Counter) -> Option<E> {
        let entry = self.get_mut(counter)?;
        let taken = entry.clone();
        entry.bury(BURIED);
        Some(taken)
    }

    /// The entries with this home.
    pub(super) fn at_home(&self, home: u64) -> Vec<Counter> {
        let start = first(home, self.slots.len());
        let behind = self.slots.iter().skip(start).chain(self.slots.iter().take(start));
        let run = behind.map(Entry::counter).take_while(|counter| counter.id != EMPTY);
        run.filter(|counter| counter.home == home && counter.id != BURIED).collect()
    }
}

/// Where a table lies, for those who do not hold its lock: good for asking the processor to fetch from there, and for
/// nothing else, as the table may be gone by then.
#[derive(Default)]
pub(super) struct Whereabouts {
    start: AtomicPtr<u8>,
    slots: AtomicUsize,
}

impl Whereabouts {
    /// Tells where `table` lies now. Only under its lock.
    pub(super) fn show<E>(&self, table: &Table<E>) {
        self.start.store(table.slots.as_ptr().cast_mut().cast(), Relaxed);
        self.slots.store(table.slots.len(), Relaxed);
    }

    /// Asks the processor to fetch where the counters with this home begin.
    #[inline(always)]
    pub(super) fn prefetch<E: Entry>(&self, home: u64) {
        const LINE: usize = 64;
        let slots = self.slots.load(Relaxed);
        if slots == 0 {
            return;
        }
        let entry = self.start.load(Relaxed).cast_const().wrapping_add(first(home, slots) * size_of::<E>());
        for line in 0..2 {
            prefetch_address(entry.wrapping_add(line * LINE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bucket::{Bucket, Flow};
    use super::*;

    const FLOW: Flow = Flow { limit: 1, window: 1_000_000, burst: 1 };

    fn counter(number: u64) -> Counter {
        Counter { home: number.wrapping_mul(0x9E37_79B9_7F4A_7C15), id: u128::from(number) + 1 }
    }

    fn table(count: u64) -> Table<Bucket> {
        let mut table = Table::<Bucket>::default();
        for number in 0..count {
            if !table.has_room() {
                assert!(table.make_room(Tick(0)).is_ok());
            }
            let mut bucket = Bucket::new(counter(number), Tick(0));
            bucket.add(FLOW, number % 10 + 1);
            assert!(table.insert(bucket));
        }
        table
    }

    #[test]
    fn every_counter_is_found_while_the_table_grows_and_after_it_was_swept() {
        let mut table = table(5000);
        assert_eq!(table.used(), 5000);
        assert!((0..5000).all(|number| table.get_mut(counter(number)).is_some()));
        assert!(table.get_mut(counter(5000)).is_none());
        // After five seconds those that owed up to five are over.
        assert_eq!(table.sweep(Tick(5_000_000)), 2500);
        for number in 0..5000 {
            assert_eq!(table.get_mut(counter(number)).is_some(), number % 10 >= 5, "{number}");
        }
        assert_eq!(table.sweep(Tick(60_000_000)), 2500);
        assert_eq!((table.used(), table.bytes()), (0, 0));
    }

    #[test]
    fn counters_with_one_home_are_found_together_and_move_together() {
        let mut table = table(100);
        for id in 1000..1005 {
            if !table.has_room() {
                assert!(table.make_room(Tick(0)).is_ok());
            }
            let mut bucket = Bucket::new(Counter { home: 7 << 50, id }, Tick(0));
            bucket.add(FLOW, 1);
            assert!(table.insert(bucket));
        }
        let here = table.at_home(7 << 50);
        assert_eq!(here.len(), 5);
        here.into_iter().for_each(|counter| assert!(table.take_out(counter).is_some()));
        assert!(table.at_home(7 << 50).is_empty());
        assert!((0..100).all(|number| table.get_mut(counter(number)).is_some()));
    }
}
