//! The audit log.

use crate::db::{Queries, Result};
use crate::json_rows::json_rows;
use crate::reach::{Reach, narrowed, nothing};
use crate::repositories::repository;
use crate::rows::{parsed, time};
use crate::tx::Tx;
use lockwork_model::audit_log_events::{AuditLogEvent, AuditLogFilter, EventActor, ResourceType};
use lockwork_model::ids::{
    ApiKeyId, AuditLogEventId, BackendApiKeyId, IntermediateSessionId, OrganizationId, ProjectId, SessionId,
    UserId,
};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

repository!(
    /// The audit log of one project, or of one of its organizations. Entries are written by a transaction's commit.
    AuditLogEvents
);

/// One page, narrowed by what an index is made for.
macro_rules! newest_first {
    ($narrowed:literal) => {
        concat!(
            "SELECT * FROM audit_log_events WHERE project_id = $1",
            $narrowed,
            " AND (event_time, id) < ($2, $3) AND event_time >= $5
              AND (event_name = $6 OR $6 IS NULL) AND (organization_id = $7 OR $7 IS NULL)
              AND (actor_user_id = $8 OR $8 IS NULL) AND (actor_session_id = $9 OR $9 IS NULL)
              AND (actor_api_key_id = $10 OR $10 IS NULL) AND (actor_backend_api_key_id = $11 OR $11 IS NULL)
              AND (actor_intermediate_session_id = $12 OR $12 IS NULL)
              AND (resource_type = $13 OR $13 IS NULL) AND (resource_id = $14 OR $14 IS NULL)
              AND (actor_console_user_id = $15 OR $15 IS NULL) AND (actor_console_session_id = $16 OR $16 IS NULL)
              AND (actor_impersonator_user_id = $17 OR $17 IS NULL)
              ORDER BY event_time DESC, id DESC LIMIT $4"
        )
    };
}

crate::repositories::sql! {
    INSERT = crate::db::Sql {
        sqlite: "INSERT INTO audit_log_events (project_id, id, organization_id, actor_user_id, actor_session_id,
                     actor_api_key_id, actor_backend_api_key_id, actor_intermediate_session_id, resource_type,
                     resource_id, event_name, event_time, event_details, actor_console_user_id,
                     actor_console_session_id, actor_impersonator_user_id)
                 SELECT $2, unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), unhex(value ->> 3),
                     unhex(value ->> 4), unhex(value ->> 5), unhex(value ->> 6), value ->> 7, unhex(value ->> 8),
                     value ->> 9, value ->> 10, value ->> 11,
                     unhex(value ->> 12), unhex(value ->> 13), unhex(value ->> 14)
                 FROM json_each($1)",
        postgres: "INSERT INTO audit_log_events (project_id, id, organization_id, actor_user_id, actor_session_id,
                       actor_api_key_id, actor_backend_api_key_id, actor_intermediate_session_id, resource_type,
                       resource_id, event_name, event_time, event_details, actor_console_user_id,
                       actor_console_session_id, actor_impersonator_user_id)
                   SELECT $2, CAST(value ->> 0 AS UUID), CAST(value ->> 1 AS UUID), CAST(value ->> 2 AS UUID),
                       CAST(value ->> 3 AS UUID), CAST(value ->> 4 AS UUID), CAST(value ->> 5 AS UUID),
                       CAST(value ->> 6 AS UUID), value ->> 7, CAST(value ->> 8 AS UUID), value ->> 9,
                       CAST(value ->> 10 AS BIGINT), value ->> 11, CAST(value ->> 12 AS UUID),
                       CAST(value ->> 13 AS UUID), CAST(value ->> 14 AS UUID)
                   FROM json_array_elements(CAST($1 AS JSON))",
    };
    LIST = newest_first!("");
    LIST_OF_ORGANIZATION = newest_first!(" AND organization_id = $7");
    LIST_OF_RESOURCE = newest_first!(" AND resource_id = $14");
}

#[derive(sqlx::FromRow)]
struct AuditLogEventRow {
    id: Uuid,
    organization_id: Option<Uuid>,
    actor_user_id: Option<Uuid>,
    actor_session_id: Option<Uuid>,
    actor_api_key_id: Option<Uuid>,
    actor_backend_api_key_id: Option<Uuid>,
    actor_intermediate_session_id: Option<Uuid>,
    actor_console_user_id: Option<Uuid>,
    actor_console_session_id: Option<Uuid>,
    actor_impersonator_user_id: Option<Uuid>,
    resource_type: Option<String>,
    resource_id: Option<Uuid>,
    event_name: String,
    event_time: i64,
    event_details: String,
}

