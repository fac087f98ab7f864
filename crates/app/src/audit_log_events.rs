//! Reading the audit log, and the developer's own entries in it (contract §6.2).

use crate::app::App;
use crate::ctx::Ctx;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::audit_log_events::{
    AuditLogEvent, AuditLogFilter, EVENT_DETAILS_MAX_BYTES, EventActor, custom_event_name,
};
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::ids::{ApiKeyId, AuditLogEventId, OrganizationId, SessionId, UserId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::secrets::SecretText;
use lockwork_model::time::Timestamp;
use lockwork_store::{Audit, Conn};
use lockwork_verify::Presented;
use serde_json::{Map, Value};

/// Whom an entry concerns.
#[derive(Debug, Clone)]
pub enum EventSource {
    /// The holder of an access token or an API key.
    Credentials(SecretText),
    /// An API key.
    ApiKey(ApiKeyId),
    /// A session.
    Session(SessionId),
    /// A person.
    User(UserId),
    /// No one in particular in an organization.
    Organization(OrganizationId),
}

/// An entry that the developer reports.
#[derive(Debug, Clone)]
pub struct NewAuditLogEvent {
    /// Its name: `x.y.z`, not beginning with `tesseral`.
    pub event_name: String,
    /// When it happened; now, if not said.
    pub event_time: Option<Timestamp>,
    /// The particulars.
    pub event_details: Map<String, Value>,
    /// Whom it concerns.
    pub source: EventSource,
}

impl App {
    /// One page of the log, newest first; members see what concerns their organization.
    ///
    /// # Errors
    /// `PermissionDenied`, for members also while the project does not show them the log.
    pub async fn list_audit_log_events(
        &self,
        ctx: &Ctx,
        filter: AuditLogFilter<'_>,
        page: &PageRequest,
    ) -> Result<Page<AuditLogEvent>> {
        let scope = self.authorize(ctx, Permission::AuditLogRead).await?;
        let mut conn = self.store().read().await?;
        if ctx.caller().as_member().is_some() {
            let project = conn.projects(&scope).find().await?.ok_or_else(|| Error::not_found("project"))?;
            if !project.audit_logs_enabled {
                return Err(Error::permission_denied("audit logs are not enabled for this project"));
            }
        }
        Ok(conn.audit_log_events(&scope).list(filter, page).await?)
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`, `NotFound`, `UnauthenticatedApiKey`.
    pub async fn create_audit_log_event(&self, ctx: &Ctx, new: NewAuditLogEvent) -> Result<AuditLogEvent> {
        let scope = self.authorize(ctx, Permission::AuditLogWrite).await?;
        let event_name = custom_event_name(&new.event_name)?;
        if serde_json::to_string(&new.event_details).map_or(0, |json| json.len()) > EVENT_DETAILS_MAX_BYTES {
            let problem = format!("must be at most {EVENT_DETAILS_MAX_BYTES} bytes of JSON");
            return Err(Error::invalid_field("eventDetails", problem));
        }
        let (actor, organization) = self.source(ctx, &scope, new.source).await?;
        let event_time = new.event_time.unwrap_or(ctx.now());
        let event = AuditLogEvent {
            id: AuditLogEventId::generate_at(event_time, &mut **self.entropy()),
            organization: Some(organization),
            actor,
            resource: None,
            event_name,
            event_time,
            event_details: new.event_details,
        };
        let tx = self.store().begin().await?;
        tx.commit(Audit::of(&scope, event.clone()), ctx.now()).await?;
        Ok(event)
    }

    async fn source(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        source: EventSource,
    ) -> Result<(EventActor, OrganizationId)> {
        let mut conn = self.store().read().await?;
        match source {
            EventSource::Organization(id) => {
                let found = conn.organizations(scope).find(id).await?;
                found.ok_or_else(|| Error::not_found("organization"))?;
                Ok((EventActor::default(), id))
            }
            EventSource::ApiKey(id) => {
                let key = conn.api_keys(scope).find(id).await?.ok_or_else(|| Error::not_found("api key"))?;
                Ok((EventActor { api_key: Some(id), ..EventActor::default() }, key.organization))
            }
            EventSource::User(id) => {
                let organization = organization_of(&mut conn, scope, id).await?;
                Ok((EventActor { user: Some(id), ..EventActor::default() }, organization))
            }
            EventSource::Session(id) => {
                let found = conn.sessions(scope).find(id).await?;
                let session = found.ok_or_else(|| Error::not_found("session"))?;
                let organization = organization_of(&mut conn, scope, session.user).await?;
                let actor =
                    EventActor { session: Some(id), user: Some(session.user), ..EventActor::default() };
                Ok((actor, organization))
            }
            EventSource::Credentials(credentials) => match access_token_claims(credentials.reveal()) {
                Some((user, session)) => {
                    let organization = organization_of(&mut conn, scope, user).await?;
                    if let Some(session) = session {
                        let found =
                            conn.sessions(scope).find(session).await?.filter(|found| found.user == user);
                        found.ok_or_else(|| Error::not_found("session"))?;
                    }
                    Ok((EventActor { user: Some(user), session, ..EventActor::default() }, organization))
                }
                None => self.api_key_of(ctx, credentials.reveal()),
            },
        }
    }

    /// The key whose secret this is, working or not: what a revoked key did is worth an entry too.
    fn api_key_of(&self, ctx: &Ctx, token: &str) -> Result<(EventActor, OrganizationId)> {
        let refused = |what: &str| Err(Error::new(ErrorCode::UnauthenticatedApiKey, what));
        self.index().find(ctx.project(), token, ctx.now(), |lookup| match lookup.presented {
            Presented::Malformed => refused("malformed_api_key_secret_token"),
            Presented::Unknown => refused("invalid_api_key_secret_token"),
            Presented::Found(key) => {
                Ok((EventActor { api_key: Some(key.id), ..EventActor::default() }, key.organization()))
            }
        })
    }
}

async fn organization_of(conn: &mut Conn, scope: &Scope, user: UserId) -> Result<OrganizationId> {
    let found = conn.users(scope).find(user).await?;
    found.map(|user| user.organization).ok_or_else(|| Error::not_found("user"))
}

/// The user and session that an access token names. Deliberately not verified, as the contract has it (§6.2): the
/// developer reports what happened, perhaps after the token ended. Both must still be of this project.
fn access_token_claims(token: &str) -> Option<(UserId, Option<SessionId>)> {
    let mut parts = token.split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let user = claims.get("sub")?.as_str()?.parse().ok()?;
    let session = claims.get("session").and_then(|session| session.get("id")).and_then(Value::as_str);
    Some((user, session.and_then(|id| id.parse().ok())))
}
