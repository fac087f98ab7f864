//! Periods of the calendar: hours, days and months of a time zone, or counted from an anchor.

use crate::time::Timestamp;
use jiff::{RoundMode, Span as Distance, ToSpan, Unit, Zoned, ZonedRound, tz};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A time zone of the IANA database, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeZone(tz::TimeZone);

/// Text that is no name of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of a time zone of the IANA database, such as Europe/Berlin or UTC")]
pub struct InvalidTimeZone;

impl Eq for TimeZone {}

impl Default for TimeZone {
    /// UTC.
    fn default() -> Self {
        Self(tz::TimeZone::UTC)
    }
}

impl TimeZone {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

impl FromStr for TimeZone {
    type Err = InvalidTimeZone;

    fn from_str(name: &str) -> Result<Self, InvalidTimeZone> {
        let zone = tz::TimeZone::get(name).map_err(|_| InvalidTimeZone)?;
        zone.iana_name().ok_or(InvalidTimeZone)?;
        Ok(Self(zone))
    }
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Period {
    /// An hour.
    Hour,
    /// A calendar day, which has 23 or 25 hours where the clocks change.
    Day,
    /// A calendar month.
    Month,
}

/// A period: from `start`, which is in it, to `end`, which is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub start: Timestamp,
    /// The first moment of the next one.
    pub end: Timestamp,
}

impl Period {
    /// Every period, shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Month];

