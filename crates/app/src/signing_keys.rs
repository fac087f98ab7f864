//! The keys that sign access tokens, and the tokens.

use crate::app::App;
use crate::hosts::Pages;
use crate::sealing::MasterKey;
use lockwork_identity::access_tokens::{self, Claims, SigningKey};
use lockwork_model::access::{Caller, Permission};
use lockwork_model::entropy::Entropy;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ProjectId, SessionSigningKeyId};
use lockwork_model::organizations::Organization;
use lockwork_model::secrets::SecretText;
use lockwork_model::session_signing_keys::{SessionSigningKey, outlived, rotation_is_due, signing};
use lockwork_model::sessions::{ACCESS_TOKEN_LIFETIME, Session};
use lockwork_model::time::Timestamp;
use lockwork_model::users::User;
use lockwork_store::Tx;

/// What sealed signing keys are bound to.
pub(crate) const SIGNING_KEY_PURPOSE: &str = "session signing key";
/// How many projects are looked at at a time.
const PROJECTS_AT_A_TIME: u32 = 100;

/// A new P-256 key, its private half sealed.
pub(crate) fn new_signing_key(
    master_key: &MasterKey,
    at: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<SessionSigningKey> {
    let key = SigningKey::generate(entropy);
    let sealed = master_key.seal(SIGNING_KEY_PURPOSE, &key.private_bytes(), entropy);
    Ok(SessionSigningKey {
        id: SessionSigningKeyId::generate(entropy),
        public_key: key.public_point(),
        sealed_private_key: sealed.ok_or_else(|| Error::internal("a signing key could not be sealed"))?,
        created_at: at,
    })
}

/// Whose token it is to be.
pub(crate) struct Bearer<'a> {
    pub(crate) user: &'a User,
    pub(crate) organization: &'a Organization,
    pub(crate) session: &'a Session,
    pub(crate) actions: Vec<String>,
    pub(crate) impersonator_email: Option<String>,
}

impl App {
    /// An access token (contract §4.1).
    pub(crate) async fn access_token(
        &self,
        tx: &mut Tx,
        pages: &Pages,
        bearer: Bearer<'_>,
        now: Timestamp,
    ) -> Result<SecretText> {
        let keys = tx.system().signing_keys(pages.project.id).await?;
        let key = signing(&keys, now).ok_or_else(|| Error::internal("the project has no signing key"))?;
        let private = self.options().master_key.open(SIGNING_KEY_PURPOSE, &key.sealed_private_key);
        let private = private.ok_or_else(|| Error::internal("a signing key does not open"))?;
        // Tokens count whole seconds: one that began in the future would be refused.
        let issued_at = Timestamp::from_micros(now.as_micros().div_euclid(1_000_000) * 1_000_000);
        let claims = Claims {
            issuer: self.issuer(pages),
            user: bearer.user.id,
            session: bearer.session.id,
            email: bearer.user.email.to_string(),
            display_name: bearer.user.display_name.clone(),
            profile_picture_url: bearer.user.profile_picture_url.clone(),
            organization: bearer.organization.id,
            organization_name: bearer.organization.display_name.clone(),
            actions: bearer.actions,
            impersonator_email: bearer.impersonator_email,
            issued_at,
            expires_at: issued_at.after(ACCESS_TOKEN_LIFETIME),
        };
        access_tokens::sign(&claims, key.id, &SigningKey::from_bytes(&private)?)
    }

    /// Who makes a project's tokens, and for whom.
    pub(crate) fn issuer(&self, pages: &Pages) -> String {
        self.pages_origin(&pages.project)
    }

    /// Makes new signing keys where it is time, and removes those that nothing was signed with that is still good.
    /// Answers how many were made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_signing_keys(&self) -> Result<u64> {
        let (mut made, mut after) = (0, None);
        loop {
            let projects = self.store().read().await?.system().project_ids(after, PROJECTS_AT_A_TIME).await?;
            let Some(&last) = projects.last() else { return Ok(made) };
            for project in projects {
                made += u64::from(self.rotate_signing_keys_of(project).await?);
            }
            after = Some(last);
        }
    }

    async fn rotate_signing_keys_of(&self, project: ProjectId) -> Result<bool> {
        let (now, every) = (self.now(), self.people().signing_keys_rotated_every);
        let is_idle = |keys: &[SessionSigningKey]| {
            !rotation_is_due(keys, every, now) && outlived(keys, now).next().is_none()
        };
        if is_idle(&self.store().read().await?.system().signing_keys(project).await?) {
            return Ok(false);
        }
        // Once more with the database to itself: other nodes have the same job.
        let scope = Caller::operator(project).require(Permission::ProjectKeysWrite)?;
        let mut tx = self.store().begin().await?;
        if tx.projects(&scope).find_for_update().await?.is_none() {
            return Ok(false);
        }
        let keys = tx.system().signing_keys(project).await?;
        let is_due = rotation_is_due(&keys, every, now);
        for id in outlived(&keys, now) {
            tx.system().delete_signing_key(project, id).await?;
        }
        if is_due {
            let key = new_signing_key(&self.options().master_key, now, &mut **self.entropy())?;
            tx.system().insert_signing_key(project, &key).await?;
        }
        tx.commit_unaudited(now).await?;
        Ok(is_due)
    }
}
