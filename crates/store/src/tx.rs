//! A transaction: it commits only together with its audit entries, and writes the change feed as it does.

use crate::db::{Params, Queries, RawTx, Result, Row, Sql};
use lockwork_model::access::Scope;
use lockwork_model::audit_log_events::AuditLogEvent;
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::ids::ProjectId;
use lockwork_model::time::Timestamp;
use std::collections::HashSet;
use uuid::Uuid;

/// What a transaction leaves in the audit log.
#[derive(Debug)]
pub struct Audit {
    project: ProjectId,
    events: Vec<AuditLogEvent>,
    /// What it leaves in the log of another project.
    beside: Option<(ProjectId, AuditLogEvent)>,
}

impl Audit {
    /// One entry.
    #[must_use]
    pub fn of(scope: &Scope, event: AuditLogEvent) -> Self {
        Self { project: scope.project(), events: vec![event], beside: None }
    }

    /// Beside these an entry in the log of another project that the change touched too.
    #[must_use]
    pub fn and(self, scope: &Scope, event: AuditLogEvent) -> Self {
        Self { beside: Some((scope.project(), event)), ..self }
    }

    /// Several entries; `None` for none.
    #[must_use]
    pub fn of_all(scope: &Scope, events: impl IntoIterator<Item = AuditLogEvent>) -> Option<Self> {
        let events: Vec<AuditLogEvent> = events.into_iter().collect();
        (!events.is_empty()).then(|| Self { project: scope.project(), events, beside: None })
    }

    /// An entry about a refusal, of a caller who got no [`Scope`].
    #[must_use]
    pub fn of_refusal(project: ProjectId, event: AuditLogEvent) -> Self {
        Self { project, events: vec![event], beside: None }
    }
}

/// A transaction. Dropping it rolls it back.
pub struct Tx {
    raw: RawTx,
    changes: HashSet<Change>,
}

impl Tx {
    pub(crate) fn new(raw: RawTx) -> Self {
        Self { raw, changes: HashSet::new() }
    }

    pub(crate) async fn execute(&mut self, sql: impl Into<Sql>, params: impl Params) -> Result<u64> {
        self.raw.execute(sql, params).await
    }

    /// Notes that verification must learn of a thing.
    pub(crate) fn changed(&mut self, kind: ChangeKind, entity: Uuid) {
        self.changes.insert(Change { kind, entity, detail: None });
    }

    /// Notes that verification must forget a secret, whose row will be gone.
    pub(crate) fn deleted(&mut self, kind: ChangeKind, entity: Uuid, secret_hash: &[u8; 32]) {
        self.changes.insert(Change { kind, entity, detail: Some(secret_hash.to_vec()) });
    }

    /// Commits the change together with its audit entries.
    ///
    /// # Errors
    /// When the database refuses; nothing has happened then.
    pub async fn commit(mut self, audit: Audit, at: Timestamp) -> Result<()> {
        crate::audit_log_events::insert(&mut self, audit.project, &audit.events).await?;
        if let Some((project, event)) = audit.beside {
            crate::audit_log_events::insert(&mut self, project, &[event]).await?;
        }
        self.commit_unaudited(at).await
    }

    /// Commits without an audit entry: for the system's own rows and for data that `seed` makes.
    ///
    /// # Errors
    /// When the database refuses; nothing has happened then.
    pub async fn commit_unaudited(mut self, at: Timestamp) -> Result<()> {
        let changes = std::mem::take(&mut self.changes);
        if !changes.is_empty() {
            crate::feed::insert(&mut self, &changes, at).await?;
        }
        self.raw.commit().await
    }
}

impl Queries for Tx {
    async fn fetch_optional<R: Row>(
        &mut self,
        sql: impl Into<Sql> + Send,
        params: impl Params,
    ) -> Result<Option<R>> {
        self.raw.fetch_optional(sql, params).await
    }

    async fn fetch_all<R: Row>(&mut self, sql: impl Into<Sql> + Send, params: impl Params) -> Result<Vec<R>> {
        self.raw.fetch_all(sql, params).await
    }
}
