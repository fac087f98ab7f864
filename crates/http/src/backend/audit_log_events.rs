//! `/v1/audit-log-events`

use crate::error::{ReadFailures, Refusal, Result, WriteFailures};
use crate::extract::{BackendCtx, Json, NoParameters, Query};
use crate::wire::{Paging, Time, is_zero, optional_id};
use axum::extract::State;
use lockwork_app::{App, EventSource, NewAuditLogEvent};
use lockwork_model::audit_log_events::{AuditLogEvent, AuditLogFilter, EventActor, ResourceType};
use lockwork_model::error::Error;
use lockwork_model::ids::{
    ApiKeyId, BackendApiKeyId, LimitOverrideId, OrganizationId, PasskeyId, PlanId, ProjectId,
    PublishableKeyId, RoleId, SessionId, UserId, UserInviteId,
};
use lockwork_model::page::{Order, OrderKey};
use lockwork_model::secrets::SecretText;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditLogEvent)]
pub(crate) struct AuditLogEventView {
    id: String,
    /// The organization it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_api_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_backend_api_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_intermediate_session_id: Option<String>,
    /// A person of the console.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_console_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_console_session_id: Option<String>,
    /// The person of the console who acted as the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_impersonator_user_id: Option<String>,
    event_time: Time,
    event_name: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    event_details: Map<String, Value>,
    /// What kind of thing it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'static str>,
    /// The very thing it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
}

impl From<&AuditLogEvent> for AuditLogEventView {
    fn from(event: &AuditLogEvent) -> Self {
        let actor = event.actor;
        Self {
            id: event.id.to_string(),
            organization_id: event.organization.map(|id| id.to_string()),
            actor_user_id: actor.user.map(|id| id.to_string()),
            actor_session_id: actor.session.map(|id| id.to_string()),
            actor_api_key_id: actor.api_key.map(|id| id.to_string()),
            actor_backend_api_key_id: actor.backend_api_key.map(|id| id.to_string()),
            actor_intermediate_session_id: actor.intermediate_session.map(|id| id.to_string()),
            actor_console_user_id: actor.console_user.map(|id| id.to_string()),
            actor_console_session_id: actor.console_session.map(|id| id.to_string()),
            actor_impersonator_user_id: actor.impersonator.map(|id| id.to_string()),
            event_time: event.event_time.into(),
            event_name: event.event_name.clone(),
            event_details: event.event_details.clone(),
            resource_type: event.resource.map(|(kind, _)| kind.as_str()),
            resource_id: event.resource.map(|(kind, id)| resource_id(kind, id)),
        }
    }
}

fn resource_id(kind: ResourceType, id: Uuid) -> String {
    match kind {
        ResourceType::Project | ResourceType::RbacPolicy => ProjectId::from_uuid(id).to_string(),
        ResourceType::Organization => OrganizationId::from_uuid(id).to_string(),
        ResourceType::Role => RoleId::from_uuid(id).to_string(),
        ResourceType::ApiKey => ApiKeyId::from_uuid(id).to_string(),
        ResourceType::BackendApiKey => BackendApiKeyId::from_uuid(id).to_string(),
        ResourceType::PublishableKey => PublishableKeyId::from_uuid(id).to_string(),
        ResourceType::Plan => PlanId::from_uuid(id).to_string(),
        ResourceType::LimitOverride => LimitOverrideId::from_uuid(id).to_string(),
        ResourceType::User => UserId::from_uuid(id).to_string(),
        ResourceType::UserInvite => UserInviteId::from_uuid(id).to_string(),
        ResourceType::Session => SessionId::from_uuid(id).to_string(),
        ResourceType::Passkey => PasskeyId::from_uuid(id).to_string(),
    }
}

