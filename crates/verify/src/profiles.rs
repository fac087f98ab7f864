//! Profiles: what many keys have in common, their organization and what they were given. A record names its
//! profile by number.
//!
//! Numbers are given out in blocks of up to 32 profiles that have the same grants, so that what a verdict needs
//! is half a byte a profile: the blocks of a hundred thousand organizations stay in the processor's fastest
//! caches, whichever organization is next. The organizations' ids, which only an answer needs, lie apart.

use crate::IndexFull;
use crate::chunked::Chunked;
use crate::hashing::FastMap;
use crate::memory::Words;
use crate::table::PROFILES_MAX;
use lockwork_model::ids::OrganizationId;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Relaxed, Release},
};
use uuid::Uuid;

const BLOCK_BITS: u32 = 5;
/// Words of a block: its grants and where the ids of its profiles begin; the states of their organizations.
const WORDS: usize = 2;

const fn block_of(number: u32) -> usize {
    (number >> BLOCK_BITS) as usize
}

const fn bit_of(number: u32) -> u32 {
    number & ((1 << BLOCK_BITS) - 1)
}

/// What a verdict needs of a profile.
#[derive(Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) organization_enabled: bool,
    /// Whether the organization is bound by rules.
    pub(crate) organization_bound: bool,
    /// The number of what was given, and in which project.
    pub(crate) grants: u32,
}

/// Whether the keys of an organization are found, and whether they work. Two bits, in one word for all profiles of a
/// block, so that no reader sees half a change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrganizationState {
    /// Unknown or gone.
    Absent = 0,
    Disabled = 1,
    Enabled = 2,
    /// Enabled, and bound by rules of its own.
    Bound = 3,
}

/// All profiles, as readers see them. A number is given out again only when no reader is left that may have read
/// it in a record (see `Writer::limbo`), so for as long as a reader has its root a profile is what it was.
pub(crate) struct Profiles {
    blocks: Chunked<Words>,
    /// Two words a profile.
    ids: Chunked<Words>,
}

impl Profiles {
    pub(crate) const fn new() -> Self {
        Self { blocks: Chunked::new(), ids: Chunked::new() }
    }

    #[inline(always)]
    fn block(&self, number: u32) -> Option<&[AtomicU64; WORDS]> {
        self.blocks.get_range(block_of(number) * WORDS, WORDS)?.first_chunk()
    }

    /// The profile of that number; `None` if its organization is unknown or gone.
    #[inline(always)]
    pub(crate) fn read(&self, number: u32) -> Option<Profile> {
        let [grants, states] = self.block(number)?;
        let state = states.load(Relaxed) >> (2 * bit_of(number)) & 0b11;
        (state != OrganizationState::Absent as u64).then(|| Profile {
            organization_enabled: state >= OrganizationState::Enabled as u64,
            organization_bound: state == OrganizationState::Bound as u64,
            grants: (grants.load(Relaxed) >> 32) as u32,
        })
    }

    /// The organization of the profile of that number.
    #[inline]
    pub(crate) fn organization(&self, number: u32) -> OrganizationId {
        let ids = self.block(number).and_then(|block| self.id(block, number));
        let (high, low) = ids.map_or((0, 0), |[high, low]| (high.load(Relaxed), low.load(Relaxed)));
        OrganizationId::from_uuid(Uuid::from_u64_pair(high, low))
    }

    fn id(&self, block: &[AtomicU64; WORDS], number: u32) -> Option<&[AtomicU64; 2]> {
        let first = block[0].load(Relaxed) as u32 as usize;
        self.ids.get_range((first + bit_of(number) as usize) * 2, 2)?.first_chunk()
    }

