//! Limits: how much a key, or an organization with all its keys, may use. The rules; who counts is `verify`.

use crate::calendar::Period;
use crate::error::{Error, Result};
use crate::ids::{ApiKeyId, OrganizationId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

/// How many limits a key, an organization or a plan may have.
pub const LIMITS_MAX: usize = 16;
/// The largest amount: what every JSON reader holds exactly.
pub const AMOUNT_MAX: u64 = 1 << 53;
/// The longest window: a year.
pub const WINDOW_SECONDS_MAX: u64 = 31_536_000;
/// The most credits that a node takes from the database at once.
pub const BLOCK_SIZE_MAX: u64 = 1_000_000;

/// The name of a limit: 1 to 64 of a-z, 0-9, `_`, `-` and `.`, the first a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LimitName(Arc<str>);

/// Text that is no name of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 characters of a-z, 0-9, \"_\", \"-\" and \".\", the first a letter or a digit")]
pub struct InvalidLimitName;

impl LimitName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LimitName {
    type Err = InvalidLimitName;

    fn from_str(text: &str) -> Result<Self, InvalidLimitName> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let rest = |byte: u8| legal(byte) || matches!(byte, b'_' | b'-' | b'.');
        let first = text.bytes().next().is_some_and(legal);
        if first && text.len() <= 64 && text.bytes().all(rest) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidLimitName)
        }
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for LimitName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LimitName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A rate: so much per window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rate {
    /// Never more than the limit in any trailing window.
    Window {
        /// The window's length.
        seconds: u64,
    },
    /// The limit flows back evenly over the window; at most `burst` at once.
    Bucket {
        /// The window's length.
        seconds: u64,
        /// The most at once.
        burst: u64,
    },
}

impl Rate {
    /// A rate with the kind's name on the wire.
    ///
    /// # Errors
    /// `InvalidArgument` that names the field below `at`, which ends in `.` or is empty.
    pub fn new(at: &str, kind: &str, limit: u64, seconds: Option<u64>, burst: Option<u64>) -> Result<Self> {
        let field = |name: &str| format!("{at}{name}");
        let seconds = seconds.ok_or_else(|| Error::invalid_field(field("windowSeconds"), "is required"))?;
        if !(1..=WINDOW_SECONDS_MAX).contains(&seconds) {
            let problem = format!("must be from 1 to {WINDOW_SECONDS_MAX} (a year)");
            return Err(Error::invalid_field(field("windowSeconds"), problem));
        }
        match kind {
            "WINDOW" if burst.is_some() => {
                Err(Error::invalid_field(field("burst"), "is only for limits of the kind BUCKET"))
            }
            "WINDOW" => Ok(Self::Window { seconds }),
            "BUCKET" => {
                let burst = burst.unwrap_or(limit);
                if burst > AMOUNT_MAX || burst < u64::from(limit > 0) {
                    return Err(Error::invalid_field(field("burst"), "must be from 1 to 2^53"));
                }
                Ok(Self::Bucket { seconds, burst })
            }
            _ => Err(Error::invalid_field(field("kind"), "must be WINDOW or BUCKET")),
        }
    }

    /// The kind's name on the wire.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Window { .. } => "WINDOW",
            Self::Bucket { .. } => "BUCKET",
        }
    }

    /// The window's length.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        match self {
            Self::Window { seconds } | Self::Bucket { seconds, .. } => seconds,
        }
    }
}

/// How a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LimitKind {
    /// In the memory of each node.
    Rate(Rate),
    /// Durably: so much per period.
    Quota {
        /// The period.
        period: Period,
        /// When a period began, and with it all others; without one they follow the calendar.
        anchor: Option<Timestamp>,
    },
}

/// One named limit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limit {
    /// Its name, one of a kind where it stands.
    pub name: LimitName,
    /// How much.
    pub limit: u64,
    /// How it counts.
    pub kind: LimitKind,
    /// Whether it counts only requests that name it.
    pub only_when_named: bool,
}

/// Refuses an amount of zero or above [`AMOUNT_MAX`].
///
/// # Errors
/// `InvalidArgument` that names `field`.
pub fn check_amount(field: &str, amount: u64) -> Result<u64> {
    if (1..=AMOUNT_MAX).contains(&amount) {
        Ok(amount)
    } else {
        Err(Error::invalid_field(field, "must be from 1 to 2^53"))
    }
}

/// Refuses more than [`LIMITS_MAX`] limits and two of one name.
///
/// # Errors
/// `InvalidArgument` that names `field` or the second limit of a name.
pub fn check_limits(field: &str, limits: &[Limit]) -> Result<()> {
    if limits.len() > LIMITS_MAX {
        return Err(Error::invalid_field(field, format!("must be at most {LIMITS_MAX} limits")));
    }
    for (index, limit) in limits.iter().enumerate() {
        if limits.iter().take(index).any(|earlier| earlier.name == limit.name) {
            let problem = format!("another limit has the name \"{}\"", limit.name);
            return Err(Error::invalid_field(format!("{field}[{index}].name"), problem));
        }
    }
    Ok(())
}