/// The uuid of a resource's id, of whatever kind.
fn parse_resource_id(text: &str) -> Result<Uuid> {
    let found = text.parse::<ApiKeyId>().map(ApiKeyId::uuid);
    let found = found.or_else(|_| text.parse::<OrganizationId>().map(OrganizationId::uuid));
    let found = found.or_else(|_| text.parse::<RoleId>().map(RoleId::uuid));
    let found = found.or_else(|_| text.parse::<BackendApiKeyId>().map(BackendApiKeyId::uuid));
    let found = found.or_else(|_| text.parse::<PublishableKeyId>().map(PublishableKeyId::uuid));
    let found = found.or_else(|_| text.parse::<PlanId>().map(PlanId::uuid));
    let found = found.or_else(|_| text.parse::<LimitOverrideId>().map(LimitOverrideId::uuid));
    let found = found.or_else(|_| text.parse::<UserId>().map(UserId::uuid));
    let found = found.or_else(|_| text.parse::<UserInviteId>().map(UserInviteId::uuid));
    let found = found.or_else(|_| text.parse::<SessionId>().map(SessionId::uuid));
    let found = found.or_else(|_| text.parse::<PasskeyId>().map(PasskeyId::uuid));
    let found = found.or_else(|_| text.parse::<ProjectId>().map(ProjectId::uuid));
    found.map_err(|_| {
        Error::invalid_field("resourceId", "must be the id of something that the log tells of").into()
    })
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditLogEventEnvelope {
    audit_log_event: AuditLogEventView,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditLogEventList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) audit_log_events: Vec<AuditLogEventView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

/// An entry to write. Exactly one of `actorCredentials`, `actorApiKeyId`, `actorSessionId`, `actorUserId` and
/// `organizationId` says whom it concerns.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateAuditLogEvent {
    /// Three segments of a-z, 0-9 and _, not beginning with `tesseral`.
    #[serde(alias = "event_name")]
    #[schema(required)]
    event_name: Option<String>,
    /// When it happened; now, if absent.
    #[serde(alias = "event_time")]
    event_time: Option<Time>,
    #[serde(alias = "event_details")]
    #[schema(value_type = Option<Object>)]
    event_details: Option<Map<String, Value>>,
    /// The access token or API key that the request to your backend came with.
    #[serde(alias = "actor_credentials")]
    actor_credentials: Option<String>,
    #[serde(alias = "actor_api_key_id")]
    actor_api_key_id: Option<String>,
    #[serde(alias = "actor_session_id")]
    actor_session_id: Option<String>,
    #[serde(alias = "actor_user_id")]
    actor_user_id: Option<String>,
    #[serde(alias = "organization_id")]
    organization_id: Option<String>,
    /// Refused: the log tells of your Backend API keys by itself.
    #[serde(alias = "actor_backend_api_key_id")]
    actor_backend_api_key_id: Option<String>,
    /// Refused.
    #[serde(alias = "actor_intermediate_session_id")]
    actor_intermediate_session_id: Option<String>,
}

impl TryFrom<CreateAuditLogEvent> for NewAuditLogEvent {
    type Error = Refusal;

