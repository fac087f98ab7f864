//! What people sign in with that only they know or have: passwords, authenticator apps, recovery codes.

use super::{Users, reached};
use crate::db::{Queries, Result, for_update};
use crate::json_rows::{hex, json_texts};
use crate::tx::Tx;
use lockwork_model::ids::UserId;
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use serde_json::Value;
use std::fmt;

/// Reads the credentials of the user of an id, if the scope reaches them.
macro_rules! select {
    () => {
        concat!(
            "SELECT password_hash, sealed_authenticator_secret, authenticator_last_step FROM users ",
            reached!()
        )
    };
}

/// The id of the user, if the scope reaches them.
macro_rules! of_user {
    () => {
        concat!("(SELECT id FROM users ", reached!(), ")")
    };
}

crate::repositories::sql! {
    FIND = select!();
    FIND_FOR_UPDATE = for_update!(select!());
    SET_PASSWORD = concat!("UPDATE users SET password_hash = $4, updated_at = $5 ", reached!());
    SET_AUTHENTICATOR = concat!(
        "UPDATE users SET sealed_authenticator_secret = $4, authenticator_last_step = $5, updated_at = $6 ",
        reached!()
    );
    SET_AUTHENTICATOR_STEP = concat!(
        "UPDATE users SET authenticator_last_step = $4 ",
        reached!(),
        " AND authenticator_last_step < $4"
    );
    DELETE_RECOVERY_CODES = concat!("DELETE FROM recovery_codes WHERE user_id IN ", of_user!());
    INSERT_RECOVERY_CODES = crate::db::Sql {
        sqlite: concat!(
            "INSERT INTO recovery_codes (user_id, code_hash)
             SELECT u.id, unhex(c.value) FROM ", of_user!(), " u JOIN json_each($4) c"
        ),
        postgres: concat!(
            "INSERT INTO recovery_codes (user_id, code_hash)
             SELECT u.id, decode(c.value, 'hex')
             FROM ", of_user!(), " u CROSS JOIN json_array_elements_text(CAST($4 AS JSON)) c"
        ),
    };
    TAKE_RECOVERY_CODE = concat!("DELETE FROM recovery_codes WHERE code_hash = $4 AND user_id IN ", of_user!());
}

/// What a user signs in with that only they know or have. Prints nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Credentials {
    /// Their password's hash, in PHC form.
    pub password_hash: Option<String>,
    /// The secret of their authenticator app, sealed.
    pub sealed_authenticator_secret: Option<Vec<u8>>,
    /// The step of the last code of that app that was taken; neither it nor an earlier one is taken again.
    pub authenticator_last_step: Option<i64>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

type Row = (Option<String>, Option<Vec<u8>>, Option<i64>);

fn model((password_hash, sealed_authenticator_secret, authenticator_last_step): Row) -> Credentials {
    Credentials { password_hash, sealed_authenticator_secret, authenticator_last_step }
}

impl<C: Queries> Users<'_, C> {
    /// A user's credentials; `None` when there is no such user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(&mut self, id: UserId) -> Result<Option<Credentials>> {
        let params = self.reached(id);
        Ok(self.conn.fetch_optional::<Row>(FIND, params).await?.map(model))
    }
}

impl Users<'_, Tx> {
    /// A user's credentials, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_for_update(&mut self, id: UserId) -> Result<Option<Credentials>> {
        let params = self.reached(id);
        Ok(self.conn.fetch_optional::<Row>(FIND_FOR_UPDATE, params).await?.map(model))
    }

    /// Sets a user's password by its hash, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(
        &mut self,
        id: UserId,
        password_hash: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        let (project, id, organization) = self.reached(id);
        let params = (project, id, organization, password_hash.map(str::to_owned), at.as_micros());
        self.conn.execute(SET_PASSWORD, params).await.map(drop)
    }

    /// Sets a user's authenticator app, by its sealed secret and the step of the code that proved it, or takes it away;
    /// and replaces the recovery codes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_authenticator(
        &mut self,
        id: UserId,
        app: Option<(&[u8], i64)>,
        recovery_codes: &[SecretHash],
        at: Timestamp,
    ) -> Result<()> {
        let (project, id, organization) = self.reached(id);
        let (secret, step) = app.unzip();
        let params = (project, id, organization, secret.map(<[u8]>::to_vec), step, at.as_micros());
        self.conn.execute(SET_AUTHENTICATOR, params).await?;
        self.conn.execute(DELETE_RECOVERY_CODES, (project, id, organization)).await?;
        let codes = recovery_codes.iter().map(|code| Value::from(hex(code.as_bytes()))).collect();
        let params = (project, id, organization, json_texts(codes));
        self.conn.execute(INSERT_RECOVERY_CODES, params).await.map(drop)
    }

    /// Notes that the code of a step was taken. `false` when it or a later one was taken before, or there is no app.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_authenticator_step(&mut self, id: UserId, step: i64) -> Result<bool> {
        let (project, id, organization) = self.reached(id);
        let params = (project, id, organization, step);
        Ok(self.conn.execute(SET_AUTHENTICATOR_STEP, params).await? == 1)
    }

    /// Uses a recovery code up. `false` when the user has no such code, or has used it before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_recovery_code(&mut self, id: UserId, code: &SecretHash) -> Result<bool> {
        let (project, id, organization) = self.reached(id);
        let params = (project, id, organization, code.as_bytes().to_vec());
        Ok(self.conn.execute(TAKE_RECOVERY_CODE, params).await? == 1)
    }
}
