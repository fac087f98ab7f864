//! A clock that stands still and dice that always fall the same way, so that whole answers can be literals.

use lockwork_model::entropy::Entropy;
use lockwork_model::time::{Clock, Tick, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A clock that only moves when told to; clones share it. Begins at 2030-01-01T00:00:00Z.
#[derive(Debug, Clone, Default)]
pub struct TestClock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    wall_micros: AtomicI64,
    tick_micros: AtomicU64,
}

impl Default for Hands {
    fn default() -> Self {
        Self { wall_micros: AtomicI64::new(1_893_456_000_000_000), tick_micros: AtomicU64::new(0) }
    }
}

impl TestClock {
    /// Lets time pass: the wall clock and the ticks go on.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).expect("a time we live to see");
        self.0.wall_micros.fetch_add(micros, Ordering::SeqCst);
        self.0.tick_micros.fetch_add(micros.unsigned_abs(), Ordering::SeqCst);
    }

    /// Sets the wall clock, forward or back, as an operator does. No time passes: the ticks stay.
    pub fn set_wall(&self, to: Timestamp) {
        self.0.wall_micros.store(to.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.wall_micros.load(Ordering::SeqCst))
    }

    fn tick(&self) -> Tick {
        Tick(self.0.tick_micros.load(Ordering::SeqCst))
    }
}

/// A generator with a seed (splitmix64). Its numbers are no secret.
#[derive(Debug, Clone)]
pub struct SeededEntropy(pub u64);

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut word = self.0;
            word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_passes_moves_both_hands_and_setting_the_clock_only_one() {
        let clock = TestClock::default();
        let (began, second) = (clock.now(), Duration::from_secs(1));
        clock.clone().advance(second);
        assert_eq!((clock.now(), clock.tick()), (began.after(second), Tick::default().after(second)));
        clock.set_wall(Timestamp::from_micros(0));
        assert_eq!((clock.now(), clock.tick()), (Timestamp::from_micros(0), Tick::default().after(second)));
        clock.advance(second);
        assert_eq!(clock.now().as_micros(), 1_000_000);
        assert_eq!(clock.tick(), Tick(2_000_000));
    }
}
