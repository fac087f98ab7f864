//! What HTTP says about limits, in its only home: draft-ietf-httpapi-ratelimit-headers-11 and `Retry-After`.

use crate::error::Refusal;
use crate::header_lines::write_decimal;
use lockwork_app::LimitState;
use lockwork_model::limits::{Limit, LimitKind, LimitName, Subject};
use std::time::Duration;

/// The largest integer of a structured field (RFC 9651 §3.3.1).
const INTEGER_MAX: u64 = 999_999_999_999_999;

/// What became of one limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitOutcome<'a> {
    name: &'a LimitName,
    of_organization: bool,
    limit: u64,
    window_seconds: u64,
    remaining: u64,
    reset_seconds: u64,
    refused: bool,
}

impl<'a> LimitOutcome<'a> {
    /// What became of `limit`, which is `subject`'s: what remains of it, when what was refused will fit or else when all
    /// of it is free again, and whether it refused.
    pub(crate) fn new(
        subject: Subject,
        limit: &'a Limit,
        remaining: u64,
        reset: Duration,
        refused: bool,
    ) -> Self {
        Self {
            name: &limit.name,
            of_organization: matches!(subject, Subject::Organization(_)),
            limit: limit.limit,
            window_seconds: match limit.kind {
                LimitKind::Rate(rate) => rate.seconds(),
                LimitKind::Quota { period, .. } => period.seconds(),
            },
            remaining,
            reset_seconds: whole_seconds(reset),
            refused,
        }
    }

    fn policy(&self) -> String {
        policy(self.of_organization, self.name)
    }

    const fn scope(&self) -> &'static str {
        scope(self.of_organization)
    }

    /// Appends the name as a structured field's string. Names of limits need no escaping.
    fn write_name(&self, lines: &mut Vec<u8>) {
        lines.push(b'"');
        lines.extend_from_slice(self.scope().as_bytes());
        lines.extend_from_slice(self.name.as_str().as_bytes());
        lines.push(b'"');
    }
}

impl<'a> From<&'a LimitState> for LimitOutcome<'a> {
    fn from(state: &'a LimitState) -> Self {
        Self::new(state.subject, &state.limit, state.remaining, state.reset, state.refused)
    }
}

const fn scope(of_organization: bool) -> &'static str {
    if of_organization { "organization." } else { "" }
}

/// A limit's name in headers and in `violated-policies`. A key's and an organization's limit may have the same name.
pub(crate) fn policy(of_organization: bool, name: &LimitName) -> String {
    format!("{}{name}", scope(of_organization))
}

/// Seconds, rounded up: whoever waits so long does not come too early.
pub(crate) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// Appends header lines, each with its `\r\n`: `RateLimit-Policy` and `RateLimit`, and `Retry-After` if a limit refused.
/// Nothing if there are no limits.
pub(crate) fn write<'a>(outcomes: impl Iterator<Item = LimitOutcome<'a>> + Clone, lines: &mut Vec<u8>) {
    write_list(lines, b"ratelimit-policy", outcomes.clone(), |outcome, lines| {
        write_parameter(lines, b'q', outcome.limit);
        write_parameter(lines, b'w', outcome.window_seconds);
    });
    write_list(lines, b"ratelimit", outcomes.clone(), |outcome, lines| {
        write_parameter(lines, b'r', outcome.remaining);
        write_parameter(lines, b't', outcome.reset_seconds);
    });
    if let Some(seconds) = outcomes.filter(|outcome| outcome.refused).map(|it| it.reset_seconds).max() {
        lines.extend_from_slice(b"retry-after: ");
        write_decimal(lines, seconds.clamp(1, INTEGER_MAX));
        lines.extend_from_slice(b"\r\n");
    }
}

/// The refusal of a request that does not fit into the limits that refused it.
pub(crate) fn refusal<'a>(
    message: impl Into<String>,
    outcomes: impl Iterator<Item = LimitOutcome<'a>> + Clone,
) -> Refusal {
    let mut lines = Vec::new();
    write(outcomes.clone(), &mut lines);
    let policies = outcomes.filter(|outcome| outcome.refused).map(|outcome| outcome.policy()).collect();
    Refusal::quota_exceeded(message, policies, lines)
}

fn write_list<'a>(
    lines: &mut Vec<u8>,
    name: &[u8],
    outcomes: impl Iterator<Item = LimitOutcome<'a>>,
    parameters: impl Fn(&LimitOutcome<'a>, &mut Vec<u8>),
) {
    let mut outcomes = outcomes.peekable();
    if outcomes.peek().is_none() {
        return;
    }
    lines.extend_from_slice(name);
    for (index, outcome) in outcomes.enumerate() {
        lines.extend_from_slice(if index == 0 { b": " } else { b", " });
        outcome.write_name(lines);
        parameters(&outcome, lines);
    }
    lines.extend_from_slice(b"\r\n");
}

