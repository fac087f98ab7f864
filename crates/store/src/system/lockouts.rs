//! Attempts that count towards a lock.

use super::System;
use crate::db::{Queries, Result};
use crate::rows::time;
use crate::tx::Tx;
use lockwork_model::ids::ProjectId;
use lockwork_model::lockouts::{Attempts, LockoutKind};
use uuid::Uuid;

crate::repositories::sql! {
    // Changes nothing, but makes the row that is missing and locks the one that is there, so that attempts at once
    // count one after the other from the first on.
    LOCK = "INSERT INTO lockouts (project_id, kind, subject, count, last_at) VALUES ($1, $2, $3, 0, 0)
            ON CONFLICT (project_id, kind, subject) DO UPDATE SET count = lockouts.count
            RETURNING count, last_at";
    SET = "INSERT INTO lockouts (project_id, kind, subject, count, last_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (project_id, kind, subject) DO UPDATE SET count = excluded.count, last_at = excluded.last_at";
    // The row stays until it is old: others may wait for it.
    CLEAR = "UPDATE lockouts SET count = 0 WHERE project_id = $1 AND kind = $2 AND subject = $3";
}

type Key = (Uuid, i64, Vec<u8>);

fn key(project: ProjectId, kind: LockoutKind, subject: &[u8; 32]) -> Key {
    (project.uuid(), kind.number(), subject.to_vec())
}

impl System<'_, Tx> {
    /// The attempts at a subject, given by its hash, kept from others until the transaction ends, even while there are
    /// none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts(
        &mut self,
        project: ProjectId,
        kind: LockoutKind,
        subject: &[u8; 32],
    ) -> Result<Option<Attempts>> {
        let row = self.conn.fetch_optional::<(i64, i64)>(LOCK, key(project, kind, subject)).await?;
        let attempts = row.map(|(count, last_at)| Attempts { count, last_at: time(last_at) });
        Ok(attempts.filter(|attempts| attempts.count > 0))
    }

    /// Writes the attempts at a subject down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_attempts(
        &mut self,
        project: ProjectId,
        kind: LockoutKind,
        subject: &[u8; 32],
        attempts: Attempts,
    ) -> Result<()> {
        let (project, kind, subject) = key(project, kind, subject);
        let params = (project, kind, subject, attempts.count, attempts.last_at.as_micros());
        self.conn.execute(SET, params).await.map(drop)
    }

    /// Forgets the attempts at a subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_attempts(
        &mut self,
        project: ProjectId,
        kind: LockoutKind,
        subject: &[u8; 32],
    ) -> Result<()> {
        self.conn.execute(CLEAR, key(project, kind, subject)).await.map(drop)
    }
}