/// Whose use is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// One key's.
    ApiKey(ApiKeyId),
    /// An organization's, with all its keys.
    Organization(OrganizationId),
}

impl Subject {
    /// The id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::ApiKey(id) => id.uuid(),
            Self::Organization(id) => id.uuid(),
        }
    }
}

/// Something durable that nodes draw from in blocks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// Whose it is.
    pub subject: Subject,
    /// The quota of that name; `None` for the credits.
    pub quota: Option<LimitName>,
}

/// A refill of credits: at the beginning of each period the balance is filled up to `amount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refill {
    /// Up to so many. A balance above it stays.
    pub amount: u64,
    /// How often.
    pub period: Period,
    /// When a period began, and with it all others; without one they follow the calendar.
    pub anchor: Option<Timestamp>,
}

/// The credits of a key or of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credits {
    /// What no node has drawn yet.
    pub remaining: u64,
    /// What comes back by itself.
    pub refill: Option<Refill>,
    /// How many a node draws at once: what a crash of it can lose. 1 loses nothing.
    pub block_size: u64,
}

impl Credits {
    /// Credits as a request asks for them.
    ///
    /// # Errors
    /// `InvalidArgument` that names the field below `at`.
    pub fn new(at: &str, remaining: u64, refill: Option<Refill>, block_size: Option<u64>) -> Result<Self> {
        if remaining > AMOUNT_MAX {
            return Err(Error::invalid_field(format!("{at}.remaining"), "must be from 0 to 2^53"));
        }
        if let Some(refill) = refill {
            check_amount(&format!("{at}.refill.amount"), refill.amount)?;
        }
        let block_size = block_size.unwrap_or(1);
        if !(1..=BLOCK_SIZE_MAX).contains(&block_size) {
            let problem = format!("must be from 1 to {BLOCK_SIZE_MAX}");
            return Err(Error::invalid_field(format!("{at}.blockSize"), problem));
        }
        Ok(Self { remaining, refill, block_size })
    }
}

/// How much of `left` a node may take that needs `needed` and would like `block` more: smaller blocks towards the end,
/// so that the last ones are not stranded on one node. `None` when there is not enough.
#[must_use]
pub fn block(left: u64, needed: u64, block: u64) -> Option<u64> {
    let beyond = left.checked_sub(needed)?;
    Some(needed + block.min(beyond / 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for legal in ["requests", "per-minute", "v1.exports", "9_lives"] {
            assert_eq!(legal.parse::<LimitName>().unwrap().as_str(), legal);
        }
        for illegal in ["", "Requests", "-a", ".a", "a b", "ä", "a\"", &"a".repeat(65)] {
            assert!(illegal.parse::<LimitName>().is_err(), "{illegal}");
        }
    }

    #[test]
    fn a_rate_names_the_field_that_is_wrong() {
        let refused = |kind, limit, seconds, burst| {
            Rate::new("checks[0].", kind, limit, seconds, burst).unwrap_err().message().to_owned()
        };
        assert_eq!(refused("WINDOW", 1, None, None), "checks[0].windowSeconds: is required");
        assert!(refused("WINDOW", 1, Some(0), None).starts_with("checks[0].windowSeconds: must be"));
        assert!(refused("WINDOW", 1, Some(31_536_001), None).starts_with("checks[0].windowSeconds"));
        assert!(refused("WINDOW", 1, Some(1), Some(1)).starts_with("checks[0].burst: is only"));
        assert!(refused("BUCKET", 1, Some(1), Some(0)).starts_with("checks[0].burst"));
        assert!(refused("QUOTA", 1, Some(1), None).starts_with("checks[0].kind"));
        assert_eq!(
            Rate::new("", "BUCKET", 7, Some(60), None).unwrap(),
            Rate::Bucket { seconds: 60, burst: 7 }
        );
    }

    #[test]
    fn limits_are_few_and_have_different_names() {
        let limit = |name: &str| Limit {
            name: name.parse().unwrap(),
            limit: 1,
            kind: LimitKind::Rate(Rate::Window { seconds: 1 }),
            only_when_named: false,
        };
        let refused = check_limits("limits", &[limit("a"), limit("b"), limit("a")]).unwrap_err();
        assert_eq!(refused.message(), "limits[2].name: another limit has the name \"a\"");
        let many: Vec<_> = (0..17).map(|number| limit(&format!("a{number}"))).collect();
        assert!(check_limits("limits", &many).is_err());
        assert!(check_limits("limits", &many[..16]).is_ok());
    }

    #[test]
    fn blocks_shrink_towards_the_end_and_never_exceed_what_is_left() {
        assert_eq!(block(10_000, 1, 100), Some(101));
        assert_eq!(block(10, 1, 100), Some(3));
        assert_eq!(block(1, 1, 100), Some(1));
        assert_eq!(block(0, 1, 100), None);
        assert_eq!(block(4, 5, 100), None);
        assert_eq!(block(5, 0, 1), Some(1));
        assert_eq!(block(0, 0, 1), Some(0));
    }
}