    /// Prepares a block of `len` profiles that begin with the id at `first`; none of them is live.
    fn open_block(&self, block: u32, grants: u32, first: u32, len: u32) -> Result<(), IndexFull> {
        for place in first..first + len {
            self.ids.make_range(place as usize * 2, 2).ok_or(IndexFull)?;
        }
        let words = self.blocks.make_range(block as usize * WORDS, WORDS).ok_or(IndexFull)?;
        for (word, value) in words.iter().zip([u64::from(grants) << 32 | u64::from(first), 0]) {
            word.store(value, Relaxed);
        }
        Ok(())
    }

    /// Gives a block that holds one profile other grants.
    fn set_grants(&self, number: u32, grants: u32) {
        if let Some([word, _]) = self.block(number) {
            word.store(u64::from(grants) << 32 | word.load(Relaxed) & 0xFFFF_FFFF, Relaxed);
        }
    }

    /// Says whose a profile is, before it is live for the first time.
    pub(crate) fn set_organization(&self, number: u32, organization: OrganizationId) {
        if let Some([high, low]) = self.block(number).and_then(|block| self.id(block, number)) {
            let (id_high, id_low) = organization.uuid().as_u64_pair();
            high.store(id_high, Relaxed);
            low.store(id_low, Relaxed);
        }
    }

    /// Puts a profile in the state of its organization. Only the one writer calls it.
    pub(crate) fn set_state(&self, number: u32, state: OrganizationState) {
        let Some([_, states]) = self.block(number) else { return };
        let shift = 2 * bit_of(number);
        let others = states.load(Relaxed) & !(0b11 << shift);
        // What the state speaks of, the organization's rules, was published before.
        states.store(others | (state as u64) << shift, Release);
    }
}

struct Block {
    grants: u32,
    /// The place of its first profile.
    first: u32,
    len: u32,
    /// It has one profile, whose grants may change.
    is_alone: bool,
}

#[derive(Default)]
struct OfGrants {
    blocks: Vec<u32>,
    free: Vec<u32>,
}

/// The writer's side: which numbers are free.
#[derive(Default)]
pub(crate) struct Numbering {
    blocks: Vec<Block>,
    of_grants: FastMap<u32, OfGrants>,
    /// Blocks without a profile, by the logarithm of their length.
    spare: [Vec<u32>; BLOCK_BITS as usize + 1],
    /// Places given to blocks so far.
    places: u32,
}

impl Numbering {
    /// A number for a profile with these grants; one that is alone in its block may change them later.
    pub(crate) fn take(
        &mut self,
        grants: u32,
        is_alone: bool,
        profiles: &Profiles,
    ) -> Result<u32, IndexFull> {
        if !is_alone && let Some(number) = self.of_grants.get_mut(&grants).and_then(|list| list.free.pop()) {
            return Ok(number);
        }
        // Each further block is twice as long, so that rare grants waste nothing and frequent ones lie dense.
        let known = self.of_grants.get(&grants).map_or(0, |list| list.blocks.len());
        let len_bits = if is_alone { 0 } else { known.min(BLOCK_BITS as usize) };
        let len = 1 << len_bits;
        let spare = self.spare.get_mut(len_bits).and_then(Vec::pop);
        let (block, first) = match spare {
            Some(block) => (block, self.blocks.get(block as usize).map_or(0, |block| block.first)),
            None => {
                let block = u32::try_from(self.blocks.len()).map_err(|_| IndexFull)?;
                if block >= PROFILES_MAX >> BLOCK_BITS || self.places >= PROFILES_MAX {
                    return Err(IndexFull);
                }
                self.blocks.push(Block { grants, first: self.places, len, is_alone });
                self.places += len;
                (block, self.places - len)
            }
        };
        if let Some(place) = self.blocks.get_mut(block as usize) {
            *place = Block { grants, first, len, is_alone };
        }
        if let Err(full) = profiles.open_block(block, grants, first, len) {
            self.spare.get_mut(len_bits).into_iter().for_each(|spare| spare.push(block));
            return Err(full);
        }
        let number = block << BLOCK_BITS;
        if !is_alone {
            let list = self.of_grants.entry(grants).or_default();
            list.blocks.push(block);
            list.free.extend((number + 1..number + len).rev());
        }
        Ok(number)
    }

