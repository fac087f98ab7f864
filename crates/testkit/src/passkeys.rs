//! Passkeys that no browser made.

use crate::app::TestApp;
use lockwork_model::access::Permission;
use lockwork_model::ids::{PasskeyId, UserId};
use lockwork_model::passkeys::Passkey;

impl TestApp {
    /// A new passkey of a person of the first project, which nobody can sign in with: its id.
    pub async fn passkey(&self, user: &str) -> String {
        let user: UserId = user.parse().expect("a user's id");
        let id = PasskeyId::generate(&mut crate::people::dice());
        let operator = self.app.operator().await.expect("a first project");
        let scope = operator.require(Permission::UsersWrite).expect("an operator");
        let passkey = Passkey {
            id,
            user,
            disabled: false,
            credential_id: id.uuid().as_bytes().to_vec(),
            public_key_pem: "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n".into(),
            aaguid: "00000000-0000-0000-0000-000000000000".into(),
            rp_id: "localhost".into(),
            state: "{}".into(),
            created_at: self.app.now(),
            updated_at: self.app.now(),
        };
        let mut tx = self.database.store().begin().await.expect("a transaction");
        tx.passkeys(&scope).insert(&passkey).await.expect("a new passkey");
        tx.commit_unaudited(self.app.now()).await.expect("a commit");
        id.to_string()
    }
}
