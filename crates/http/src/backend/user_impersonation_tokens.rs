//! `/v1/user-impersonation-tokens`

use crate::error::{Result, WriteFailures};
use crate::extract::{BackendCtx, Json, MaybeWrapped, NoParameters, Query, Wrap};
use crate::wire::{Time, required_id};
use axum::extract::State;
use lockwork_app::{App, IssuedImpersonationToken};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token by which a person of the console signs in, once, as a user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserImpersonationToken)]
pub(crate) struct UserImpersonationTokenView {
    id: String,
    /// Who may act.
    impersonator_id: String,
    /// As whom.
    impersonated_id: String,
    create_time: Time,
    /// Until when it can be used.
    expire_time: Time,
    /// The token; only this answer has it.
    secret_token: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserImpersonationTokenEnvelope {
    user_impersonation_token: UserImpersonationTokenView,
}

impl From<IssuedImpersonationToken> for Json<UserImpersonationTokenEnvelope> {
    fn from(token: IssuedImpersonationToken) -> Self {
        let view = UserImpersonationTokenView {
            id: token.id.to_string(),
            impersonator_id: token.impersonator.to_string(),
            impersonated_id: token.user.to_string(),
            create_time: token.created_at.into(),
            expire_time: token.expires_at.into(),
            secret_token: token.secret.reveal().to_owned(),
        };
        Self(UserImpersonationTokenEnvelope { user_impersonation_token: view })
    }
}

/// Whom to sign in as, here or below `userImpersonationToken`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateUserImpersonationToken {
    #[serde(alias = "impersonated_id")]
    #[schema(required)]
    impersonated_id: Option<String>,
}

impl Wrap for CreateUserImpersonationToken {
    const FIELDS: [&'static str; 2] = ["userImpersonationToken", "user_impersonation_token"];
}

/// Sign in as a user
///
/// Only for owners of the project who are signed in to the console. The token works once, within 30 seconds; the session
/// that it begins says in its access tokens and in the audit log who acts.
#[utoipa::path(
    post, path = "/v1/user-impersonation-tokens", tag = "Users", request_body = CreateUserImpersonationToken,
    responses((status = 200, body = UserImpersonationTokenEnvelope), WriteFailures)
)]
pub(crate) async fn create_user_impersonation_token(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<CreateUserImpersonationToken>,
) -> Result<Json<UserImpersonationTokenEnvelope>> {
    let user = required_id("impersonatedId", body.impersonated_id)?;
    Ok(app.create_user_impersonation_token(&ctx, user).await?.into())
}
