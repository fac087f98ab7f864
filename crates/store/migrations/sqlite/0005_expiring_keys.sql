-- The few keys of a project that expire soon, among many.
CREATE INDEX api_keys_by_expiry ON api_keys (project_id, expires_at) WHERE expires_at IS NOT NULL;
