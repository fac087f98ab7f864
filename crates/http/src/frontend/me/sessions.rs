//! `me/sessions`: where the caller is signed in.

use crate::backend::sessions::SessionList;
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::frontend::caller::MemberCtx;
use crate::frontend::failures::{ReadFailures, WriteFailures};
use crate::wire::{Empty, list_query};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::SessionId;
use lockwork_model::page::{Order, OrderKey};

list_query! {
    ListMySessions of "my sessions" ordered by UNNAMED {}
}

/// List your sessions
///
/// Newest first.
#[utoipa::path(
    get, path = "/api/frontend/v1/me/sessions", tag = "Me", params(ListMySessions),
    responses((status = 200, body = SessionList), ReadFailures)
)]
pub(crate) async fn list_my_sessions(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(mut query): Query<ListMySessions>,
) -> Result<Json<SessionList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order { key: OrderKey::Id, descending: true })?;
    let page = app.list_my_sessions(&ctx, &request).await?;
    Ok(Json(SessionList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        sessions: page.items.iter().map(Into::into).collect(),
    }))
}

/// End one of your sessions
///
/// It cannot be refreshed any more.
#[utoipa::path(
    post, path = "/api/frontend/v1/me/sessions/{id}/revoke", tag = "Me", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn revoke_my_session(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<SessionId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.end_my_session(&ctx, id).await?;
    Ok(Json(Empty {}))
}