    /// The period's name on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::Month => "MONTH",
        }
    }

    /// The period of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.as_str() == name)
    }

    /// About how long it is, in seconds: what a header says of a policy.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Month => 2_592_000,
        }
    }

    /// The period that `at` is in. With an anchor periods begin at it and at each multiple of their length before and
    /// after it; one that would begin on a day that its month has not begins on the month's last day.
    #[must_use]
    pub fn containing(self, at: Timestamp, anchor: Option<Timestamp>, zone: &TimeZone) -> Span {
        // Every time that we take is inside what the library can hold; without a period all time is one.
        self.find(at, anchor, zone).unwrap_or(Span { start: Timestamp::MIN, end: Timestamp::MAX })
    }

    fn find(self, at: Timestamp, anchor: Option<Timestamp>, zone: &TimeZone) -> Option<Span> {
        let zoned = |at: Timestamp| {
            jiff::Timestamp::from_microsecond(at.as_micros()).ok().map(|at| at.to_zoned(zone.0.clone()))
        };
        let moment = |zoned: &Zoned| Timestamp::from_micros(zoned.timestamp().as_microsecond());
        let at = zoned(at)?;
        let Some(anchor) = anchor else {
            let (start, end) = self.of_calendar(&at)?;
            return Some(Span { start: moment(&start), end: moment(&end) });
        };
        let anchor = zoned(anchor)?;
        let nth = |number: i64| anchor.checked_add(self.times(number)?).ok();
        let mut number = self.between(&anchor, &at)?;
        // The count of whole units may be one off where a month is short or the clocks change.
        while nth(number)? > at {
            number -= 1;
        }
        while nth(number + 1)? <= at {
            number += 1;
        }
        Some(Span { start: moment(&nth(number)?), end: moment(&nth(number + 1)?) })
    }

    /// The hour, day or month of the calendar.
    fn of_calendar(self, at: &Zoned) -> Option<(Zoned, Zoned)> {
        match self {
            Self::Hour => {
                let start = at.round(ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc)).ok()?;
                // Where the clocks go back the hour happens twice; the later one is an hour of its own.
                let start = if at.duration_since(&start).as_secs() >= 3600 {
                    start.checked_add(1.hour()).ok()?
                } else {
                    start
                };
                let end = start.checked_add(1.hour()).ok()?;
                Some((start, end))
            }
            Self::Day => {
                let start = at.start_of_day().ok()?;
                let end = at.tomorrow().ok()?.start_of_day().ok()?;
                Some((start, end))
            }
            Self::Month => {
                let start = at.first_of_month().ok()?.start_of_day().ok()?;
                let end = start.checked_add(1.month()).ok()?.start_of_day().ok()?;
                Some((start, end))
            }
        }
    }

    fn times(self, number: i64) -> Option<Distance> {
        let distance = Distance::new();
        match self {
            Self::Hour => distance.try_hours(number).ok(),
            Self::Day => distance.try_days(number).ok(),
            Self::Month => distance.try_months(number).ok(),
        }
    }

    /// About how many periods lie between two moments.
    fn between(self, from: &Zoned, to: &Zoned) -> Option<i64> {
        let seconds = to.duration_since(from).as_secs();
        match self {
            Self::Hour => Some(seconds.div_euclid(3_600)),
            Self::Day => Some(seconds.div_euclid(86_400)),
            Self::Month => {
                let months = |zoned: &Zoned| i64::from(zoned.year()) * 12 + i64::from(zoned.month());
                Some(months(to) - months(from))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(period: Period, at: &str, anchor: Option<&str>, zone: &str) -> (String, String) {
        let anchor = anchor.map(|anchor| anchor.parse().unwrap());
        let span = period.containing(at.parse().unwrap(), anchor, &zone.parse().unwrap());
        (span.start.to_string(), span.end.to_string())
    }

    fn texts(start: &str, end: &str) -> (String, String) {
        (start.to_owned(), end.to_owned())
    }

    #[test]
    fn months_end_when_they_end() {
        for (at, start, end) in [
            ("2026-01-31T23:59:59.999999Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
            ("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            ("2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
            ("2026-12-31T23:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(span(Period::Month, at, None, "UTC"), texts(start, end), "{at}");
        }
        assert_eq!(
            span(Period::Month, "2026-03-31T22:30:00Z", None, "Europe/Berlin"),
            texts("2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z")
        );
    }

    #[test]
    fn days_have_23_or_25_hours_where_the_clocks_change() {
        for (at, start, end) in [
            ("2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ] {
            assert_eq!(span(Period::Day, at, None, "Europe/Berlin"), texts(start, end), "{at}");
        }
    }

    #[test]
    fn the_hour_that_happens_twice_is_two_hours() {
        for (at, start, end) in [
            ("2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
            ("2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        ] {
            assert_eq!(span(Period::Hour, at, None, "Europe/Berlin"), texts(start, end), "{at}");
        }
        assert_eq!(
            span(Period::Hour, "2026-01-01T10:10:00Z", None, "Asia/Kolkata"),
            texts("2026-01-01T09:30:00Z", "2026-01-01T10:30:00Z")
        );
    }

    #[test]
    fn anchored_months_begin_on_the_anchors_day_or_the_last_one() {
        let anchor = Some("2026-01-31T10:00:00Z");
        for (at, start, end) in [
            ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"),
            ("2026-02-28T09:59:59Z", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"),
            ("2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z"),
            ("2028-02-29T11:00:00Z", "2028-02-29T10:00:00Z", "2028-03-31T10:00:00Z"),
            ("2025-12-31T09:00:00Z", "2025-11-30T10:00:00Z", "2025-12-31T10:00:00Z"),
        ] {
            assert_eq!(span(Period::Month, at, anchor, "UTC"), texts(start, end), "{at}");
        }
    }

    #[test]
    fn a_time_zone_is_known_by_name() {
        assert_eq!("Europe/Berlin".parse::<TimeZone>().unwrap().name(), "Europe/Berlin");
        assert_eq!("UTC".parse::<TimeZone>().unwrap().name(), "UTC");
        for wrong in ["", "Berlin", "+02:00", "Europe/../etc"] {
            assert!(wrong.parse::<TimeZone>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_is_in_its_period_and_the_next_begins_where_it_ends(
            at in 0i64..4_000_000_000,
            anchor in proptest::option::of(0i64..4_000_000_000),
            period in prop_oneof![Just(Period::Hour), Just(Period::Day), Just(Period::Month)],
            zone in prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("America/Sao_Paulo"), Just("Pacific/Auckland")],
        ) {
            let zone = zone.parse().unwrap();
            let seconds = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
            let anchor = anchor.map(seconds);
            let at = seconds(at);
            let span = period.containing(at, anchor, &zone);
            prop_assert!(span.start <= at && at < span.end);
            prop_assert_eq!(period.containing(span.end, anchor, &zone).start, span.end);
            let last = Timestamp::from_micros(span.end.as_micros() - 1);
            prop_assert_eq!(period.containing(last, anchor, &zone), span);
        }
    }
}
