//! Counting wrong proofs, so that nobody can guess for long.

use crate::time::Timestamp;
use std::time::Duration;

/// What is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockoutKind {
    /// A password; the subject is the e-mail address, whether somebody has it or not.
    Password,
    /// A code of an authenticator app, or one that stands in for it; the subject is the user.
    SecondFactor,
    /// A code that was sent by mail; the subject is the e-mail address.
    EmailCode,
    /// No guess: mails to one address.
    Mail,
}

impl LockoutKind {
    /// The number that storage keeps; never reuse one.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Password => 1,
            Self::SecondFactor => 2,
            Self::EmailCode => 3,
            Self::Mail => 4,
        }
    }
}

/// How many attempts there are before the lock falls.
pub const ATTEMPTS_MAX: i64 = 5;
/// How long it stays, and how long attempts are remembered.
pub const LOCKED_FOR: Duration = Duration::from_secs(10 * 60);

/// The attempts that were counted and not cleared by a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub count: i64,
    /// When the last one was.
    pub last_at: Timestamp,
}

/// The lock has fallen; how long it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locked {
    /// Until it opens.
    pub retry_after: Duration,
}

impl Attempts {
    /// Counts one more attempt, before it is judged: those that run at once are counted as well.
    ///
    /// # Errors
    /// [`Locked`] when there were [`ATTEMPTS_MAX`] already; nothing is counted then, so that the lock opens
    /// [`LOCKED_FOR`] after the last attempt that was judged.
    pub fn another(before: Option<Self>, now: Timestamp) -> Result<Self, Locked> {
        let first = Self { count: 1, last_at: now };
        let Some(before) = before else { return Ok(first) };
        let forgotten_at = before.last_at.after(LOCKED_FOR);
        if forgotten_at <= now {
            return Ok(first);
        }
        if before.count < ATTEMPTS_MAX {
            return Ok(Self { count: before.count + 1, last_at: now });
        }
        let micros = forgotten_at.as_micros().saturating_sub(now.as_micros());
        // A clock that was set back must not lock for longer.
        let retry_after = Duration::from_micros(micros.max(0).unsigned_abs()).min(LOCKED_FOR);
        Err(Locked { retry_after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_sixth_attempt_is_refused_until_ten_minutes_after_the_fifth() {
        let mut attempts = None;
        for second in 0..5 {
            attempts = Some(Attempts::another(attempts, at(second)).unwrap());
        }
        let locked = Attempts::another(attempts, at(5)).unwrap_err();
        assert_eq!(locked.retry_after, Duration::from_secs(599));
        assert!(Attempts::another(attempts, at(603)).is_err());
        assert_eq!(Attempts::another(attempts, at(604)), Ok(Attempts { count: 1, last_at: at(604) }));
    }

    #[test]
    fn attempts_are_forgotten_when_none_came_for_ten_minutes() {
        let four = Attempts { count: 4, last_at: at(0) };
        assert_eq!(Attempts::another(Some(four), at(599)).unwrap().count, 5);
        assert_eq!(Attempts::another(Some(four), at(600)).unwrap().count, 1);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_for_ten_minutes_at_most() {
        let five = Attempts { count: 5, last_at: at(1_000_000) };
        assert_eq!(Attempts::another(Some(five), at(0)).unwrap_err().retry_after, LOCKED_FOR);
    }
}