fn model(row: AuditLogEventRow) -> Result<AuditLogEvent> {
    let resource_type = row.resource_type.as_deref().and_then(ResourceType::from_name);
    Ok(AuditLogEvent {
        id: AuditLogEventId::from_uuid(row.id),
        organization: row.organization_id.map(OrganizationId::from_uuid),
        actor: EventActor {
            user: row.actor_user_id.map(UserId::from_uuid),
            session: row.actor_session_id.map(SessionId::from_uuid),
            api_key: row.actor_api_key_id.map(ApiKeyId::from_uuid),
            backend_api_key: row.actor_backend_api_key_id.map(BackendApiKeyId::from_uuid),
            intermediate_session: row.actor_intermediate_session_id.map(IntermediateSessionId::from_uuid),
            console_user: row.actor_console_user_id.map(UserId::from_uuid),
            console_session: row.actor_console_session_id.map(SessionId::from_uuid),
            impersonator: row.actor_impersonator_user_id.map(UserId::from_uuid),
        },
        resource: resource_type.zip(row.resource_id),
        event_name: row.event_name,
        event_time: time(row.event_time),
        event_details: parsed(
            serde_json::from_str(&row.event_details).ok(),
            "audit_log_events",
            "event_details",
            row.id,
        )?,
    })
}

impl<C: Queries> AuditLogEvents<'_, C> {
    /// One page of the log, newest first, whatever order the request names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        filter: AuditLogFilter<'_>,
        page: &PageRequest,
    ) -> Result<Page<AuditLogEvent>> {
        let Some(organization) = narrowed(self.scope.organization(), filter.organization) else {
            return Ok(nothing());
        };
        let end = (filter.until.map_or(i64::MAX, Timestamp::as_micros), Uuid::nil());
        let (time, id) = page.after.as_ref().map_or(end, |cursor| end.min((cursor.micros, cursor.id)));
        let params = (
            self.scope.project_id(),
            time,
            id,
            i64::from(page.size) + 1,
            filter.from.map_or(i64::MIN, Timestamp::as_micros),
            filter.event_name.map(str::to_owned),
            organization.map(OrganizationId::uuid),
            filter.actor.user.map(UserId::uuid),
            filter.actor.session.map(SessionId::uuid),
            filter.actor.api_key.map(ApiKeyId::uuid),
            filter.actor.backend_api_key.map(BackendApiKeyId::uuid),
            filter.actor.intermediate_session.map(IntermediateSessionId::uuid),
            filter.resource_type.map(|kind| kind.as_str().to_owned()),
            filter.resource,
            filter.actor.console_user.map(UserId::uuid),
            filter.actor.console_session.map(SessionId::uuid),
            filter.actor.impersonator.map(UserId::uuid),
        );
        let sql = match (filter.resource, organization) {
            (Some(_), _) => LIST_OF_RESOURCE,
            (None, Some(_)) => LIST_OF_ORGANIZATION,
            (None, None) => LIST,
        };
        let rows = self.conn.fetch_all(sql, params).await?;
        let events = rows.into_iter().map(model).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(events, page, |event| Cursor {
            micros: event.event_time.as_micros(),
            name: String::new(),
            id: event.id.uuid(),
        }))
    }
}

pub(crate) async fn insert(tx: &mut Tx, project: ProjectId, events: &[AuditLogEvent]) -> Result<()> {
    let id = |id: Option<Uuid>| id.map(Uuid::simple);
    let rows = json_rows(events, |event| {
        let actor = event.actor;
        json!([
            event.id.uuid().simple(),
            id(event.organization.map(OrganizationId::uuid)),
            id(actor.user.map(UserId::uuid)),
            id(actor.session.map(SessionId::uuid)),
            id(actor.api_key.map(ApiKeyId::uuid)),
            id(actor.backend_api_key.map(BackendApiKeyId::uuid)),
            id(actor.intermediate_session.map(IntermediateSessionId::uuid)),
            event.resource.map(|(kind, _)| kind.as_str()),
            id(event.resource.map(|(_, id)| id)),
            event.event_name,
            event.event_time.as_micros(),
            Value::Object(event.event_details.clone()).to_string(),
            id(actor.console_user.map(UserId::uuid)),
            id(actor.console_session.map(SessionId::uuid)),
            id(actor.impersonator.map(UserId::uuid)),
        ])
    });
    tx.execute(INSERT, (rows, project.uuid())).await.map(drop)
}
