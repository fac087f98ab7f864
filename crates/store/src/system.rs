//! The one door past the scopes: for what serves no caller, or a caller of whom nothing is known yet.

pub(crate) mod expired;
pub(crate) mod impersonation_tokens;
pub(crate) mod lockouts;
pub(crate) mod logins;
pub(crate) mod mail_counts;
pub(crate) mod projects;
pub(crate) mod sessions;
pub(crate) mod sign_up_links;
pub(crate) mod signing_keys;
pub(crate) mod verified_emails;

pub use impersonation_tokens::ImpersonationToken;
pub use logins::StoredLogin;
pub use sessions::SessionFacts;
pub use sign_up_links::SignUpLink;

use crate::db::{Queries, Result};
use crate::rows::{parsed, secret_hash, time};
use crate::tx::Tx;
use lockwork_model::ids::{ProjectId, PublishableKeyId};
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use uuid::Uuid;

/// Rows of no tenant, or of all.
pub struct System<'a, C> {
    pub(crate) conn: &'a mut C,
}

/// The one row about this installation.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Tells whether the pepper is the one that the keys were hashed with.
    pub pepper_fingerprint: SecretHash,
    /// Seals page tokens.
    pub page_token_key: Vec<u8>,
    /// The project whose users are the console's.
    pub console_project: Option<ProjectId>,
    /// When it was made.
    pub created_at: Timestamp,
}

crate::repositories::sql! {
    INSTANCE = "SELECT pepper_fingerprint, page_token_key, console_project_id, created_at FROM instance WHERE id = 1";
    INSERT_INSTANCE = "INSERT INTO instance (id, pepper_fingerprint, page_token_key, console_project_id, created_at)
                       VALUES (1, $1, $2, $3, $4) ON CONFLICT DO NOTHING";
    SET_CONSOLE_PROJECT = "UPDATE instance SET console_project_id = $1 WHERE id = 1 AND console_project_id IS NULL";
    FIRST_PUBLISHABLE_KEY = "SELECT id FROM publishable_keys WHERE project_id = $1 ORDER BY created_at, id LIMIT 1";
    FIND_PUBLISHABLE_KEY = "SELECT id, project_id, display_name, cross_domain_mode, created_at, updated_at
                            FROM publishable_keys WHERE id = $1";
    PING = "SELECT next_at FROM change_floor WHERE id = 1";
}

impl<C: Queries> System<'_, C> {
    /// The row about this installation; `None` before the first start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn instance(&mut self) -> Result<Option<Instance>> {
        type Row = (Vec<u8>, Vec<u8>, Option<Uuid>, i64);
        let row = self.conn.fetch_optional::<Row>(INSTANCE, ()).await?;
        let instance = |(fingerprint, page_token_key, console_project, created_at): Row| {
            Ok(Instance {
                pepper_fingerprint: secret_hash(&fingerprint, "instance", 1)?,
                page_token_key,
                console_project: console_project.map(ProjectId::from_uuid),
                created_at: time(created_at),
            })
        };
        row.map(instance).transpose()
    }

    /// A project's oldest publishable key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_publishable_key(&mut self, project: ProjectId) -> Result<Option<PublishableKeyId>> {
        let row = self.conn.fetch_optional::<(Uuid,)>(FIRST_PUBLISHABLE_KEY, (project.uuid(),)).await?;
        Ok(row.map(|(id,)| PublishableKeyId::from_uuid(id)))
    }

    /// A publishable key and its project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_publishable_key(
        &mut self,
        id: PublishableKeyId,
    ) -> Result<Option<(ProjectId, PublishableKey)>> {
        type Row = (Uuid, Uuid, String, bool, i64, i64);
        let row = self.conn.fetch_optional::<Row>(FIND_PUBLISHABLE_KEY, (id.uuid(),)).await?;
        Ok(row.map(|(id, project, display_name, cross_domain_mode, created_at, updated_at)| {
            let key = PublishableKey {
                id: PublishableKeyId::from_uuid(id),
                display_name,
                cross_domain_mode,
                created_at: time(created_at),
                updated_at: time(updated_at),
            };
            (ProjectId::from_uuid(project), key)
        }))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&mut self) -> Result<()> {
        let row = self.conn.fetch_optional::<(i64,)>(PING, ()).await?;
        parsed(row, "change_floor", "next_at", 1).map(drop)
    }
}

impl System<'_, Tx> {
    /// Adds the row about this installation. `false` if another node was first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_instance(&mut self, instance: &Instance) -> Result<bool> {
        let params = (
            instance.pepper_fingerprint.as_bytes().to_vec(),
            instance.page_token_key.clone(),
            instance.console_project.map(ProjectId::uuid),
            instance.created_at.as_micros(),
        );
        Ok(self.conn.execute(INSERT_INSTANCE, params).await? == 1)
    }

    /// Names the console's project. `false` if it was named before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_console_project(&mut self, project: ProjectId) -> Result<bool> {
        Ok(self.conn.execute(SET_CONSOLE_PROJECT, (project.uuid(),)).await? == 1)
    }
}
