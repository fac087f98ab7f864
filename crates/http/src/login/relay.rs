//! Cross-domain mode: how an app on another domain gets its tokens (contract §4.4).

use super::failures::StepFailures;
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::required;
use axum::extract::State;
use lockwork_app::App;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExchangeRelayedSessionToken {
    #[serde(alias = "relayed_session_token")]
    #[schema(required)]
    relayed_session_token: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RelayedSessionView {
    /// The app's own; it ends with the session.
    refresh_token: String,
    access_token: String,
    /// What the app sent the browser here with. It compares it with what it kept, so that nobody can sign it in as
    /// somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    relayed_session_state: Option<String>,
}

/// Exchange a relayed session token
///
/// Good once, for a minute. Needs and sets no cookies.
#[utoipa::path(
    post, path = "/api/intermediate/v1/exchange-relayed-session-token-for-session", tag = "Sessions",
    security(()),
    request_body = ExchangeRelayedSessionToken,
    responses((status = 200, body = RelayedSessionView), StepFailures)
)]
pub(crate) async fn exchange_relayed_session_token_for_session(
    State(app): State<App>,
    Here(pages): Here,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<ExchangeRelayedSessionToken>,
) -> Result<Json<RelayedSessionView>> {
    let token = required("relayedSessionToken", body.relayed_session_token)?;
    let session = app.exchange_relayed_session_token(&pages, &token).await?;
    Ok(Json(RelayedSessionView {
        refresh_token: session.refresh_token.reveal().to_owned(),
        access_token: session.access_token.reveal().to_owned(),
        relayed_session_state: session.relayed_session_state,
    }))
}
