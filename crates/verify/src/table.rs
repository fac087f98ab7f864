//! One shard of the index: a flat table, kept in the order of its keys' hashes.
//!
//! A key belongs at a place that its hash alone decides (the hash is its own hash), or as closely behind it as
//! there is room; since records lie in the order of their hashes, a search ends at the first larger one. That is
//! linear probing with Robin Hood's rule and without a wrap: the last few slots take what runs over.
//!
//! Per slot: a record of four words (32 bytes, half a cache line), an expiry word, half a word that says where the
//! display name is. Readers take no lock. The table carries a version that is odd while the writer changes it
//! (a "seqlock"): who reads remembers the version, reads, and believes what it read if the version is still the
//! same. All words are atomics, so a read that loses the race is wrong, noticed and repeated, but never undefined.

use crate::builder::Builder;
use crate::memory::{Words, prefetch};
use crate::names::Names;
use lockwork_model::secrets::SecretHash;
use lockwork_model::verification::KeyState;
use std::sync::atomic::{AtomicU64, Ordering::*, fence};

/// Bits of the hash that choose the shard.
const SHARD_BITS: u32 = 4;
/// Tables of an index. Sixteen, so that at millions of keys each is large enough to lie on huge pages, and that
/// rebuilding one that is full takes milliseconds.
pub(crate) const SHARDS: usize = 1 << SHARD_BITS;

const RECORD_WORDS: usize = 4;
/// Words of a cache line.
const LINE_WORDS: usize = 8;
/// Lines that a search fetches at once; nine records in ten lie in them.
const PREFETCHED_LINES: usize = 5;
const STATE_MASK: u64 = 0b011;
const EXPIRES: u64 = 0b100;
const ROTATED: u64 = 0b1000;
const PROFILE_SHIFT: u32 = 4;
/// Bit of a table's version.
const RETIRED: u64 = 1 << 63;
/// Profiles are numbered below this.
pub(crate) const PROFILES_MAX: u32 = 1 << 28;

/// Where a key belongs and what tells it from others: 100 bits of its hash.
///
/// Comparing them need not take constant time: they are bits of a hash of the secret, and whoever could learn
/// them from timing could still not present a secret with that hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Tag {
    pub(crate) shard: usize,
    /// Decides the place; never 0, which marks an empty slot.
    pub(crate) high: u64,
    pub(crate) low: u32,
}

impl Tag {
    #[inline(always)]
    pub(crate) fn of(hash: &SecretHash) -> Self {
        let [a, b, ..] = hash.as_bytes().as_chunks::<8>().0 else {
            return Self { shard: 0, high: 1, low: 0 };
        };
        let bits = u128::from(u64::from_be_bytes(*a)) << 64 | u128::from(u64::from_be_bytes(*b));
        let rest = bits << SHARD_BITS;
        Self {
            shard: (bits >> (128 - SHARD_BITS)) as usize,
            high: ((rest >> 64) as u64).max(1),
            low: (rest >> 32) as u32,
        }
    }
}

/// A key as its slot holds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Record {
    pub(crate) high: u64,
    pub(crate) low: u32,
    pub(crate) profile: u32,
    pub(crate) state: KeyState,
    /// Whether the key ever had another secret.
    pub(crate) rotated: bool,
    /// Microseconds since the epoch.
    pub(crate) expires_at: Option<i64>,
    pub(crate) id: u128,
}

const fn bits_of(state: KeyState) -> u64 {
    match state {
        KeyState::Active => 1,
        KeyState::Disabled => 2,
        KeyState::Revoked => 3,
    }
}

/// The state of these bits; 0 is no state and counts as revoked, the safe one.
const fn state_of(bits: u64) -> KeyState {
    match bits & STATE_MASK {
        1 => KeyState::Active,
        2 => KeyState::Disabled,
        _ => KeyState::Revoked,
    }
}

/// A table was too full for a record.
#[derive(Debug)]
pub(crate) struct Full;

pub(crate) struct Table {
    version: AtomicU64,
    keys: AtomicU64,
    words: Words,
    slots: usize,
    /// Slots at which records belong; those behind take what runs over.
    homes: u64,
    pub(crate) names: Names,
}

/// Fewest slots of a table.
const SLOTS_MIN: usize = 64;
/// Bytes of a slot: record, expiry, reference to the name.
const SLOT_BYTES: usize = RECORD_WORDS * 8 + 8 + 4;
/// From this size on a table grows in small steps, so that memory per key stays near its bound.
const LARGE_BYTES: usize = 4 << 20;

impl Table {
    /// A table of `slots` slots, or `None` when there is no memory.
    pub(crate) fn with_slots(slots: usize) -> Option<Self> {
        let slots = slots.max(SLOTS_MIN).checked_next_multiple_of(2)?;
        let homes = slots - (slots / 16).clamp(16, 256);
        Some(Self {
            version: AtomicU64::new(0),
            keys: AtomicU64::new(0),
            words: Words::zeroed(slots.checked_mul(SLOT_BYTES)?.div_ceil(8))?,
            slots,
            homes: homes as u64,
            names: Names::new(),
        })
    }

