//! `/v1/api-keys/{id}/add-credits` and `/v1/organizations/{id}/add-credits`

use crate::error::{Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoParameters, Query};
use crate::wire::{CreditsView, required};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::{ApiKeyId, OrganizationId};
use lockwork_model::limits::Credits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Credits to add.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AddCredits {
    /// How many; a negative number takes some away, down to none.
    #[schema(required)]
    amount: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CreditsEnvelope {
    credits: CreditsView,
}

impl From<Credits> for Json<CreditsEnvelope> {
    fn from(credits: Credits) -> Self {
        Self(CreditsEnvelope { credits: (&credits).into() })
    }
}

/// Add credits to an API key
///
/// To what is left now, however much is spent meanwhile; an update sets the balance instead.
#[utoipa::path(
    post, path = "/v1/api-keys/{id}/add-credits", tag = "Limits", params(("id" = String, Path)),
    request_body = AddCredits, responses((status = 200, body = CreditsEnvelope), WriteFailures)
)]
pub(crate) async fn add_api_key_credits(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<AddCredits>,
) -> Result<Json<CreditsEnvelope>> {
    Ok(app.add_api_key_credits(&ctx, id, required("amount", body.amount)?).await?.into())
}

/// Add credits to an organization
///
/// To what is left now, however much is spent meanwhile; an update sets the balance instead.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/add-credits", tag = "Limits", params(("id" = String, Path)),
    request_body = AddCredits, responses((status = 200, body = CreditsEnvelope), WriteFailures)
)]
pub(crate) async fn add_organization_credits(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<OrganizationId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<AddCredits>,
) -> Result<Json<CreditsEnvelope>> {
    Ok(app.add_organization_credits(&ctx, id, required("amount", body.amount)?).await?.into())
}