    /// A dense number of a profile, for what is known of it beside its block.
    #[inline]
    pub(crate) fn place(&self, number: u32) -> usize {
        self.blocks.get(block_of(number)).map_or(usize::MAX, |block| (block.first + bit_of(number)) as usize)
    }

    /// Gives a profile that is alone in its block other grants.
    pub(crate) fn change_grants(&mut self, number: u32, grants: u32, profiles: &Profiles) {
        if let Some(block) = self.blocks.get_mut(block_of(number)) {
            block.grants = grants;
            profiles.set_grants(number, grants);
        }
    }

    /// Takes back the number of a profile that is gone and that nobody can be reading any more.
    pub(crate) fn give_back(&mut self, number: u32) {
        let Some(block) = self.blocks.get(block_of(number)) else { return };
        if block.is_alone {
            self.spare.first_mut().into_iter().for_each(|spare| spare.push(number >> BLOCK_BITS));
        } else if let Some(list) = self.of_grants.get_mut(&block.grants) {
            list.free.push(number);
        }
    }

    /// Takes back the blocks of grants that are gone with all their profiles.
    pub(crate) fn give_back_grants(&mut self, grants: u32) {
        for number in self.of_grants.remove(&grants).unwrap_or_default().blocks {
            let len_bits = self.blocks.get(number as usize).map_or(0, |block| block.len.ilog2());
            self.spare.get_mut(len_bits as usize).into_iter().for_each(|spare| spare.push(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn profiles_with_the_same_grants_share_blocks_and_no_number_is_given_twice() {
        let (mut numbering, profiles) = (Numbering::default(), Profiles::new());
        let numbers: Vec<_> = (0..3000).map(|n| numbering.take(n % 3, false, &profiles).unwrap()).collect();
        let distinct: HashSet<_> = numbers.iter().collect();
        let places: HashSet<_> = numbers.iter().map(|&number| numbering.place(number)).collect();
        assert_eq!((distinct.len(), places.len()), (3000, 3000));
        assert!(numbering.blocks.len() <= 3 * (5 + 1000 / 32 + 1), "{}", numbering.blocks.len());
        for (n, &number) in (0..3000).zip(&numbers) {
            assert!(profiles.read(number).is_none());
            profiles.set_organization(number, OrganizationId::from_uuid(Uuid::from_u64_pair(7, n)));
            profiles.set_state(number, OrganizationState::Disabled);
        }
        profiles.set_state(numbers[5], OrganizationState::Enabled);
        profiles.set_state(numbers[6], OrganizationState::Absent);
        profiles.set_state(numbers[7], OrganizationState::Bound);
        for (n, &number) in (0..3000).zip(&numbers) {
            let read = profiles.read(number);
            let read = read.map(|p| (p.grants, p.organization_enabled, p.organization_bound));
            assert_eq!(read, (n != 6).then_some((n % 3, n == 5 || n == 7, n == 7)));
            assert_eq!(profiles.organization(number).uuid().as_u64_pair(), (7, u64::from(n)));
        }
    }

    #[test]
    fn what_was_given_back_is_given_out_again() {
        let (mut numbering, profiles) = (Numbering::default(), Profiles::new());
        for round in 0..10 {
            let numbers: Vec<_> =
                (0..100).map(|_| numbering.take(round, false, &profiles).unwrap()).collect();
            let alone = numbering.take(round, true, &profiles).unwrap();
            numbering.change_grants(alone, 77, &profiles);
            profiles.set_state(alone, OrganizationState::Enabled);
            assert_eq!(profiles.read(alone).unwrap().grants, 77);
            numbers.into_iter().for_each(|number| numbering.give_back(number));
            numbering.give_back(alone);
            numbering.give_back_grants(round);
        }
        assert_eq!(numbering.places, 1 + 2 + 4 + 8 + 16 + 32 * 3 + 1);
    }
}