    /// A table without a slot, which takes no memory.
    pub(crate) const fn empty() -> Self {
        Self {
            version: AtomicU64::new(0),
            keys: AtomicU64::new(0),
            words: Words::none(),
            slots: 0,
            homes: 0,
            names: Names::new(),
        }
    }

    /// Slots for a shard that will hold about `keys` keys: 0.895 of them full, which with eight bytes of limiter
    /// beside each key would make 53.6 bytes a key; small ones get what the spread of hashes may ask for.
    pub(crate) fn slots_for(keys: usize) -> usize {
        let spread = 5 * keys.isqrt();
        let at_most = keys.saturating_add(spread) / 15;
        let at_most = at_most.saturating_mul(16).saturating_add(16);
        keys.saturating_add(keys / 9 + keys / 160).max(at_most)
    }

    /// The size to which a full table grows.
    pub(crate) const fn larger(&self) -> usize {
        self.slots + if self.slots * SLOT_BYTES < LARGE_BYTES { self.slots / 4 } else { self.slots / 16 }
    }

    pub(crate) const fn slots(&self) -> usize {
        self.slots
    }

    pub(crate) fn len(&self) -> u64 {
        self.keys.load(Relaxed)
    }

    /// Whether one more key would slow every search down: more than 15 of 16 slots full.
    pub(crate) fn is_full(&self) -> bool {
        (self.len() as usize + 1) * 16 > self.slots * 15
    }

    #[inline(always)]
    fn records(&self) -> &[[AtomicU64; RECORD_WORDS]] {
        self.words.get(..self.slots * RECORD_WORDS).unwrap_or_default().as_chunks().0
    }

    #[inline(always)]
    fn expiry(&self, slot: usize) -> Option<&AtomicU64> {
        self.words.get(self.slots * RECORD_WORDS + slot)
    }

    fn name_word(&self, slot: usize) -> Option<&AtomicU64> {
        self.words.get(self.slots * (RECORD_WORDS + 1) + slot / 2)
    }

    #[inline(always)]
    pub(crate) fn home(&self, high: u64) -> usize {
        ((u128::from(high) * u128::from(self.homes)) >> 64) as usize
    }

    /// Fetches what a search for `tag` will read.
    #[inline(always)]
    pub(crate) fn prefetch(&self, tag: Tag) {
        let home = self.home(tag.high);
        for line in 0..PREFETCHED_LINES {
            prefetch(&self.words, home * RECORD_WORDS + line * LINE_WORDS);
        }
        let expiries = self.slots * RECORD_WORDS + home;
        prefetch(&self.words, expiries);
        prefetch(&self.words, expiries + LINE_WORDS);
    }

    /// The version to remember before reading; `None` while the writer is at it or when the table was replaced.
    #[inline(always)]
    pub(crate) fn begin(&self) -> Option<u64> {
        let version = self.version.load(Acquire);
        (version & 1 == 0).then_some(version)
    }

    /// Whether everything read since [`Self::begin`] belongs together.
    #[inline(always)]
    pub(crate) fn still(&self, version: u64) -> bool {
        fence(Acquire);
        self.version.load(Relaxed) == version
    }

    /// Changes words that readers may be reading. Only the one writer calls it.
    fn change<R>(&self, change: impl FnOnce() -> R) -> R {
        let version = self.version.load(Relaxed);
        self.version.store(version + 1, Relaxed);
        fence(Release);
        let result = change();
        self.version.store(version + 2, Release);
        result
    }

    /// Turns readers away for good; they look for the table that took this one's place.
    pub(crate) fn retire(&self) {
        self.version.fetch_or(RETIRED | 1, Relaxed);
        fence(Release);
    }

    /// Whether another table took this one's place, after which this one never changes again.
    pub(crate) fn is_retired(&self) -> bool {
        self.version.load(Acquire) & RETIRED != 0
    }

    /// The slot of `tag`, or the one at which it would have to be put.
    #[inline(always)]
    pub(crate) fn seek(&self, tag: Tag) -> Result<usize, usize> {
        let home = self.home(tag.high);
        let mut slot = home;
        for [high, link, ..] in self.records().get(home..).unwrap_or_default() {
            let high = high.load(Relaxed);
            // Less one, an empty slot (0) is larger than every tag.
            if high.wrapping_sub(1) >= tag.high - 1 {
                if high != tag.high {
                    return Err(slot);
                }
                let low = (link.load(Relaxed) >> 32) as u32;
                if low >= tag.low {
                    return if low == tag.low { Ok(slot) } else { Err(slot) };
                }
            }
            slot += 1;
        }
        Err(slot)
    }

    /// The record in a slot, if it is not empty.
    #[inline(always)]
    pub(crate) fn record(&self, slot: usize) -> Option<Record> {
        let [high, link, id_high, id_low] = self.records().get(slot)?;
        let (high, link) = (high.load(Relaxed), link.load(Relaxed));
        if high == 0 {
            return None;
        }
        let expires_at =
            if link & EXPIRES == 0 { None } else { Some(self.expiry(slot)?.load(Relaxed) as i64) };
        Some(Record {
            high,
            low: (link >> 32) as u32,
            profile: (link as u32) >> PROFILE_SHIFT,
            state: state_of(link),
            rotated: link & ROTATED != 0,
            expires_at,
            id: u128::from(id_high.load(Relaxed)) << 64 | u128::from(id_low.load(Relaxed)),
        })
    }

