//! The same request twice makes one key. The secret is given again for an hour, sealed at rest; for a day the same
//! request is still recognised, and answered without the secret.

use crate::app::App;
use lockwork_model::access::Scope;
use lockwork_model::api_keys::{ApiKey, IssuedApiKey};
use lockwork_model::error::{Error, Result};
use lockwork_model::secrets::SecretText;
use lockwork_model::time::Timestamp;
use lockwork_store::Tx;
use lockwork_store::idempotency_keys::IdempotentRequest;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// For how long the secret is given again.
pub(crate) const SECRET_KEPT: Duration = Duration::from_secs(60 * 60);
/// For how long a request is recognised.
pub(crate) const RECOGNISED: Duration = Duration::from_secs(24 * 60 * 60);
/// What binds a sealed secret to its use.
const SEAL_PURPOSE: &str = "idempotency";

/// A request that its sender may send again.
#[derive(Debug, Clone, Copy)]
pub struct Idempotency {
    key_hash: [u8; 32],
    request_hash: [u8; 32],
}

impl Idempotency {
    /// A request by the key that its sender made up for it and by what it asks.
    #[must_use]
    pub fn new(key: &str, request: &[u8]) -> Self {
        Self { key_hash: Sha256::digest(key).into(), request_hash: Sha256::digest(request).into() }
    }
}

/// A request that may have been answered before.
#[derive(Clone, Copy)]
pub(crate) struct Repeatable<'a> {
    /// What it asks for; the same key may stand for one request of each operation.
    pub(crate) operation: &'a str,
    /// `None` for a request that nobody will send again.
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) now: Timestamp,
}

impl App {
    /// What the same request was answered before, if it was.
    ///
    /// # Errors
    /// `FailedPrecondition` when another request had the same key; when the database fails.
    pub(crate) async fn replayed(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        request: Repeatable<'_>,
    ) -> Result<Option<IssuedApiKey>> {
        let Repeatable { operation, idempotency, now } = request;
        let Some(Idempotency { key_hash, request_hash }) = idempotency else { return Ok(None) };
        let Some(record) = tx.idempotency_keys(scope).find(operation, &key_hash).await? else {
            return Ok(None);
        };
        if record.request_hash != request_hash {
            return Err(Error::failed_precondition(
                "another request had this Idempotency-Key; make up a new key for a new request",
            ));
        }
        let key = tx.api_keys(scope).find(record.api_key).await?;
        let key = key.ok_or_else(|| {
            Error::failed_precondition(
                "the api key that the first request with this Idempotency-Key made is gone",
            )
        })?;
        let grants = tx.api_keys(scope).grants(&key, now).await?;
        let is_recent = record.created_at.after(SECRET_KEPT) > now;
        let sealed = record.sealed_secret.filter(|_| is_recent);
        let opened = sealed.and_then(|sealed| self.options().master_key.open(SEAL_PURPOSE, &sealed));
        let secret = opened.and_then(|bytes| String::from_utf8(bytes).ok()).map(SecretText::new);
        Ok(Some(IssuedApiKey { key, grants, secret }))
    }

    /// Remembers what a request was answered.
    ///
    /// # Errors
    /// `AlreadyExists` when the same request is being answered elsewhere; when the database fails.
    pub(crate) async fn remember(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        request: Repeatable<'_>,
        key: &ApiKey,
        secret: &SecretText,
    ) -> Result<()> {
        let Repeatable { operation, idempotency, now } = request;
        let Some(Idempotency { key_hash, request_hash }) = idempotency else { return Ok(()) };
        let sealed = {
            let mut entropy = self.entropy();
            self.options().master_key.seal(SEAL_PURPOSE, secret.reveal().as_bytes(), &mut **entropy)
        };
        let record = IdempotentRequest {
            operation: operation.to_owned(),
            key_hash,
            request_hash,
            api_key: key.id,
            sealed_secret: sealed,
            created_at: now,
        };
        Ok(tx.idempotency_keys(scope).insert(&record).await?)
    }

    /// Forgets secrets and requests whose time is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_old_requests(&self) -> Result<()> {
        let now = self.now();
        let before = |kept: Duration| {
            Timestamp::from_micros(
                now.as_micros().saturating_sub(i64::try_from(kept.as_micros()).unwrap_or(i64::MAX)),
            )
        };
        let mut tx = self.store().begin().await?;
        tx.system().forget_sealed_secrets(before(SECRET_KEPT)).await?;
        tx.system().prune_idempotency_keys(before(RECOGNISED)).await?;
        Ok(tx.commit_unaudited(now).await?)
    }
}
