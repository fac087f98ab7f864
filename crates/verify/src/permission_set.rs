//! What keys may do: sets of actions, made once, shared by every key that holds the same ones.

use crate::chunked::Chunked;
use crate::memory::Words;
use crate::rules::{Bound, RuleFlags};
use arc_swap::{ArcSwapOption, Guard};
use lockwork_model::permissions::{ACTION_NAME_MAX_BYTES, ActionName, SyntaxError, evaluate, holds};
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::sync::{Arc, OnceLock};

/// The distinct actions of a key, in the order of their bytes.
#[derive(Debug)]
pub struct PermissionSet {
    actions: Box<[ActionName]>,
    /// Hashes of the actions, in the same order.
    hashes: Box<[u32]>,
    json: Box<str>,
}

/// Sets of more actions are searched as what they are, sorted.
const HASHED_MAX: usize = 64;

/// Of the first and the last eight bytes, which tell most actions apart, and the length.
#[inline(always)]
fn hash_of(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (bytes.iter().fold(0, |word, &byte| (word << 8) | u64::from(byte)), 0),
    };
    let mixed = (first ^ last.rotate_left(23) ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32
}

static EMPTY: OnceLock<PermissionSet> = OnceLock::new();

/// The set without an action.
pub(crate) fn empty() -> &'static PermissionSet {
    EMPTY.get_or_init(|| PermissionSet::new(Vec::new()))
}

impl PermissionSet {
    /// A set of these actions, which may come in any order and more than once.
    #[must_use]
    pub fn new(mut actions: Vec<ActionName>) -> Self {
        actions.sort_unstable();
        actions.dedup();
        let names: Vec<_> = actions.iter().map(ActionName::as_str).collect();
        // An action's name holds no character that JSON would escape.
        let json = if names.is_empty() { "[]".to_owned() } else { format!("[\"{}\"]", names.join("\",\"")) };
        let hashes = names.into_iter().map(hash_of).collect();
        Self { actions: actions.into(), hashes, json: json.into() }
    }

    /// The actions.
    #[must_use]
    pub fn actions(&self) -> &[ActionName] {
        &self.actions
    }

    /// The actions as a JSON array, ready for an answer.
    #[must_use]
    pub fn actions_json(&self) -> &str {
        &self.json
    }

    /// Whether the set satisfies an expression over action names.
    ///
    /// # Errors
    /// [`SyntaxError`], whatever the set holds.
    #[inline]
    pub fn satisfies(&self, expression: &str) -> Result<bool, SyntaxError> {
        // Nearly every expression is one action's name, which needs no parser.
        if self.has(expression) {
            return Ok(true);
        }
        if is_action_name(expression) {
            return Ok(false);
        }
        evaluate(expression, |pattern| holds(&self.actions, pattern))
    }

    /// Whether the action of that name is in the set.
    #[inline]
    fn has(&self, name: &str) -> bool {
        if self.actions.len() > HASHED_MAX {
            return self.actions.binary_search_by(|action| action.as_str().cmp(name)).is_ok();
        }
        // Comparing all hashes takes no branch that depends on the key, as a search would.
        let wanted = hash_of(name);
        let mut at = usize::MAX;
        for (index, hash) in self.hashes.iter().enumerate() {
            at = if *hash == wanted { index } else { at };
        }
        match self.actions.get(at) {
            None => false,
            Some(action) if action.as_str() == name => true,
            // Another action with the same hash.
            Some(_) => self.actions.iter().any(|action| action.as_str() == name),
        }
    }
}

/// Whether an expression is the name of one action and nothing else.
fn is_action_name(expression: &str) -> bool {
    let (mut dots, mut last, mut legal) = (0, b'.', expression.len() <= ACTION_NAME_MAX_BYTES);
    for byte in expression.bytes() {
        legal &= matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_') || byte == b'.' && last != b'.';
        dots += u32::from(byte == b'.');
        last = byte;
    }
    legal && dots == 2 && last != b'.'
}

/// What keys were given, as readers see it: grants (numbers that profiles name) lead to sets of actions and to rules.
///
/// A set stays until the index is dropped, and equal ones are one; so what role changes leave behind is bounded
/// by the number of different sets since the start, and the next start forgets what is no longer used.
///
/// Rules are those of the grants themselves, so they go when the number of the grants is given out again.
pub(crate) struct PermissionSets {
    of_grants: Chunked<Words>,
    sets: Chunked<Box<[OnceLock<PermissionSet>]>>,
    rules: Chunked<Box<[ArcSwapOption<Bound>]>>,
}

/// What grants amount to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Given {
    /// The project in which they were given.
    pub(crate) project: u32,
    /// The number of their set of actions.
    pub(crate) set: u32,
    /// What else they ask for.
    pub(crate) flags: RuleFlags,
}

