//! Several shards at once.

use super::shard::Shard;
use super::{Limiter, Place, SHARD_BITS, SHARDS};
use std::sync::MutexGuard;

/// Shards that need no memory to be held: those of a key, of its organization, and of the accounts of both.
const FEW: usize = 4;

const fn number(home: u64) -> usize {
    (home >> (64 - SHARD_BITS)) as usize
}

struct Held<'a> {
    number: usize,
    place: &'a Place,
    shard: MutexGuard<'a, Shard>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.place.show(&self.shard);
    }
}

/// Locked shards.
pub(super) struct Locks<'a> {
    few: [Option<Held<'a>>; FEW],
    more: Vec<Held<'a>>,
}

impl Limiter {
    /// Locks the shards of all these homes, in the order that everybody keeps.
    pub(super) fn lock(&self, homes: impl Iterator<Item = u64>) -> Locks<'_> {
        let mut wanted = [0u64; SHARDS / 64];
        for number in homes.map(number) {
            if let Some(word) = wanted.get_mut(number / 64) {
                *word |= 1 << (number % 64);
            }
        }
        let mut locks = Locks { few: [const { None }; FEW], more: Vec::new() };
        let mut free = locks.few.iter_mut();
        for (at, mut word) in wanted.into_iter().enumerate() {
            while word != 0 {
                let number = at * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                let held = self.places.get(number).map(|place| Held { number, place, shard: place.lock() });
                match (free.next(), held) {
                    (Some(free), held) => *free = held,
                    (None, held) => locks.more.extend(held),
                }
            }
        }
        locks
    }
}

impl Locks<'_> {
    /// The shard of a home; `None` if it is not locked.
    #[inline]
    pub(super) fn shard(&mut self, home: u64) -> Option<&mut Shard> {
        let number = number(home);
        let mut held = self.few.iter_mut().flatten().chain(&mut self.more);
        held.find(|held| held.number == number).map(|held| &mut *held.shard)
    }
}
