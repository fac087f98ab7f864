SELECT id, organization_id, secret_hash, expires_at, revoked_at FROM api_keys
