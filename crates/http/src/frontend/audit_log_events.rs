//! `audit-log-events`: what happened in the caller's organization.

use super::caller::MemberCtx;
use super::failures::ReadFailures;
use crate::backend::audit_log_events::AuditLogEventList;
use crate::error::Result;
use crate::extract::{Json, Query};
use crate::wire::{Paging, Time, optional_id};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::audit_log_events::{AuditLogFilter, EventActor};
use lockwork_model::page::{Order, OrderKey};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAuditLogEvents {
    /// Only those at this time or later.
    #[serde(alias = "filter_start_time")]
    filter_start_time: Option<Time>,
    /// Only those before this time.
    #[serde(alias = "filter_end_time")]
    filter_end_time: Option<Time>,
    /// Only those of this name.
    #[serde(alias = "filter_event_name")]
    filter_event_name: Option<String>,
    /// Only what this user did.
    #[serde(alias = "filter_user_id")]
    filter_user_id: Option<String>,
    /// Where the page begins: the `nextPageToken` of the page before.
    #[serde(alias = "page_token")]
    page_token: Option<String>,
    /// Rows on the page, 1 to 100; 10 if not given.
    #[serde(alias = "page_size")]
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<u32>,
}

/// List audit log events
///
/// Owners only. Newest first.
#[utoipa::path(
    get, path = "/api/frontend/v1/audit-log-events", tag = "Audit log", params(ListAuditLogEvents),
    responses((status = 200, body = AuditLogEventList), ReadFailures)
)]
pub(crate) async fn list_audit_log_events(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(query): Query<ListAuditLogEvents>,
) -> Result<Json<AuditLogEventList>> {
    let paging = Paging {
        list: "audit log events",
        page_token: query.page_token,
        page_size: query.page_size,
        order_by: None,
        orders: &[],
    };
    let request = paging.request(&app, &ctx, Order { key: OrderKey::CreateTime, descending: true })?;
    let filter = AuditLogFilter {
        from: query.filter_start_time.map(|time| time.0),
        until: query.filter_end_time.map(|time| time.0),
        event_name: query.filter_event_name.as_deref().filter(|name| !name.is_empty()),
        organization: Some(organization),
        actor: EventActor { user: optional_id(query.filter_user_id)?, ..EventActor::default() },
        ..AuditLogFilter::default()
    };
    let page = app.list_audit_log_events(&ctx, filter, &request).await?;
    Ok(Json(AuditLogEventList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        audit_log_events: page.items.iter().map(Into::into).collect(),
    }))
}