fn write_parameter(lines: &mut Vec<u8>, name: u8, value: u64) {
    lines.extend_from_slice(&[b';', name, b'=']);
    write_decimal(lines, value.min(INTEGER_MAX));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header_lines;
    use axum::http::HeaderMap;
    use axum::response::IntoResponse;
    use lockwork_model::calendar::Period;
    use lockwork_model::ids::{ApiKeyId, OrganizationId};
    use lockwork_model::limits::Rate;
    use uuid::Uuid;

    const MINUTE: LimitKind = LimitKind::Rate(Rate::Window { seconds: 60 });

    fn key() -> Subject {
        Subject::ApiKey(ApiKeyId::from_uuid(Uuid::nil()))
    }

    fn organization() -> Subject {
        Subject::Organization(OrganizationId::from_uuid(Uuid::nil()))
    }

    fn limit(name: &str, limit: u64, kind: LimitKind) -> Limit {
        Limit { name: name.parse().unwrap(), limit, kind, only_when_named: false }
    }

    fn written(outcomes: &[LimitOutcome<'_>]) -> String {
        let mut lines = Vec::new();
        write(outcomes.iter().copied(), &mut lines);
        String::from_utf8(lines).unwrap()
    }

    #[test]
    fn what_is_left_is_said_as_structured_fields() {
        let requests = limit("requests", 100, MINUTE);
        let daily = limit("per-day", 1000, LimitKind::Quota { period: Period::Day, anchor: None });
        let outcomes = [
            LimitOutcome::new(key(), &requests, 50, Duration::from_secs(30), false),
            LimitOutcome::new(organization(), &daily, 999, Duration::from_secs(7200), false),
        ];
        assert_eq!(
            written(&outcomes),
            "ratelimit-policy: \"requests\";q=100;w=60, \"organization.per-day\";q=1000;w=86400\r\n\
             ratelimit: \"requests\";r=50;t=30, \"organization.per-day\";r=999;t=7200\r\n"
        );
    }

    #[test]
    fn without_limits_there_are_no_headers() {
        assert_eq!(written(&[]), "");
    }

    #[test]
    fn a_refused_caller_is_sent_away_until_the_last_of_the_limits_that_refused_it_would_let_it_in() {
        let requests = limit("requests", 100, MINUTE);
        let outcome =
            |millis, refused| LimitOutcome::new(key(), &requests, 0, Duration::from_millis(millis), refused);
        let retry_after = |outcomes: &[LimitOutcome<'_>]| {
            let lines = written(outcomes);
            header_lines::each(lines.as_bytes())
                .find(|(name, _)| *name == b"retry-after")
                .map(|(_, value)| String::from_utf8(value.to_vec()).unwrap())
        };
        assert_eq!(retry_after(&[outcome(5_000, false)]), None);
        let several = [outcome(5_000, true), outcome(7_001, true), outcome(60_000, false)];
        assert_eq!(retry_after(&several).unwrap(), "8");
        assert_eq!(retry_after(&[outcome(0, true)]).unwrap(), "1");
    }

    #[test]
    fn parts_of_seconds_count_as_whole_ones() {
        for (millis, seconds) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds);
        }
        assert_eq!(whole_seconds(Duration::MAX), u64::MAX);
    }

    #[test]
    fn no_number_is_larger_than_a_structured_field_may_hold() {
        let huge = limit("huge", 1 << 53, MINUTE);
        let lines = written(&[LimitOutcome::new(key(), &huge, u64::MAX, Duration::MAX, true)]);
        assert_eq!(
            lines,
            "ratelimit-policy: \"huge\";q=999999999999999;w=60\r\n\
             ratelimit: \"huge\";r=999999999999999;t=999999999999999\r\n\
             retry-after: 999999999999999\r\n"
        );
    }

    #[test]
    fn a_refusal_has_the_headers_and_names_only_what_refused() {
        let requests = limit("requests", 100, MINUTE);
        let outcomes = [
            LimitOutcome::new(key(), &requests, 50, Duration::from_secs(30), false),
            LimitOutcome::new(organization(), &requests, 0, Duration::from_secs(3), true),
        ];
        let refusal = refusal("slow down", outcomes.iter().copied());
        assert_eq!(refusal.header_lines(), written(&outcomes).as_bytes());
        let mut body = Vec::new();
        refusal.write("id", &mut body);
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["violated-policies"], serde_json::json!(["organization.requests"]));
        let response = refusal.into_response();
        let mut headers = HeaderMap::new();
        header_lines::insert(written(&outcomes).as_bytes(), &mut headers);
        assert_eq!(headers.len(), 3);
        for (name, value) in &headers {
            assert_eq!(response.headers().get(name), Some(value), "{name}");
        }
        assert_eq!(headers["retry-after"], "3");
        assert_eq!(headers["ratelimit"], "\"requests\";r=50;t=30, \"organization.requests\";r=0;t=3");
    }
}
