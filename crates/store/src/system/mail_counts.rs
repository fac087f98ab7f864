//! How many mails a project sent on a day.

use super::System;
use crate::db::{Queries, Result};
use crate::rows::parsed;
use crate::tx::Tx;
use lockwork_model::ids::ProjectId;

crate::repositories::sql! {
    COUNT = "INSERT INTO mail_counts (project_id, day, count) VALUES ($1, $2, 1)
             ON CONFLICT (project_id, day) DO UPDATE SET count = mail_counts.count + 1
             RETURNING count";
}

impl System<'_, Tx> {
    /// Counts one more mail of a project on a day, of those since 1970, and tells how many there are now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_mail(&mut self, project: ProjectId, day: i64) -> Result<i64> {
        let row = self.conn.fetch_optional::<(i64,)>(COUNT, (project.uuid(), day)).await?;
        parsed(row, "mail_counts", "count", project).map(|(count,)| count)
    }
}
