//! Passkeys of people.

use crate::db::{Queries, Result, for_update};
use crate::listing::{Listing, listing};
use crate::reach::{Reach, of_own_user};
use crate::repositories::repository;
use crate::rows::{all_made, time};
use crate::tx::Tx;
use lockwork_model::ids::{PasskeyId, UserId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::passkeys::Passkey;
use uuid::Uuid;

repository!(
    /// The passkeys of one project's users, or of one organization's.
    Passkeys
);

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT id, user_id, credential_id, public_key_pem, aaguid, rp_id, state, is_disabled, created_at, updated_at
             FROM passkeys ",
            $rest
        )
    };
}

/// The passkey of an id, if the scope reaches its user.
macro_rules! reached {
    () => {
        concat!("WHERE project_id = $1 AND id = $2 AND ", of_own_user!("$3"))
    };
}

crate::repositories::sql! {
    INSERT = "INSERT INTO passkeys (id, project_id, user_id, credential_id, public_key_pem, aaguid, rp_id, state,
                  is_disabled, created_at, updated_at)
              SELECT $4, u.project_id, u.id, $5, $6, $7, $8, $9, $10, $11, $12
              FROM users u WHERE u.project_id = $1 AND u.id = $2 AND (u.organization_id = $3 OR $3 IS NULL)";
    FIND = select!(reached!());
    FIND_FOR_UPDATE = for_update!(select!(reached!()));
    OF_USER = select!(concat!("WHERE project_id = $1 AND user_id = $2 AND ", of_own_user!("$3"), " ORDER BY id"));
    UPDATE = concat!("UPDATE passkeys SET is_disabled = $4, state = $5, updated_at = $6 ", reached!());
    DELETE = concat!("DELETE FROM passkeys ", reached!());
}

pub(crate) const LIST_OF_PROJECT: Listing = listing!(id_and_time: select!(concat!(
    "WHERE project_id = $5 AND (user_id = $6 OR $6 IS NULL) AND ",
    of_own_user!("$7")
)));
pub(crate) const LIST_OF_USER: Listing = listing!(id_and_time: select!(concat!(
    "WHERE project_id = $5 AND user_id = $6 AND ",
    of_own_user!("$7")
)));

#[derive(sqlx::FromRow)]
struct PasskeyRow {
    id: Uuid,
    user_id: Uuid,
    credential_id: Vec<u8>,
    public_key_pem: String,
    aaguid: String,
    rp_id: String,
    state: String,
    is_disabled: bool,
    created_at: i64,
    updated_at: i64,
}

fn model(row: PasskeyRow) -> Passkey {
    Passkey {
        id: PasskeyId::from_uuid(row.id),
        user: UserId::from_uuid(row.user_id),
        disabled: row.is_disabled,
        credential_id: row.credential_id,
        public_key_pem: row.public_key_pem,
        aaguid: row.aaguid,
        rp_id: row.rp_id,
        state: row.state,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    }
}

impl<C> Passkeys<'_, C> {
    fn reached(&self, id: Uuid) -> (Uuid, Uuid, Option<Uuid>) {
        (self.scope.project_id(), id, self.scope.organization_id())
    }
}

impl<C: Queries> Passkeys<'_, C> {
    /// The passkey of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: PasskeyId) -> Result<Option<Passkey>> {
        let params = self.reached(id.uuid());
        Ok(self.conn.fetch_optional(FIND, params).await?.map(model))
    }

    /// Every passkey of a user, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_user(&mut self, user: UserId) -> Result<Vec<Passkey>> {
        let params = self.reached(user.uuid());
        Ok(self.conn.fetch_all(OF_USER, params).await?.into_iter().map(model).collect())
    }

    /// One page of the passkeys, all or those of one user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, user: Option<UserId>, page: &PageRequest) -> Result<Page<Passkey>> {
        let listing = if user.is_some() { LIST_OF_USER } else { LIST_OF_PROJECT };
        let (project, organization) = (self.scope.project_id(), self.scope.organization_id());
        let params = |(a, b, c, d)| (a, b, c, d, project, user.map(UserId::uuid), organization);
        let cursor = |passkey: &Passkey| Cursor {
            micros: passkey.created_at.as_micros(),
            name: String::new(),
            id: passkey.id.uuid(),
        };
        listing.fetch(self.conn, page, params, |row| Ok(model(row)), cursor).await
    }
}

impl Passkeys<'_, Tx> {
    /// The passkey, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: PasskeyId) -> Result<Option<Passkey>> {
        let params = self.reached(id.uuid());
        Ok(self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model))
    }

    /// Adds a passkey.
    ///
    /// # Errors
    /// `Conflict` when the project knows its credential id already; `Dangling` when the scope reaches no such user; when
    /// the database fails.
    pub async fn insert(&mut self, passkey: &Passkey) -> Result<()> {
        let (project, user, organization) = self.reached(passkey.user.uuid());
        let params = (
            project,
            user,
            organization,
            passkey.id.uuid(),
            passkey.credential_id.clone(),
            passkey.public_key_pem.clone(),
            passkey.aaguid.clone(),
            passkey.rp_id.clone(),
            passkey.state.clone(),
            passkey.disabled,
            passkey.created_at.as_micros(),
            passkey.updated_at.as_micros(),
        );
        all_made(self.conn.execute(INSERT, params).await?, 1, "passkeys")
    }

    /// Writes back of a passkey whether it is out of use, and its state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, passkey: &Passkey) -> Result<()> {
        let (project, id, organization) = self.reached(passkey.id.uuid());
        let updated_at = passkey.updated_at.as_micros();
        let params = (project, id, organization, passkey.disabled, passkey.state.clone(), updated_at);
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes a passkey.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: PasskeyId) -> Result<()> {
        let params = self.reached(id.uuid());
        self.conn.execute(DELETE, params).await.map(drop)
    }
}
