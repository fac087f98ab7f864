//! `/v1/limits/check`

use crate::error::{Result, WriteFailures};
use crate::extract::{BackendCtx, Json, NoParameters, Query, optional_objects};
use crate::metrics::{Decision, METRICS};
use crate::rate_limit_headers::whole_seconds;
use crate::wire::{Whole, required};
use axum::extract::State;
use lockwork_app::{App, Check, CheckState, LimitFailure};
use lockwork_model::error::Error;
use lockwork_model::limit_overrides::{CHECKS_MAX, Identifier};
use lockwork_model::limits::{Rate, check_amount};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Limits to count a request by: all let it in, or nothing is taken from any.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CheckLimits {
    /// 1 to 16.
    #[serde(default, deserialize_with = "optional_objects")]
    #[schema(required)]
    checks: Option<Vec<CheckBody>>,
}

/// One limit to count by. The namespace, the identifier, the kind and the window say which counter; the limit may differ
/// from check to check.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CheckBody {
    /// What is counted, such as `logins`.
    #[schema(required)]
    namespace: Option<String>,
    /// Who, such as an address or a customer's number.
    #[schema(required)]
    identifier: Option<String>,
    /// How much, unless the identifier has an override.
    #[schema(required)]
    limit: Option<Whole>,
    #[serde(alias = "window_seconds")]
    #[schema(required)]
    window_seconds: Option<Whole>,
    /// `WINDOW` if not given, or `BUCKET`.
    kind: Option<String>,
    /// The most at once; only of the kind `BUCKET`, whose limit it is if not given.
    burst: Option<Whole>,
    /// 1 if not given; 0 asks without taking.
    cost: Option<Whole>,
}

impl CheckBody {
    fn check(self, index: usize) -> Result<Check> {
        let at = format!("checks[{index}].");
        let field = |name: &str| format!("{at}{name}");
        let namespace = required(&field("namespace"), self.namespace)?;
        let identifier = required(&field("identifier"), self.identifier)?;
        let limit = required(&field("limit"), self.limit)?.0;
        check_amount(&field("limit"), limit)?;
        Ok(Check {
            identifier: Identifier::new(&at, &namespace, identifier)?,
            limit,
            rate: Rate::new(
                &at,
                self.kind.as_deref().unwrap_or("WINDOW"),
                limit,
                self.window_seconds.map(|seconds| seconds.0),
                self.burst.map(|burst| burst.0),
            )?,
            cost: self.cost.map_or(1, |cost| cost.0),
        })
    }
}

/// What became of the request.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckedLimits {
    /// Whether all limits let it in.
    allowed: bool,
    /// In the order of the request.
    checks: Vec<CheckView>,
}

/// What one limit had to say.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CheckedLimit)]
struct CheckView {
    allowed: bool,
    /// The limit that counted: the check's, or the identifier's own.
    limit: u64,
    remaining: u64,
    /// When the request would fit, if this limit refused it; else when all is free again.
    reset_seconds: u64,
}

impl From<&CheckState> for CheckView {
    fn from(state: &CheckState) -> Self {
        Self {
            allowed: state.allowed,
            limit: state.limit,
            remaining: state.remaining,
            reset_seconds: whole_seconds(state.reset),
        }
    }
}

/// Check limits without a key
///
/// Counts a request by limits of your own, for any identifier you choose. Several are taken all or none; a refused
/// request counts for nothing. Always answers 200 with what each limit had to say.
#[utoipa::path(
    post, path = "/v1/limits/check", tag = "Limits", request_body = CheckLimits,
    responses((status = 200, body = CheckedLimits), WriteFailures)
)]
pub(crate) async fn check_limits(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CheckLimits>,
) -> Result<Json<CheckedLimits>> {
    let bodies = required("checks", body.checks)?;
    if !(1..=CHECKS_MAX).contains(&bodies.len()) {
        return Err(Error::invalid_field("checks", format!("must be 1 to {CHECKS_MAX} checks")).into());
    }
    let checks: Vec<Check> =
        bodies.into_iter().enumerate().map(|(index, body)| body.check(index)).collect::<Result<_>>()?;
    let checked = app.check_limits(&ctx, &checks)?;
    if checked.failed {
        METRICS.limit_failure(LimitFailure::NoRoom, checked.allowed);
    }
    for state in &checked.checks {
        METRICS.limit_decision(state.rate, Decision::of(state.allowed));
    }
    Ok(Json(CheckedLimits {
        allowed: checked.allowed,
        checks: checked.checks.iter().map(Into::into).collect(),
    }))
}
