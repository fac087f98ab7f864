//! The one door past the scopes: for what serves no caller.

use crate::db::{Queries, Result};
use crate::rows::{parsed, secret_hash, time};
use crate::tx::Tx;
use lockwork_model::ids::{ProjectId, PublishableKeyId, SessionSigningKeyId};
use lockwork_model::projects::Project;
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::secrets::SecretHash;
use lockwork_model::session_signing_keys::SessionSigningKey;
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
    FIRST_PROJECT = crate::projects::select!(
        "WHERE id <> (SELECT console_project_id FROM instance) ORDER BY created_at, id LIMIT 1"
    );
    FIND_PROJECT = crate::projects::select!("WHERE id = $1");
    FIRST_PUBLISHABLE_KEY = "SELECT id FROM publishable_keys WHERE project_id = $1 ORDER BY created_at, id LIMIT 1";
    FIND_PUBLISHABLE_KEY = "SELECT id, project_id, display_name, cross_domain_mode, created_at, updated_at
                            FROM publishable_keys WHERE id = $1";
    INSERT_SIGNING_KEY = "INSERT INTO session_signing_keys (id, project_id, public_key, sealed_private_key, created_at)
                          VALUES ($1, $2, $3, $4, $5)";
    SIGNING_KEYS = "SELECT id, public_key, sealed_private_key, created_at FROM session_signing_keys
                    WHERE project_id = $1 ORDER BY created_at DESC, id";
    PING = "SELECT next_at FROM change_floor WHERE id = 1";
    A_SIGNING_KEY = "SELECT id, public_key, sealed_private_key, created_at FROM session_signing_keys LIMIT 1";
}

type SigningKeyRow = (Uuid, Vec<u8>, Vec<u8>, i64);

fn signing_key((id, public_key, sealed_private_key, created_at): SigningKeyRow) -> SessionSigningKey {
    SessionSigningKey {
        id: SessionSigningKeyId::from_uuid(id),
        public_key,
        sealed_private_key,
        created_at: time(created_at),
    }
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

    /// The oldest project that is not the console's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_project(&mut self) -> Result<Option<Project>> {
        let row = self.conn.fetch_optional::<crate::projects::ProjectRow>(FIRST_PROJECT, ()).await?;
        row.map(|row| row.model(Vec::new())).transpose()
    }

    /// A project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_project(&mut self, id: ProjectId) -> Result<Option<Project>> {
        crate::projects::find(self.conn, id, FIND_PROJECT).await
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

    /// A project's signing keys, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signing_keys(&mut self, project: ProjectId) -> Result<Vec<SessionSigningKey>> {
        let rows = self.conn.fetch_all::<SigningKeyRow>(SIGNING_KEYS, (project.uuid(),)).await?;
        Ok(rows.into_iter().map(signing_key).collect())
    }

    /// Some signing key of the installation, to try the master key on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn any_signing_key(&mut self) -> Result<Option<SessionSigningKey>> {
        Ok(self.conn.fetch_optional::<SigningKeyRow>(A_SIGNING_KEY, ()).await?.map(signing_key))
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

    /// Adds a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_project(&mut self, project: &Project) -> Result<()> {
        crate::projects::insert(self.conn, project).await
    }

    /// Adds a signing key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_signing_key(&mut self, project: ProjectId, key: &SessionSigningKey) -> Result<()> {
        let params = (
            key.id.uuid(),
            project.uuid(),
            key.public_key.clone(),
            key.sealed_private_key.clone(),
            key.created_at.as_micros(),
        );
        self.conn.execute(INSERT_SIGNING_KEY, params).await.map(drop)
    }
}