    fn try_from(body: CreateAuditLogEvent) -> Result<Self> {
        let refused = [
            ("actorBackendApiKeyId", body.actor_backend_api_key_id),
            ("actorIntermediateSessionId", body.actor_intermediate_session_id),
        ];
        if let Some((field, _)) =
            refused.iter().find(|(_, value)| value.as_ref().is_some_and(|text| !text.is_empty()))
        {
            return Err(
                Error::invalid_field(*field, "cannot be the actor of an event that you report").into()
            );
        }
        let credentials = body.actor_credentials.filter(|text| !text.is_empty());
        let mut sources = [
            credentials.map(|text| EventSource::Credentials(SecretText::new(text))),
            optional_id(body.actor_api_key_id)?.map(EventSource::ApiKey),
            optional_id(body.actor_session_id)?.map(EventSource::Session),
            optional_id(body.actor_user_id)?.map(EventSource::User),
            optional_id(body.organization_id)?.map(EventSource::Organization),
        ]
        .into_iter()
        .flatten();
        let (Some(source), None) = (sources.next(), sources.next()) else {
            let problem = "give exactly one of actorCredentials, actorApiKeyId, actorSessionId, actorUserId and \
                           organizationId";
            return Err(Error::invalid(problem).into());
        };
        Ok(Self {
            event_name: body.event_name.unwrap_or_default(),
            event_time: body.event_time.map(|time| time.0),
            event_details: body.event_details.unwrap_or_default(),
            source,
        })
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAuditLogEvents {
    /// Only those at this time or later.
    #[serde(alias = "start_time")]
    start_time: Option<Time>,
    /// Only those before this time.
    #[serde(alias = "end_time")]
    end_time: Option<Time>,
    /// Only those of this name.
    #[serde(alias = "event_name")]
    event_name: Option<String>,
    /// Only those that concern this organization.
    #[serde(alias = "organization_id")]
    organization_id: Option<String>,
    #[serde(alias = "actor_user_id")]
    actor_user_id: Option<String>,
    #[serde(alias = "actor_session_id")]
    actor_session_id: Option<String>,
    #[serde(alias = "actor_api_key_id")]
    actor_api_key_id: Option<String>,
    #[serde(alias = "actor_backend_api_key_id")]
    actor_backend_api_key_id: Option<String>,
    #[serde(alias = "actor_intermediate_session_id")]
    actor_intermediate_session_id: Option<String>,
    #[serde(alias = "actor_console_user_id")]
    actor_console_user_id: Option<String>,
    #[serde(alias = "actor_console_session_id")]
    actor_console_session_id: Option<String>,
    #[serde(alias = "actor_impersonator_user_id")]
    actor_impersonator_user_id: Option<String>,
    /// Only those about this kind of thing: project, organization, rbac_policy, role, api_key, backend_api_key,
    /// publishable_key, plan, limit_override, user, user_invite, session or passkey.
    #[serde(alias = "resource_type")]
    resource_type: Option<String>,
    /// Only those about this very thing.
    #[serde(alias = "resource_id")]
    resource_id: Option<String>,
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
/// Newest first.
#[utoipa::path(
    get, path = "/v1/audit-log-events", tag = "Audit log", params(ListAuditLogEvents),
    responses((status = 200, body = AuditLogEventList), ReadFailures)
)]
pub(crate) async fn list_audit_log_events(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
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
    let resource_type = query.resource_type.map(|name| {
        ResourceType::from_name(&name)
            .ok_or_else(|| Error::invalid_field("resourceType", "is not one of the types"))
    });
    let filter = AuditLogFilter {
        from: query.start_time.map(|time| time.0),
        until: query.end_time.map(|time| time.0),
        event_name: query.event_name.as_deref(),
        organization: optional_id(query.organization_id)?,
        actor: EventActor {
            user: optional_id(query.actor_user_id)?,
            session: optional_id(query.actor_session_id)?,
            api_key: optional_id(query.actor_api_key_id)?,
            backend_api_key: optional_id(query.actor_backend_api_key_id)?,
            intermediate_session: optional_id(query.actor_intermediate_session_id)?,
            console_user: optional_id(query.actor_console_user_id)?,
            console_session: optional_id(query.actor_console_session_id)?,
            impersonator: optional_id(query.actor_impersonator_user_id)?,
        },
        resource_type: resource_type.transpose()?,
        resource: query.resource_id.as_deref().map(parse_resource_id).transpose()?,
    };
    let page = app.list_audit_log_events(&ctx, filter, &request).await?;
    Ok(Json(AuditLogEventList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        audit_log_events: page.items.iter().map(Into::into).collect(),
    }))
}

/// Write an audit log event
#[utoipa::path(
    post, path = "/v1/audit-log-events", tag = "Audit log", request_body = CreateAuditLogEvent,
    responses((status = 200, body = AuditLogEventEnvelope), WriteFailures)
)]
pub(crate) async fn create_audit_log_event(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CreateAuditLogEvent>,
) -> Result<Json<AuditLogEventEnvelope>> {
    let event = app.create_audit_log_event(&ctx, body.try_into()?).await?;
    Ok(Json(AuditLogEventEnvelope { audit_log_event: (&event).into() }))
}