const LIMITED: u32 = 1 << 31;
const FENCED: u32 = 1 << 30;
/// Sets are numbered below this.
const SETS_MAX: u32 = FENCED;

impl PermissionSets {
    pub(crate) const fn new() -> Self {
        Self { of_grants: Chunked::new(), sets: Chunked::new(), rules: Chunked::new() }
    }

    /// What these grants amount to.
    #[inline(always)]
    pub(crate) fn given(&self, grants: u32) -> Option<Given> {
        let word = self.of_grants.get(grants as usize)?.load(Relaxed);
        let low = word as u32;
        Some(Given {
            project: (word >> 32) as u32,
            set: low & (SETS_MAX - 1),
            flags: RuleFlags { limited: low & LIMITED != 0, fenced: low & FENCED != 0 },
        })
    }

    /// The rules of these grants, if they are not empty.
    pub(crate) fn rules(&self, grants: u32) -> Option<Guard<Option<Arc<Bound>>>> {
        Some(self.rules.get(grants as usize)?.load())
    }

    /// Gives grants that nobody is reading rules, or takes them away; `None` when there is no room.
    pub(crate) fn bind(&self, grants: u32, rules: Option<Arc<Bound>>) -> Option<()> {
        let place = match rules {
            Some(_) => self.rules.make_range(grants as usize, 1)?.first(),
            None => self.rules.get(grants as usize),
        };
        place.into_iter().for_each(|place| place.store(rules.clone()));
        Some(())
    }

    /// The set of that number; the empty one if there is none.
    #[inline(always)]
    pub(crate) fn set(&self, number: u32) -> &PermissionSet {
        match self.sets.get(number as usize).and_then(OnceLock::get) {
            Some(set) => set,
            None => empty(),
        }
    }

    /// Keeps a set under a number that was not used before; `None` when there is no room.
    pub(crate) fn keep(&self, number: u32, set: PermissionSet) -> Option<&PermissionSet> {
        let [place] = self.sets.make_range(number as usize, 1)? else { return None };
        Some(place.get_or_init(|| set))
    }

    /// Tells what grants amount to; `None` when there is no room.
    pub(crate) fn assign(&self, grants: u32, Given { project, set, flags }: Given) -> Option<()> {
        let [place] = self.of_grants.make_range(grants as usize, 1)? else { return None };
        if set >= SETS_MAX {
            return None;
        }
        let limited = if flags.limited { LIMITED } else { 0 };
        let fenced = if flags.fenced { FENCED } else { 0 };
        place.store(u64::from(project) << 32 | u64::from(set | limited | fenced), Release);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> PermissionSet {
        PermissionSet::new(names.iter().map(|name| name.parse().unwrap()).collect())
    }

    #[test]
    fn actions_are_sorted_and_distinct() {
        let set = set(&["b.b.b", "a.b.c", "b.b.b", "a.b.a"]);
        assert_eq!(set.actions_json(), r#"["a.b.a","a.b.c","b.b.b"]"#);
        assert_eq!(set.actions().len(), 3);
    }

    #[test]
    fn the_empty_set_is_an_empty_array_and_satisfies_nothing_but_absence() {
        let set = set(&[]);
        assert_eq!(set.actions_json(), "[]");
        assert_eq!(set.satisfies("a.b.c"), Ok(false));
        assert_eq!(set.satisfies("NOT a.b.c"), Ok(true));
    }

    #[test]
    fn only_the_name_of_one_action_needs_no_parser() {
        assert!(is_action_name("a.b_2.c"));
        let long = format!("a.b.{}", "c".repeat(253));
        for other in
            ["", "a.b", "a.b.c.d", "a..c", ".b.c", "a.b.", "a.b.*", "A.b.c", " a.b.c", "a.b.c\n", &long]
        {
            assert!(!is_action_name(other), "{other}");
        }
        assert!(is_action_name(&long[..256]));
    }

    #[test]
    fn a_held_name_and_an_expression_agree() {
        let set = set(&["a.b.c", "a.b.d"]);
        assert_eq!(set.satisfies("a.b.c"), Ok(true));
        assert_eq!(set.satisfies("a.b.e"), Ok(false));
        assert_eq!(set.satisfies("a.*.d AND NOT a.b.e"), Ok(true));
        assert_eq!(set.satisfies("a.b.c AND").unwrap_err().position, 9);
    }

    #[test]
    fn a_set_of_any_size_knows_its_actions() {
        for size in [1, 2, HASHED_MAX, HASHED_MAX + 1, 500] {
            let names: Vec<_> = (0..=size).map(|number| format!("a.b.n{number}")).collect();
            let set = set(&names[..size].iter().map(String::as_str).collect::<Vec<_>>());
            assert!(names[..size].iter().all(|name| set.satisfies(name) == Ok(true)), "{size}");
            assert_eq!(set.satisfies(&names[size]), Ok(false), "{size}");
        }
    }
}