    /// The reference to the name of the key in a slot.
    pub(crate) fn name(&self, slot: usize) -> u32 {
        let word = self.name_word(slot).map_or(0, |word| word.load(Relaxed));
        (word >> (slot % 2 * 32)) as u32
    }

    fn put_name(&self, slot: usize, name: u32) {
        if let Some(word) = self.name_word(slot) {
            let shift = slot % 2 * 32;
            let others = word.load(Relaxed) & !(0xFFFF_FFFF << shift);
            word.store(others | u64::from(name) << shift, Relaxed);
        }
    }

    pub(crate) fn put(&self, slot: usize, record: &Record, name: u32) {
        let Some([high, link, id_high, id_low]) = self.records().get(slot) else { return };
        let expires = if record.expires_at.is_some() { EXPIRES } else { 0 };
        let rotated = if record.rotated { ROTATED } else { 0 };
        let flags = u64::from(record.profile) << PROFILE_SHIFT | rotated | expires | bits_of(record.state);
        high.store(record.high, Relaxed);
        link.store(u64::from(record.low) << 32 | flags, Relaxed);
        id_high.store((record.id >> 64) as u64, Relaxed);
        id_low.store(record.id as u64, Relaxed);
        if let Some(expiry) = self.expiry(slot) {
            expiry.store(record.expires_at.unwrap_or(0) as u64, Relaxed);
        }
        self.put_name(slot, name);
    }

    /// Copies one slot over another.
    fn move_slot(&self, from: usize, to: usize) {
        let (Some(source), Some(target)) = (self.records().get(from), self.records().get(to)) else { return };
        for (source, target) in source.iter().zip(target) {
            target.store(source.load(Relaxed), Relaxed);
        }
        if let (Some(source), Some(target)) = (self.expiry(from), self.expiry(to)) {
            target.store(source.load(Relaxed), Relaxed);
        }
        self.put_name(to, self.name(from));
    }

    fn high(&self, slot: usize) -> u64 {
        self.records().get(slot).map_or(0, |[high, ..]| high.load(Relaxed))
    }

    /// Overwrites the record in an occupied slot.
    pub(crate) fn replace(&self, slot: usize, record: &Record, name: u32) {
        self.change(|| self.put(slot, record, name));
    }

    /// Puts a record at the slot that [`Self::seek`] named, moving those behind it.
    pub(crate) fn insert(&self, slot: usize, record: &Record, name: u32) -> Result<(), Full> {
        let empty = (slot..self.slots).find(|&slot| self.high(slot) == 0).ok_or(Full)?;
        self.change(|| {
            (slot..empty).rev().for_each(|slot| self.move_slot(slot, slot + 1));
            self.put(slot, record, name);
        });
        self.keys.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Empties a slot and moves back those behind it that had been pushed on.
    pub(crate) fn remove(&self, slot: usize) {
        self.names.forget(self.name(slot));
        let pushed_on = |&slot: &usize| {
            let high = self.high(slot);
            high != 0 && self.home(high) < slot
        };
        self.change(|| {
            let end = (slot + 1..self.slots).take_while(pushed_on).last().unwrap_or(slot);
            (slot..end).for_each(|slot| self.move_slot(slot + 1, slot));
            if let Some(record) = self.records().get(end) {
                record.iter().for_each(|word| word.store(0, Relaxed));
            }
        });
        self.keys.fetch_sub(1, Relaxed);
    }

    /// A table of `slots` slots with the same keys and no dead name.
    pub(crate) fn rebuilt(&self, slots: usize) -> Result<Self, Full> {
        self.copied(slots).map(Builder::finish)
    }

    pub(crate) fn copied(&self, slots: usize) -> Result<Builder, Full> {
        let mut builder = Builder::new(slots)?;
        self.each(|record, name| builder.push(record, name))?;
        Ok(builder)
    }

    /// Calls `visit` with each record and its text, in the order of their hashes. Only the writer may.
    pub(crate) fn each<E>(&self, mut visit: impl FnMut(&Record, &str) -> Result<(), E>) -> Result<(), E> {
        let mut text = Vec::new();
        (0..self.slots).filter_map(|slot| Some((slot, self.record(slot)?))).try_for_each(|(slot, record)| {
            text.clear();
            self.names.read(self.name(slot), &mut text);
            visit(&record, std::str::from_utf8(&text).unwrap_or_default())
        })
    }

    /// Counts a key that was put where nobody reads yet.
    pub(crate) fn count_one(&mut self) {
        *self.keys.get_mut() += 1;
    }

    /// Bytes of the records and expiries.
    pub(crate) const fn record_bytes(&self) -> u64 {
        (self.slots * (RECORD_WORDS + 1) * 8) as u64
    }

    /// Bytes of the names and of the references to them.
    pub(crate) fn name_bytes(&self) -> u64 {
        self.names.bytes() + self.slots as u64 * 4
    }
}
