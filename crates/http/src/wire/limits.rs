//! Limits on the wire.

use super::{Time, Whole, is_zero};
use lockwork_model::calendar::Period;
use lockwork_model::error::{Error, Result};
use lockwork_model::limits::{Limit, LimitKind, Rate, Subject, check_amount, check_limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a limit counts.
///
/// `WINDOW`: never more than the limit in any trailing window. `BUCKET`: the limit flows back evenly over the window; at
/// most `burst` at once. `QUOTA`: durably, so much per period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = LimitKind)]
pub(crate) enum LimitKindName {
    Window,
    Bucket,
    Quota,
}

impl From<LimitKind> for LimitKindName {
    fn from(kind: LimitKind) -> Self {
        match kind {
            LimitKind::Rate(Rate::Window { .. }) => Self::Window,
            LimitKind::Rate(Rate::Bucket { .. }) => Self::Bucket,
            LimitKind::Quota { .. } => Self::Quota,
        }
    }
}

/// How a rate limit counts.
///
/// `WINDOW`: never more than the limit in any trailing window. `BUCKET`: the limit flows back evenly over the window; at
/// most `burst` at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RateKind {
    Window,
    Bucket,
}

impl From<Rate> for RateKind {
    fn from(rate: Rate) -> Self {
        match rate {
            Rate::Window { .. } => Self::Window,
            Rate::Bucket { .. } => Self::Bucket,
        }
    }
}

/// A period of the project's time zone; with an anchor counted from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = Period)]
pub(crate) enum PeriodName {
    Hour,
    Day,
    Month,
}

impl From<Period> for PeriodName {
    fn from(period: Period) -> Self {
        match period {
            Period::Hour => Self::Hour,
            Period::Day => Self::Day,
            Period::Month => Self::Month,
        }
    }
}

/// Whose use a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum LimitScope {
    ApiKey,
    Organization,
}

impl From<Subject> for LimitScope {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::ApiKey(_) => Self::ApiKey,
            Subject::Organization(_) => Self::Organization,
        }
    }
}

/// Reads the name of a period that must be there.
///
/// # Errors
/// `InvalidArgument` that names `field`.
pub(super) fn read_period(field: String, name: Option<&str>) -> Result<Period> {
    let name = name.ok_or_else(|| Error::invalid_field(&field, "is required"))?;
    Period::from_name(name).ok_or_else(|| Error::invalid_field(field, "must be HOUR, DAY or MONTH"))
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Limit)]
pub(crate) struct LimitView {
    name: String,
    pub(crate) kind: LimitKindName,
    /// How much.
    pub(crate) limit: u64,
    /// The window's length; of a quota absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) window_seconds: Option<u64>,
    /// The most at once; of a bucket only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) burst: Option<u64>,
    /// Of a quota only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) period: Option<PeriodName>,
    /// When one of a quota's periods began; absent if they follow the calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor_time: Option<Time>,
    /// Whether it counts only requests that name it.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) only_when_named: bool,
}

impl From<&Limit> for LimitView {
    fn from(limit: &Limit) -> Self {
        let (window_seconds, burst, period, anchor_time) = match limit.kind {
            LimitKind::Rate(Rate::Window { seconds }) => (Some(seconds), None, None, None),
            LimitKind::Rate(Rate::Bucket { seconds, burst }) => (Some(seconds), Some(burst), None, None),
            LimitKind::Quota { period, anchor } => (None, None, Some(period.into()), anchor.map(Time)),
        };
        Self {
            name: limit.name.to_string(),
            kind: limit.kind.into(),
            limit: limit.limit,
            window_seconds,
            burst,
            period,
            anchor_time,
            only_when_named: limit.only_when_named,
        }
    }
}

/// A limit to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LimitBody {
    /// 1 to 64 of a-z, 0-9, `_`, `-` and `.`, the first a letter or a digit.
    #[schema(required)]
    name: Option<String>,
    #[schema(required, value_type = Option<LimitKindName>)]
    kind: Option<String>,
    /// How much, 1 to 2^53.
    #[schema(required)]
    limit: Option<Whole>,
    /// The window's length, 1 to 31,536,000 (a year); for `WINDOW` and `BUCKET`, which need it.
    #[serde(alias = "window_seconds")]
    window_seconds: Option<Whole>,
    /// The most at once, for `BUCKET`; the limit if not given.
    burst: Option<Whole>,
    /// For `QUOTA`, which needs it.
    #[schema(value_type = Option<PeriodName>)]
    period: Option<String>,
    /// When a period begins, and with it all others, for `QUOTA`; without it they follow the calendar.
    #[serde(alias = "anchor_time")]
    anchor_time: Option<Time>,
    /// Whether it counts only requests that name it.
    #[serde(alias = "only_when_named")]
    only_when_named: Option<bool>,
}

impl LimitBody {
    /// The limit. `at` leads to its fields; it ends in `.` or is empty.
    ///
    /// # Errors
    /// `InvalidArgument` that names the field.
    pub(crate) fn read(self, at: &str) -> Result<Limit> {
        let field = |name: &str| format!("{at}{name}");
        let missing = |name: &str| Error::invalid_field(field(name), "is required");
        let name = self.name.as_deref().ok_or_else(|| missing("name"))?;
        let name = name.parse().map_err(|problem| Error::invalid_field(field("name"), problem))?;
        let kind = self.kind.as_deref().ok_or_else(|| missing("kind"))?;
        if !["WINDOW", "BUCKET", "QUOTA"].contains(&kind) {
            return Err(Error::invalid_field(field("kind"), "must be WINDOW, BUCKET or QUOTA"));
        }
        let limit = check_amount(&field("limit"), self.limit.ok_or_else(|| missing("limit"))?.0)?;
        let (foreign, of_kinds) = if kind == "QUOTA" {
            let foreign = [("windowSeconds", self.window_seconds.is_some()), ("burst", self.burst.is_some())];
            (foreign, "of the kinds WINDOW and BUCKET")
        } else {
            let foreign = [("period", self.period.is_some()), ("anchorTime", self.anchor_time.is_some())];
            (foreign, "of the kind QUOTA")
        };
        if let Some((name, _)) = foreign.into_iter().find(|(_, is_given)| *is_given) {
            return Err(Error::invalid_field(field(name), format!("is only for limits {of_kinds}")));
        }
        let kind = if kind == "QUOTA" {
            let period = read_period(field("period"), self.period.as_deref())?;
            LimitKind::Quota { period, anchor: self.anchor_time.map(|time| time.0) }
        } else {
            let [seconds, burst] = [self.window_seconds, self.burst].map(|number| number.map(|it| it.0));
            LimitKind::Rate(Rate::new(at, kind, limit, seconds, burst)?)
        };
        Ok(Limit { name, limit, kind, only_when_named: self.only_when_named.unwrap_or_default() })
    }
}

/// The limits of a field: few, with different names.
///
/// # Errors
/// `InvalidArgument` that names the field below `field`, such as `apiKey.limits[2].windowSeconds`.
pub(crate) fn read_limits(field: &str, bodies: Vec<LimitBody>) -> Result<Vec<Limit>> {
    let limits = bodies.into_iter().enumerate().map(|(index, body)| body.read(&format!("{field}[{index}].")));
    let limits = limits.collect::<Result<Vec<_>>>()?;
    check_limits(field, &limits)?;
    Ok(limits)
}

#[cfg(test)]
mod tests;
