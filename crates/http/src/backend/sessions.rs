//! `/v1/sessions`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Time, is_zero, list_query, optional_id};
use axum::extract::State;
use lockwork_app::{App, SessionFilter};
use lockwork_model::ids::SessionId;
use lockwork_model::page::{Order, OrderKey};
use lockwork_model::sessions::Session;
use serde::Serialize;
use utoipa::ToSchema;

/// A signed-in session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionView {
    id: String,
    user_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    revoked: bool,
    create_time: Time,
    last_active_time: Time,
    expire_time: Time,
    /// A number, which is what published clients read: 1 e-mail, 2 Google, 3 Microsoft, 4 SAML, 5 impersonation,
    /// 6 GitHub, 7 OpenID Connect, 8 password.
    primary_auth_factor: i64,
    /// The person of the console who acts as the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    impersonator_user_id: Option<String>,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            user_id: session.user.to_string(),
            revoked: session.revoked,
            create_time: session.created_at.into(),
            last_active_time: session.last_active_at.into(),
            expire_time: session.expires_at.into(),
            primary_auth_factor: session.primary_auth_factor.number(),
            impersonator_user_id: session.impersonator.map(|id| id.to_string()),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SessionEnvelope {
    session: SessionView,
}

impl From<Session> for Json<SessionEnvelope> {
    fn from(session: Session) -> Self {
        Self(SessionEnvelope { session: (&session).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sessions: Vec<SessionView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

list_query! {
    ListSessions of "sessions" ordered by UNNAMED {
        /// Only those of this user.
        #[serde(alias = "user_id")]
        user_id: String,
        /// Whether to leave out those that ended.
        live: bool,
    }
}

/// List sessions
///
/// Newest first.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "Sessions", params(ListSessions),
    responses((status = 200, body = SessionList), ReadFailures)
)]
pub(crate) async fn list_sessions(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListSessions>,
) -> Result<Json<SessionList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order { key: OrderKey::Id, descending: true })?;
    let live_at = query.live.unwrap_or_default().then(|| ctx.now());
    let filter = SessionFilter { user: optional_id(query.user_id)?, live_at };
    let page = app.list_sessions(&ctx, filter, &request).await?;
    Ok(Json(SessionList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        sessions: page.items.iter().map(Into::into).collect(),
    }))
}

/// Get a session
#[utoipa::path(
    get, path = "/v1/sessions/{id}", tag = "Sessions", params(("id" = String, Path)),
    responses((status = 200, body = SessionEnvelope), ReadFailures)
)]
pub(crate) async fn get_session(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<SessionId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<SessionEnvelope>> {
    Ok(app.get_session(&ctx, id).await?.into())
}

/// End a session
///
/// It cannot be refreshed any more; its last access token runs out within five minutes. Twice is as once.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/revoke", tag = "Sessions", params(("id" = String, Path)),
    responses((status = 200, body = SessionEnvelope), WriteFailures)
)]
pub(crate) async fn end_session(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<SessionId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<SessionEnvelope>> {
    Ok(app.end_session(&ctx, id).await?.into())
}
