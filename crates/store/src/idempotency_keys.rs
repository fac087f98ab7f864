//! Requests that are made once, however often they are sent.

use crate::db::{Queries, Result};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::{parsed, time};
use crate::system::System;
use crate::tx::Tx;
use lockwork_model::ids::ApiKeyId;
use lockwork_model::time::Timestamp;
use uuid::Uuid;

repository!(
    /// The idempotency keys of one project; those of a narrower scope are apart from the others.
    IdempotencyKeys
);

crate::repositories::sql! {
    FIND = "SELECT request_hash, api_key_id, sealed_secret, created_at FROM idempotency_keys
            WHERE project_id = $1 AND operation = $2 AND key_hash = $3";
    INSERT = "INSERT INTO idempotency_keys (project_id, operation, key_hash, request_hash, api_key_id, sealed_secret,
                  created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FORGET_SEALED_SECRETS = "UPDATE idempotency_keys SET sealed_secret = NULL
                             WHERE created_at < $1 AND sealed_secret IS NOT NULL";
    PRUNE = "DELETE FROM idempotency_keys WHERE created_at < $1";
}

/// What a request with an idempotency key made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// What it asked for, such as `api_keys.create`; each operation has idempotency keys of its own.
    pub operation: String,
    /// The hash of its idempotency key.
    pub key_hash: [u8; 32],
    /// The hash of all that it asked for: the same key with another request is a mistake.
    pub request_hash: [u8; 32],
    /// The API key that it made or rotated.
    pub api_key: ApiKeyId,
    /// The secret that it was answered with, sealed; `None` when that was forgotten.
    pub sealed_secret: Option<Vec<u8>>,
    /// When.
    pub created_at: Timestamp,
}

impl<C> IdempotencyKeys<'_, C> {
    /// The operation as its column has it: with the organization and the person that the scope is narrowed to.
    fn operation(&self, operation: &str) -> String {
        let narrowed = [self.scope.organization_id(), self.scope.keys_of_id()];
        narrowed.into_iter().flatten().fold(operation.to_owned(), |operation, id| format!("{operation} {id}"))
    }
}

impl<C: Queries> IdempotencyKeys<'_, C> {
    /// What the request with this idempotency key made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, operation: &str, key_hash: &[u8; 32]) -> Result<Option<IdempotentRequest>> {
        type Row = (Vec<u8>, Uuid, Option<Vec<u8>>, i64);
        let params = (self.scope.project_id(), self.operation(operation), key_hash.to_vec());
        let row = self.conn.fetch_optional::<Row>(FIND, params).await?;
        let request = |(request_hash, api_key, sealed_secret, created_at): Row| {
            let request_hash = <[u8; 32]>::try_from(request_hash).ok();
            Ok(IdempotentRequest {
                operation: operation.to_owned(),
                key_hash: *key_hash,
                request_hash: parsed(request_hash, "idempotency_keys", "request_hash", api_key)?,
                api_key: ApiKeyId::from_uuid(api_key),
                sealed_secret,
                created_at: time(created_at),
            })
        };
        row.map(request).transpose()
    }
}

impl IdempotencyKeys<'_, Tx> {
    /// Notes what a request made. Do it first: of two at once the second waits here for the first.
    ///
    /// # Errors
    /// `Conflict` when the operation was done with this idempotency key before; when the database fails.
    pub async fn insert(&mut self, request: &IdempotentRequest) -> Result<()> {
        let params = (
            self.scope.project_id(),
            self.operation(&request.operation),
            request.key_hash.to_vec(),
            request.request_hash.to_vec(),
            request.api_key.uuid(),
            request.sealed_secret.clone(),
            request.created_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }
}

impl System<'_, Tx> {
    /// Forgets the sealed secrets of requests made before that time, and tells how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sealed_secrets(&mut self, before: Timestamp) -> Result<u64> {
        self.conn.execute(FORGET_SEALED_SECRETS, (before.as_micros(),)).await
    }

    /// Forgets requests made before that time, and tells how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_idempotency_keys(&mut self, before: Timestamp) -> Result<u64> {
        self.conn.execute(PRUNE, (before.as_micros(),)).await
    }
}
