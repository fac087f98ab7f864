-- The life of keys, limits, quotas, credits and plans. Lists are JSON texts; NULL is the empty one.

CREATE TABLE plans (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    description TEXT NOT NULL,
    limits TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX plans_by_project ON plans (project_id, id);

-- Without a burst the rate is a window, with one a bucket.
CREATE TABLE limit_overrides (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    namespace TEXT NOT NULL,
    identifier TEXT NOT NULL,
    max_amount INTEGER NOT NULL,
    window_seconds INTEGER NOT NULL,
    burst INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (project_id, namespace, identifier)
) STRICT, WITHOUT ROWID;
CREATE INDEX limit_overrides_by_project ON limit_overrides (project_id, id);

ALTER TABLE projects ADD COLUMN max_key_lifetime_seconds INTEGER;
ALTER TABLE projects ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

ALTER TABLE organizations ADD COLUMN plan_id BLOB REFERENCES plans (id);
ALTER TABLE organizations ADD COLUMN limits TEXT;
ALTER TABLE organizations ADD COLUMN ip_allowlist TEXT;
ALTER TABLE organizations ADD COLUMN has_credits INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE organizations ADD COLUMN max_key_lifetime_seconds INTEGER;
CREATE INDEX organizations_by_plan ON organizations (plan_id) WHERE plan_id IS NOT NULL;

-- Without a `secret_created_at` the secret is as old as the key.
ALTER TABLE api_keys ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN external_id TEXT;
ALTER TABLE api_keys ADD COLUMN metadata TEXT;
ALTER TABLE api_keys ADD COLUMN tags TEXT;
ALTER TABLE api_keys ADD COLUMN prefix TEXT;
ALTER TABLE api_keys ADD COLUMN secret_created_at INTEGER;
ALTER TABLE api_keys ADD COLUMN former_secret_hash BLOB;
ALTER TABLE api_keys ADD COLUMN former_secret_suffix TEXT;
ALTER TABLE api_keys ADD COLUMN former_secret_created_at INTEGER;
ALTER TABLE api_keys ADD COLUMN former_secret_ends_at INTEGER;
ALTER TABLE api_keys ADD COLUMN disabled_at INTEGER;
ALTER TABLE api_keys ADD COLUMN revoke_reason TEXT;
ALTER TABLE api_keys ADD COLUMN plan_id BLOB REFERENCES plans (id);
ALTER TABLE api_keys ADD COLUMN limits TEXT;
ALTER TABLE api_keys ADD COLUMN ip_allowlist TEXT;
ALTER TABLE api_keys ADD COLUMN has_credits INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE api_keys ADD COLUMN created_by_user_id BLOB;
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
-- Every name is at least ''. Only what reads a whole project says so: without a condition this index would be taken
-- where a better one is there, since most keys are of one project.
CREATE INDEX api_keys_by_project ON api_keys (project_id, id) WHERE display_name >= '';
CREATE INDEX api_keys_by_external_id ON api_keys (project_id, external_id, id) WHERE external_id IS NOT NULL;
CREATE INDEX api_keys_by_plan ON api_keys (plan_id) WHERE plan_id IS NOT NULL;
CREATE UNIQUE INDEX api_keys_by_former_secret_hash ON api_keys (former_secret_hash) WHERE former_secret_hash IS NOT NULL;

-- A balance that was taken away stays as a row without `remaining`, so that its versions never start again.
CREATE TABLE credits (
    subject_id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    api_key_id BLOB REFERENCES api_keys (id) ON DELETE CASCADE,
    organization_id BLOB REFERENCES organizations (id) ON DELETE CASCADE,
    remaining INTEGER,
    refill_amount INTEGER,
    refill_period TEXT,
    refill_anchor INTEGER,
    refilled_until INTEGER,
    block_size INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((api_key_id IS NULL) <> (organization_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX credits_by_api_key ON credits (api_key_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX credits_by_organization ON credits (organization_id) WHERE organization_id IS NOT NULL;

CREATE TABLE quota_usage (
    subject_id BLOB NOT NULL,
    name TEXT NOT NULL,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    api_key_id BLOB REFERENCES api_keys (id) ON DELETE CASCADE,
    organization_id BLOB REFERENCES organizations (id) ON DELETE CASCADE,
    period_start INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    PRIMARY KEY (subject_id, name),
    CHECK ((api_key_id IS NULL) <> (organization_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_usage_by_api_key ON quota_usage (api_key_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX quota_usage_by_organization ON quota_usage (organization_id) WHERE organization_id IS NOT NULL;

-- What a request with an idempotency key made. The key's id carries no foreign key: a key that is gone was made.
CREATE TABLE idempotency_keys (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    operation TEXT NOT NULL,
    key_hash BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    api_key_id BLOB NOT NULL,
    sealed_secret BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, operation, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_with_secret ON idempotency_keys (created_at) WHERE sealed_secret IS NOT NULL;

-- Where a project never had another prefix, its keys have that one.
UPDATE api_keys
SET prefix = (SELECT MIN(p.prefix) FROM project_api_key_prefixes p WHERE p.project_id = api_keys.project_id)
WHERE project_id IN (SELECT p.project_id FROM project_api_key_prefixes p GROUP BY p.project_id HAVING COUNT(*) = 1);
