//! `/v1/api-keys/{id}/limits`

use crate::error::{ReadFailures, Result};
use crate::extract::{BackendCtx, Id, Json, NoParameters, Query};
use crate::rate_limit_headers::policy;
use crate::wire::{LimitKindName, LimitScope, LimitView, PeriodName, Time, is_zero};
use axum::extract::State;
use lockwork_app::{ApiKeyLimits, App, CreditsLeft, LimitLeft};
use lockwork_model::ids::ApiKeyId;
use lockwork_model::limits::Subject;
use serde::Serialize;
use utoipa::ToSchema;

/// What is left of everything that a use of a key may count against.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyLimits)]
pub(crate) struct ApiKeyLimitsView {
    /// The key's limits, then its organization's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitLeftView>,
    /// The key's credits and its organization's, as far as they have some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credits: Vec<CreditsLeftView>,
}

/// What is left of a limit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LimitLeft)]
struct LimitLeftView {
    /// As the `RateLimit` headers have it: an organization's begin with `organization.`.
    name: String,
    scope: LimitScope,
    kind: LimitKindName,
    limit: u64,
    /// The window's length; of a quota absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    window_seconds: Option<u64>,
    /// The most at once; of a bucket only.
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<u64>,
    /// Of a quota only.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<PeriodName>,
    /// Whether it counts only requests that name it.
    #[serde(skip_serializing_if = "is_zero")]
    only_when_named: bool,
    remaining: u64,
    /// When all of it is free again; absent while it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_time: Option<Time>,
}

/// What is left of a balance of credits.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreditsLeft)]
struct CreditsLeftView {
    scope: LimitScope,
    remaining: u64,
    /// When they are filled up; absent if they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_time: Option<Time>,
}

impl From<&LimitLeft> for LimitLeftView {
    fn from(left: &LimitLeft) -> Self {
        let LimitView { kind, limit, window_seconds, burst, period, only_when_named, .. } =
            (&left.limit).into();
        Self {
            name: policy(matches!(left.subject, Subject::Organization(_)), &left.limit.name),
            scope: left.subject.into(),
            kind,
            limit,
            window_seconds,
            burst,
            period,
            only_when_named,
            remaining: left.remaining,
            reset_time: left.resets_at.map(Time),
        }
    }
}

impl From<&CreditsLeft> for CreditsLeftView {
    fn from(left: &CreditsLeft) -> Self {
        Self { scope: left.subject.into(), remaining: left.remaining, reset_time: left.resets_at.map(Time) }
    }
}

impl From<ApiKeyLimits> for Json<ApiKeyLimitsView> {
    fn from(left: ApiKeyLimits) -> Self {
        Self(ApiKeyLimitsView {
            limits: left.limits.iter().map(Into::into).collect(),
            credits: left.credits.iter().map(Into::into).collect(),
        })
    }
}

/// Get what is left of an API key's limits
///
/// All that a verification of the key may count against: its own limits and credits, those of its plan and those of its
/// organization. Counts nothing. Of rates it is what the node that answers would let in; of quotas and credits, what no
/// node has drawn and what this one has not used of what it drew.
#[utoipa::path(
    get, path = "/v1/api-keys/{id}/limits", tag = "Limits", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyLimitsView), ReadFailures)
)]
pub(crate) async fn get_api_key_limits(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<ApiKeyLimitsView>> {
    Ok(app.get_api_key_limits(&ctx, id).await?.into())
}
