//! Publishable keys.

use crate::db::{Queries, Result, for_update};
use crate::listing::{Listing, listing};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::time;
use crate::tx::Tx;
use lockwork_model::ids::PublishableKeyId;
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::publishable_keys::PublishableKey;
use uuid::Uuid;

repository!(
    /// The publishable keys of one project.
    PublishableKeys
);

crate::repositories::sql! {
    INSERT = "INSERT INTO publishable_keys (id, project_id, display_name, cross_domain_mode, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT * FROM publishable_keys WHERE project_id = $1 AND id = $2";
    FIND_FOR_UPDATE = for_update!("SELECT * FROM publishable_keys WHERE project_id = $1 AND id = $2");
    UPDATE = "UPDATE publishable_keys SET display_name = $3, cross_domain_mode = $4, updated_at = $5
              WHERE project_id = $1 AND id = $2";
    DELETE = "DELETE FROM publishable_keys WHERE project_id = $1 AND id = $2";
}

pub(crate) const LIST: Listing =
    listing!("SELECT * FROM publishable_keys WHERE project_id = $5 AND (display_name = $6 OR $6 IS NULL)");

#[derive(sqlx::FromRow)]
struct PublishableKeyRow {
    id: Uuid,
    display_name: String,
    cross_domain_mode: bool,
    created_at: i64,
    updated_at: i64,
}

fn model(row: PublishableKeyRow) -> PublishableKey {
    PublishableKey {
        id: PublishableKeyId::from_uuid(row.id),
        display_name: row.display_name,
        cross_domain_mode: row.cross_domain_mode,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    }
}

impl<C: Queries> PublishableKeys<'_, C> {
    /// The key of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: PublishableKeyId) -> Result<Option<PublishableKey>> {
        Ok(self.conn.fetch_optional(FIND, (self.scope.project_id(), id.uuid())).await?.map(model))
    }

    /// One page of the keys, all or those of one name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        display_name: Option<String>,
        page: &PageRequest,
    ) -> Result<Page<PublishableKey>> {
        let project = self.scope.project_id();
        let params = |(a, b, c, d)| (a, b, c, d, project, display_name.clone());
        LIST.fetch(
            self.conn,
            page,
            params,
            |row| Ok(model(row)),
            |key| Cursor {
                micros: key.created_at.as_micros(),
                name: key.display_name.clone(),
                id: key.id.uuid(),
            },
        )
        .await
    }
}

impl PublishableKeys<'_, Tx> {
    /// The key, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: PublishableKeyId) -> Result<Option<PublishableKey>> {
        Ok(self.conn.fetch_optional(FIND_FOR_UPDATE, (self.scope.project_id(), id.uuid())).await?.map(model))
    }

    /// Adds a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert(&mut self, key: &PublishableKey) -> Result<()> {
        let params = (
            key.id.uuid(),
            self.scope.project_id(),
            key.display_name.clone(),
            key.cross_domain_mode,
            key.created_at.as_micros(),
            key.updated_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Writes a key back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, key: &PublishableKey) -> Result<()> {
        let params = (
            self.scope.project_id(),
            key.id.uuid(),
            key.display_name.clone(),
            key.cross_domain_mode,
            key.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: PublishableKeyId) -> Result<()> {
        self.conn.execute(DELETE, (self.scope.project_id(), id.uuid())).await.map(drop)
    }
}
